//! What each role is answered where no level and no membership says it.

use sticky_domain::access::Level;

use super::role::Role;

pub(super) fn browsers(role: Role) -> u16 {
    match role {
        _ if role.is_nobody() => 401,
        _ if role.is_guest() || role.is_signed_in() || role == Role::Waiting => 200,
        _ => 403,
    }
}

pub(super) fn signed_in(role: Role) -> u16 {
    match role {
        _ if role.is_nobody() => 401,
        _ if role.is_signed_in() => 200,
        _ => 403,
    }
}

pub(super) fn signed_in_elsewhere(role: Role) -> u16 {
    if role.is_signed_in() { 404 } else { signed_in(role) }
}

/// Where registration is closed.
pub(super) fn registrars(role: Role) -> u16 {
    match role {
        Role::Deleted => 401,
        _ if role.is_admin() => 201,
        _ => 403,
    }
}

pub(super) fn registered(role: Role) -> u16 {
    match role {
        _ if role.is_nobody() => 401,
        _ if role.is_guest() || role == Role::Waiting => 403,
        _ => 200,
    }
}

pub(super) fn admins(role: Role) -> u16 {
    match role {
        _ if role.is_nobody() => 401,
        _ if role.is_admin() => 200,
        _ => 403,
    }
}

/// Nobody gives away what has an owner.
pub(super) fn appointers(role: Role) -> u16 {
    if role.is_admin() { 409 } else { admins(role) }
}

pub(super) fn unknown(role: Role) -> u16 {
    if role == Role::Deleted { 401 } else { 404 }
}

/// Notes are made by whoever is somebody beside a guest of a link.
pub(super) fn authors(role: Role) -> u16 {
    match role {
        Role::ReadToken | Role::Waiting => 403,
        _ if role.is_nobody() || role.is_guest() => 401,
        _ => 201,
    }
}

/// Owners take it away from the viewer, who may leave.
pub(super) fn leavers(role: Role) -> u16 {
    match (role, role.level()) {
        _ if role.is_nobody() => 401,
        (Role::ReadToken, _) => 403,
        (_, None) => 404,
        (Role::Viewer, _) | (_, Some(Level::Owner)) => 204,
        _ => 403,
    }
}

pub(super) fn answerers(role: Role) -> u16 {
    match (role, role.level()) {
        _ if role.is_nobody() => 401,
        (_, None | Some(Level::Owner)) => 404,
        _ => 403,
    }
}

/// Services stay in their project.
pub(super) fn founders(role: Role) -> u16 {
    match role {
        _ if role.is_nobody() => 401,
        Role::WriteToken | Role::AdminToken => 201,
        _ if role.is_signed_in() => 201,
        _ => 403,
    }
}

/// Users have a project of their own.
pub(super) fn group_founders(role: Role) -> u16 {
    match role {
        Role::Manager => 201,
        Role::Stranger | Role::OtherProject | Role::Viewer => 404,
        Role::Editor | Role::GroupMember | Role::Owner => 404,
        _ => founders(role),
    }
}

/// Whoever reads what is in it; a guest only knows that it is there.
pub(super) fn readers_of_a_project(role: Role) -> u16 {
    match role {
        _ if role.is_nobody() => 401,
        Role::Manager | Role::ProjectViewer | Role::ProjectMember => 200,
        Role::ProjectGuest => 403,
        _ => 404,
    }
}

pub(super) fn leavers_of_a_group(role: Role) -> u16 {
    match role {
        _ if role.is_nobody() => 401,
        Role::Manager | Role::GroupMember => 204,
        Role::ProjectViewer | Role::ProjectMember | Role::ReadToken => 403,
        _ => 404,
    }
}
