//! The one cookie of a browser, and the one that it keeps while it is away at another service.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;
use crate::oauth::ATTEMPT_LIFE;

/// As long as browsers keep any cookie.
const LIFE_SECONDS: i64 = 400 * 24 * 60 * 60;

/// The `__Host-` prefix makes browsers refuse a cookie that another host or plain http has set; it needs https.
fn name(app: &App) -> &'static str {
    if app.public_url.is_https() { "__Host-sticky" } else { "sticky" }
}

/// Keeps an attempt to sign in with another service.
fn attempt_name(app: &App) -> &'static str {
    if app.public_url.is_https() { "__Host-sticky-login" } else { "sticky-login" }
}

/// The value of our cookie, if there is one; its inside is `None` when it cannot have come from us.
#[expect(clippy::option_option, reason = "no cookie and a broken one are answered differently")]
pub(crate) fn browser_cookie(app: &App, headers: &HeaderMap) -> Option<Option<[u8; 32]>> {
    let ours = cookie_named(headers, name(app))?;
    Some(URL_SAFE_NO_PAD.decode(ours).ok().and_then(|bytes| bytes.try_into().ok()))
}

/// The attempt that this browser keeps.
pub(crate) fn attempt_cookie(app: &App, headers: &HeaderMap) -> Option<String> {
    cookie_named(headers, attempt_name(app)).map(str::to_owned)
}

fn cookie_named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|value| value.split(';'));
    pairs
        .find_map(|pair| pair.trim().split_once('=').filter(|(key, _)| *key == name))
        .map(|(_, value)| value)
}

/// The header that makes the browser known from now on.
pub(crate) fn set_cookie(app: &App, secret: &[u8; 32]) -> HeaderValue {
    header_of(app, name(app), URL_SAFE_NO_PAD.encode(secret), LIFE_SECONDS)
}

/// The header that makes the browser forget who it was.
pub(crate) fn clear_cookie(app: &App) -> HeaderValue {
    header_of(app, name(app), String::new(), 0)
}

/// The header that makes the browser keep an attempt.
pub(crate) fn set_attempt(app: &App, sealed: &str) -> HeaderValue {
    let seconds = ATTEMPT_LIFE.as_secs() as i64;
    header_of(app, attempt_name(app), sealed.to_owned(), seconds)
}

/// The header that makes the browser forget its attempt.
pub(crate) fn clear_attempt(app: &App) -> HeaderValue {
    header_of(app, attempt_name(app), String::new(), 0)
}

fn header_of(app: &App, name: &'static str, value: String, seconds: i64) -> HeaderValue {
    let cookie = Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.public_url.is_https())
        .build();
    // `Max-Age` by hand: the builder's duration would be one more crate to name.
    HeaderValue::from_str(&format!("{cookie}; Max-Age={seconds}"))
        .expect("a cookie of base64 and fixed words is a header")
}
