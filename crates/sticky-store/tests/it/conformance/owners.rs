//! Who owns what is someone who is still here.

use sticky_domain::access::{Company, Level, Recipient, Role};
use sticky_domain::event::Fact;
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::port::{AppendError, Directory as _};
use sticky_domain::stream::StreamId;
use sticky_store::Store;

use super::accounts::user;
use crate::engines::Opened;
use crate::world::{PROJECT, added, append, document, grant, group, principal, project};

async fn leave(store: &Store, user: PrincipalId) {
    append(store, StreamId::principal(user), vec![Fact::UserDeleted {}]).await.unwrap();
}

fn lowered(who: PrincipalId) -> Fact {
    let (recipient, level) = (Recipient::Principal(who), Level::Editor);
    Fact::PermissionGranted { recipient, level, replaces: Some(Level::Owner) }
}

fn revoked(who: PrincipalId) -> Fact {
    Fact::PermissionRevoked { recipient: Recipient::Principal(who) }
}

pub(crate) async fn whoever_has_left_owns_no_note(opened: Opened) {
    let store = opened.store;
    let (ana, ben) = (user(&store, "ana").await.user, user(&store, "ben").await.user);
    let cem = principal();
    let note = StreamId::document(document(&store, ben).await);
    let cooks = Recipient::Group(group(&store, &[]).await);
    let owned = Fact::PermissionGranted { recipient: cooks, level: Level::Owner, replaces: None };
    append(&store, note, vec![grant(ana, Level::Owner), owned]).await.unwrap();
    append(&store, note, vec![lowered(ana), grant(ana, Level::Owner)]).await.unwrap();
    leave(&store, ben).await;
    for loss in [revoked(ana), lowered(ana)] {
        let refused = append(&store, note, vec![loss]).await;
        assert_eq!(refused, Err(AppendError::LastOwner));
    }
    let back = append(&store, note, vec![grant(ben, Level::Viewer)]).await;
    assert_eq!(back, Err(AppendError::Gone(ben)));
    let left = store.recipients(DocumentId(note.id)).await.unwrap();
    let gone: Vec<_> = left.iter().filter(|row| row.deleted).map(|row| row.recipient).collect();
    assert_eq!(gone, [Recipient::Principal(ben)]);
    append(&store, note, vec![grant(cem, Level::Owner), revoked(ana)]).await.unwrap();
    append(&store, note, vec![revoked(ben)]).await.unwrap();
    assert_eq!(append(&store, note, vec![revoked(cem)]).await, Err(AppendError::LastOwner));
}

pub(crate) async fn whoever_has_left_leads_no_project(opened: Opened) {
    let store = opened.store;
    let (ana, ben) = (user(&store, "ana").await.user, user(&store, "ben").await.user);
    let team = project(&store, ben).await;
    let (member, stream) = (Recipient::Principal(ana), StreamId::project(team));
    append(&store, stream, vec![added(member, Role::Owner)]).await.unwrap();
    leave(&store, ben).await;
    let lowered = Fact::MemberRoleChanged { member, role: Role::Admin, replaces: Role::Owner };
    for loss in [lowered, Fact::MemberRemoved { member }] {
        assert_eq!(append(&store, stream, vec![loss]).await, Err(AppendError::LastOwner));
    }
    let back = added(Recipient::Principal(ben), Role::Viewer);
    assert_eq!(append(&store, stream, vec![back]).await, Err(AppendError::Gone(ben)));
    let members = store.members(Company::Project(team)).await.unwrap();
    assert_eq!(members.iter().filter(|row| row.deleted).count(), 1);
    let other = added(Recipient::Principal(principal()), Role::Owner);
    append(&store, stream, vec![other]).await.unwrap();
    append(&store, stream, vec![Fact::MemberRemoved { member }]).await.unwrap();
}

pub(crate) async fn what_nobody_owns_any_more_is_listed(opened: Opened) {
    let store = opened.store;
    // Somebody has to run the installation.
    user(&store, "root").await;
    let (ana, ben) = (user(&store, "ana").await.user, user(&store, "ben").await.user);
    let mut alone = Vec::new();
    for _ in 0..3 {
        alone.push(document(&store, ben).await);
    }
    let shared = document(&store, ben).await;
    append(&store, StreamId::document(shared), vec![grant(ana, Level::Owner)]).await.unwrap();
    document(&store, ana).await;
    let found = async |project, after, limit| {
        let rows = store.ownerless(project, after, limit).await.unwrap();
        rows.into_iter().map(|row| (row.document.id, row.owner)).collect::<Vec<_>>()
    };
    assert_eq!(found(None, None, 9).await, []);
    leave(&store, ben).await;
    let of_ben: Vec<_> = alone.iter().map(|note| (*note, ben)).collect();
    assert_eq!(found(None, None, 9).await, of_ben);
    assert_eq!(found(Some(PROJECT), None, 2).await, of_ben[..2]);
    assert_eq!(found(Some(PROJECT), Some(alone[1]), 2).await, of_ben[2..]);
    assert_eq!(found(Some(project(&store, ana).await), None, 9).await, []);
    append(&store, StreamId::document(alone[0]), vec![grant(ana, Level::Owner)]).await.unwrap();
    assert_eq!(found(None, None, 9).await, of_ben[1..]);
    leave(&store, ana).await;
    let first = ana.min(ben);
    let of_two = [(alone[0], first), of_ben[1], of_ben[2], (shared, first)];
    assert_eq!(found(None, None, 4).await, of_two, "each once");
}
