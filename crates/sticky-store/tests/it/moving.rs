//! Installations that move, and what keeps them from it.

mod child;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sticky_domain::access::{Claim, Level};
use sticky_domain::event::{Actor, Event, Via};
use sticky_domain::id::{DocumentId, LinkId, PrincipalId, SessionId};
use sticky_domain::port::{
    BrowserSession, EventStore as _, NewUpdate, ReadModel as _, Sessions as _, Snapshot,
    Snapshots as _,
};
use sticky_domain::stream::Lane;
use sticky_store::{DatabaseUrl, MoveError, Moving, Store, Table};

use crate::engines::Opened;
use crate::server;
use crate::world::{
    PROJECT, TestClock, actor, document, guest, id, link, principal, record, right, titled, update,
};

/// Some of everything.
struct Installation {
    owner: PrincipalId,
    note: DocumentId,
    link: LinkId,
    guest: PrincipalId,
    session: BrowserSession,
}

const COOKIE: [u8; 32] = [5; 32];
const UPDATES: u64 = 2_400;

async fn installation(store: &Store) -> Installation {
    let owner = principal();
    let note = titled(store, owner, Some("Plan – ä, 日本, 👩‍👩‍👧")).await;
    let link = link(store, note, Level::Editor).await;
    let (guest, _) = guest(store, "Ana").await;
    let session = BrowserSession {
        id: SessionId(id()),
        project: PROJECT,
        principal: None,
        guests: Vec::new(),
        login: None,
    };
    store.open(&session, COOKIE).await.unwrap();
    store.admit(session.id, link, guest).await.unwrap();
    let by_guest = NewUpdate {
        actor: Actor { via: Via::Link(link), correlation: Some(id()), ..actor(guest) },
        ..update(guest, &[], "by the guest")
    };
    store.record(note, vec![by_guest]).await.remove(0).unwrap();
    let typed = (1..UPDATES).map(|nth| update(owner, &[], &format!("{nth}"))).collect();
    assert!(store.record(note, typed).await.iter().all(Result::is_ok));
    let body = bytes::Bytes::from_static(b"state");
    let owners = vec![(7, owner.into())];
    store.save(note, Snapshot { seq: 2_000, body, owners }).await.unwrap();
    document(store, owner).await;
    Installation { owner, note, link, guest, session }
}

async fn events(store: &Store) -> Vec<Event> {
    let mut events = store.lane(Lane::Control, 0, 10_000).await.unwrap();
    events.extend(store.lane(Lane::Content, 0, 10_000).await.unwrap());
    events
}

async fn moved(from: &DatabaseUrl, to: &DatabaseUrl) -> Result<(), MoveError> {
    Moving::between(from, to).await?.run(|_| {}).await.map(drop)
}

/// Everything of `before` is in `after`, which works.
async fn check(before: &[Event], installation: &Installation, after: &Store) {
    let Installation { owner, note, link, guest, session } = installation;
    assert!(events(after).await == before, "the log is the same, position by position");
    let row = after.document(PROJECT, *note).await.unwrap().unwrap();
    assert_eq!((row.title.as_deref(), row.head), (Some("Plan – ä, 日本, 👩‍👩‍👧"), UPDATES));
    let level = right(after, Claim::Principal(*owner), *note).await.map(|right| right.level);
    assert_eq!(level, Some(Level::Owner));
    let claim = Claim::Link { link: *link, guest: *guest };
    assert_eq!(right(after, claim, *note).await.map(|right| right.level), Some(Level::Editor));
    let found = after.find(COOKIE).await.unwrap().unwrap();
    assert_eq!((found.id, found.guests), (session.id, vec![(*link, *guest)]));
    let loaded = after.load(*note, None, None).await.unwrap();
    assert_eq!(loaded.snapshot.map(|snapshot| snapshot.seq), Some(2_000));
    assert_eq!(record(after, *note, "live again").await.seq, UPDATES + 1);
    document(after, *owner).await;
    for lane in [Lane::Control, Lane::Content] {
        let events = after.lane(lane, 0, 10_000).await.unwrap();
        let positions = events.iter().map(|event| event.position);
        assert!(positions.eq(1..=events.len() as u64), "no hole in {lane:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_moves_to_postgres_and_back() {
    let file = Opened::file().await;
    let installation = installation(&file.store).await;
    let before = events(&file.store).await;
    file.store.close().await;
    let there: DatabaseUrl = server::fresh_database().await.parse().unwrap();
    let here = DatabaseUrl::Sqlite(file.path());
    moved(&here, &there).await.unwrap();
    let back = DatabaseUrl::Sqlite(file.path().with_file_name("back.db"));
    moved(&there, &back).await.unwrap();
    for url in [there, back.clone()] {
        let store = Store::open(&url, TestClock::new()).await.unwrap();
        check(&before, &installation, &store).await;
        store.close().await;
    }
    assert!(matches!(moved(&here, &back).await, Err(MoveError::NotEmpty("event"))));
}

/// Stopped dead after each of its reports, and begun again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_was_killed_goes_on() {
    let file = Opened::file().await;
    let installation = installation(&file.store).await;
    let before = events(&file.store).await;
    let here = DatabaseUrl::Sqlite(file.path());
    let address = server::fresh_database().await;
    let there: DatabaseUrl = address.parse().unwrap();
    let mut reports = 0;
    // Each time a few steps further than the time before.
    for stop in [0, 1, 2, 3, 6, 11, 16, 21] {
        let mut child = child::moving(&here, &address, stop);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reported = lines.map_while(Result::ok).filter(|line| line.contains("report"));
        reports = reported.take(stop + 1).count();
        child.kill().unwrap();
        child.wait().unwrap();
        if reports <= stop {
            break;
        }
        let opened = Store::open(&there, TestClock::new()).await;
        assert!(opened.is_err_and(|error| error.to_string().contains("begun and not ended")));
    }
    assert!(reports > 16, "it was stopped everywhere, to its last steps: {reports}");
    // The source may be used again meanwhile.
    record(&file.store, installation.note, "meanwhile").await;
    let refused = moved(&DatabaseUrl::Sqlite(other(&file).await), &there).await;
    assert!(matches!(refused, Err(MoveError::Another)), "{refused:?}");
    moved(&here, &there).await.unwrap();
    let store = Store::open(&there, TestClock::new()).await.unwrap();
    assert_eq!(events(&store).await.len(), before.len() + 1);
    assert!(events(&store).await == events(&file.store).await);
}

/// Another installation, of another history.
async fn other(beside: &Opened) -> std::path::PathBuf {
    let path = beside.path().with_file_name("other.db");
    let store = Store::open(&DatabaseUrl::Sqlite(path.clone()), TestClock::new()).await.unwrap();
    installation(&store).await;
    store.close().await;
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_use_is_not_moved() {
    let file = Opened::file().await;
    let here = DatabaseUrl::Sqlite(file.path());
    let there = DatabaseUrl::Sqlite(file.path().with_file_name("there.db"));
    let serving = file.store.lock_for_serving().unwrap();
    let refused = moved(&here, &there).await.unwrap_err().to_string();
    assert!(refused.contains(&std::process::id().to_string()), "{refused}");
    drop(serving);
    let node = Opened::postgres().await;
    let url: DatabaseUrl = node.url().parse().unwrap();
    node.store.position(Lane::Control).await.unwrap();
    assert!(matches!(moved(&url, &there).await, Err(MoveError::Served(1..))));
    assert!(matches!(moved(&here, &here).await, Err(MoveError::Same)));
    assert!(matches!(moved(&DatabaseUrl::Memory, &here).await, Err(MoveError::Memory)));
    let nowhere = DatabaseUrl::Sqlite(file.path().with_file_name("nowhere.db"));
    assert!(matches!(moved(&nowhere, &there).await, Err(MoveError::Missing(_))));
    assert!(!file.path().with_file_name("nowhere.db").exists());
}

/// A new table has to be thought of: is it copied, or rebuilt, or dropped?
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_has_its_fate() {
    let file = Opened::file().await;
    let options = SqliteConnectOptions::new().filename(file.path());
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let there: Vec<String> = sqlx::query_scalar(
        "select name from pragma_table_list
         where schema = 'main' and type in ('table', 'virtual')
             and name not like 'sqlite\\_%' escape '\\' and name not like '\\_sqlx%' escape '\\'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let there: BTreeSet<&str> = there.iter().map(String::as_str).collect();
    let named: BTreeSet<&str> = Table::all().iter().map(|table| table.name).collect();
    assert_eq!(named, there, "`moving/table.rs` says what becomes of each table");
}
