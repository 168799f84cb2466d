use async_trait::async_trait;
use uuid::Uuid;

use super::event_store::StoreError;
use super::read_model::PrincipalKind;
use crate::access::Scope;
use crate::id::{LinkId, PrincipalId, ProjectId, SessionId, TokenId};
use crate::time::Timestamp;

/// Browser sessions, logins, access tokens and spent tickets. Secrets are stored and looked up by their SHA-256.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Opens a session whose cookie hashes to `sha256`.
    async fn open(&self, session: &BrowserSession, sha256: [u8; 32]) -> Result<(), StoreError>;

    /// The session whose cookie hashes to `sha256`. One whose login has ended is gone.
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

    /// Forgets a session and its guests.
    async fn close_session(&self, session: SessionId) -> Result<(), StoreError>;

    /// From now on this session's guest is the user whom it was promoted to.
    async fn replace_guest(
        &self,
        session: SessionId,
        guest: PrincipalId,
        user: PrincipalId,
    ) -> Result<(), StoreError>;

    /// The live access token that hashes to `sha256`.
    async fn token(&self, sha256: [u8; 32]) -> Result<Option<AccessToken>, StoreError>;

    /// The login, while it lives.
    async fn login(&self, token: TokenId) -> Result<Option<Login>, StoreError>;

    /// Keeps the hash of a login's refresh token.
    async fn keep_refresh(
        &self,
        sha256: [u8; 32],
        login: TokenId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Uses up the refresh token that hashes to `old` and keeps the one that hashes to `new` in its place.
    async fn refresh(
        &self,
        old: [u8; 32],
        new: [u8; 32],
        expires_at: Timestamp,
    ) -> Result<Refreshed, StoreError>;

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
    /// Who has signed in here.
    pub login: Option<Login>,
}

/// A user who has signed in. All that is done by it rests on its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Login {
    pub token: TokenId,
    pub user: PrincipalId,
    /// The user's own project.
    pub project: ProjectId,
}

/// What became of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refreshed {
    Renewed(Login),
    /// It was used before: someone else has it.
    Reused(Login),
    /// There is none, or no longer.
    Unknown,
}

/// Who an access token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessToken {
    pub id: TokenId,
    pub principal: PrincipalId,
    pub kind: PrincipalKind,
    pub project: ProjectId,
    pub scope: Scope,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}
