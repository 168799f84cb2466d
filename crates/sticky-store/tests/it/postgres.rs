//! What only a server can show: many nodes, connections that are cut, and a server that dies.

mod away;
mod child;
mod encryption;
mod gap;
mod opening;
mod proxy;
mod schema;
mod session;
mod steps;
mod tampering;
mod writers;
