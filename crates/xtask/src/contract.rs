//! The API held to its own description: schemathesis asks whatever it can think of.

mod browser;

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::failure::Failure;
use crate::health;
use crate::port;
use crate::process;
use crate::python;
use crate::step::{Broken, Run};
use crate::tally::Tally;
use crate::workspace::Workspace;

const ADMINISTRATOR: &str = "root";
const FIRST_PORT: u16 = 18_080;
const START: Duration = Duration::from_secs(20);
/// How many seconds each of the three runs may take.
const TIME: &str = "25";
/// No failure of ours, and no answer that is not in the description.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,unsupported_method";

/// Asks without a credential, with a token, and as a browser that someone has signed in with.
pub(crate) fn check(run: &Run) -> Result<Tally, Broken> {
    let schemathesis = python::install(run.workspace, "schemathesis")?;
    let server = Server::start(run.workspace)?;
    let password = server.administrator()?;
    let token = vec![format!("Authorization: Bearer {}", server.token()?)];
    let cookie = browser::sign_in(server.address, ADMINISTRATOR, &password)?;
    for (name, headers) in
        [("as nobody", Vec::new()), ("with a token", token), ("as a browser", cookie)]
    {
        let mut asking = run.workspace.command(&schemathesis.to_string_lossy());
        asking.args(["run", &format!("http://{}/api/openapi.json", server.address)]);
        asking.args(["--max-time", TIME, "--seed", "1", "--checks", CHECKS, "--warnings", "off"]);
        asking.args(headers.iter().flat_map(|header| ["--header", header.as_str()]));
        // It would be nobody's from then on.
        asking.args(["--exclude-path", "/api/v1/logout"]);
        // What it keeps for the next run belongs with everything else that is built.
        asking.current_dir(&server.home);
        process::run(&format!("schemathesis {name}"), asking)?;
    }
    Ok(Tally::default())
}

/// A server as in production, with a database of its own.
struct Server {
    address: SocketAddr,
    home: PathBuf,
    program: PathBuf,
    child: Child,
}

impl Server {
    fn start(workspace: &Workspace) -> Result<Self, Failure> {
        let home = workspace.target.join("contract");
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(&home)?;
        let (address, program) = (port::next_free(FIRST_PORT)?, workspace.debug_server());
        let log = fs::File::create(home.join("server.log"))?;
        let mut serve = command(&program, &home);
        serve.args(["serve", "--listen", &address.to_string()]);
        let child = serve.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        let server = Self { address, home, program, child };
        match health::wait(address, START) {
            true => Ok(server),
            false => {
                Err(Failure::Failed("the server did not start: see contract/server.log".to_owned()))
            }
        }
    }

    /// Someone who runs the installation: no route is closed to them as a whole. Returns their password.
    fn administrator(&self) -> Result<String, Failure> {
        let told = self.told(&["user", "create", ADMINISTRATOR, "--admin"])?;
        let password = told.lines().find_map(|line| line.strip_prefix("password: "));
        password.map(str::to_owned).ok_or_else(|| Failure::Failed(format!("no password: {told}")))
    }

    fn token(&self) -> Result<String, Failure> {
        self.told(&["token", "mint", "--user", ADMINISTRATOR, "--scope", "admin"])
    }

    fn told(&self, arguments: &[&str]) -> Result<String, Failure> {
        let output = command(&self.program, &self.home).args(arguments).output()?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
            false => Err(Failure::Failed(String::from_utf8_lossy(&output.stderr).into_owned())),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is gone already when it has failed by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(program: &PathBuf, home: &PathBuf) -> Command {
    let mut command = Command::new(program);
    command.current_dir(home).env("STICKY_RATE_LIMIT", "false");
    command
}
