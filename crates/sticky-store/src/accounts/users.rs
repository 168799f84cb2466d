use async_trait::async_trait;
use sticky_domain::access::Level;
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::port::{AccountRow, Accounts, IdentityRow, StoreError, TokenRow};

use super::SigningIn;
use super::password::RenewPassword;
use crate::accounts;
use crate::connections::Connections;

#[async_trait]
impl<E: Connections> Accounts for SigningIn<'_, E> {
    async fn account(&self, user: PrincipalId) -> Result<Option<AccountRow>, StoreError> {
        accounts::account(&mut *self.0.reader().await?, user).await
    }

    async fn account_named(&self, username: &str) -> Result<Option<AccountRow>, StoreError> {
        accounts::named(&mut *self.0.reader().await?, username).await
    }

    async fn accounts(&self, after: &str, limit: u32) -> Result<Vec<AccountRow>, StoreError> {
        accounts::page(&mut *self.0.reader().await?, after, limit).await
    }

    async fn password(&self, user: PrincipalId) -> Result<Option<String>, StoreError> {
        accounts::password(&mut *self.0.reader().await?, user).await
    }

    async fn renew_password(
        &self,
        user: PrincipalId,
        old: &str,
        new: &str,
    ) -> Result<(), StoreError> {
        let (old, new) = (old.to_owned(), new.to_owned());
        self.0.control().submit(RenewPassword { user, old, new }).await
    }

    async fn identified(
        &self,
        provider: &str,
        subject: &str,
    ) -> Result<Option<PrincipalId>, StoreError> {
        accounts::identified(&mut *self.0.reader().await?, provider, subject).await
    }

    async fn identities(&self, user: PrincipalId) -> Result<Vec<IdentityRow>, StoreError> {
        accounts::identities(&mut *self.0.reader().await?, user).await
    }

    async fn tokens(&self, principal: PrincipalId) -> Result<Vec<TokenRow>, StoreError> {
        let now = self.0.now();
        accounts::tokens(&mut *self.0.reader().await?, principal, now).await
    }

    async fn granted_to(
        &self,
        principal: PrincipalId,
    ) -> Result<Vec<(DocumentId, Level)>, StoreError> {
        accounts::granted_to(&mut *self.0.reader().await?, principal).await
    }

    async fn asked_for(&self, principal: PrincipalId) -> Result<Vec<DocumentId>, StoreError> {
        accounts::asked_for(&mut *self.0.reader().await?, principal).await
    }
}
