//! A room: one document in memory with its live sessions.
//!
//! [`core::Core`] decides and does no I/O; [`task`] gives it time, messages and the ports. One update's way through the core:
//! `intake` (guard, judge, owner) → `batch` (merged per session, one append in flight) → `commit` (tail, ack, broadcast).

pub(crate) mod batch;
mod catch_up;
mod commit;
mod core;
mod cut;
pub(crate) mod intake;
mod owners;
pub(crate) mod perform;
mod presence;
#[cfg(test)]
mod scenarios;
pub(crate) mod session;
#[cfg(test)]
mod simulation;
mod snapshot;
pub(crate) mod state;
pub(crate) mod task;

pub(crate) use session::SessionKey;
