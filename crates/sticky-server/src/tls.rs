//! TLS of our own, for a server that has no proxy in front of it.

mod own;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use tokio::sync::watch;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// How often the files are looked at: whoever renews them need not stop the server.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Why there is no TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    #[error("{path}: {reason}", path = .path.display())]
    File { path: PathBuf, reason: String },
    #[error("{certificate} and {key} do not fit together: {error}", certificate = .certificate.display(), key = .key.display())]
    Pair { certificate: PathBuf, key: PathBuf, error: rustls::Error },
}

/// Where the certificate and its key are, as PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// A certificate that is kept as new as its files.
pub(crate) struct Tls {
    files: CertificateFiles,
    config: watch::Sender<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`], which names the file and never quotes it.
    pub(crate) fn load(files: CertificateFiles) -> Result<Self, TlsError> {
        let config = watch::Sender::new(files.config()?);
        Ok(Self { files, config })
    }

    /// What greets the next connection.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config.borrow()))
    }

    /// Takes new files as they come. What cannot be read leaves the old ones in use.
    pub(crate) async fn keep_new(&self) -> std::convert::Infallible {
        let mut seen = self.files.fingerprint();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            self.look(&mut seen);
        }
    }

    fn look(&self, seen: &mut Option<[u8; 32]>) {
        let before = std::mem::replace(seen, self.files.fingerprint());
        if *seen == before {
            return;
        }
        match self.files.config() {
            Ok(config) => {
                self.config.send_replace(config);
                tracing::info!("the new TLS certificate is in use");
            }
            Err(error) => tracing::error!(%error, "the new TLS certificate cannot be used"),
        }
    }
}

impl CertificateFiles {
    /// What greets this very server.
    ///
    /// # Errors
    /// When the certificate cannot be read.
    pub(crate) fn connector(&self) -> Result<TlsConnector, TlsError> {
        let chain = certificates(&self.certificate)?;
        let own = chain.into_iter().next().expect("a chain that was read has a certificate");
        Ok(own::connector(own, Arc::new(aws_lc_rs::default_provider())))
    }

    fn config(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider knows the protocol versions that it brings")
            .with_no_client_auth()
            .with_single_cert(certificates(&self.certificate)?, key(&self.key)?);
        let mut config = config.map_err(|error| TlsError::Pair {
            certificate: self.certificate.clone(),
            key: self.key.clone(),
            error,
        })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// Tells new files from old ones, whatever their dates say.
    fn fingerprint(&self) -> Option<[u8; 32]> {
        let mut digest = Sha256::new();
        for path in [&self.certificate, &self.key] {
            digest.update(std::fs::read(path).ok()?);
        }
        Some(digest.finalize().into())
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let failed = |reason: String| TlsError::File { path: path.to_owned(), reason };
    let pem = read(path)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match certificates {
        Ok(certificates) if certificates.is_empty() => {
            Err(failed("holds no certificate".to_owned()))
        }
        other => other.map_err(|error| failed(error.to_string())),
    }
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_slice(&read(path)?).map_err(|_| TlsError::File {
        path: path.to_owned(),
        reason: "holds no private key".to_owned(),
    })
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|error: io::Error| TlsError::File {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// A new certificate and its key, in place of those that are there.
    fn make(files: &CertificateFiles) {
        let made = Command::new("openssl")
            .args(["req", "-x509", "-nodes", "-days", "1", "-subj", "/CN=localhost"])
            .args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
            .arg("-keyout")
            .arg(&files.key)
            .arg("-out")
            .arg(&files.certificate)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    #[test]
    fn a_renewed_certificate_is_taken_and_a_broken_one_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let files = CertificateFiles { certificate: path("cert.pem"), key: path("key.pem") };
        make(&files);
        let tls = Tls::load(files.clone()).unwrap();
        let mut seen = files.fingerprint();
        let mut look = || {
            tls.look(&mut seen);
            Arc::clone(&tls.config.borrow())
        };
        let first = look();
        assert!(Arc::ptr_eq(&first, &look()), "the same files are the same certificate");
        make(&files);
        let second = look();
        assert!(!Arc::ptr_eq(&first, &second));
        std::fs::write(&files.certificate, "-----BEGIN").unwrap();
        assert!(Arc::ptr_eq(&second, &look()), "what cannot be read changes nothing");
    }

    #[test]
    fn files_that_are_none_are_named_and_not_quoted() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let files = CertificateFiles { certificate: path("cert.pem"), key: path("key.pem") };
        let refused = |files: &CertificateFiles| match Tls::load(files.clone()) {
            Ok(_) => panic!("these are no certificate"),
            Err(error) => error.to_string(),
        };
        assert!(refused(&files).contains("cert.pem"));
        make(&files);
        std::fs::write(&files.key, "hunter2").unwrap();
        let error = refused(&files);
        assert!(error.contains("key.pem") && !error.contains("hunter2"), "{error}");
        let other = CertificateFiles { certificate: path("other.pem"), key: path("other.key") };
        make(&other);
        let mixed = CertificateFiles { certificate: path("cert.pem"), key: path("other.key") };
        assert!(refused(&mixed).contains("do not fit together"));
    }
}
