//! The read models as someone sees them who runs a server.

use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::{out, sticky};
use crate::harness::Server;

fn status(place: &TempDir) -> Vec<Value> {
    let output = sticky(place.path(), &["projections", "status", "--json"], &[]);
    serde_json::from_str(&out(&output)).unwrap()
}

#[test]
fn projections_are_shown_and_rebuilt_from_the_command_line() {
    let place = TempDir::new().unwrap();
    sticky(place.path(), &["document", "create", "--title", "Plan"], &[]);
    let before = status(&place);
    let names: Vec<_> = before.iter().map(|status| status["name"].clone()).collect();
    assert_eq!(names, ["links", "notes"]);
    assert!(before.iter().all(|status| status["control"]["lag"].as_u64() > Some(0)), "{before:?}");
    let rebuilt = sticky(place.path(), &["projections", "rebuild", "notes"], &[]);
    assert_eq!(out(&rebuilt), "notes was rebuilt and has taken over.");
    let notes = status(&place).pop().unwrap();
    assert_eq!(notes["control"]["lag"], 0);
    assert_eq!((&notes["generation"], &notes["live"]), (&json!(2), &json!(true)));
    let text = out(&sticky(place.path(), &["projections", "status"], &[]));
    assert!(text.contains("notes (live, generation 2): 0 facts and 0 updates behind"), "{text}");
    let refused = sticky(place.path(), &["projections", "rebuild", "nots"], &[]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("there are: notes, links"));
}

#[tokio::test]
async fn a_server_follows_its_log() {
    let server = Server::listening(true).await;
    let mut someone = server.visitor();
    let note = someone.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let path = format!("/api/v1/documents/{note}/content");
    someone.ask("PATCH", &path, json!({"op": "append", "text": "# Milk"})).await;
    let caught_up = async || {
        server
            .app
            .projector
            .status()
            .await
            .unwrap()
            .iter()
            .all(|status| status.control.lag() + status.content.lag() + status.stale_texts == 0)
    };
    for _ in 0..100 {
        if caught_up().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(caught_up().await, "{:?}", server.app.projector.status().await);
    server.stop().await;
}
