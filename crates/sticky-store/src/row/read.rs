use sticky_domain::id::{DocumentId, LinkId, PrincipalId, ProjectId, RootId};
use sticky_domain::link::{Audience, LinkTerms, PreviewPolicy};
use sticky_domain::password::Password;
use sticky_domain::port::{DocumentRow, LinkRow, PrincipalKind, PrincipalRow, StoreError, Totals};
use sticky_domain::projection::LinkUse;

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
        terms: terms(row)?,
        uses: row.number("uses")?,
        created_by: row.uuid_or_none("created_by")?.map(PrincipalId),
        created_at: row.time("created_at")?,
        revoked_at: row.time_or_none("revoked_at")?,
    })
}

fn terms(row: &impl Columns) -> Result<LinkTerms, StoreError> {
    let audience = Audience::parse(&row.text("audience")?);
    let preview = PreviewPolicy::parse(&row.text("preview")?);
    Ok(LinkTerms {
        level: row.level("level")?,
        label: row.text_or_none("label")?,
        audience: audience.ok_or_else(|| unreadable("whom a link is for"))?,
        expires_at: row.time_or_none("expires_at")?,
        max_uses: row.number_or_none("max_uses")?.and_then(|most| u32::try_from(most).ok()),
        password: row.text_or_none("password")?.map(Password::hashed),
        preview: preview.ok_or_else(|| unreadable("what a link shows"))?,
    })
}

pub(super) fn kind(row: &impl Columns) -> Result<PrincipalKind, StoreError> {
    PrincipalKind::parse(&row.text("kind")?).ok_or_else(|| unreadable("a principal"))
}

/// A row of `principal`.
pub(crate) fn principal(row: &impl Columns) -> Result<PrincipalRow, StoreError> {
    Ok(PrincipalRow {
        id: PrincipalId(row.uuid("id")?),
        project: ProjectId(row.uuid("project")?),
        kind: kind(row)?,
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

/// How a link was used, summed up or not.
pub(crate) fn link_use(row: &impl Columns) -> Result<LinkUse, StoreError> {
    Ok(LinkUse {
        openings: row.number("openings")?,
        opened_at: row.time_or_none("opened_at")?,
        edits: row.number("edits")?,
        edited_at: row.time_or_none("edited_at")?,
    })
}
