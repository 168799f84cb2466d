use std::path::PathBuf;

use thiserror::Error;

/// Why a database cannot be used. Every message is meant for whoever started the program.
#[derive(Debug, Error)]
pub enum OpenError {
    #[error(
        "the database URL begins with {0:?}; it must be sqlite://PATH, memory:// or postgres://…"
    )]
    Scheme(String),
    #[error("the database URL has options ({0:?}), but sqlite:// takes a path and nothing else")]
    Options(String),
    #[error(
        "the database URL names no file; write sqlite://./sticky.db or sqlite:///var/lib/sticky/sticky.db"
    )]
    NoPath,
    #[error("memory:// takes nothing behind it, but there is {0:?}")]
    MemoryPath(String),
    #[error("cannot open the database {path}: {reason}")]
    Unusable { path: PathBuf, reason: String },
    #[error(
        "the database was written by a newer version of sticky (it has migration {0}); upgrade this one"
    )]
    NewerSchema(i64),
    #[error("cannot bring the database up to date: {0}")]
    Migration(String),
    #[error(
        "{0} is a copy that was begun and not ended; run `sticky migrate --from` again with the same databases"
    )]
    HalfDone(String),
    #[error("another server (process {pid}) serves {path}; stop it first")]
    Serving { path: PathBuf, pid: String },
    #[error(
        "the database URL is not understood; write postgres://USER:PASSWORD@HOST:PORT/DATABASE, percent-encoding what is special"
    )]
    PostgresUrl,
    #[error("the database URL has an option {name:?}, which is none of {known}")]
    PostgresOption { name: String, known: String },
    #[error(
        "the database URL has sslmode={0}; there are disable, prefer, require, verify-ca and verify-full"
    )]
    SslMode(String),
    #[error("the database {database} cannot be reached; tried for {seconds} s: {reason}")]
    Away { database: String, seconds: u64, reason: String },
    #[error("cannot use the database {database}: {reason}")]
    Server { database: String, reason: String },
    #[error(
        "{database} has synchronous_commit = {synchronous_commit}, which acknowledges what a power cut takes back; set it to on"
    )]
    NotDurable { database: String, synchronous_commit: String },
}
