//! The process from outside: whole answers, in process and over real sockets, on each engine.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod accounts;
mod admin;
mod archive;
mod bad_input;
mod canary;
mod cli;
mod connections;
mod content;
mod conventions;
mod cross_site;
mod decisions;
mod documents;
mod embed;
mod endings;
mod engine;
mod forged;
mod full_disk;
mod harness;
mod health;
mod history;
mod hostile;
mod limits;
mod links;
mod lists;
mod live;
mod logins;
mod losses;
mod matrix;
mod once;
mod openapi;
mod outage;
mod people;
mod projections;
mod promotion;
mod raw;
mod refusals;
mod socket;
mod sweep;
mod terms;
mod tls;
mod tokens;
mod transfers;
mod typist;
mod visitor;
