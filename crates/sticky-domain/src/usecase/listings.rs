use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::reach::sees_everything;
use super::{Ports, Projector, Refusal};
use crate::access::{Caller, Company};
use crate::id::{PrincipalId, ProjectId};
use crate::port::{DocumentPage, ListFilter, ListRequest, Order, PageAt, Shelf, Target, Trash};
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
        let (lists, everything) = match (sees_everything(caller), request.list) {
            (true, _) => (self.ports.reach(caller).await?.projects, true),
            (false, List::Project) => (vec![self.project_of(caller).await?.0], true),
            (false, _) => (self.ports.reach(caller).await?.given, false),
        };
        self.page(question(lists, caller.project, everything, request)).await
    }

    /// The project that the caller has chosen, else their own, if they may read what is in it.
    async fn project_of(&self, caller: &Caller) -> Result<ProjectId, Refusal> {
        let project = caller.project.unwrap_or(caller.home);
        let standing = self.ports.access.role(caller, Company::Project(project)).await?;
        match standing.and_then(|standing| standing.role.level()) {
            Some(_) => Ok(project),
            None => Err(Refusal::Forbidden),
        }
    }

    /// A page of everything in the project, for whoever runs the server.
    pub async fn list_all(
        &self,
        project: ProjectId,
        request: ListDocuments,
    ) -> Result<Listing, Refusal> {
        self.page(question(vec![project.0], Some(project), true, request)).await
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

/// In the list of a project nothing is anyone's own.
fn question(
    lists: Vec<Uuid>,
    project: Option<ProjectId>,
    everything: bool,
    request: ListDocuments,
) -> ListRequest {
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
    ListRequest { lists, project, shelf, trash, query, filter, order, at, size }
}
