use async_trait::async_trait;
use sticky_domain::id::TokenId;
use sticky_domain::port::{Refreshed, StoreError};
use sticky_domain::time::Timestamp;

use crate::connection::{Connection, row as the_row};
use crate::control::Job;
use crate::row;
use crate::statement::Statement;

pub(super) struct KeepRefresh {
    pub(super) sha256: [u8; 32],
    pub(super) login: TokenId,
    pub(super) expires_at: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for KeepRefresh {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<(), StoreError> {
        let keep = Statement::new(
            "insert into refresh_token (sha256, login, expires_at) values ($1, $2, $3)
             on conflict (sha256) do nothing",
        );
        let keep = keep.bytes(&self.sha256).id(self.login.0).number(self.expires_at.0);
        connection.execute(keep).await.map(drop)
    }
}

pub(super) struct Refresh {
    pub(super) old: [u8; 32],
    pub(super) new: [u8; 32],
    pub(super) expires_at: Timestamp,
    pub(super) now: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for Refresh {
    type Done = Refreshed;
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<Refreshed, StoreError> {
        // Used up by this very job is not used: its answer was lost with the connection.
        let question = Statement::new(
            "select r.expires_at, case when mine.sha256 is null then r.used_at end as used_at,
                 t.id as login, t.principal as login_user, p.project as login_project
             from refresh_token r
                 join access_token t on t.id = r.login and t.revoked_at is null
                 join principal p on p.id = t.principal
                 left join refresh_token mine on mine.sha256 = $2
             where r.sha256 = $1",
        );
        let question = question.bytes(&self.old).bytes(&self.new);
        let row = the_row(connection, question).await?;
        let refreshed = row::refreshed(row.as_ref(), self.now)?;
        if let Refreshed::Renewed(login) = refreshed {
            self.use_up(connection).await?;
            let (sha256, expires_at) = (self.new, self.expires_at);
            KeepRefresh { sha256, login: login.token, expires_at }.run(connection).await?;
        }
        Ok(refreshed)
    }
}

impl Refresh {
    async fn use_up<C: Connection>(&self, connection: &mut C) -> Result<(), StoreError> {
        let forget = Statement::new("delete from refresh_token where expires_at < $1");
        connection.execute(forget.number(row::forgotten_before(self.now))).await?;
        let spend = Statement::new("update refresh_token set used_at = $1 where sha256 = $2");
        connection.execute(spend.number(self.now.0).bytes(&self.old)).await.map(drop)
    }
}
