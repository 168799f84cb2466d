//! One side: people and programs with notes, groups and projects, in whose every text is a word that is nowhere else.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sticky_domain::id::ProjectId;
use sticky_domain::usecase::NewAccount;

use crate::harness::Server;
use crate::matrix::users::browser;
use crate::visitor::{Answer, Visitor};

const NOTES: &str = "/api/v1/documents";

/// What an id may be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Note,
    Link,
    Group,
    Project,
    User,
    /// A program that belongs to a project.
    Robot,
    Token,
    Guest,
    Request,
}

pub(super) struct Tenant {
    pub(super) canary: &'static str,
    /// A user in a browser, their program, a program of their team, and a guest of one of their links.
    pub(super) people: Vec<Visitor>,
    pub(super) things: BTreeMap<Kind, Vec<String>>,
    /// Opens a note to those whom it is shared with.
    pub(super) closed_link: String,
}

impl Tenant {
    pub(super) async fn new(server: &Server, canary: &'static str) -> Self {
        let username = canary.to_lowercase().chars().rev().collect::<String>();
        let new = NewAccount { username: &username, name: None, password: None, admin: false };
        let row = server.app.accounts.register(new, None).await.unwrap();
        let mut user = browser(server, &row).await;
        let issued = user.ask("POST", "/api/v1/me/tokens", json!({"label": canary})).await;
        let bearer = format!("Bearer {}", issued.member("token"));
        let program = server.visitor().with("authorization", &bearer);
        let team = user.ask("POST", "/api/v1/projects", json!({"name": canary})).await.member("id");
        let robot = server.service_of(ProjectId(team.parse().unwrap()), &username).await;
        let mut tenant = Self {
            canary,
            people: vec![user, program, robot],
            things: BTreeMap::new(),
            closed_link: String::new(),
        };
        tenant.has(Kind::Token, issued.member("id"));
        tenant.has(Kind::Project, team);
        tenant.has(Kind::Project, row.project.to_string());
        tenant.has(Kind::User, row.id.to_string());
        tenant.found(server).await;
        tenant
    }

    /// Notes of each of them, a guest who came by a link, someone who asks, and a group.
    async fn found(&mut self, server: &Server) {
        for author in 0..self.people.len() {
            self.make_note(author).await;
        }
        let robot = self.people[2].ask("GET", "/api/v1/me", ()).await;
        self.has(Kind::Robot, principal(&robot));
        let named = json!({"name": self.canary});
        let group = self.user().ask("POST", "/api/v1/groups", named).await;
        self.has(Kind::Group, group.member("id"));
        let open = self.link(0, json!({"level": "editor", "label": self.canary})).await;
        let mut guest = server.visitor().in_browser();
        let admitted = guest.ask("POST", &open, json!({})).await;
        assert_eq!(admitted.status, 200, "{}", admitted.text());
        let admitted = guest.ask("GET", "/api/v1/me", ()).await;
        self.has(Kind::Guest, principal(&admitted));
        self.people.push(guest);
        let closed = self.link(0, json!({"level": "viewer", "audience": "shared"})).await;
        let mut waiting = server.visitor().in_browser();
        let message = json!({"message": self.canary});
        assert_eq!(waiting.ask("POST", &format!("{closed}/ask"), message).await.status, 204);
        let asked = waiting.ask("GET", "/api/v1/me", ()).await;
        self.has(Kind::Request, principal(&asked));
        self.closed_link = closed;
    }

    fn user(&mut self) -> &mut Visitor {
        &mut self.people[0]
    }

    pub(super) async fn make_note(&mut self, author: usize) {
        let (author, title) = (&mut self.people[author], json!({"title": self.canary}));
        let made = author.ask("POST", NOTES, title).await;
        if made.status != 201 {
            return;
        }
        let path = format!("{NOTES}/{}/content", made.member("id"));
        let text = ("text/markdown", self.canary);
        assert_eq!(author.ask("PUT", &path, text).await.status, 200);
        self.has(Kind::Note, made.member("id"));
    }

    /// A link of the user's first note: the path that opens it.
    async fn link(&mut self, note: usize, terms: Value) -> String {
        let path = format!("{NOTES}/{}/links", self.things[&Kind::Note][note]);
        let made = self.user().ask("POST", &path, terms).await;
        self.has(Kind::Link, made.member("id"));
        let url = made.member("url");
        url[url.find("/s/").unwrap()..].to_owned()
    }

    fn has(&mut self, kind: Kind, id: String) {
        self.things.entry(kind).or_default().push(id);
    }
}

fn principal(me: &Answer) -> String {
    me.json()["principal"]["id"].as_str().unwrap().to_owned()
}
