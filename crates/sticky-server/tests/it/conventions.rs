//! What every route does alike.

use serde_json::{Value, json};

use crate::harness::Server;
use crate::visitor::{Answer, Visitor};

const NOTES: &str = "/api/v1/documents";

async fn note(someone: &mut Visitor, title: &str) -> (String, Answer) {
    let answer = someone.ask("POST", NOTES, json!({ "title": title })).await;
    (format!("{NOTES}/{}", answer.member("id")), answer)
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_problem_names_the_request_and_what_is_wrong_with_it() {
    let server = Server::local().await;
    let mut someone = server.visitor().with("x-request-id", "from-a-proxy.1");
    let errors = |answer: &Answer| answer.json()["errors"].clone();
    let answer = someone.ask("POST", NOTES, json!({"title": "x".repeat(257)})).await;
    assert_eq!(answer.request_id.as_deref(), Some("from-a-proxy.1"));
    assert_eq!(header(&answer, "x-request-id"), "from-a-proxy.1");
    assert_eq!(errors(&answer)[0]["pointer"], "/title");
    assert_eq!(errors(&answer)[0]["code"], "title_too_long");
    let answer = someone.ask("POST", NOTES, json!({"title": 7})).await;
    assert_eq!(errors(&answer)[0]["pointer"], "/title");
    let answer = someone.ask("GET", &format!("{NOTES}?page_size=1000"), ()).await;
    assert_eq!(errors(&answer)[0]["parameter"], "page_size");
    let answer =
        someone.ask("GET", &format!("{NOTES}/0198c0de-0000-7000-8000-00000000ffff"), ()).await;
    assert_eq!((answer.code().as_str(), errors(&answer)), ("not_found", Value::Null));
    let mut injecting = server.visitor().with("x-request-id", "a b");
    let answer = injecting.ask("GET", "/nowhere", ()).await;
    let id = answer.request_id.as_deref().unwrap();
    assert_ne!(id, "a b");
    assert_eq!(id, header(&answer, "x-request-id"));
}

#[tokio::test]
async fn a_list_says_where_its_next_page_is() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    for number in 0..5 {
        note(&mut someone, &format!("Plan {number}")).await;
    }
    let (mut address, mut titles) = (format!("{NOTES}?query=plan&page=1&page_size=2"), Vec::new());
    loop {
        let page = someone.ask("GET", &address, ()).await;
        titles.extend(
            page.json()["items"].as_array().unwrap().iter().map(|item| item["title"].clone()),
        );
        let link = header(&page, "link");
        let Some(next) =
            link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\""))
        else {
            assert_eq!((link, &page.json()["next_cursor"]), ("", &Value::Null));
            break;
        };
        address = next.to_owned();
    }
    titles.sort_by_key(ToString::to_string);
    assert_eq!(titles, ["Plan 0", "Plan 1", "Plan 2", "Plan 3", "Plan 4"]);
}

#[tokio::test]
async fn what_was_made_says_where_it_is() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    let (path, made) = note(&mut someone, "Plan").await;
    assert_eq!(header(&made, "location"), path);
    let got = someone.ask("GET", &path, ()).await;
    assert_eq!(header(&got, "etag"), header(&made, "etag"));
    let link = someone.ask("POST", &format!("{path}/links"), json!({"level": "viewer"})).await;
    assert_eq!(header(&link, "location"), format!("{path}/links/{}", link.member("id")));
}

#[tokio::test]
async fn nothing_is_sent_to_who_has_it() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    let (path, made) = note(&mut someone, "Plan").await;
    let tag = header(&made, "etag").to_owned();
    for known in [tag.as_str(), "*", &format!("\"0.0\", W/{tag}")] {
        let mut again = server.visitor().with("if-none-match", known);
        let answer = again.ask("GET", &path, ()).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (304, 0), "{known}");
        assert_eq!(header(&answer, "etag"), tag);
    }
    someone.ask("PUT", &format!("{path}/content"), ("text/markdown", "text")).await;
    let mut stale = server.visitor().with("if-none-match", &tag);
    assert_eq!(stale.ask("GET", &path, ()).await.status, 200);
    let mut content = server.visitor().with("if-none-match", "\"1\"");
    assert_eq!(content.ask("GET", &format!("{path}/content"), ()).await.status, 304);
}

#[tokio::test]
async fn a_change_is_made_only_to_what_was_seen() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    let (path, made) = note(&mut someone, "Plan").await;
    let seen = header(&made, "etag").to_owned();
    let if_match = |tag: &str| server.visitor().with("if-match", tag);
    someone.ask("PUT", &format!("{path}/content"), ("text/markdown", "text")).await;
    let renamed = if_match(&seen).ask("PATCH", &path, json!({"title": "Plan B"})).await;
    assert_eq!(renamed.status, 200, "who types is not in the way");
    let newer = header(&renamed, "etag").to_owned();
    for stale in [seen.as_str(), "\"x\"", &format!("W/{newer}")] {
        for (method, body) in [
            ("PATCH", json!({"title": "Plan C"})),
            ("PATCH", json!({"title": "Plan B"})),
            ("PATCH", json!({"deleted": false})),
            ("PATCH", json!({})),
            ("DELETE", json!({})),
        ] {
            let answer = if_match(stale).ask(method, &path, body.clone()).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (412, "precondition_failed"),
                "{stale} {method} {body}"
            );
        }
    }
    assert_eq!(someone.ask("GET", &path, ()).await.member("title"), "Plan B");
    let both = json!({"title": "Plan C", "deleted": true});
    assert_eq!(if_match(&newer).ask("PATCH", &path, both).await.status, 200);
}

#[tokio::test]
async fn an_edit_is_made_only_to_the_text_that_was_seen() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    let (path, _) = note(&mut someone, "Plan").await;
    let path = format!("{path}/content");
    let put = someone.ask("PUT", &path, ("text/markdown", "one")).await;
    assert_eq!(header(&put, "etag"), "\"1\"");
    let append = json!({"op": "append", "text": " two"});
    let edited =
        server.visitor().with("if-match", "\"1\"").ask("PATCH", &path, append.clone()).await;
    assert_eq!((edited.status.as_u16(), header(&edited, "etag")), (200, "\"2\""));
    let refused = server.visitor().with("if-match", "\"1\"").ask("PATCH", &path, append).await;
    assert_eq!(refused.code(), "precondition_failed");
    assert_eq!(someone.ask("GET", &path, ()).await.text(), "one two");
}
