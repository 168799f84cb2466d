//! A note whose history has been archived is the same note.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sticky_domain::keyring::Keyring;
use sticky_domain::port::Clock;
use sticky_domain::stream::Lane;
use sticky_domain::time::Timestamp;
use sticky_relay::Compaction;
use sticky_server::app::{App, Foundation};
use sticky_server::config::{Config, Flags, PublicUrl};
use sticky_server::system::{RandomIds, SystemClock};
use sticky_store::archive::{Archiver, Looked, Policy};
use sticky_store::{Objects, Store};
use tempfile::TempDir;

use crate::visitor::Visitor;

/// Updates of the note.
const COUNT: u64 = 12;
/// The newest two stay in the database.
const HOT: u64 = 2;

/// A later time of day, so that nothing is too young to leave.
struct Later(Duration);

impl Clock for Later {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus(self.0)
    }
}

struct Place {
    directory: TempDir,
    store: Store,
    app: App,
}

impl Place {
    async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let (store, app) = open(directory.path()).await;
        Self { directory, store, app }
    }

    /// The same place after a restart: nothing is served from memory.
    async fn again(self) -> Self {
        self.app.relay.shutdown().await;
        self.store.close().await;
        let (store, app) = open(self.directory.path()).await;
        Self { store, app, ..self }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    async fn archive(&self, prune_after: Option<Duration>) -> Looked {
        let policy = Policy {
            bytes: 40,
            after: Duration::ZERO,
            hot_events: HOT,
            hot_for: Duration::ZERO,
            prune_after,
        };
        let clock = Arc::new(Later(Duration::from_secs(60)));
        let ids = Arc::new(RandomIds);
        let archiver =
            Archiver::new(&self.store, clock, ids, Arc::new(Compaction), policy).unwrap();
        self.app.projector.catch_up(Lane::Content).await.unwrap();
        let looked = archiver.look(false).await.unwrap();
        let term = archiver.claim().await.unwrap().unwrap();
        archiver.release(term).await.unwrap();
        looked
    }

    fn visitor(&self) -> Visitor {
        Visitor::new(self.app.clone(), sticky_server::router(self.app.clone()))
    }
}

async fn open(directory: &Path) -> (Store, App) {
    let url = format!("sqlite://{}", directory.join("sticky.db").display());
    let flags = Flags { database_url: Some(url), insecure_local_dev: true, ..Flags::default() };
    let config = Config::read(&flags, []).unwrap();
    let archive = config.archive.clone().expect("there is one beside the file").url;
    let store = Store::open(&config.database, Arc::new(SystemClock)).await.unwrap();
    let store = store.with_archive(Arc::new(Objects::open(&archive, []).unwrap()));
    let app = App::new(Foundation {
        store: store.clone(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        keys: Keyring::single([7; 32]),
        config,
        public_url: PublicUrl::parse("http://localhost:8080").unwrap(),
    });
    app.introduce().await.unwrap();
    (store, app)
}

/// A note of [`COUNT`] updates.
async fn written(visitor: &mut Visitor) -> String {
    let made = visitor.ask("POST", "/api/v1/documents", json!({ "title": "Long" })).await;
    let note = format!("/api/v1/documents/{}", made.json()["id"].as_str().unwrap());
    for n in 1..=COUNT {
        let change = json!({ "op": "append", "text": format!("line {n}\n") });
        let answer = visitor.ask("PATCH", &format!("{note}/content"), change).await;
        assert_eq!(answer.json()["seq"], n, "{}", answer.text());
    }
    note
}

/// Everything that can be read of a note's past and present, without what names the reader.
async fn read(visitor: &mut Visitor, note: &str) -> Vec<String> {
    let mut all = Vec::new();
    for seq in 0..=COUNT {
        let path = format!("{note}/content?seq={seq}");
        all.push(visitor.ask("GET", &path, ()).await.text().to_owned());
    }
    for path in [
        "content",
        "timeline",
        "updates?after=0",
        "updates?after=3&max_bytes=1",
        "updates?vector=AA",
    ] {
        let answer = visitor.ask("GET", &format!("{note}/{path}"), ()).await;
        assert_eq!(answer.status, 200, "{path}");
        all.push(format!("{:?}", answer.body));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archived_note_reads_as_before() {
    let place = Place::new().await;
    let note = written(&mut place.visitor()).await;
    let before = read(&mut place.visitor(), &note).await;
    let looked = place.archive(None).await;
    assert!(looked.sealed > 1, "{looked:?}");
    assert_eq!(read(&mut place.visitor(), &note).await, before, "while the note is open");
    let place = place.again().await;
    assert_eq!(read(&mut place.visitor(), &note).await, before, "after a restart");
    let restored =
        place.visitor().ask("POST", &format!("{note}/restore"), json!({ "seq": 3 })).await;
    assert_eq!(restored.json()["seq"], COUNT + 1, "{}", restored.text());
    let text = place.visitor().ask("GET", &format!("{note}/content"), ()).await;
    assert_eq!(text.text(), before[3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_pruned_is_gone_on_every_way_and_nothing_else() {
    let place = Place::new().await;
    let note = written(&mut place.visitor()).await;
    let before = read(&mut place.visitor(), &note).await;
    place.archive(None).await;
    let looked = place.archive(Some(Duration::ZERO)).await;
    assert_eq!(looked.pruned, 1, "{looked:?}");
    let place = place.again().await;
    let mut visitor = place.visitor();
    let last = COUNT - HOT;
    for path in ["content?seq=3", "timeline", "updates?after=0"] {
        let answer = visitor.ask("GET", &format!("{note}/{path}"), ()).await;
        let problem = answer.json();
        assert_eq!((answer.status.as_u16(), &problem["code"]), (410, &json!("pruned")), "{path}");
        assert_eq!(problem["pruned_to"], last, "{path}");
    }
    let back = visitor.ask("POST", &format!("{note}/restore"), json!({ "seq": 3 })).await;
    assert_eq!(back.status, 410);
    for (path, seq) in
        [(format!("{note}/content?seq={last}"), last), (format!("{note}/content"), COUNT)]
    {
        let text = visitor.ask("GET", &path, ()).await;
        assert_eq!(text.text(), before[usize::try_from(seq).unwrap()]);
    }
    let rest = visitor.ask("GET", &format!("{note}/timeline?after={last}"), ()).await;
    assert_eq!(rest.json()["items"][0]["first_seq"], last + 1, "{}", rest.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flipped_byte_is_named_and_a_lost_note_comes_back() {
    let place = Place::new().await;
    let note = written(&mut place.visitor()).await;
    let then = place.visitor().ask("GET", &format!("{note}/content?seq={}", COUNT - HOT), ()).await;
    place.archive(None).await;
    let place = place.again().await;
    let verify = || sticky(place.directory.path(), &["log", "verify", "--json"], &[]);
    let sound = verify();
    assert!(sound.status.success(), "{sound:?}");
    let told: Value = serde_json::from_slice(&sound.stdout).unwrap();
    assert_eq!((&told["documents"], &told["events"]), (&json!(1), &json!(COUNT)));

    let elsewhere = TempDir::new().unwrap();
    let archive = place.path("sticky.archive").display().to_string();
    let id = note.rsplit('/').next().unwrap();
    let restore = ["document", "restore", id];
    let back = sticky(elsewhere.path(), &restore, &[("STICKY_ARCHIVE", &archive)]);
    assert!(back.status.success(), "{}", String::from_utf8_lossy(&back.stderr));
    let twice = sticky(elsewhere.path(), &restore, &[("STICKY_ARCHIVE", &archive)]);
    assert!(String::from_utf8_lossy(&twice.stderr).contains("has a history"), "{twice:?}");
    let checked = sticky(elsewhere.path(), &["log", "verify"], &[("STICKY_ARCHIVE", &archive)]);
    assert!(checked.status.success(), "{checked:?}");
    copy(&place.path("sticky.archive"), &elsewhere.path().join("sticky.archive"));
    let (_store, app) = open(elsewhere.path()).await;
    let mut visitor = Visitor::new(app.clone(), sticky_server::router(app));
    let text = visitor.ask("GET", &format!("{note}/content"), ()).await;
    assert_eq!(text.text(), then.text());
    assert_eq!(visitor.ask("GET", &note, ()).await.json()["title"], "Long");

    flip_a_byte_of_each(&place.path("sticky.archive"));
    let damaged = sticky(place.directory.path(), &["log", "verify"], &[]);
    let told = String::from_utf8_lossy(&damaged.stdout).into_owned();
    assert_eq!(damaged.status.code(), Some(1));
    assert!(
        told.contains(&format!("documents/{id}/1-")) && told.contains("from a backup"),
        "{told}"
    );
}

fn sticky(directory: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sticky"))
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

fn flip_a_byte_of_each(directory: &Path) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            flip_a_byte_of_each(&path);
            continue;
        }
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}
