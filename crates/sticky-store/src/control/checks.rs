//! What must hold of other things at the moment of an append. The lane is the append's own, so nothing changes meanwhile.

use sticky_domain::access::Recipient;
use sticky_domain::event::Fact;
use sticky_domain::id::{GroupId, LinkId};
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

const IS_NOBODYS_NAME: &str =
    "select 1 as holds where not exists (select 1 from account where username = $1)";

const IS_NOBODY: &str = "
    select 1 as holds
    where not exists (select 1 from identity where provider = $1 and subject = $2)";

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
    append.facts.iter().filter_map(|fact| match fact {
        Fact::LinkRedeemed { link, .. } => Some(has_uses_left(*link)),
        Fact::MemberAdded { member: Recipient::Group(inner), .. }
            if append.stream.kind == StreamKind::Group =>
        {
            Some(is_no_circle(*inner, append.stream.id))
        }
        Fact::UserRegistered { username, .. } => {
            Some(is_free(Statement::new(IS_NOBODYS_NAME).text(Some(username))))
        }
        Fact::IdentityLinked { provider, subject, .. } => {
            Some(is_free(Statement::new(IS_NOBODY).text(Some(provider)).text(Some(subject))))
        }
        _ => None,
    })
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
