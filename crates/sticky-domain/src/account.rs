//! An account's decisions: what has happened to a user, and what may happen next.

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
    name: String,
    /// All that were ever issued; whether they still count, and whether they are logins.
    tokens: BTreeMap<TokenId, TokenState>,
    identities: BTreeSet<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TokenState {
    login: bool,
    live: bool,
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
}

impl Account {
    /// The account after these facts.
    pub fn after<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        facts.into_iter().fold(Self::default(), Self::evolve)
    }

    fn evolve(mut self, fact: &Fact) -> Self {
        match fact {
            Fact::UserRegistered { name, .. } => {
                self.registered = true;
                self.name.clone_from(name);
            }
            Fact::UserRenamed { name } => self.name.clone_from(name),
            Fact::SignedIn { token, .. } => self.issued(*token, true),
            Fact::TokenIssued { token, .. } => self.issued(*token, false),
            Fact::TokenRevoked { token } => {
                if let Some(state) = self.tokens.get_mut(token) {
                    state.live = false;
                }
            }
            Fact::IdentityLinked { provider, subject } => {
                self.identities.insert((provider.clone(), subject.clone()));
            }
            Fact::UserDeleted {} => self.deleted = true,
            _ => {}
        }
        self
    }

    fn issued(&mut self, token: TokenId, login: bool) {
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
            Command::LinkIdentity { provider, subject } => {
                let known = self.identities.contains(&(provider.clone(), subject.clone()));
                Ok(unless(known, Fact::IdentityLinked { provider, subject }))
            }
            Command::IssueToken { token, sha256, label, scope, until } => {
                self.refuse_too_many()?;
                Ok(vec![Fact::TokenIssued { token, sha256, label, scope, until }])
            }
            Command::RevokeToken { token } => self.revoke(token),
        }
    }

    fn change_password(&self, password: Withheld, kept: Option<TokenId>) -> Vec<Fact> {
        let others = self.live(|state| state.login).filter(|token| Some(*token) != kept);
        let ended = others.map(|token| Fact::TokenRevoked { token });
        std::iter::once(Fact::PasswordChanged { password }).chain(ended).collect()
    }

    fn revoke(&self, token: TokenId) -> Result<Vec<Fact>, Rejection> {
        let state = self.tokens.get(&token).ok_or(Rejection::NotFound)?;
        Ok(unless(!state.live, Fact::TokenRevoked { token }))
    }

    fn delete(&self) -> Vec<Fact> {
        if self.deleted {
            return Vec::new();
        }
        let ended = self.live(|_| true).map(|token| Fact::TokenRevoked { token });
        ended.chain([Fact::UserDeleted {}]).collect()
    }

    fn refuse_too_many(&self) -> Result<(), Rejection> {
        match self.live(|state| !state.login).count() < MAX_TOKENS {
            true => Ok(()),
            false => Err(Rejection::TooManyTokens),
        }
    }

    fn live(&self, wanted: impl Fn(&TokenState) -> bool) -> impl Iterator<Item = TokenId> {
        let live = self.tokens.iter().filter(move |(_, state)| state.live && wanted(state));
        live.map(|(token, _)| *token)
    }
}

fn unless(already: bool, fact: Fact) -> Vec<Fact> {
    if already { Vec::new() } else { vec![fact] }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const HERE: TokenId = TokenId(Uuid::from_u128(1));
    const THERE: TokenId = TokenId(Uuid::from_u128(2));
    const PROGRAM: TokenId = TokenId(Uuid::from_u128(3));

    fn registered() -> Fact {
        Fact::UserRegistered {
            project: ProjectId(Uuid::from_u128(9)),
            username: "ana".to_owned(),
            name: "Ana".to_owned(),
            admin: false,
            password: Withheld::default(),
        }
    }

    fn signed_in(token: TokenId) -> Fact {
        Fact::SignedIn { token, by: "password".to_owned() }
    }

    fn issued(token: TokenId) -> Fact {
        Fact::TokenIssued { token, sha256: [0; 32], label: None, scope: Scope::Write, until: None }
    }

    fn revoked(token: TokenId) -> Fact {
        Fact::TokenRevoked { token }
    }

    fn sign_in() -> Command {
        Command::SignIn { token: HERE, by: "password".to_owned() }
    }

    fn issue() -> Command {
        let (token, sha256) = (PROGRAM, [0; 32]);
        Command::IssueToken { token, sha256, label: None, scope: Scope::Write, until: None }
    }

    #[test]
    fn given_when_then() {
        let all = vec![registered(), signed_in(HERE), signed_in(THERE), issued(PROGRAM)];
        let with = |more: &[Fact]| [&all[..], more].concat();
        let deleted = with(&[Fact::UserDeleted {}]);
        let changed = Fact::PasswordChanged { password: Withheld::default() };
        let change = |kept| Command::ChangePassword { password: Withheld::default(), kept };
        let full: Vec<Fact> = std::iter::once(registered())
            .chain((0..MAX_TOKENS as u128).map(|nth| issued(TokenId(Uuid::from_u128(100 + nth)))))
            .collect();
        type Row = (&'static str, Vec<Fact>, Command, Result<Vec<Fact>, Rejection>);
        let table: Vec<Row> = vec![
            ("sign in", vec![registered()], sign_in(), Ok(vec![signed_in(HERE)])),
            ("sign in as nobody", vec![], sign_in(), Err(Rejection::NotFound)),
            ("sign in when deleted", deleted.clone(), sign_in(), Err(Rejection::NotFound)),
            (
                "a new password ends the other logins, not the programs",
                all.clone(),
                change(Some(HERE)),
                Ok(vec![changed.clone(), revoked(THERE)]),
            ),
            (
                "a new password from outside ends all logins",
                with(&[revoked(THERE)]),
                change(None),
                Ok(vec![changed, revoked(HERE)]),
            ),
            ("revoke", all.clone(), Command::RevokeToken { token: HERE }, Ok(vec![revoked(HERE)])),
            (
                "revoke twice",
                with(&[revoked(HERE)]),
                Command::RevokeToken { token: HERE },
                Ok(vec![]),
            ),
            (
                "revoke another's",
                vec![registered()],
                Command::RevokeToken { token: HERE },
                Err(Rejection::NotFound),
            ),
            ("one token too many", full, issue(), Err(Rejection::TooManyTokens)),
            (
                "delete",
                with(&[revoked(THERE)]),
                Command::Delete,
                Ok(vec![revoked(HERE), revoked(PROGRAM), Fact::UserDeleted {}]),
            ),
            ("delete twice", deleted.clone(), Command::Delete, Ok(vec![])),
            ("issue when deleted", deleted, issue(), Err(Rejection::NotFound)),
            ("rename to the same", all, Command::Rename { name: "Ana".to_owned() }, Ok(vec![])),
        ];
        for (name, given, when, then) in table {
            assert_eq!(Account::after(&given).decide(when), then, "{name}");
        }
    }
}
