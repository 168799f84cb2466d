//! What is remembered of who may read, and that it is forgotten in time.

use std::time::{Duration, Instant};

use serde_json::json;
use sticky_domain::access::{Caller, Claim, Level};
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_server::people::PROJECT;
use uuid::Uuid;

use crate::harness::Server;
use crate::socket::Socket;

fn reader() -> (PrincipalId, Caller) {
    let reader = PrincipalId(Uuid::new_v5(&PROJECT.0, b"reader"));
    (reader, Caller::new(PROJECT, vec![Claim::Principal(reader)]))
}

/// A note that the reader may read.
async fn shared(server: &Server) -> (crate::visitor::Visitor, DocumentId) {
    let mut owner = server.service("owner").await;
    server.service("reader").await;
    let id = owner.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let given = json!({"principal_id": reader().0.0, "level": "viewer"});
    let put = owner.ask("PUT", &format!("/api/v1/documents/{id}/permissions"), given).await;
    assert_eq!(put.status, 201);
    (owner, DocumentId(id.parse().unwrap()))
}

/// Until the memory has heard of all that was done just now.
async fn remembered(server: &Server, document: DocumentId) -> Level {
    let (_, caller) = reader();
    for _ in 0..500 {
        server.app.ports.glance.right(&caller, document).await.unwrap();
        if let Some(right) = server.app.decisions.recall(&caller, document) {
            return right.level;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing is ever remembered");
}

#[tokio::test]
async fn what_is_remembered_is_quick_and_gone_with_the_change() {
    let server = Server::production().await;
    let (mut owner, document) = shared(&server).await;
    let (who, caller) = reader();
    assert_eq!(remembered(&server, document).await, Level::Viewer);
    let began = Instant::now();
    for _ in 0..10_000 {
        std::hint::black_box(server.app.decisions.recall(&caller, document));
    }
    let each = began.elapsed() / 10_000;
    assert!(each < Duration::from_micros(50), "{each:?} in a build that is not optimised");
    let path = format!("/api/v1/documents/{document}/permissions");
    let raised = json!({"principal_id": who.0, "level": "editor"});
    owner.ask("PUT", &path, raised).await;
    assert_eq!(server.app.decisions.recall(&caller, document), None, "at once on this node");
    assert_eq!(remembered(&server, document).await, Level::Editor);
    owner.ask("DELETE", &format!("{path}/{who}"), ()).await;
    assert_eq!(server.app.decisions.recall(&caller, document), None);
    assert_eq!(server.app.ports.glance.right(&caller, document).await, Ok(None));
}

#[tokio::test]
async fn a_chosen_project_is_part_of_what_is_remembered() {
    let server = Server::production().await;
    let (_, document) = shared(&server).await;
    let (_, caller) = reader();
    remembered(&server, document).await;
    let elsewhere = caller.within(sticky_domain::id::ProjectId(Uuid::from_u128(9)));
    assert_eq!(server.app.decisions.recall(&elsewhere, document), None);
    assert_eq!(server.app.ports.glance.right(&elsewhere, document).await, Ok(None));
}

#[tokio::test]
async fn whoever_is_given_a_note_finds_it_in_memory() {
    let server = Server::listening(false).await;
    let (_, document) = shared(&server).await;
    let before = server.app.relay.stats();
    let token = server.service("reader").await.bearer();
    let path = format!("/collab/{document}?token={token}");
    Socket::open(server.address(), &path, &[]).await.sync().await;
    let after = server.app.relay.stats();
    assert_eq!((after.warm_opens, after.cold_opens), (before.warm_opens + 1, before.cold_opens));
}
