use async_trait::async_trait;
use sticky_domain::access::Level;
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::port::{AccountRow, Accounts, IdentityRow, StoreError, TokenRow};

use super::Store;

#[async_trait]
impl Accounts for Store {
    async fn account(&self, user: PrincipalId) -> Result<Option<AccountRow>, StoreError> {
        self.engine.accounts().account(user).await
    }

    async fn account_named(&self, username: &str) -> Result<Option<AccountRow>, StoreError> {
        self.engine.accounts().account_named(username).await
    }

    async fn accounts(&self, after: &str, limit: u32) -> Result<Vec<AccountRow>, StoreError> {
        self.engine.accounts().accounts(after, limit).await
    }

    async fn password(&self, user: PrincipalId) -> Result<Option<String>, StoreError> {
        self.engine.accounts().password(user).await
    }

    async fn renew_password(
        &self,
        user: PrincipalId,
        old: &str,
        new: &str,
    ) -> Result<(), StoreError> {
        self.engine.accounts().renew_password(user, old, new).await
    }

    async fn identified(
        &self,
        provider: &str,
        subject: &str,
    ) -> Result<Option<PrincipalId>, StoreError> {
        self.engine.accounts().identified(provider, subject).await
    }

    async fn identities(&self, user: PrincipalId) -> Result<Vec<IdentityRow>, StoreError> {
        self.engine.accounts().identities(user).await
    }

    async fn tokens(&self, principal: PrincipalId) -> Result<Vec<TokenRow>, StoreError> {
        self.engine.accounts().tokens(principal).await
    }

    async fn granted_to(
        &self,
        principal: PrincipalId,
    ) -> Result<Vec<(DocumentId, Level)>, StoreError> {
        self.engine.accounts().granted_to(principal).await
    }

    async fn asked_for(&self, principal: PrincipalId) -> Result<Vec<DocumentId>, StoreError> {
        self.engine.accounts().asked_for(principal).await
    }
}
