//! Projects, groups and who is in them.

use sticky_domain::access::{Recipient, Role};
use sticky_domain::event::Fact;
use sticky_domain::id::ProjectId;
use sticky_domain::port::Append;
use sticky_domain::project::ProjectKind;
use uuid::Uuid;

use crate::control::Place;
use crate::row::sql;
use crate::statement::Statement;

/// What follows from a fact of a group's or a project's stream.
pub(super) fn statements(append: &Append, fact: &Fact, place: Place) -> Vec<Statement> {
    let id = append.stream.id;
    match fact {
        Fact::ProjectCreated { name, kind } => vec![project_created(id, name, *kind, place)],
        Fact::ProjectRenamed { name } => {
            vec![renamed(
                "update project set name = $1, version = $2 where id = $3",
                id,
                name,
                place,
            )]
        }
        Fact::GroupCreated { project, name } => vec![group_created(id, *project, name, place)],
        Fact::GroupRenamed { name } => {
            vec![renamed(
                "update user_group set name = $1, version = $2 where id = $3",
                id,
                name,
                place,
            )]
        }
        Fact::GroupDeleted {} => group_deleted(id, place),
        Fact::MemberAdded { member, role } => vec![member_added(append, *member, *role, place)],
        Fact::MemberRoleChanged { member, role, .. } => {
            vec![
                Statement::new("update membership set role = $1 where scope = $2 and member = $3")
                    .text(Some(role.as_str()))
                    .id(id)
                    .id(member.parts().1),
            ]
        }
        Fact::MemberRemoved { member } => {
            vec![
                Statement::new("delete from membership where scope = $1 and member = $2")
                    .id(id)
                    .id(member.parts().1),
            ]
        }
        _ => Vec::new(),
    }
}

fn project_created(id: Uuid, name: &str, kind: ProjectKind, place: Place) -> Statement {
    Statement::new(
        "insert into project (id, name, kind, created_at, version) values ($1, $2, $3, $4, $5)",
    )
    .id(id)
    .text(Some(name))
    .text(Some(kind.as_str()))
    .number(place.now.0)
    .number(sql(place.seq))
}

fn group_created(id: Uuid, project: ProjectId, name: &str, place: Place) -> Statement {
    Statement::new(
        "insert into user_group (id, project, name, created_at, version)
         values ($1, $2, $3, $4, $5)",
    )
    .id(id)
    .id(project.0)
    .text(Some(name))
    .number(place.now.0)
    .number(sql(place.seq))
}

fn renamed(text: &'static str, id: Uuid, name: &str, place: Place) -> Statement {
    Statement::new(text).text(Some(name)).number(sql(place.seq)).id(id)
}

/// Nobody is in it any more, so what it was granted reaches nobody.
fn group_deleted(id: Uuid, place: Place) -> Vec<Statement> {
    let group = Statement::new("update user_group set deleted_at = $1, version = $2 where id = $3")
        .number(place.now.0)
        .number(sql(place.seq))
        .id(id);
    let members = Statement::new("delete from membership where scope = $1").id(id);
    let itself = Statement::new("delete from membership where member = $1").id(id);
    vec![group, members, itself]
}

fn member_added(append: &Append, member: Recipient, role: Role, place: Place) -> Statement {
    let (kind, id) = member.parts();
    Statement::new(
        "insert into membership (scope, member, kind, member_kind, role, added_by, added_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (scope, member) do update set role = excluded.role",
    )
    .id(append.stream.id)
    .id(id)
    .number(i64::from(append.stream.kind.code()))
    .text(Some(kind))
    .text(Some(role.as_str()))
    .id(append.actor.principal.0)
    .number(place.now.0)
}
