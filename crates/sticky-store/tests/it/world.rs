//! What the tests make things with.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use bytes::Bytes;
use sticky_domain::access::{Caller, Claim, Level, Recipient, Right, Role};
use sticky_domain::event::{Actor, Fact, Via};
use sticky_domain::fence::KeyVersion;
use sticky_domain::id::{DocumentId, GroupId, LinkId, PrincipalId, ProjectId, RootId, SessionId};
use sticky_domain::link::LinkTerms;
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{
    Access as _, Append, AppendError, Appended, BrowserSession, Clock, EventStore as _, Expected,
    NewUpdate, Recorded, Sessions,
};
use sticky_domain::project::ProjectKind;
use sticky_domain::stream::StreamId;
use sticky_domain::time::Timestamp;
use sticky_store::Store;
use uuid::Uuid;

pub(crate) const PROJECT: ProjectId = ProjectId(Uuid::from_u128(0x5713));

/// A clock that the test moves, or that moves by itself whenever it is looked at.
#[derive(Debug)]
pub(crate) struct TestClock {
    time: AtomicI64,
    step: AtomicI64,
}

impl TestClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { time: AtomicI64::new(1_800_000_000_000), step: AtomicI64::new(0) })
    }

    pub(crate) fn time(&self) -> Timestamp {
        self.now()
    }

    pub(crate) fn advance(&self, milliseconds: i64) {
        self.time.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// From now on no two looks show the same time.
    pub(crate) fn tick(&self) {
        self.step.store(1, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.time.fetch_add(self.step.load(Ordering::SeqCst), Ordering::SeqCst))
    }
}

/// Ids that no two tests share.
pub(crate) fn id() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let nth = u128::from(NEXT.fetch_add(1, Ordering::SeqCst));
    Uuid::from_u128((u128::from(std::process::id()) << 64) | nth)
}

pub(crate) fn principal() -> PrincipalId {
    PrincipalId(id())
}

pub(crate) fn actor(principal: PrincipalId) -> Actor {
    Actor { principal, via: Via::Direct, correlation: None }
}

pub(crate) fn op(principal: PrincipalId, text: &str) -> OpKey {
    OpKey::of(principal, text.as_bytes())
}

pub(crate) fn update(principal: PrincipalId, fence: &[KeyVersion], text: &str) -> NewUpdate {
    NewUpdate {
        actor: actor(principal),
        op: op(principal, text),
        fence: fence.to_vec(),
        bytes: Bytes::copy_from_slice(text.as_bytes()),
    }
}

/// An update as someone with this right sends it.
pub(crate) fn update_under(right: &Right, text: &str) -> NewUpdate {
    let actor = Actor { principal: right.principal, via: right.via, correlation: None };
    NewUpdate { actor, ..update(right.principal, &right.fence, text) }
}

pub(crate) async fn append(
    store: &Store,
    stream: StreamId,
    facts: Vec<Fact>,
) -> Result<Appended, AppendError> {
    append_as(store, stream, Expected::Any, facts, principal(), &[]).await
}

pub(crate) async fn append_as(
    store: &Store,
    stream: StreamId,
    expected: Expected,
    facts: Vec<Fact>,
    principal: PrincipalId,
    fence: &[KeyVersion],
) -> Result<Appended, AppendError> {
    let op = OpKey::of(principal, id().as_bytes());
    let actor = actor(principal);
    store.append(Append { stream, expected, facts, actor, op, fence: fence.to_vec() }).await
}

pub(crate) fn grant(to: PrincipalId, level: Level) -> Fact {
    Fact::PermissionGranted { recipient: Recipient::Principal(to), level, replaces: None }
}

/// A document with an owner.
pub(crate) async fn document(store: &Store, owner: PrincipalId) -> DocumentId {
    titled(store, owner, None).await
}

pub(crate) async fn titled(store: &Store, owner: PrincipalId, title: Option<&str>) -> DocumentId {
    let document = DocumentId(id());
    let created = Fact::DocumentCreated { project: PROJECT, title: title.map(str::to_owned) };
    append(store, StreamId::document(document), vec![created, grant(owner, Level::Owner)])
        .await
        .unwrap();
    document
}

/// Gives a document to someone, or to a group.
pub(crate) async fn give(store: &Store, document: DocumentId, to: Recipient, level: Level) {
    let granted = Fact::PermissionGranted { recipient: to, level, replaces: None };
    append(store, StreamId::document(document), vec![granted]).await.unwrap();
}

pub(crate) fn added(member: Recipient, role: Role) -> Fact {
    Fact::MemberAdded { member, role }
}

/// A group with these members.
pub(crate) async fn group(store: &Store, members: &[Recipient]) -> GroupId {
    let group = GroupId(id());
    let mut facts = vec![Fact::GroupCreated { project: PROJECT, name: "a group".to_owned() }];
    facts.extend(members.iter().map(|member| added(*member, Role::Member)));
    append(store, StreamId::group(group), facts).await.unwrap();
    group
}

/// A project with an owner.
pub(crate) async fn project(store: &Store, owner: PrincipalId) -> ProjectId {
    let project = ProjectId(id());
    let facts = vec![
        Fact::ProjectCreated { name: "a project".to_owned(), kind: ProjectKind::Team },
        added(Recipient::Principal(owner), Role::Owner),
    ];
    append(store, StreamId::project(project), facts).await.unwrap();
    project
}

pub(crate) async fn link(store: &Store, document: DocumentId, level: Level) -> LinkId {
    let label = Some("for the team".to_owned());
    link_with(store, document, LinkTerms { label, ..LinkTerms::open(level) }).await
}

pub(crate) async fn link_with(store: &Store, document: DocumentId, terms: LinkTerms) -> LinkId {
    let link = LinkId(id());
    let created = Fact::LinkCreated { link, terms };
    append(store, StreamId::document(document), vec![created]).await.unwrap();
    link
}

/// A guest whom a link has let in.
pub(crate) async fn guest(store: &Store, name: &str) -> (PrincipalId, RootId) {
    let (guest, root) = (principal(), RootId::from(SessionId(id())));
    let admitted = Fact::GuestAdmitted { project: PROJECT, name: name.to_owned(), root };
    append(store, StreamId::principal(guest), vec![admitted]).await.unwrap();
    (guest, root)
}

/// A guest in a browser of its own, let in by a link.
pub(crate) async fn guest_by(store: &Store, link: LinkId) -> PrincipalId {
    let session = BrowserSession {
        id: SessionId(id()),
        project: PROJECT,
        principal: None,
        guests: Vec::new(),
        login: None,
    };
    Sessions::open(store, &session, [9; 32]).await.unwrap();
    let (someone, _) = guest(store, "Ana").await;
    store.admit(session.id, link, someone).await.unwrap();
    someone
}

pub(crate) fn caller(claims: &[Claim]) -> Caller {
    Caller::new(PROJECT, claims.to_vec())
}

pub(crate) async fn right(store: &Store, claim: Claim, document: DocumentId) -> Option<Right> {
    store.right(&caller(&[claim]), document).await.unwrap()
}

/// Records one update by a principal without any right to rest on.
pub(crate) async fn record(store: &Store, document: DocumentId, text: &str) -> Recorded {
    let update = update(principal(), &[], text);
    store.record(document, vec![update]).await.remove(0).unwrap()
}
