use async_trait::async_trait;
use sticky_domain::id::PrincipalId;
use sticky_domain::port::StoreError;

use crate::connection::Connection;
use crate::control::Job;
use crate::statement::Statement;

/// Nothing has happened to the user: it is no fact, and the password is as old as it was.
pub(super) struct RenewPassword {
    pub(super) user: PrincipalId,
    pub(super) old: String,
    pub(super) new: String,
}

#[async_trait]
impl<C: Connection> Job<C> for RenewPassword {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<(), StoreError> {
        let renew =
            Statement::new("update password set hash = $1 where account = $2 and hash = $3")
                .text(Some(&self.new))
                .id(self.user.0)
                .text(Some(&self.old));
        connection.execute(renew).await.map(drop)
    }
}
