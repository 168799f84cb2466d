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
fn only_what_signs_links_asks_for_keys() {
    let (place, url) = (TempDir::new().unwrap(), server().create("made_by_commands").unwrap());
    let without = |arguments: &[&str]| sticky(place.path(), arguments, &[("DATABASE_URL", &url)]);
    let done = |arguments: &[&str]| {
        let output = without(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", err(&output));
        out(&output)
    };
    let note = done(&["document", "create"]);
    for arguments in [
        &["token", "mint", "--name", "Robot"][..],
        &["user", "create", "ana", "--admin"],
        &["document", "export", &note, "--out", "note.tar"],
        &["projections", "status"],
        &["projections", "rebuild", "links"],
        &["log", "verify"],
        &["audit"],
        &["stats"],
    ] {
        done(arguments);
    }
    let id = "0198c0de-0000-7000-8000-000000000001";
    let by_id = err(&without(&["link", "revoke", id]));
    assert!(by_id.contains("there is no such link"), "{by_id}");
    let before = done(&["stats"]);
    for arguments in [
        &["document", "create", "--link", "editor"][..],
        &["link", "create", &note],
        &["link", "revoke", "https://notes.example.org/s/x"],
        &["serve"],
    ] {
        let refused = without(arguments);
        assert!(err(&refused).contains("STICKY_LINK_KEYS"), "{arguments:?}: {}", err(&refused));
    }
    assert_eq!(done(&["stats"]), before, "nothing is half done");
    for arguments in [&["document", "create", "--link", "editor"][..], &["doctor"]] {
        let output = sticky(place.path(), arguments, &[("DATABASE_URL", &url), KEY]);
        let said = out(&output) + &err(&output);
        // Whether the web app was built is not what this is about.
        assert!(output.status.success() || said.contains("FAIL web app"), "{said}");
    }
}
