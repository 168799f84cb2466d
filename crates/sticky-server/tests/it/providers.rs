//! Signing in with another service, and what comes of turning back there, over REST. Whether a code is worth anything is
//! tested against a real provider (`web/interop`); this one believes every code.

mod discord;

use serde_json::{Value, json};

use crate::accounts::{credentials, program, refused, registered, signed_in, told};
use crate::harness::{Options, Server};
use crate::visitor::{Answer, Visitor};
use discord::Discord;

const LOGIN: &str = "/api/v1/providers/discord/login";
const IDENTITIES: &str = "/api/v1/me/identities";
const DOCUMENTS: &str = "/api/v1/documents";

/// A server that Discord vouches to, where anyone may become a user.
async fn server() -> (Server, Discord) {
    let discord = Discord::start().await;
    let environment = [
        ("STICKY_REGISTRATION", "open"),
        ("STICKY_DISCORD_URL", discord.url.as_str()),
        ("STICKY_DISCORD_APPLICATION_ID", "sticky"),
        ("STICKY_DISCORD_CLIENT_SECRET", "between-the-two"),
    ];
    let public_url = "https://notes.example.org";
    let options = Options { local_dev: false, public_url, environment: &environment };
    (Server::new(options).await, discord)
}

/// What is behind the address of the way back for whoever has set out.
async fn set_out(browser: &mut Visitor, return_to: &str) -> String {
    let way = browser.ask("POST", LOGIN, json!({ "return_to": return_to })).await;
    assert_eq!(way.status, 200, "{}", way.text());
    let url: url::Url = way.member("url").parse().unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    format!("/api/v1/providers/discord/callback?state={state}")
}

fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.headers["location"].to_str().unwrap()
}

/// Signs in, or connects whom the service calls this.
async fn come_back_as(browser: &mut Visitor, person: &str) -> String {
    let back = set_out(browser, "/account").await;
    let answer = browser.ask("GET", &format!("{back}&code={person}"), ()).await;
    location(&answer).to_owned()
}

async fn username(browser: &mut Visitor) -> Value {
    browser.ask("GET", "/api/v1/me", ()).await.json()["account"]["username"].clone()
}

#[tokio::test]
async fn whoever_turns_back_can_try_again_and_go_on() {
    let (server, _discord) = server().await;
    let mut browser = server.visitor().in_browser();
    let wanted = "/keep?next=%2Fd%2F0190";
    let problem =
        |code: &str| format!("/sign-in?problem={code}&next=%2Fkeep%3Fnext%3D%252Fd%252F0190");
    let back = set_out(&mut browser, wanted).await;
    let turned = browser.ask("GET", &format!("{back}&error=access_denied"), ()).await;
    assert_eq!(location(&turned), problem("denied"));
    let again = browser.ask("GET", &format!("{back}&code=ana"), ()).await;
    assert_eq!(location(&again), "/sign-in?problem=login_refused", "nothing is kept of it");
    let back = set_out(&mut browser, wanted).await;
    let unknown = browser.ask("GET", &format!("{back}&code={}", discord::UNKNOWN), ()).await;
    assert_eq!(location(&unknown), problem("provider_failed"));
    let back = set_out(&mut browser, wanted).await;
    let foreign = browser.ask("GET", &format!("{back}x&code=ana"), ()).await;
    assert_eq!(location(&foreign), problem("login_refused"));
    let back = set_out(&mut browser, wanted).await;
    server.advance(10 * 60 * 1_000);
    let late = browser.ask("GET", &format!("{back}&code=ana"), ()).await;
    assert_eq!(location(&late), problem("login_refused"));
    assert_eq!(username(&mut browser).await, Value::Null);
}

#[tokio::test]
async fn an_attempt_is_worth_nothing_a_second_time() {
    let (server, _discord) = server().await;
    let mut browser = server.visitor().in_browser();
    let back = set_out(&mut browser, "/d/1").await;
    let kept = browser.cookie().unwrap().to_owned();
    let address = format!("{back}&code=ana");
    assert_eq!(location(&browser.ask("GET", &address, ()).await), "/d/1");
    let mut thief = server.visitor().in_browser().with("cookie", &kept);
    let stolen = thief.ask("GET", &address, ()).await;
    assert_eq!(location(&stolen), "/sign-in?problem=login_refused&next=%2Fd%2F1");
    assert_eq!(username(&mut thief).await, Value::Null);
}

#[tokio::test]
async fn whoever_has_signed_in_goes_back_to_their_account() {
    let (server, _discord) = server().await;
    registered(&server, "ana").await;
    let mut ana = signed_in(&server, "ana").await;
    let back = set_out(&mut ana, "/account").await;
    let turned = ana.ask("GET", &format!("{back}&error=access_denied"), ()).await;
    assert_eq!(location(&turned), "/account?problem=denied");
    assert_eq!(come_back_as(&mut ana, "amber").await, "/account");
    let mut ben = server.visitor().in_browser();
    assert_eq!(come_back_as(&mut ben, "ben").await, "/account");
    assert_eq!(come_back_as(&mut ben, "amber").await, "/account?problem=identity_taken");
    assert_eq!(username(&mut ben).await, "ben", "nobody becomes somebody else");
}

#[tokio::test]
async fn a_service_is_connected_and_taken_away_again() {
    let (server, _discord) = server().await;
    registered(&server, "ana").await;
    let mut ana = signed_in(&server, "ana").await;
    assert_eq!(ana.ask("GET", IDENTITIES, ()).await.json(), json!({ "items": [] }));
    for person in ["amber", "fox"] {
        assert_eq!(come_back_as(&mut ana, person).await, "/account");
        server.advance(1_000);
    }
    ana.told();
    let listed = ana.ask("GET", IDENTITIES, ()).await;
    assert_eq!(listed.json()["items"].as_array().unwrap().len(), 2);
    let mut other = server.visitor().in_browser();
    assert_eq!(come_back_as(&mut other, "fox").await, "/account");
    let (mut robot, _) = program(&server, "ana").await;
    let path = format!("{IDENTITIES}/discord/id-of-fox");
    assert_eq!(ana.ask("DELETE", &path, ()).await.status, 204);
    ana.ask("DELETE", &path, ()).await;
    ana.ask("GET", IDENTITIES, ()).await;
    insta::assert_snapshot!(ana.told());
    let ended = other.ask("GET", DOCUMENTS, ()).await;
    assert_eq!(told(&ended), refused(401, "unauthorized"), "it was begun with that service");
    assert_eq!(robot.ask("GET", DOCUMENTS, ()).await.status, 200, "it was begun with a password");
    assert_eq!(come_back_as(&mut other, "fox").await, "/account");
    assert_eq!(username(&mut other).await, "fox", "whoever is nobody's is somebody new");
}

#[tokio::test]
async fn the_last_way_to_sign_in_stays() {
    let (server, _discord) = server().await;
    let mut fox = server.visitor().in_browser();
    come_back_as(&mut fox, "fox").await;
    let identity = async |browser: &mut Visitor| {
        browser.ask("GET", IDENTITIES, ()).await.json()["items"][0].clone()
    };
    assert_eq!(identity(&mut fox).await["removable"], false);
    let path = format!("{IDENTITIES}/discord/id-of-fox");
    let last = fox.ask("DELETE", &path, ()).await;
    assert_eq!(told(&last), refused(409, "last_way_to_sign_in"));
    let set = fox.ask("POST", "/api/v1/me/password", json!({ "new": "battery staple" })).await;
    assert_eq!(set.status, 204);
    assert_eq!(identity(&mut fox).await["removable"], true);
    assert_eq!(fox.ask("DELETE", &path, ()).await.status, 204);
    let by_password = credentials("fox", "battery staple");
    assert_eq!(server.visitor().ask("POST", "/api/v1/login", by_password).await.status, 200);
}

#[tokio::test]
async fn what_is_connected_is_nobody_elses_business() {
    let (server, _discord) = server().await;
    let mut fox = server.visitor().in_browser();
    come_back_as(&mut fox, "fox").await;
    registered(&server, "ana").await;
    let mut ana = signed_in(&server, "ana").await;
    let path = format!("{IDENTITIES}/discord/id-of-fox");
    assert_eq!(told(&ana.ask("DELETE", &path, ()).await), refused(404, "not_found"));
    let token = fox.ask("POST", "/api/v1/me/tokens", json!({ "scope": "admin" })).await;
    let bearer = format!("Bearer {}", token.member("token"));
    let mut robot = server.visitor().with("authorization", &bearer);
    for (method, path) in [("GET", IDENTITIES), ("DELETE", path.as_str())] {
        let answer = robot.ask(method, path, ()).await;
        assert_eq!(told(&answer), refused(403, "sign_in_needed"));
    }
}
