use std::borrow::Cow;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, GetString, OffsetKind, Options, ReadTxn, Text, Transact, Update};

use super::TextError;
use crate::compact::compact;
use crate::edit::Change;

/// Updates of more bytes get their items joined before yrs sees them.
const LONG: usize = 32 << 10;

/// A throw-away yrs document. A panic inside yrs is an error, after which it is not to be used.
pub(crate) struct Replica {
    doc: Doc,
}

impl Replica {
    /// A document holding `update`, which needs no other; what is written into it is `client`'s.
    pub(crate) fn load(update: &[u8], client: u64) -> Result<Self, TextError> {
        Self::replay(client, std::iter::once(update))
    }

    /// A document that got `updates` one after the other, each after all that it builds on.
    pub(crate) fn replay<'a>(
        client: u64,
        updates: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Self, TextError> {
        contain(|| {
            let replica = Self { doc: Doc::with_options(options(client)) };
            for update in updates {
                let update = Update::decode_v1(&joined(update)).map_err(unreadable)?;
                replica.doc.transact_mut().apply_update(update).map_err(unreadable)?;
            }
            Ok(replica)
        })
    }

    /// Whether nothing waits for updates that it never got.
    pub(crate) fn is_complete(&self) -> bool {
        !self.doc.transact().has_missing_updates()
    }

    pub(crate) fn text(&self, root: &str) -> Result<String, TextError> {
        contain(|| {
            // The root first: asking for it while a transaction is open waits for ever.
            let text = self.doc.get_or_insert_text(root);
            Ok(text.get_string(&self.doc.transact()))
        })
    }

    /// Makes `changes`, one after the other, and gives the update that they are.
    pub(crate) fn edit(&self, root: &str, changes: &[Change<'_>]) -> Result<Vec<u8>, TextError> {
        contain(|| {
            let text = self.doc.get_or_insert_text(root);
            let mut transaction = self.doc.transact_mut();
            for change in changes {
                text.remove_range(&mut transaction, change.at, change.delete);
                text.insert(&mut transaction, change.at, change.insert);
            }
            Ok(transaction.encode_update_v1())
        })
    }
}

/// yrs joins the items of an update in quadratic time: a history typed key by key takes it seconds.
fn joined(update: &[u8]) -> Cow<'_, [u8]> {
    let compacted = (update.len() > LONG).then(|| compact(update).ok()).flatten();
    compacted.map_or(Cow::Borrowed(update), Cow::Owned)
}

fn options(client: u64) -> Options {
    Options {
        client_id: ClientID::new(client),
        offset_kind: OffsetKind::Utf16,
        ..Options::default()
    }
}

fn unreadable(error: impl Display) -> TextError {
    TextError::Unreadable(error.to_string())
}

fn contain<T>(call: impl FnOnce() -> Result<T, TextError>) -> Result<T, TextError> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|_| Err(TextError::Unreadable("yrs panicked".to_owned())))
}
