//! What only a database in a file can show: other processes, other versions, and the plug being pulled.

mod child;
mod erasing;
mod kill;
mod opening;
mod sharing;
mod tampering;
