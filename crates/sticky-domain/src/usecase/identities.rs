use super::accounts::by;
use super::{Ports, Refusal};
use crate::account::{Command, Ways};
use crate::id::PrincipalId;
use crate::port::{IdentityRow, Login};

/// The services that vouch for a user.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Identities {
    ports: Ports,
}

/// A service that vouches for a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    pub identity: IdentityRow,
    /// Whether they can sign in without it.
    pub removable: bool,
}

impl Identities {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// What is connected to a user, the first to be connected first. `providers` are those that can vouch for anyone now.
    pub async fn list(
        &self,
        user: PrincipalId,
        providers: Vec<String>,
    ) -> Result<Vec<Connected>, Refusal> {
        let ways = self.ways(user, providers).await?;
        let rows = self.ports.accounts.identities(user).await?;
        let removable = |row: &IdentityRow| ways.remain_without(pair(row), rows.iter().map(pair));
        let connected = |identity: &IdentityRow| Connected {
            removable: removable(identity),
            identity: identity.clone(),
        };
        Ok(rows.iter().map(connected).collect())
    }

    /// Takes a service from the user who has signed in, and ends all logins that were begun with it but this one.
    ///
    /// # Errors
    /// `last_way_to_sign_in` when they could not sign in without it; [`Refusal::NotFound`] when it is not theirs.
    pub async fn unlink(
        &self,
        login: Login,
        provider: &str,
        subject: &str,
        providers: Vec<String>,
    ) -> Result<(), Refusal> {
        let ways = self.ways(login.user, providers).await?;
        let (provider, subject) = (provider.to_owned(), subject.to_owned());
        let unlink = Command::UnlinkIdentity { provider, subject, kept: login.token, ways };
        self.ports.account_command(login.user, by(login.user), unlink).await
    }

    /// A password once set is never taken away, so that what is read here still holds when it is decided on.
    async fn ways(&self, user: PrincipalId, providers: Vec<String>) -> Result<Ways, Refusal> {
        let password = self.ports.accounts.password(user).await?.is_some();
        Ok(Ways { password, providers })
    }
}

fn pair(row: &IdentityRow) -> (&str, &str) {
    (&row.provider, &row.subject)
}
