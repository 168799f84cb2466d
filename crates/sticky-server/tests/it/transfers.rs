//! Notes that leave with their history and come in elsewhere.

use std::io;

use serde_json::{Value, json};
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::usecase::{Imported, Transfers};
use sticky_server::people::{LOCAL_USER, OPERATOR};

use crate::harness::{Options, Server};

type Lines = Vec<Vec<u8>>;

/// A note with some history: edits, a title, a link that was turned off and one that was not.
async fn note(server: &Server) -> DocumentId {
    let mut someone = server.visitor();
    let id = someone.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let path = format!("/api/v1/documents/{id}");
    let content = format!("{path}/content");
    for text in ["# Plan\n\n- milk 🥛\n", "# Plan\n\n- milk 🥛\n- bread\n", "# Plan\n\n- bread\n"]
    {
        assert_eq!(someone.ask("PUT", &content, ("text/markdown", text)).await.status, 200);
    }
    someone.ask("PATCH", &path, json!({"title": "Shopping"})).await;
    let links = format!("{path}/links");
    let link = someone.ask("POST", &links, json!({"level": "editor"})).await.member("id");
    someone.ask("POST", &links, json!({"level": "viewer", "label": "team"})).await;
    someone.ask("DELETE", &format!("{links}/{link}"), ()).await;
    id.parse().unwrap()
}

/// A server on SQLite, wherever the others are.
async fn here() -> Server {
    let options =
        Options { local_dev: true, public_url: "http://localhost:8080", environment: &[] };
    Server::on("memory://".to_owned(), options).await
}

/// A server on the engine that is tested, and that gives other ids.
async fn elsewhere() -> Server {
    let server = Server::local().await;
    for _ in 0..1_000 {
        let _ = server.app.ids.id();
    }
    server
}

async fn exported(server: &Server, note: DocumentId) -> Lines {
    let mut export = server.app.transfers.export(note).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(lines) = export.lines().await.unwrap() {
        bytes.extend(lines);
    }
    let (line, ending) = export.finish();
    bytes.extend(line);
    server.app.transfers.record_export(note, ending, OPERATOR).await.unwrap();
    let lines = bytes.strip_suffix(b"\n").unwrap().split(|byte| *byte == b'\n');
    lines.map(<[u8]>::to_vec).collect()
}

fn read(lines: &[Vec<u8>]) -> impl Iterator<Item = io::Result<Vec<u8>>> + Send {
    lines.iter().cloned().map(Ok)
}

async fn import(
    transfers: &Transfers,
    lines: &[Vec<u8>],
    owner: PrincipalId,
    as_new: bool,
) -> Result<Imported, String> {
    let imported = async {
        let import = transfers.check(read(lines))?;
        transfers.import(import, read(lines), owner, as_new).await
    };
    imported.await.map_err(|error| format!("{}: {error}", error.code()))
}

async fn text(server: &Server, note: DocumentId) -> String {
    let path = format!("/api/v1/documents/{note}/content");
    server.visitor().ask("GET", &path, ()).await.text().to_owned()
}

#[tokio::test]
async fn a_history_is_the_same_after_a_round_trip() {
    let (here, there) = (here().await, elsewhere().await);
    let note = note(&here).await;
    let first = exported(&here, note).await;
    let imported = import(&there.app.transfers, &first, LOCAL_USER, false).await.unwrap();
    assert_eq!((imported.document, imported.updates), (note, 3));
    assert_eq!(text(&there, note).await, text(&here, note).await);
    let second = exported(&there, note).await;
    let (_, beginning) = first.split_last().unwrap();
    assert!(second.starts_with(beginning), "line by line, seals and all");
    let added: Vec<_> = second[beginning.len()..].iter().map(|line| kind(line)).collect();
    let of_the_import =
        ["DocumentImported", "PermissionRevoked", "LinkRevoked", "PermissionGranted", "end"];
    assert_eq!(added, of_the_import);
    let third = exported(&here, note).await;
    let added: Vec<_> = third[beginning.len()..].iter().map(|line| kind(line)).collect();
    assert_eq!(added, ["person", "DocumentExported", "end"], "an export is not in its own lines");
}

/// What a line is, and which fact.
fn kind(line: &[u8]) -> String {
    let line: Value = serde_json::from_slice(line).unwrap();
    let kind = line["fact"]["type"].as_str().or(line["record"].as_str());
    kind.unwrap().to_owned()
}

#[tokio::test]
async fn an_imported_note_is_its_new_owners_alone() {
    let (here, there) = (here().await, elsewhere().await);
    let note = note(&here).await;
    let lines = exported(&here, note).await;
    let mut owner = there.service("Owner").await;
    let me: Value = serde_json::from_str(owner.ask("GET", "/api/v1/me", ()).await.text()).unwrap();
    let id = PrincipalId(me["principal"]["id"].as_str().unwrap().parse().unwrap());
    import(&there.app.transfers, &lines, id, false).await.unwrap();
    let path = format!("/api/v1/documents/{note}");
    assert_eq!(owner.ask("GET", &path, ()).await.member("title"), "Shopping");
    let stranger = there.service("Stranger").await.ask("GET", &path, ()).await;
    assert_eq!(stranger.status, 404);
    let links = there.app.ports.read.links(note).await.unwrap();
    assert_eq!(links.len(), 2);
    assert!(links.iter().all(|link| link.revoked_at.is_some()), "{links:?}");
    let timeline = owner.ask("GET", &format!("{path}/timeline"), ()).await;
    assert!(timeline.text().contains(&sticky_domain::name::friendly(LOCAL_USER)));
}

#[tokio::test]
async fn what_is_there_already_is_imported_as_a_copy_only() {
    let server = Server::local().await;
    let note = note(&server).await;
    let lines = exported(&server, note).await;
    let transfers = &server.app.transfers;
    let refused = import(transfers, &lines, OPERATOR, false).await.unwrap_err();
    assert!(refused.starts_with("exists: "), "{refused}");
    let copy = import(transfers, &lines, OPERATOR, true).await.unwrap();
    assert_ne!(copy.document, note);
    assert_eq!(text(&server, copy.document).await, text(&server, note).await);
    let nobody = PrincipalId(note.0);
    let refused = import(transfers, &lines, nobody, true).await.unwrap_err();
    assert!(refused.starts_with("no_such_owner: "), "{refused}");
}

/// Whoever makes a file can seal it, too.
#[tokio::test]
async fn nothing_hostile_comes_in_by_a_file() {
    let (here, there) = (here().await, elsewhere().await);
    let lines = exported(&here, note(&here).await).await;
    let update = |line: &str| line.contains("\"record\":\"update\"");
    let fact = |line: &str| line.contains("\"DocumentRenamed\"");
    let long = "x".repeat(300);
    type Change<'a> = (&'a dyn Fn(&str) -> bool, &'a str, &'a str, &'a str);
    let table: [Change<'_>; 5] = [
        (&update, "\"update\":\"", "\"update\":\"AAAA", "malformed: update 1"),
        (&update, "\"update\":\"AQ", "\"update\":\"/w", "malformed: update 1"),
        (&fact, "\"Shopping\"", &format!("\"{long}\""), "export_malformed: fact"),
        (
            &fact,
            "{\"type\":\"DocumentRenamed\",\"title\":\"Shopping\"}",
            "{\"type\":\"GuestRenamed\",\"name\":\"Eve\"}",
            "export_malformed: fact",
        ),
        (
            &|line| line.contains("\"person\""),
            "\"name\":\"",
            "\"name\":\"\\u202e",
            "export_malformed: the person",
        ),
    ];
    for (which, old, new, expected) in table {
        let forged = resealed(&lines, |line| match which(line) && line.contains(old) {
            true => line.replacen(old, new, 1),
            false => line.to_owned(),
        });
        let refused = import(&there.app.transfers, &forged, OPERATOR, false).await.unwrap_err();
        assert!(refused.starts_with(expected), "{refused}");
    }
    let position = sticky_domain::port::EventStore::position;
    let content = position(&*there.app.ports.events, sticky_domain::stream::Lane::Content);
    assert_eq!(content.await.unwrap(), 0, "nothing was written");
}

/// The lines, changed and sealed anew.
fn resealed(lines: &[Vec<u8>], change: impl Fn(&str) -> String) -> Lines {
    use sha2::{Digest as _, Sha256};
    let (mut all, mut last, mut sealed) = (Sha256::new(), Vec::new(), Vec::new());
    for line in lines {
        let line = std::str::from_utf8(line).unwrap();
        let (body, _) = line.rsplit_once(",\"sha256\":").unwrap();
        let mut body = change(body);
        if let Some((before, _)) = body.split_once("\"lines_sha256\":\"") {
            let digest = sticky_domain::hex::encode(&all.clone().finalize());
            body = format!("{before}\"lines_sha256\":\"{digest}\"");
        }
        last = Sha256::new().chain_update(&last).chain_update(&body).finalize().to_vec();
        let line = format!("{body},\"sha256\":\"{}\"}}", sticky_domain::hex::encode(&last));
        all.update(&line);
        all.update("\n");
        sealed.push(line.into_bytes());
    }
    sealed
}
