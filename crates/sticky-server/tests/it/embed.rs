use serde_json::json;

use crate::harness::{Options, Server};

async fn server(environment: &[(&str, &str)]) -> Server {
    let public_url = "https://notes.example.org";
    Server::new(Options { local_dev: false, public_url, environment }).await
}

async fn framed_by(server: &Server, path: &str) -> String {
    let answer = server.visitor().ask("GET", path, ()).await;
    let policy = answer.headers["content-security-policy"].to_str().unwrap().to_owned();
    policy.split_once("frame-ancestors ").unwrap().1.to_owned()
}

#[tokio::test]
async fn only_named_sites_frame_a_note_and_only_where_it_is_meant_to_be() {
    let named = server(&[("STICKY_EMBED_ORIGINS", "https://a.example.org, https://b.example.org")]);
    let (named, unnamed) = (named.await, server(&[]).await);
    let id = "/embed/0198c0de-0000-7000-8000-000000000001";
    assert_eq!(framed_by(&named, id).await, "https://a.example.org https://b.example.org");
    assert_eq!(framed_by(&named, "/embed/x").await, "https://a.example.org https://b.example.org");
    assert_eq!(framed_by(&unnamed, id).await, "'none'");
    for path in ["/", "/d/x", "/s/x", "/embed", "/api/v1/me"] {
        assert_eq!(framed_by(&named, path).await, "'none'", "{path}");
    }
}

#[tokio::test]
async fn a_link_tells_its_note_to_the_page_without_opening_it() {
    let server = server(&[]).await;
    let mut owner = server.service("owner").await;
    let note =
        owner.ask("POST", "/api/v1/documents", json!({"title": "<Plan>"})).await.member("id");
    let links = format!("/api/v1/documents/{note}/links");
    let url = owner.ask("POST", &links, json!({"level": "viewer"})).await.member("url");
    let token = url.rsplit('/').next().unwrap();
    let page = server.visitor().ask("GET", &format!("/embed/{token}"), ()).await;
    assert!(page.text().contains(&format!(r#"<meta name="sticky:note" content="{note}">"#)));
    assert!(page.text().contains("&lt;Plan&gt;"), "{}", page.text());
    assert!(!page.headers.contains_key("set-cookie"));
    let forged = server.visitor().ask("GET", "/embed/x", ()).await;
    assert_eq!(forged.status, 404);
    assert!(!forged.text().contains("sticky:note"));
}
