use std::time::Duration;

use sticky_domain::id::{LinkId, PrincipalId, ProjectId, SessionId, TokenId};
use sticky_domain::port::{AccessToken, BrowserSession, Login, Refreshed, StoreError};
use sticky_domain::time::Timestamp;

use super::Columns;
use super::account::scope;
use super::read::kind;

/// How long a spent ticket is remembered beyond its end, in case the clock is set back.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// Tickets that ended before this moment may be forgotten.
pub(crate) fn forgotten_before(now: Timestamp) -> i64 {
    now.0.saturating_sub(i64::try_from(REMEMBERED.as_millis()).unwrap_or(i64::MAX))
}

/// A row of `browser_session` for each of its guests, in the order of admission.
pub(crate) fn session(rows: &[impl Columns]) -> Result<Option<BrowserSession>, StoreError> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let mut session = BrowserSession {
        id: SessionId(first.uuid("id")?),
        project: ProjectId(first.uuid("project")?),
        principal: first.uuid_or_none("principal")?.map(PrincipalId),
        guests: Vec::with_capacity(rows.len()),
        login: match first.uuid_or_none("login")? {
            Some(_) => Some(login(first)?),
            None => None,
        },
    };
    for row in rows {
        if let Some(link) = row.uuid_or_none("link")? {
            session.guests.push((LinkId(link), PrincipalId(row.uuid("guest")?)));
        }
    }
    Ok(Some(session))
}

/// A row of `access_token`, joined with its principal.
pub(crate) fn token(row: &impl Columns) -> Result<AccessToken, StoreError> {
    Ok(AccessToken {
        id: TokenId(row.uuid("id")?),
        principal: PrincipalId(row.uuid("principal")?),
        kind: kind(row)?,
        project: ProjectId(row.uuid("project")?),
        scope: scope(row)?,
        until: row.time_or_none("until")?,
    })
}

/// A login as (login, login_user, login_project), with its principal's project.
pub(crate) fn login(row: &impl Columns) -> Result<Login, StoreError> {
    Ok(Login {
        token: TokenId(row.uuid("login")?),
        user: PrincipalId(row.uuid("login_user")?),
        project: ProjectId(row.uuid("login_project")?),
    })
}

/// What becomes of a row of `refresh_token` of a login that lives, when it is shown at `now`.
pub(crate) fn refreshed(
    row: Option<&impl Columns>,
    now: Timestamp,
) -> Result<Refreshed, StoreError> {
    let Some(row) = row else { return Ok(Refreshed::Unknown) };
    if row.time_or_none("used_at")?.is_some() {
        return Ok(Refreshed::Reused(login(row)?));
    }
    if row.time("expires_at")? <= now {
        return Ok(Refreshed::Unknown);
    }
    Ok(Refreshed::Renewed(login(row)?))
}
