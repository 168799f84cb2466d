//! An account's decisions: what has happened to a user, and what may happen next.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::access::Scope;
use crate::event::Fact;
use crate::id::{ProjectId, TokenId};
use crate::secret::Withheld;
use crate::time::Timestamp;

/// The most API tokens that a user has at a time.
pub const MAX_TOKENS: usize = 100;

/// A user as their stream tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    registered: bool,
    deleted: bool,
    admin: bool,
    name: String,
    /// All that were ever issued; whether they still count, and whether they are logins.
    tokens: BTreeMap<TokenId, TokenState>,
    identities: BTreeSet<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct TokenState {
    /// What a login was begun by; `None` for an API token.
    login: Option<String>,
    live: bool,
}

/// How someone may sign in here, beside the services that are connected to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ways {
    /// They have a password.
    pub password: bool,
    /// The services that can vouch for anyone at all.
    pub providers: Vec<String>,
}

impl Ways {
    /// Whether someone with these identities can sign in with something other than `gone`.
    pub fn remain_without<'a>(
        &self,
        gone: (&str, &str),
        identities: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> bool {
        let vouches = |provider: &str| self.providers.iter().any(|known| known == provider);
        let mut others = identities.into_iter().filter(|identity| *identity != gone);
        self.password || others.any(|(provider, _)| vouches(provider))
    }
}

/// What someone wants to happen to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Register {
        project: ProjectId,
        username: String,
        name: String,
        admin: bool,
        password: Withheld,
    },
    Rename {
        name: String,
    },
    /// Ends every login but `kept`.
    ChangePassword {
        password: Withheld,
        kept: Option<TokenId>,
    },
    SignIn {
        token: TokenId,
        by: String,
    },
    FailSignIn,
    LinkIdentity {
        provider: String,
        subject: String,
        name: Option<String>,
    },
    /// Ends every login that was begun with the service but `kept`.
    UnlinkIdentity {
        provider: String,
        subject: String,
        kept: TokenId,
        ways: Ways,
    },
    IssueToken {
        token: TokenId,
        sha256: [u8; 32],
        label: Option<String>,
        scope: Scope,
        until: Option<Timestamp>,
    },
    RevokeToken {
        token: TokenId,
    },
    /// Makes them one who runs the installation, or no longer.
    SetAdmin {
        admin: bool,
    },
    Delete,
}

/// Why it does not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Rejection {
    #[error("there is no such user")]
    NotFound,
    #[error("there is a user with this id already")]
    Exists,
    #[error("a user has at most {MAX_TOKENS} tokens; revoke one")]
    TooManyTokens,
    #[error("there is no other way to sign in; set a password or connect another service first")]
    LastWayIn,
}

impl Account {
    /// The account after these facts.
    pub fn after<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        facts.into_iter().fold(Self::default(), Self::evolve)
    }

    fn evolve(mut self, fact: &Fact) -> Self {
        match fact {
            Fact::UserRegistered { name, admin, .. } => {
                self.registered = true;
                self.admin = *admin;
                self.name.clone_from(name);
            }
            Fact::AdminAppointed {} => self.admin = true,
            Fact::AdminDismissed {} => self.admin = false,
            Fact::UserRenamed { name } => self.name.clone_from(name),
            Fact::SignedIn { token, by } => self.issued(*token, Some(by.clone())),
            Fact::TokenIssued { token, .. } => self.issued(*token, None),
            Fact::TokenRevoked { token } => {
                if let Some(state) = self.tokens.get_mut(token) {
                    state.live = false;
                }
            }
            Fact::IdentityLinked { provider, subject, .. } => {
                self.identities.insert((provider.clone(), subject.clone()));
            }
            Fact::IdentityUnlinked { provider, subject } => {
                self.identities.remove(&(provider.clone(), subject.clone()));
            }
            Fact::UserDeleted {} => self.deleted = true,
            _ => {}
        }
        self
    }

    fn issued(&mut self, token: TokenId, login: Option<String>) {
        self.tokens.insert(token, TokenState { login, live: true });
    }

    /// The facts that `command` makes true; none when it is true already.
    ///
    /// # Errors
    /// When it may not happen.
    pub fn decide(&self, command: Command) -> Result<Vec<Fact>, Rejection> {
        match command {
            Command::Register { project, username, name, admin, password } => match self.registered
            {
                true => Err(Rejection::Exists),
                false => {
                    Ok(vec![Fact::UserRegistered { project, username, name, admin, password }])
                }
            },
            _ if !self.registered => Err(Rejection::NotFound),
            Command::Delete => Ok(self.delete()),
            _ if self.deleted => Err(Rejection::NotFound),
            Command::Rename { name } => Ok(unless(self.name == name, Fact::UserRenamed { name })),
            Command::ChangePassword { password, kept } => Ok(self.change_password(password, kept)),
            Command::SignIn { token, by } => Ok(vec![Fact::SignedIn { token, by }]),
            Command::FailSignIn => Ok(vec![Fact::SignInFailed {}]),
            Command::LinkIdentity { provider, subject, name } => {
                let known = self.has_identity((&provider, &subject));
                Ok(unless(known, Fact::IdentityLinked { provider, subject, name }))
            }
            Command::UnlinkIdentity { provider, subject, kept, ways } => {
                self.unlink(provider, subject, kept, &ways)
            }
            Command::IssueToken { token, sha256, label, scope, until } => {
                self.refuse_too_many()?;
                Ok(vec![Fact::TokenIssued { token, sha256, label, scope, until }])
            }
            Command::RevokeToken { token } => self.revoke(token),
            Command::SetAdmin { admin } => Ok(unless(self.admin == admin, now_admin(admin))),
        }
    }

    fn change_password(&self, password: Withheld, kept: Option<TokenId>) -> Vec<Fact> {
        let ended = self.ended(|state| state.login.is_some(), kept);
        std::iter::once(Fact::PasswordChanged { password }).chain(ended).collect()
    }

    fn unlink(
        &self,
        provider: String,
        subject: String,
        kept: TokenId,
        ways: &Ways,
    ) -> Result<Vec<Fact>, Rejection> {
        if !self.has_identity((&provider, &subject)) {
            return Err(Rejection::NotFound);
        }
        if !ways.remain_without((&provider, &subject), self.identities()) {
            return Err(Rejection::LastWayIn);
        }
        let begun_there = |state: &TokenState| state.login.as_ref() == Some(&provider);
        let ended: Vec<Fact> = self.ended(begun_there, Some(kept)).collect();
        let unlinked = Fact::IdentityUnlinked { provider, subject };
        Ok(std::iter::once(unlinked).chain(ended).collect())
    }

    fn identities(&self) -> impl Iterator<Item = (&str, &str)> {
        self.identities.iter().map(|(provider, subject)| (provider.as_str(), subject.as_str()))
    }

    fn has_identity(&self, wanted: (&str, &str)) -> bool {
        self.identities().any(|identity| identity == wanted)
    }

    fn revoke(&self, token: TokenId) -> Result<Vec<Fact>, Rejection> {
        let state = self.tokens.get(&token).ok_or(Rejection::NotFound)?;
        Ok(unless(!state.live, Fact::TokenRevoked { token }))
    }

    fn delete(&self) -> Vec<Fact> {
        if self.deleted {
            return Vec::new();
        }
        self.ended(|_| true, None).chain([Fact::UserDeleted {}]).collect()
    }

    fn refuse_too_many(&self) -> Result<(), Rejection> {
        match self.live(|state| state.login.is_none()).count() < MAX_TOKENS {
            true => Ok(()),
            false => Err(Rejection::TooManyTokens),
        }
    }

    /// The end of the tokens that are meant, but for `kept`.
    fn ended(
        &self,
        wanted: impl Fn(&TokenState) -> bool,
        kept: Option<TokenId>,
    ) -> impl Iterator<Item = Fact> {
        let others = self.live(wanted).filter(move |token| Some(*token) != kept);
        others.map(|token| Fact::TokenRevoked { token })
    }

    fn live(&self, wanted: impl Fn(&TokenState) -> bool) -> impl Iterator<Item = TokenId> {
        let live = self.tokens.iter().filter(move |(_, state)| state.live && wanted(state));
        live.map(|(token, _)| *token)
    }
}

fn now_admin(admin: bool) -> Fact {
    if admin { Fact::AdminAppointed {} } else { Fact::AdminDismissed {} }
}

fn unless(already: bool, fact: Fact) -> Vec<Fact> {
    if already { Vec::new() } else { vec![fact] }
}
