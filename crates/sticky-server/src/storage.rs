//! Where the files of a server are.

use std::path::Path;

use sticky_store::DatabaseUrl;

/// The directory that the database is in, when it is a file.
pub(crate) fn directory(database: &DatabaseUrl) -> Option<&Path> {
    match database {
        DatabaseUrl::Sqlite(path) => Some(match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        }),
        DatabaseUrl::Memory | DatabaseUrl::Postgres(_) => None,
    }
}

/// Where notes are kept, for the log and for people.
pub(crate) fn described(database: &DatabaseUrl) -> String {
    match database {
        DatabaseUrl::Sqlite(path) => format!("the SQLite file {}", path.display()),
        DatabaseUrl::Memory => "memory, until the server stops".to_owned(),
        DatabaseUrl::Postgres(url) => format!("the Postgres database {url}"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn the_directory_of_a_database() {
        let directory = |url: &str| directory(&url.parse().unwrap()).map(PathBuf::from);
        assert_eq!(directory("sqlite://./sticky.db"), Some(PathBuf::from(".")));
        assert_eq!(directory("sqlite://sticky.db"), Some(PathBuf::from(".")));
        assert_eq!(directory("sqlite:///var/lib/s.db"), Some(PathBuf::from("/var/lib")));
        assert_eq!(directory("memory://"), None);
    }
}
