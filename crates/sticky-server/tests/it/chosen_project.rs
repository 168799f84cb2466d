//! Which project a request is about: by its credential, a header or its path. Two that disagree choose nothing.

use serde_json::json;
use sticky_domain::id::ProjectId;
use uuid::Uuid;

use crate::accounts::{PASSWORD, credentials};
use crate::harness::Server;
use crate::visitor::{Answer, Visitor};

/// A project, seen from who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Own,
    /// There, with notes and groups, and nothing of it is theirs.
    Foreign,
    Missing,
}

const MISSING: Uuid = Uuid::from_u128(0x0198_c0de_0000_7000_8000_00ff_ffff_ffff);

/// How a project is named in a request.
const WAYS: [(Option<Which>, Option<Which>); 9] = {
    use Which::{Foreign, Missing, Own};
    [
        (None, None),
        (Some(Own), None),
        (Some(Foreign), None),
        (Some(Missing), None),
        (None, Some(Own)),
        (None, Some(Foreign)),
        (None, Some(Missing)),
        (Some(Own), Some(Own)),
        (Some(Own), Some(Foreign)),
    ]
};

/// Two projects, each with a note and a group.
struct World {
    server: Server,
    ana: Visitor,
    own: Place,
    foreign: Place,
}

struct Place {
    project: Uuid,
    note: String,
    group: String,
}

impl World {
    async fn new() -> Self {
        let server = Server::production().await;
        for name in ["ana", "ben"] {
            server.administrator(name).await;
        }
        let (mut ana, mut ben) = (user(&server, "ana").await, user(&server, "ben").await);
        let (own, foreign) = (place(&mut ana).await, place(&mut ben).await);
        Self { server, ana, own, foreign }
    }

    fn project(&self, which: Which) -> Uuid {
        match which {
            Which::Own => self.own.project,
            Which::Foreign => self.foreign.project,
            Which::Missing => MISSING,
        }
    }

    /// Asks where and about what the two name.
    async fn ask(
        &self,
        mut visitor: Visitor,
        (header, path): (Option<Which>, Option<Which>),
        what: &str,
    ) -> Answer {
        if let Some(header) = header {
            visitor = visitor.with("x-project", &self.project(header).to_string());
        }
        let below = match path {
            Some(path) => format!("/api/v1/projects/{}", self.project(path)),
            None => "/api/v1".to_owned(),
        };
        visitor.ask("GET", &format!("{below}/{what}"), ()).await
    }
}

/// A team of this one, with a note and a group in it.
async fn place(user: &mut Visitor) -> Place {
    let made = user.ask("POST", "/api/v1/projects", json!({"name": "Team"})).await;
    let project = made.member("id");
    let within = format!("/api/v1/projects/{project}");
    let note = user.ask("POST", &format!("{within}/documents"), json!({"title": "Milk"})).await;
    let group = user.ask("POST", &format!("{within}/groups"), json!({"name": "Cooks"})).await;
    Place { project: project.parse().unwrap(), note: note.member("id"), group: group.member("id") }
}

async fn user(server: &Server, username: &str) -> Visitor {
    let mut browser = server.visitor().in_browser();
    let signed_in =
        browser.ask("POST", "/api/v1/login/browser", credentials(username, PASSWORD)).await;
    assert_eq!(signed_in.status, 200);
    browser
}

fn told(answer: &Answer) -> (u16, String) {
    let code = if answer.status.is_success() { String::new() } else { answer.code() };
    (answer.status.as_u16(), code)
}

/// What there is to find of one's own, whatever was asked for.
fn finds(answer: &Answer) -> usize {
    answer.json()["items"].as_array().map_or(1, Vec::len)
}

#[tokio::test]
async fn a_user_names_it_by_header_or_path() {
    let world = World::new().await;
    for way in WAYS {
        let (note, group) =
            (format!("documents/{}", world.own.note), format!("groups/{}", world.own.group));
        let (foreign_note, foreign_group) = (
            format!("documents/{}", world.foreign.note),
            format!("groups/{}", world.foreign.group),
        );
        let chosen = way.0.or(way.1);
        for (what, is_own, is_list) in [
            (note.as_str(), true, false),
            (group.as_str(), true, false),
            (foreign_note.as_str(), false, false),
            (foreign_group.as_str(), false, false),
            ("documents", true, true),
            ("groups", true, true),
            ("search?q=milk", true, true),
        ] {
            let answer = world.ask(world.ana.clone(), way, what).await;
            let expected = match chosen {
                _ if way == (Some(Which::Own), Some(Which::Foreign)) => (400, "project_mismatch"),
                None | Some(Which::Own) if is_own => (200, ""),
                _ if is_list => (200, ""),
                _ => (404, "not_found"),
            };
            assert_eq!(told(&answer), (expected.0, expected.1.to_owned()), "{way:?} {what}");
            if answer.status == 200 {
                let there = usize::from(!matches!(chosen, Some(Which::Foreign | Which::Missing)));
                assert_eq!(finds(&answer), there, "{way:?} {what}: {}", answer.text());
            }
        }
    }
}

/// The credential of a program names its project, so what else names one must name that.
#[tokio::test]
async fn a_programs_credential_has_chosen_already() {
    let world = World::new().await;
    let project = ProjectId(world.own.project);
    for way in WAYS {
        for what in ["documents", "groups", "search?q=milk"] {
            let program = world.server.service_of(project, "robot").await;
            let answer = world.ask(program, way, what).await;
            let agrees = [way.0, way.1].into_iter().flatten().all(|which| which == Which::Own);
            let expected = if agrees { (200, "") } else { (400, "project_mismatch") };
            assert_eq!(told(&answer), (expected.0, expected.1.to_owned()), "{way:?} {what}");
        }
    }
}

/// What is made is made there, or not at all.
#[tokio::test]
async fn what_is_made_is_in_the_project_that_was_chosen() {
    let world = World::new().await;
    for (which, path, status) in [
        (Which::Own, "documents", 201),
        (Which::Foreign, "documents", 404),
        (Which::Missing, "documents", 404),
        (Which::Own, "groups", 201),
        (Which::Foreign, "groups", 404),
        (Which::Missing, "groups", 404),
    ] {
        let project = world.project(which).to_string();
        let mut ana = world.ana.clone().with("x-project", &project);
        let body = match path {
            "documents" => json!({"title": "Eggs"}),
            _ => json!({"name": "Bakers"}),
        };
        let made = ana.ask("POST", &format!("/api/v1/{path}"), body).await;
        assert_eq!(made.status.as_u16(), status, "{which:?} {path}: {}", made.text());
    }
    let mut ana = world.ana.clone();
    let listed =
        ana.ask("GET", &format!("/api/v1/projects/{}/documents", world.own.project), ()).await;
    assert_eq!(finds(&listed), 2);
}

#[tokio::test]
async fn what_cannot_be_a_project_is_refused() {
    let world = World::new().await;
    for value in ["", "x", "0198c0de", "milk, eggs"] {
        let mut ana = world.ana.clone().with("x-project", value);
        let answer = ana.ask("GET", "/api/v1/documents", ()).await;
        assert_eq!(told(&answer), (400, "invalid_request".to_owned()), "{value}");
        assert_eq!(answer.json()["errors"][0]["header"], "x-project");
    }
    let mut ana = world.ana.clone();
    let answer = ana.ask("GET", "/api/v1/projects/x/documents", ()).await;
    assert_eq!(told(&answer), (404, "not_found".to_owned()));
}
