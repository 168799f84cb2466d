//! What stands between a client's bytes and everything else.
//!
//! A yrs `Doc`, and even its decoders, can be made to abort the process or to take half a gigabyte with
//! a few bytes, so nothing reaches yrs before it has passed here. The checks read the bytes once, in
//! order; they never allocate and never recurse.
//!
//! Accepted is what a Yjs document of text is made of: inserted, deleted and collected text, formats,
//! small embeds and holes (Skip). Anything else that Yjs could mean is `unsupported_content`; anything
//! that Yjs would never write is `malformed`. A client id may be 0: Yjs draws 32 random bits for it.

mod awareness;
mod block;
mod json;
mod limits;
mod order;
mod refusal;
mod roots;
mod update;
mod vector;

pub(crate) use block::{Block, Content, Id, utf16_len};
pub(crate) use roots::MAX_ROOTS;
pub(crate) use update::{Section, Sections, read_deletes};

pub use awareness::check_awareness;
pub use limits::{Limits, MAX_CLOCK};
pub use refusal::Refusal;
pub use update::{Visit, check_update};
pub use vector::check_state_vector;
