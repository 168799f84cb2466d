//! Where a page of a list begins, as text that callers hand back unread.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::port::{ListPlace, Order, SortBy, SortKey};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

const ID: usize = 16;

/// The text form of a place in a list of this order.
pub(super) fn encode(order: Order, place: &ListPlace) -> String {
    let mut bytes = vec![code(order)];
    bytes.extend(place.document.0.as_bytes());
    match &place.key {
        SortKey::Time(time) => bytes.extend(time.0.to_be_bytes()),
        SortKey::Principal(principal) => bytes.extend(principal.0.as_bytes()),
        SortKey::Title(title) => bytes.extend(title.as_bytes()),
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place that [`encode`] made this text of, in a list of the same order.
pub(super) fn decode(order: Order, text: &str) -> Option<ListPlace> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (first, rest) = bytes.split_first()?;
    let (document, key) = rest.split_at_checked(ID)?;
    if *first != code(order) {
        return None;
    }
    let key = match order.by {
        SortBy::Modified | SortBy::Created => {
            SortKey::Time(Timestamp(i64::from_be_bytes(key.try_into().ok()?)))
        }
        SortBy::Creator => SortKey::Principal(PrincipalId(Uuid::from_slice(key).ok()?)),
        // No title has the one character that databases do not take.
        SortBy::Title => SortKey::Title(
            std::str::from_utf8(key).ok().filter(|title| !title.contains('\0'))?.to_owned(),
        ),
    };
    let document = DocumentId(Uuid::from_slice(document).expect("sixteen bytes"));
    Some(ListPlace { key, document })
}

const fn code(order: Order) -> u8 {
    let by = match order.by {
        SortBy::Modified => 0,
        SortBy::Created => 2,
        SortBy::Creator => 4,
        SortBy::Title => 6,
    };
    if order.descending { by + 1 } else { by }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_in_its_own_order() {
        let id = Uuid::from_u128(7);
        let keys = [
            (SortBy::Modified, SortKey::Time(Timestamp(-1))),
            (SortBy::Created, SortKey::Time(Timestamp(1_763_600_000_123))),
            (SortBy::Creator, SortKey::Principal(PrincipalId(id))),
            (SortBy::Title, SortKey::Title("plän".to_owned())),
        ];
        for (by, key) in keys {
            let order = Order { by, descending: true };
            let place = ListPlace { key, document: DocumentId(id) };
            let text = encode(order, &place);
            assert_eq!(decode(order, &text), Some(place));
            assert_eq!(decode(Order { descending: false, ..order }, &text), None);
        }
        for refused in ["", "x", "AAAA", "=", "ä"] {
            assert_eq!(decode(Order::NEWEST, refused), None, "{refused}");
        }
    }
}
