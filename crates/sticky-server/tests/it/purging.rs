//! A note that was deleted for good is nowhere: not at any door, not in any list, and nobody is left in it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::Server;
use crate::socket::Socket;
use crate::visitor::{Answer, Visitor};

const NOTES: &str = "/api/v1/documents";
const NOWHERE: &str = "/api/v1/documents/0198c0de-0000-7000-8000-ffffffffffff";
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// A note with a text and a link: its path, the link's.
async fn written(owner: &mut Visitor, title: &str) -> (String, String) {
    let note = owner.ask("POST", NOTES, json!({ "title": title })).await.member("id");
    let path = format!("{NOTES}/{note}");
    let text = ("text/markdown", "quagga");
    assert_eq!(owner.ask("PUT", &format!("{path}/content"), text).await.status, 200);
    let link = owner.ask("POST", &format!("{path}/links"), json!({"level": "viewer"})).await;
    let url = link.member("url");
    (path, url[url.find("/s/").unwrap()..].to_owned())
}

async fn found(someone: &mut Visitor, path: &str) -> usize {
    let answer = someone.ask("GET", path, ()).await;
    answer.json()["items"].as_array().unwrap_or_else(|| panic!("{}", answer.text())).len()
}

/// Where a note can be found without knowing its id.
async fn lists(someone: &mut Visitor) -> [usize; 4] {
    [
        found(someone, NOTES).await,
        found(someone, &format!("{NOTES}?in=trash")).await,
        found(someone, "/api/v1/search?q=thylacine").await,
        found(someone, "/api/v1/search?q=quagga").await,
    ]
}

/// What a link of no note shows, under this address.
fn without_address(answer: &Answer, link: &str) -> String {
    answer.text().replace(link.trim_start_matches("/s/"), "…")
}

#[tokio::test]
async fn a_note_that_was_deleted_for_good_is_nowhere() {
    let server = Server::listening(false).await;
    let mut owner = server.service("owner").await;
    let (note, link) = written(&mut owner, "Thylacine").await;
    let mut guest = server.visitor().in_browser();
    assert_eq!(guest.ask("POST", &link, json!({})).await.status, 200);
    let began = Instant::now();
    while lists(&mut owner).await != [1, 0, 1, 1] {
        assert!(began.elapsed() < Duration::from_secs(5), "the text is not found");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let purge = format!("{note}?purge=true");
    assert_eq!(owner.ask("DELETE", &purge, ()).await.status, 204);
    assert_eq!(lists(&mut owner).await, [0; 4]);
    for path in ["", "/content", "/timeline", "/updates?after=0", "/links", "/permissions"] {
        let missing = owner.ask("GET", &format!("{NOWHERE}{path}"), ()).await;
        for someone in [&mut owner, &mut guest] {
            let gone = someone.ask("GET", &format!("{note}{path}"), ()).await;
            assert_eq!((gone.status.as_u16(), &gone.body), (404, &missing.body), "{path}");
        }
    }
    for (method, path, body) in [
        ("DELETE", &purge, json!(null)),
        ("PATCH", &note, json!({"deleted": false})),
        ("POST", &format!("{note}/session"), json!({})),
        ("POST", &link, json!({})),
    ] {
        assert_eq!(owner.ask(method, path, body).await.code(), "not_found", "{method} {path}");
    }
    let forged = "/s/AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for rendering in ["", "/preview.txt", "/preview.html", "/oembed.json"] {
        let gone = owner.ask("GET", &format!("{link}{rendering}"), ()).await;
        let never = owner.ask("GET", &format!("{forged}{rendering}"), ()).await;
        assert_eq!(gone.status, never.status, "{rendering}");
        assert_eq!(without_address(&gone, &link), without_address(&never, forged), "{rendering}");
    }
    let picture = |link: &str| format!("{link}/preview.png");
    let gone = owner.ask("GET", &picture(&link), ()).await;
    assert_eq!(gone.body, owner.ask("GET", &picture(forged), ()).await.body);
}

#[tokio::test]
async fn whoever_has_it_open_is_told_within_a_second() {
    let server = Server::listening(false).await;
    let mut owner = server.service("owner").await;
    let (note, link) = written(&mut owner, "Thylacine").await;
    let mut guest = server.visitor().in_browser();
    assert_eq!(guest.ask("POST", &link, json!({})).await.status, 200);
    let path = note.replace(NOTES, "/collab");
    let headers = [("cookie", guest.cookie().unwrap()), ("origin", server.app.public_url.origin())];
    let mut sockets = vec![
        Socket::open(server.address(), &path, &headers).await,
        Socket::open(server.address(), &format!("{path}?token={}", owner.bearer()), &[]).await,
    ];
    for socket in &mut sockets {
        socket.sync().await;
    }
    let since = Instant::now();
    assert_eq!(owner.ask("DELETE", &format!("{note}?purge=true"), ()).await.status, 204);
    for socket in sockets {
        let (code, reason) = socket.closed().await.expect("a reason");
        assert!([4404, 4410].contains(&code), "{code} {reason}");
    }
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    let path = format!("{path}?token={}", owner.bearer());
    let late = Socket::open(server.address(), &path, &[]).await;
    assert_eq!(late.closed().await, Some((4404, "not_found".to_owned())));
}

/// What stays is that it was, and that it was deleted: an administrator sees the receipt, and nothing that it said.
#[tokio::test]
async fn a_receipt_stays() {
    let server = Server::production().await;
    server.administrator("root").await;
    let mut owner = server.service("owner").await;
    let (note, _) = written(&mut owner, "Thylacine").await;
    assert_eq!(owner.ask("DELETE", &format!("{note}?purge=true"), ()).await.status, 204);
    let mut root = server.visitor().in_browser();
    let credentials = json!({"username": "root", "password": "correct horse"});
    root.ask("POST", "/api/v1/login/browser", credentials).await;
    let id = &note[NOTES.len() + 1..];
    let audit = root.ask("GET", &format!("/api/v1/admin/events?document={id}"), ()).await;
    let events = audit.json()["items"].as_array().unwrap().clone();
    let kinds: Vec<&Value> = events.iter().map(|event| &event["type"]).collect();
    assert_eq!(kinds, ["DocumentPurged"], "{}", audit.text());
    assert!(!audit.text().contains("Thylacine"));
}

/// The trash is looked through from the start on.
#[tokio::test]
async fn what_is_in_the_trash_for_a_month_is_deleted_for_good() {
    let server = Server::production().await;
    let mut owner = server.service("owner").await;
    let (old, _) = written(&mut owner, "Thylacine").await;
    let (young, _) = written(&mut owner, "Thylacine").await;
    assert_eq!(owner.ask("DELETE", &old, ()).await.status, 204);
    server.advance(2 * DAY);
    assert_eq!(owner.ask("DELETE", &young, ()).await.status, 204);
    server.advance(29 * DAY);
    assert_eq!(lists(&mut owner).await, [0, 2, 0, 0]);
    let job = sticky_server::retention::start(&server.app).expect("the trash is emptied");
    let began = Instant::now();
    while owner.ask("GET", &old, ()).await.status != 404 {
        assert!(began.elapsed() < Duration::from_secs(5), "nothing was deleted");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(lists(&mut owner).await, [0, 1, 0, 0]);
    assert_eq!(owner.ask("PATCH", &young, json!({"deleted": false})).await.status, 200);
    job.abort();
}
