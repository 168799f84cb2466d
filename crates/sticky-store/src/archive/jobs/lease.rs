use async_trait::async_trait;
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use crate::archive::error::ArchiveError;
use crate::archive::term::{LEASE, Term};
use crate::connection::Connection;
use crate::control::Job;
use crate::row::Columns as _;
use crate::statement::Statement;

/// Takes the lease for an owner, when nobody else holds it; answers with its epoch.
pub(in crate::archive) struct Claim {
    pub(in crate::archive) owner: Uuid,
    pub(in crate::archive) now: Timestamp,
    pub(in crate::archive) until: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for Claim {
    type Done = Option<u64>;
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<Option<u64>, StoreError> {
        let claim = Statement::new(
            "insert into lease (name, owner, epoch, expires_at) values ($1, $2, 1, $3)
             on conflict (name) do update set
                 epoch = lease.epoch + case when lease.owner = excluded.owner then 0 else 1 end,
                 owner = excluded.owner, expires_at = excluded.expires_at
             where lease.owner = excluded.owner or lease.expires_at <= $4
             returning epoch",
        )
        .text(Some(LEASE))
        .id(self.owner)
        .number(self.until.0)
        .number(self.now.0);
        connection.rows(claim).await?.first().map(|row| row.number("epoch")).transpose()
    }
}

/// Gives the lease up before its time.
pub(in crate::archive) struct Release(pub(in crate::archive) Term);

#[async_trait]
impl<C: Connection> Job<C> for Release {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<(), StoreError> {
        let release = Statement::new(
            "update lease set expires_at = 0 where name = $1 and owner = $2 and epoch = $3",
        );
        connection.execute(self.0.bound(release)).await.map(drop)
    }
}

/// Asks whether a term still holds.
pub(in crate::archive) struct Hold(pub(in crate::archive) Term);

#[async_trait]
impl<C: Connection> Job<C> for Hold {
    type Done = ();
    type Error = ArchiveError;

    async fn run(&self, connection: &mut C) -> Result<(), ArchiveError> {
        hold(connection, self.0).await
    }
}

/// The term is looked at under the lock of its row: whoever takes over waits for this transaction, or was before it.
pub(super) async fn hold<C: Connection>(
    connection: &mut C,
    term: Term,
) -> Result<(), ArchiveError> {
    let held = Statement::new(
        "update lease set expires_at = expires_at where name = $1 and owner = $2 and epoch = $3",
    );
    match connection.execute(term.bound(held)).await? {
        1 => Ok(()),
        _ => Err(ArchiveError::Fenced),
    }
}
