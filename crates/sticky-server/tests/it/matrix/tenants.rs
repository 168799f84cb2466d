//! Two tenants who do whatever they like, to each other's things as often as to their own: nothing crosses.

use std::collections::BTreeMap;

use serde_json::json;
use sticky_domain::id::ProjectId;
use uuid::Uuid;

use super::table::{Row, rows};
use crate::harness::Server;
use crate::visitor::Visitor;

const STEPS: usize = 400;
const SEEDS: u64 = 3;

/// One side: a program that owns notes in a project of its own, whose every text holds a word that is nowhere else.
struct Tenant {
    visitor: Visitor,
    project: ProjectId,
    canary: &'static str,
    /// What there is of each kind that a path names, by the words of the path before it.
    things: BTreeMap<&'static str, Vec<String>>,
}

impl Tenant {
    async fn new(server: &Server, project: u128, canary: &'static str) -> Self {
        let project = ProjectId(Uuid::from_u128(project));
        let visitor = server.service_of(project, canary).await;
        let mut tenant = Self { visitor, project, canary, things: BTreeMap::new() };
        for _ in 0..2 {
            tenant.make_note().await;
        }
        tenant
    }

    async fn make_note(&mut self) {
        let made =
            self.visitor.ask("POST", "/api/v1/documents", json!({"title": self.canary})).await;
        let id = made.member("id");
        let path = format!("/api/v1/documents/{id}");
        let text = ("text/markdown", self.canary);
        assert_eq!(self.visitor.ask("PUT", &format!("{path}/content"), text).await.status, 200);
        let new = json!({"level": "editor", "label": self.canary});
        let link = self.visitor.ask("POST", &format!("{path}/links"), new).await;
        self.things.entry("links").or_default().push(link.member("id"));
        self.things.entry("documents").or_default().push(id);
    }

    /// The path of a row about one of this tenant's things; `None` when it names what they have none of.
    fn path(&self, row: &Row, chance: u64) -> Option<String> {
        let mut path = Vec::new();
        let mut kind = "";
        for part in row.path.split('/') {
            if !part.starts_with('{') {
                kind = part;
                path.push(part.to_owned());
            } else if kind == "projects" {
                path.push(self.project.to_string());
            } else {
                let things = self.things.get(kind)?;
                path.push(things[chance as usize % things.len()].clone());
            }
        }
        let query = if row.query.is_empty() { String::new() } else { format!("?{}", row.query) };
        Some(path.join("/") + &query)
    }
}

/// Numbers that a seed gives.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

#[tokio::test]
async fn nothing_crosses_between_two_tenants() {
    for seed in 0..SEEDS {
        let server = Server::production().await;
        let mut tenants = [
            Tenant::new(&server, 0xa, "Quagga").await,
            Tenant::new(&server, 0xb, "Thylacine").await,
        ];
        let mut chance = Chance(seed);
        for step in 0..STEPS {
            one_step(&server, &mut tenants, &mut chance, &format!("seed {seed}, step {step}"))
                .await;
        }
    }
}

async fn one_step(server: &Server, tenants: &mut [Tenant; 2], chance: &mut Chance, told: &str) {
    let rows = rows();
    let row = &rows[chance.next() as usize % rows.len()];
    let (actor, target) = (chance.next() as usize % 2, chance.next() as usize % 2);
    if chance.next().is_multiple_of(16) {
        tenants[actor].make_note().await;
    }
    let Some(path) = tenants[target].path(row, chance.next()) else { return };
    let foreign = tenants[1 - actor].canary;
    let before = log(server).await;
    let answer = tenants[actor].visitor.ask(row.method, &path, (row.body)()).await;
    let body = String::from_utf8_lossy(&answer.body);
    let told = format!("{told}: {} {path}: {body}", row.method);
    assert!(!body.contains(foreign), "{told}");
    if actor != target && row.path.contains('{') {
        assert_eq!(answer.status, 404, "{told}");
        assert_eq!(log(server).await, before, "{told}");
    }
}

async fn log(server: &Server) -> (u64, u64) {
    use sticky_domain::stream::Lane::{Content, Control};
    let events = &server.app.ports.events;
    (events.position(Control).await.unwrap(), events.position(Content).await.unwrap())
}
