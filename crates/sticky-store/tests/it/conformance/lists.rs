use std::collections::BTreeSet;

use sticky_domain::access::Level;
use sticky_domain::event::Fact;
use sticky_domain::id::{DocumentId, LinkId, PrincipalId, ProjectId};
use sticky_domain::port::{DocumentPage, ListRequest, PageAt, ReadModel as _, Scope};
use sticky_domain::stream::StreamId;
use sticky_store::Store;

use crate::engines::Opened;
use crate::world::{PROJECT, append, document, grant, id, link, principal, record, titled};

fn request(at: PageAt, size: u32) -> ListRequest {
    ListRequest {
        project: PROJECT,
        scope: Scope::Project,
        query: String::new(),
        include_deleted: false,
        at,
        size,
    }
}

async fn list(store: &Store, request: ListRequest) -> DocumentPage {
    store.documents(&request).await.unwrap()
}

fn ids(page: &DocumentPage) -> Vec<DocumentId> {
    page.items.iter().map(|row| row.id).collect()
}

pub(crate) async fn pages_hold_every_document_once(opened: Opened) {
    let store = opened.store;
    let mut made = Vec::new();
    for nth in 0..7 {
        opened.clock.advance(if nth % 2 == 0 { 10 } else { 0 });
        made.push(document(&store, principal()).await);
    }
    let mut seen = Vec::new();
    for number in 1..=3 {
        let page = list(&store, request(PageAt::Number(number), 3)).await;
        assert_eq!((page.total, page.more), (7, number < 3));
        seen.extend(ids(&page));
    }
    assert_eq!(BTreeSet::from_iter(&seen), BTreeSet::from_iter(&made));
    assert_eq!((seen.len(), seen[0]), (7, made[6]));
    let beyond = list(&store, request(PageAt::Number(9), 3)).await;
    assert_eq!((beyond.items.len(), beyond.total, beyond.more), (0, 7, false));
}

pub(crate) async fn a_cursor_skips_and_repeats_nothing_while_notes_change(opened: Opened) {
    let store = opened.store;
    let mut made = Vec::new();
    for _ in 0..6 {
        made.push(document(&store, principal()).await);
    }
    opened.clock.advance(10);
    let first = list(&store, request(PageAt::Number(1), 2)).await;
    document(&store, principal()).await;
    record(&store, ids(&first)[0], "typed").await;
    let mut seen = ids(&first);
    let mut last = first.items.last().map(|row| (row.updated_at, row.id));
    while let Some((time, document)) = last {
        let page = list(&store, request(PageAt::After(time, document), 2)).await;
        seen.extend(ids(&page));
        assert!(seen.len() <= 6, "the cursor goes in circles");
        last = page.items.last().map(|row| (row.updated_at, row.id));
    }
    assert_eq!(seen.len(), 6);
    assert_eq!(BTreeSet::from_iter(seen), BTreeSet::from_iter(made));
}

pub(crate) async fn titles_are_found_in_any_case_and_literally(opened: Opened) {
    let store = opened.store;
    for title in ["Einkäufe 100%", "STRASSE_1", "Plan"] {
        titled(&store, principal(), Some(title)).await;
    }
    let derived = document(&store, principal()).await;
    let found = async |query: &str| {
        let request = ListRequest { query: query.to_owned(), ..request(PageAt::Number(1), 10) };
        let page = list(&store, request).await;
        assert_eq!(page.total, page.items.len() as u64);
        let mut titles: Vec<_> =
            page.items.iter().map(|row| row.effective_title().to_owned()).collect();
        titles.sort();
        titles
    };
    assert_eq!(found("EINKÄUFE").await, ["Einkäufe 100%"]);
    assert_eq!(found("100%").await, ["Einkäufe 100%"]);
    assert_eq!(found("straße_").await, ["STRASSE_1"]);
    assert_eq!(found("_").await, ["STRASSE_1"]);
    assert_eq!(found("untitled").await, ["Untitled"]);
    record(&store, derived, "text").await;
    store.save_derived_title(derived, 1, "Milk").await.unwrap();
    assert_eq!(found("milk").await, ["Milk"]);
    assert_eq!(found("untitled").await, Vec::<String>::new());
    assert_eq!(found("").await.len(), 4);
}

pub(crate) async fn the_scope_is_what_was_granted(opened: Opened) {
    let store = opened.store;
    let (ana, ben) = (principal(), principal());
    let of_ana = document(&store, ana).await;
    opened.clock.advance(1);
    let of_both = document(&store, ben).await;
    append(&store, StreamId::document(of_both), vec![grant(ana, Level::Viewer)]).await.unwrap();
    let scoped = async |principals: &[PrincipalId], include_deleted| {
        let scope = Scope::Granted(principals.to_vec());
        let request = ListRequest { scope, include_deleted, ..request(PageAt::Number(1), 10) };
        ids(&list(&store, request).await)
    };
    assert_eq!(scoped(&[ana], false).await, [of_both, of_ana]);
    assert_eq!(scoped(&[ben], false).await, [of_both]);
    assert_eq!(scoped(&[ana, ben], false).await, [of_both, of_ana]);
    assert_eq!(scoped(&[principal()], false).await, []);
    assert_eq!(scoped(&[], false).await, []);
    opened.clock.advance(1);
    append(&store, StreamId::document(of_ana), vec![Fact::DocumentTrashed {}]).await.unwrap();
    assert_eq!(scoped(&[ana], false).await, [of_both]);
    assert_eq!(scoped(&[ana], true).await, [of_ana, of_both]);
    let elsewhere = ListRequest { project: ProjectId(id()), ..request(PageAt::Number(1), 10) };
    assert_eq!(list(&store, elsewhere).await.total, 0);
}

pub(crate) async fn a_row_follows_its_facts_and_its_text(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let stream = StreamId::document(document);
    let row = async || store.document(PROJECT, document).await.unwrap().unwrap();
    let made = row().await;
    assert_eq!((made.head, made.version, made.title.clone()), (0, 1, None));
    assert_eq!(made.updated_at, made.created_at);
    opened.clock.advance(100);
    record(&store, document, "one").await;
    let typed = row().await;
    assert_eq!((typed.head, typed.updated_at.since(typed.created_at).as_millis()), (1, 100));
    assert!(typed.title_is_stale());
    assert_eq!(store.stale_titles(PROJECT, 10).await.unwrap(), [document]);
    store.save_derived_title(document, 1, "one").await.unwrap();
    store.save_derived_title(document, 0, "older").await.unwrap();
    assert_eq!((row().await.derived_title.as_str(), row().await.derived_seq), ("one", 1));
    assert_eq!(store.stale_titles(PROJECT, 10).await.unwrap(), []);
    opened.clock.advance(100);
    let renamed = Fact::DocumentRenamed { title: Some("Plan".to_owned()) };
    append(&store, stream, vec![renamed, Fact::DocumentTrashed {}]).await.unwrap();
    let trashed = row().await;
    assert_eq!((trashed.effective_title(), trashed.version), ("Plan", 4));
    assert_eq!(trashed.deleted_at, Some(trashed.updated_at));
    append(&store, stream, vec![Fact::DocumentRestored {}]).await.unwrap();
    assert_eq!(row().await.deleted_at, None);
    assert_eq!(store.document(ProjectId(id()), document).await, Ok(None));
}

pub(crate) async fn links_are_listed_newest_first(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let first = link(&store, document, Level::Viewer).await;
    let second = link(&store, document, Level::Editor).await;
    let off = vec![Fact::LinkRevoked { link: first }];
    append(&store, StreamId::document(document), off).await.unwrap();
    let rows = store.links(document).await.unwrap();
    let summary: Vec<_> =
        rows.iter().map(|row| (row.id, row.level, row.revoked_at.is_some())).collect();
    assert_eq!(summary, [(second, Level::Editor, false), (first, Level::Viewer, true)]);
    let row = store.link(second).await.unwrap().unwrap();
    assert_eq!((row.document, row.project), (document, PROJECT));
    assert_eq!(row.label.as_deref(), Some("for the team"));
    assert_eq!(store.link(LinkId(id())).await, Ok(None));
}
