//! The archive in a bucket of a real S3 server, which the tests start themselves.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use futures::future::join_all;
use sticky_domain::port::{BlobError, BlobStore as _, EventStore as _};
use sticky_store::{ArchiveUrl, Objects};

use crate::conformance::archiving::stop_after_each_step;
use crate::engines::Opened;
use crate::shelf::{Archived, Flaky};

/// Runs a server until nobody holds its standard input any more, however they ended.
const KEEPER: &str = r#"
    trap '' INT HUP TERM
    "$@" 2>&1 &
    cat >/dev/null
    kill $! 2>/dev/null
"#;

struct Server {
    endpoint: String,
    _keeper: Child,
    _input: ChildStdin,
}

impl Server {
    /// Where `cargo xtask test` installs it.
    fn start() -> Self {
        let program = std::env::current_exe().unwrap();
        let target = program.ancestors().nth(3).expect("tests lie in target/<profile>/deps");
        let server = target.join("tools/python/bin/moto_server");
        assert!(server.exists(), "no S3 server is installed: run `cargo xtask test machine`");
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(server)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(keeper.stdout.take().unwrap()).lines().map_while(Result::ok);
        let endpoint = lines
            .find_map(|line| line.split_once("Running on ").map(|(_, url)| url.trim().to_owned()))
            .expect("the server says where it runs");
        // It goes on to tell of every request, and must not wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let input = keeper.stdin.take().unwrap();
        Self { endpoint, _keeper: keeper, _input: input }
    }

    /// A part of a bucket.
    fn bucket(&self, prefix: &str) -> Objects {
        let aws = [
            ("AWS_ENDPOINT_URL_S3", self.endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "us-east-1"),
        ];
        let url: ArchiveUrl = format!("s3://sticky/{prefix}").parse().unwrap();
        let made = Command::new("curl")
            .args(["-sS", "-X", "PUT", &format!("{}/sticky", self.endpoint)])
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        Objects::open(&url, aws).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_keeps_what_the_archive_needs() {
    let server = Server::start();
    one_of_many_writers_wins(&server.bucket("first")).await;
    for (nth, opened) in [Opened::file().await, Opened::postgres().await].into_iter().enumerate() {
        let bucket = Flaky::over(server.bucket(&format!("steps{nth}")));
        let directory = tempfile::tempdir().unwrap();
        stop_after_each_step(&Archived::with(opened, Arc::new(bucket), directory)).await;
    }
    archived_in_a_bucket(server).await;
}

async fn archived_in_a_bucket(server: Server) {
    let blobs = Arc::new(Flaky::over(server.bucket("notes")));
    let archived =
        Archived::with(Opened::memory().await, blobs.clone(), tempfile::tempdir().unwrap());
    let document = archived.document(80).await;
    let before = archived.all(document).await;
    archived.clock().advance(61_000);
    let archiver = archived.archiver(100).await;
    assert_eq!(archiver.keeps_what_is_there().await, Ok(true));
    blobs.lose_put.store(true, Ordering::SeqCst);
    archiver.look(false).await.unwrap_err();
    let looked = archiver.look(false).await.unwrap();
    assert!(looked.sealed > 3 && looked.merged > 0, "{looked:?}");
    assert_eq!(archived.all(document).await, before);
    assert!(archived.store.verify(document).await.unwrap().1.is_empty());
    let objects = archived.objects().await;
    archived.clock().advance(400 * 24 * 60 * 60 * 1_000);
    let deleted = archiver.look(true).await.unwrap().deleted;
    assert!(deleted > 4, "those of the merges, and the one whose answer got lost: {deleted}");
    assert_eq!(archived.objects().await, objects - deleted);
    assert_eq!(archived.all(document).await, before);

    drop(server);
    let error = archived.store.updates(document, 0, usize::MAX).await.unwrap_err().to_string();
    assert!(error.contains("cannot be reached") && !error.contains("test:"), "{error}");
}

async fn one_of_many_writers_wins(bucket: &Objects) {
    let puts = (0..8u8).map(|n| bucket.put_new("race", Bytes::from(vec![n])));
    let won = join_all(puts).await.into_iter().filter(Result::is_ok).count();
    assert_eq!(won, 1);
    let late = bucket.put_new("race", Bytes::new()).await;
    assert_eq!(late, Err(BlobError::Exists("race".to_owned())));
    bucket.delete("race").await.unwrap();
    bucket.delete("race").await.unwrap();
    assert_eq!(bucket.get("race").await, Ok(None));
}
