use serde_json::json;

use crate::harness::{Options, Server};

#[tokio::test]
async fn a_browser_becomes_a_guest_that_makes_notes() {
    let server = Server::new(Options {
        local_dev: false,
        public_url: "https://notes.example.org",
        environment: &[("STICKY_ANONYMOUS_NOTES", "true")],
    })
    .await;
    let mut browser = server.visitor().in_browser();
    browser.ask("GET", "/api/v1/me", ()).await;
    browser.ask("POST", "/api/v1/documents", json!({})).await;
    browser.ask("POST", "/api/v1/browser-session", json!({})).await;
    let again = browser.ask("POST", "/api/v1/browser-session", json!({})).await;
    assert!(!again.headers.contains_key("set-cookie"));
    browser.ask("PATCH", "/api/v1/me", json!({"name": " Ana "})).await;
    browser.ask("POST", "/api/v1/documents", json!({})).await;
    browser.ask("GET", "/api/v1/documents", ()).await;
    insta::assert_snapshot!(browser.told());
}

#[tokio::test]
async fn the_cookie_is_named_and_held_as_its_transport_allows() {
    let cookie = async |public_url: &str| {
        let server = Server::new(Options {
            local_dev: false,
            public_url,
            environment: &[("STICKY_ANONYMOUS_NOTES", "true")],
        })
        .await;
        let mut browser = server.visitor().in_browser();
        let answer = browser.ask("POST", "/api/v1/browser-session", json!({})).await;
        answer.headers["set-cookie"].to_str().unwrap().to_owned()
    };
    let https = cookie("https://notes.example.org").await;
    let http = cookie("http://localhost:8080").await;
    assert!(https.starts_with("__Host-sticky=") && https.contains("; Secure"), "{https}");
    assert!(http.starts_with("sticky=") && !http.contains("Secure"), "{http}");
    for cookie in [https, http] {
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"] {
            assert!(cookie.contains(attribute), "{attribute} in {cookie}");
        }
    }
}

#[tokio::test]
async fn without_anonymous_notes_a_token_is_needed() {
    let server = Server::production().await;
    let mut browser = server.visitor().in_browser();
    let refused = browser.ask("POST", "/api/v1/browser-session", json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "anonymous_notes_off"));
    let mut service = server.service("Robot").await;
    service.ask("GET", "/api/v1/me", ()).await;
    service.ask("POST", "/api/v1/documents", json!({"title": "By a robot"})).await;
    let renamed = service.ask("PATCH", "/api/v1/me", json!({"name": "R2"})).await;
    assert_eq!(renamed.code(), "forbidden");
    insta::assert_snapshot!(service.told());
}

#[tokio::test]
async fn the_local_user_needs_no_credential() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    someone.ask("GET", "/api/v1/me", ()).await;
    someone.ask("PATCH", "/api/v1/me", json!({"name": "Zoë"})).await;
    insta::assert_snapshot!(someone.told());
}

#[tokio::test]
async fn a_bad_credential_is_refused_and_not_passed_over() {
    let server = Server::local().await;
    for value in ["Bearer stk_nobody", "Bearer x", "Basic eDp5", "Bearer"] {
        let answer =
            server.visitor().with("authorization", value).ask("GET", "/api/v1/documents", ()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "unauthorized"));
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    for value in ["sticky=x", "a=b; sticky=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let mut browser = server.visitor().with("cookie", value).in_browser();
        let answer = browser.ask("GET", "/api/v1/documents", ()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "unauthorized"));
        let cleared = answer.headers["set-cookie"].to_str().unwrap();
        assert!(cleared.starts_with("sticky=;") && cleared.contains("Max-Age=0"), "{cleared}");
    }
}

#[tokio::test]
async fn a_stale_cookie_does_not_keep_a_browser_out_of_who_it_is() {
    let server = Server::local().await;
    let mut browser = server.visitor().with("cookie", "sticky=gone").in_browser();
    let me = browser.ask("GET", "/api/v1/me", ()).await;
    assert_eq!((me.status.as_u16(), &me.json()["principal"]["kind"]), (200, &json!("local")));
    assert!(me.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
}

#[tokio::test]
async fn names_that_cannot_be_are_refused() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    for name in ["", "  ", "a\nb", "a\u{202e}b", &"x".repeat(41)] {
        let answer = someone.ask("PATCH", "/api/v1/me", json!({ "name": name })).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "name_invalid"));
    }
}
