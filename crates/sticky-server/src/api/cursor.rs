//! Where a page of a list begins, as text that callers hand back unread.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sticky_domain::id::DocumentId;
use sticky_domain::port::PageAt;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

const BYTES: usize = 8 + 16;

/// The text form of a place in a list; `None` for a page number, which needs none.
pub(super) fn encode(at: PageAt) -> Option<String> {
    let PageAt::After(time, document) = at else {
        return None;
    };
    let mut bytes = [0; BYTES];
    bytes[..8].copy_from_slice(&time.0.to_be_bytes());
    bytes[8..].copy_from_slice(document.0.as_bytes());
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// The place that [`encode`] made this text of.
pub(super) fn decode(text: &str) -> Option<PageAt> {
    let bytes: [u8; BYTES] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    let time = i64::from_be_bytes(bytes[..8].try_into().expect("eight bytes"));
    let document = Uuid::from_slice(&bytes[8..]).expect("sixteen bytes");
    Some(PageAt::After(Timestamp(time), DocumentId(document)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let at = PageAt::After(Timestamp(1_763_600_000_123), DocumentId(Uuid::from_u128(7)));
        assert_eq!(encode(at).and_then(|text| decode(&text)), Some(at));
        for refused in ["", "x", "AAAA", "=", "ä"] {
            assert_eq!(decode(refused), None, "{refused}");
        }
    }
}
