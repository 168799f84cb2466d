//! Who asks, and whether the question comes from where it says.

mod admin;
mod cookie;
mod extract;
mod host;
mod jwt;
mod origin;
mod project;
mod stranger;
mod throttle;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use sticky_domain::access::{Caller, Claim, Scope};
use sticky_domain::id::PrincipalId;
use sticky_domain::port::{AccessToken, Login, PrincipalKind};
use sticky_domain::usecase::Browser;
use uuid::Uuid;

use crate::api::ApiError;
use crate::app::App;
use crate::limit::READ;
use crate::people::{self, LOCAL_USER};

pub(crate) use admin::Admin;
pub(crate) use cookie::{
    attempt_cookie, browser_cookie, clear_attempt, clear_cookie, set_attempt, set_cookie,
};
use extract::is_safe;
pub(crate) use extract::{Anyone, Author, Known, Reading, Registered, SignedIn};
pub(crate) use host::refuse_foreign_hosts;
pub(crate) use jwt::{AccessTokens, LIFE as ACCESS_TOKEN_LIFE, Shown};
pub(crate) use origin::{require_ours, sent_origin};
pub(crate) use project::take_project_from_path;
pub(crate) use stranger::charge_strangers;
pub(crate) use throttle::{Counted, Throttle};

/// Who makes a request.
#[derive(Debug, Clone)]
pub(crate) enum Identity {
    Nobody,
    /// Whoever reaches a server in local-dev without a credential.
    Local(PrincipalId),
    Browser(Browser),
    Service(AccessToken),
    /// A user whose program has signed in.
    User(Shown),
}

impl Identity {
    /// Who asks, for counting; `None` for whoever has shown nothing.
    pub(crate) fn who(&self) -> Option<Uuid> {
        match self {
            Self::Nobody => None,
            Self::Local(principal) => Some(principal.0),
            Self::Browser(browser) => match browser.session.login {
                Some(login) => Some(login.user.0),
                None => Some(browser.session.id.0),
            },
            Self::Service(token) => Some(token.principal.0),
            Self::User(shown) => Some(shown.login.user.0),
        }
    }

    /// What they can show for themselves; `None` without any credential.
    pub(crate) fn caller(&self) -> Option<Caller> {
        match self {
            Self::Nobody => None,
            Self::Local(principal) => Some(people::trusted(*principal)),
            Self::Browser(browser) => Some(browser.caller()),
            Self::Service(token) => Some(service(*token)),
            Self::User(shown) => Some(user(*shown)),
        }
    }

    /// Who has signed in, if someone has.
    pub(crate) fn login(&self) -> Option<Login> {
        match self {
            Self::Browser(browser) => browser.session.login,
            Self::User(shown) => Some(shown.login),
            Self::Nobody | Self::Local(_) | Self::Service(_) => None,
        }
    }

    /// What their credential may be used for.
    pub(crate) fn scope(&self) -> Scope {
        match self {
            Self::Service(token) => token.scope,
            Self::Browser(_) | Self::User(_) => Scope::Admin,
            Self::Nobody | Self::Local(_) => Scope::Write,
        }
    }
}

/// What an access token lets its bearer show.
pub(crate) fn service(token: AccessToken) -> Caller {
    let claim = Claim::Token { token: token.id, principal: token.principal };
    let caller = Caller::new(token.project, vec![claim]).at_most(token.scope.level());
    let caller = Caller { until: token.until, ..caller };
    match token.kind {
        PrincipalKind::User => caller,
        PrincipalKind::Guest | PrincipalKind::Service => caller.within(token.project),
    }
}

fn user(Shown { login, until }: Shown) -> Caller {
    let claim = Claim::Principal(login.user);
    let caller = Caller::new(login.project, vec![claim]).resting_on(login.token);
    Caller { until: Some(until), ..caller }
}

/// Whoever has this text in `Authorization`: a token of ours, or what a login gave out.
async fn bearer_of(app: &App, text: &str) -> Result<Identity, ApiError> {
    if let Some(shown) = app.access_tokens.verify(text, app.clock.now()) {
        let login = app.logins.find(shown.login.token).await?;
        let lives = login.is_some_and(|login| login == shown.login);
        return if lives { Ok(Identity::User(shown)) } else { Err(ApiError::BadCredential) };
    }
    let token = app.principals.token(text).await?.ok_or(ApiError::BadCredential)?;
    Ok(Identity::Service(token))
}

/// What a token in an address or a header of a socket lets its bearer show.
pub(crate) async fn token_caller(app: &App, text: &str) -> Result<Option<Caller>, ApiError> {
    match bearer_of(app, text).await {
        Ok(identity) => Ok(identity.caller()),
        Err(ApiError::BadCredential) => Ok(None),
        Err(error) => Err(error),
    }
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
        return bearer_of(app, token).await;
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
