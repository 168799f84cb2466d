//! The lib0 encoding that Yjs speaks: variable-length integers, and byte strings that carry their length.

use thiserror::Error;

/// The largest integer that JavaScript, and therefore every Yjs peer, can hold exactly.
pub const MAX_UINT: u64 = (1 << 53) - 1;

/// Longest encoding of [`MAX_UINT`]: eight groups of seven bits.
const MAX_LEN: usize = 8;

/// The bytes end too early, or are not the one encoding that lib0 writes for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("malformed lib0 encoding")]
pub struct Malformed;

/// Reads lib0 values off the front of a slice. Borrows; never allocates.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The bytes not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn byte(&mut self) -> Result<u8, Malformed> {
        let (&first, rest) = self.rest.split_first().ok_or(Malformed)?;
        self.rest = rest;
        Ok(first)
    }

    /// An unsigned integer of at most [`MAX_UINT`]. An encoding longer than needed is refused:
    /// peers read such a one differently.
    #[inline]
    pub fn uint(&mut self) -> Result<u64, Malformed> {
        match self.rest.split_first() {
            Some((&first, rest)) if first < 0x80 => {
                self.rest = rest;
                Ok(u64::from(first))
            }
            _ => self.long_uint(),
        }
    }

    fn long_uint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for (index, &byte) in self.rest.iter().take(MAX_LEN).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                self.rest = &self.rest[index + 1..];
                let exact = byte != 0 && value <= MAX_UINT;
                return if exact { Ok(value) } else { Err(Malformed) };
            }
        }
        Err(Malformed)
    }

    /// A byte string with its length in front.
    #[inline]
    pub fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let len = usize::try_from(self.uint()?).map_err(|_| Malformed)?;
        let (bytes, rest) = self.rest.split_at_checked(len).ok_or(Malformed)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// A UTF-8 string with its length in bytes in front.
    #[inline]
    pub fn string(&mut self) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Malformed)
    }
}

/// Appends an unsigned integer.
pub fn put_uint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a byte string with its length in front.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends a UTF-8 string with its length in bytes in front.
pub fn put_string(out: &mut Vec<u8>, text: &str) {
    put_bytes(out, text.as_bytes());
}
