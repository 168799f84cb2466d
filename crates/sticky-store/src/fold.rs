//! Facts into read rows: the same on every engine, down to the text of the SQL.

use sticky_domain::access::Recipient;
use sticky_domain::event::Fact;
use sticky_domain::id::ProjectId;
use sticky_domain::port::{Append, PrincipalKind};
use sticky_domain::title;
use uuid::Uuid;

use crate::control::Place;
use crate::folding::folded;
use crate::row::sql;

/// A statement that every engine understands, and what to bind.
pub(crate) struct Write {
    pub(crate) text: &'static str,
    pub(crate) values: Vec<Value>,
}

pub(crate) enum Value {
    Id(Uuid),
    Number(Option<i64>),
    Text(Option<String>),
    Bytes(Vec<u8>),
}

/// What follows from a fact, to be written in its transaction.
pub(crate) fn writes(append: &Append, fact: &Fact, place: Place) -> Vec<Write> {
    let (id, now) = (append.stream.id, place.now.0);
    let write = match fact {
        Fact::DocumentCreated { project, title } => {
            return document_created(id, *project, title.as_deref(), place);
        }
        Fact::DocumentRenamed { title } => Write::new(
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
        Fact::PermissionGranted { recipient: Recipient::Principal(principal), level, .. } => {
            Write::new(
                "insert into document_grant (document, recipient, level, granted_at)
                 values ($1, $2, $3, $4)
                 on conflict (document, recipient) do update set
                     level = excluded.level, granted_at = excluded.granted_at",
            )
            .id(id)
            .id(principal.0)
            .text(Some(level.as_str()))
            .number(now)
        }
        Fact::PermissionRevoked { recipient: Recipient::Principal(principal) } => {
            Write::new("delete from document_grant where document = $1 and recipient = $2")
                .id(id)
                .id(principal.0)
        }
        Fact::LinkCreated { link, level, label } => Write::new(
            "insert into link (id, document, project, level, label, created_at, seq)
             select $1, id, project, $2, $3, $4, $5 from document where id = $6",
        )
        .id(link.0)
        .text(Some(level.as_str()))
        .text(label.as_deref())
        .number(now)
        .number(sql(place.seq))
        .id(id),
        Fact::LinkRevoked { link } => Write::new(
            "update link set revoked_at = coalesce(revoked_at, $1) where id = $2 and document = $3",
        )
        .number(now)
        .id(link.0)
        .id(id),
        Fact::TokenIssued { token, sha256, label } => Write::new(
            "insert into access_token (id, sha256, principal, label, issued_at)
             values ($1, $2, $3, $4, $5)",
        )
        .id(token.0)
        .bytes(sha256)
        .id(id)
        .text(label.as_deref())
        .number(now),
        Fact::TokenRevoked { token } => Write::new(
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
            Write::new("update principal set name = $1, version = $2 where id = $3")
                .text(Some(name))
                .number(sql(place.seq))
                .id(id)
        }
        Fact::LinkRedeemed { .. } | Fact::ProjectCreated { .. } => return Vec::new(),
    };
    vec![write]
}

/// The content stream begins with its document, so that the fence has a row to read.
fn document_created(id: Uuid, project: ProjectId, title: Option<&str>, place: Place) -> Vec<Write> {
    let now = place.now.0;
    let document = Write::new(
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
    let content = Write::new("insert into stream (kind, id, updated_at) values (2, $1, $2)")
        .id(id)
        .number(now);
    vec![document, content]
}

fn deleted_at(id: Uuid, time: Option<i64>, place: Place) -> Write {
    Write::new("update document set deleted_at = $1, version = $2, changed_at = $3 where id = $4")
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
) -> Write {
    Write::new(
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

impl Write {
    const fn new(text: &'static str) -> Self {
        Self { text, values: Vec::new() }
    }

    fn id(self, id: Uuid) -> Self {
        self.with(Value::Id(id))
    }

    fn number(self, number: impl Into<Option<i64>>) -> Self {
        self.with(Value::Number(number.into()))
    }

    fn text(self, text: Option<&str>) -> Self {
        self.with(Value::Text(text.map(str::to_owned)))
    }

    fn bytes(self, bytes: &[u8]) -> Self {
        self.with(Value::Bytes(bytes.to_vec()))
    }

    fn with(mut self, value: Value) -> Self {
        self.values.push(value);
        self
    }
}
