//! What people are called.

use thiserror::Error;

use crate::id::PrincipalId;

/// The longest name in Unicode scalar values.
pub const MAX_NAME: usize = 40;

const ADJECTIVES: [&str; 32] = [
    "Amber", "Azure", "Brave", "Bright", "Calm", "Clever", "Coral", "Cosy", "Crimson", "Curious",
    "Dapper", "Eager", "Gentle", "Golden", "Happy", "Hazel", "Indigo", "Ivory", "Jade", "Jolly",
    "Kind", "Lively", "Lucky", "Mellow", "Merry", "Misty", "Noble", "Olive", "Quiet", "Silver",
    "Sunny", "Swift",
];
const ANIMALS: [&str; 32] = [
    "Badger", "Bear", "Beaver", "Crane", "Deer", "Dolphin", "Duck", "Eagle", "Falcon", "Finch",
    "Fox", "Goose", "Hare", "Heron", "Ibis", "Koala", "Lark", "Lynx", "Marten", "Mole", "Moose",
    "Newt", "Otter", "Owl", "Panda", "Puffin", "Raven", "Robin", "Seal", "Sparrow", "Swan", "Wren",
];

/// A name that cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameError {
    #[error("a name has 1 to {MAX_NAME} characters")]
    Length,
    #[error("a name has no control characters and none that turn the direction of text")]
    Character,
}

/// The friendly name that a new guest starts with, such as "Amber Fox".
pub fn friendly(guest: PrincipalId) -> String {
    let bytes = guest.0.as_bytes();
    let adjective = ADJECTIVES[usize::from(bytes[15]) % ADJECTIVES.len()];
    let animal = ANIMALS[usize::from(bytes[14]) % ANIMALS.len()];
    format!("{adjective} {animal}")
}

/// The name as it is stored: trimmed, 1 to 40 characters, no control or bidirectional characters.
pub fn parse(text: &str) -> Result<String, NameError> {
    let name = text.trim();
    if name.chars().any(|c| c.is_control() || turns_direction(c) || invisible(c)) {
        return Err(NameError::Character);
    }
    match name.chars().count() {
        1..=MAX_NAME => Ok(name.to_owned()),
        _ => Err(NameError::Length),
    }
}

/// The explicit formatting characters of UAX #9.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters that let two names look alike (zero width joiner stays: emoji need it).
fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_bounded_and_visible() {
        let table = [
            (" Ana ", Ok("Ana".to_owned())),
            ("👩‍👩‍👧", Ok("👩‍👩‍👧".to_owned())),
            ("", Err(NameError::Length)),
            ("a\u{202e}b", Err(NameError::Character)),
            ("a\nb", Err(NameError::Character)),
            ("\u{200b}", Err(NameError::Character)),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text), expected, "{text:?}");
        }
        assert_eq!(parse(&"x".repeat(41)), Err(NameError::Length));
    }
}
