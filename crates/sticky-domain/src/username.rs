//! Usernames and passwords: what people sign in with.

use thiserror::Error;

/// The shortest and the longest username.
const USERNAME: std::ops::RangeInclusive<usize> = 3..=32;
/// The shortest password in characters.
const SHORTEST: usize = 8;
/// The longest password in bytes: a hash takes its time over every one of them.
const LONGEST: usize = 256;

/// A username that cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "a username has 3 to 32 letters a-z, digits, dots, hyphens and underscores, and begins and ends with a letter or digit"
)]
pub struct UsernameError;

/// A password that cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordError {
    #[error("a password has at least {SHORTEST} characters")]
    TooShort,
    #[error("a password has at most {LONGEST} bytes")]
    TooLong,
    #[error("a password is not the username")]
    IsUsername,
}

/// The username as it is stored and compared: trimmed, in small letters.
///
/// # Errors
/// When it is too short, too long, or has other characters: two that look alike would be two people.
pub fn parse(text: &str) -> Result<String, UsernameError> {
    let name = text.trim().to_ascii_lowercase();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let allowed = name.chars().all(|c| plain(c) || matches!(c, '.' | '-' | '_'));
    let edges = name.starts_with(plain) && name.ends_with(plain);
    if allowed && edges && USERNAME.contains(&name.len()) { Ok(name) } else { Err(UsernameError) }
}

/// The nearest to `wish` that can be a username; `None` when nothing of it can be in one.
pub fn near(wish: &str) -> Option<String> {
    let wish = wish.split('@').next().unwrap_or_default().to_ascii_lowercase();
    let kept: String = wish
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        .collect();
    let kept = kept.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let kept = kept.get(..kept.len().min(*USERNAME.end())).expect("all of it is ASCII");
    parse(kept).ok()
}

/// Whether `password` may be the password of `username`.
///
/// # Errors
/// When it is too short, too long, or says what everybody knows.
pub fn check_password(password: &str, username: &str) -> Result<(), PasswordError> {
    if password.chars().count() < SHORTEST {
        return Err(PasswordError::TooShort);
    }
    if password.len() > LONGEST {
        return Err(PasswordError::TooLong);
    }
    if password.eq_ignore_ascii_case(username) {
        return Err(PasswordError::IsUsername);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_are_plain_and_bounded() {
        for (text, stored) in
            [(" Ana.B ", "ana.b"), ("a-1", "a-1"), (&"x".repeat(32), &"x".repeat(32))]
        {
            assert_eq!(parse(text).as_deref(), Ok(stored));
        }
        for text in
            ["", "ab", "-ab", "ab.", "a b", "änne", "a@b.c", "а\u{0430}\u{0430}", &"x".repeat(33)]
        {
            assert_eq!(parse(text), Err(UsernameError), "{text:?}");
        }
    }

    #[test]
    fn a_wish_from_elsewhere_becomes_what_can_be() {
        assert_eq!(near("Ana Bauer@example.org").as_deref(), Some("anabauer"));
        assert_eq!(near(&"y".repeat(50)), Some("y".repeat(32)));
        assert_eq!(near("_."), None);
        assert_eq!(near("日本"), None);
    }

    #[test]
    fn passwords_are_bounded_and_not_the_username() {
        assert_eq!(check_password("12345678", "ana"), Ok(()));
        assert_eq!(check_password("pässwör", "ana"), Err(PasswordError::TooShort));
        assert_eq!(check_password(&"x".repeat(257), "ana"), Err(PasswordError::TooLong));
        assert_eq!(check_password("Ana.Bauer", "ana.bauer"), Err(PasswordError::IsUsername));
    }
}
