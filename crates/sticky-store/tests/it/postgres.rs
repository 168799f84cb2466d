//! What only a server can show: many nodes, connections that are cut, and a server that dies.

mod away;
mod child;
mod gap;
mod opening;
mod proxy;
mod revoke;
mod schema;
mod tampering;
mod writers;
