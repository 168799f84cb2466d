//! What must hold of other things at the moment of an append. The lane is the append's own, so nothing changes meanwhile.

use sticky_domain::access::Recipient;
use sticky_domain::event::Fact;
use sticky_domain::id::{GroupId, LinkId};
use sticky_domain::port::{Append, AppendError};
use sticky_domain::stream::StreamKind;
use uuid::Uuid;

/// A question about what is there, and the refusal if the answer is no.
pub(crate) struct Check {
    /// Answers one truth, or nothing for "no". Both engines understand it.
    pub(crate) text: &'static str,
    pub(crate) ids: Vec<Uuid>,
    pub(crate) otherwise: AppendError,
}

const HAS_USES_LEFT: &str = "select max_uses is null or uses < max_uses from link where id = $1";

/// Whether the first group is not where the second is in, nor the second itself.
const IS_NOT_AROUND: &str = "
    with recursive around (id) as (
        select id from user_group where id = $2
        union
        select m.scope from around a join membership m on m.member = a.id and m.kind = 4)
    select not exists (select 1 from around where id = $1)";

/// What the facts of an append need.
pub(crate) fn checks(append: &Append) -> impl Iterator<Item = Check> {
    append.facts.iter().filter_map(|fact| match fact {
        Fact::LinkRedeemed { link, .. } => Some(has_uses_left(*link)),
        Fact::MemberAdded { member: Recipient::Group(inner), .. }
            if append.stream.kind == StreamKind::Group =>
        {
            Some(is_no_circle(*inner, append.stream.id))
        }
        _ => None,
    })
}

fn has_uses_left(link: LinkId) -> Check {
    Check { text: HAS_USES_LEFT, ids: vec![link.0], otherwise: AppendError::UsedUp(link) }
}

fn is_no_circle(inner: GroupId, outer: Uuid) -> Check {
    let otherwise = AppendError::Circle(inner);
    Check { text: IS_NOT_AROUND, ids: vec![inner.0, outer], otherwise }
}
