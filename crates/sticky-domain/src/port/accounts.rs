use async_trait::async_trait;

use super::event_store::StoreError;
use crate::access::{Level, Scope};
use crate::id::{DocumentId, PrincipalId, ProjectId, TokenId};
use crate::time::Timestamp;

/// Users: who they are, what they sign in with, and what acts for them.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// One user, deleted ones included.
    async fn account(&self, user: PrincipalId) -> Result<Option<AccountRow>, StoreError>;

    /// The user who has this username, deleted ones included.
    async fn account_named(&self, username: &str) -> Result<Option<AccountRow>, StoreError>;

    /// The users after this username, in the order of usernames, deleted ones included.
    async fn accounts(&self, after: &str, limit: u32) -> Result<Vec<AccountRow>, StoreError>;

    /// The hash of the user's password, if there is one. A secret.
    async fn password(&self, user: PrincipalId) -> Result<Option<String>, StoreError>;

    /// Writes the hash of the same password anew, unless the user has another one than `old` by now.
    async fn renew_password(
        &self,
        user: PrincipalId,
        old: &str,
        new: &str,
    ) -> Result<(), StoreError>;

    /// The user for whom this provider vouched as `subject`.
    async fn identified(
        &self,
        provider: &str,
        subject: &str,
    ) -> Result<Option<PrincipalId>, StoreError>;

    /// The services that vouch for a user, the first to be connected first.
    async fn identities(&self, user: PrincipalId) -> Result<Vec<IdentityRow>, StoreError>;

    /// The logins and tokens of a principal that count at this moment, newest first.
    async fn tokens(&self, principal: PrincipalId) -> Result<Vec<TokenRow>, StoreError>;

    /// What has been granted to this very principal.
    async fn granted_to(
        &self,
        principal: PrincipalId,
    ) -> Result<Vec<(DocumentId, Level)>, StoreError>;

    /// What this very principal has asked for access to, whatever was answered.
    async fn asked_for(&self, principal: PrincipalId) -> Result<Vec<DocumentId>, StoreError>;
}

/// A user's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    pub id: PrincipalId,
    /// The user's own project.
    pub project: ProjectId,
    pub username: String,
    pub name: String,
    /// Whether they run the installation.
    pub admin: bool,
    /// The version of the key that this rests on, [`crate::fence::RightKey::Principal`].
    pub key_version: u64,
    pub registered_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
}

/// A user as another service knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRow {
    pub provider: String,
    /// Who they are there; never given to anyone else.
    pub subject: String,
    /// What they were called there. `None` where that was not kept.
    pub name: Option<String>,
    /// `None` where that was not kept.
    pub linked_at: Option<Timestamp>,
}

/// A login or a token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    pub id: TokenId,
    pub kind: TokenKind,
    pub label: Option<String>,
    pub scope: Scope,
    pub issued_at: Timestamp,
    pub until: Option<Timestamp>,
}

/// What a token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenKind {
    /// Someone has signed in: by `password` or a provider.
    Login { by: String },
    /// For programs.
    Api,
}
