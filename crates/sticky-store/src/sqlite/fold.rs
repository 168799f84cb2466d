//! Facts into read rows, in the transaction of the fact.

use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteConnection};
use sticky_domain::access::Recipient;
use sticky_domain::event::Fact;
use sticky_domain::port::{Append, PrincipalKind, StoreError};
use sticky_domain::title;

use crate::control::Place;
use crate::failure::store_error;
use crate::folding::folded;
use crate::row::sql;

type Write = Query<'static, Sqlite, SqliteArguments>;

pub(super) async fn fold(
    connection: &mut SqliteConnection,
    append: &Append,
    fact: &Fact,
    place: Place,
) -> Result<(), StoreError> {
    let Some(write) = write(append, fact, place) else {
        return Ok(());
    };
    write.execute(connection).await.map(drop).map_err(store_error)
}

fn write(append: &Append, fact: &Fact, place: Place) -> Option<Write> {
    match fact {
        Fact::DocumentCreated { .. }
        | Fact::DocumentRenamed { .. }
        | Fact::DocumentTrashed {}
        | Fact::DocumentRestored {} => document(append, fact, place),
        Fact::PermissionGranted { recipient: Recipient::Principal(principal), level, .. } => Some(
            sqlx::query(
                "insert into document_grant (document, recipient, level, granted_at)
                 values (?, ?, ?, ?)
                 on conflict (document, recipient) do update set
                     level = excluded.level, granted_at = excluded.granted_at",
            )
            .bind(append.stream.id)
            .bind(principal.0)
            .bind(level.as_str())
            .bind(place.now.0),
        ),
        Fact::PermissionRevoked { recipient: Recipient::Principal(principal) } => Some(
            sqlx::query("delete from document_grant where document = ? and recipient = ?")
                .bind(append.stream.id)
                .bind(principal.0),
        ),
        Fact::LinkCreated { .. } | Fact::LinkRevoked { .. } => link(append, fact, place),
        Fact::GuestAdmitted { .. } | Fact::GuestRenamed { .. } | Fact::ServiceRegistered { .. } => {
            principal(append, fact, place)
        }
        Fact::TokenIssued { token, sha256, label } => Some(
            sqlx::query(
                "insert into access_token (id, sha256, principal, label, issued_at)
                 values (?, ?, ?, ?, ?)",
            )
            .bind(token.0)
            .bind(sha256.to_vec())
            .bind(append.stream.id)
            .bind(label.clone())
            .bind(place.now.0),
        ),
        Fact::TokenRevoked { token } => Some(
            sqlx::query("update access_token set revoked_at = ifnull(revoked_at, ?) where id = ?")
                .bind(place.now.0)
                .bind(token.0),
        ),
        Fact::LinkRedeemed { .. } | Fact::ProjectCreated { .. } => None,
    }
}

fn document(append: &Append, fact: &Fact, place: Place) -> Option<Write> {
    let write = match fact {
        // The content stream begins with its document, so that the fence has a row to read.
        Fact::DocumentCreated { project, title } => sqlx::query(
            "insert into document (id, project, title, title_folded, derived_folded, version,
                 created_at, changed_at)
             values (?, ?, ?, ?, ?, ?, ?, ?);
             insert into stream (kind, id, updated_at) values (2, ?, ?)",
        )
        .bind(append.stream.id)
        .bind(project.0)
        .bind(title.clone())
        .bind(title.as_deref().map(folded))
        .bind(folded(title::UNTITLED))
        .bind(sql(place.seq))
        .bind(place.now.0)
        .bind(place.now.0)
        .bind(append.stream.id)
        .bind(place.now.0),
        Fact::DocumentRenamed { title } => sqlx::query(
            "update document set title = ?, title_folded = ?, version = ?, changed_at = ? where id = ?",
        )
        .bind(title.clone())
        .bind(title.as_deref().map(folded))
        .bind(sql(place.seq))
        .bind(place.now.0)
        .bind(append.stream.id),
        Fact::DocumentTrashed {} | Fact::DocumentRestored {} => sqlx::query(
            "update document set deleted_at = ?, version = ?, changed_at = ? where id = ?",
        )
        .bind(matches!(fact, Fact::DocumentTrashed {}).then_some(place.now.0))
        .bind(sql(place.seq))
        .bind(place.now.0)
        .bind(append.stream.id),
        _ => return None,
    };
    Some(write)
}

fn link(append: &Append, fact: &Fact, place: Place) -> Option<Write> {
    let write = match fact {
        Fact::LinkCreated { link, level, label } => sqlx::query(
            "insert into link (id, document, project, level, label, created_at, seq)
             select ?, id, project, ?, ?, ?, ? from document where id = ?",
        )
        .bind(link.0)
        .bind(level.as_str())
        .bind(label.clone())
        .bind(place.now.0)
        .bind(sql(place.seq))
        .bind(append.stream.id),
        Fact::LinkRevoked { link } => sqlx::query(
            "update link set revoked_at = ifnull(revoked_at, ?) where id = ? and document = ?",
        )
        .bind(place.now.0)
        .bind(link.0)
        .bind(append.stream.id),
        _ => return None,
    };
    Some(write)
}

fn principal(append: &Append, fact: &Fact, place: Place) -> Option<Write> {
    let (project, kind, name, root) = match fact {
        Fact::GuestAdmitted { project, name, root } => {
            (project, PrincipalKind::Guest, name, root.0)
        }
        Fact::ServiceRegistered { project, name } => {
            (project, PrincipalKind::Service, name, append.stream.id)
        }
        Fact::GuestRenamed { name } => {
            return Some(
                sqlx::query("update principal set name = ?, version = ? where id = ?")
                    .bind(name.clone())
                    .bind(sql(place.seq))
                    .bind(append.stream.id),
            );
        }
        _ => return None,
    };
    Some(
        sqlx::query(
            "insert into principal (id, project, kind, name, root, version) values (?, ?, ?, ?, ?, ?)",
        )
        .bind(append.stream.id)
        .bind(project.0)
        .bind(kind.as_str())
        .bind(name.clone())
        .bind(root)
        .bind(sql(place.seq)),
    )
}
