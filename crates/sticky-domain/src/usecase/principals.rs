use sha2::{Digest, Sha256};

use super::accounts::by;
use super::links::parse_label;
use super::{Ports, Refusal};
use crate::access::Scope;
use crate::account::Command;
use crate::event::{Actor, Fact, Via};
use crate::id::{PrincipalId, ProjectId, TokenId};
use crate::name;
use crate::port::{AccessToken, AppendError, Expected, PrincipalKind, TokenRow};
use crate::project::ProjectKind;
use crate::stream::StreamId;
use crate::time::Timestamp;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What every access token begins with, so that a leaked one is recognised.
const TOKEN_PREFIX: &str = "stk_";

/// Services, and the access tokens of services and users.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Principals {
    ports: Ports,
}

/// A new access token. The text is shown once and stored nowhere.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "it holds a secret")]
pub struct IssuedToken {
    pub id: TokenId,
    pub principal: PrincipalId,
    pub text: String,
}

/// What a new access token is to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NewToken<'a> {
    pub label: Option<&'a str>,
    pub scope: Scope,
    pub until: Option<Timestamp>,
}

impl Principals {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Makes the project and the service `principal` known, unless they are.
    pub async fn ensure_service(
        &self,
        project: ProjectId,
        principal: PrincipalId,
        name: &str,
    ) -> Result<(), Refusal> {
        let actor = Actor { principal, via: Via::Direct, correlation: None };
        let created = Fact::ProjectCreated { name: "Notes".to_owned(), kind: ProjectKind::Team };
        self.first(StreamId::project(project), created, actor).await?;
        self.first(
            StreamId::principal(principal),
            Fact::ServiceRegistered { project, name: name::parse(name)? },
            actor,
        )
        .await
    }

    async fn first(&self, stream: StreamId, fact: Fact, actor: Actor) -> Result<(), Refusal> {
        match self.ports.append(stream, Expected::Seq(0), vec![fact], actor, &[]).await {
            Ok(_) | Err(AppendError::Conflict) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Issues an access token to a service or a user.
    pub async fn issue_token(
        &self,
        principal: PrincipalId,
        wanted: NewToken<'_>,
    ) -> Result<IssuedToken, Refusal> {
        let text = format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(self.ports.ids.secret()));
        let (token, sha256) = (TokenId(self.ports.ids.id()), digest(&text));
        let NewToken { label, scope, until } = wanted;
        let label = parse_label(label)?;
        if until.is_some_and(|until| until <= self.ports.clock.now()) {
            return Err(Refusal::invalid("token_ended", "this token would have ended already"));
        }
        if self.is_user(principal).await? {
            let issue = Command::IssueToken { token, sha256, label, scope, until };
            self.ports.account_command(principal, by(principal), issue).await?;
        } else {
            let issued = Fact::TokenIssued { token, sha256, label, scope, until };
            let stream = StreamId::principal(principal);
            self.ports.append(stream, Expected::Any, vec![issued], by(principal), &[]).await?;
        }
        Ok(IssuedToken { id: token, principal, text })
    }

    /// The logins and tokens that act for a principal, newest first.
    pub async fn tokens(&self, principal: PrincipalId) -> Result<Vec<TokenRow>, Refusal> {
        Ok(self.ports.accounts.tokens(principal).await?)
    }

    /// Ends a login or a token of a user. A second time changes nothing.
    pub async fn revoke_token(&self, user: PrincipalId, token: TokenId) -> Result<(), Refusal> {
        self.ports.account_command(user, by(user), Command::RevokeToken { token }).await
    }

    async fn is_user(&self, principal: PrincipalId) -> Result<bool, Refusal> {
        let row = self.ports.read.principal(principal).await?;
        Ok(row.is_some_and(|row| row.kind == PrincipalKind::User))
    }

    /// Who the access token `text` speaks for, while it lives.
    pub async fn token(&self, text: &str) -> Result<Option<AccessToken>, Refusal> {
        if !text.starts_with(TOKEN_PREFIX) {
            return Ok(None);
        }
        Ok(self.ports.sessions.token(digest(text)).await?)
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}
