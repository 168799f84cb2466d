//! Why somebody may open a note, and whether they could then: given what happened, when asked, then told.

use serde_json::{Value, json};

use crate::accounts::{PASSWORD, open_server, registered, signed_in};
use crate::harness::Server;
use crate::visitor::Visitor;

/// Ana owns a note in a team's project; Ben comes to it and loses it again.
struct Story {
    server: Server,
    ana: Visitor,
    note: String,
    team: String,
}

/// When, who, and what was told then.
struct Moment {
    what: &'static str,
    at: String,
    who: String,
    told: String,
}

impl Story {
    async fn new() -> Self {
        let server = open_server().await;
        registered(&server, "ana").await;
        let mut ana = signed_in(&server, "ana").await;
        let team = ana.ask("POST", "/api/v1/projects", json!({"name": "Team"})).await.member("id");
        let team = format!("/api/v1/projects/{team}");
        let made = ana.ask("POST", &format!("{team}/documents"), json!({})).await;
        let note = format!("/api/v1/documents/{}", made.member("id"));
        Self { server, ana, note, team }
    }

    async fn does(&mut self, method: &str, path: &str, body: Value) -> Value {
        let done = self.ana.ask(method, path, body).await;
        assert!(done.status.is_success(), "{method} {path}: {}", done.text());
        if done.body.is_empty() { Value::Null } else { done.json() }
    }

    /// What is told of `who` at this moment, which ends a minute later.
    async fn moment(&mut self, what: &'static str, who: &str) -> Moment {
        let at = self.server.app.clock.now().to_rfc3339();
        let told = self.told(who, "").await;
        self.server.advance(60_000);
        Moment { what, at, who: who.to_owned(), told }
    }

    /// The level, and by what.
    async fn told(&mut self, who: &str, at: &str) -> String {
        let path = format!("{}/access?principal={who}{at}", self.note);
        let told = self.ana.ask("GET", &path, ()).await.json();
        let grounds = told["grounds"].as_array().unwrap().iter().map(|ground| {
            let through = ground["groups"].as_array().unwrap().len();
            format!(" {}{}", ground["by"]["kind"].as_str().unwrap(), ">".repeat(through))
        });
        let trash = if told["deleted"] == true { " in the trash" } else { "" };
        told["level"].as_str().unwrap_or("nothing").to_owned()
            + &grounds.collect::<String>()
            + trash
    }
}

fn id(answer: &Value) -> String {
    answer["recipient"]["id"].as_str().unwrap().to_owned()
}

/// What was so then is told the same ever after.
async fn are_told(story: &mut Story, moments: Vec<Moment>, then: &[(&str, &str)]) {
    let told: Vec<_> = moments.iter().map(|moment| (moment.what, moment.told.as_str())).collect();
    assert_eq!(told, then);
    for Moment { what, at, who, told } in &moments {
        assert_eq!(story.told(who, &format!("&at={at}")).await, *told, "{what}, later");
    }
}

#[tokio::test]
async fn every_way_to_a_note_is_told_from_when_to_when() {
    let mut story = Story::new().await;
    registered(&story.server, "ben").await;
    let permissions = format!("{}/permissions", story.note);
    let reads = json!({"username": "ben", "level": "viewer"});
    let ben = id(&story.does("PUT", &permissions, reads.clone()).await);
    let mut moments = vec![story.moment("grant", &ben).await];
    let inner = story.does("POST", "/api/v1/groups", json!({"name": "Cooks"})).await;
    let outer = story.does("POST", "/api/v1/groups", json!({"name": "Kitchen"})).await;
    let members =
        |group: &Value| format!("/api/v1/groups/{}/members", group["id"].as_str().unwrap());
    let member = json!({"username": "ben", "role": "member"});
    story.does("PUT", &members(&inner), member.clone()).await;
    let nested = json!({"group_id": inner["id"], "role": "member"});
    story.does("PUT", &members(&outer), nested).await;
    story.does("PUT", &permissions, json!({"group_id": outer["id"], "level": "editor"})).await;
    moments.push(story.moment("two groups", &ben).await);
    story.does("DELETE", &format!("{permissions}/{ben}"), json!({})).await;
    moments.push(story.moment("no grant", &ben).await);
    story.does("DELETE", &format!("{}/{ben}", members(&inner)), json!({})).await;
    moments.push(story.moment("no group", &ben).await);
    let team = format!("{}/members", story.team);
    story.does("PUT", &team, member).await;
    moments.push(story.moment("role", &ben).await);
    story.does("PUT", &team, json!({"username": "ben", "role": "guest"})).await;
    moments.push(story.moment("lower role", &ben).await);
    story.does("PUT", &permissions, reads).await;
    story.does("DELETE", &story.note.clone(), json!({})).await;
    moments.push(story.moment("trash", &ben).await);
    let mut leaving = signed_in(&story.server, "ben").await;
    leaving.ask("DELETE", "/api/v1/me", json!({"password": PASSWORD})).await;
    moments.push(story.moment("left", &ben).await);
    let then = [
        ("grant", "viewer grant"),
        ("two groups", "editor grant grant>>"),
        ("no grant", "editor grant>>"),
        ("no group", "nothing"),
        ("role", "editor role"),
        ("lower role", "nothing"),
        ("trash", "viewer grant in the trash"),
        ("left", "nothing in the trash"),
    ];
    are_told(&mut story, moments, &then).await;
}

#[tokio::test]
async fn what_a_link_gave_is_told_of_whom_it_let_in() {
    let mut story = Story::new().await;
    let links = format!("{}/links", story.note);
    let ends = story.server.app.clock.now().plus(std::time::Duration::from_secs(90)).to_rfc3339();
    let ended = story.does("POST", &links, json!({"level": "editor", "expires_at": ends})).await;
    let off = story.does("POST", &links, json!({"level": "viewer"})).await;
    let address = |link: &Value| {
        let url = link["url"].as_str().unwrap();
        url[url.find("/s/").unwrap()..].to_owned()
    };
    let visitor = || story.server.visitor().in_browser();
    let (mut first, mut browser) = (visitor(), visitor());
    let opened = first.ask("POST", &address(&ended), json!({})).await.json();
    let fox = opened["principal"]["id"].as_str().unwrap().to_owned();
    let mut moments = vec![story.moment("let in", &fox).await];
    let opened = browser.ask("POST", &address(&off), json!({})).await.json();
    let owl = opened["principal"]["id"].as_str().unwrap().to_owned();
    moments.push(story.moment("by another", &owl).await);
    moments.push(story.moment("ended", &fox).await);
    registered(&story.server, "ben").await;
    let signed_in = json!({"username": "ben", "password": PASSWORD});
    let ben = browser.ask("POST", "/api/v1/login/browser", signed_in).await.json();
    let ben = ben["principal"]["id"].as_str().unwrap().to_owned();
    let promote = format!("/api/v1/me/guests/{owl}/promote");
    assert_eq!(browser.ask("POST", &promote, json!({})).await.status, 204);
    moments.push(story.moment("a guest", &owl).await);
    moments.push(story.moment("who is a user", &ben).await);
    let removed = format!("{links}/{}/guests/{ben}", off["id"].as_str().unwrap());
    story.does("DELETE", &removed, json!({})).await;
    moments.push(story.moment("removed", &ben).await);
    let then = [
        ("let in", "editor link"),
        ("by another", "viewer link"),
        ("ended", "nothing"),
        ("a guest", "nothing"),
        ("who is a user", "viewer link"),
        ("removed", "nothing"),
    ];
    are_told(&mut story, moments, &then).await;
}
