use async_trait::async_trait;
use sticky_domain::access::Level;
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::port::{AccountRow, Accounts, StoreError, TokenRow};

use super::Sqlite;
use crate::accounts;

#[async_trait]
impl Accounts for Sqlite {
    async fn account(&self, user: PrincipalId) -> Result<Option<AccountRow>, StoreError> {
        accounts::account(&mut *self.readers.get().await?, user).await
    }

    async fn account_named(&self, username: &str) -> Result<Option<AccountRow>, StoreError> {
        accounts::named(&mut *self.readers.get().await?, username).await
    }

    async fn accounts(&self, after: &str, limit: u32) -> Result<Vec<AccountRow>, StoreError> {
        accounts::page(&mut *self.readers.get().await?, after, limit).await
    }

    async fn password(&self, user: PrincipalId) -> Result<Option<String>, StoreError> {
        accounts::password(&mut *self.readers.get().await?, user).await
    }

    async fn identified(
        &self,
        provider: &str,
        subject: &str,
    ) -> Result<Option<PrincipalId>, StoreError> {
        accounts::identified(&mut *self.readers.get().await?, provider, subject).await
    }

    async fn tokens(&self, principal: PrincipalId) -> Result<Vec<TokenRow>, StoreError> {
        let now = self.clock.now();
        accounts::tokens(&mut *self.readers.get().await?, principal, now).await
    }

    async fn granted_to(
        &self,
        principal: PrincipalId,
    ) -> Result<Vec<(DocumentId, Level)>, StoreError> {
        accounts::granted_to(&mut *self.readers.get().await?, principal).await
    }
}
