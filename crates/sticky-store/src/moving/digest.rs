use sha2::{Digest as _, Sha256};

use super::{Cell, Row};

/// Rows counted and hashed in their order.
#[derive(Default)]
pub(super) struct Sum {
    rows: u64,
    sha256: Sha256,
}

impl Sum {
    pub(super) fn add(&mut self, row: &Row) {
        self.rows += 1;
        for cell in row {
            let (kind, bytes): (u8, &[u8]) = match cell {
                Cell::Null => (0, &[]),
                Cell::Number(number) => (1, &number.to_be_bytes()),
                Cell::Text(text) => (2, text.as_bytes()),
                Cell::Bytes(bytes) => (3, bytes),
            };
            self.sha256.update([kind]);
            self.sha256.update((bytes.len() as u64).to_be_bytes());
            self.sha256.update(bytes);
        }
    }

    pub(super) fn finish(self) -> (u64, [u8; 32]) {
        (self.rows, self.sha256.finalize().into())
    }
}
