use std::sync::Arc;

use uuid::Uuid;

use super::{Ports, Projector, Refusal};
use crate::access::Caller;
use crate::id::{DocumentId, ProjectId};
use crate::port::{DocumentRow, Found, Search, SearchRequest, Within};
use crate::projection::Projection;
use crate::search::{Piece, Query, QueryError, snippet};

/// Titles that only nearly say what is looked for are many, and most of those that the index has are not meant.
const NEAR_FOR_EACH: usize = 10;

/// Finding notes by what they say.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Finding {
    ports: Ports,
    projector: Projector,
    search: Arc<dyn Search>,
}

/// A note that says what was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub row: DocumentRow,
    pub within: Within,
    /// Where the text says it; its beginning when only the title does.
    pub snippet: Vec<Piece>,
}

impl Finding {
    pub fn new(ports: Ports, projector: Projector, search: Arc<dyn Search>) -> Self {
        Self { ports, projector, search }
    }

    /// At most `limit` notes that the caller has been given, or that are in a project all of which they may read, and that
    /// are not in the trash: those whose titles say what is looked for, those whose texts do, then those whose titles say it
    /// with a typo; among equals the newest change first.
    pub async fn find(
        &self,
        caller: &Caller,
        query: &str,
        limit: usize,
    ) -> Result<Vec<Hit>, Refusal> {
        let query = Query::parse(query)?;
        let lists = self.ports.reach(caller).await?.all();
        self.projector.catch_up_for_reader(Projection::Notes).await?;
        let mut hits: Vec<Hit> = Vec::new();
        for within in [Within::Title, Within::Everything, Within::NearTitle] {
            if hits.len() < limit {
                let found = self.found((&lists, caller.project), &query, within, limit).await?;
                let known: Vec<DocumentId> = hits.iter().map(|hit| hit.row.id).collect();
                let new = found.into_iter().filter(|hit| !known.contains(&hit.row.id));
                hits.extend(new);
            }
        }
        hits.truncate(limit);
        Ok(hits)
    }

    async fn found(
        &self,
        (lists, project): (&[Uuid], Option<ProjectId>),
        query: &Query,
        within: Within,
        limit: usize,
    ) -> Result<Vec<Hit>, Refusal> {
        if within == Within::NearTitle && !query.allows_typos() {
            return Ok(Vec::new());
        }
        let limit = if within == Within::NearTitle { limit * NEAR_FOR_EACH } else { limit };
        let request =
            SearchRequest { lists: lists.to_vec(), project, query: query.clone(), within, limit };
        let mut found = self.search.find(&request).await?;
        found.retain(|found| is_meant(found, query, within));
        found.sort_by_key(|found| std::cmp::Reverse(found.row.updated_at));
        Ok(found.into_iter().map(|found| hit(found, query, within)).collect())
    }
}

fn is_meant(found: &Found, query: &Query, within: Within) -> bool {
    match within {
        Within::NearTitle => query.nearly_says(found.row.effective_title()),
        Within::Title => query.is_said(&[found.row.effective_title()]),
        Within::Everything => query.is_said(&[found.row.effective_title(), &found.text]),
    }
}

fn hit(found: Found, query: &Query, within: Within) -> Hit {
    Hit { snippet: snippet(&found.text, query), row: found.row, within }
}

impl From<QueryError> for Refusal {
    fn from(error: QueryError) -> Self {
        let code = match error {
            QueryError::TooLong => "query_too_long",
            QueryError::Empty => "query_empty",
        };
        Self::invalid(code, error.to_string())
    }
}
