use async_trait::async_trait;
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use crate::connection::Connection;
use crate::control::Job;
use crate::row;
use crate::statement::Statement;

pub(super) struct SpendTicket {
    pub(super) nonce: Uuid,
    pub(super) expires_at: Timestamp,
    pub(super) now: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for SpendTicket {
    type Done = bool;
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<bool, StoreError> {
        let forget = Statement::new("delete from spent_ticket where expires_at < $1");
        connection.execute(forget.number(row::forgotten_before(self.now))).await?;
        let spend = Statement::new(
            "insert into spent_ticket (nonce, expires_at) values ($1, $2)
             on conflict (nonce) do nothing",
        );
        let spent = connection.execute(spend.id(self.nonce).number(self.expires_at.0)).await?;
        Ok(spent == 1)
    }
}
