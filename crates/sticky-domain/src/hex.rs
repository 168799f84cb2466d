//! Bytes as hexadecimal digits, for people and for JSON (`#[serde(with = "hex")]`).

use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Two small digits for each byte.
pub fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The `N` bytes that `text` spells with two digits each, and nothing else.
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.len() == 2 * N && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let mut bytes = [0; N];
    for (index, byte) in bytes.iter_mut().enumerate().filter(|_| digits) {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    digits.then_some(bytes)
}

/// For serde.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer, const N: usize>(
    bytes: &[u8; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&encode(bytes))
}

/// For serde.
///
/// # Errors
/// When it is not `2 * N` digits.
pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
    deserializer: D,
) -> Result<[u8; N], D::Error> {
    let text = String::deserialize(deserializer)?;
    decode(&text).ok_or_else(|| D::Error::custom(format!("expected {} hexadecimal digits", 2 * N)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_in_pairs_and_nothing_else() {
        assert_eq!(decode(&encode(&[0, 9, 255])), Some([0, 9, 255]));
        for text in ["0009f", "0009ff00", "0009fg", "+009ff", "00é9f"] {
            assert_eq!(decode::<3>(text), None, "{text}");
        }
    }
}
