//! One thing that someone does, aimed at anything of either side.

use serde_json::{Value, json};

use super::chance::Chance;
use super::tenant::{Kind, Tenant};
use crate::harness::Server;
use crate::matrix::table::{Row, rows};
use crate::matrix::{NOWHERE, sockets};
use crate::visitor::{Answer, Payload, Visitor};

/// What would end whoever does it, or lets in whoever knows it.
const LEFT_OUT: [&str; 10] = [
    "/api/v1/me/identities",
    "/api/v1/admin/ownerless",
    "/api/v1/login",
    "/api/v1/logout",
    "/api/v1/me/password",
    "/api/v1/users",
    "/api/v1/providers",
    "/api/v1/admin/projections",
    "/s/",
    "/.well-known",
];
const WITHIN_A_PROJECT: [&str; 3] = ["/api/v1/documents", "/api/v1/groups", "/api/v1/search"];

/// A step of one side, and what it must not lead to.
pub(super) struct Step<'a> {
    server: &'a Server,
    tenants: &'a mut [Tenant; 2],
    chance: &'a mut Chance,
    actor: usize,
    told: String,
}

impl<'a> Step<'a> {
    pub(super) fn new(
        server: &'a Server,
        tenants: &'a mut [Tenant; 2],
        chance: &'a mut Chance,
        told: String,
    ) -> Self {
        let actor = chance.next() % 2;
        Self { server, tenants, chance, actor, told }
    }

    pub(super) async fn take(mut self) {
        match self.chance.next() % 16 {
            0 => {
                let author = self.chance.next() % 3;
                self.tenants[self.actor].make_note(author).await;
            }
            1 => self.open_a_socket().await,
            2 => self.knock().await,
            3..6 => self.look_around().await,
            _ => self.use_a_route().await,
        }
    }

    /// Uses a route, each id that it names being of either side.
    async fn use_a_route(&mut self) {
        let rows = rows();
        let row = self.chance.of(&rows);
        let ends = |start: &&str| row.path.starts_with(*start);
        if LEFT_OUT.iter().any(ends) || (row.method, row.path) == ("DELETE", "/api/v1/me") {
            return;
        }
        let aim = self.aim(row);
        let ends_own_token = row.path.contains("tokens/{id}") && !aim.is_foreign;
        if ends_own_token {
            return;
        }
        let (body, gives_foreign) = self.body(row);
        let (project, is_elsewhere) = self.project(row);
        let mut visitor = self.someone();
        if let Some(project) = project {
            visitor = visitor.with("x-project", &project);
        }
        let before = log(self.server).await;
        let answer = visitor.ask(row.method, &aim.path, body.payload()).await;
        let told = self.judge(&answer, &format!("{} {}", row.method, aim.path));
        if aim.is_foreign || gives_foreign || is_elsewhere {
            assert_eq!(log(self.server).await, before, "{told}");
        }
        if aim.is_foreign {
            let missing = visitor.ask(row.method, &aim.nowhere, body.payload()).await;
            assert_eq!((answer.status, &answer.body), (missing.status, &missing.body), "{told}");
        }
    }

    /// A path of this row, and the same with nothing in the place of what is foreign.
    fn aim(&mut self, row: &Row) -> Aim {
        let mut aim = Aim { path: String::new(), nowhere: String::new(), is_foreign: false };
        let mut before = "";
        for part in row.path.split('/').skip(1) {
            let (id, is_foreign) = match kind(part, before) {
                Some(kind) => self.either(kind),
                None => (part.to_owned(), false),
            };
            // Whom something is shared with, or who is in it, may be anyone.
            let counts = is_foreign && !["{recipient_id}", "{member_id}"].contains(&part);
            aim.path += &format!("/{id}");
            aim.nowhere += &format!("/{}", if counts { NOWHERE } else { &id });
            aim.is_foreign |= counts;
            before = part;
        }
        for path in [&mut aim.path, &mut aim.nowhere] {
            *path += &if row.query.is_empty() { String::new() } else { format!("?{}", row.query) };
        }
        aim
    }

    /// What is sent; whom something is given to is drawn, too, and whether that may not be given anything.
    fn body(&mut self, row: &Row) -> (Body, bool) {
        let Payload::Json(mut sent) = (row.body)() else {
            return (Body::Of(row.body), false);
        };
        if sent.get("principal_id").is_none() {
            return (Body::Json(sent), false);
        }
        let members = sent.as_object_mut().expect("it has a member");
        members.remove("principal_id");
        // A person may be given anything by anyone; a program of another project sees nothing of it.
        let (kind, name) = *self.chance.of(&[
            (Kind::Group, "group_id"),
            (Kind::Robot, "principal_id"),
            (Kind::Robot, "principal_id"),
        ]);
        let (id, is_foreign) = self.either(kind);
        members.insert(name.to_owned(), json!(id));
        (Body::Json(sent), is_foreign && kind == Kind::Group)
    }

    /// A project that the request names, sometimes, and whether that is the other side's and counts.
    fn project(&mut self, row: &Row) -> (Option<String>, bool) {
        if !self.chance.one_in(4) {
            return (None, false);
        }
        let (project, is_foreign) = self.either(Kind::Project);
        let counts = WITHIN_A_PROJECT.iter().any(|start| row.path.starts_with(start));
        (Some(project), is_foreign && counts)
    }

    /// Lists and searches by what is the other's.
    async fn look_around(&mut self) {
        let canary = self.tenants[self.chance.next() % 2].canary;
        let (who, group) = (self.either(Kind::User).0, self.either(Kind::Group).0);
        let (note, project) = (self.either(Kind::Note).0, self.either(Kind::Project).0);
        let robot = self.either(Kind::Robot).0;
        let paths = [
            format!("/api/v1/documents?created_by={who}"),
            format!("/api/v1/documents?shared_with={who}"),
            format!("/api/v1/documents?shared_with={group}"),
            format!("/api/v1/documents?shared_by={robot}"),
            format!("/api/v1/documents?label={canary}"),
            format!("/api/v1/documents?query={canary}&include_deleted=true"),
            format!("/api/v1/search?q={canary}"),
            format!("/api/v1/projects/{project}/documents?in=project"),
            format!("/api/v1/projects/{project}/search?q={canary}"),
            format!("/api/v1/projects/{project}/groups"),
            format!("/api/v1/projects/{project}/documents/{note}"),
            format!("/api/v1/documents/{note}/access?principal={who}"),
            format!("/embed/{note}"),
            format!("/d/{note}"),
        ];
        let path = self.chance.of(&paths).clone();
        let answer = self.someone().ask("GET", &path, ()).await;
        self.judge(&answer, &path);
    }

    async fn open_a_socket(&mut self) {
        let (note, is_foreign) = self.either(Kind::Note);
        if is_foreign {
            let visitor = self.someone();
            let path = format!("/collab/{note}");
            let socket = sockets::open(self.server, &path, &visitor).await;
            let closed = socket.closed().await;
            assert_eq!(closed, Some((4404, "not_found".to_owned())), "{}: {path}", self.told);
        }
    }

    /// At a link for those whom the other side's note is shared with.
    async fn knock(&mut self) {
        let link = self.tenants[1 - self.actor].closed_link.clone();
        let mut visitor = self.someone().in_browser();
        let page = visitor.ask("GET", &link, ()).await;
        self.judge(&page, &link);
        let before = log(self.server).await;
        let answer = visitor.ask("POST", &link, json!({})).await;
        let told = self.judge(&answer, &link);
        let is_refused = ["ask_for_access", "not_found"].contains(&answer.code().as_str());
        assert!(is_refused, "{told}");
        assert_eq!(log(self.server).await, before, "{told}");
    }

    fn someone(&mut self) -> Visitor {
        self.chance.of(&self.tenants[self.actor].people).clone()
    }

    /// Something of this kind of one side or the other, and whether it is foreign to who acts.
    fn either(&mut self, kind: Kind) -> (String, bool) {
        let side = self.chance.next() % 2;
        let id = self.chance.of(&self.tenants[side].things[&kind]).clone();
        (id, side != self.actor)
    }

    /// Nothing that the other side wrote is in it. Says what was asked and answered.
    fn judge(&self, answer: &Answer, asked: &str) -> String {
        let body = String::from_utf8_lossy(&answer.body);
        let told = format!("{}: {asked}: {} {body}", self.told, answer.status);
        assert!(!body.contains(self.tenants[1 - self.actor].canary), "{told}");
        assert!(!answer.status.is_server_error(), "{told}");
        told
    }
}

struct Aim {
    path: String,
    nowhere: String,
    is_foreign: bool,
}

/// What is sent, as often as it is.
enum Body {
    Json(Value),
    Of(fn() -> Payload),
}

impl Body {
    fn payload(&self) -> Payload {
        match self {
            Self::Json(sent) => Payload::Json(sent.clone()),
            Self::Of(body) => body(),
        }
    }
}

/// What a part of a path names.
fn kind(part: &str, before: &str) -> Option<Kind> {
    match (part, before) {
        ("{id}", "documents") => Some(Kind::Note),
        ("{id}", "groups") => Some(Kind::Group),
        ("{id}", "projects") => Some(Kind::Project),
        ("{id}", "tokens") => Some(Kind::Token),
        ("{id}" | "{guest_id}", "guests") => Some(Kind::Guest),
        ("{id}", "users") => Some(Kind::User),
        ("{link_id}", _) => Some(Kind::Link),
        ("{request_id}", _) => Some(Kind::Request),
        ("{recipient_id}" | "{member_id}", _) => Some(Kind::Robot),
        _ => {
            assert!(!part.starts_with('{'), "say what {part} after {before} is");
            None
        }
    }
}

async fn log(server: &Server) -> (u64, u64) {
    use sticky_domain::stream::Lane::{Content, Control};
    let events = &server.app.ports.events;
    (events.position(Control).await.unwrap(), events.position(Content).await.unwrap())
}
