use super::statements::Read;
use crate::content::{Question, Standing};

/// Documents and keys that are remembered; with more the memory starts again.
const MOST: usize = 4_096;

/// How things stood after the last commit. The next one then asks the database only whether anybody else has written since.
#[derive(Debug, Default)]
pub(super) struct Memory {
    standing: Standing,
    /// The uses of the connection and the version of the file at that moment: only then is the standing worth anything.
    uses: u64,
    version: i64,
}

impl Memory {
    /// How things stand, if nobody has used the connection since and all that is asked for is remembered.
    /// What is taken out is gone until it is kept again.
    pub(super) fn recall(&mut self, question: &Question, uses: u64) -> Option<Read> {
        if uses != self.uses || !self.standing.covers(question) {
            return None;
        }
        Some(Read { standing: std::mem::take(&mut self.standing), version: self.version })
    }

    /// What was just read, with what is remembered besides when that is as old.
    pub(super) fn complete(&mut self, read: Read, uses: u64) -> Read {
        let old = std::mem::take(&mut self.standing);
        if uses != self.uses || read.version != self.version || old.size() > MOST {
            return read;
        }
        Read { standing: old.updated(read.standing), ..read }
    }

    pub(super) fn keep(&mut self, standing: Standing, version: i64, uses: u64) {
        *self = Self { standing, uses, version };
    }
}
