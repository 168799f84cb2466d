//! The process from outside: whole answers, in process and over real sockets, on each engine.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod bad_input;
mod cli;
mod content;
mod cross_site;
mod documents;
mod embed;
mod engine;
mod full_disk;
mod harness;
mod health;
mod history;
mod hostile;
mod links;
mod live;
mod openapi;
mod outage;
mod people;
mod refusals;
mod socket;
mod typist;
mod visitor;
