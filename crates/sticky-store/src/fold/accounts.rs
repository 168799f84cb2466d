//! What follows from the facts of users, their logins and their tokens.

use sticky_domain::access::Scope;
use sticky_domain::id::{PrincipalId, ProjectId, TokenId};
use sticky_domain::port::PrincipalKind;
use sticky_domain::secret::Withheld;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::principal;
use crate::control::Place;
use crate::row::sql;
use crate::statement::Statement;

pub(super) struct Registered<'a> {
    pub(super) project: ProjectId,
    pub(super) username: &'a str,
    pub(super) name: &'a str,
    pub(super) admin: bool,
    pub(super) password: &'a Withheld,
}

pub(super) fn registered(id: Uuid, user: &Registered<'_>, place: Place) -> Vec<Statement> {
    let account = Statement::new(
        "insert into account (id, project, username, admin, registered_at)
         values ($1, $2, $3, $4, $5)",
    )
    .id(id)
    .id(user.project.0)
    .text(Some(user.username))
    .number(i64::from(user.admin))
    .number(place.now.0);
    let who = principal(id, user.project, PrincipalKind::User, user.name, id, place);
    [account, who].into_iter().chain(password(id, user.password, place)).collect()
}

/// A promoted guest is called what its user is called.
pub(super) fn renamed(id: Uuid, name: &str, place: Place) -> Vec<Statement> {
    let user = Statement::new("update principal set name = $1, version = $2 where id = $3")
        .text(Some(name))
        .number(sql(place.seq))
        .id(id);
    let guests = Statement::new("update principal set name = $1 where promoted_to = $2")
        .text(Some(name))
        .id(id);
    vec![user, guests]
}

pub(super) fn set_admin(id: Uuid, admin: bool) -> Statement {
    Statement::new("update account set admin = $1 where id = $2").number(i64::from(admin)).id(id)
}

/// Nothing when the fact was read from the log, where the hash is not.
pub(super) fn password(id: Uuid, hash: &Withheld, place: Place) -> Option<Statement> {
    let write = Statement::new(
        "insert into password (account, hash, changed_at) values ($1, $2, $3)
         on conflict (account) do update set
             hash = excluded.hash, changed_at = excluded.changed_at",
    );
    Some(write.id(id).text(Some(hash.expose()?)).number(place.now.0))
}

pub(super) fn identified(
    id: Uuid,
    provider: &str,
    subject: &str,
    name: Option<&str>,
    place: Place,
) -> Statement {
    Statement::new(
        "insert into identity (provider, subject, account, name, linked_at)
         values ($1, $2, $3, $4, $5)",
    )
    .text(Some(provider))
    .text(Some(subject))
    .id(id)
    .text(name)
    .number(place.now.0)
}

pub(super) fn unidentified(id: Uuid, provider: &str, subject: &str) -> Statement {
    Statement::new("delete from identity where provider = $1 and subject = $2 and account = $3")
        .text(Some(provider))
        .text(Some(subject))
        .id(id)
}

/// Frees the identities, so that the person may come again, and not the username, which nobody else shall have.
pub(super) fn deleted(id: Uuid, place: Place) -> Vec<Statement> {
    let at = |text| Statement::new(text).number(place.now.0).id(id);
    let gone = |text| Statement::new(text).id(id);
    vec![
        at("update account set deleted_at = $1 where id = $2"),
        at("update access_token set revoked_at = coalesce(revoked_at, $1) where principal = $2"),
        gone("delete from password where account = $1"),
        gone("delete from identity where account = $1"),
    ]
}

pub(super) fn promoted(id: Uuid, user: PrincipalId, place: Place) -> Statement {
    Statement::new(
        "update principal set promoted_to = $1, root = $2, version = $3,
             name = (select u.name from principal u where u.id = $4)
         where id = $5",
    )
    .id(user.0)
    .id(user.0)
    .number(sql(place.seq))
    .id(user.0)
    .id(id)
}

pub(super) fn signed_in(id: Uuid, token: TokenId, by: &str, place: Place) -> Statement {
    Statement::new(
        "insert into access_token (id, principal, issued_at, scope, login)
         values ($1, $2, $3, 'admin', $4)",
    )
    .id(token.0)
    .id(id)
    .number(place.now.0)
    .text(Some(by))
}

pub(super) struct Issued<'a> {
    pub(super) token: TokenId,
    pub(super) sha256: &'a [u8; 32],
    pub(super) label: Option<&'a str>,
    pub(super) scope: Scope,
    pub(super) until: Option<Timestamp>,
}

pub(super) fn issued(id: Uuid, token: &Issued<'_>, place: Place) -> Statement {
    Statement::new(
        "insert into access_token (id, sha256, principal, label, issued_at, scope, until)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .id(token.token.0)
    .bytes(token.sha256)
    .id(id)
    .text(token.label)
    .number(place.now.0)
    .text(Some(token.scope.as_str()))
    .number(token.until.map(|until| until.0))
}
