//! Where things are: the repository, its target directory and the programs built there.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;

#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    /// The directory of this very program, which is where cargo puts every debug binary.
    debug: PathBuf,
}

impl Workspace {
    /// Call it first: a rebuild of xtask during `test` unlinks the running program, and its path is gone then.
    pub(crate) fn find() -> Result<Self, Failure> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root =
            manifest.ancestors().nth(2).expect("crates/xtask lies two levels below the root");
        let program = env::current_exe()?;
        let debug = program.parent().expect("a program lies in a directory");
        let target = debug.parent().expect("cargo puts programs into target/<profile>");
        Ok(Self { root: root.to_owned(), target: target.to_owned(), debug: debug.to_owned() })
    }

    pub(crate) fn web(&self) -> PathBuf {
        self.root.join("web")
    }

    pub(crate) fn debug_server(&self) -> PathBuf {
        self.debug.join("sticky")
    }

    /// Runs a command with a database of its own.
    pub(crate) fn on_postgres(&self) -> PathBuf {
        self.debug.join("on-postgres")
    }

    pub(crate) fn release_server(&self) -> PathBuf {
        self.debug.with_file_name("release").join("sticky")
    }

    /// `program`, to be run in the root of the repository.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    pub(crate) fn cargo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut cargo = self.command(&env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
        cargo.args(arguments);
        if let Some(target) = relative_target() {
            cargo.env("CARGO_TARGET_DIR", target);
        }
        cargo
    }
}

/// A relative CARGO_TARGET_DIR means the caller's directory; the cargo that we start runs in the root.
fn relative_target() -> Option<PathBuf> {
    let target = PathBuf::from(env::var_os("CARGO_TARGET_DIR")?);
    let here = env::current_dir().ok()?;
    target.is_relative().then(|| here.join(target))
}
