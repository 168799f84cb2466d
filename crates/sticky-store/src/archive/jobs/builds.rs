use async_trait::async_trait;
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;

use crate::connection::Connection;
use crate::control::Job;
use crate::statement::Statement;

/// Forgets builds of read models that have not moved since `before`, for which history would wait for ever. Whoever wakes
/// up in one finds it gone.
pub(in crate::archive) struct GiveUpBuilds {
    pub(in crate::archive) before: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for GiveUpBuilds {
    type Done = u64;
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<u64, StoreError> {
        let given_up = Statement::new(
            "delete from projection_checkpoint where moved_at < $1 and generation > (
                 select live from projection where projection.name = projection_checkpoint.name)",
        );
        connection.execute(given_up.number(self.before.0)).await
    }
}

/// No build begins until the transaction ends.
pub(super) async fn keep_from_beginning<C: Connection>(
    connection: &mut C,
) -> Result<(), StoreError> {
    let all = format!("select name from projection order by name{}", C::LOCKING);
    connection.rows(Statement::made(all)).await.map(drop)
}
