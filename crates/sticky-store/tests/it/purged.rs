//! A note that was deleted for good, after much had been done with it, and which tables still name it.

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use sticky_domain::access::{Level, Recipient};
use sticky_domain::event::Fact;
use sticky_domain::id::{DocumentId, LinkId};
use sticky_domain::link::LinkTerms;
use sticky_domain::port::{Snapshot, Snapshots as _, Target};
use sticky_domain::projection::Projection;
use sticky_domain::stream::{Lane, StreamId};

use crate::engines::Opened;
use crate::projections::plain::projector;
use crate::world::{
    PROJECT, append, document, give, group, guest_by, link_with, principal, record, titled,
};

pub(crate) const TITLE: &str = "Thylacine";
pub(crate) const TEXT: &str = "quagga";
pub(crate) const LABEL: &str = "aurochs";

/// A note with a long text, a snapshot of it, a link with guests and people who have it or want it, among others; all that
/// is read has been folded.
pub(crate) async fn written(opened: &Opened) -> (DocumentId, LinkId) {
    let (store, owner) = (&opened.store, principal());
    let long = format!("{TEXT} ").repeat(3_000);
    for _ in 0..20 {
        record(store, document(store, owner).await, "of someone else").await;
    }
    let note = titled(store, owner, Some(TITLE)).await;
    record(store, note, &long).await;
    store.save(note, Snapshot { seq: 1, body: long.into(), owners: Vec::new() }).await.unwrap();
    let terms = LinkTerms { label: Some(LABEL.to_owned()), ..LinkTerms::open(Level::Viewer) };
    let link = link_with(store, note, terms).await;
    let cooks = group(store, &[Recipient::Principal(principal())]).await;
    give(store, note, Recipient::Group(cooks), Level::Editor).await;
    let message = Some(LABEL.to_owned());
    let asked = Fact::AccessRequested { by: principal(), link, message };
    append(store, StreamId::document(note), vec![asked]).await.unwrap();
    admitted(opened, note, link).await;
    follow(opened).await;
    (note, link)
}

async fn admitted(opened: &Opened, note: DocumentId, link: LinkId) {
    let someone = guest_by(&opened.store, link).await;
    let redeemed = Fact::LinkRedeemed { link, document: note };
    append(&opened.store, StreamId::principal(someone), vec![redeemed]).await.unwrap();
}

pub(crate) async fn purge(opened: &Opened, note: DocumentId, link: LinkId) {
    let stream = StreamId::document(note);
    let purged = Fact::DocumentPurged { project: PROJECT, links: vec![link] };
    append(&opened.store, stream, vec![Fact::DocumentTrashed {}]).await.unwrap();
    append(&opened.store, stream, vec![purged]).await.unwrap();
    follow(opened).await;
}

async fn follow(opened: &Opened) {
    let projector = projector(opened);
    for lane in [Lane::Control, Lane::Content] {
        projector.catch_up(lane).await.unwrap();
    }
    while projector.refresh_texts(Target::live(Projection::Notes)).await.unwrap() > 0 {}
}

/// The tables in which one of these ids is, in the order of their names.
pub(crate) async fn tables_with(opened: &Opened, note: DocumentId, link: LinkId) -> Vec<String> {
    let (names, rows) = match opened.url().starts_with("postgres") {
        true => on_postgres(opened).await,
        false => in_a_file(opened).await,
    };
    let ids = [note.0, link.0].map(|id| id.simple().to_string());
    let names_it = |rows: &String| {
        let rows = rows.to_lowercase().replace('-', "");
        ids.iter().any(|id| rows.contains(id))
    };
    names.into_iter().zip(rows).filter(|(_, rows)| names_it(rows)).map(|(name, _)| name).collect()
}

async fn on_postgres(opened: &Opened) -> (Vec<String>, Vec<String>) {
    let mut connection = PgConnection::connect(opened.url()).await.unwrap();
    let all = "select table_name::text from information_schema.tables
         where table_schema = 'public' and table_type = 'BASE TABLE' order by 1";
    let names: Vec<String> = sqlx::query_scalar(all).fetch_all(&mut connection).await.unwrap();
    let mut tables = Vec::new();
    for name in &names {
        let text = format!("select row(t.*)::text from \"{name}\" t");
        let rows: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(&mut connection).await.unwrap();
        tables.push(rows.join("\n"));
    }
    (names, tables)
}

/// The index for searching has words and no ids but those of readers.
async fn in_a_file(opened: &Opened) -> (Vec<String>, Vec<String>) {
    let options = SqliteConnectOptions::new().filename(opened.path());
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let all = "select name from sqlite_schema where type = 'table' and name not like 'note_index%'
         and name not like 'sqlite_%' order by name";
    let names: Vec<String> = sqlx::query_scalar(all).fetch_all(&mut connection).await.unwrap();
    let mut tables = Vec::new();
    for name in &names {
        let columns = "select group_concat('quote(\"' || name || '\")') from pragma_table_info(?)";
        let columns: String =
            sqlx::query_scalar(columns).bind(name).fetch_one(&mut connection).await.unwrap();
        let text = format!("select concat_ws('|', {columns}) from \"{name}\"");
        let rows: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(&mut connection).await.unwrap();
        tables.push(rows.join("\n"));
    }
    (names, tables)
}

/// What still names a note that was deleted for good, or a link to it: the log, in its receipt and in what others did with it,
/// the objects that are to be deleted, until they are, and how often the list of those who kept the link has changed, which
/// must not begin anew.
const STILL: [&str; 4] = ["event", "gc", "list_version", "stream"];

async fn only_the_log_names_a_purged_note(opened: Opened) {
    let (note, link) = written(&opened).await;
    let before = tables_with(&opened, note, link).await;
    for table in ["document", "document_grant", "link", "link_use", "listing", "note"] {
        assert!(before.iter().any(|name| name == table), "the search finds {table}: {before:?}");
    }
    assert!(before.len() > 10, "{before:?}");
    purge(&opened, note, link).await;
    assert_eq!(tables_with(&opened, note, link).await, STILL);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_log_names_a_purged_note_in_a_file() {
    only_the_log_names_a_purged_note(Opened::file().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_log_names_a_purged_note_on_postgres() {
    only_the_log_names_a_purged_note(Opened::postgres().await).await;
}
