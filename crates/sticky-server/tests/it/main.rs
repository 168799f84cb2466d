//! The process from outside: whole answers, in process and over real sockets, on each engine.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod admin;
mod archive;
mod bad_input;
mod cli;
mod connections;
mod content;
mod conventions;
mod cross_site;
mod documents;
mod embed;
mod engine;
mod full_disk;
mod harness;
mod health;
mod history;
mod hostile;
mod limits;
mod links;
mod lists;
mod live;
mod matrix;
mod once;
mod openapi;
mod outage;
mod people;
mod projections;
mod raw;
mod refusals;
mod socket;
mod sweep;
mod tls;
mod transfers;
mod typist;
mod visitor;
