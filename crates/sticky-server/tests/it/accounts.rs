//! Users over REST: registering, passwords, leaving.

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use serde_json::{Value, json};

use crate::harness::{Options, Server};
use crate::visitor::{Answer, Visitor};

pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const SIGN_IN: &str = "/api/v1/login/browser";

/// As behind a proxy, where anyone may become a user.
pub(crate) async fn open_server() -> Server {
    Server::new(Options {
        local_dev: false,
        public_url: "https://notes.example.org",
        environment: &[
            ("STICKY_REGISTRATION", "open"),
            ("STICKY_ANONYMOUS_NOTES", "true"),
            ("STICKY_RATE_LIMIT", "true"),
        ],
    })
    .await
}

pub(crate) fn credentials(username: &str, password: &str) -> Value {
    json!({ "username": username, "password": password })
}

pub(crate) async fn registered(server: &Server, username: &str) {
    let made = server.visitor().ask("POST", "/api/v1/users", credentials(username, PASSWORD)).await;
    assert_eq!(made.status, 201, "{}", made.text());
}

/// A browser that this user has signed in with.
pub(crate) async fn signed_in(server: &Server, username: &str) -> Visitor {
    let mut browser = server.visitor().in_browser();
    let answer = browser.ask("POST", SIGN_IN, credentials(username, PASSWORD)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    browser
}

/// A program that this user has signed in with, and its refresh token.
pub(crate) async fn program(server: &Server, username: &str) -> (Visitor, String) {
    let mut program = server.visitor();
    let answer = program.ask("POST", "/api/v1/login", credentials(username, PASSWORD)).await;
    let bearer = format!("Bearer {}", answer.member("access_token"));
    (program.with("authorization", &bearer), answer.member("refresh_token"))
}

pub(crate) fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

pub(crate) fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn someone_becomes_a_user_and_signs_in_and_out() {
    let server = open_server().await;
    let mut browser = server.visitor().in_browser();
    let new = json!({ "username": "Ana.B", "password": PASSWORD, "name": "Ana" });
    browser.ask("POST", "/api/v1/users", new).await;
    browser.ask("POST", SIGN_IN, credentials("ana.b", PASSWORD)).await;
    let me = browser.ask("PATCH", "/api/v1/me", json!({ "name": "Ana Bauer" })).await;
    assert_eq!(me.json()["principal"]["name"], "Ana Bauer");
    let note = browser.ask("POST", "/api/v1/documents", json!({ "title": "Mine" })).await;
    assert_eq!(note.status, 201);
    browser.ask("GET", "/api/v1/users?username=ANA.B", ()).await;
    browser.ask("POST", "/api/v1/logout", json!({})).await;
    browser.ask("GET", "/api/v1/me", ()).await;
    insta::assert_snapshot!(browser.told());
}

#[tokio::test]
async fn what_cannot_be_a_user_is_refused() {
    let server = open_server().await;
    registered(&server, "ana").await;
    let table = [
        (credentials("ana", PASSWORD), refused(409, "taken")),
        (credentials("ANA", PASSWORD), refused(409, "taken")),
        (credentials("a", PASSWORD), refused(400, "username_invalid")),
        (credentials("аna", PASSWORD), refused(400, "username_invalid")),
        (credentials("ben", "short"), refused(400, "password_invalid")),
        (credentials("benjamin", "Benjamin"), refused(400, "password_invalid")),
        (credentials("ben", &"x".repeat(257)), refused(400, "password_invalid")),
        (json!({ "username": "ben" }), refused(400, "invalid_request")),
        (
            json!({ "username": "ben", "password": PASSWORD, "name": "" }),
            refused(400, "name_invalid"),
        ),
        (
            json!({ "username": "ben", "password": PASSWORD, "admin": true }),
            refused(400, "invalid_request"),
        ),
    ];
    for (body, expected) in table {
        let answer = server.visitor().ask("POST", "/api/v1/users", body.clone()).await;
        assert_eq!(told(&answer), expected, "{body}");
    }
}

#[tokio::test]
async fn where_registration_is_closed_administrators_make_users() {
    let server = Server::production().await;
    let closed = server.visitor().ask("POST", "/api/v1/users", credentials("ana", PASSWORD)).await;
    assert_eq!(told(&closed), refused(403, "registration_closed"));
    server.administrator("root").await;
    let mut root = signed_in(&server, "root").await;
    let made = root.ask("POST", "/api/v1/users", credentials("ana", PASSWORD)).await;
    assert_eq!(made.status, 201);
    let mut ana = signed_in(&server, "ana").await;
    let closed = ana.ask("POST", "/api/v1/users", credentials("ben", PASSWORD)).await;
    assert_eq!(told(&closed), refused(403, "registration_closed"));
    let (id, path) = (made.member("id"), "/api/v1/users");
    let forbidden = ana.ask("DELETE", &format!("{path}/{id}"), ()).await;
    assert_eq!(told(&forbidden), refused(403, "forbidden"));
    for _ in 0..2 {
        assert_eq!(root.ask("DELETE", &format!("{path}/{id}"), ()).await.status, 204);
    }
    assert_eq!(ana.ask("GET", "/api/v1/documents", ()).await.status, 401);
    let taken = root.ask("POST", path, credentials("ana", PASSWORD)).await;
    assert_eq!(told(&taken), refused(409, "taken"), "nobody else gets the name");
    let gone = root.ask("GET", &format!("{path}/{id}"), ()).await;
    assert_eq!(told(&gone), refused(404, "not_found"));
    let again = server.visitor().ask("POST", "/api/v1/login", credentials("ana", PASSWORD)).await;
    assert_eq!(told(&again), refused(401, "wrong_password"));
}

#[tokio::test]
async fn a_new_password_ends_the_other_logins() {
    let server = open_server().await;
    registered(&server, "ana").await;
    let (mut here, mut there) = (signed_in(&server, "ana").await, signed_in(&server, "ana").await);
    let (mut program, refresh) = program(&server, "ana").await;
    let token = here.ask("POST", "/api/v1/me/tokens", json!({})).await.member("token");
    let change = "/api/v1/me/password";
    let wrong = here
        .ask("POST", change, json!({ "current": "wrong horse", "new": "battery staple" }))
        .await;
    assert_eq!(told(&wrong), refused(401, "wrong_password"));
    let missing = here.ask("POST", change, json!({ "new": "battery staple" })).await;
    assert_eq!(told(&missing), refused(401, "wrong_password"));
    let weak = here.ask("POST", change, json!({ "current": PASSWORD, "new": "short" })).await;
    assert_eq!(told(&weak), refused(400, "password_invalid"));
    let changed =
        here.ask("POST", change, json!({ "current": PASSWORD, "new": "battery staple" })).await;
    assert_eq!(changed.status, 204);
    assert_eq!(here.ask("GET", "/api/v1/documents", ()).await.status, 200);
    for other in [&mut there, &mut program] {
        assert_eq!(
            told(&other.ask("GET", "/api/v1/documents", ()).await),
            refused(401, "unauthorized")
        );
    }
    let body = json!({ "refresh_token": refresh });
    let stale = server.visitor().ask("POST", "/api/v1/login/refresh", body).await;
    assert_eq!(told(&stale), refused(401, "unauthorized"));
    let mut robot = server.visitor().with("authorization", &format!("Bearer {token}"));
    assert_eq!(robot.ask("GET", "/api/v1/documents", ()).await.status, 200, "programs stay");
    let old = server.visitor().ask("POST", "/api/v1/login", credentials("ana", PASSWORD)).await;
    assert_eq!(told(&old), refused(401, "wrong_password"));
}

/// As passwords were hashed once: with less than is asked for today.
fn hashed_long_ago(password: &str) -> String {
    let parameters = Params::new(64, 1, 1, None).unwrap();
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    argon.hash_password(password.as_bytes()).unwrap().to_string()
}

#[tokio::test]
async fn a_hash_of_long_ago_is_renewed_by_whoever_signs_in() {
    let server = open_server().await;
    registered(&server, "ana").await;
    let (accounts, stored) = (&server.app.accounts, &server.app.ports.accounts);
    let ana = accounts.named("ana").await.unwrap().unwrap().id;
    let hash = async || stored.password(ana).await.unwrap().unwrap();
    let (new, old) = (hash().await, hashed_long_ago(PASSWORD));
    stored.renew_password(ana, &new, &old).await.unwrap();
    let wrong =
        server.visitor().ask("POST", "/api/v1/login", credentials("ana", "wrong horse")).await;
    assert_eq!(told(&wrong), refused(401, "wrong_password"));
    assert_eq!(hash().await, old);
    let mut browser = signed_in(&server, "ana").await;
    let renewed = hash().await;
    assert!(renewed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "as they are made today");
    assert_eq!(browser.ask("GET", "/api/v1/me/tokens", ()).await.status, 200);
    signed_in(&server, "ana").await;
    assert_eq!(hash().await, renewed, "once is enough");
}

#[tokio::test]
async fn someone_who_leaves_is_gone_and_their_notes_stay() {
    let server = open_server().await;
    registered(&server, "ana").await;
    let mut ana = signed_in(&server, "ana").await;
    let note = ana.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let link = ana
        .ask("POST", &format!("/api/v1/documents/{note}/links"), json!({ "level": "viewer" }))
        .await;
    let url = link.member("url");
    let wrong = ana.ask("DELETE", "/api/v1/me", json!({ "password": "wrong horse" })).await;
    assert_eq!(told(&wrong), refused(401, "wrong_password"));
    assert_eq!(ana.ask("DELETE", "/api/v1/me", json!({ "password": PASSWORD })).await.status, 204);
    let again = server.visitor().ask("POST", "/api/v1/login", credentials("ana", PASSWORD)).await;
    assert_eq!(told(&again), refused(401, "wrong_password"));
    let mut guest = server.visitor().in_browser();
    let path = &url[url.find("/s/").unwrap()..];
    assert_eq!(guest.ask("POST", path, json!({})).await.status, 200);
}
