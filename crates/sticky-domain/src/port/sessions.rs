use async_trait::async_trait;
use uuid::Uuid;

use super::event_store::StoreError;
use crate::id::{LinkId, PrincipalId, ProjectId, SessionId, TokenId};
use crate::time::Timestamp;

/// Browser sessions, access tokens and spent tickets. Secrets are stored and looked up by their SHA-256.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Opens a session whose cookie hashes to `sha256`.
    async fn open(&self, session: &BrowserSession, sha256: [u8; 32]) -> Result<(), StoreError>;

    /// The session whose cookie hashes to `sha256`.
    async fn find(&self, sha256: [u8; 32]) -> Result<Option<BrowserSession>, StoreError>;

    /// Makes `principal` the one that the session creates notes as, unless it has one; returns the one it has.
    async fn become_principal(
        &self,
        session: SessionId,
        principal: PrincipalId,
    ) -> Result<PrincipalId, StoreError>;

    /// Makes `guest` the session's guest of `link`, unless it has one; returns the one it has.
    async fn admit(
        &self,
        session: SessionId,
        link: LinkId,
        guest: PrincipalId,
    ) -> Result<PrincipalId, StoreError>;

    /// The live access token that hashes to `sha256`.
    async fn token(&self, sha256: [u8; 32]) -> Result<Option<AccessToken>, StoreError>;

    /// Uses up the ticket `nonce`: true for the first caller only. Forgotten after `expires_at`.
    async fn spend_ticket(&self, nonce: Uuid, expires_at: Timestamp) -> Result<bool, StoreError>;
}

/// One browser: who it is by itself, and its guest of each link that it has opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserSession {
    pub id: SessionId,
    pub project: ProjectId,
    pub principal: Option<PrincipalId>,
    pub guests: Vec<(LinkId, PrincipalId)>,
}

/// Who an access token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessToken {
    pub id: TokenId,
    pub principal: PrincipalId,
    pub project: ProjectId,
}
