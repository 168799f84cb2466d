//! The rules of Sticky: ids, events, decisions, access, link and ticket signing, use-cases, and the ports that they need.
//!
//! Nothing here performs I/O: no runtime, no SQL, no sockets, no CRDT. What the rules need from outside is a trait in [`port`].

pub mod access;
pub mod account;
pub mod card;
pub mod document;
pub mod event;
pub mod export;
pub mod fence;
pub mod group;
pub mod hex;
pub mod id;
pub mod keyring;
pub mod link;
mod membership;
pub mod name;
pub mod op_key;
pub mod palette;
pub mod password;
pub mod port;
pub mod project;
pub mod projection;
pub mod sealed;
pub mod search;
pub mod secret;
pub mod share_link;
pub mod stream;
pub mod ticket;
pub mod time;
pub mod title;
pub mod usecase;
pub mod username;
