//! Facts into read rows: the same on every engine, down to the text of the SQL.

mod accounts;
mod company;
mod sharing;

use sticky_domain::event::Fact;
use sticky_domain::id::ProjectId;
use sticky_domain::port::{Append, PrincipalKind, StoreError};
use sticky_domain::title;
use uuid::Uuid;

use crate::connection::Connection;
use crate::control::Place;
use crate::folding::folded;
use crate::purge;
use crate::row::sql;
use crate::statement::Statement;
use accounts::{
    Issued, Registered, deleted, identified, issued, password, promoted, registered, renamed,
    set_admin, signed_in, unidentified,
};

/// Brings the read rows up to a fact, in its transaction.
pub(crate) async fn fold<C: Connection>(
    connection: &mut C,
    append: &Append,
    fact: &Fact,
    place: Place,
) -> Result<(), StoreError> {
    for statement in statements(append, fact, place) {
        connection.execute(statement).await?;
    }
    Ok(())
}

/// What follows from a fact.
fn statements(append: &Append, fact: &Fact, place: Place) -> Vec<Statement> {
    let (id, now) = (append.stream.id, place.now.0);
    let statement = match fact {
        Fact::DocumentCreated { project, title } => {
            return document_created(id, *project, title.as_deref(), place);
        }
        Fact::DocumentRenamed { title } => Statement::new(
            "update document set title = $1, title_folded = $2, version = $3, changed_at = $4
             where id = $5",
        )
        .text(title.as_deref())
        .text(title.as_deref().map(folded).as_deref())
        .number(sql(place.seq))
        .number(now)
        .id(id),
        Fact::DocumentTrashed {} => deleted_at(id, Some(now), place),
        Fact::DocumentRestored {} => deleted_at(id, None, place),
        Fact::DocumentPurged { project, .. } => return purge::statements(id, *project, place),
        Fact::DocumentImported { project, .. } => return document_imported(id, *project, place),
        Fact::PermissionGranted { .. }
        | Fact::PermissionRevoked { .. }
        | Fact::AccessRequested { .. }
        | Fact::AccessAnswered { .. }
        | Fact::AccessRequestHandedOver { .. }
        | Fact::LinkCreated { .. }
        | Fact::LinkChanged { .. }
        | Fact::LinkRevoked { .. }
        | Fact::LinkRedeemed { .. }
        | Fact::LinkKept { .. }
        | Fact::GuestRemoved { .. } => return sharing::statements(append, fact, place),
        Fact::ProjectCreated { .. }
        | Fact::ProjectRenamed { .. }
        | Fact::GroupCreated { .. }
        | Fact::GroupRenamed { .. }
        | Fact::GroupDeleted {}
        | Fact::MemberAdded { .. }
        | Fact::MemberRoleChanged { .. }
        | Fact::MemberRemoved { .. } => return company::statements(append, fact, place),
        Fact::UserRegistered { project, username, name, admin, password } => {
            let (project, admin) = (*project, *admin);
            return registered(id, &Registered { project, username, name, admin, password }, place);
        }
        Fact::UserRenamed { name } => return renamed(id, name, place),
        Fact::PasswordChanged { password: hash } => {
            return password(id, hash, place).into_iter().collect();
        }
        Fact::IdentityLinked { provider, subject, name } => {
            identified(id, provider, subject, name.as_deref(), place)
        }
        Fact::IdentityUnlinked { provider, subject } => unidentified(id, provider, subject),
        Fact::AdminAppointed {} => set_admin(id, true),
        Fact::AdminDismissed {} => set_admin(id, false),
        Fact::UserDeleted {} => return deleted(id, place),
        Fact::GuestPromoted { user } => promoted(id, *user, place),
        Fact::SignedIn { token, by } => signed_in(id, *token, by, place),
        Fact::TokenIssued { token, sha256, label, scope, until } => {
            let (token, label, scope, until) = (*token, label.as_deref(), *scope, *until);
            issued(id, &Issued { token, sha256, label, scope, until }, place)
        }
        Fact::TokenRevoked { token } => Statement::new(
            "update access_token set revoked_at = coalesce(revoked_at, $1) where id = $2",
        )
        .number(now)
        .id(token.0),
        Fact::GuestAdmitted { project, name, root } => {
            principal(id, *project, PrincipalKind::Guest, name, root.0, place)
        }
        Fact::ServiceRegistered { project, name } => {
            principal(id, *project, PrincipalKind::Service, name, id, place)
        }
        Fact::GuestRenamed { name } => {
            Statement::new("update principal set name = $1, version = $2 where id = $3")
                .text(Some(name))
                .number(sql(place.seq))
                .id(id)
        }
        Fact::DocumentExported { .. } | Fact::LinkOpened { .. } | Fact::SignInFailed {} => {
            return Vec::new();
        }
    };
    vec![statement]
}

/// The content stream begins with its document, so that the fence has a row to read; that of an import is there before.
fn document_created(
    id: Uuid,
    project: ProjectId,
    title: Option<&str>,
    place: Place,
) -> Vec<Statement> {
    let now = place.now.0;
    let document = Statement::new(
        "insert into document (id, project, title, title_folded, derived_folded, version,
             created_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .id(id)
    .id(project.0)
    .text(title)
    .text(title.map(folded).as_deref())
    .text(Some(&folded(title::UNTITLED)))
    .number(sql(place.seq))
    .number(now)
    .number(now);
    let content = Statement::new(
        "insert into stream (kind, id, updated_at) values (2, $1, $2) on conflict do nothing",
    )
    .id(id)
    .number(now);
    vec![document, content]
}

/// A note takes its links with it into another project.
fn document_imported(id: Uuid, project: ProjectId, place: Place) -> Vec<Statement> {
    let document = Statement::new(
        "update document set project = $1, version = $2, changed_at = $3 where id = $4",
    )
    .id(project.0)
    .number(sql(place.seq))
    .number(place.now.0)
    .id(id);
    let links =
        Statement::new("update link set project = $1 where document = $2").id(project.0).id(id);
    vec![document, links]
}

fn deleted_at(id: Uuid, time: Option<i64>, place: Place) -> Statement {
    Statement::new(
        "update document set deleted_at = $1, version = $2, changed_at = $3 where id = $4",
    )
    .number(time)
    .number(sql(place.seq))
    .number(place.now.0)
    .id(id)
}

fn principal(
    id: Uuid,
    project: ProjectId,
    kind: PrincipalKind,
    name: &str,
    root: Uuid,
    place: Place,
) -> Statement {
    Statement::new(
        "insert into principal (id, project, kind, name, root, version)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .id(id)
    .id(project.0)
    .text(Some(kind.as_str()))
    .text(Some(name))
    .id(root)
    .number(sql(place.seq))
}
