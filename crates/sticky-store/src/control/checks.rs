//! What must hold of other things at the moment of an append. The lane is the append's own, so nothing changes meanwhile.

use sticky_domain::access::{Level, Recipient, Role};
use sticky_domain::event::Fact;
use sticky_domain::id::{GroupId, LinkId, PrincipalId};
use sticky_domain::port::{Append, AppendError};
use sticky_domain::stream::StreamKind;
use uuid::Uuid;

use crate::connection::Connection;
use crate::statement::Statement;

/// A question about what is there, and the refusal when no row answers it.
struct Check {
    question: Statement,
    otherwise: AppendError,
}

const HAS_USES_LEFT: &str =
    "select id from link where id = $1 and (max_uses is null or uses < max_uses)";

/// Whether the first group is not where the second is in, nor the second itself.
const IS_NOT_AROUND: &str = "
    with recursive around (id) as (
        select id from user_group where id = $2
        union
        select m.scope from around a join membership m on m.member = a.id and m.kind = 4)
    select 1 as holds where not exists (select 1 from around where id = $1)";

const IS_STILL_HERE: &str = "
    select 1 as holds
    where not exists (select 1 from account where id = $1 and deleted_at is not null)";

/// Whether someone else owns the note who is still here, or the one who is to own it no longer does not.
const STAYS_OWNED: &str = "
    select 1 as holds where exists (
        select 1 from document_grant g left join account a on a.id = g.recipient
        where g.document = $1 and g.kind = 'principal' and g.level = 'owner'
            and g.recipient <> $2 and a.deleted_at is null)
    or not exists (
        select 1 from document_grant where document = $1 and recipient = $2 and level = 'owner')";

/// The same of a project.
const STAYS_LED: &str = "
    select 1 as holds where exists (
        select 1 from membership m left join account a on a.id = m.member
        where m.scope = $1 and m.member_kind = 'principal' and m.role = 'owner'
            and m.member <> $2 and a.deleted_at is null)
    or not exists (
        select 1 from membership where scope = $1 and member = $2 and role = 'owner')";

const IS_NOBODYS_NAME: &str =
    "select 1 as holds where not exists (select 1 from account where username = $1)";

const IS_NOBODY: &str = "
    select 1 as holds
    where not exists (select 1 from identity where provider = $1 and subject = $2)";

/// Whether someone else runs the installation, or this one does not.
const IS_NOT_THE_LAST_ADMIN: &str = "
    select 1 as holds
    where exists (select 1 from account
            where admin = 1 and deleted_at is null and id <> $1)
        or not exists (select 1 from account
            where admin = 1 and deleted_at is null and id = $1)";

/// Asks what the facts of an append need.
pub(crate) async fn check<C: Connection>(
    connection: &mut C,
    append: &Append,
) -> Result<(), AppendError> {
    for Check { question, otherwise } in checks(append) {
        if connection.rows(question).await?.is_empty() {
            return Err(otherwise);
        }
    }
    Ok(())
}

fn checks(append: &Append) -> impl Iterator<Item = Check> {
    append
        .facts
        .iter()
        .flat_map(|fact| of_fact(append, fact).into_iter().chain(stays(append, fact)))
}

fn of_fact(append: &Append, fact: &Fact) -> Option<Check> {
    match fact {
        Fact::LinkRedeemed { link, .. } => Some(has_uses_left(*link)),
        Fact::MemberAdded { member: Recipient::Group(inner), .. }
            if append.stream.kind == StreamKind::Group =>
        {
            Some(is_no_circle(*inner, append.stream.id))
        }
        Fact::PermissionGranted { recipient: Recipient::Principal(to), .. }
        | Fact::MemberAdded { member: Recipient::Principal(to), .. }
        | Fact::MemberRoleChanged { member: Recipient::Principal(to), .. }
            // Whoever acts is here.
            if *to != append.actor.principal =>
        {
            Some(is_still_here(*to))
        }
        Fact::UserRegistered { username, .. } => {
            Some(is_free(Statement::new(IS_NOBODYS_NAME).text(Some(username))))
        }
        Fact::IdentityLinked { provider, subject, .. } => {
            Some(is_free(Statement::new(IS_NOBODY).text(Some(provider)).text(Some(subject))))
        }
        Fact::AdminDismissed {} | Fact::UserDeleted {} => Some(Check {
            question: Statement::new(IS_NOT_THE_LAST_ADMIN).id(append.stream.id),
            otherwise: AppendError::LastAdmin,
        }),
        _ => None,
    }
}

/// That what someone owns no longer is owned by someone else, unless the append itself makes another an owner.
fn stays(append: &Append, fact: &Fact) -> Option<Check> {
    let (question, recipient) = match fact {
        Fact::PermissionRevoked { recipient } => (STAYS_OWNED, recipient),
        Fact::PermissionGranted { recipient, level, .. } if *level < Level::Owner => {
            (STAYS_OWNED, recipient)
        }
        Fact::MemberRemoved { member } => (STAYS_LED, member),
        Fact::MemberRoleChanged { member, role, .. } if *role < Role::Owner => (STAYS_LED, member),
        _ => return None,
    };
    let Recipient::Principal(former) = *recipient else { return None };
    let makes_another = |fact: &Fact| matches!(fact, Fact::PermissionGranted { recipient: Recipient::Principal(to), level: Level::Owner, .. } if *to != former);
    if append.facts.iter().any(makes_another) {
        return None;
    }
    let question = Statement::new(question).id(append.stream.id).id(former.0);
    Some(Check { question, otherwise: AppendError::LastOwner })
}

fn is_still_here(who: PrincipalId) -> Check {
    let question = Statement::new(IS_STILL_HERE).id(who.0);
    Check { question, otherwise: AppendError::Gone(who) }
}

fn has_uses_left(link: LinkId) -> Check {
    let question = Statement::new(HAS_USES_LEFT).id(link.0);
    Check { question, otherwise: AppendError::UsedUp(link) }
}

fn is_no_circle(inner: GroupId, outer: Uuid) -> Check {
    let question = Statement::new(IS_NOT_AROUND).id(inner.0).id(outer);
    Check { question, otherwise: AppendError::Circle(inner) }
}

fn is_free(question: Statement) -> Check {
    Check { question, otherwise: AppendError::Taken }
}
