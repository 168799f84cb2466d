//! Those who are users: in browsers, with tokens, and no longer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sticky_domain::access::{Level, Recipient, Scope};
use sticky_domain::event::{Actor, Fact, Via};
use sticky_domain::id::{DocumentId, TokenId};
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{AccountRow, Append, Expected, Login};
use sticky_domain::stream::StreamId;
use sticky_domain::usecase::{NewAccount, NewToken, Operator};

use super::cast::World;
use crate::harness::Server;
use crate::visitor::Visitor;

impl World<'_> {
    /// The one of this name in this world. Nobody has a password: a hash takes its time, and none is asked for.
    pub(super) async fn account(&self, name: &str, admin: bool) -> AccountRow {
        let note = self.note.simple().to_string();
        let username = format!("{name}-{}", &note[20..]);
        let accounts = &self.server.app.accounts;
        let new = NewAccount { username: &username, name: None, password: None, admin };
        match accounts.named(&username).await.unwrap() {
            Some(row) => row,
            None => accounts.register(new, None).await.unwrap(),
        }
    }

    /// A browser that this user has signed in with.
    pub(super) async fn browser_of(
        &self,
        name: &str,
        level: Option<Level>,
        admin: bool,
    ) -> Visitor {
        let row = self.account(name, admin).await;
        if let Some(level) = level {
            self.give(&row, level).await;
        }
        browser(self.server, &row).await
    }

    /// A program with a token of the user who owns the note.
    pub(super) async fn token(&self, scope: Scope) -> Visitor {
        let row = self.account("keeper", true).await;
        self.give(&row, Level::Owner).await;
        self.program(&row, scope).await
    }

    /// What is left of someone who owned the note.
    pub(super) async fn deleted(&self) -> Visitor {
        // Or the one who is gone would be the last, who cannot go.
        self.account("keeper", true).await;
        let row = self.account("gone", true).await;
        self.give(&row, Level::Owner).await;
        let program = self.program(&row, Scope::Admin).await;
        self.server.app.accounts.delete(row.id, &Operator::trusted(row.id)).await.unwrap();
        program
    }

    async fn program(&self, row: &AccountRow, scope: Scope) -> Visitor {
        let wanted = NewToken { scope, ..NewToken::default() };
        let issued = self.server.app.principals.issue_token(row.id, wanted).await.unwrap();
        self.server.visitor().with("authorization", &format!("Bearer {}", issued.text))
    }

    async fn give(&self, row: &AccountRow, level: Level) {
        let recipient = Recipient::Principal(row.id);
        let granted = Fact::PermissionGranted { recipient, level, replaces: None };
        self.append(StreamId::document(DocumentId(self.note)), vec![granted]).await;
    }
}

/// A browser that this user has signed in with, without a password.
pub(super) async fn browser(server: &Server, row: &AccountRow) -> Visitor {
    let app = &server.app;
    let token = TokenId(app.ids.id());
    let signed_in = Fact::SignedIn { token, by: "password".to_owned() };
    let actor = Actor { principal: row.id, via: Via::Direct, correlation: None };
    let op = OpKey::of(row.id, app.ids.id().as_bytes());
    let stream = StreamId::principal(row.id);
    let (expected, facts, fence) = (Expected::Any, vec![signed_in], Vec::new());
    app.ports.events.append(Append { stream, expected, facts, actor, op, fence }).await.unwrap();
    let login = Login { token, user: row.id, project: row.project };
    let secret = app.browsers.sign_in(None, login).await.unwrap().new_cookie.unwrap();
    let name = if app.public_url.is_https() { "__Host-sticky" } else { "sticky" };
    let cookie = format!("{name}={}", URL_SAFE_NO_PAD.encode(secret));
    server.visitor().in_browser().with("cookie", &cookie)
}
