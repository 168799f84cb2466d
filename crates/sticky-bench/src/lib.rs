//! Measures Sticky from outside: load, latency, memory, history, crashes and convergence, through real sockets.
//!
//! Nothing here is shipped. The server under test is another process, and so is the [`floor`] it is compared with.

pub mod converge;
pub mod cores;
pub mod crash;
pub mod error;
pub mod fanout;
pub mod floor;
pub mod frame;
pub mod history;
pub mod idle;
pub mod keystroke;
pub mod log;
mod made;
mod now;
pub mod open;
pub mod options;
pub mod process;
pub mod report;
pub mod scale;
pub mod socket;
pub mod splitmix;
pub mod target;
pub mod trace;

pub use error::BenchError;
