//! The binary: what it prints and how it exits.

mod postgres;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// `sticky` in a directory of its own, without our environment.
pub(crate) fn sticky(directory: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sticky"))
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn a_configuration_that_cannot_be_is_refused_with_its_place() {
    let place = TempDir::new().unwrap();
    std::fs::write(place.path().join("typo.toml"), "listne = \"127.0.0.1:1\"").unwrap();
    std::fs::write(place.path().join("zero.toml"), "snapshot_updates = 0").unwrap();
    std::fs::write(place.path().join("secret.toml"), "link_keys = hunter2").unwrap();
    type Row<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a [&'a str]);
    let table: [Row<'_>; 26] = [
        (&["--config", "typo.toml"], &[], &["typo.toml", "`listne`", "did you mean `listen`?"]),
        (
            &["--config", "zero.toml"],
            &[],
            &["zero.toml", "`snapshot_updates` is at least 1, not 0"],
        ),
        (&["--config", "secret.toml"], &[], &["secret.toml"]),
        (&["--config", "nowhere.toml"], &[], &["nowhere.toml", "No such file"]),
        (&[], &[("STICKY_CONFIG", "nowhere.toml")], &["nowhere.toml"]),
        (&[], &[("STICKY_LISTNE", "x")], &["STICKY_LISTNE", "did you mean `STICKY_LISTEN`?"]),
        (&[], &[("STICKY_SNAPSHOT_INTERVAL", "0")], &["`snapshot_interval` is at least 1, not 0"]),
        (&[], &[("STICKY_ARCHIVE_BYTES", "0")], &["`archive_bytes` is at least 1, not 0"]),
        (&[], &[("STICKY_ARCHIVE_AFTER", "0s")], &["`archive_after` is at least 1, not 0"]),
        (&[], &[("STICKY_ARCHIVE_INTERVAL", "0")], &["`archive_interval` is at least 1, not 0"]),
        (&[], &[("STICKY_ARCHIVE_PRUNE_AFTER", "0")], &["at least 1, not 0, or off"]),
        (&[], &[("STICKY_TRASH_KEEP", "never")], &["`trash_keep`", "or off"]),
        (&[], &[("STICKY_ARCHIVE", "gs://notes")], &["`archive` begins with gs://"]),
        (
            &["--database-url", "memory://"],
            &[("STICKY_ARCHIVE", "./archive")],
            &["`archive` is off for notes in memory"],
        ),
        (&[], &[("STICKY_LISTEN", "nonsense")], &["STICKY_LISTEN", "an address and a port"]),
        (&[], &[("PORT", "x")], &["PORT", "a port from 0 to 65535"]),
        (&[], &[("STICKY_LINK_KEYS", "a"), ("STICKY_LINK_KEYS_FILE", "b")], &["twice"]),
        (&[], &[("STICKY_LINK_KEYS_FILE", "nowhere")], &["nowhere"]),
        (&[], &[("STICKY_LISTEN_FILE", "x")], &["STICKY_LISTEN_FILE"]),
        (
            &["--database-url", "mysql://u:hunter2@h/d"],
            &[],
            &["sqlite://PATH, memory:// or postgres://"],
        ),
        (&[], &[("STICKY_REGISTRATION", "maybe")], &["STICKY_REGISTRATION", "open or closed"]),
        (
            &[],
            &[("STICKY_OIDC_ISSUER", "https://a.example"), ("STICKY_OIDC_CLIENT_ID", "x")],
            &["STICKY_OIDC_ISSUER", "needs `oidc_client_secret`"],
        ),
        (&["--public-url", "notes"], &[], &["--public-url", "https://notes.example.org"]),
        (&[], &[("STICKY_TLS_CERT", "cert.pem")], &["STICKY_TLS_CERT", "needs `tls_key`, too"]),
        (
            &[],
            &[("STICKY_TRUSTED_PROXIES", "10.0.0.0/99")],
            &["STICKY_TRUSTED_PROXIES", "10.0.0.0/8"],
        ),
        (&[], &[("STICKY_ADDRESS_RATE", "fast")], &["STICKY_ADDRESS_RATE", "50/1000"]),
    ];
    for (arguments, environment, wanted) in table {
        let output = sticky(place.path(), &[&["config", "check"], arguments].concat(), environment);
        let said = err(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {environment:?}: {said}");
        assert!(wanted.iter().all(|part| said.contains(part)), "{wanted:?} in {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn later_sources_overrule_and_secrets_are_withheld() {
    let place = TempDir::new().unwrap();
    std::fs::write(
        place.path().join("sticky.toml"),
        "listen = \"127.0.0.1:1001\"\nunload_after = \"2m\"",
    )
    .unwrap();
    let keys = "1:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    let show = |environment: &[(&str, &str)]| {
        let output = sticky(place.path(), &["config", "show", "--json"], environment);
        assert!(output.status.success(), "{}", err(&output));
        assert!(!out(&output).contains("BwcH"));
        serde_json::from_str::<Value>(&out(&output)).unwrap()
    };
    let file = show(&[("STICKY_LINK_KEYS", keys)]);
    assert_eq!(
        (&file["listen"], &file["unload_after"]),
        (&"127.0.0.1:1001".into(), &"120s".into())
    );
    assert_eq!(file["link_keys"], "[set]");
    assert_eq!(show(&[("STICKY_LISTEN", "127.0.0.1:1002")])["listen"], "127.0.0.1:1002");
    let moved =
        show(&[("DATABASE_URL", "sqlite://a.db"), ("STICKY_DATABASE_URL", "sqlite://b.db")]);
    assert_eq!(moved["database_url"], "sqlite://b.db");
}

#[test]
fn local_dev_listens_on_this_computer_only() {
    let place = TempDir::new().unwrap();
    let serve = ["serve", "--insecure-local-dev", "--listen", "0.0.0.0:0"];
    let output = sticky(place.path(), &serve, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("127.0.0.1"), "{}", err(&output));
}

#[test]
fn a_note_a_link_and_a_token_from_the_command_line() {
    let place = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let output = sticky(place.path(), arguments, &[]);
        assert!(output.status.success(), "{arguments:?}: {}", err(&output));
        out(&output)
    };
    let json = |arguments: &[&str]| serde_json::from_str::<Value>(&run(arguments)).unwrap();
    run(&["migrate"]);
    let token = json(&["token", "mint", "--name", "Robot", "--json"]);
    assert!(token["token"].as_str().unwrap().starts_with("stk_"), "{token}");
    let note = json(&["document", "create", "--title", "Plan", "--json"]);
    let id = note["id"].as_str().unwrap();
    let public = ["--public-url", "https://notes.example.org"];
    let create = [&["link", "create", id, "--level", "editor"][..], &public].concat();
    let url = run(&create);
    assert!(url.starts_with("https://notes.example.org/s/"), "{url}");
    run(&["link", "revoke", &url]);
    let audit = run(&["audit", "--document", id, "--json"]);
    let told: Vec<Value> = audit.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let types: Vec<_> = told.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["LinkRevoked", "LinkCreated", "PermissionGranted", "DocumentCreated"]);
    let shown = run(&["audit", "--document", id, "--limit", "1"]);
    assert!(shown.contains("Operator (direct) LinkRevoked document") && shown.contains("--before"));
    let stats = json(&["stats", "--json"]);
    assert_eq!((&stats["documents"], &stats["links"]), (&Value::from(1), &Value::from(0)));
    assert!(run(&["stats"]).contains("documents: 1"));
    let notes = json(&["document", "list", "--query", "pla", "--json"]);
    assert_eq!((&notes["id"], &notes["title"]), (&note["id"], &note["title"]));
    assert_eq!(run(&["document", "list", "--query", "plum"]), "");
    assert!(run(&["document", "list"]).trim_end().ends_with("Plan"));
    let lines = run(&["document", "create", "--link", "viewer"]);
    assert!(lines.lines().nth(1).is_some_and(|url| url.contains("/s/")), "{lines}");
}

#[test]
fn users_from_the_command_line() {
    let place = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let output = sticky(place.path(), arguments, &[]);
        assert!(output.status.success(), "{arguments:?}: {}", err(&output));
        out(&output)
    };
    let json = |arguments: &[&str]| serde_json::from_str::<Value>(&run(arguments)).unwrap();
    let ana = json(&["user", "create", "Ana", "--name", "Ana Bauer", "--admin", "--json"]);
    assert_eq!((&ana["username"], &ana["admin"]), (&"ana".into(), &true.into()));
    let made = ana["password"].as_str().unwrap();
    assert!(made.len() >= 20, "{ana}");
    let again = json(&["user", "password", "ana", "--json"]);
    assert_ne!(again["password"], made);
    run(&["user", "create", "ben"]);
    let token = json(&["token", "mint", "--user", "ben", "--scope", "read", "--json"]);
    assert_ne!(token["principal_id"], ana["id"]);
    for (change, admin) in [("--on", true), ("--off", false)] {
        let ben = json(&["user", "admin", "ben", change, "--json"]);
        assert_eq!(ben["admin"], admin);
    }
    let last = sticky(place.path(), &["user", "admin", "ana", "--off"], &[]);
    assert!(err(&last).contains("nobody else runs this installation"), "{}", err(&last));
    run(&["user", "delete", "ben"]);
    let names = |arguments: &[&str]| {
        let users = json(arguments);
        let names = users.as_array().unwrap().iter().map(|user| user["username"].clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&["user", "list", "--json"]), ["ana"]);
    assert_eq!(names(&["user", "list", "--deleted", "--json"]), ["ana", "ben"]);
    assert!(run(&["user", "list"]).contains("ana\tAna Bauer\tadmin"));
}

#[test]
fn what_cannot_be_done_is_said_and_exits_with_one() {
    let place = TempDir::new().unwrap();
    let id = "0198c0de-0000-7000-8000-000000000001";
    for (arguments, wanted) in [
        (&["link", "create", id][..], "there is no note here"),
        (&["link", "revoke", "nonsense"], "neither a link's id nor its address"),
        (&["link", "revoke", id], "there is no such link"),
        (&["document", "create", "--database-url", "memory://"], "memory://"),
        (&["healthcheck", "--listen", "127.0.0.1:1"], "127.0.0.1:1"),
        (&["serve", "--database-url", "sqlite:///nowhere/at/all.db"], "/nowhere/at/all.db"),
        (&["token", "mint", "--name", ""], "1 to 40 characters"),
        (&["audit", "--since", "yesterday"], "since is a time such as"),
        (&["token", "mint", "--user", "nobody"], "there is no user nobody"),
        (&["token", "mint", "--until", "tomorrow"], "2027-01-31T00:00:00Z"),
        (&["user", "create", "x"], "3 to 32 letters"),
        (&["user", "create", "ana", "--password-stdin"], "at least 8 characters"),
        (&["user", "delete", "nobody"], "there is no user nobody"),
        (&["user", "admin", "nobody", "--on"], "there is no user nobody"),
    ] {
        let output = sticky(place.path(), arguments, &[]);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(wanted), "{wanted} in {}", err(&output));
    }
}

#[test]
fn a_note_is_exported_to_a_file_and_imported_from_it() {
    let place = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let output = sticky(place.path(), arguments, &[]);
        assert!(output.status.success(), "{arguments:?}: {}", err(&output));
        out(&output)
    };
    let refused = |arguments: &[&str]| {
        let output = sticky(place.path(), arguments, &[]);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        err(&output)
    };
    let id = run(&["document", "create", "--title", "Plan"]);
    run(&["document", "export", &id, "--out", "plan.sticky"]);
    let again = refused(&["document", "export", &id, "--out", "plan.sticky"]);
    assert!(again.contains("plan.sticky is there already"), "{again}");
    let there = refused(&["document", "import", "plan.sticky"]);
    assert!(there.contains("(exists); --as-new"), "{there}");
    let elsewhere = ["--database-url", "sqlite://elsewhere.db", "document"];
    let imported = run(&[&elsewhere[..], &["import", "plan.sticky", "--json"]].concat());
    let imported: Value = serde_json::from_str(&imported).unwrap();
    assert_eq!(imported["document_id"], id);
    let whole = std::fs::read(place.path().join("plan.sticky")).unwrap();
    std::fs::write(place.path().join("cut.sticky"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(place.path().join("other.sticky"), "not one").unwrap();
    for (file, code) in [("cut", "export_truncated"), ("other", "export_unreadable")] {
        let said = refused(&["document", "import", &format!("{file}.sticky")]);
        assert!(said.contains(code), "{said}");
    }
}

#[test]
fn an_installation_moves_and_says_how_its_links_go_on() {
    let place = TempDir::new().unwrap();
    let run = |arguments: &[&str]| sticky(place.path(), arguments, &[]);
    let url = out(&run(&["document", "create", "--link", "viewer"]));
    let link = url.lines().nth(1).unwrap().rsplit('/').next().unwrap().to_owned();
    std::fs::create_dir(place.path().join("new")).unwrap();
    let target = ["--database-url", "sqlite://new/sticky.db"];
    let migrate = [&["migrate", "--from", "sqlite://sticky.db", "--json"][..], &target].concat();
    let moved = run(&migrate);
    assert!(moved.status.success(), "{}", err(&moved));
    let moved: Value = serde_json::from_str(&out(&moved)).unwrap();
    assert_eq!(moved["link_keys_file"], "./sticky.key");
    assert!(moved["rows"].as_u64().unwrap() > 5, "{moved}");
    let keys = [("STICKY_LINK_KEYS_FILE", "sticky.key")];
    let revoke = [&["link", "revoke", &link][..], &target].concat();
    let revoked = sticky(place.path(), &revoke, &keys);
    assert!(revoked.status.success(), "the link is known by its old key: {}", err(&revoked));
    assert!(err(&run(&migrate)).contains("has something already"));
}

#[test]
fn the_doctor_tells_what_to_do() {
    let place = TempDir::new().unwrap();
    let findings = |arguments: &[&str]| {
        let arguments = [&["doctor", "--json"], arguments].concat();
        serde_json::from_str::<Value>(&out(&sticky(place.path(), &arguments, &[]))).unwrap()
    };
    let found = |findings: &Value, check: &str| {
        let all = findings.as_array().unwrap();
        all.iter().find(|finding| finding["check"] == check).unwrap().clone()
    };
    let fresh = findings(&[]);
    for check in ["configuration", "database", "directory", "signing key", "clock"] {
        assert_eq!(found(&fresh, check)["ok"], true, "{fresh}");
    }
    assert!(std::fs::read_dir(place.path()).unwrap().next().is_none(), "a look changes nothing");
    let bad = findings(&[
        "--database-url",
        "sqlite:///nowhere/at/all.db",
        "--public-url",
        "http://notes.example.org",
    ]);
    assert_eq!(found(&bad, "directory")["ok"], false);
    assert_eq!(found(&bad, "public url")["ok"], false);
    assert_eq!(
        sticky(place.path(), &["doctor", "--database-url", "x://"], &[]).status.code(),
        Some(1)
    );
}

#[test]
fn the_description_of_the_api_is_printed() {
    let place = TempDir::new().unwrap();
    let output = sticky(place.path(), &["openapi"], &[]);
    let description: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(description["info"]["title"], "Sticky");
}
