use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::reach::sees_everything;
use super::{Ports, Projector, Refusal};
use crate::access::{Caller, Company, Level};
use crate::id::{PrincipalId, ProjectId};
use crate::port::{
    DocumentPage, Insight, ListFilter, ListRequest, Order, PageAt, Shelf, Target, Trash,
};
use crate::project::ProjectKind;
use crate::projection::Projection;

/// Finding notes again.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Listings {
    ports: Ports,
    projector: Projector,
}

/// What to list, as a caller asks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListDocuments {
    pub list: List,
    pub include_deleted: bool,
    pub query: String,
    pub filter: ListFilter,
    pub order: Order,
    pub at: PageAt,
    pub size: u32,
}

/// Which of a caller's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// What the caller owns and what is shared with them.
    All,
    Owned,
    Shared,
    /// Everything in the project.
    Project,
    /// What the caller owns and has thrown away.
    Trash,
}

/// A page of a list, and what those are called who made its notes or shared them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    pub page: DocumentPage,
    pub names: HashMap<PrincipalId, String>,
}

impl Listings {
    pub fn new(ports: Ports, projector: Projector) -> Self {
        Self { ports, projector }
    }

    /// A page of a list, as everything written before it was asked for made it; the titles as the texts give them now.
    pub async fn list(&self, caller: &Caller, request: ListDocuments) -> Result<Listing, Refusal> {
        let lists = match (sees_everything(caller), request.list) {
            (true, _) => Lists::everything(self.ports.reach(caller).await?.projects),
            (false, List::Project) => {
                let project = caller.project.unwrap_or(caller.home);
                let lists = self.of_project(caller, project).await?;
                return self.page(question(lists, Some(project), request)).await;
            }
            (false, _) => self.given(caller).await?,
        };
        self.page(question(lists, caller.project, request)).await
    }

    async fn given(&self, caller: &Caller) -> Result<Lists, Refusal> {
        Ok(Lists {
            of: self.ports.reach(caller).await?.given,
            everything: false,
            insight: insight(caller.at_most, Insight::Owned),
        })
    }

    /// The list of a project, if the caller may read what is in it. In their own there is what they have of it: the rest
    /// was handed over.
    async fn of_project(&self, caller: &Caller, project: ProjectId) -> Result<Lists, Refusal> {
        let row = self.ports.directory.project(project).await?;
        let is_own = row.is_some_and(|row| row.kind == ProjectKind::Personal);
        let standing = self.ports.access.role(caller, Company::Project(project)).await?;
        let level =
            standing.and_then(|standing| standing.role.level()).ok_or(Refusal::Forbidden)?;
        if is_own {
            return self.given(caller).await;
        }
        let insight = insight(level.min(caller.at_most), Insight::All);
        Ok(Lists { insight, ..Lists::everything(vec![project.0]) })
    }

    /// A page of everything in the project, for whoever runs the server.
    pub async fn list_all(
        &self,
        project: ProjectId,
        request: ListDocuments,
    ) -> Result<Listing, Refusal> {
        self.page(question(Lists::everything(vec![project.0]), Some(project), request)).await
    }

    async fn page(&self, request: ListRequest) -> Result<Listing, Refusal> {
        self.projector.catch_up_for_reader(Projection::Notes).await?;
        if !request.query.trim().is_empty() {
            self.projector.refresh_texts(Target::live(Projection::Notes)).await?;
        }
        let mut page = self.ports.lists.page(&request).await?;
        for note in &mut page.items {
            self.ports.freshen_title(&mut note.row).await?;
        }
        let names = self.ports.lists.names(&people(&page)).await?;
        Ok(Listing { page, names })
    }
}

fn people(page: &DocumentPage) -> Vec<PrincipalId> {
    let people = page.items.iter().flat_map(|note| [note.created_by, note.shared_by]).flatten();
    people.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Which lists are read.
struct Lists {
    of: Vec<Uuid>,
    /// They are those of projects, in which nothing is anyone's own.
    everything: bool,
    insight: Insight,
}

impl Lists {
    /// Those of projects all of whose notes are the reader's to look into.
    fn everything(of: Vec<Uuid>) -> Self {
        Self { of, everything: true, insight: Insight::All }
    }
}

/// Whom a note is shared with is told to owners, and to nobody whose credential is good for less.
fn insight(level: Level, of_owners: Insight) -> Insight {
    if level == Level::Owner { of_owners } else { Insight::None }
}

fn question(lists: Lists, project: Option<ProjectId>, request: ListDocuments) -> ListRequest {
    let Lists { of: lists, everything, insight } = lists;
    let ListDocuments { list, include_deleted, query, filter, order, at, size } = request;
    let shelf = match list {
        List::Owned | List::Trash if !everything => Shelf::Owned,
        List::Shared => Shelf::Shared,
        _ => Shelf::All,
    };
    let trash = match list {
        List::Trash => Trash::Only,
        _ if include_deleted => Trash::With,
        _ => Trash::Without,
    };
    ListRequest { lists, project, shelf, trash, query, filter, insight, order, at, size }
}
