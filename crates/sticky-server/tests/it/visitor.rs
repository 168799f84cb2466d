//! Someone who asks, and a transcript of what was said.

use std::fmt::Write as _;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use serde_json::Value;
use sticky_server::app::App;
use tower::ServiceExt as _;

/// The same in every answer and tested once, or different every time.
const UNTOLD: [&str; 7] = [
    "content-length",
    "content-security-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-request-id",
    "allow",
    "date",
];

#[derive(Clone)]
pub(crate) struct Visitor {
    app: App,
    service: Router,
    headers: HeaderMap,
    /// Where it connects from; nowhere in process.
    address: Option<SocketAddr>,
    transcript: String,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Without the id of the request, which is another each time.
    pub(crate) body: Bytes,
    /// The id of the request that a problem names.
    pub(crate) request_id: Option<String>,
}

/// What is sent.
pub(crate) enum Payload {
    Nothing,
    Json(Value),
    Raw(&'static str, Vec<u8>),
}

impl From<Value> for Payload {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

impl From<()> for Payload {
    fn from((): ()) -> Self {
        Self::Nothing
    }
}

impl From<(&'static str, &str)> for Payload {
    fn from((media_type, text): (&'static str, &str)) -> Self {
        Self::Raw(media_type, text.as_bytes().to_vec())
    }
}

impl Visitor {
    pub(crate) fn new(app: App, service: Router) -> Self {
        let mut headers = HeaderMap::new();
        let host = app.public_url.origin().split_once("//").expect("an origin").1;
        headers.insert("host", host.parse().unwrap());
        Self { app, service, headers, address: None, transcript: String::new() }
    }

    /// The same one, who sends this header with everything.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    /// The same one, who connects from this address.
    pub(crate) fn at(self, address: &str) -> Self {
        Self { address: Some(SocketAddr::new(address.parse().unwrap(), 443)), ..self }
    }

    /// A browser on a page of the server: cookies of answers are kept.
    pub(crate) fn in_browser(self) -> Self {
        let origin = self.app.public_url.origin().to_owned();
        self.with("origin", &origin)
    }

    pub(crate) fn cookie(&self) -> Option<&str> {
        self.headers.get("cookie").map(|cookie| cookie.to_str().unwrap())
    }

    /// The access token that it sends.
    pub(crate) fn bearer(&self) -> String {
        self.token().unwrap().to_owned()
    }

    /// The access token that it sends, if it does.
    pub(crate) fn token(&self) -> Option<&str> {
        let value = self.headers.get("authorization")?.to_str().unwrap();
        Some(value.strip_prefix("Bearer ").unwrap())
    }

    pub(crate) async fn ask(
        &mut self,
        method: &str,
        path: &str,
        payload: impl Into<Payload>,
    ) -> Answer {
        let answer = self.ask_quietly(method, path, payload.into()).await;
        writeln!(self.transcript, "{}", answer.told()).unwrap();
        answer
    }

    async fn ask_quietly(&mut self, method: &str, path: &str, payload: Payload) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request.headers_mut().unwrap().extend(self.headers.clone());
        let (media_type, body) = match payload {
            Payload::Nothing => (None, Vec::new()),
            Payload::Json(value) => (Some("application/json"), value.to_string().into_bytes()),
            Payload::Raw(media_type, bytes) => (Some(media_type), bytes),
        };
        writeln!(self.transcript, "> {method} {path}{}", shown(&body)).unwrap();
        if let Some(media_type) = media_type {
            request = request.header("content-type", media_type);
        }
        if let Some(address) = self.address {
            request = request.extension(ConnectInfo(address));
        }
        let request = request.body(Body::from(body)).unwrap();
        let response = self.service.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        self.keep_cookies(&parts.headers);
        let body = body.collect().await.unwrap().to_bytes();
        let (body, request_id) = without_request_id(body);
        Answer { status: parts.status, headers: parts.headers, body, request_id }
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for set in headers.get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let kept = self.cookie().unwrap_or_default().split("; ").filter(|kept| {
                !kept.is_empty() && kept.split_once('=').is_none_or(|(known, _)| known != name)
            });
            let new = (!value.is_empty()).then_some(pair);
            let cookies = kept.chain(new).collect::<Vec<_>>().join("; ");
            self.headers.insert("cookie", cookies.parse().unwrap());
        }
    }

    /// What was asked and answered so far.
    pub(crate) fn told(&mut self) -> String {
        std::mem::take(&mut self.transcript)
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn code(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.text());
        self.json()["code"].as_str().unwrap().to_owned()
    }

    /// A member of the JSON answer that is a text.
    pub(crate) fn member(&self, name: &str) -> String {
        self.json()[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name}: {}", self.text()))
            .to_owned()
    }

    fn told(&self) -> String {
        let mut told = format!("< {}\n", self.status.as_u16());
        let mut headers: Vec<_> = self.headers.iter().collect();
        headers.sort_by_key(|(name, _)| name.as_str());
        for (name, value) in headers {
            if !UNTOLD.contains(&name.as_str()) {
                writeln!(told, "< {name}: {}", value.to_str().unwrap()).unwrap();
            }
        }
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(json) => writeln!(told, "{json:#}").unwrap(),
            Err(_) if self.body.is_empty() => {}
            Err(_) => writeln!(told, "{}", String::from_utf8_lossy(&self.body)).unwrap(),
        }
        told
    }
}

/// The id is the last member of a problem.
fn without_request_id(body: Bytes) -> (Bytes, Option<String>) {
    const MEMBER: &str = ",\"request_id\":\"";
    let text = std::str::from_utf8(&body).unwrap_or_default();
    match text.strip_suffix("\"}").and_then(|text| text.rsplit_once(MEMBER)) {
        Some((problem, id)) => (Bytes::from(format!("{problem}}}")), Some(id.to_owned())),
        None => (body, None),
    }
}

fn shown(body: &[u8]) -> String {
    match std::str::from_utf8(body) {
        Ok("") => String::new(),
        Ok(text) if text.len() <= 200 => format!("\n> {text}"),
        _ => format!("\n> ({} bytes)", body.len()),
    }
}
