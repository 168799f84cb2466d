//! A real Postgres, started by the tests: one that all share, or one of a test's own that may be killed.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::{Connection as _, Executor as _, PgConnection};
use sticky_store::Store;
use tokio::sync::OnceCell;

use crate::world::TestClock;

/// Runs a server until nobody holds its standard input any more, however they ended; then stops it and takes its
/// directory away. Arguments: the directory, then the command.
const KEEPER: &str = r#"
    trap '' INT HUP TERM
    directory=$1; shift
    "$@" >>"$directory/log" 2>&1 &
    echo $!
    cat >/dev/null
    kill -INT $! 2>/dev/null
    wait $!
    rm -rf "$directory"
"#;
/// Postgres refuses to run as root; this user owns nothing else.
const NOBODY: u32 = 65_534;
const TEMPLATE: &str = "sticky_template";

/// A running server.
pub(crate) struct Server {
    directory: PathBuf,
    fsync: bool,
    pid: u32,
    // Their pipes keep the server; the last one takes the directory away.
    keepers: Vec<(Child, ChildStdin)>,
}

/// The server of all tests that do not kill theirs.
pub(crate) async fn shared() -> &'static Server {
    static SHARED: OnceCell<Server> = OnceCell::const_new();
    SHARED
        .get_or_init(|| async {
            let server = Server::start(false).await;
            server.make_template().await;
            server
        })
        .await
}

impl Server {
    /// Starts one on a new directory. `fsync` as in production, or not.
    pub(crate) async fn start(fsync: bool) -> Self {
        let directory = new_directory();
        let initialized = as_server(&program("initdb"))
            .args([
                "--username=postgres",
                "--auth=trust",
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C",
                "--pgdata",
            ])
            .arg(directory.join("data"))
            .output()
            .unwrap();
        assert!(initialized.status.success(), "{}", String::from_utf8_lossy(&initialized.stderr));
        let mut server = Self { directory, fsync, pid: 0, keepers: Vec::new() };
        server.start_again().await;
        server
    }

    /// Starts it on the data that it left.
    pub(crate) async fn start_again(&mut self) {
        let _ = std::fs::remove_file(self.directory.join("data/postmaster.pid"));
        let server = as_server(&program("postgres"));
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(&self.directory)
            .arg(server.get_program())
            .args(server.get_args())
            .arg("-D")
            .arg(self.directory.join("data"))
            .arg("-k")
            .arg(&self.directory)
            .args(["-c", "listen_addresses=", "-c", "max_connections=300"])
            .args(["-c", "track_commit_timestamp=on"])
            .args(["-c", if self.fsync { "fsync=on" } else { "fsync=off" }])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line).unwrap();
        self.pid = line.trim().parse().unwrap();
        let input = keeper.stdin.take().unwrap();
        self.keepers.push((keeper, input));
        self.wait_until_it_answers().await;
    }

    /// Kills it without warning, with everything that it runs.
    pub(crate) async fn kill(&self) {
        let children = format!("/proc/{0}/task/{0}/children", self.pid);
        let mut pids = vec![self.pid.to_string()];
        let children = std::fs::read_to_string(children).unwrap();
        pids.extend(children.split_whitespace().map(str::to_owned));
        // One that has just ended by itself is no failure.
        let _ = Command::new("kill").arg("-9").args(&pids).stderr(Stdio::null()).status().unwrap();
        while pids.iter().any(|pid| has_memory(pid)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The address of a new database with our schema and nothing in it.
    pub(crate) async fn fresh_database(&self) -> String {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let name = format!("t{}", NEXT.fetch_add(1, Ordering::SeqCst));
        self.execute(&format!("create database {name} template {TEMPLATE}")).await;
        self.address(&name)
    }

    /// The address of a new empty database.
    pub(crate) async fn bare_database(&self, name: &str) -> String {
        self.execute(&format!("create database {name}")).await;
        self.address(name)
    }

    pub(crate) fn address(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.directory.display())
    }

    /// The socket that it listens on.
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.join(".s.PGSQL.5432")
    }

    async fn make_template(&self) {
        let url = self.bare_database(TEMPLATE).await;
        let store = Store::open(&url.parse().unwrap(), TestClock::new()).await.unwrap();
        store.close().await;
        drop(store);
    }

    async fn execute(&self, text: &str) {
        execute(&self.address("postgres"), text).await.unwrap();
    }

    async fn wait_until_it_answers(&self) {
        for _ in 0..600 {
            if self.answers("postgres").await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let log = std::fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        panic!("Postgres does not start:\n{log}");
    }

    async fn answers(&self, database: &str) -> bool {
        PgConnection::connect(&self.address(database)).await.is_ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for (mut keeper, input) in self.keepers.drain(..) {
            drop(input);
            let _ = keeper.wait();
        }
    }
}

/// What someone with a database tool does.
pub(crate) async fn execute(address: &str, text: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(address).await?;
    connection.execute(sqlx::AssertSqlSafe(text.to_owned())).await?;
    connection.close().await
}

/// One of the newest Postgres that Debian's packages left here.
fn program(name: &str) -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin").join(name)))
        .filter(|program| program.is_file())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| {
        panic!("{name} is missing: sudo apt-get install -y --no-install-recommends postgresql")
    })
}

fn as_server(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")])
        .arg("--clear-groups")
        .arg(program);
    command
}

fn new_directory() -> PathBuf {
    let directory = tempfile::Builder::new().prefix("sticky-pg").tempdir().unwrap().keep();
    std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o755)).unwrap();
    if is_root() {
        chown(&directory, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    directory
}

/// Whether the process still holds the memory that it shared: neither gone nor a zombie.
fn has_memory(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/statm"))
        .is_ok_and(|sizes| !sizes.starts_with("0 "))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
