use sticky_domain::id::DocumentId;
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;

use super::chain::Chain;
use super::segment::{Kind, Label};
use crate::row::{Columns, sql, unreadable};
use crate::statement::Statement;

/// What the database knows of a segment; its object is nothing without this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SegmentRow {
    pub(crate) document: DocumentId,
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
    pub(crate) kind: Kind,
    pub(crate) key: String,
    /// Of the object.
    pub(crate) bytes: u64,
    pub(crate) sha256: [u8; 32],
    pub(crate) previous: Chain,
    pub(crate) chain: Chain,
    pub(crate) sealed_at: Timestamp,
}

impl SegmentRow {
    pub(crate) fn of_label(
        label: &Label,
        key: String,
        object: &[u8],
        sealed_at: Timestamp,
    ) -> Self {
        Self {
            document: label.document,
            first_seq: label.first_seq,
            last_seq: label.last_seq,
            kind: label.kind,
            key,
            bytes: object.len() as u64,
            sha256: super::chain::sha256(object),
            previous: label.previous,
            chain: label.chain,
            sealed_at,
        }
    }

    pub(super) fn read(row: &impl Columns) -> Result<Self, StoreError> {
        Ok(Self {
            document: DocumentId(row.uuid("document")?),
            first_seq: row.number("first_seq")?,
            last_seq: row.number("last_seq")?,
            kind: Kind::from_code(row.code("kind")?).ok_or_else(|| unreadable("a segment"))?,
            key: row.text("key")?,
            bytes: row.number("bytes")?,
            sha256: hash(row, "sha256")?,
            previous: Chain(hash(row, "previous")?),
            chain: Chain(hash(row, "chain")?),
            sealed_at: row.time("sealed_at")?,
        })
    }

    pub(super) fn insertion(&self) -> Statement {
        Statement::new(
            "insert into segment (document, first_seq, last_seq, kind, key, bytes, sha256, previous,
                 chain, sealed_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .id(self.document.0)
        .number(sql(self.first_seq))
        .number(sql(self.last_seq))
        .number(i64::from(self.kind.code()))
        .text(Some(&self.key))
        .number(sql(self.bytes))
        .bytes(&self.sha256)
        .bytes(&self.previous.0)
        .bytes(&self.chain.0)
        .number(self.sealed_at.0)
    }

    /// How many records its range has.
    pub(crate) fn count(&self) -> u64 {
        self.last_seq + 1 - self.first_seq
    }
}

pub(super) fn hash(row: &impl Columns, column: &str) -> Result<[u8; 32], StoreError> {
    row.bytes(column)?[..].try_into().map_err(|_| unreadable("a hash"))
}
