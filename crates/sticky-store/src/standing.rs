//! What the rows about a caller and a project or a group amount to.

use sticky_domain::access::{Caller, Company, Role, Standing};
use sticky_domain::fence::{KeyVersion, RightKey};
use sticky_domain::id::{GroupId, ProjectId};
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use crate::claims::via_of;
use crate::right::{Given, best_way, by_claim, keys_of, role, what};
use crate::row::Columns;

/// The id of a company and the kind of its stream.
pub(crate) fn parts(company: Company) -> (Uuid, i16) {
    match company {
        Company::Project(id) => (id.0, 5),
        Company::Group(id) => (id.0, 4),
    }
}

/// The most that the caller's claims make them. The rows of a claim are together.
pub(crate) fn highest<R: Columns>(
    caller: &Caller,
    company: Company,
    rows: &[R],
    now: Timestamp,
) -> Result<Option<Standing>, StoreError> {
    let mut highest: Option<Standing> = None;
    for (claim, rows) in by_claim(caller, rows)? {
        let way = best_way(claim, rows, |row| worth(company, row))?;
        let Some(way) = way else { continue };
        let row = &rows[0];
        let ends = [row.time_or_none("principal_until")?, row.time_or_none("key_until")?];
        let until = ends.into_iter().flatten().min();
        let ended = until.is_some_and(|until| until <= now);
        if ended || highest.as_ref().is_some_and(|highest| way.worth <= highest.role) {
            continue;
        }
        highest = Some(Standing {
            role: way.worth,
            project: ProjectId(row.uuid("project")?),
            principal: claim.principal(),
            via: via_of(claim),
            fence: [keys_of(claim, row)?, way.keys].concat(),
            until,
        });
    }
    Ok(highest)
}

/// What a row makes its holder in the company, and the key of the company that this rests on.
fn worth<R: Columns>(company: Company, row: &R) -> Result<Option<Given<Role>>, StoreError> {
    let role = match row.code("what")? {
        what::LOCAL => return Ok(Some(Given::resting_on(None, Role::Owner))),
        what::ROLE => role(row)?,
        _ => return Ok(None),
    };
    let (project, scope) = (row.uuid("project")?, row.uuid("scope")?);
    let is_project = scope == project;
    let role = match company {
        Company::Group(_) if is_project && role.manages() => Role::Admin,
        Company::Group(_) if is_project && role > Role::Guest => Role::Viewer,
        Company::Group(_) if is_project => return Ok(None),
        Company::Group(_) | Company::Project(_) => role,
    };
    let key = match is_project {
        true => RightKey::Project(ProjectId(scope)),
        false => RightKey::Group(GroupId(scope)),
    };
    let key = KeyVersion { key, version: row.number("scope_version")? };
    Ok(Some(Given::resting_on(Some(key), role)))
}
