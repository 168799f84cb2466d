use serde_json::json;

use crate::harness::Server;

async fn note_with_link(server: &Server, level: &str) -> (crate::visitor::Visitor, String, String) {
    let mut owner = server.service("owner").await;
    let id = owner.ask("POST", "/api/v1/documents", json!({"title": "Plan"})).await.member("id");
    let path = format!("/api/v1/documents/{id}");
    let link = owner
        .ask("POST", &format!("{path}/links"), json!({"level": level, "label": " Team "}))
        .await;
    let url = link.member("url");
    (owner, path, url[url.find("/s/").unwrap()..].to_owned())
}

#[tokio::test]
async fn a_link_from_its_making_to_its_end() {
    let server = Server::production().await;
    let (mut owner, path, link) = note_with_link(&server, "editor").await;
    let mut told = owner.told();
    let mut guest = server.visitor().in_browser();
    guest.ask("POST", &link, json!({})).await;
    let again = guest.ask("POST", &link, json!({})).await;
    assert!(!again.headers.contains_key("set-cookie"));
    guest.ask("GET", &path, ()).await;
    guest.ask("PATCH", &path, json!({"title": "Our plan"})).await;
    guest.ask("DELETE", &path, ()).await;
    guest.ask("GET", &format!("{path}/links"), ()).await;
    guest.ask("POST", "/api/v1/documents", json!({})).await;
    told += &guest.told();
    let links = owner.ask("GET", &format!("{path}/links"), ()).await;
    let id = links.json()["items"][0]["id"].as_str().unwrap().to_owned();
    owner.ask("DELETE", &format!("{path}/links/{id}"), ()).await;
    owner.ask("DELETE", &format!("{path}/links/{id}"), ()).await;
    owner.ask("GET", &format!("{path}/links"), ()).await;
    guest.ask("GET", &path, ()).await;
    guest.ask("POST", &link, json!({})).await;
    insta::assert_snapshot!(told + &owner.told() + &guest.told());
}

#[tokio::test]
async fn every_bad_link_looks_the_same() {
    let server = Server::production().await;
    let (mut owner, path, link) = note_with_link(&server, "viewer").await;
    let mut guest = server.visitor().in_browser();
    let mut forged = link.clone().into_bytes();
    let last = forged.len() - 2;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    let forged = guest.ask("POST", &String::from_utf8(forged).unwrap(), json!({})).await;
    assert_eq!((forged.status.as_u16(), forged.code().as_str()), (404, "not_found"));
    assert_eq!(guest.ask("POST", "/s/x", json!({})).await.body, forged.body);
    owner.ask("DELETE", &path, ()).await;
    assert_eq!(guest.ask("POST", &link, json!({})).await.body, forged.body);
    owner.ask("PATCH", &path, json!({"deleted": false})).await;
    assert_eq!(guest.ask("POST", &link, json!({})).await.status, 200);
}

#[tokio::test]
async fn a_viewer_changes_nothing() {
    for local_dev in [false, true] {
        let server = if local_dev { Server::local().await } else { Server::production().await };
        let (mut owner, path, link) = note_with_link(&server, "viewer").await;
        let content = format!("{path}/content");
        owner.ask("PUT", &content, ("text/markdown", "mine")).await;
        let mut guest = server.visitor().in_browser();
        guest.ask("POST", &link, json!({})).await;
        assert_eq!(guest.ask("GET", &content, ()).await.text(), "mine");
        let refused = [
            guest.ask("PATCH", &path, json!({"title": "x"})).await,
            guest.ask("PATCH", &path, json!({"deleted": true})).await,
            guest.ask("DELETE", &path, ()).await,
            guest.ask("PUT", &content, ("text/markdown", "yours")).await,
            guest.ask("PUT", &content, ("application/vnd.yjs.update", "\0\0")).await,
            guest.ask("PATCH", &content, json!({"op": "append", "text": "x"})).await,
            guest.ask("POST", &format!("{path}/links"), json!({"level": "viewer"})).await,
            guest.ask("GET", &format!("{path}/links"), ()).await,
        ];
        for answer in refused {
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "forbidden"));
        }
        assert_eq!(owner.ask("GET", &content, ()).await.text(), "mine");
    }
}

#[tokio::test]
async fn links_that_cannot_be_are_refused() {
    let server = Server::local().await;
    let mut owner = server.visitor();
    let id = owner.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let path = format!("/api/v1/documents/{id}/links");
    let table = [
        (json!({}), "invalid_request"),
        (json!({"level": "owner"}), "invalid_request"),
        (json!({"level": "viewer", "label": "x".repeat(81)}), "label_too_long"),
        (json!({"level": "viewer", "label": "a\nb"}), "label_invalid"),
        (json!({"level": "viewer", "expires": 1}), "invalid_request"),
    ];
    for (body, code) in table {
        let answer = owner.ask("POST", &path, body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, code));
    }
}
