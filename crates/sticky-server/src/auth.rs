//! Who asks, and whether the question comes from where it says.

mod admin;
mod cookie;
mod extract;
mod host;
mod origin;
mod project;
mod stranger;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use sticky_domain::access::{Caller, Claim};
use sticky_domain::id::PrincipalId;
use sticky_domain::port::AccessToken;
use sticky_domain::usecase::Browser;
use uuid::Uuid;

use crate::api::ApiError;
use crate::app::App;
use crate::limit::READ;
use crate::people::{self, LOCAL_USER};

pub(crate) use admin::Admin;
pub(crate) use cookie::{browser_cookie, clear_cookie, set_cookie};
use extract::is_safe;
pub(crate) use extract::{Anyone, Known};
pub(crate) use host::refuse_foreign_hosts;
pub(crate) use origin::{require_ours, sent_origin};
pub(crate) use project::take_project_from_path;
pub(crate) use stranger::charge_strangers;

/// Who makes a request.
#[derive(Debug, Clone)]
pub(crate) enum Identity {
    Nobody,
    /// Whoever reaches a server in local-dev without a credential.
    Local(PrincipalId),
    Browser(Browser),
    Service(AccessToken),
}

impl Identity {
    /// Who asks, for counting; `None` for whoever has shown nothing.
    pub(crate) fn who(&self) -> Option<Uuid> {
        match self {
            Self::Nobody => None,
            Self::Local(principal) => Some(principal.0),
            Self::Browser(browser) => Some(browser.session.id.0),
            Self::Service(token) => Some(token.principal.0),
        }
    }

    /// What they can show for themselves; `None` without any credential.
    pub(crate) fn caller(&self) -> Option<Caller> {
        match self {
            Self::Nobody => None,
            Self::Local(principal) => Some(people::trusted(*principal)),
            Self::Browser(browser) => Some(browser.caller()),
            Self::Service(token) => Some(service(*token)),
        }
    }
}

/// What an access token lets its bearer show.
pub(crate) fn service(token: AccessToken) -> Caller {
    let claim = Claim::Token { token: token.id, principal: token.principal };
    Caller::new(token.project, vec![claim]).within(token.project)
}

/// Who sent these headers. A request that carries a credential is held to it: a bad one is refused, never ignored.
/// Whoever is known is charged for a question.
pub(crate) async fn identify(app: &App, headers: &HeaderMap) -> Result<Identity, ApiError> {
    let identity = identity_in(app, headers).await?;
    if let Some(who) = identity.who() {
        app.limits.principal(who, READ)?;
    }
    Ok(identity)
}

async fn identity_in(app: &App, headers: &HeaderMap) -> Result<Identity, ApiError> {
    if let Some(token) = bearer(headers)? {
        let token = app.principals.token(token).await?.ok_or(ApiError::BadCredential)?;
        return Ok(Identity::Service(token));
    }
    match browser_cookie(app, headers) {
        Some(cookie) => {
            let cookie = cookie.ok_or(ApiError::StaleCookie(clear_cookie(app)))?;
            let browser = app.browsers.find(cookie).await?;
            browser.map(Identity::Browser).ok_or(ApiError::StaleCookie(clear_cookie(app)))
        }
        None if app.config.local_dev => Ok(Identity::Local(LOCAL_USER)),
        None => Ok(Identity::Nobody),
    }
}

/// The token of `Authorization: Bearer …`; any other scheme is a bad credential.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return Ok(None);
    };
    let value = value.to_str().map_err(|_| ApiError::BadCredential)?;
    let (scheme, token) = value.split_once(' ').ok_or(ApiError::BadCredential)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ApiError::BadCredential);
    }
    Ok(Some(token.trim()))
}
