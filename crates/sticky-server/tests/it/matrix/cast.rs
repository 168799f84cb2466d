//! What everyone asks about, and each of them with a credential.

use serde_json::json;
use sticky_domain::access::{Level, Recipient, Role as ProjectRole, Scope};
use sticky_domain::event::{Actor, Fact, Via};
use sticky_domain::id::{DocumentId, GroupId, LinkId, PrincipalId, ProjectId};
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{Append, Expected};
use sticky_domain::stream::{Lane, StreamId};
use sticky_server::people::PROJECT;
use uuid::Uuid;

use super::role::Role;
use crate::harness::Server;
use crate::visitor::Visitor;

/// A note, a group and a project, and what the others have to do with them.
pub(crate) struct World<'a> {
    pub(super) server: &'a Server,
    pub(crate) note: Uuid,
    pub(crate) group: GroupId,
    pub(crate) link: Uuid,
    pub(crate) token: String,
    edit_token: String,
}

impl<'a> World<'a> {
    /// A fresh one.
    pub(crate) async fn new(server: &'a Server) -> Self {
        let mut owner = server.service("owner").await;
        // Whom others are asked to take in; plays no role.
        server.service("newcomer").await;
        // Whom the link has let in once.
        server.service("visitor").await;
        let made = owner.ask("POST", "/api/v1/documents", json!({"title": "Plan"})).await;
        let note: Uuid = made.member("id").parse().unwrap();
        let path = format!("/api/v1/documents/{note}");
        let text = ("text/markdown", "milk");
        assert_eq!(owner.ask("PUT", &format!("{path}/content"), text).await.status, 200);
        let view = owner.ask("POST", &format!("{path}/links"), json!({"level": "viewer"})).await;
        let edit = owner.ask("POST", &format!("{path}/links"), json!({"level": "editor"})).await;
        let token = |url: String| url[url.find("/s/").unwrap() + 3..].to_owned();
        let world = Self {
            server,
            note,
            group: GroupId(server.app.ids.id()),
            link: view.member("id").parse().unwrap(),
            token: token(view.member("url")),
            edit_token: token(edit.member("url")),
        };
        world.share().await;
        world
    }

    async fn share(&self) {
        let outer = GroupId(self.server.app.ids.id());
        let member = |name| Recipient::Principal(principal(name));
        let added = |member, role| Fact::MemberAdded { member, role };
        let made = |name: &str| Fact::GroupCreated { project: PROJECT, name: name.to_owned() };
        let inner = vec![made("Cooks"), added(member("member"), ProjectRole::Member)];
        self.append(StreamId::group(self.group), inner).await;
        let around = added(Recipient::Group(self.group), ProjectRole::Member);
        self.append(StreamId::group(outer), vec![made("Kitchen"), around]).await;
        let given = |recipient, level| Fact::PermissionGranted { recipient, level, replaces: None };
        let given = vec![
            given(member("viewer"), Level::Viewer),
            given(member("editor"), Level::Editor),
            given(member("elsewhere"), Level::Owner),
            given(Recipient::Group(outer), Level::Editor),
        ];
        self.append(StreamId::document(DocumentId(self.note)), given).await;
        let roles = vec![
            added(member("manager"), ProjectRole::Admin),
            added(member("project-viewer"), ProjectRole::Viewer),
            added(member("project-member"), ProjectRole::Member),
            added(member("project-guest"), ProjectRole::Guest),
        ];
        self.append(StreamId::project(PROJECT), roles).await;
        let (link, document) = (LinkId(self.link), DocumentId(self.note));
        let came = vec![Fact::LinkRedeemed { link, document }];
        self.append(StreamId::principal(principal("visitor")), came).await;
    }

    pub(super) async fn append(&self, stream: StreamId, facts: Vec<Fact>) {
        let principal = principal("owner");
        let actor = Actor { principal, via: Via::Direct, correlation: None };
        let op = OpKey::of(principal, self.server.app.ids.id().as_bytes());
        let append =
            Append { stream, expected: Expected::Any, facts, actor, op, fence: Vec::new() };
        self.server.app.ports.events.append(append).await.unwrap();
    }

    /// The one who plays this role, with their credential.
    pub(crate) async fn visitor(&self, role: Role) -> Visitor {
        match role {
            Role::Nobody => self.server.visitor(),
            Role::Stranger => self.server.service("stranger").await,
            Role::OtherProject => self.server.service_of(elsewhere(), "elsewhere").await,
            Role::GuestView => self.guest(&self.token).await,
            Role::GuestEdit => self.guest(&self.edit_token).await,
            Role::Viewer => self.server.service("viewer").await,
            Role::Editor => self.server.service("editor").await,
            Role::GroupMember => self.server.service("member").await,
            Role::Owner => self.server.service("owner").await,
            Role::OtherGuest => self.other_guest().await,
            Role::Waiting => self.waiting().await,
            Role::Manager => self.server.service("manager").await,
            Role::ProjectViewer => self.server.service("project-viewer").await,
            Role::ProjectMember => self.server.service("project-member").await,
            Role::ProjectGuest => self.server.service("project-guest").await,
            Role::SharedReader => self.shared_reader().await,
            Role::User => self.browser_of("user", Some(Level::Editor), false).await,
            Role::Admin => self.browser_of("admin", None, true).await,
            Role::Deleted => self.deleted().await,
            Role::ReadToken => self.token(Scope::Read).await,
            Role::WriteToken => self.token(Scope::Write).await,
            Role::AdminToken => self.token(Scope::Admin).await,
        }
    }

    async fn other_guest(&self) -> Visitor {
        let mut owner = self.server.service("owner").await;
        let note = owner.ask("POST", "/api/v1/documents", json!({})).await.member("id");
        let path = format!("/api/v1/documents/{note}/links");
        let link = owner.ask("POST", &path, json!({"level": "editor"})).await.member("url");
        self.guest(&link[link.find("/s/").unwrap() + 3..]).await
    }

    async fn waiting(&self) -> Visitor {
        let mut someone = self.server.visitor().in_browser();
        let ask = format!("/s/{}/ask", self.shared_link().await);
        assert_eq!(someone.ask("POST", &ask, json!({})).await.status, 204);
        someone
    }

    async fn shared_reader(&self) -> Visitor {
        let mut reader = self.browser_of("reader", Some(Level::Viewer), false).await;
        let open = format!("/s/{}", self.shared_link().await);
        assert_eq!(reader.ask("POST", &open, json!({})).await.status, 200);
        reader
    }

    /// A link for those whom the note is shared with.
    async fn shared_link(&self) -> String {
        let mut owner = self.server.service("owner").await;
        let path = format!("/api/v1/documents/{}/links", self.note);
        let terms = json!({"level": "viewer", "audience": "shared"});
        let url = owner.ask("POST", &path, terms).await.member("url");
        url[url.find("/s/").unwrap() + 3..].to_owned()
    }

    async fn guest(&self, token: &str) -> Visitor {
        let mut guest = self.server.visitor().in_browser();
        assert_eq!(guest.ask("POST", &format!("/s/{token}"), json!({})).await.status, 200);
        guest
    }

    /// How far the log has come: unchanged when nothing happened.
    pub(crate) async fn log(&self) -> (u64, u64) {
        let events = &self.server.app.ports.events;
        (
            events.position(Lane::Control).await.unwrap(),
            events.position(Lane::Content).await.unwrap(),
        )
    }

    /// A path of the description with what it names filled in.
    pub(crate) async fn path(&self, path: &str) -> String {
        let id = match path {
            _ if path.contains("/users/{id}") => self.account("someone", false).await.id.0,
            _ if path.starts_with("/api/v1/groups") => self.group.0,
            _ if path.starts_with("/api/v1/projects") => PROJECT.0,
            _ => self.note,
        };
        path.replace("{id}", &id.to_string())
            .replace("{link_id}", &self.link.to_string())
            .replace("{recipient_id}", &principal("viewer").to_string())
            .replace("{guest_id}", &principal("visitor").to_string())
            .replace("{member_id}", &principal("member").to_string())
            .replace("{request_id}", &principal("stranger").to_string())
            .replace("{name}", "links")
            .replace("{token}", &self.token)
    }
}

/// The one of this name.
pub(crate) fn principal(name: &str) -> PrincipalId {
    PrincipalId(Uuid::new_v5(&PROJECT.0, name.as_bytes()))
}

fn elsewhere() -> ProjectId {
    ProjectId(Uuid::from_u128(0xe15e))
}
