//! The process that is measured: the server, or the floor.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::cores::Placement;
use crate::error::BenchError;
use crate::process::{Usage, children, signal};

const START: Duration = Duration::from_secs(30);
const STOP: Duration = Duration::from_secs(15);

/// Where the server under test is.
///
/// # Errors
/// When `STICKY_BIN` does not say.
pub fn server_binary() -> Result<PathBuf, BenchError> {
    std::env::var_os("STICKY_BIN").map(PathBuf::from).ok_or_else(|| {
        BenchError::Usage(
            "STICKY_BIN must name the server binary; `cargo xtask bench` sets it".to_owned(),
        )
    })
}

/// What is measured.
#[derive(Debug, Clone)]
pub enum Program {
    /// The server, on SQLite in the target's directory.
    Sticky(PathBuf),
    /// The do-nothing server, which is this program.
    Floor,
}

/// A running process with its directory, ended with this value.
#[derive(Debug)]
pub struct Target {
    program: Program,
    placement: Placement,
    /// Words before the program, such as those of a tracer.
    wrapper: Vec<String>,
    environment: Vec<(String, String)>,
    /// Where notes are kept, if not in the directory.
    database: Option<String>,
    directory: TempDir,
    address: SocketAddr,
    child: Option<Child>,
}

impl Target {
    /// A process to come, on a new directory and a free port.
    ///
    /// # Errors
    /// When there is neither.
    pub fn new(program: Program, placement: Placement) -> Result<Self, BenchError> {
        Ok(Self {
            program,
            placement,
            wrapper: Vec::new(),
            environment: Vec::new(),
            database: None,
            directory: tempfile::Builder::new().prefix("sticky-bench-").tempdir()?,
            address: free_address()?,
            child: None,
        })
    }

    /// [`Self::new`], started.
    ///
    /// # Errors
    /// When it does not come to answer.
    pub async fn started(program: Program, placement: Placement) -> Result<Self, BenchError> {
        let mut target = Self::new(program, placement)?;
        target.start().await?;
        Ok(target)
    }

    /// Puts `words` before the program.
    #[must_use]
    pub fn wrapped(mut self, words: Vec<String>) -> Self {
        self.wrapper = words;
        self
    }

    /// Gives the program a variable.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Has the server keep its notes there.
    #[must_use]
    pub fn on(mut self, database_url: &str) -> Self {
        self.database = Some(database_url.to_owned());
        self
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Starts it, again perhaps, on the same address and directory, and waits until it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn start(&mut self) -> Result<(), BenchError> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut command = self.command()?;
        self.child =
            Some(command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?);
        self.wait_until_ready().await
    }

    /// What it has used so far.
    ///
    /// # Errors
    /// When it does not run.
    pub fn usage(&self) -> Result<Usage, BenchError> {
        let child = self.child.as_ref().ok_or_else(|| self.ended())?;
        Ok(Usage::of(child.id())?)
    }

    /// SIGKILL: no farewell, nothing written any more.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub fn kill(&mut self) -> io::Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        match self.wrapper.is_empty() {
            true => child.kill()?,
            // A tracer that is killed lets its server go on; one whose server is killed ends.
            false => children(child.id())?.iter().try_for_each(|pid| signal("KILL", *pid))?,
        }
        child.wait()?;
        Ok(())
    }

    /// SIGTERM, and waits for the end.
    ///
    /// # Errors
    /// When it does not end in time, or not well.
    pub async fn stop(&mut self) -> Result<(), BenchError> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        signal("TERM", child.id())?;
        let deadline = Instant::now() + STOP;
        while Instant::now() < deadline {
            match child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => {
                    return Err(BenchError::Broken(format!("a stop ended in {status}")));
                }
                None => sleep(Duration::from_millis(5)).await,
            }
        }
        child.kill()?;
        child.wait()?;
        Err(BenchError::TimedOut { what: "a stop", seconds: STOP.as_secs() })
    }

    /// The same program with other words, on the same database.
    ///
    /// # Errors
    /// When it cannot be found.
    pub fn beside(&self, words: &[&str]) -> Result<Command, BenchError> {
        let database = ["--database-url".to_owned(), self.database_url()];
        self.running(words.iter().map(|&word| word.to_owned()).chain(database).collect())
    }

    fn command(&self) -> Result<Command, BenchError> {
        let address = self.address.to_string();
        self.running(match &self.program {
            Program::Floor => vec!["floor".to_owned(), address],
            Program::Sticky(_) => self.serve(&address),
        })
    }

    fn running(&self, arguments: Vec<String>) -> Result<Command, BenchError> {
        let program = match &self.program {
            Program::Floor => std::env::current_exe()?,
            Program::Sticky(binary) => binary.clone(),
        };
        let mut words = self.wrapper.iter();
        let mut command = match words.next() {
            Some(first) => {
                let mut command = self.placement.command(Path::new(first));
                command.args(words).arg(program);
                command
            }
            None => self.placement.command(&program),
        };
        command.args(arguments);
        for (name, _) in std::env::vars().filter(|(name, _)| is_setting(name)) {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }

    fn serve(&self, address: &str) -> Vec<String> {
        let words = ["serve", "--insecure-local-dev", "--listen", address, "--database-url"];
        words.iter().map(|&word| word.to_owned()).chain([self.database_url()]).collect()
    }

    /// Where notes are kept.
    pub fn database_url(&self) -> String {
        let file = || format!("sqlite://{}", self.directory.path().join("sticky.db").display());
        self.database.clone().unwrap_or_else(file)
    }

    async fn wait_until_ready(&mut self) -> Result<(), BenchError> {
        let deadline = Instant::now() + START;
        while Instant::now() < deadline {
            if self.child.as_mut().map_or(Ok(None), Child::try_wait)?.is_some() {
                return Err(self.ended());
            }
            match self.program {
                Program::Floor if TcpStream::connect(self.address).await.is_ok() => return Ok(()),
                Program::Sticky(_) if is_healthy(self.address).await => return Ok(()),
                _ => sleep(Duration::from_millis(5)).await,
            }
        }
        Err(BenchError::TimedOut { what: "a start", seconds: START.as_secs() })
    }

    fn ended(&self) -> BenchError {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        BenchError::ServerEnded(lines[lines.len().saturating_sub(10)..].join("\n"))
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("log")
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // Nothing can be done about a process that cannot be ended.
        let _ = self.kill();
    }
}

/// A setting of this computer's own server, which must not reach the one under test.
fn is_setting(name: &str) -> bool {
    name.starts_with("STICKY_") || name == "DATABASE_URL" || name == "PORT"
}

fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

async fn is_healthy(address: SocketAddr) -> bool {
    let asked = async {
        let mut tcp = TcpStream::connect(address).await?;
        let request =
            format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        tcp.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).await?;
        io::Result::Ok(answer)
    };
    asked.await.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
