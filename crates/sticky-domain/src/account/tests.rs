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

fn signed_in_by(provider: &str, token: TokenId) -> Fact {
    Fact::SignedIn { token, by: provider.to_owned() }
}

fn linked(provider: &str, subject: &str) -> Fact {
    let (provider, subject) = (provider.to_owned(), subject.to_owned());
    Fact::IdentityLinked { provider, subject, name: None }
}

fn unlinked(provider: &str, subject: &str) -> Fact {
    Fact::IdentityUnlinked { provider: provider.to_owned(), subject: subject.to_owned() }
}

/// Where Discord is the only service.
fn unlink(provider: &str, subject: &str, password: bool) -> Command {
    let (provider, subject) = (provider.to_owned(), subject.to_owned());
    let ways = Ways { password, providers: vec!["discord".to_owned()] };
    Command::UnlinkIdentity { provider, subject, kept: HERE, ways }
}

#[test]
fn someone_can_always_sign_in_again() {
    let (one, other, elsewhere) =
        (linked("discord", "1"), linked("discord", "2"), linked("oidc", "1"));
    let left = Err(Rejection::LastWayIn);
    let gone = |provider, subject| Ok(vec![unlinked(provider, subject)]);
    type Row = (&'static str, Vec<Fact>, Command, Result<Vec<Fact>, Rejection>);
    let table: Vec<Row> = vec![
        ("with a password", vec![one.clone()], unlink("discord", "1", true), gone("discord", "1")),
        ("the only way", vec![one.clone()], unlink("discord", "1", false), left.clone()),
        (
            "two of one service",
            vec![one.clone(), other],
            unlink("discord", "1", false),
            gone("discord", "1"),
        ),
        (
            "the other service is not there any more",
            vec![one.clone(), elsewhere.clone()],
            unlink("discord", "1", false),
            left,
        ),
        (
            "a service that is not there any more",
            vec![one.clone(), elsewhere],
            unlink("oidc", "1", false),
            gone("oidc", "1"),
        ),
        (
            "twice",
            vec![one.clone(), unlinked("discord", "1")],
            unlink("discord", "1", true),
            Err(Rejection::NotFound),
        ),
        (
            "what was begun with it ends, but for this",
            vec![
                one,
                signed_in_by("discord", HERE),
                signed_in_by("discord", THERE),
                issued(PROGRAM),
            ],
            unlink("discord", "1", true),
            Ok(vec![unlinked("discord", "1"), revoked(THERE)]),
        ),
    ];
    for (name, given, when, then) in table {
        let given: Vec<Fact> = std::iter::once(registered()).chain(given).collect();
        assert_eq!(Account::after(&given).decide(when), then, "{name}");
    }
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
        ("revoke twice", with(&[revoked(HERE)]), Command::RevokeToken { token: HERE }, Ok(vec![])),
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
        ("issue when deleted", deleted.clone(), issue(), Err(Rejection::NotFound)),
        (
            "appoint",
            all.clone(),
            Command::SetAdmin { admin: true },
            Ok(vec![Fact::AdminAppointed {}]),
        ),
        (
            "appoint twice",
            with(&[Fact::AdminAppointed {}]),
            Command::SetAdmin { admin: true },
            Ok(vec![]),
        ),
        (
            "dismiss",
            with(&[Fact::AdminAppointed {}]),
            Command::SetAdmin { admin: false },
            Ok(vec![Fact::AdminDismissed {}]),
        ),
        (
            "appoint someone who is gone",
            deleted,
            Command::SetAdmin { admin: true },
            Err(Rejection::NotFound),
        ),
        ("rename to the same", all, Command::Rename { name: "Ana".to_owned() }, Ok(vec![])),
    ];
    for (name, given, when, then) in table {
        assert_eq!(Account::after(&given).decide(when), then, "{name}");
    }
}
