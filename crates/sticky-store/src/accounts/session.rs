use async_trait::async_trait;
use sticky_domain::id::{LinkId, PrincipalId, SessionId};
use sticky_domain::port::{BrowserSession, StoreError};
use sticky_domain::time::Timestamp;

use crate::connection::{Connection, row};
use crate::control::Job;
use crate::row::{Columns as _, unreadable};
use crate::statement::Statement;

pub(super) struct Open {
    pub(super) session: BrowserSession,
    pub(super) sha256: [u8; 32],
    pub(super) now: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for Open {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<(), StoreError> {
        // Its answer may have been lost with the connection: then it is run again.
        let open = Statement::new(
            "insert into browser_session (id, sha256, project, principal, login, opened_at)
             values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing",
        );
        let open = open
            .id(self.session.id.0)
            .bytes(&self.sha256)
            .id(self.session.project.0)
            .id(self.session.principal.map(|principal| principal.0))
            .id(self.session.login.map(|login| login.token.0))
            .number(self.now.0);
        connection.execute(open).await?;
        for &(link, guest) in &self.session.guests {
            Admit { session: self.session.id, link, guest }.run(connection).await?;
        }
        Ok(())
    }
}

pub(super) struct BecomePrincipal {
    pub(super) session: SessionId,
    pub(super) principal: PrincipalId,
}

#[async_trait]
impl<C: Connection> Job<C> for BecomePrincipal {
    type Done = PrincipalId;
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<PrincipalId, StoreError> {
        let become_principal = Statement::new(
            "update browser_session set principal = coalesce(principal, $1) where id = $2
             returning principal as whoever",
        );
        whoever(connection, become_principal.id(self.principal.0).id(self.session.0)).await
    }
}

pub(super) struct Admit {
    pub(super) session: SessionId,
    pub(super) link: LinkId,
    pub(super) guest: PrincipalId,
}

#[async_trait]
impl<C: Connection> Job<C> for Admit {
    type Done = PrincipalId;
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<PrincipalId, StoreError> {
        let admit = Statement::new(
            "insert into session_guest (session, link, guest) values ($1, $2, $3)
             on conflict (session, link) do update set guest = session_guest.guest
             returning guest as whoever",
        );
        let admit = admit.id(self.session.0).id(self.link.0).id(self.guest.0);
        whoever(connection, admit).await
    }
}

/// Who the browser is after all: another tab of it may have been first.
async fn whoever<C: Connection>(
    connection: &mut C,
    statement: Statement,
) -> Result<PrincipalId, StoreError> {
    let row = row(connection, statement).await?.ok_or_else(|| unreadable("a session"))?;
    row.uuid("whoever").map(PrincipalId)
}

pub(super) struct CloseSession {
    pub(super) session: SessionId,
}

#[async_trait]
impl<C: Connection> Job<C> for CloseSession {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<(), StoreError> {
        let guests = Statement::new("delete from session_guest where session = $1");
        connection.execute(guests.id(self.session.0)).await?;
        let session = Statement::new("delete from browser_session where id = $1");
        connection.execute(session.id(self.session.0)).await.map(drop)
    }
}

pub(super) struct ReplaceGuest {
    pub(super) session: SessionId,
    pub(super) guest: PrincipalId,
    pub(super) user: PrincipalId,
}

#[async_trait]
impl<C: Connection> Job<C> for ReplaceGuest {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<(), StoreError> {
        let links =
            Statement::new("update session_guest set guest = $1 where session = $2 and guest = $3");
        let links = links.id(self.user.0).id(self.session.0).id(self.guest.0);
        connection.execute(links).await?;
        let own = Statement::new(
            "update browser_session set principal = null where id = $1 and principal = $2",
        );
        connection.execute(own.id(self.session.0).id(self.guest.0)).await.map(drop)
    }
}
