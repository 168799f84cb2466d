use sticky_domain::port::{Insight, ListRequest, PageAt, Shelf, SortBy, SortKey, Trash};
use uuid::Uuid;

use super::parts::Parts;
use super::window;
use crate::folding::folded;
use crate::statement::Statement;

/// As many ranges as an engine unites in one statement, by a good measure: of more lists several share one.
const RANGES: usize = 50;

/// The ranges that a request asks for: one for each list, in and out of the trash, owned and not.
pub(super) struct Branches<'a> {
    request: &'a ListRequest,
    trashed: &'static [i64],
    owned: &'static [i64],
}

impl<'a> Branches<'a> {
    pub(super) const fn of(request: &'a ListRequest) -> Self {
        let trashed: &[i64] = match request.trash {
            Trash::Without => &[0],
            Trash::With => &[0, 1],
            Trash::Only => &[1],
        };
        let owned: &[i64] = match request.shelf {
            Shelf::All => &[0, 1],
            Shelf::Owned => &[1],
            Shelf::Shared => &[0],
        };
        Self { request, trashed, owned }
    }

    /// The rows of the page and one more, with their sort keys.
    pub(super) fn page(&self) -> Statement {
        let (skip, end) = window(self.request);
        let mut parts = Parts::new("with ");
        if self.leaves_out_owned() {
            self.mine(&mut parts);
            parts.push(", ");
        }
        parts.push("found as (select document, sort_key from (");
        self.branches(&mut parts, Some(column(self.request.order.by)), Some(end));
        let order = self.order("sort_key", "document");
        parts.push(&format!(") as branches group by document, sort_key order by {order} limit "));
        parts.number(end - skip);
        parts.push(" offset ");
        parts.number(skip);
        let order = self.order("found.sort_key", "d.id");
        // Joined in this order: SQLite would begin with all streams rather than with what may be many lists.
        parts.push(
            ") select d.id, d.project, d.title, d.version, d.created_at, d.deleted_at, s.head,
                 coalesce(n.derived_title, '') as derived_title,
                 coalesce(n.text_seq, 0) as derived_seq,
                 case when d.changed_at > s.updated_at then d.changed_at else s.updated_at end as updated_at,
                 found.sort_key, n.created_by, ",
        );
        self.sharer(&mut parts);
        parts.push(&format!(
            " as shared_by
             from found cross join document d cross join stream s
             left join note n on n.document = d.id
                 and n.generation = (select live from projection where name = 'notes')
             where d.id = found.document and s.kind = 2 and s.id = d.id
             order by {order}"
        ));
        parts.made()
    }

    /// Who put a note of the page into one of the lists: not one whose list it is.
    fn sharer(&self, parts: &mut Parts) {
        parts.push(
            "(select l.shared_by from listing l
                 where l.generation = n.generation and l.document = n.document and l.recipient in (",
        );
        parts.ids(&self.request.lists);
        parts.push(") and l.shared_by not in (");
        parts.ids(&self.request.lists);
        parts.push(") order by l.recipient limit 1)");
    }

    /// How many notes there are.
    pub(super) fn count(&self) -> Statement {
        // Two lists may hold the same note, one holds each once.
        let counted = if self.request.lists.len() > 1 { "distinct document" } else { "*" };
        let mut parts = Parts::new("");
        if self.leaves_out_owned() {
            parts.push("with ");
            self.mine(&mut parts);
        }
        parts.push(&format!(" select count({counted}) as total from ("));
        self.branches(&mut parts, None, None);
        parts.push(") as branches");
        parts.made()
    }

    /// Of several lists one may hold as another's what the next holds as one's own.
    fn leaves_out_owned(&self) -> bool {
        matches!(self.request.shelf, Shelf::Shared) && self.request.lists.len() > 1
    }

    fn mine(&self, parts: &mut Parts) {
        parts.push("mine (recipient) as (values ");
        for (n, list) in self.request.lists.iter().enumerate() {
            parts.push(if n == 0 { "(" } else { ", (" });
            parts.bind(|statement| statement.id(*list));
            parts.push(")");
        }
        parts.push(")");
    }

    fn bundles(&self) -> impl Iterator<Item = &'a [Uuid]> {
        let lists = &self.request.lists;
        lists.chunks(lists.len().div_ceil(RANGES).max(1))
    }

    fn branches(&self, parts: &mut Parts, key: Option<&str>, limit: Option<i64>) {
        let columns =
            key.map_or("document".to_owned(), |key| format!("document, {key} as sort_key"));
        let grouped = key.map_or("document".to_owned(), |key| format!("document, {key}"));
        let mut union = "";
        for lists in self.bundles() {
            for (trashed, owned) in self
                .trashed
                .iter()
                .flat_map(|trashed| self.owned.iter().map(move |owned| (trashed, owned)))
            {
                parts.push(&format!(
                    "{union}select * from (select {columns} from listing l
                     where generation = (select live from projection where name = 'notes')
                         and trashed = {trashed} and owned = {owned} and recipient in ("
                ));
                parts.ids(lists);
                parts.push(")");
                self.conditions(parts, *owned == 1);
                if lists.len() > 1 {
                    parts.push(&format!(" group by {grouped}"));
                }
                if let Some(limit) = limit {
                    let column = column(self.request.order.by);
                    parts.push(&format!(" order by {} limit ", self.order(column, "document")));
                    parts.number(limit);
                }
                parts.push(") as branch");
                union = " union all ";
            }
        }
    }

    fn conditions(&self, parts: &mut Parts, owned: bool) {
        self.beyond_the_place(parts);
        let filter = &self.request.filter;
        if let Some(project) = self.request.project {
            parts.push(" and project = ");
            parts.bind(|statement| statement.id(project.0));
        }
        if let Some(creator) = filter.created_by {
            parts.push(" and created_by = ");
            parts.bind(|statement| statement.id(creator.0));
        }
        if let Some(sharer) = filter.shared_by {
            parts.push(" and shared_by = ");
            parts.bind(|statement| statement.id(sharer.0));
        }
        if let Some(since) = filter.modified_since {
            parts.push(" and modified_at >= ");
            parts.number(since.0);
        }
        let insight = match self.request.insight {
            Insight::All => true,
            Insight::Owned => owned,
            Insight::None => false,
        };
        self.shared_with(parts, insight);
        self.labelled(parts, insight);
        if self.leaves_out_owned() {
            parts.push(
                " and not exists (select 1 from listing o where o.generation = l.generation
                     and o.document = l.document and o.owned = 1
                     and o.recipient in (select recipient from mine))",
            );
        }
        self.with_the_title(parts);
    }

    /// Without insight nothing is told but what whoever has the lists has been given, or has given.
    fn shared_with(&self, parts: &mut Parts, insight: bool) {
        let Some(recipient) = self.request.filter.shared_with else { return };
        parts.push(
            " and exists (select 1 from listing w where w.generation = l.generation
                 and w.document = l.document and w.recipient = ",
        );
        parts.bind(|statement| statement.id(recipient));
        if !insight {
            parts.push(" and (w.recipient in (");
            parts.ids(&self.request.lists);
            parts.push(") or w.shared_by in (");
            parts.ids(&self.request.lists);
            parts.push("))");
        }
        parts.push(")");
    }

    fn labelled(&self, parts: &mut Parts, insight: bool) {
        let Some(label) = &self.request.filter.label else { return };
        if !insight {
            return parts.push(" and 1 = 0");
        }
        parts.push(
            " and exists (select 1 from link k where k.document = l.document
                 and k.revoked_at is null and k.label = ",
        );
        parts.bind(|statement| statement.text(Some(label)));
        parts.push(")");
    }

    fn with_the_title(&self, parts: &mut Parts) {
        let query = folded(self.request.query.trim());
        if query.is_empty() {
            return;
        }
        parts.push(
            " and exists (select 1 from note n where n.generation = l.generation
                 and n.document = l.document and n.folded_title like ",
        );
        parts.bind(|statement| statement.text(Some(&containing(&query))));
        parts.push(" escape '\\')");
    }

    fn beyond_the_place(&self, parts: &mut Parts) {
        let PageAt::After(place) = &self.request.at else { return };
        let (column, than) =
            (column(self.request.order.by), if self.request.order.descending { "<" } else { ">" });
        parts.push(&format!(" and ({column}, document) {than} ("));
        parts.bind(|statement| match &place.key {
            SortKey::Time(time) => statement.number(time.0),
            SortKey::Principal(principal) => statement.id(principal.0),
            SortKey::Title(title) => statement.text(Some(title)),
        });
        parts.push(", ");
        parts.bind(|statement| statement.id(place.document.0));
        parts.push(")");
    }

    fn order(&self, key: &str, document: &str) -> String {
        let direction = if self.request.order.descending { "desc" } else { "asc" };
        format!("{key} {direction}, {document} {direction}")
    }
}

const fn column(by: SortBy) -> &'static str {
    match by {
        SortBy::Modified => "modified_at",
        SortBy::Created => "created_at",
        SortBy::Creator => "created_by",
        SortBy::Title => "title",
    }
}

/// A pattern for whatever contains `text`, literally.
fn containing(text: &str) -> String {
    // What Postgres cannot store it cannot be asked for either; no title has it.
    let text = text.replace('\0', "\u{1}");
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
