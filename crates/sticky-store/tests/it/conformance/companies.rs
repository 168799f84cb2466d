//! Groups and projects: who is in them, and what that gives.

use sticky_domain::access::{Claim, Company, Level, Recipient, Role};
use sticky_domain::event::Fact;
use sticky_domain::fence::RightKey;
use sticky_domain::id::{DocumentId, GroupId, PrincipalId, ProjectId};
use sticky_domain::port::{Access as _, AppendError, Directory as _, PrincipalKind};
use sticky_domain::project::ProjectKind;
use sticky_domain::stream::StreamId;
use sticky_store::Store;

use crate::engines::Opened;
use crate::world::{
    PROJECT, added, append, caller, document, give, grant, group, guest, id, principal, project,
    right,
};

async fn level(store: &Store, who: PrincipalId, document: DocumentId) -> Option<Level> {
    right(store, Claim::Principal(who), document).await.map(|right| right.level)
}

pub(crate) async fn a_group_gives_its_members_what_it_was_given(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let (ana, ben, eve) = (principal(), principal(), principal());
    let inner = group(&store, &[Recipient::Principal(ana)]).await;
    let outer = group(&store, &[Recipient::Group(inner), Recipient::Principal(ben)]).await;
    give(&store, document, Recipient::Group(outer), Level::Editor).await;
    assert_eq!(level(&store, ana, document).await, Some(Level::Editor));
    assert_eq!(level(&store, ben, document).await, Some(Level::Editor));
    assert_eq!(level(&store, eve, document).await, None);
    let through = right(&store, Claim::Principal(ana), document).await.unwrap();
    let keys: Vec<_> = through.fence.iter().map(|held| held.key).collect();
    let expected = [
        RightKey::Document(document),
        RightKey::Principal(ana),
        RightKey::Group(inner),
        RightKey::Group(outer),
    ];
    assert_eq!(keys, expected);
    give(&store, document, Recipient::Principal(ana), Level::Editor).await;
    let direct = right(&store, Claim::Principal(ana), document).await.unwrap();
    assert_eq!(direct.fence.len(), 2, "of two ways the one that rests on less");
    give(&store, document, Recipient::Principal(ana), Level::Viewer).await;
    assert_eq!(level(&store, ana, document).await, Some(Level::Editor), "the highest counts");
}

pub(crate) async fn a_role_in_the_project_gives_its_level(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let stranger = principal();
    let table = [
        (Role::Guest, None),
        (Role::Viewer, Some(Level::Viewer)),
        (Role::Member, Some(Level::Editor)),
        (Role::Admin, Some(Level::Owner)),
        (Role::Owner, Some(Level::Owner)),
    ];
    for (role, expected) in table {
        let someone = principal();
        let joins = vec![added(Recipient::Principal(someone), role)];
        append(&store, StreamId::project(PROJECT), joins).await.unwrap();
        assert_eq!(level(&store, someone, document).await, expected, "{role:?}");
        if expected.is_some() {
            let held = right(&store, Claim::Principal(someone), document).await.unwrap().fence;
            assert_eq!(held.last().unwrap().key, RightKey::Project(PROJECT));
        }
    }
    assert_eq!(level(&store, stranger, document).await, None);
    let elsewhere = ProjectId(id());
    let joins = vec![added(Recipient::Principal(stranger), Role::Owner)];
    append(&store, StreamId::project(elsewhere), joins).await.unwrap();
    assert_eq!(level(&store, stranger, document).await, None, "another project gives nothing");
}

/// What was handed over from somebody's own project is another's alone.
pub(crate) async fn a_role_in_ones_own_project_gives_nothing(opened: Opened) {
    let store = opened.store;
    let (ana, ben, own) = (principal(), principal(), ProjectId(id()));
    let name = "Ana".to_owned();
    let made = vec![
        Fact::ProjectCreated { name, kind: ProjectKind::Personal },
        added(Recipient::Principal(ana), Role::Owner),
    ];
    append(&store, StreamId::project(own), made).await.unwrap();
    let note = DocumentId(id());
    let made = vec![Fact::DocumentCreated { project: own, title: None }, grant(ana, Level::Owner)];
    append(&store, StreamId::document(note), made).await.unwrap();
    assert_eq!(level(&store, ana, note).await, Some(Level::Owner));
    let from = Recipient::Principal(ana);
    let handed_over = vec![grant(ben, Level::Owner), Fact::PermissionRevoked { recipient: from }];
    append(&store, StreamId::document(note), handed_over).await.unwrap();
    assert_eq!(level(&store, ben, note).await, Some(Level::Owner));
    assert_eq!(level(&store, ana, note).await, None);
    assert_eq!(store.memberships(&[ana]).await, Ok(vec![]), "its list is nobody's");
}

pub(crate) async fn a_group_in_a_project_has_its_role(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let ana = principal();
    let cooks = group(&store, &[Recipient::Principal(ana)]).await;
    let joins = vec![added(Recipient::Group(cooks), Role::Member)];
    append(&store, StreamId::project(PROJECT), joins).await.unwrap();
    let held = right(&store, Claim::Principal(ana), document).await.unwrap();
    assert_eq!(held.level, Level::Editor);
    let keys: Vec<_> = held.fence.iter().skip(2).map(|held| held.key).collect();
    assert_eq!(keys, [RightKey::Group(cooks), RightKey::Project(PROJECT)]);
}

pub(crate) async fn a_group_is_never_in_itself(opened: Opened) {
    let store = opened.store;
    let (one, two, three) =
        (group(&store, &[]).await, group(&store, &[]).await, group(&store, &[]).await);
    let add = async |outer: GroupId, inner: GroupId| {
        let facts = vec![added(Recipient::Group(inner), Role::Member)];
        append(&store, StreamId::group(outer), facts).await.map(drop)
    };
    add(one, two).await.unwrap();
    add(two, three).await.unwrap();
    for (outer, inner) in [(three, one), (two, one), (one, one), (three, two)] {
        assert_eq!(add(outer, inner).await, Err(AppendError::Circle(inner)));
    }
    add(one, three).await.unwrap();
}

pub(crate) async fn a_standing_is_that_of_the_group_or_its_project(opened: Opened) {
    let store = opened.store;
    let (owner, admin, member, viewer, cook, stranger) =
        (principal(), principal(), principal(), principal(), principal(), principal());
    let team = project(&store, owner).await;
    let joins = [(admin, Role::Admin), (member, Role::Member), (viewer, Role::Guest)];
    let joins = joins.map(|(who, role)| added(Recipient::Principal(who), role)).to_vec();
    append(&store, StreamId::project(team), joins).await.unwrap();
    let cooks = GroupId(id());
    let made = vec![
        Fact::GroupCreated { project: team, name: "Cooks".to_owned() },
        added(Recipient::Principal(cook), Role::Member),
    ];
    append(&store, StreamId::group(cooks), made).await.unwrap();
    let role = async |who, company| {
        let standing = store.role(&caller(&[Claim::Principal(who)]), company).await.unwrap();
        standing.map(|standing| standing.role)
    };
    let (in_team, in_cooks) = (Company::Project(team), Company::Group(cooks));
    let table = [
        (owner, Some(Role::Owner), Some(Role::Admin)),
        (admin, Some(Role::Admin), Some(Role::Admin)),
        (member, Some(Role::Member), Some(Role::Viewer)),
        (viewer, Some(Role::Guest), None),
        (cook, None, Some(Role::Member)),
        (stranger, None, None),
    ];
    for (who, of_team, of_cooks) in table {
        assert_eq!((role(who, in_team).await, role(who, in_cooks).await), (of_team, of_cooks));
    }
    let elsewhere = caller(&[Claim::Principal(owner)]).within(PROJECT);
    assert_eq!(store.role(&elsewhere, in_team).await, Ok(None));
    assert_eq!(store.role(&elsewhere, in_cooks).await, Ok(None));
    append(&store, StreamId::group(cooks), vec![Fact::GroupDeleted {}]).await.unwrap();
    assert_eq!(role(owner, in_cooks).await, None);
}

pub(crate) async fn who_is_in_what_is_listed(opened: Opened) {
    let store = opened.store;
    let (ana, ben) = (principal(), principal());
    let team = project(&store, ana).await;
    let inner = group(&store, &[Recipient::Principal(ben)]).await;
    let outer = group(&store, &[Recipient::Group(inner)]).await;
    let joins = vec![added(Recipient::Group(outer), Role::Viewer)];
    append(&store, StreamId::project(team), joins).await.unwrap();
    let projects = async |who| {
        let rows = store.projects_of(&[who]).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(projects(ana).await, [team]);
    assert_eq!(projects(ben).await, [team], "by way of two groups");
    assert!(projects(principal()).await.is_empty());
    let mut groups: Vec<_> =
        store.groups_of(&[ben]).await.unwrap().into_iter().map(|row| row.id).collect();
    groups.sort();
    let mut expected = [inner, outer];
    expected.sort();
    assert_eq!(groups, expected);
    let (ana_in, ben_in) =
        (store.memberships(&[ana]).await.unwrap(), store.memberships(&[ben]).await.unwrap());
    assert_eq!(ana_in, [(Company::Project(team), Role::Owner)]);
    assert!(ben_in.contains(&(Company::Project(team), Role::Viewer)), "by way of two groups");
    assert_eq!(ben_in.len(), 3);
    let members = store.members(Company::Project(team)).await.unwrap();
    let told: Vec<_> = members.iter().map(|row| (row.member, row.role)).collect();
    assert_eq!(
        told,
        [(Recipient::Principal(ana), Role::Owner), (Recipient::Group(outer), Role::Viewer)]
    );
    assert_eq!(members[1].name.as_deref(), Some("a group"));
    let left = vec![Fact::MemberRemoved { member: Recipient::Group(outer) }];
    append(&store, StreamId::project(team), left).await.unwrap();
    assert!(projects(ben).await.is_empty());
    assert_eq!(store.project(team).await.unwrap().unwrap().name, "a project");
    append(&store, StreamId::group(outer), vec![Fact::GroupDeleted {}]).await.unwrap();
    assert_eq!(store.group(outer).await, Ok(None));
}

pub(crate) async fn whom_a_note_is_given_to_is_listed(opened: Opened) {
    let store = opened.store;
    let owner = principal();
    let document = document(&store, owner).await;
    let (ana, root) = guest(&store, "Ana").await;
    let cooks = group(&store, &[]).await;
    opened.clock.advance(1);
    give(&store, document, Recipient::Principal(ana), Level::Viewer).await;
    give(&store, document, Recipient::Group(cooks), Level::Editor).await;
    let rows = store.recipients(document).await.unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.recipient, row.level)).collect();
    assert_eq!(
        told,
        [
            (Recipient::Principal(owner), Level::Owner),
            (Recipient::Group(cooks), Level::Editor),
            (Recipient::Principal(ana), Level::Viewer),
        ]
    );
    assert_eq!(rows[1].name.as_deref(), Some("a group"));
    assert_eq!((rows[2].name.as_deref(), rows[2].root), (Some("Ana"), Some(root)));
    assert_eq!((rows[2].kind, rows[1].kind), (Some(PrincipalKind::Guest), None));
    assert!(rows.iter().all(|row| row.granted_by.is_some()));
    let again = vec![grant(ana, Level::Owner)];
    append(&store, StreamId::document(document), again).await.unwrap();
    assert_eq!(store.recipients(document).await.unwrap().len(), 3, "one per recipient");
}
