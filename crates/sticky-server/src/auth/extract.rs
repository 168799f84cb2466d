//! Who asks, as arguments of handlers.

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use sticky_domain::access::{Caller, Claim, Scope};
use sticky_domain::id::PrincipalId;
use sticky_domain::port::Login;

use super::project::choose;
use super::{Identity, identify, require_ours};
use crate::api::ApiError;
use crate::app::App;
use crate::limit::{Cost, WRITE};

/// Whoever asks, nobody included.
pub(crate) struct Anyone(pub(crate) Identity);

/// Somebody with a credential, or the local user in local-dev, within the project that the request is about. To change
/// something, one that may.
pub(crate) struct Known(pub(crate) Caller);

/// Likewise, who may make notes: a browser that nobody has signed in to only where that is so.
pub(crate) struct Author(pub(crate) Caller);

/// Likewise, for what looks like a change and only reads.
pub(crate) struct Reading(pub(crate) Caller);

/// A user who has signed in: neither a guest nor a program with a token.
pub(crate) struct SignedIn(pub(crate) Login);

/// A user or a service: whoever is more than someone's guest.
pub(crate) struct Registered;

impl FromRequestParts<App> for Anyone {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let identity = identify(app, &parts.headers).await?;
        if !is_safe(&parts.method) {
            refuse_cross_site(app, parts, &identity)?;
        }
        charge_for_more(app, parts, &identity)?;
        Ok(Self(identity))
    }
}

impl FromRequestParts<App> for Known {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Anyone(identity) = Anyone::from_request_parts(parts, app).await?;
        if !is_safe(&parts.method) && identity.scope() < Scope::Write {
            return Err(ApiError::ScopeNeeded(Scope::Write));
        }
        let caller = identity.caller().ok_or(ApiError::CredentialNeeded)?;
        choose(parts, caller).map(Self)
    }
}

impl FromRequestParts<App> for Author {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Known(caller) = Known::from_request_parts(parts, app).await?;
        let is_browser = caller.claims.iter().any(|claim| matches!(claim, Claim::Principal(_)));
        if is_browser && caller.login.is_none() && !app.config.anonymous_notes {
            return Err(ApiError::AnonymousNotesOff);
        }
        Ok(Self(caller))
    }
}

impl FromRequestParts<App> for Reading {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Anyone(identity) = Anyone::from_request_parts(parts, app).await?;
        let caller = identity.caller().ok_or(ApiError::CredentialNeeded)?;
        choose(parts, caller).map(Self)
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Anyone(identity) = Anyone::from_request_parts(parts, app).await?;
        match identity.login() {
            Some(login) => Ok(Self(login)),
            None if identity.caller().is_some() => Err(ApiError::SignInNeeded),
            None => Err(ApiError::CredentialNeeded),
        }
    }
}

impl FromRequestParts<App> for Registered {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Anyone(identity) = Anyone::from_request_parts(parts, app).await?;
        registered(&identity).map(|_| Self)
    }
}

/// The user or service that this is.
pub(super) fn registered(identity: &Identity) -> Result<PrincipalId, ApiError> {
    match identity {
        Identity::Service(token) => Ok(token.principal),
        identity => match identity.login() {
            Some(login) => Ok(login.user),
            None if identity.caller().is_some() => Err(ApiError::SignInNeeded),
            None => Err(ApiError::CredentialNeeded),
        },
    }
}

/// Asking was paid for when the caller was looked up.
fn charge_for_more(app: &App, parts: &Parts, identity: &Identity) -> Result<(), ApiError> {
    let usual = (!is_safe(&parts.method)).then_some(WRITE);
    let cost = parts.extensions.get().map(|Cost(cost)| *cost).or(usual);
    match identity.who().zip(cost) {
        Some((who, cost)) => Ok(app.limits.principal(who, cost)?),
        None => Ok(()),
    }
}

pub(super) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A browser sends its cookie along with what any page asks; no page can send a token that it does not have.
fn refuse_cross_site(app: &App, parts: &Parts, identity: &Identity) -> Result<(), ApiError> {
    match identity {
        Identity::Service(_) | Identity::User(_) => Ok(()),
        Identity::Browser(_) => require_ours(app, &parts.headers, true),
        Identity::Nobody | Identity::Local(_) => require_ours(app, &parts.headers, false),
    }
}
