//! An export: the whole history of a note as lines of JSON, each sealed to all that come before it.
//!
//! `docs/export.md` is the format's description for other programs. Nothing here performs I/O: lines go in and out.

mod chain;
mod reader;
mod record;
mod writer;

#[cfg(test)]
mod tests;

pub use reader::{BadExport, ExportReader};
pub use record::{Ending, Envelope, Heading, Person, Record};
pub use writer::ExportWriter;

/// The version that this binary writes, and the newest that it reads.
pub const VERSION: u32 = 1;
/// The longest line: an update of 1 MiB in base64, and its envelope.
pub const MAX_LINE: usize = 2 << 20;

/// The SHA-256 of all lines of an export but the last.
pub type Digest = [u8; 32];
