//! Signing in and out, and what comes of a login.

use serde_json::json;

use crate::accounts::{
    PASSWORD, SIGN_IN, credentials, open_server, program, refused, registered, signed_in, told,
};

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_the_same_answer() {
    let server = open_server().await;
    registered(&server, "ana").await;
    let answer = async |username: &str| {
        let mut visitor = server.visitor().with("x-request-id", "same");
        let started = std::time::Instant::now();
        let answer =
            visitor.ask("POST", "/api/v1/login", credentials(username, "wrong horse")).await;
        (answer.status, answer.headers, answer.body, started.elapsed())
    };
    let (known, unknown) = (answer("ana").await, answer("nobody").await);
    assert_eq!((known.0.as_u16(), &known.1, &known.2), (401, &unknown.1, &unknown.2));
    // The hash is nearly all of it; without one the answer would come a hundred times sooner.
    assert!(unknown.3 * 5 > known.3, "{:?} {:?}", known.3, unknown.3);
}

#[tokio::test]
async fn guesses_are_counted_for_names_that_exist_and_names_that_do_not() {
    let server = open_server().await;
    registered(&server, "ana").await;
    for username in ["ana", "nobody"] {
        let guess = async |password: &str| {
            server.visitor().ask("POST", "/api/v1/login", credentials(username, password)).await
        };
        for _ in 0..5 {
            assert_eq!(told(&guess("wrong horse").await), refused(401, "wrong_password"));
        }
        let waiting = guess(PASSWORD).await;
        assert_eq!(told(&waiting), refused(429, "too_many_attempts"));
        assert_eq!(waiting.headers["retry-after"], "180");
    }
    server.advance(180_000);
    let right = server.visitor().ask("POST", "/api/v1/login", credentials("ana", PASSWORD)).await;
    assert_eq!(right.status, 200);
}

#[tokio::test]
async fn signing_in_gives_a_browser_another_cookie_and_keeps_what_it_was() {
    let server = open_server().await;
    registered(&server, "ana").await;
    let mut browser = server.visitor().in_browser();
    browser.ask("POST", "/api/v1/browser-session", json!({})).await;
    let note = browser.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let planted = browser.cookie().unwrap().to_owned();
    let me = browser.ask("POST", SIGN_IN, credentials("ana", PASSWORD)).await;
    assert_eq!(me.json()["promotable"], true);
    assert_ne!(browser.cookie().unwrap(), planted);
    let path = format!("/api/v1/documents/{note}");
    assert_eq!(browser.ask("GET", &path, ()).await.status, 200);
    let mut fixed = server.visitor().with("cookie", &planted).in_browser();
    assert_eq!(
        told(&fixed.ask("GET", "/api/v1/documents", ()).await),
        refused(401, "unauthorized")
    );
    let signed_in = browser.cookie().unwrap().to_owned();
    assert_eq!(browser.ask("POST", "/api/v1/logout", json!({})).await.status, 204);
    let mut kept = server.visitor().with("cookie", &signed_in).in_browser();
    assert_eq!(told(&kept.ask("GET", &path, ()).await), refused(401, "unauthorized"));
}

#[tokio::test]
async fn who_signs_in_after_someone_else_gets_nothing_of_theirs() {
    let server = open_server().await;
    registered(&server, "ana").await;
    registered(&server, "ben").await;
    let mut browser = signed_in(&server, "ana").await;
    let note = browser.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    browser.ask("POST", SIGN_IN, credentials("ben", PASSWORD)).await;
    let path = format!("/api/v1/documents/{note}");
    assert_eq!(told(&browser.ask("GET", &path, ()).await), refused(404, "not_found"));
    let mut ana = signed_in(&server, "ana").await;
    let tokens = ana.ask("GET", "/api/v1/me/tokens", ()).await.json();
    assert_eq!(tokens["items"].as_array().unwrap().len(), 1, "the first login has ended: {tokens}");
}

#[tokio::test]
async fn pages_of_other_sites_sign_nobody_in() {
    let server = open_server().await;
    registered(&server, "ana").await;
    for path in [SIGN_IN, "/api/v1/login"] {
        let mut page = server.visitor().with("origin", "https://evil.example");
        let answer = page.ask("POST", path, credentials("ana", PASSWORD)).await;
        assert_eq!(told(&answer), refused(403, "origin_refused"), "{path}");
    }
    let silent = server.visitor().ask("POST", SIGN_IN, credentials("ana", PASSWORD)).await;
    assert_eq!(told(&silent), refused(403, "origin_refused"));
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_login() {
    let server = open_server().await;
    registered(&server, "ana").await;
    let (mut program, first) = program(&server, "ana").await;
    let refresh = async |token: &str| {
        let body = json!({ "refresh_token": token });
        server.visitor().ask("POST", "/api/v1/login/refresh", body).await
    };
    let renewed = refresh(&first).await;
    assert_eq!((renewed.status.as_u16(), &renewed.json()["expires_in"]), (200, &json!(600)));
    let second = renewed.member("refresh_token");
    let access = renewed.member("access_token");
    let mut again = server.visitor().with("authorization", &format!("Bearer {access}"));
    assert_eq!(again.ask("GET", "/api/v1/me", ()).await.status, 200);
    assert_eq!(told(&refresh(&first).await), refused(401, "unauthorized"));
    assert_eq!(told(&refresh(&second).await), refused(401, "unauthorized"), "either was a thief's");
    for visitor in [&mut again, &mut program] {
        assert_eq!(told(&visitor.ask("GET", "/api/v1/me", ()).await), refused(401, "unauthorized"));
    }
}

#[tokio::test]
async fn an_access_token_ends_and_its_keys_are_public() {
    let server = open_server().await;
    registered(&server, "ana").await;
    let (mut program, _) = program(&server, "ana").await;
    assert_eq!(program.ask("POST", "/api/v1/documents", json!({})).await.status, 201);
    server.advance(605_000);
    assert_eq!(told(&program.ask("GET", "/api/v1/me", ()).await), refused(401, "unauthorized"));
    let keys = server.visitor().ask("GET", "/.well-known/jwks.json", ()).await.json();
    let key = &keys["keys"][0];
    assert_eq!(
        (&key["alg"], &key["crv"], &key["use"]),
        (&json!("EdDSA"), &json!("Ed25519"), &json!("sig"))
    );
    assert_eq!(key.get("d"), None);
}

#[tokio::test]
async fn a_signed_in_user_who_opens_a_link_stays_that_user() {
    let server = open_server().await;
    registered(&server, "ana").await;
    let mut owner = server.service("owner").await;
    let note = owner.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let path = format!("/api/v1/documents/{note}");
    let link = owner.ask("POST", &format!("{path}/links"), json!({ "level": "editor" })).await;
    let url = link.member("url");
    let mut ana = signed_in(&server, "ana").await;
    let opened = ana.ask("POST", &url[url.find("/s/").unwrap()..], json!({})).await.json();
    assert_eq!(
        (&opened["principal"]["kind"], &opened["principal"]["name"]),
        (&json!("user"), &json!("ana"))
    );
    assert_eq!(ana.ask("GET", &path, ()).await.status, 200);
    let me = ana.ask("GET", "/api/v1/me", ()).await.json();
    assert_eq!(me["promotable"], false);
}
