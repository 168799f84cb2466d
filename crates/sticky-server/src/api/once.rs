//! `Idempotency-Key`: a request that is repeated is done once, and answered the same each time.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use sticky_domain::port::{Asked, Begun};
use tokio::time::{Instant, sleep};
use tracing::Instrument as _;
use uuid::Uuid;

use super::place::Place;
use super::remembered::Remembered;
use super::{ApiError, CONTENT_LIMIT};
use crate::app::App;
use crate::auth::identify;
use crate::seal::{open, seal};

const NAME: &str = "idempotency-key";
const KEY: HeaderName = HeaderName::from_static(NAME);
/// Tells an answer that is given again from the first.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST_KEY: usize = 255;
/// Whose answers are never stored, not even sealed: they are logins.
const LOGINS: &str = "/api/v1/login";
const PURPOSE: &str = "requests that were asked 1";
/// How long an answer is remembered, with an hour for clocks that are set.
const REMEMBERED: Duration = Duration::from_secs(25 * 60 * 60);
/// After how long work that was begun counts as lost with its server.
const HELD: Duration = Duration::from_secs(60);
/// How long a repeated request waits for the first to be answered…
const PATIENCE: Duration = Duration::from_secs(10);
/// …and how often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Whether what is asked for at this address is remembered by an `Idempotency-Key`.
pub(super) fn is_remembered(path: &str) -> bool {
    !path.starts_with(LOGINS)
}

/// Does the request unless it was done, where its sender has given it a key. A key that would not be kept is refused:
/// whoever sends one relies on it.
pub(crate) async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    match Repeatable::of(&app, request).await {
        Ok(Ok(repeatable)) => {
            repeatable.see_to(app, next).await.unwrap_or_else(ApiError::into_response)
        }
        Ok(Err(request)) => next.run(*request).await,
        Err(error) => error.into_response(),
    }
}

/// A request that may come again.
struct Repeatable {
    request: Request,
    asked: Asked,
    /// What the stored answer is sealed with, beside our key.
    context: Vec<u8>,
}

impl Repeatable {
    /// The request, if it may be repeated, else as it came.
    async fn of(app: &App, request: Request) -> Result<Result<Self, Box<Request>>, ApiError> {
        if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
            return Ok(Err(Box::new(request)));
        }
        let Some(key) = key_of(&request)? else {
            return Ok(Err(Box::new(request)));
        };
        if !is_remembered(request.uri().path()) {
            return Err(ApiError::KeyRefused);
        }
        let sender = identify(app, request.headers()).await?.who().ok_or(ApiError::KeyRefused)?;
        Self::read(app, request, sender, &key).await.map(Ok)
    }

    async fn read(app: &App, request: Request, sender: Uuid, key: &str) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, CONTENT_LIMIT).await.map_err(|_| ApiError::PayloadTooLarge)?;
        let place = format!("{} {}\0", parts.method, parts.uri);
        let context = [sender.as_bytes(), place.as_bytes(), key.as_bytes()].concat();
        let media_type = parts.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
        // There may be a password in it, which a digest that anyone can make would give away.
        let secret = app.keys.derive(PURPOSE).next().expect("a keyring is not empty");
        let asked = Asked {
            key: digest(&[&context]),
            request: digest(&[&secret, media_type.unwrap_or_default(), b"\0", &body]),
            held_until: app.clock.now().plus(HELD),
        };
        Ok(Self { request: Request::from_parts(parts, Body::from(body)), asked, context })
    }

    /// Goes on when the sender has gone: it may ask for the answer later.
    async fn see_to(self, app: App, next: Next) -> Result<Response, ApiError> {
        let key = self.asked.key;
        match tokio::spawn(self.answer(app.clone(), next).in_current_span()).await {
            Ok(answer) => answer,
            Err(_) => {
                app.answers.give_up(key).await?;
                Err(ApiError::Panicked)
            }
        }
    }

    async fn answer(self, app: App, next: Next) -> Result<Response, ApiError> {
        let give_up_at = Instant::now() + PATIENCE;
        loop {
            match app.answers.begin(self.asked.clone()).await? {
                Begun::First => {
                    let response = next.run(self.request).await;
                    return remember(&app, self.asked.key, &self.context, response).await;
                }
                Begun::Answered(sealed) => return replayed(&app, &self.context, &sealed),
                Begun::Other => return Err(ApiError::KeyReused),
                Begun::UnderWay if Instant::now() >= give_up_at => return Err(ApiError::UnderWay),
                Begun::UnderWay => sleep(LOOK_EVERY).await,
            }
        }
    }
}

/// A refusal has changed nothing, so it is not remembered: the next attempt may go better.
async fn remember(
    app: &App,
    key: [u8; 32],
    context: &[u8],
    response: Response,
) -> Result<Response, ApiError> {
    if !response.status().is_success() {
        app.answers.give_up(key).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|_| ApiError::Panicked)?;
    let remembered = Remembered::of(&parts, &body).to_bytes();
    let until = app.clock.now().plus(REMEMBERED);
    if let Err(error) = app.answers.remember(key, seal(&app.keys, context, remembered), until).await
    {
        tracing::warn!(%error, "an answer is not remembered; who repeats the request will wait");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replayed(app: &App, context: &[u8], sealed: &[u8]) -> Result<Response, ApiError> {
    let plain = open(&app.keys, context, sealed).ok_or(ApiError::AnswerLost)?;
    let remembered = Remembered::from_bytes(&Bytes::from(plain)).ok_or(ApiError::AnswerLost)?;
    let mut response = remembered.into_response();
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

fn key_of(request: &Request) -> Result<Option<String>, ApiError> {
    let mut values = request.headers().get_all(KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let key = value.to_str().ok().filter(|key| (1..=LONGEST_KEY).contains(&key.len()));
    match key {
        Some(key) if values.next().is_none() => Ok(Some(key.to_owned())),
        _ => Err(ApiError::invalid_at(
            Place::Header(NAME),
            format!("is one text of 1 to {LONGEST_KEY} ASCII characters"),
        )),
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().into()
}
