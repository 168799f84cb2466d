use clap::Args;
use serde_json::json;
use sticky_domain::id::ProjectId;
use sticky_domain::port::{DocumentRow, ListFilter, Order, PageAt, SortBy};
use sticky_domain::usecase::{List as Which, ListDocuments};
use uuid::Uuid;

use crate::app::App;
use crate::command::output::tell;
use crate::people::PROJECT;

/// Read at once.
const PAGE: u32 = 100;

/// All notes of a project, the newest change first.
#[derive(Debug, Args)]
pub(in crate::command) struct List {
    /// The project; this server's own if not given.
    #[arg(long, value_name = "ID")]
    project: Option<Uuid>,
    /// Only those with this in their title.
    #[arg(long, value_name = "TEXT")]
    query: Option<String>,
    /// With those in the trash.
    #[arg(long)]
    include_deleted: bool,
    /// Print a line of JSON for each.
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<()> {
        let project = self.project.map_or(PROJECT, ProjectId);
        let mut at = Some(PageAt::Number(1));
        while let Some(place) = at {
            let listing = app.listings.list_all(project, self.request(place)).await?;
            for note in listing.page.items {
                self.show(&note.row)?;
            }
            at = listing.page.next.map(PageAt::After);
        }
        Ok(())
    }

    fn request(&self, at: PageAt) -> ListDocuments {
        ListDocuments {
            list: Which::All,
            include_deleted: self.include_deleted,
            filter: ListFilter::default(),
            query: self.query.clone().unwrap_or_default(),
            order: Order { by: SortBy::Modified, descending: true },
            at,
            size: PAGE,
        }
    }

    fn show(&self, row: &DocumentRow) -> anyhow::Result<()> {
        let (title, changed) = (row.effective_title(), row.updated_at.to_rfc3339());
        let deleted = row.deleted_at.map(|at| at.to_rfc3339());
        let trash = deleted.as_ref().map_or("", |_| " (in the trash)");
        let line = format!("{} {changed} {title}{trash}", row.id);
        let answer =
            json!({ "id": row.id.0, "title": title, "updated_at": changed, "deleted_at": deleted });
        tell(self.json, &answer, &line)
    }
}
