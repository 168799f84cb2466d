use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;

use crate::OpenError;

/// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, or `?host=/run/postgresql` for a unix socket. Shown without its password.
#[derive(Clone)]
pub struct PostgresUrl(Box<PgConnectOptions>);

const OPTIONS: [&str; 11] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "options",
];
const SSL_MODES: [&str; 5] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

impl PostgresUrl {
    /// Whether the server is another computer.
    pub(super) fn is_remote(&self) -> bool {
        let host = self.0.get_host();
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        let is_this = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        self.0.get_socket().is_none() && !host.starts_with('/') && !is_this
    }

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
        check_options(text)?;
        text.parse().map(Box::new).map(Self).map_err(|_| OpenError::PostgresUrl)
    }
}

/// An option that is not known might be `sslmode` with a typo, and nothing would be encrypted.
fn check_options(text: &str) -> Result<(), OpenError> {
    let (_, query) = text.split_once('?').unwrap_or_default();
    if query.contains('@') {
        // The end of a password, which must not be told.
        return Err(OpenError::PostgresUrl);
    }
    for (name, value) in query.split('&').filter_map(|option| option.split_once('=')) {
        if !OPTIONS.contains(&name) {
            return Err(OpenError::PostgresOption {
                name: name.to_owned(),
                known: OPTIONS.join(", "),
            });
        }
        if name == "sslmode" && !SSL_MODES.contains(&value) {
            return Err(OpenError::SslMode(value.to_owned()));
        }
    }
    Ok(())
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
        for text in [
            "mysql://u:secret@h/db",
            "postgres://u:secret@h:port/db",
            "postgres://u:12?secret=@h/db",
            "postgres://u:p@h/db?password=secret&sslmod=require",
        ] {
            let refused = text.parse::<PostgresUrl>().unwrap_err().to_string();
            assert!(!refused.contains("secret"), "{refused}");
        }
    }

    #[test]
    fn an_option_that_would_be_passed_over_is_refused() {
        for (options, expected) in [
            ("sslmod=require", "\"sslmod\", which is none of sslmode, "),
            ("host=/run/pg&sslmode=always", "sslmode=always"),
            ("sslmode=allow", "disable, prefer, require"),
        ] {
            let url = format!("postgres://ana@db.example/notes?{options}");
            let refused = url.parse::<PostgresUrl>().unwrap_err().to_string();
            assert!(refused.contains(expected), "{refused}");
        }
    }

    #[test]
    fn another_computer_is_told_from_this_one() {
        for (url, remote) in [
            ("postgres://a@db.example/n", true),
            ("postgres://a@10.0.0.7/n", true),
            ("postgres://a@localhost/n", false),
            ("postgres://a@127.0.0.1/n", false),
            ("postgres://a@[::1]/n", false),
            ("postgres://a@db.example/n?host=/run/pg", false),
        ] {
            assert_eq!(url.parse::<PostgresUrl>().unwrap().is_remote(), remote, "{url}");
        }
    }
}
