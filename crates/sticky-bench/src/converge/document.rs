//! What a replica edits: a document of yrs, or one of Yjs.

use yrs::updates::decoder::Decode as _;
use yrs::updates::encoder::Encode as _;
use yrs::{
    Doc, GetString as _, ReadTxn as _, StateVector, Text as _, TextRef, Transact as _, Update,
};

use super::yjs::YjsDocument;
use crate::error::BenchError;
use crate::keystroke::ROOT;
use crate::trace;

/// State vector, in order of clients, and text.
pub(super) type View = (Vec<(u64, u32)>, String);

pub(super) enum Document {
    Yrs(Doc, TextRef),
    Yjs(YjsDocument),
}

impl Document {
    /// An empty one of yrs that `client` writes in.
    pub(super) fn yrs(client: u64) -> Self {
        let doc = trace::document(client);
        let text = doc.get_or_insert_text(ROOT);
        Self::Yrs(doc, text)
    }

    /// Inserts `word` at a UTF-16 unit. Answers with the update that does so.
    pub(super) async fn insert(&mut self, at: u32, word: &str) -> Result<Vec<u8>, BenchError> {
        match self {
            Self::Yrs(doc, text) => {
                let mut transaction = doc.transact_mut();
                text.insert(&mut transaction, at, word);
                Ok(transaction.encode_update_v1())
            }
            Self::Yjs(document) => document.insert(at, word).await,
        }
    }

    /// Removes UTF-16 units. Answers with the update that does so.
    pub(super) async fn remove(&mut self, at: u32, count: u32) -> Result<Vec<u8>, BenchError> {
        match self {
            Self::Yrs(doc, text) => {
                let mut transaction = doc.transact_mut();
                text.remove_range(&mut transaction, at, count);
                Ok(transaction.encode_update_v1())
            }
            Self::Yjs(document) => document.remove(at, count).await,
        }
    }

    pub(super) async fn apply(&mut self, update: &[u8]) -> Result<(), BenchError> {
        match self {
            Self::Yrs(doc, _) => {
                let update = Update::decode_v1(update).map_err(unreadable)?;
                doc.transact_mut().apply_update(update).map_err(unreadable)
            }
            Self::Yjs(document) => document.apply(update).await,
        }
    }

    pub(super) async fn vector(&self) -> Result<Vec<u8>, BenchError> {
        match self {
            Self::Yrs(doc, _) => Ok(doc.transact().state_vector().encode_v1()),
            Self::Yjs(document) => document.vector().await,
        }
    }

    /// What someone at `vector` lacks.
    pub(super) async fn missing(&self, vector: &[u8]) -> Result<Vec<u8>, BenchError> {
        match self {
            Self::Yrs(doc, _) => {
                let vector = StateVector::decode_v1(vector).map_err(unreadable)?;
                Ok(doc.transact().encode_diff_v1(&vector))
            }
            Self::Yjs(document) => document.missing(vector).await,
        }
    }

    pub(super) async fn view(&self) -> Result<View, BenchError> {
        let (mut clocks, text) = match self {
            Self::Yrs(doc, text) => view_of(doc, text),
            Self::Yjs(document) => document.view().await?,
        };
        clocks.sort_unstable();
        Ok((clocks, text))
    }
}

fn view_of(doc: &Doc, text: &TextRef) -> View {
    let transaction = doc.transact();
    let vector = transaction.state_vector();
    let clocks = vector.iter().map(|(client, clock)| (client.get(), *clock)).collect();
    (clocks, text.get_string(&transaction))
}

fn unreadable(error: impl std::fmt::Display) -> BenchError {
    BenchError::Unreadable(error.to_string())
}
