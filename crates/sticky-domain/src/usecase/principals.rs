use sha2::{Digest, Sha256};

use super::{Ports, Refusal};
use crate::event::{Actor, Fact, Via};
use crate::id::{PrincipalId, ProjectId, TokenId};
use crate::name;
use crate::port::{AccessToken, AppendError, Expected};
use crate::project::ProjectKind;
use crate::stream::StreamId;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What every access token begins with, so that a leaked one is recognised.
const TOKEN_PREFIX: &str = "stk_";

/// Services and their access tokens.
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

    /// Issues an access token to a service.
    pub async fn issue_token(
        &self,
        principal: PrincipalId,
        label: Option<String>,
    ) -> Result<IssuedToken, Refusal> {
        let text = format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(self.ports.ids.secret()));
        let token = TokenId(self.ports.ids.id());
        let actor = Actor { principal, via: Via::Direct, correlation: None };
        let issued = Fact::TokenIssued { token, sha256: digest(&text), label };
        self.ports
            .append(StreamId::principal(principal), Expected::Any, vec![issued], actor, &[])
            .await?;
        Ok(IssuedToken { id: token, principal, text })
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
