//! Live documents: what many people write at once becomes one durable log, and each sees what the others wrote.
//!
//! Bytes of a client pass the [`guard`] before anything else reads them. [`known`] judges what they add, a room records and
//! shows them, [`compact`] keeps them small. The relay holds the domain's ports: it knows neither SQL nor sockets.

mod bucket;
mod close;
pub mod compact;
pub mod edit;
mod frame;
pub mod guard;
pub mod known;
pub mod merge;
mod outbox;
mod relay;
mod room;
mod seat;
mod settings;
pub mod text;
pub mod varint;
mod vet;

pub use close::CloseReason;
pub use compact::Compaction;
pub use outbox::Outgoing;
pub use relay::{Connection, Gone, Inbox, Relay, RelayPorts, SessionOutbox, Stats};
pub use seat::Seat;
pub use settings::{Rate, Settings};
pub use vet::Vetter;
