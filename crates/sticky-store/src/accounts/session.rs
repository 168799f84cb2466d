use async_trait::async_trait;
use sticky_domain::id::{PrincipalId, SessionId};
use sticky_domain::port::StoreError;

use crate::connection::Connection;
use crate::control::Job;
use crate::statement::Statement;

pub(crate) struct CloseSession {
    pub(crate) session: SessionId,
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

pub(crate) struct ReplaceGuest {
    pub(crate) session: SessionId,
    pub(crate) guest: PrincipalId,
    pub(crate) user: PrincipalId,
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
