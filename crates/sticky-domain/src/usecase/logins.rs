use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::accounts::{Accounts, NewAccount, by};
use super::{Ports, Refusal};
use crate::account::Command;
use crate::id::{PrincipalId, ProjectId, TokenId};
use crate::port::{AccountRow, Login, Refreshed};
use crate::username;

/// What every refresh token begins with, so that a leaked one is recognised.
const REFRESH_PREFIX: &str = "str_";
/// How long a login lives that is not refreshed.
const REFRESH_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How many names are tried for someone whose own is taken.
const NAMES: u32 = 20;
/// The longest name of someone elsewhere that is kept, in Unicode scalar values.
const LONGEST_NAME: usize = 80;

/// Signing in and out.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Logins {
    ports: Ports,
    accounts: Accounts,
}

/// Why someone is not signed in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignInError {
    /// Known to us alone: whether there is such a user.
    #[error("wrong username or password")]
    Wrong { user: Option<PrincipalId> },
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Whom a provider vouches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vouched<'a> {
    pub provider: &'a str,
    /// Who they are there; never given to anyone else.
    pub subject: &'a str,
    pub username: Option<&'a str>,
    pub name: Option<&'a str>,
}

impl Logins {
    pub fn new(ports: Ports) -> Self {
        let accounts = Accounts::new(ports.clone());
        Self { ports, accounts }
    }

    /// Signs in whoever knows the password. An unknown name takes as long as a wrong password.
    ///
    /// # Errors
    /// [`SignInError::Wrong`]; a failure of a known user is then to be told by [`Logins::failed`].
    pub async fn by_password(&self, username: &str, password: &str) -> Result<Login, SignInError> {
        let row = self.accounts.named(username).await?;
        let hash = match &row {
            Some(row) => self.ports.accounts.password(row.id).await.map_err(Refusal::from)?,
            None => None,
        };
        let right = self.ports.passwords.verify(password, hash.as_deref()).await;
        match (right.map_err(Refusal::from)?, row) {
            (true, Some(row)) => {
                self.renew_password(row.id, password, hash.as_deref()).await;
                Ok(self.begin(row.id, row.project, "password").await?)
            }
            (_, row) => Err(SignInError::Wrong { user: row.map(|row| row.id) }),
        }
    }

    /// Only now is there a password to hash as all are hashed today. What does not succeed is left to the next sign-in.
    async fn renew_password(&self, user: PrincipalId, password: &str, hash: Option<&str>) {
        let Some(old) = hash.filter(|hash| !self.ports.passwords.is_current(hash)) else { return };
        if let Ok(new) = self.ports.passwords.hash(password).await {
            let _ = self.ports.accounts.renew_password(user, old, &new).await;
        }
    }

    /// Records that someone tried to be this user and was not.
    pub async fn failed(&self, user: PrincipalId) -> Result<(), Refusal> {
        self.ports.account_command(user, by(user), Command::FailSignIn).await
    }

    /// Signs in whom a provider vouches for: as the user that they are known to be; else as `signed_in`, who is
    /// them from now on; else as a new user, if `open`.
    ///
    /// # Errors
    /// [`Refusal::RegistrationClosed`] for a new one where that is so; `identity_taken` when they are known to be
    /// someone else than who has signed in.
    pub async fn by_provider(
        &self,
        vouched: Vouched<'_>,
        signed_in: Option<Login>,
        open: bool,
    ) -> Result<Login, Refusal> {
        let Vouched { provider, subject, .. } = vouched;
        let known = self.ports.accounts.identified(provider, subject).await?;
        let row = match (known, signed_in) {
            (Some(user), Some(login)) if login.user != user => return Err(identity_taken()),
            (Some(user), _) => self.accounts.get(user).await?,
            (None, Some(login)) => self.accounts.get(login.user).await?,
            (None, None) if open => self.newcomer(vouched).await?,
            (None, None) => return Err(Refusal::RegistrationClosed),
        };
        let (provider, subject) = (provider.to_owned(), subject.to_owned());
        let name = vouched.called();
        let link = Command::LinkIdentity { provider: provider.clone(), subject, name };
        match self.ports.account_command(row.id, by(row.id), link).await {
            // Someone else was connected to it at the same moment.
            Err(Refusal::Taken) => return Err(identity_taken()),
            linked => linked?,
        }
        self.begin(row.id, row.project, &provider).await
    }

    /// A user with the name that they have elsewhere, or one like it.
    async fn newcomer(&self, vouched: Vouched<'_>) -> Result<AccountRow, Refusal> {
        let wish = vouched.username.and_then(username::near).unwrap_or_else(|| "user".to_owned());
        let name = vouched.name.or(vouched.username).unwrap_or(&wish);
        for nth in 1..=NAMES {
            let username = numbered(&wish, nth);
            let new =
                NewAccount { username: &username, name: Some(name), password: None, admin: false };
            let made = self.accounts.register(new, None).await;
            let made = match made {
                // What they are called there cannot be a name here.
                Err(Refusal::Invalid { code: "name_invalid", .. }) => {
                    self.accounts.register(NewAccount { name: None, ..new }, None).await
                }
                made => made,
            };
            match made {
                Err(Refusal::Taken) => {}
                made => return made,
            }
        }
        Err(Refusal::Taken)
    }

    async fn begin(
        &self,
        user: PrincipalId,
        project: ProjectId,
        way: &str,
    ) -> Result<Login, Refusal> {
        let token = TokenId(self.ports.ids.id());
        let sign_in = Command::SignIn { token, by: way.to_owned() };
        self.ports.account_command(user, by(user), sign_in).await?;
        Ok(Login { token, user, project })
    }

    /// The login, while it lives.
    pub async fn find(&self, token: TokenId) -> Result<Option<Login>, Refusal> {
        Ok(self.ports.sessions.login(token).await?)
    }

    /// Ends a login: nothing is done by it any more. A second time changes nothing.
    pub async fn end(&self, login: Login) -> Result<(), Refusal> {
        let revoke = Command::RevokeToken { token: login.token };
        self.ports.account_command(login.user, by(login.user), revoke).await
    }

    /// The first refresh token of a login. A secret, shown once.
    pub async fn refresh_token(&self, login: Login) -> Result<String, Refusal> {
        let text = self.new_refresh();
        let expires_at = self.ports.clock.now().plus(REFRESH_LIFE);
        self.ports.sessions.keep_refresh(digest(&text), login.token, expires_at).await?;
        Ok(text)
    }

    /// The login of a refresh token, and the one that takes its place. One that is used twice ends the login: either
    /// use was a thief's.
    ///
    /// # Errors
    /// [`Refusal::Unauthorized`] when it is not good, or no longer.
    pub async fn refresh(&self, text: &str) -> Result<(Login, String), Refusal> {
        let (new, expires_at) = (self.new_refresh(), self.ports.clock.now().plus(REFRESH_LIFE));
        match self.ports.sessions.refresh(digest(text), digest(&new), expires_at).await? {
            Refreshed::Renewed(login) => Ok((login, new)),
            Refreshed::Reused(login) => {
                self.end(login).await?;
                Err(Refusal::Unauthorized)
            }
            Refreshed::Unknown => Err(Refusal::Unauthorized),
        }
    }

    fn new_refresh(&self) -> String {
        format!("{REFRESH_PREFIX}{}", URL_SAFE_NO_PAD.encode(self.ports.ids.secret()))
    }
}

impl Vouched<'_> {
    /// What tells them from others there, as far as it can be shown.
    fn called(&self) -> Option<String> {
        let name = self.username.or(self.name)?;
        let shown = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
        Some(shown).filter(|name: &String| !name.trim().is_empty())
    }
}

fn identity_taken() -> Refusal {
    Refusal::conflict("identity_taken", "this account of yours there belongs to another user here")
}

/// `ana`, `ana-2`, `ana-3`, … within the length of a username.
fn numbered(wish: &str, nth: u32) -> String {
    if nth == 1 {
        return wish.to_owned();
    }
    let kept = wish.get(..wish.len().min(28)).expect("a username is ASCII");
    format!("{kept}-{nth}")
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}
