//! A note that was written elsewhere, judged as if a session had sent it.

use bytes::Bytes;
use sticky_domain::port::{Unfit, Vet, Vetting};

use crate::compact::compact;
use crate::guard::{Limits, Refusal};
use crate::known::Known;
use crate::merge::{EMPTY, merge_onto};
use crate::text::{ROOT, read_update};

/// Updates are merged when there are so many bytes of them: enough to make each reading of the base worth it.
const TAIL: usize = 1 << 20;
/// The share of the cap that deletes may go beyond it.
const DELETE_ALLOWANCE: usize = 10;

/// Begins to judge notes by the caps of this node.
#[derive(Debug, Clone, Copy)]
pub struct Vetter {
    /// The largest document: bytes of its compacted state.
    pub document_bytes: usize,
}

impl Vetting for Vetter {
    fn begin(&self) -> Box<dyn Vet> {
        Box::new(Judging {
            cap: self.document_bytes + self.document_bytes / DELETE_ALLOWANCE,
            known: Known::default(),
            base: EMPTY.to_vec(),
            tail: Vec::new(),
            tail_bytes: 0,
        })
    }
}

struct Judging {
    cap: usize,
    known: Known,
    base: Vec<u8>,
    tail: Vec<Bytes>,
    tail_bytes: usize,
}

impl Vet for Judging {
    fn take(&mut self, update: Bytes) -> Result<(), Unfit> {
        if update.len() > Limits::default().update {
            return Err(unfit(Refusal::UpdateTooLarge));
        }
        self.known.judge(&update).map_err(unfit)?;
        self.known.absorb(&update).map_err(unfit)?;
        self.tail_bytes += update.len();
        self.tail.push(update);
        if self.tail_bytes >= TAIL { self.merge() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> Result<(), Unfit> {
        self.merge()?;
        read_update(&self.base, ROOT).map(drop).map_err(|error| unreadable(&error))
    }
}

impl Judging {
    fn merge(&mut self) -> Result<(), Unfit> {
        let merged = merge_onto(&self.base, &self.tail).map_err(|error| unreadable(&error))?;
        self.base = compact(&merged).map_err(unfit)?;
        self.tail.clear();
        self.tail_bytes = 0;
        match self.base.len() > self.cap {
            true => Err(Unfit {
                code: "doc_full",
                message: "it is larger than a note may be".to_owned(),
            }),
            false => Ok(()),
        }
    }
}

fn unfit(refusal: Refusal) -> Unfit {
    Unfit { code: refusal.code(), message: refusal.to_string() }
}

/// Bytes that passed the guard, and that yrs cannot read all the same.
fn unreadable(error: &impl ToString) -> Unfit {
    Unfit { code: Refusal::Malformed.code(), message: error.to_string() }
}
