//! Secrets are in no log, no metric and nowhere in the database, whatever was done with them.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, COOKIE, ORIGIN, SET_COOKIE};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use sticky_testbed::Postgres;
use tempfile::TempDir;

use crate::socket::Socket;

const PASSWORD: &str = "canary-password-5e1f";
const NEW_PASSWORD: &str = "canary-password-9c2d";
const WRONG_PASSWORD: &str = "canary-wrong-77aa";
const LINK_PASSWORD: &str = "canary-link-password-3e";
const GUESSED_TOKEN: &str = "stk_canary-guessed-token-0b";
const TEXT: &str = "canary-text-of-a-note";

const DATABASE: &str = "notes";
/// A key to sign with, which a server on Postgres wants to be given.
const KEY: (&str, &str) = ("STICKY_LINK_KEYS", "1:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");

/// The binary itself, telling all that it ever tells.
struct Process {
    child: Child,
    place: TempDir,
    port: u16,
    /// Where its notes are, unless they are in a file.
    postgres: Option<Postgres>,
}

impl Process {
    async fn on_a_file() -> Self {
        Self::start(None, &[]).await
    }

    async fn on_postgres() -> Self {
        let postgres = Postgres::start(&["fsync=off"]).unwrap();
        let url = postgres.create(DATABASE).unwrap();
        Self::start(Some(postgres), &[("DATABASE_URL", &url), KEY]).await
    }

    async fn start(postgres: Option<Postgres>, settings: &[(&str, &str)]) -> Self {
        let place = TempDir::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = fs::File::create(place.path().join("log")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_sticky"))
            .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
            .current_dir(place.path())
            .env_clear()
            .envs([("STICKY_LOG", "debug"), ("STICKY_REGISTRATION", "open")])
            .envs(settings.iter().copied())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let process = Self { child, place, port, postgres };
        process.is_ready().await;
        process
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    async fn is_ready(&self) {
        let address = format!("{}/readyz", self.address());
        for _ in 0..600 {
            if Client::new().get(&address).send().await.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server does not start");
    }

    /// What it has left behind, but for the file whose purpose it is to hold a secret.
    fn left(&self) -> Vec<(String, Vec<u8>)> {
        let files = fs::read_dir(self.place.path()).unwrap().map(|file| file.unwrap().path());
        let files = files
            .filter(|file| file.is_file() && file.extension().is_none_or(|end| end != "key"))
            .map(|file| (name(&file), fs::read(&file).unwrap()));
        let dump = self.postgres.iter().map(|postgres| {
            ("sticky.db in Postgres".to_owned(), postgres.dump(DATABASE).unwrap().into_bytes())
        });
        files.chain(dump).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn name(file: &Path) -> String {
    file.file_name().unwrap().to_string_lossy().into_owned()
}

/// Someone at the server, who remembers every secret that they were given.
struct Someone {
    client: Client,
    address: String,
    cookie: Option<String>,
    bearer: Option<String>,
    secrets: Vec<String>,
}

impl Someone {
    fn new(process: &Process) -> Self {
        let (cookie, bearer, secrets) = (None, None, Vec::new());
        Self { client: Client::new(), address: process.address(), cookie, bearer, secrets }
    }

    async fn send(&mut self, method: &str, path: &str, body: Value) -> Response {
        let address = format!("{}{path}", self.address);
        let mut request = self.client.request(method.parse().unwrap(), address);
        request = request.header(ORIGIN, &self.address).json(&body);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, format!("sticky={cookie}"));
        }
        if let Some(bearer) = &self.bearer {
            request = request.header(AUTHORIZATION, format!("Bearer {bearer}"));
        }
        let answer = request.send().await.unwrap();
        if let Some(cookie) = answer.headers().get(SET_COOKIE) {
            let value = cookie.to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
            self.secrets.extend((!value.is_empty()).then(|| value.clone()));
            self.cookie = Some(value).filter(|value| !value.is_empty());
        }
        answer
    }

    async fn ask(&mut self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.send(method, path, body).await;
        assert!(answer.status().is_success(), "{method} {path}: {}", answer.status());
        let text = answer.text().await.unwrap();
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    fn keep(&mut self, secret: &Value) -> String {
        let secret = secret.as_str().unwrap().to_owned();
        self.secrets.push(secret.clone());
        secret
    }
}

fn credentials(password: &str) -> Value {
    json!({ "username": "ana", "password": password })
}

#[tokio::test]
async fn no_secret_is_left_in_a_file() {
    no_secret_is_left(Process::on_a_file().await).await;
}

#[tokio::test]
async fn no_secret_is_left_on_postgres() {
    no_secret_is_left(Process::on_postgres().await).await;
}

async fn no_secret_is_left(process: Process) {
    let mut ana = Someone::new(&process);
    ana.ask("POST", "/api/v1/users", credentials(PASSWORD)).await;
    assert_eq!(ana.send("POST", "/api/v1/login", credentials(WRONG_PASSWORD)).await.status(), 401);
    ana.ask("POST", "/api/v1/login/browser", credentials(PASSWORD)).await;
    let note =
        ana.ask("POST", "/api/v1/documents", json!({})).await["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/documents/{note}");
    ana.ask("PATCH", &format!("{path}/content"), json!({ "op": "append", "text": TEXT })).await;
    let issued = ana.ask("POST", "/api/v1/me/tokens", json!({ "label": "robot" })).await;
    let token = ana.keep(&issued["token"]);
    let link = ana.ask("POST", &format!("{path}/links"), json!({ "level": "editor" })).await;
    let link = link["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    ana.secrets.push(link.clone());
    let session = ana.ask("POST", &format!("{path}/session"), json!({})).await;
    let (ticket, collab) = (ana.keep(&session["ticket"]), ana.keep(&session["token"]));

    let mut program = Someone::new(&process);
    let tokens = program.ask("POST", "/api/v1/login", credentials(PASSWORD)).await;
    program.keep(&tokens["refresh_token"]);
    program.bearer = Some(program.secrets[0].clone());
    assert_eq!(program.send("GET", "/api/v1/me", json!({})).await.status(), 401, "not for this");
    program.bearer = Some(GUESSED_TOKEN.to_owned());
    assert_eq!(program.send("GET", "/api/v1/me", json!({})).await.status(), 401);
    program.bearer = None;
    let first = program.secrets[0].clone();
    let renewed =
        program.ask("POST", "/api/v1/login/refresh", json!({ "refresh_token": first })).await;
    program.keep(&renewed["refresh_token"]);
    let access = program.keep(&tokens["access_token"]);
    program.bearer = Some(access.clone());
    program.ask("GET", &format!("{path}?token={access}"), json!({})).await;

    let mut guest = Someone::new(&process);
    guest.ask("POST", &format!("/s/{link}"), json!({})).await;
    let _ = guest.send("GET", &format!("/s/{link}"), json!({})).await;

    let asked = json!({ "level": "viewer", "password": LINK_PASSWORD });
    let asking = ana.ask("POST", &format!("{path}/links"), asked).await;
    let asking = asking["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    ana.secrets.push(asking.clone());
    let wrong = json!({ "password": WRONG_PASSWORD });
    assert_eq!(guest.send("POST", &format!("/s/{asking}"), wrong).await.status(), 403);
    guest.ask("POST", &format!("/s/{asking}"), json!({ "password": LINK_PASSWORD })).await;

    let address = format!("127.0.0.1:{}", process.port).parse().unwrap();
    for secret in [&token, &collab, &link, &access] {
        let mut socket =
            Socket::open(address, &format!("/collab/{note}?token={secret}"), &[]).await;
        socket.sync().await;
    }
    let protocols = format!("sticky.v1, ticket.{ticket}");
    for _ in 0..2 {
        let header = [("sec-websocket-protocol", protocols.as_str())];
        let _ = Socket::open(address, &format!("/collab/{note}"), &header).await;
    }
    let change = json!({ "current": PASSWORD, "new": NEW_PASSWORD });
    ana.ask("POST", "/api/v1/me/password", change).await;
    let metrics =
        program.client.get(format!("{}/metrics", process.address())).send().await.unwrap();
    let metrics = metrics.bytes().await.unwrap().to_vec();
    ana.ask("POST", "/api/v1/logout", json!({})).await;

    let mut secrets = [ana.secrets, program.secrets, guest.secrets].concat();
    secrets.extend(
        [PASSWORD, NEW_PASSWORD, WRONG_PASSWORD, LINK_PASSWORD, GUESSED_TOKEN].map(str::to_owned),
    );
    assert!(secrets.len() > 13, "{}", secrets.len());
    let mut left = process.left();
    left.push(("metrics".to_owned(), metrics));
    assert!(holds(&left, "sticky.db", "ana"), "the search looks at the database");
    assert!(holds(&left, "log", "/api/v1/login/refresh"), "the search looks at the log");
    assert!(
        holds(&left, "metrics", "sticky_http_requests_total"),
        "the search looks at the metrics"
    );
    for (place, bytes) in &left {
        for secret in &secrets {
            assert!(!contains(bytes, secret), "{secret} in {place}");
            assert!(!contains(bytes, &hexadecimal(secret)), "{secret} as bytes in {place}");
        }
        let is_told = !place.starts_with("sticky.db");
        assert!(!(is_told && contains(bytes, TEXT)), "the text of a note in {place}");
    }
}

fn holds(left: &[(String, Vec<u8>)], place: &str, text: &str) -> bool {
    left.iter().any(|(name, bytes)| name.starts_with(place) && contains(bytes, text))
}

/// As a dump writes bytes.
fn hexadecimal(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
