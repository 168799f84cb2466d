use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::account::{give, new_readable, succeeded};

/// A certificate for one host, of an authority that nobody knows yet.
#[derive(Debug)]
pub struct Certificate {
    directory: TempDir,
}

impl Certificate {
    /// A new one, good for a day.
    ///
    /// # Errors
    /// When there is no `openssl`.
    pub fn new(host: &str) -> io::Result<Self> {
        let made = Self { directory: new_readable("sticky-tls")? };
        let (authority, own) = ("authority.key", format!("subjectAltName=DNS:{host}"));
        made.request(&["-subj", "/CN=Authority", "-keyout", authority, "-out", "authority.pem"])?;
        let signed = ["-CA", "authority.pem", "-CAkey", authority, "-addext", &own];
        let server = ["-subj", "/CN=server", "-addext", "basicConstraints=critical,CA:FALSE"];
        let files = ["-keyout", "server.key", "-out", "server.pem"];
        made.request(&[&signed[..], &server, &files].concat())?;
        std::fs::set_permissions(made.key(), Permissions::from_mode(0o600))?;
        give(&made.key())?;
        Ok(made)
    }

    /// The certificate of its authority, which whoever trusts it needs.
    pub fn authority(&self) -> PathBuf {
        self.directory.path().join("authority.pem")
    }

    pub(crate) fn chain(&self) -> PathBuf {
        self.directory.path().join("server.pem")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.directory.path().join("server.key")
    }

    fn request(&self, arguments: &[&str]) -> io::Result<()> {
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-nodes", "-days", "1", "-newkey", "ec"]);
        openssl.args(["-pkeyopt", "ec_paramgen_curve:prime256v1"]).args(arguments);
        succeeded(&openssl.current_dir(self.directory.path()).output()?).map(drop)
    }
}
