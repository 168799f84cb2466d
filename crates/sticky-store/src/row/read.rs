use sticky_domain::id::{DocumentId, LinkId, PrincipalId, ProjectId, RootId};
use sticky_domain::port::{DocumentRow, LinkRow, PrincipalKind, PrincipalRow, StoreError, Totals};

use super::{Columns, unreadable};

/// A row of `document`, joined with its content stream.
pub(crate) fn document(row: &impl Columns) -> Result<DocumentRow, StoreError> {
    Ok(DocumentRow {
        id: DocumentId(row.uuid("id")?),
        project: ProjectId(row.uuid("project")?),
        title: row.text_or_none("title")?,
        derived_title: row.text("derived_title")?,
        derived_seq: row.number("derived_seq")?,
        head: row.number("head")?,
        version: row.number("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        deleted_at: row.time_or_none("deleted_at")?,
    })
}

/// A row of `link`.
pub(crate) fn link(row: &impl Columns) -> Result<LinkRow, StoreError> {
    Ok(LinkRow {
        id: LinkId(row.uuid("id")?),
        document: DocumentId(row.uuid("document")?),
        project: ProjectId(row.uuid("project")?),
        level: row.level("level")?,
        label: row.text_or_none("label")?,
        created_at: row.time("created_at")?,
        revoked_at: row.time_or_none("revoked_at")?,
    })
}

/// A row of `principal`.
pub(crate) fn principal(row: &impl Columns) -> Result<PrincipalRow, StoreError> {
    let kind = PrincipalKind::parse(&row.text("kind")?);
    Ok(PrincipalRow {
        id: PrincipalId(row.uuid("id")?),
        project: ProjectId(row.uuid("project")?),
        kind: kind.ok_or_else(|| unreadable("a principal"))?,
        name: row.text("name")?,
        root: RootId(row.uuid("root")?),
        version: row.number("version")?,
    })
}

/// Counts of everything.
pub(crate) fn totals(row: &impl Columns) -> Result<Totals, StoreError> {
    Ok(Totals {
        documents: row.number("documents")?,
        trashed_documents: row.number("trashed_documents")?,
        links: row.number("links")?,
        principals: row.number("principals")?,
        facts: row.number("facts")?,
        updates: row.number("updates")?,
        bytes: row.number("bytes")?,
    })
}
