//! Facts into read rows, in the transaction of the fact.

use sqlx::postgres::{PgArguments, PgConnection, Postgres};
use sqlx::query::Query;
use sticky_domain::access::Recipient;
use sticky_domain::event::Fact;
use sticky_domain::port::{Append, PrincipalKind, StoreError};
use sticky_domain::title;

use crate::control::Place;
use crate::failure::store_error;
use crate::folding::folded;
use crate::row::sql;

type Write = Query<'static, Postgres, PgArguments>;

pub(super) async fn fold(
    connection: &mut PgConnection,
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
                 values ($1, $2, $3, $4)
                 on conflict (document, recipient) do update set
                     level = excluded.level, granted_at = excluded.granted_at",
            )
            .bind(append.stream.id)
            .bind(principal.0)
            .bind(level.as_str())
            .bind(place.now.0),
        ),
        Fact::PermissionRevoked { recipient: Recipient::Principal(principal) } => Some(
            sqlx::query("delete from document_grant where document = $1 and recipient = $2")
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
                 values ($1, $2, $3, $4, $5)",
            )
            .bind(token.0)
            .bind(sha256.to_vec())
            .bind(append.stream.id)
            .bind(label.clone())
            .bind(place.now.0),
        ),
        Fact::TokenRevoked { token } => Some(
            sqlx::query(
                "update access_token set revoked_at = coalesce(revoked_at, $1) where id = $2",
            )
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
            "with content as (insert into stream (kind, id, updated_at) values (2, $1, $7))
             insert into document (id, project, title, title_folded, derived_folded, version,
                 created_at, changed_at)
             values ($1, $2, $3, $4, $5, $6, $7, $7)",
        )
        .bind(append.stream.id)
        .bind(project.0)
        .bind(title.clone())
        .bind(title.as_deref().map(folded))
        .bind(folded(title::UNTITLED))
        .bind(sql(place.seq))
        .bind(place.now.0),
        Fact::DocumentRenamed { title } => sqlx::query(
            "update document set title = $1, title_folded = $2, version = $3, changed_at = $4 where id = $5",
        )
        .bind(title.clone())
        .bind(title.as_deref().map(folded))
        .bind(sql(place.seq))
        .bind(place.now.0)
        .bind(append.stream.id),
        Fact::DocumentTrashed {} | Fact::DocumentRestored {} => sqlx::query(
            "update document set deleted_at = $1, version = $2, changed_at = $3 where id = $4",
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
             select $1::uuid, id, project, $2::text, $3::text, $4::int8, $5::int8
             from document where id = $6",
        )
        .bind(link.0)
        .bind(level.as_str())
        .bind(label.clone())
        .bind(place.now.0)
        .bind(sql(place.seq))
        .bind(append.stream.id),
        Fact::LinkRevoked { link } => sqlx::query(
            "update link set revoked_at = coalesce(revoked_at, $1) where id = $2 and document = $3",
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
                sqlx::query("update principal set name = $1, version = $2 where id = $3")
                    .bind(name.clone())
                    .bind(sql(place.seq))
                    .bind(append.stream.id),
            );
        }
        _ => return None,
    };
    Some(
        sqlx::query(
            "insert into principal (id, project, kind, name, root, version) values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(append.stream.id)
        .bind(project.0)
        .bind(kind.as_str())
        .bind(name.clone())
        .bind(root)
        .bind(sql(place.seq)),
    )
}
