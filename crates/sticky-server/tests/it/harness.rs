//! A server whose clock and ids the test owns.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use sticky_domain::id::{PrincipalId, ProjectId};
use sticky_domain::keyring::Keyring;
use sticky_domain::port::{Clock, Ids};
use sticky_domain::time::Timestamp;
use sticky_domain::usecase::{NewAccount, NewToken};
use sticky_server::app::{App, Foundation};
use sticky_server::config::{Config, Flags, PublicUrl};
use sticky_server::people::PROJECT;
use sticky_store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::engine::fresh_database;
use crate::visitor::Visitor;

/// 2026-11-20T07:15:00Z.
const NOON: i64 = 1_795_158_900_000;

const KEY: [u8; 32] = [7; 32];

#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// 1, 2, 3, …
#[derive(Debug, Default)]
pub(crate) struct TestIds(AtomicU64);

impl TestIds {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Ids for TestIds {
    fn id(&self) -> Uuid {
        Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_0000 + u128::from(self.next()))
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        let next = self.next();
        // The first bytes make Yjs client ids.
        secret[..8].copy_from_slice(&(next << 32).to_be_bytes());
        secret[24..].copy_from_slice(&next.to_be_bytes());
        secret
    }
}

pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) clock: Arc<TestClock>,
    /// What it keeps notes in.
    pub(crate) store: Store,
    /// Made once: it carries the whole description of the API.
    service: OnceLock<Router>,
    running: Option<(SocketAddr, JoinHandle<Result<(), sticky_server::tls::TlsError>>)>,
}

/// What a server is started with.
pub(crate) struct Options<'a> {
    pub(crate) local_dev: bool,
    pub(crate) public_url: &'a str,
    pub(crate) environment: &'a [(&'a str, &'a str)],
}

impl Server {
    /// As behind a proxy: credentials needed.
    pub(crate) async fn production() -> Self {
        Self::new(Options {
            local_dev: false,
            public_url: "https://notes.example.org",
            environment: &[],
        })
        .await
    }

    /// As of `cargo xtask dev`.
    pub(crate) async fn local() -> Self {
        Self::new(Options {
            local_dev: true,
            public_url: "http://localhost:8080",
            environment: &[],
        })
        .await
    }

    /// Another server over the same notes, once new keys sign and the old one only verifies.
    pub(crate) async fn with_new_keys(&self) -> Self {
        let old = Keyring::single(KEY).to_text();
        let new = Keyring::single([8; 32]).to_text().replace("1:", "2:");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = App::new(Foundation {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.app.ids.clone(),
            keys: Keyring::parse(&format!("{new},{old}")).unwrap(),
            config: self.app.config.clone(),
            public_url: self.app.public_url.clone(),
        });
        let serving = tokio::spawn(sticky_server::serve(app.clone(), listener));
        let (clock, store) = (self.clock.clone(), self.store.clone());
        Self { app, clock, store, service: OnceLock::new(), running: Some((address, serving)) }
    }

    pub(crate) async fn new(options: Options<'_>) -> Self {
        Self::on(fresh_database().await, options).await
    }

    pub(crate) async fn on(database_url: String, options: Options<'_>) -> Self {
        let flags = Flags {
            database_url: Some(database_url),
            public_url: Some(options.public_url.to_owned()),
            insecure_local_dev: options.local_dev,
            ..Flags::default()
        };
        // A test may do as much as it likes, unless it is about that.
        let unlimited = [("STICKY_RATE_LIMIT", "false")];
        let environment = unlimited.iter().chain(options.environment);
        let environment = environment.map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        let config = Config::read(&flags, environment).unwrap();
        let public_url = PublicUrl::parse(options.public_url).unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(NOON)));
        let ids = Arc::new(TestIds::default());
        let store = Store::open(&config.database, clock.clone()).await.unwrap();
        let keys = Keyring::single(KEY);
        let app = App::new(Foundation {
            store: store.clone(),
            clock: clock.clone(),
            ids,
            keys,
            config,
            public_url,
        });
        app.introduce().await.unwrap();
        Self { app, clock, store, service: OnceLock::new(), running: None }
    }

    /// A server on a port of its own, for sockets.
    pub(crate) async fn listening(local_dev: bool) -> Self {
        Self::listening_with(local_dev, &[]).await
    }

    /// Likewise, with these settings.
    pub(crate) async fn listening_with(local_dev: bool, environment: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::listening_at(listener, fresh_database().await, local_dev, environment).await
    }

    /// Likewise, on a database that the test has made.
    pub(crate) async fn listening_on(database_url: String, local_dev: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::listening_at(listener, database_url, local_dev, &[]).await
    }

    /// Likewise, where `listener` listens.
    pub(crate) async fn listening_at(
        listener: TcpListener,
        database_url: String,
        local_dev: bool,
        environment: &[(&str, &str)],
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let public_url = format!("http://{address}");
        let options = Options { local_dev, public_url: &public_url, environment };
        let mut server = Self::on(database_url, options).await;
        let serving = tokio::spawn(sticky_server::serve(server.app.clone(), listener));
        server.running = Some((address, serving));
        server
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.as_ref().expect("the server listens").0
    }

    /// Tells it to stop and waits until it has.
    pub(crate) async fn stop(mut self) {
        self.app.lifecycle.stop();
        let (_, serving) = self.running.take().expect("the server listens");
        serving.await.unwrap().unwrap();
    }

    pub(crate) fn advance(&self, millis: i64) {
        self.clock.0.fetch_add(millis, Ordering::Relaxed);
    }

    /// Someone without any credential.
    pub(crate) fn visitor(&self) -> Visitor {
        let service = self.service.get_or_init(|| sticky_server::router(self.app.clone()));
        Visitor::new(self.app.clone(), service.clone())
    }

    /// A program with an access token, whose name says who it is.
    pub(crate) async fn service(&self, name: &str) -> Visitor {
        self.service_of(PROJECT, name).await
    }

    /// A program that belongs to this project.
    pub(crate) async fn service_of(&self, project: ProjectId, name: &str) -> Visitor {
        let principal = PrincipalId(Uuid::new_v5(&PROJECT.0, name.as_bytes()));
        self.app.principals.ensure_service(project, principal, name).await.unwrap();
        let token = self.app.principals.issue_token(principal, NewToken::default()).await.unwrap();
        self.visitor().with("authorization", &format!("Bearer {}", token.text))
    }

    /// Someone who runs the installation, with the password of all users of the tests.
    pub(crate) async fn administrator(&self, username: &str) {
        let new = NewAccount { username, name: None, password: Some("correct horse"), admin: true };
        self.app.accounts.register(new, None).await.unwrap();
    }

    /// The note's text once it holds `letter`; what it reads instead when it never does.
    pub(crate) async fn eventually_reads(
        &self,
        note: &str,
        letter: char,
    ) -> Result<String, String> {
        let mut text = String::new();
        for _ in 0..100 {
            text = self
                .visitor()
                .ask("GET", &format!("/api/v1/documents/{note}/content"), ())
                .await
                .text()
                .to_owned();
            if text.contains(letter) {
                return Ok(text);
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        Err(text)
    }
}
