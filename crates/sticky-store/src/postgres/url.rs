use std::fmt;
use std::str::FromStr;

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;

use crate::OpenError;

/// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, or `?host=/run/postgresql` for a unix socket. Shown without its password.
#[derive(Clone)]
pub struct PostgresUrl(Box<PgConnectOptions>);

impl PostgresUrl {
    pub(super) fn options(&self) -> PgConnectOptions {
        PgConnectOptions::clone(&self.0)
            .application_name("sticky")
            // A plan made while the tables are small reads them whole, and would be kept when they are large.
            .options([("plan_cache_mode", "force_custom_plan")])
            .disable_statement_logging()
    }
}

impl FromStr for PostgresUrl {
    type Err = OpenError;

    fn from_str(text: &str) -> Result<Self, OpenError> {
        let ours = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
        if !ours {
            // Whatever follows the scheme may hold a password.
            let scheme = text.split_inclusive("://").next().unwrap_or_default();
            return Err(OpenError::Scheme(scheme.to_owned()));
        }
        text.parse().map(Box::new).map(Self).map_err(|_| OpenError::PostgresUrl)
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = &self.0;
        let database = options.get_database().unwrap_or(options.get_username());
        match options.get_socket() {
            Some(socket) => write!(f, "postgres:///{database}?host={}", socket.display()),
            None => {
                write!(f, "postgres://{}:{}/{database}", options.get_host(), options.get_port())
            }
        }
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({self})")
    }
}

impl PartialEq for PostgresUrl {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_url_lossy() == other.0.to_url_lossy()
    }
}

impl Eq for PostgresUrl {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_password() {
        for (text, shown) in [
            ("postgres://ana:secret@db.example:6000/notes", "postgres://db.example:6000/notes"),
            ("postgresql://ana:secret@db.example", "postgres://db.example:5432/ana"),
            ("postgres://ana@localhost/notes?host=/run/pg", "postgres:///notes?host=/run/pg"),
        ] {
            let url: PostgresUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), shown);
            assert!(!format!("{url:?}").contains("secret"));
        }
        for text in ["mysql://u:secret@h/db", "postgres://u:secret@h:port/db"] {
            let refused = text.parse::<PostgresUrl>().unwrap_err().to_string();
            assert!(!refused.contains("secret"), "{refused}");
        }
    }
}
