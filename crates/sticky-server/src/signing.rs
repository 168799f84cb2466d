//! The keys that sign links and tickets: configured, kept beside the database, or new at every start.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;
use sticky_domain::keyring::{Keyring, KeyringError};
use sticky_domain::port::Ids;
use sticky_store::DatabaseUrl;
use thiserror::Error;

use crate::config::Config;
use crate::storage::directory;

const FILE: &str = "sticky.key";

/// Why there are no keys to sign with.
#[derive(Debug, Error)]
pub enum SigningError {
    #[error("STICKY_LINK_KEYS: {0}")]
    Configured(KeyringError),
    #[error("{path}: {error}", path = .path.display())]
    Stored { path: PathBuf, error: KeyringError },
    #[error("{path}: {error}", path = .path.display())]
    File { path: PathBuf, error: io::Error },
    #[error(
        "the nodes of a Postgres database sign with the same keys: set STICKY_LINK_KEYS to 1: and the output of \
         `head -c 32 /dev/urandom | base64`"
    )]
    Shared,
}

/// The keys of this configuration. Makes `sticky.key` beside a SQLite database when there is none.
///
/// # Errors
/// [`SigningError`]; never with any part of a key.
pub fn keyring(config: &Config, ids: &dyn Ids) -> Result<Keyring, SigningError> {
    if let Some(keys) = &config.link_keys {
        return Keyring::parse(keys.expose_secret()).map_err(SigningError::Configured);
    }
    match &config.database {
        DatabaseUrl::Memory => Ok(Keyring::single(ids.secret())),
        // One node for one person: it keeps its key where it was started, as if its notes were there too.
        DatabaseUrl::Postgres(_) if config.local_dev => stored(Path::new(FILE), ids),
        DatabaseUrl::Postgres(_) => Err(SigningError::Shared),
        database @ DatabaseUrl::Sqlite(_) => {
            let directory = directory(database).expect("a file is in a directory");
            stored(&directory.join(FILE), ids)
        }
    }
}

/// The key file of this configuration, and whether others than its owner may read it.
pub(crate) fn key_file(config: &Config) -> Option<(PathBuf, bool)> {
    let path = directory(&config.database)?.join(FILE);
    let mode = fs::metadata(&path).ok()?.permissions().mode();
    Some((path, mode & 0o077 != 0))
}

/// The key file that is beside a database.
pub(crate) fn key_file_beside(database: &DatabaseUrl) -> Option<PathBuf> {
    directory(database).map(|directory| directory.join(FILE)).filter(|path| path.exists())
}

fn stored(path: &Path, ids: &dyn Ids) -> Result<Keyring, SigningError> {
    let failed = |error| SigningError::File { path: path.to_owned(), error };
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => create(path, ids),
        other => other,
    }
    .map_err(failed)?;
    Keyring::parse(text.trim())
        .map_err(|error| SigningError::Stored { path: path.to_owned(), error })
}

/// Of two processes that start at once, one makes the file and both read it.
fn create(path: &Path, ids: &dyn Ids) -> io::Result<String> {
    let text = Keyring::single(ids.secret()).to_text();
    let temporary = path.with_extension(format!("key.{}", std::process::id()));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::read_to_string(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::RandomIds;

    #[test]
    fn a_key_file_is_made_once_and_for_its_owner_only() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        let first = stored(&path, &RandomIds).unwrap().to_text();
        assert_eq!(stored(&path, &RandomIds).unwrap().to_text(), first);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn nodes_of_one_postgres_are_given_their_keys() {
        let flags = crate::config::Flags {
            database_url: Some("postgres://nobody@localhost/notes".to_owned()),
            ..Default::default()
        };
        let config = Config::read(&flags, std::iter::empty()).unwrap();
        let error = keyring(&config, &RandomIds).unwrap_err().to_string();
        assert!(error.contains("STICKY_LINK_KEYS"), "{error}");
    }

    #[test]
    fn a_broken_key_file_is_named_and_not_quoted() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        fs::write(&path, "hunter2").unwrap();
        let error = stored(&path, &RandomIds).unwrap_err().to_string();
        assert!(error.contains(FILE) && !error.contains("hunter2"), "{error}");
    }
}
