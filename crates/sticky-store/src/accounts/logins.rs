use async_trait::async_trait;
use sticky_domain::id::{LinkId, PrincipalId, SessionId, TokenId};
use sticky_domain::port::{AccessToken, BrowserSession, Login, Refreshed, Sessions, StoreError};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::SigningIn;
use super::refresh::{KeepRefresh, Refresh};
use super::session::{Admit, BecomePrincipal, CloseSession, Open, ReplaceGuest};
use super::ticket::SpendTicket;
use crate::accounts;
use crate::connections::Connections;

#[async_trait]
impl<E: Connections> Sessions for SigningIn<'_, E> {
    async fn open(&self, session: &BrowserSession, sha256: [u8; 32]) -> Result<(), StoreError> {
        let now = self.0.now();
        self.0.control().submit(Open { session: session.clone(), sha256, now }).await
    }

    async fn find(&self, sha256: [u8; 32]) -> Result<Option<BrowserSession>, StoreError> {
        accounts::session(&mut *self.0.reader().await?, sha256).await
    }

    async fn become_principal(
        &self,
        session: SessionId,
        principal: PrincipalId,
    ) -> Result<PrincipalId, StoreError> {
        self.0.control().submit(BecomePrincipal { session, principal }).await
    }

    async fn admit(
        &self,
        session: SessionId,
        link: LinkId,
        guest: PrincipalId,
    ) -> Result<PrincipalId, StoreError> {
        self.0.control().submit(Admit { session, link, guest }).await
    }

    async fn close_session(&self, session: SessionId) -> Result<(), StoreError> {
        self.0.control().submit(CloseSession { session }).await
    }

    async fn replace_guest(
        &self,
        session: SessionId,
        guest: PrincipalId,
        user: PrincipalId,
    ) -> Result<(), StoreError> {
        self.0.control().submit(ReplaceGuest { session, guest, user }).await
    }

    async fn token(&self, sha256: [u8; 32]) -> Result<Option<AccessToken>, StoreError> {
        let now = self.0.now();
        accounts::token(&mut *self.0.reader().await?, sha256, now).await
    }

    async fn login(&self, token: TokenId) -> Result<Option<Login>, StoreError> {
        accounts::login(&mut *self.0.reader().await?, token).await
    }

    async fn keep_refresh(
        &self,
        sha256: [u8; 32],
        login: TokenId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.0.control().submit(KeepRefresh { sha256, login, expires_at }).await
    }

    async fn refresh(
        &self,
        old: [u8; 32],
        new: [u8; 32],
        expires_at: Timestamp,
    ) -> Result<Refreshed, StoreError> {
        let now = self.0.now();
        self.0.control().submit(Refresh { old, new, expires_at, now }).await
    }

    async fn spend_ticket(&self, nonce: Uuid, expires_at: Timestamp) -> Result<bool, StoreError> {
        self.0.control().submit(SpendTicket { nonce, expires_at, now: self.0.now() }).await
    }
}
