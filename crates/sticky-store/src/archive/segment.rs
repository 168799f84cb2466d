//! An archived object: a zstd frame of a line of JSON that says what it is, and of what it holds. It needs no database
//! to be understood.

use bytes::{Buf as _, BufMut as _, Bytes};
use serde::{Deserialize, Serialize};
use sticky_domain::event::Event;
use sticky_domain::id::{DocumentId, ProjectId};
use sticky_domain::port::Snapshot;
use thiserror::Error;

use super::chain::Chain;
use super::record;
use crate::snapshot_bytes::{decode_owners, encode_owners};

/// Where in a record its seq is, behind its position.
const SEQ: std::ops::Range<usize> = 8..16;
/// What no object of ours comes to, unpacked.
const MAX_BYTES: usize = 1 << 30;
/// The usual compromise between size and time.
const LEVEL: i32 = 3;
const FORMAT: &str = "sticky segment 1";

/// What an object says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Label {
    format: String,
    pub(crate) kind: Kind,
    pub(crate) project: ProjectId,
    pub(crate) document: DocumentId,
    /// The title that someone had set when this was written.
    pub(crate) title: Option<String>,
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
    /// The chain before the first record.
    pub(crate) previous: Chain,
    /// The chain after the last one.
    pub(crate) chain: Chain,
}

/// What an object holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Every record of its range.
    Records,
    /// What the records came to; they themselves were removed for good.
    Base,
}

/// An object that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) label: Label,
    payload: Bytes,
}

/// Why an object is no segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum SegmentError {
    #[error("its bytes have changed since they were written")]
    Changed,
    #[error("it cannot be unpacked")]
    Packing,
    #[error("it does not say what it is")]
    Label,
    #[error("it does not hold the records that it says it holds")]
    Records,
    #[error("its records are not those that the hash chain was made from")]
    Chain,
}

impl Kind {
    /// The stored number.
    pub(crate) const fn code(self) -> i16 {
        match self {
            Self::Records => 0,
            Self::Base => 1,
        }
    }

    pub(crate) fn from_code(code: i16) -> Option<Self> {
        [Self::Records, Self::Base].into_iter().find(|kind| kind.code() == code)
    }
}

impl Label {
    pub(crate) fn new(
        kind: Kind,
        (project, document): (ProjectId, DocumentId),
        title: Option<String>,
        (first_seq, last_seq): (u64, u64),
        (previous, chain): (Chain, Chain),
    ) -> Self {
        let format = FORMAT.to_owned();
        Self { format, kind, project, document, title, first_seq, last_seq, previous, chain }
    }

    /// The label of this segment and all that follow it up to `last` as one.
    pub(crate) fn upto(self, last: &Self) -> Self {
        let Self { title, last_seq, chain, .. } = last.clone();
        Self { title, last_seq, chain, ..self }
    }
}

impl Segment {
    /// The object of these records, whose label must fit them.
    pub(crate) fn of_records(label: Label, records: &[Bytes]) -> Self {
        let size = records.iter().map(|record| 4 + record.len()).sum();
        let mut payload = Vec::with_capacity(size);
        for record in records {
            payload.put_u32(u32::try_from(record.len()).expect("an update is at most 1 MiB"));
            payload.put_slice(record);
        }
        Self { label, payload: payload.into() }
    }

    /// The object of what all records up to the label's last came to.
    pub(crate) fn of_base(label: Label, base: &Snapshot) -> Self {
        let owners = encode_owners(&base.owners);
        let mut payload = Vec::with_capacity(4 + owners.len() + base.body.len());
        payload.put_u32(u32::try_from(owners.len()).expect("a document has few client ids"));
        payload.put_slice(&owners);
        payload.put_slice(&base.body);
        Self { label, payload: payload.into() }
    }

    /// The bytes to keep.
    pub(crate) fn pack(&self) -> Bytes {
        let label = serde_json::to_vec(&self.label).expect("a label has only texts and numbers");
        let plain = [&label, &b"\n"[..], &self.payload].concat();
        zstd::bulk::compress(&plain, LEVEL).expect("compressing in memory does not fail").into()
    }

    /// The inverse of [`Segment::pack`].
    pub(crate) fn unpack(bytes: &[u8]) -> Result<Self, SegmentError> {
        let plain = zstd::bulk::decompress(bytes, MAX_BYTES).map_err(|_| SegmentError::Packing)?;
        let end = plain.iter().position(|byte| *byte == b'\n').ok_or(SegmentError::Label)?;
        let label: Label =
            serde_json::from_slice(&plain[..end]).map_err(|_| SegmentError::Label)?;
        if label.format != FORMAT {
            return Err(SegmentError::Label);
        }
        Ok(Self { label, payload: Bytes::from(plain).slice(end + 1..) })
    }

    /// Itself, if it is about this document and these seqs.
    pub(crate) fn of_range(self, range: (DocumentId, u64, u64)) -> Result<Self, SegmentError> {
        let Label { document, first_seq, last_seq, .. } = self.label;
        if (document, first_seq, last_seq) == range { Ok(self) } else { Err(SegmentError::Label) }
    }

    /// Its records in order, one for each seq of its range.
    pub(crate) fn records(&self) -> Result<Vec<Bytes>, SegmentError> {
        let mut rest = self.payload.clone();
        let mut records = Vec::new();
        for seq in self.label.first_seq..=self.label.last_seq {
            let length = rest.try_get_u32().map_err(|_| SegmentError::Records)? as usize;
            if length > rest.len() {
                return Err(SegmentError::Records);
            }
            let record = rest.split_to(length);
            if record.get(SEQ) != Some(&seq.to_be_bytes()[..]) {
                return Err(SegmentError::Records);
            }
            records.push(record);
        }
        if rest.is_empty() { Ok(records) } else { Err(SegmentError::Records) }
    }

    pub(crate) fn events(&self) -> Result<Vec<Event>, SegmentError> {
        let read = |record| record::decode(self.label.document, record);
        self.records()?.into_iter().map(read).collect::<Option<_>>().ok_or(SegmentError::Records)
    }

    /// What the records came to, when that is what it holds.
    pub(crate) fn base(&self) -> Result<Snapshot, SegmentError> {
        let mut rest = self.payload.clone();
        let owners = rest.try_get_u32().map_err(|_| SegmentError::Records)? as usize;
        if self.label.kind != Kind::Base || owners > rest.len() {
            return Err(SegmentError::Records);
        }
        let owners = decode_owners(&rest.split_to(owners));
        Ok(Snapshot { seq: self.label.last_seq, body: rest, owners })
    }

    /// Whether its records continue `previous` to the chain that it names. A base has none to tell it by.
    pub(crate) fn check(&self, previous: Chain) -> Result<(), SegmentError> {
        if self.label.kind == Kind::Base {
            return self.base().map(drop);
        }
        let chain = self.records()?.iter().fold(previous, |chain, record| chain.after(record));
        let holds = previous == self.label.previous && chain == self.label.chain;
        if holds { Ok(()) } else { Err(SegmentError::Chain) }
    }
}
