//! The ports of the store are those of its engine.

use std::collections::HashMap;

use async_trait::async_trait;
use sticky_domain::access::{Caller, Company, Right, Standing};
use sticky_domain::event::Event;
use sticky_domain::id::{DocumentId, LinkId, PrincipalId, ProjectId, SessionId, TokenId};
use sticky_domain::port::{
    Access, AccessToken, Advance, Answers, Append, AppendError, Appended, Asked, AuditLog,
    AuditQuestion, Begun, BrowserSession, Build, DocumentPage, DocumentRow, EventStore, Found,
    Histories, Lag, LinkRow, ListRequest, Lists, Loaded, Login, NewUpdate, NoteText, PastEvent,
    PrincipalRow, ProjectionStatus, Projections, ReadModel, RecordError, Recorded, Refreshed,
    Search, SearchRequest, Sessions, Snapshot, Snapshots, StoreError, Swap, Target, Totals, Turn,
    Updates, WriteError,
};
use sticky_domain::projection::{Edit, LinkUse, Projection};
use sticky_domain::stream::{Lane, StreamId};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::in_time::in_time;

#[async_trait]
impl EventStore for Store {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.engine.append(append).await
    }

    async fn turn(&self) -> Turn {
        self.engine.content().turn().await
    }

    async fn record_in(
        &self,
        turn: Turn,
        document: DocumentId,
        updates: Vec<NewUpdate>,
    ) -> Vec<Result<Recorded, RecordError>> {
        self.engine.content().record_all(turn, document, updates).await
    }

    async fn stream(&self, stream: StreamId, after: u64) -> Result<Vec<Event>, StoreError> {
        self.histories().stream(stream, after).await
    }

    async fn updates(
        &self,
        document: DocumentId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Updates, StoreError> {
        self.histories().updates(document, after, max_bytes).await
    }

    async fn lane(&self, lane: Lane, beyond: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        in_time(self.engine.lane(lane, beyond, limit)).await
    }

    async fn position(&self, lane: Lane) -> Result<u64, StoreError> {
        in_time(self.engine.position(lane)).await
    }

    fn known(&self, lane: Lane) -> u64 {
        self.engine.known(lane)
    }

    async fn wait_beyond(&self, lane: Lane, position: u64) {
        self.engine.wait_beyond(lane, position).await;
    }
}

#[async_trait]
impl Histories for Store {
    async fn page(
        &self,
        stream: StreamId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.histories().page(stream, after, max_bytes).await
    }

    async fn write_updates(
        &self,
        document: DocumentId,
        updates: Vec<PastEvent>,
    ) -> Result<(), WriteError> {
        self.engine.write_updates(document, updates).await
    }

    async fn write_facts(
        &self,
        document: DocumentId,
        facts: Vec<PastEvent>,
    ) -> Result<(), WriteError> {
        self.engine.write_facts(document, facts).await
    }
}

#[async_trait]
impl Snapshots for Store {
    async fn load(
        &self,
        document: DocumentId,
        below: Option<u64>,
        upto: Option<u64>,
    ) -> Result<Loaded, StoreError> {
        self.histories().load(document, below, upto).await
    }

    async fn save(&self, document: DocumentId, snapshot: Snapshot) -> Result<(), StoreError> {
        self.engine.save(document, snapshot).await
    }
}

#[async_trait]
impl Access for Store {
    async fn right(
        &self,
        caller: &Caller,
        document: DocumentId,
    ) -> Result<Option<Right>, StoreError> {
        in_time(self.engine.right(caller, document)).await
    }

    async fn role(
        &self,
        caller: &Caller,
        company: Company,
    ) -> Result<Option<Standing>, StoreError> {
        self.engine.role(caller, company).await
    }
}

#[async_trait]
impl ReadModel for Store {
    async fn document(
        &self,
        project: ProjectId,
        document: DocumentId,
    ) -> Result<Option<DocumentRow>, StoreError> {
        in_time(self.engine.document(project, document)).await
    }

    async fn trashed_before(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<(DocumentId, u64)>, StoreError> {
        self.engine.trashed_before(before, limit).await
    }

    async fn links(&self, document: DocumentId) -> Result<Vec<LinkRow>, StoreError> {
        in_time(self.engine.links(document)).await
    }

    async fn link_uses(&self, document: DocumentId) -> Result<Vec<(LinkId, LinkUse)>, StoreError> {
        self.engine.link_uses(document).await
    }

    async fn link_use(
        &self,
        link: LinkId,
        principal: PrincipalId,
    ) -> Result<Option<LinkUse>, StoreError> {
        in_time(self.engine.link_use(link, principal)).await
    }

    async fn link(&self, link: LinkId) -> Result<Option<LinkRow>, StoreError> {
        in_time(self.engine.link(link)).await
    }

    async fn principal(&self, principal: PrincipalId) -> Result<Option<PrincipalRow>, StoreError> {
        in_time(self.engine.principal(principal)).await
    }
}

#[async_trait]
impl Sessions for Store {
    async fn open(&self, session: &BrowserSession, sha256: [u8; 32]) -> Result<(), StoreError> {
        self.engine.sessions().open(session, sha256).await
    }

    async fn find(&self, sha256: [u8; 32]) -> Result<Option<BrowserSession>, StoreError> {
        in_time(self.engine.sessions().find(sha256)).await
    }

    async fn become_principal(
        &self,
        session: SessionId,
        principal: PrincipalId,
    ) -> Result<PrincipalId, StoreError> {
        self.engine.sessions().become_principal(session, principal).await
    }

    async fn admit(
        &self,
        session: SessionId,
        link: LinkId,
        guest: PrincipalId,
    ) -> Result<PrincipalId, StoreError> {
        self.engine.sessions().admit(session, link, guest).await
    }

    async fn token(&self, sha256: [u8; 32]) -> Result<Option<AccessToken>, StoreError> {
        in_time(self.engine.sessions().token(sha256)).await
    }

    async fn close_session(&self, session: SessionId) -> Result<(), StoreError> {
        self.engine.sessions().close_session(session).await
    }

    async fn replace_guest(
        &self,
        session: SessionId,
        guest: PrincipalId,
        user: PrincipalId,
    ) -> Result<(), StoreError> {
        self.engine.sessions().replace_guest(session, guest, user).await
    }

    async fn login(&self, token: TokenId) -> Result<Option<Login>, StoreError> {
        self.engine.sessions().login(token).await
    }

    async fn keep_refresh(
        &self,
        sha256: [u8; 32],
        login: TokenId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.engine.sessions().keep_refresh(sha256, login, expires_at).await
    }

    async fn refresh(
        &self,
        old: [u8; 32],
        new: [u8; 32],
        expires_at: Timestamp,
    ) -> Result<Refreshed, StoreError> {
        self.engine.sessions().refresh(old, new, expires_at).await
    }

    async fn spend_ticket(&self, nonce: Uuid, expires_at: Timestamp) -> Result<bool, StoreError> {
        self.engine.sessions().spend_ticket(nonce, expires_at).await
    }
}

#[async_trait]
impl Projections for Store {
    async fn advance(&self, target: Target, lane: Lane) -> Result<Advance, StoreError> {
        self.engine.projections().advance(target, lane).await
    }

    async fn lag(&self, projection: Projection) -> Result<Lag, StoreError> {
        self.engine.projections().lag(projection).await
    }

    async fn stale_texts(
        &self,
        target: Target,
        limit: usize,
    ) -> Result<Vec<(DocumentId, u64)>, StoreError> {
        self.engine.projections().stale_texts(target, limit).await
    }

    async fn save_texts(&self, target: Target, texts: Vec<NoteText>) -> Result<(), StoreError> {
        self.engine.projections().save_texts(target, texts).await
    }

    async fn begin(&self, projection: Projection) -> Result<Build, StoreError> {
        self.engine.projections().begin(projection).await
    }

    async fn observe(&self, target: Target, edits: Vec<Edit>) -> Result<(), StoreError> {
        self.engine.projections().observe(target, edits).await
    }

    async fn swap(&self, target: Target) -> Result<Swap, StoreError> {
        self.engine.projections().swap(target).await
    }

    async fn sweep(&self, projection: Projection) -> Result<bool, StoreError> {
        self.engine.projections().sweep(projection).await
    }

    async fn status(&self) -> Result<Vec<ProjectionStatus>, StoreError> {
        self.engine.projections().status().await
    }
}

#[async_trait]
impl Lists for Store {
    async fn page(&self, request: &ListRequest) -> Result<DocumentPage, StoreError> {
        self.engine.lists().page(request).await
    }

    async fn version(&self, lists: &[Uuid]) -> Result<u64, StoreError> {
        self.engine.lists().version(lists).await
    }

    async fn names(
        &self,
        principals: &[PrincipalId],
    ) -> Result<HashMap<PrincipalId, String>, StoreError> {
        self.engine.lists().names(principals).await
    }
}

#[async_trait]
impl Search for Store {
    async fn find(&self, request: &SearchRequest) -> Result<Vec<Found>, StoreError> {
        in_time(self.engine.search().find(request)).await
    }
}

#[async_trait]
impl Answers for Store {
    async fn begin(&self, asked: Asked) -> Result<Begun, StoreError> {
        self.engine.answers().begin(asked).await
    }

    async fn remember(
        &self,
        key: [u8; 32],
        answer: Vec<u8>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.engine.answers().remember(key, answer, expires_at).await
    }

    async fn give_up(&self, key: [u8; 32]) -> Result<(), StoreError> {
        self.engine.answers().give_up(key).await
    }
}

#[async_trait]
impl AuditLog for Store {
    async fn facts(&self, question: &AuditQuestion) -> Result<Vec<Event>, StoreError> {
        in_time(self.engine.facts(question)).await
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        self.engine.totals().await
    }
}
