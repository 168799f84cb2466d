//! Grants and links: who may do what with a document.

use sticky_domain::access::{Level, Recipient};
use sticky_domain::event::Fact;
use sticky_domain::id::{DocumentId, LinkId, PrincipalId};
use sticky_domain::link::LinkTerms;
use sticky_domain::password::Password;
use sticky_domain::port::Append;
use uuid::Uuid;

use crate::control::Place;
use crate::row::sql;
use crate::statement::Statement;

/// What follows from a fact about who may do what.
pub(super) fn statements(append: &Append, fact: &Fact, place: Place) -> Vec<Statement> {
    let (id, now) = (append.stream.id, place.now.0);
    match fact {
        Fact::PermissionGranted { recipient, level, .. } => {
            vec![granted(append, *recipient, *level, place)]
        }
        Fact::PermissionRevoked { recipient } => {
            vec![
                Statement::new("delete from document_grant where document = $1 and recipient = $2")
                    .id(id)
                    .id(recipient.parts().1),
            ]
        }
        Fact::AccessRequested { by, message, .. } => vec![
            Statement::new(
                "insert into access_request (document, principal, message, asked_at)
                 values ($1, $2, $3, $4)
                 on conflict (document, principal) do update set
                     message = excluded.message, asked_at = excluded.asked_at, answered_at = null",
            )
            .id(id)
            .id(by.0)
            .text(message.as_deref())
            .number(now),
        ],
        Fact::AccessAnswered { by, .. } => vec![
            Statement::new(
                "update access_request set answered_at = $1 where document = $2 and principal = $3",
            )
            .number(now)
            .id(id)
            .id(by.0),
        ],
        Fact::AccessRequestHandedOver { from, to } => request_handed_over(id, *from, *to),
        Fact::LinkCreated { link, terms } => vec![link_created(append, *link, terms, place)],
        Fact::LinkChanged { link, terms, .. } => vec![link_changed(append, *link, terms)],
        Fact::LinkRevoked { link } => vec![
            Statement::new(
                "update link set revoked_at = coalesce(revoked_at, $1)
                 where id = $2 and document = $3",
            )
            .number(now)
            .id(link.0)
            .id(id),
        ],
        Fact::LinkRedeemed { link, document } => link_redeemed(id, *link, *document, place),
        Fact::LinkKept { link, guest, .. } => link_kept(id, *link, *guest),
        Fact::GuestRemoved { link, .. } => vec![
            Statement::new(
                "update link_holder set removed_at = coalesce(removed_at, $1)
                 where link = $2 and principal = $3",
            )
            .number(now)
            .id(link.0)
            .id(id),
        ],
        _ => Vec::new(),
    }
}

/// A request of the user's own stays instead.
fn request_handed_over(id: Uuid, from: PrincipalId, to: PrincipalId) -> Vec<Statement> {
    let hand_over = Statement::new(
        "update access_request set principal = $1 where document = $2 and principal = $3
             and not exists (select 1 from access_request where document = $4 and principal = $5)",
    );
    let forget =
        Statement::new("delete from access_request where document = $1 and principal = $2");
    vec![hand_over.id(to.0).id(id).id(from.0).id(id).id(to.0), forget.id(id).id(from.0)]
}

fn granted(append: &Append, recipient: Recipient, level: Level, place: Place) -> Statement {
    let (kind, id) = recipient.parts();
    Statement::new(
        "insert into document_grant (document, recipient, kind, level, granted_by, granted_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (document, recipient) do update set level = excluded.level,
             granted_by = excluded.granted_by, granted_at = excluded.granted_at",
    )
    .id(append.stream.id)
    .id(id)
    .text(Some(kind))
    .text(Some(level.as_str()))
    .id(append.actor.principal.0)
    .number(place.now.0)
}

fn link_created(append: &Append, link: LinkId, terms: &LinkTerms, place: Place) -> Statement {
    let create = Statement::new(
        "insert into link (level, label, audience, expires_at, max_uses, password, preview,
             id, document, project, created_at, seq, created_by)
         select $1, $2, $3, $4, $5, $6, $7, $8, id, project, $9, $10, $11
         from document where id = $12",
    );
    with_terms(create, terms)
        .id(link.0)
        .number(place.now.0)
        .number(sql(place.seq))
        .id(append.actor.principal.0)
        .id(append.stream.id)
}

/// Whoever comes in anew by another browser is no one else; whom an owner has removed stays out.
fn link_redeemed(who: Uuid, link: LinkId, document: DocumentId, place: Place) -> Vec<Statement> {
    let used = Statement::new("update link set uses = uses + 1 where id = $1 and document = $2")
        .id(link.0)
        .id(document.0);
    let held = Statement::new(
        "insert into link_holder (link, principal, document, redeemed_at) values ($1, $2, $3, $4)
         on conflict (link, principal) do nothing",
    )
    .id(link.0)
    .id(who)
    .id(document.0)
    .number(place.now.0);
    vec![used, held]
}

/// The user has been there for as long as the guest had.
fn link_kept(user: Uuid, link: LinkId, guest: PrincipalId) -> Vec<Statement> {
    let kept = Statement::new(
        "insert into link_holder (link, principal, document, redeemed_at, removed_at)
         select link, $1, document, redeemed_at, removed_at from link_holder
         where link = $2 and principal = $3
         on conflict (link, principal) do nothing",
    );
    let gone = Statement::new("delete from link_holder where link = $1 and principal = $2");
    vec![kept.id(user).id(link.0).id(guest.0), gone.id(link.0).id(guest.0)]
}

/// A password that was not said anew stays as it is.
fn link_changed(append: &Append, link: LinkId, terms: &LinkTerms) -> Statement {
    let change = match terms.password {
        Some(_) => {
            "update link set level = $1, label = $2, audience = $3, expires_at = $4, max_uses = $5,
                 password = coalesce($6, password), preview = $7
             where id = $8 and document = $9"
        }
        None => {
            "update link set level = $1, label = $2, audience = $3, expires_at = $4, max_uses = $5,
                 password = $6, preview = $7
             where id = $8 and document = $9"
        }
    };
    with_terms(Statement::new(change), terms).id(link.0).id(append.stream.id)
}

/// Binds the first seven parameters.
fn with_terms(statement: Statement, terms: &LinkTerms) -> Statement {
    statement
        .text(Some(terms.level.as_str()))
        .text(terms.label.as_deref())
        .text(Some(terms.audience.as_str()))
        .number(terms.expires_at.map(|end| end.0))
        .number(terms.max_uses.map(i64::from))
        .text(terms.password.as_ref().and_then(Password::hash))
        .text(Some(terms.preview.as_str()))
}
