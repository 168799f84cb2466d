use sticky_domain::access::Scope;
use sticky_domain::id::{PrincipalId, ProjectId, TokenId};
use sticky_domain::port::{AccountRow, IdentityRow, StoreError, TokenKind, TokenRow};

use super::{Columns, unreadable};

/// A row of `account`, joined with its principal and the version of its key.
pub(crate) fn account(row: &impl Columns) -> Result<AccountRow, StoreError> {
    Ok(AccountRow {
        id: PrincipalId(row.uuid("id")?),
        project: ProjectId(row.uuid("project")?),
        username: row.text("username")?,
        name: row.text("name")?,
        admin: row.number("admin")? != 0,
        key_version: row.number("key_version")?,
        registered_at: row.time("registered_at")?,
        deleted_at: row.time_or_none("deleted_at")?,
    })
}

/// A row of `identity`.
pub(crate) fn identity(row: &impl Columns) -> Result<IdentityRow, StoreError> {
    Ok(IdentityRow {
        provider: row.text("provider")?,
        subject: row.text("subject")?,
        name: row.text_or_none("name")?,
        linked_at: row.time_or_none("linked_at")?,
    })
}

/// A row of `access_token`.
pub(crate) fn token(row: &impl Columns) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: TokenId(row.uuid("id")?),
        kind: match row.text_or_none("login")? {
            Some(by) => TokenKind::Login { by },
            None => TokenKind::Api,
        },
        label: row.text_or_none("label")?,
        scope: scope(row)?,
        issued_at: row.time("issued_at")?,
        until: row.time_or_none("until")?,
    })
}

pub(super) fn scope(row: &impl Columns) -> Result<Scope, StoreError> {
    Scope::parse(&row.text("scope")?).ok_or_else(|| unreadable("a scope"))
}
