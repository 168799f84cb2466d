use std::sync::LazyLock;
use std::time::{Duration, Instant};

use sticky_testbed::Postgres;
use tempfile::TempDir;

use super::{err, out, sticky};

/// A key to sign with, which a server on Postgres wants to be given.
const KEY: (&str, &str) = ("STICKY_LINK_KEYS", "1:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");

fn server() -> &'static Postgres {
    static SERVER: LazyLock<Postgres> =
        LazyLock::new(|| Postgres::start(&["fsync=off"]).expect("Postgres is installed"));
    &SERVER
}

#[test]
fn a_postgres_that_is_not_there_is_waited_for_and_then_named() {
    let (place, started) = (TempDir::new().unwrap(), Instant::now());
    let url = ["migrate", "--database-url", "postgres://ana:hunter2@127.0.0.1:1/notes"];
    let output = sticky(place.path(), &url, &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = err(&output);
    assert!(
        said.lines().filter(|line| line.contains("waiting for Postgres")).count() > 5,
        "{said}"
    );
    let last = said.lines().last().unwrap();
    let named = "sticky: the database postgres://127.0.0.1:1/notes cannot be reached; tried for ";
    assert!(last.starts_with(named) && last.contains("Connection refused"), "{last}");
    assert!(!said.contains("hunter2"), "{said}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn a_postgres_that_cannot_be_used_is_refused_with_the_reason() {
    let place = TempDir::new().unwrap();
    let (postgres, notes) = (server(), server().create("notes").unwrap());
    let migrate = |url: &str| sticky(place.path(), &["migrate"], &[("DATABASE_URL", url)]);
    assert!(migrate(&notes).status.success());
    let future =
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (29990101000000, 'from the future', true, '\\x00', 0)";
    postgres.execute("notes", future).unwrap();
    for (url, code, wanted) in [
        (&notes, 1, "newer version of sticky (it has migration 29990101000000)"),
        (&postgres.address("nowhere"), 1, "database \"nowhere\" does not exist"),
        (&format!("{notes}&sslmod=require"), 2, "none of sslmode, "),
        (&"postgres://ana:hunter2@h:port/notes".to_owned(), 2, "postgres://USER:PASSWORD@HOST"),
    ] {
        let output = migrate(url);
        let said = err(&output);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(wanted) && !said.contains("hunter2"), "{wanted} in {said}");
    }
}

#[test]
fn notes_links_and_tokens_are_made_on_postgres_too() {
    let (place, url) = (TempDir::new().unwrap(), server().create("made_by_commands").unwrap());
    let unsigned = sticky(place.path(), &["document", "create"], &[("DATABASE_URL", &url)]);
    assert!(err(&unsigned).contains("STICKY_LINK_KEYS"), "{}", err(&unsigned));
    for arguments in [
        &["document", "create", "--link", "editor"][..],
        &["token", "mint", "--name", "Robot"],
        &["doctor"],
    ] {
        let output = sticky(place.path(), arguments, &[("DATABASE_URL", &url), KEY]);
        let said = out(&output) + &err(&output);
        // Whether the web app was built is not what this is about.
        assert!(output.status.success() || said.contains("FAIL web app"), "{said}");
    }
}
