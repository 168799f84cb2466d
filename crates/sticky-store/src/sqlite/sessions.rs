use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;
use sticky_domain::id::{LinkId, PrincipalId, SessionId, TokenId};
use sticky_domain::port::{AccessToken, BrowserSession, Login, Refreshed, Sessions, StoreError};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::Sqlite;
use crate::accounts::{self, CloseSession, KeepRefresh, Refresh, ReplaceGuest};
use crate::control::Job;
use crate::failure::store_error;
use crate::row;

#[async_trait]
impl Sessions for Sqlite {
    async fn open(&self, session: &BrowserSession, sha256: [u8; 32]) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.control.submit(Open { session: session.clone(), sha256, now }).await
    }

    async fn find(&self, sha256: [u8; 32]) -> Result<Option<BrowserSession>, StoreError> {
        accounts::session(&mut *self.readers.get().await?, sha256).await
    }

    async fn become_principal(
        &self,
        session: SessionId,
        principal: PrincipalId,
    ) -> Result<PrincipalId, StoreError> {
        self.control.submit(BecomePrincipal { session, principal }).await
    }

    async fn admit(
        &self,
        session: SessionId,
        link: LinkId,
        guest: PrincipalId,
    ) -> Result<PrincipalId, StoreError> {
        self.control.submit(Admit { session, link, guest }).await
    }

    async fn close_session(&self, session: SessionId) -> Result<(), StoreError> {
        self.control.submit(CloseSession { session }).await
    }

    async fn replace_guest(
        &self,
        session: SessionId,
        guest: PrincipalId,
        user: PrincipalId,
    ) -> Result<(), StoreError> {
        self.control.submit(ReplaceGuest { session, guest, user }).await
    }

    async fn token(&self, sha256: [u8; 32]) -> Result<Option<AccessToken>, StoreError> {
        let now = self.clock.now();
        accounts::token(&mut *self.readers.get().await?, sha256, now).await
    }

    async fn login(&self, token: TokenId) -> Result<Option<Login>, StoreError> {
        accounts::login(&mut *self.readers.get().await?, token).await
    }

    async fn keep_refresh(
        &self,
        sha256: [u8; 32],
        login: TokenId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.control.submit(KeepRefresh { sha256, login, expires_at }).await
    }

    async fn refresh(
        &self,
        old: [u8; 32],
        new: [u8; 32],
        expires_at: Timestamp,
    ) -> Result<Refreshed, StoreError> {
        let now = self.clock.now();
        self.control.submit(Refresh { old, new, expires_at, now }).await
    }

    async fn spend_ticket(&self, nonce: Uuid, expires_at: Timestamp) -> Result<bool, StoreError> {
        self.control.submit(SpendTicket { nonce, expires_at, now: self.clock.now() }).await
    }
}

struct Open {
    session: BrowserSession,
    sha256: [u8; 32],
    now: Timestamp,
}

#[async_trait]
impl Job<SqliteConnection> for Open {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query(
            "insert into browser_session (id, sha256, project, principal, login, opened_at)
             values (?, ?, ?, ?, ?, ?)",
        )
        .bind(self.session.id.0)
        .bind(self.sha256.to_vec())
        .bind(self.session.project.0)
        .bind(self.session.principal.map(|principal| principal.0))
        .bind(self.session.login.map(|login| login.token.0))
        .bind(self.now.0)
        .execute(&mut *connection)
        .await
        .map_err(store_error)?;
        for &(link, guest) in &self.session.guests {
            Admit { session: self.session.id, link, guest }.run(connection).await?;
        }
        Ok(())
    }
}

struct BecomePrincipal {
    session: SessionId,
    principal: PrincipalId,
}

#[async_trait]
impl Job<SqliteConnection> for BecomePrincipal {
    type Done = PrincipalId;
    type Error = StoreError;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<PrincipalId, StoreError> {
        sqlx::query_scalar(
            "update browser_session set principal = ifnull(principal, ?) where id = ?
             returning principal",
        )
        .bind(self.principal.0)
        .bind(self.session.0)
        .fetch_one(connection)
        .await
        .map(PrincipalId)
        .map_err(store_error)
    }
}

struct Admit {
    session: SessionId,
    link: LinkId,
    guest: PrincipalId,
}

#[async_trait]
impl Job<SqliteConnection> for Admit {
    type Done = PrincipalId;
    type Error = StoreError;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<PrincipalId, StoreError> {
        sqlx::query_scalar(
            "insert into session_guest (session, link, guest) values (?, ?, ?)
             on conflict (session, link) do update set guest = guest
             returning guest",
        )
        .bind(self.session.0)
        .bind(self.link.0)
        .bind(self.guest.0)
        .fetch_one(connection)
        .await
        .map(PrincipalId)
        .map_err(store_error)
    }
}

struct SpendTicket {
    nonce: Uuid,
    expires_at: Timestamp,
    now: Timestamp,
}

#[async_trait]
impl Job<SqliteConnection> for SpendTicket {
    type Done = bool;
    type Error = StoreError;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let rows = sqlx::query(
            "delete from spent_ticket where expires_at < ?;
             insert into spent_ticket (nonce, expires_at) values (?, ?)
             on conflict (nonce) do nothing returning nonce",
        )
        .bind(row::forgotten_before(self.now))
        .bind(self.nonce)
        .bind(self.expires_at.0)
        .fetch_all(connection)
        .await
        .map_err(store_error)?;
        Ok(rows.first().is_some_and(|row| row.try_get::<Uuid, _>(0).is_ok()))
    }
}
