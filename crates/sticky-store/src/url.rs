use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::{OpenError, PostgresUrl};

/// Where the data lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite://PATH`: one file, beside it its write-ahead log and its lock.
    Sqlite(PathBuf),
    /// `memory://`: gone when the process ends.
    Memory,
    /// `postgres://…`: a database on a server, which any number of nodes share.
    Postgres(PostgresUrl),
}

impl FromStr for DatabaseUrl {
    type Err = OpenError;

    fn from_str(text: &str) -> Result<Self, OpenError> {
        match text.split_once("://") {
            Some(("sqlite", path)) => sqlite(path),
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("memory", rest)) => Err(OpenError::MemoryPath(rest.to_owned())),
            Some(("postgres" | "postgresql", _)) => text.parse().map(Self::Postgres),
            // Whatever follows the scheme may hold a password.
            Some((scheme, _)) => Err(OpenError::Scheme(format!("{scheme}://"))),
            None => Err(OpenError::Scheme(text.split(':').next().unwrap_or_default().to_owned())),
        }
    }
}

fn sqlite(path: &str) -> Result<DatabaseUrl, OpenError> {
    if let Some((_, options)) = path.split_once('?') {
        return Err(OpenError::Options(options.to_owned()));
    }
    if path.is_empty() || path.ends_with('/') {
        return Err(OpenError::NoPath);
    }
    Ok(DatabaseUrl::Sqlite(PathBuf::from(path)))
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Memory => f.write_str("memory://"),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_or_refused_with_the_reason() {
        let sqlite = |path: &str| Ok(DatabaseUrl::Sqlite(PathBuf::from(path)));
        let postgres = |url: &str| Ok(DatabaseUrl::Postgres(url.parse().unwrap()));
        let table: [(&str, Result<DatabaseUrl, &str>); 10] = [
            ("sqlite://./sticky.db", sqlite("./sticky.db")),
            ("sqlite:///var/lib/sticky.db", sqlite("/var/lib/sticky.db")),
            ("memory://", Ok(DatabaseUrl::Memory)),
            ("memory://x", Err("takes nothing behind it")),
            ("sqlite://a.db?mode=ro", Err("mode=ro")),
            ("sqlite://", Err("names no file")),
            ("postgres://u:p@h/db", postgres("postgres://u:p@h:5432/db")),
            ("postgres://u:secret@h:port/db", Err("is not understood")),
            ("mysql://u:secret@h/db", Err("\"mysql://\"")),
            ("sticky.db", Err("sqlite://PATH, memory:// or postgres://")),
        ];
        for (text, expected) in table {
            match (text.parse::<DatabaseUrl>(), expected) {
                (Ok(url), expected) => assert_eq!(Ok(url), expected, "{text}"),
                (Err(error), expected) => {
                    let message = error.to_string();
                    let part = expected.expect_err(&message);
                    assert!(message.contains(part) && !message.contains("secret"), "{message}");
                }
            }
        }
    }
}
