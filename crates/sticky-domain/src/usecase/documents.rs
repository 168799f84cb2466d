use crate::access::{Caller, Company, Level, Right, Role};
use crate::document::{Command, Document};
use crate::event::{Actor, Fact, Via};
use crate::fence::KeyVersion;
use crate::id::{DocumentId, PrincipalId, ProjectId};
use crate::port::DocumentRow;
use crate::stream::StreamId;
use crate::time::Timestamp;
use crate::title;
use uuid::Uuid;

use super::{Ports, Refusal};

/// How many notes are deleted for good before the next look.
const PURGES: usize = 100;

/// Making, naming and trashing notes.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Documents {
    ports: Ports,
    /// The version that the note must have for a change to be made.
    expected: Option<u64>,
}

/// What is to become of a note by itself. What is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentChange {
    /// Blank gives the title back to the text.
    pub title: Option<String>,
    /// Whether it is in the trash.
    pub trashed: Option<bool>,
}

impl DocumentChange {
    fn needs(&self) -> Level {
        match self {
            Self { trashed: Some(_), .. } => Level::Owner,
            Self { title: Some(_), .. } => Level::Editor,
            Self { title: None, trashed: None } => Level::Viewer,
        }
    }

    /// A note in the trash cannot be renamed, so it is taken out before and put in after.
    fn commands(&self) -> Result<Vec<Command>, Refusal> {
        let restore = (self.trashed == Some(false)).then_some(Command::Restore);
        let title = self.title.as_deref().map(title::parse).transpose()?;
        let rename = title.map(|title| Command::Rename { title });
        let trash = (self.trashed == Some(true)).then_some(Command::Trash);
        Ok([restore, rename, trash].into_iter().flatten().collect())
    }
}

impl Documents {
    pub fn new(ports: Ports) -> Self {
        Self { ports, expected: None }
    }

    /// The same, but changes are made only to a note that is still at this version of its metadata.
    pub fn expecting(&self, version: Option<u64>) -> Self {
        Self { ports: self.ports.clone(), expected: version }
    }

    /// Makes a note of which the caller becomes an owner.
    pub async fn create(
        &self,
        caller: &Caller,
        title: Option<&str>,
        correlation: Option<Uuid>,
    ) -> Result<DocumentRow, Refusal> {
        let document = DocumentId(self.ports.ids.id());
        self.create_as(caller, document, title, correlation).await
    }

    /// Makes the note with the caller's id for it unless it is there already (local-dev only: the id is the client's).
    pub async fn ensure(&self, caller: &Caller, document: DocumentId) -> Result<(), Refusal> {
        self.make_again(caller, document, None).await
    }

    /// Makes a note under the id that it had before it was lost, unless it is there still.
    pub async fn make_again(
        &self,
        caller: &Caller,
        document: DocumentId,
        title: Option<&str>,
    ) -> Result<(), Refusal> {
        match self.create_as(caller, document, title, None).await {
            Ok(_) | Err(Refusal::Exists) => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }

    async fn create_as(
        &self,
        caller: &Caller,
        document: DocumentId,
        title: Option<&str>,
        correlation: Option<Uuid>,
    ) -> Result<DocumentRow, Refusal> {
        let (principal, via) = caller.author().ok_or(Refusal::Unauthorized)?;
        let title = parse_title(title)?;
        let project = caller.project.unwrap_or(caller.home);
        let fence = self.may_fill(caller, project).await?;
        let create = Command::Create { project, title, owner: principal };
        self.commands(document, Actor { principal, via, correlation }, &fence, &[create]).await?;
        self.row(project, document).await
    }

    /// What making a note in a project rests on: nothing in one's own, else being at least a member.
    async fn may_fill(
        &self,
        caller: &Caller,
        project: ProjectId,
    ) -> Result<Vec<KeyVersion>, Refusal> {
        if !caller.at_most.may_write() {
            return Err(Refusal::Forbidden);
        }
        if project == caller.home {
            return Ok(Vec::new());
        }
        let standing = self.ports.access.role(caller, Company::Project(project)).await?;
        let standing = standing.ok_or(Refusal::NotFound)?;
        if standing.role < Role::Member {
            return Err(Refusal::Forbidden);
        }
        Ok(standing.fence)
    }

    /// The note's row, its title up to date.
    pub async fn get(&self, caller: &Caller, document: DocumentId) -> Result<DocumentRow, Refusal> {
        let right = self.ports.authorise(caller, document, Level::Viewer).await?;
        self.row(right.project, document).await
    }

    /// The row of a document that the caller is known to have a right to.
    async fn row(&self, project: ProjectId, document: DocumentId) -> Result<DocumentRow, Refusal> {
        let mut row =
            self.ports.read.document(project, document).await?.ok_or(Refusal::NotFound)?;
        self.ports.freshen_title(&mut row).await?;
        Ok(row)
    }

    /// Renames the note, moves it to the trash or takes it out: all that is asked, or nothing. Editors rename, owners do
    /// the rest.
    pub async fn change(
        &self,
        caller: &Caller,
        document: DocumentId,
        change: &DocumentChange,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let right = self.ports.authorise(caller, document, change.needs()).await?;
        let commands = change.commands()?;
        self.commands(document, actor(&right, correlation), &right.fence, &commands).await
    }

    /// Moves the note to the trash. Owners may.
    pub async fn trash(
        &self,
        caller: &Caller,
        document: DocumentId,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        self.owned(caller, document, Command::Trash, correlation).await
    }

    /// Deletes the note for good, with all that was ever in it; only a receipt stays. Owners may.
    pub async fn purge(
        &self,
        caller: &Caller,
        document: DocumentId,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        self.trash(caller, document, correlation).await?;
        self.owned(caller, document, Command::Purge, correlation).await
    }

    /// Deletes notes for good that have been in the trash since before `before`; says how many. `principal` is whom the
    /// receipts name.
    pub async fn purge_old(
        &self,
        principal: PrincipalId,
        before: Timestamp,
    ) -> Result<usize, Refusal> {
        let actor = Actor { principal, via: Via::Direct, correlation: None };
        let mut purged = 0;
        for (document, version) in self.ports.read.trashed_before(before, PURGES).await? {
            let still_the_same = |facts: &[Fact]| match facts.len() as u64 == version {
                true => Ok(Document::after(facts).decide(Command::Purge)?),
                false => Ok(Vec::new()),
            };
            let stream = StreamId::document(document);
            let done = self.ports.decide(stream, actor, &[], still_the_same).await?;
            purged += usize::from(done.is_some());
        }
        Ok(purged)
    }

    async fn owned(
        &self,
        caller: &Caller,
        document: DocumentId,
        command: Command,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let right = self.ports.authorise(caller, document, Level::Owner).await?;
        self.commands(document, actor(&right, correlation), &right.fence, &[command]).await
    }

    async fn commands(
        &self,
        document: DocumentId,
        actor: Actor,
        fence: &[KeyVersion],
        commands: &[Command],
    ) -> Result<(), Refusal> {
        let decide = |facts: &[Fact]| {
            if self.expected.is_some_and(|version| version != version_after(facts)) {
                return Err(Refusal::PreconditionFailed);
            }
            Ok(Document::after(facts).decide_all(commands.iter().cloned())?)
        };
        self.ports.decide(StreamId::document(document), actor, fence, decide).await.map(drop)
    }
}

/// The seq of the newest of a document's facts that changed what the note is by itself.
fn version_after(facts: &[Fact]) -> u64 {
    let changes = |fact: &Fact| {
        matches!(
            fact,
            Fact::DocumentCreated { .. }
                | Fact::DocumentRenamed { .. }
                | Fact::DocumentTrashed {}
                | Fact::DocumentRestored {}
                | Fact::DocumentImported { .. }
        )
    };
    facts.iter().rposition(changes).map_or(0, |index| index as u64 + 1)
}

pub(super) fn actor(right: &Right, correlation: Option<Uuid>) -> Actor {
    Actor { principal: right.principal, via: right.via, correlation }
}

fn parse_title(title: Option<&str>) -> Result<Option<String>, Refusal> {
    Ok(title.map(title::parse).transpose()?.flatten())
}
