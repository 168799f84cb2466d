use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::account::{self, succeeded};
use crate::certificate::Certificate;
use crate::keeper::Keeper;

/// How long a start may take on a busy computer.
const START: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(10);
const INITDB: [&str; 6] = [
    "--username=postgres",
    "--auth=trust",
    "--no-sync",
    "--encoding=UTF8",
    "--locale=C",
    "--pgdata",
];
/// Of the unix socket; where nobody listens to the network, it is everybody's own.
const PORT: u16 = 5432;

/// A running Postgres on a directory of its own, reached by a unix socket in it. Gone with this value, or with the
/// process that holds it.
#[derive(Debug)]
pub struct Postgres {
    directory: PathBuf,
    settings: Vec<String>,
    port: u16,
    environment: Vec<(String, String)>,
    pid: u32,
    // The last one takes the directory away.
    keepers: Vec<Keeper>,
    copies: AtomicU64,
}

impl Postgres {
    /// Starts one with these settings of `postgresql.conf`, such as `fsync=off`.
    ///
    /// # Errors
    /// When Postgres is not installed, or does not start.
    pub fn start(settings: &[&str]) -> io::Result<Self> {
        let mut server = Self::new(settings)?;
        server.start_again()?;
        Ok(server)
    }

    /// Starts one that also listens to this computer's network, and shows this certificate there.
    ///
    /// # Errors
    /// When Postgres is not installed, or does not start.
    pub fn start_on_network(certificate: &Certificate) -> io::Result<Self> {
        let chain = format!("ssl_cert_file={}", certificate.chain().display());
        let key = format!("ssl_key_file={}", certificate.key().display());
        let mut server =
            Self::new(&["fsync=off", "listen_addresses=localhost", "ssl=on", &chain, &key])?;
        server.port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        server.start_again()?;
        Ok(server)
    }

    /// One that has been made and not started yet.
    ///
    /// # Errors
    /// When Postgres is not installed.
    pub fn new(settings: &[&str]) -> io::Result<Self> {
        Self::new_in(&std::env::temp_dir(), settings)
    }

    /// The same, on the disk that `place` is on.
    ///
    /// # Errors
    /// When Postgres is not installed.
    pub fn new_in(place: &Path, settings: &[&str]) -> io::Result<Self> {
        let directory = account::new_directory(place, "sticky-pg")?;
        let mut initdb = account::command(&program("initdb")?);
        succeeded(&initdb.args(INITDB).arg(directory.join("data")).output()?)?;
        Ok(Self {
            directory,
            settings: settings.iter().map(|&setting| setting.to_owned()).collect(),
            port: PORT,
            environment: Vec::new(),
            pid: 0,
            keepers: Vec::new(),
            copies: AtomicU64::new(0),
        })
    }

    /// Gives the server a variable of the environment, from its next start on.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts it on the data that it left.
    ///
    /// # Errors
    /// When it does not come to answer.
    pub fn start_again(&mut self) -> io::Result<()> {
        // Of a server that was killed.
        let _ = std::fs::remove_file(self.directory.join("data/postmaster.pid"));
        let mut server = account::command(&program("postgres")?);
        server.arg("-D").arg(self.directory.join("data")).arg("-k").arg(&self.directory);
        server.args(["-p", &self.port.to_string(), "-c", "max_connections=300"]);
        // What comes later counts.
        server.args(["-c", "listen_addresses="]);
        for setting in &self.settings {
            server.args(["-c", setting]);
        }
        server.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let (keeper, pid) = Keeper::start(&self.directory, &server)?;
        self.keepers.push(keeper);
        self.pid = pid;
        self.wait_until_it_answers()
    }

    /// Kills it without warning, with everything that it runs.
    ///
    /// # Errors
    /// When it does not run.
    pub fn kill(&self) -> io::Result<()> {
        let pids = self.signal("KILL")?;
        while pids.iter().any(|pid| has_memory(pid)) {
            sleep(PAUSE);
        }
        Ok(())
    }

    /// Lets nothing of it run until it is thawed. Whoever is connected stays so and hears nothing.
    ///
    /// # Errors
    /// When it does not run.
    pub fn freeze(&self) -> io::Result<()> {
        self.signal("STOP").map(drop)
    }

    /// Lets it go on after [`Self::freeze`].
    ///
    /// # Errors
    /// When it does not run.
    pub fn thaw(&self) -> io::Result<()> {
        self.signal("CONT").map(drop)
    }

    /// Makes an empty database; returns its address.
    ///
    /// # Errors
    /// When there is one already.
    pub fn create(&self, database: &str) -> io::Result<String> {
        self.execute("postgres", &format!("create database {database}"))?;
        Ok(self.address(database))
    }

    /// Makes a database like `template`, to which nobody may be connected; returns its address.
    ///
    /// # Errors
    /// When there is no such template.
    pub fn copy(&self, template: &str) -> io::Result<String> {
        let name = format!("copy_{}", self.copies.fetch_add(1, Ordering::Relaxed));
        self.execute("postgres", &format!("create database {name} template {template}"))?;
        Ok(self.address(&name))
    }

    /// What someone with a database tool does.
    ///
    /// # Errors
    /// What Postgres says.
    pub fn execute(&self, database: &str, text: &str) -> io::Result<String> {
        let mut psql = Command::new(program("psql")?);
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
        psql.args(["--username=postgres", "--set=ON_ERROR_STOP=1"]);
        psql.args(["--port", &self.port.to_string(), "--host"]).arg(&self.directory);
        succeeded(&psql.args(["--dbname", database, "--command", text]).output()?)
    }

    /// All that a database holds, as text.
    ///
    /// # Errors
    /// What Postgres says.
    pub fn dump(&self, database: &str) -> io::Result<String> {
        let mut dump = Command::new(program("pg_dump")?);
        dump.args(["--inserts", "--username=postgres", "--port", &self.port.to_string()]);
        dump.arg("--host").arg(&self.directory).arg(database);
        succeeded(&dump.output()?)
    }

    /// How a database is reached.
    pub fn address(&self, database: &str) -> String {
        let (port, directory) = (self.port, self.directory.display());
        format!("postgres://postgres@localhost:{port}/{database}?host={directory}")
    }

    /// How a database is reached over the network, by this name of this computer.
    pub fn network_address(&self, host: &str, database: &str) -> String {
        format!("postgres://postgres@{host}:{}/{database}", self.port)
    }

    /// The socket that it listens on.
    pub fn socket(&self) -> PathBuf {
        self.directory.join(format!(".s.PGSQL.{}", self.port))
    }

    /// Where its data, its socket and its log are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Sends a signal to it and everything that it runs; returns to whom.
    fn signal(&self, name: &str) -> io::Result<Vec<String>> {
        let children = format!("/proc/{0}/task/{0}/children", self.pid);
        let mut pids = vec![self.pid.to_string()];
        pids.extend(std::fs::read_to_string(children)?.split_whitespace().map(str::to_owned));
        // One that has just ended by itself is no failure.
        let _ = Command::new("kill")
            .arg(format!("-{name}"))
            .args(&pids)
            .stderr(Stdio::null())
            .status()?;
        Ok(pids)
    }

    fn wait_until_it_answers(&self) -> io::Result<()> {
        let isready = program("pg_isready")?;
        let end = Instant::now() + START;
        while Instant::now() < end {
            let mut asked = Command::new(&isready);
            asked
                .args(["--quiet", "--port", &self.port.to_string(), "--host"])
                .arg(&self.directory);
            if asked.status()?.success() {
                return Ok(());
            }
            sleep(PAUSE);
        }
        let log = std::fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        Err(io::Error::other(format!("Postgres does not start:\n{log}")))
    }
}

/// One of the newest Postgres that Debian's packages left here.
fn program(name: &str) -> io::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let found = versions.filter_map(|version| Some(version.ok()?.path().join("bin").join(name)));
    found.filter(|program| program.is_file()).max().ok_or_else(|| {
        let how = "sudo apt-get install -y --no-install-recommends postgresql";
        io::Error::new(io::ErrorKind::NotFound, format!("{name} is missing: {how}"))
    })
}

/// Whether the process still holds the memory that it shared: neither gone nor a zombie.
fn has_memory(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/statm"))
        .is_ok_and(|sizes| !sizes.starts_with("0 "))
}
