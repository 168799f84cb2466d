use std::collections::BTreeSet;

use sticky_domain::access::{Level, Recipient};
use sticky_domain::event::Fact;
use sticky_domain::id::{DocumentId, GroupId, LinkId, PrincipalId, ProjectId};
use sticky_domain::port::{
    DocumentPage, Insight, ListFilter, ListPlace, ListRequest, Lists as _, NoteText, Order, PageAt,
    Projections as _, ReadModel as _, Shelf, SortBy, Target, Trash,
};
use sticky_domain::projection::Projection;
use sticky_domain::stream::{Lane, StreamId};
use sticky_store::Store;
use uuid::Uuid;

use crate::engines::Opened;
use crate::world::{
    PROJECT, append, append_as, document, give, grant, group, id, link, principal, record, titled,
};

fn request(at: PageAt, size: u32) -> ListRequest {
    ListRequest {
        lists: vec![PROJECT.0],
        project: None,
        shelf: Shelf::All,
        trash: Trash::Without,
        query: String::new(),
        filter: ListFilter::default(),
        insight: Insight::Owned,
        order: Order::NEWEST,
        at,
        size,
    }
}

fn of(lists: &[PrincipalId]) -> ListRequest {
    let lists = lists.iter().map(|principal| principal.0).collect();
    ListRequest { lists, ..request(PageAt::Number(1), 10) }
}

async fn catch_up(store: &Store) {
    for lane in [Lane::Control, Lane::Content] {
        let target = Target::live(Projection::Notes);
        while store.advance(target, lane).await.unwrap().events > 0 {}
    }
}

async fn list(store: &Store, request: ListRequest) -> DocumentPage {
    catch_up(store).await;
    store.page(&request).await.unwrap()
}

async fn save_text(store: &Store, document: DocumentId, seq: u64, text: &str) {
    catch_up(store).await;
    let text = NoteText { document, seq, text: Ok(text.to_owned()) };
    store.save_texts(Target::live(Projection::Notes), vec![text]).await.unwrap();
}

fn ids(page: &DocumentPage) -> Vec<DocumentId> {
    page.items.iter().map(|note| note.row.id).collect()
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
        assert_eq!((page.total, page.next.is_some()), (Some(7), number < 3));
        seen.extend(ids(&page));
    }
    assert_eq!(BTreeSet::from_iter(&seen), BTreeSet::from_iter(&made));
    assert_eq!((seen.len(), seen[0]), (7, made[6]));
    let beyond = list(&store, request(PageAt::Number(9), 3)).await;
    assert_eq!((beyond.items.len(), beyond.total, beyond.next), (0, Some(7), None));
}

/// All notes of a list by its cursors, two at a time, from `next` on.
async fn rest(store: &Store, order: Order, mut next: Option<ListPlace>) -> Vec<DocumentId> {
    let mut seen = Vec::new();
    while let Some(place) = next {
        let page = list(store, ListRequest { order, ..request(PageAt::After(place), 2) }).await;
        assert_eq!(page.total, None);
        seen.extend(ids(&page));
        assert!(seen.len() <= 20, "the cursor goes in circles");
        next = page.next;
    }
    seen
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
    seen.extend(rest(&store, Order::NEWEST, first.next).await);
    assert_eq!(seen.len(), 6);
    assert_eq!(BTreeSet::from_iter(seen), BTreeSet::from_iter(made));
}

pub(crate) async fn every_order_is_walked_from_end_to_end(opened: Opened) {
    let store = opened.store;
    let makers = [principal(), principal()];
    for (nth, title) in ["b", "Ä", "a", "c", "B", "a"].into_iter().enumerate() {
        opened.clock.advance(1);
        let document = DocumentId(id());
        let facts = vec![Fact::DocumentCreated { project: PROJECT, title: Some(title.to_owned()) }];
        let expected = sticky_domain::port::Expected::Seq(0);
        let stream = StreamId::document(document);
        append_as(&store, stream, expected, facts, makers[nth % 2], &[]).await.unwrap();
    }
    for by in [SortBy::Modified, SortBy::Created, SortBy::Creator, SortBy::Title] {
        let mut walks = Vec::new();
        for descending in [true, false] {
            let order = Order { by, descending };
            let whole =
                ids(&list(&store, ListRequest { order, ..request(PageAt::Number(1), 10) }).await);
            let first = list(&store, ListRequest { order, ..request(PageAt::Number(1), 2) }).await;
            let mut walked = ids(&first);
            walked.extend(rest(&store, order, first.next).await);
            assert_eq!(walked, whole, "{order:?}");
            walks.push(whole);
        }
        walks[1].reverse();
        assert_eq!(walks[0], walks[1], "{by:?}");
        assert_eq!(walks[0].len(), 6);
    }
    let order = Order { by: SortBy::Title, descending: false };
    let page = list(&store, ListRequest { order, ..request(PageAt::Number(1), 10) }).await;
    let titles: Vec<_> = page.items.iter().map(|note| note.row.effective_title()).collect();
    assert_eq!(titles.join("").to_lowercase(), "aabbcä");
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
        assert_eq!(page.total, Some(page.items.len() as u64));
        let mut titles: Vec<_> =
            page.items.iter().map(|note| note.row.effective_title().to_owned()).collect();
        titles.sort();
        titles
    };
    assert_eq!(found("EINKÄUFE").await, ["Einkäufe 100%"]);
    assert_eq!(found("100%").await, ["Einkäufe 100%"]);
    assert_eq!(found("straße_").await, ["STRASSE_1"]);
    assert_eq!(found("_").await, ["STRASSE_1"]);
    assert_eq!(found("untitled").await, ["Untitled"]);
    record(&store, derived, "text").await;
    save_text(&store, derived, 1, "# Milk\n").await;
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
    let scoped = async |principals: &[PrincipalId], shelf, trash| {
        ids(&list(&store, ListRequest { shelf, trash, ..of(principals) }).await)
    };
    let (all, without) = (Shelf::All, Trash::Without);
    assert_eq!(scoped(&[ana], all, without).await, [of_both, of_ana]);
    assert_eq!(scoped(&[ana], Shelf::Owned, without).await, [of_ana]);
    assert_eq!(scoped(&[ana], Shelf::Shared, without).await, [of_both]);
    assert_eq!(scoped(&[ben], all, without).await, [of_both]);
    assert_eq!(scoped(&[ana, ben], all, without).await, [of_both, of_ana]);
    assert_eq!(scoped(&[ana, ben], Shelf::Shared, without).await, [], "one of them owns it");
    assert_eq!(scoped(&[principal()], all, without).await, []);
    assert_eq!(scoped(&[], all, without).await, []);
    opened.clock.advance(1);
    append(&store, StreamId::document(of_ana), vec![Fact::DocumentTrashed {}]).await.unwrap();
    assert_eq!(scoped(&[ana], all, without).await, [of_both]);
    assert_eq!(scoped(&[ana], all, Trash::With).await, [of_ana, of_both]);
    assert_eq!(scoped(&[ana], all, Trash::Only).await, [of_ana]);
    let revoked = Fact::PermissionRevoked { recipient: Recipient::Principal(ana) };
    append(&store, StreamId::document(of_both), vec![revoked]).await.unwrap();
    assert_eq!(scoped(&[ana], all, without).await, []);
    let elsewhere = ListRequest { project: Some(ProjectId(id())), ..of(&[ben]) };
    assert_eq!(list(&store, elsewhere).await.total, Some(0));
}

pub(crate) async fn whoever_is_in_very_many_groups_has_a_list(opened: Opened) {
    let store = opened.store;
    let (ana, groups) = (principal(), (0..130).map(|_| GroupId(id())).collect::<Vec<_>>());
    let mut notes = Vec::new();
    for _ in 0..3 {
        opened.clock.advance(1);
        let note = document(&store, principal()).await;
        let given = |group: &GroupId| Fact::PermissionGranted {
            recipient: Recipient::Group(*group),
            level: Level::Viewer,
            replaces: None,
        };
        let given = groups.iter().map(given).collect();
        append(&store, StreamId::document(note), given).await.unwrap();
        notes.insert(0, note);
    }
    let lists: Vec<Uuid> = groups.iter().map(|group| group.0).chain([ana.0]).collect();
    let whole = ListRequest { lists: lists.clone(), shelf: Shelf::Shared, ..of(&[]) };
    let page = list(&store, whole.clone()).await;
    assert_eq!((ids(&page), page.total), (notes.clone(), Some(3)));
    let first = list(&store, ListRequest { size: 2, ..whole.clone() }).await;
    assert_eq!(ids(&first), notes[..2]);
    let at = PageAt::After(first.next.unwrap());
    assert_eq!(ids(&list(&store, ListRequest { at, ..whole }).await), notes[2..]);
}

pub(crate) async fn filters_hold_all_together(opened: Opened) {
    let store = opened.store;
    let (ana, ben, cem) = (principal(), principal(), principal());
    let first = document(&store, ana).await;
    append(&store, StreamId::document(first), vec![grant(ben, Level::Editor)]).await.unwrap();
    opened.clock.advance(1_000);
    let second = document(&store, cem).await;
    let stream = StreamId::document(second);
    let any = sticky_domain::port::Expected::Any;
    append_as(&store, stream, any, vec![grant(ana, Level::Viewer)], cem, &[]).await.unwrap();
    let third = document(&store, ana).await;
    let off = link(&store, first, Level::Viewer).await;
    link(&store, third, Level::Viewer).await;
    let turned_off = vec![Fact::LinkRevoked { link: off }];
    append(&store, StreamId::document(first), turned_off).await.unwrap();
    let made_second =
        list(&store, of(&[ana])).await.items.iter().map(|note| note.row.created_at).max();
    let found = async |filter: ListFilter| {
        let page = list(&store, ListRequest { filter, ..of(&[ana]) }).await;
        assert_eq!(page.total, Some(page.items.len() as u64));
        ids(&page)
    };
    let none = ListFilter::default;
    assert_eq!(found(ListFilter { shared_by: Some(cem), ..none() }).await, [second]);
    assert_eq!(found(ListFilter { shared_with: Some(ben.0), ..none() }).await, [first]);
    let since = ListFilter { modified_since: made_second, shared_by: Some(cem), ..none() };
    assert_eq!(found(since).await, [second]);
    let label = Some("for the team".to_owned());
    assert_eq!(found(ListFilter { label: label.clone(), ..none() }).await, [third]);
    assert_eq!(found(ListFilter { label, shared_with: Some(ben.0), ..none() }).await, []);
    assert_eq!(found(ListFilter { created_by: Some(cem), ..none() }).await, []);
}

/// Whom a note is shared with and how its links are called is for its owners: nobody else learns it by trying.
pub(crate) async fn filters_tell_only_owners_of_others(opened: Opened) {
    let store = opened.store;
    let (ana, ben, cem) = (principal(), principal(), principal());
    let note = document(&store, ana).await;
    let stream = StreamId::document(note);
    let any = sticky_domain::port::Expected::Any;
    append_as(&store, stream, any, vec![grant(ben, Level::Editor)], ana, &[]).await.unwrap();
    append_as(&store, stream, any, vec![grant(cem, Level::Viewer)], ben, &[]).await.unwrap();
    let kitchen = group(&store, &[Recipient::Principal(ben)]).await;
    give(&store, note, Recipient::Group(kitchen), Level::Viewer).await;
    link(&store, note, Level::Viewer).await;
    let label = || Some("for the team".to_owned());
    let table = [
        // The owner, all of it.
        (ana, Insight::Owned, Some(ben.0), None, true),
        (ana, Insight::Owned, None, label(), true),
        // An owner with a credential that is good for less.
        (ana, Insight::None, Some(cem.0), None, false),
        (ana, Insight::None, None, label(), false),
        // Whoever has been given it: themselves, and to whom they gave it.
        (ben, Insight::Owned, Some(ben.0), None, true),
        (ben, Insight::Owned, Some(cem.0), None, true),
        (ben, Insight::Owned, Some(kitchen.0), None, false),
        (ben, Insight::Owned, None, label(), false),
        (cem, Insight::Owned, Some(ben.0), None, false),
        (cem, Insight::Owned, Some(ana.0), None, false),
        (cem, Insight::Owned, None, label(), false),
        (cem, Insight::All, Some(ben.0), None, true),
        (cem, Insight::All, None, label(), true),
    ];
    for (who, insight, shared_with, label, expected) in table {
        let filter = ListFilter { shared_with, label, ..ListFilter::default() };
        let told = format!("{who:?} {insight:?} {filter:?}");
        let page = list(&store, ListRequest { filter, insight, ..of(&[who]) }).await;
        assert_eq!(!page.items.is_empty(), expected, "{told}");
        assert_eq!(page.total, Some(u64::from(expected)), "{told}");
    }
}

pub(crate) async fn a_list_tells_who_made_its_notes_and_who_shared_them(opened: Opened) {
    let store = opened.store;
    let (ana, ben, cem) = (principal(), principal(), principal());
    let stream = StreamId::document(DocumentId(id()));
    let any = sticky_domain::port::Expected::Any;
    let made =
        vec![Fact::DocumentCreated { project: PROJECT, title: None }, grant(ben, Level::Owner)];
    append_as(&store, stream, any, made, ben, &[]).await.unwrap();
    append_as(&store, stream, any, vec![grant(ana, Level::Viewer)], cem, &[]).await.unwrap();
    let whose = async |lists: &[PrincipalId]| {
        let note = list(&store, of(lists)).await.items.remove(0);
        (note.created_by, note.shared_by)
    };
    assert_eq!(whose(&[ana]).await, (Some(ben), Some(cem)));
    assert_eq!(whose(&[ben]).await, (Some(ben), None));
    assert_eq!(whose(&[ana, cem]).await, (Some(ben), None), "they have it from themselves");
    let registered = vec![Fact::ServiceRegistered { project: PROJECT, name: "Ben".to_owned() }];
    append(&store, StreamId::principal(ben), registered).await.unwrap();
    let names = store.names(&[ana, ben]).await.unwrap();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), [(ben, "Ben".to_owned())]);
    assert!(store.names(&[]).await.unwrap().is_empty());
}

pub(crate) async fn a_list_has_another_version_when_it_changes(opened: Opened) {
    let store = opened.store;
    let (ana, ben) = (principal(), principal());
    let document = document(&store, ana).await;
    let version = async |of: &[Uuid]| {
        catch_up(&store).await;
        store.version(of).await.unwrap()
    };
    let (before, of_ben) = (version(&[ana.0]).await, version(&[ben.0]).await);
    record(&store, document, "typed").await;
    let typed = version(&[ana.0]).await;
    assert_eq!(version(&[]).await, 0, "who has no list");
    assert!(typed > before && version(&[PROJECT.0]).await > 0);
    save_text(&store, document, 1, "another title").await;
    let named = version(&[ana.0]).await;
    assert!(named > typed);
    assert_eq!(version(&[ben.0]).await, of_ben);
    append(&store, StreamId::document(document), vec![grant(ben, Level::Viewer)]).await.unwrap();
    let given = version(&[ben.0]).await;
    let revoked = Fact::PermissionRevoked { recipient: Recipient::Principal(ben) };
    append(&store, StreamId::document(document), vec![revoked]).await.unwrap();
    assert!(of_ben < given && given < version(&[ben.0]).await);
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
    save_text(&store, document, 1, "one").await;
    save_text(&store, document, 0, "older").await;
    assert_eq!((row().await.derived_title.as_str(), row().await.derived_seq), ("one", 1));
    assert!(!row().await.title_is_stale());
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

/// The one character that Postgres does not store.
pub(crate) async fn a_text_with_a_nul_is_kept_without_it(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    record(&store, document, "x").await;
    save_text(&store, document, 1, "Plan\0 B").await;
    let row = store.document(PROJECT, document).await.unwrap().unwrap();
    assert_eq!(row.derived_title, "Plan B");
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
        rows.iter().map(|row| (row.id, row.terms.level, row.revoked_at.is_some())).collect();
    assert_eq!(summary, [(second, Level::Editor, false), (first, Level::Viewer, true)]);
    let row = store.link(second).await.unwrap().unwrap();
    assert_eq!((row.document, row.project), (document, PROJECT));
    assert_eq!(row.terms.label.as_deref(), Some("for the team"));
    assert_eq!(store.link(LinkId(id())).await, Ok(None));
}
