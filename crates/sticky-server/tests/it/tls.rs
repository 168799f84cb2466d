//! TLS without a proxy.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::harness::Server;
use crate::raw::Raw;

fn make(directory: &Path) -> (String, String) {
    let path = |name: &str| directory.join(name).to_str().unwrap().to_owned();
    let (certificate, key) = (path("cert.pem"), path("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-days", "1", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-keyout", &key, "-out", &certificate])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (certificate, key)
}

async fn greeted(address: SocketAddr, certificate: &str) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, connection).await.unwrap()
}

/// What the command says of a server that is configured like this.
async fn healthcheck(address: SocketAddr, certificate: &str, key: &str) -> Option<i32> {
    let mut sticky = Command::new(env!("CARGO_BIN_EXE_sticky"));
    sticky.args(["healthcheck", "--listen", &address.to_string()]).env_clear();
    sticky.env("STICKY_TLS_CERT", certificate).env("STICKY_TLS_KEY", key);
    let asked = tokio::task::spawn_blocking(move || sticky.output().unwrap().status.code());
    asked.await.unwrap()
}

#[tokio::test]
async fn a_server_with_a_certificate_needs_no_proxy() {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = make(directory.path());
    let settings = [
        ("STICKY_TLS_CERT", certificate.as_str()),
        ("STICKY_TLS_KEY", key.as_str()),
        ("STICKY_REQUEST_TIMEOUT", "2s"),
    ];
    let server = Server::listening_with(true, &settings).await;
    let mut connection = greeted(server.address(), &certificate).await;
    let request = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // The server may close without a farewell of TLS: HTTP has said where the answer ends.
    let _ = connection.read_to_string(&mut answer).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(healthcheck(server.address(), &certificate, &key).await, Some(0));
    let elsewhere = tempfile::tempdir().unwrap();
    let (other, other_key) = make(elsewhere.path());
    assert_eq!(healthcheck(server.address(), &other, &other_key).await, Some(1));
    let mut silent = Raw::connect(server.address()).await;
    assert!(silent.is_dropped().await, "a greeting that does not come is not waited for");
}
