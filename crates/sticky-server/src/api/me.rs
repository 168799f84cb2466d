//! Who the caller is.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sticky_domain::id::{PrincipalId, SessionId};
use sticky_domain::port::{BrowserSession, Login};
use sticky_domain::usecase::Refusal;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::{PersonAnswer, Refusals};
use super::extract::Body;
use crate::app::App;
use crate::auth::{Anyone, Identity, identify, require_ours, set_cookie};
use crate::people::PROJECT;

/// The caller, and what this server lets them do.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    /// `null` for whoever has shown nothing yet.
    principal: Option<PersonAnswer>,
    /// The account of whoever has signed in.
    account: Option<AccountAnswer>,
    /// Whether this browser has been a guest whose notes and edits can become the account's.
    promotable: bool,
    /// Whether anyone may become a user.
    registration: bool,
    /// Who else can vouch for someone who wants to sign in.
    providers: Vec<ProviderAnswer>,
    /// Whether a browser may make notes without an account.
    anonymous_notes: bool,
    local_dev: bool,
    /// What links begin with.
    #[schema(example = "https://notes.example.org")]
    public_url: String,
    /// Whether links work on this computer only.
    loopback: bool,
}

/// What only its owner sees of an account.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountAnswer {
    #[schema(example = "ana")]
    username: String,
    /// Whether they run the installation.
    admin: bool,
    /// Whether there is a password to change.
    has_password: bool,
    /// Their own project.
    project_id: Uuid,
}

/// A way to sign in without a password here.
#[derive(Serialize, ToSchema)]
pub(super) struct ProviderAnswer {
    /// For `/api/v1/providers/{id}/login`.
    #[schema(example = "discord")]
    id: &'static str,
    #[schema(example = "Discord")]
    name: String,
}

/// What the caller wants to be called.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rename {
    /// 1 to 40 characters, none of them a control character or one that turns the direction of text.
    #[schema(example = "Ana")]
    name: String,
}

/// Nothing needs to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Who am I?
#[utoipa::path(get, path = "/api/v1/me", tag = "people", responses((status = 200, body = Me), Refusals))]
pub(super) async fn who(State(app): State<App>, headers: HeaderMap) -> Result<Response, ApiError> {
    // Whoever asks who they are is told, even with a cookie that nobody knows any more.
    match identify(&app, &headers).await {
        Err(ApiError::StaleCookie(clear)) => {
            let me = Json(me(&app, &without_cookie(&app)).await?);
            Ok(([(header::SET_COOKIE, clear)], me).into_response())
        }
        identity => Ok(Json(me(&app, &identity?).await?).into_response()),
    }
}

/// Call me this.
#[utoipa::path(patch, path = "/api/v1/me", tag = "people", request_body = Rename, responses((status = 200, body = Me), Refusals))]
pub(super) async fn rename(
    State(app): State<App>,
    Anyone(identity): Anyone,
    Body(Rename { name }): Body<Rename>,
) -> Result<Json<Me>, ApiError> {
    if let Some(login) = identity.login() {
        app.accounts.rename(login.user, &name).await?;
        return Ok(Json(me(&app, &identity).await?));
    }
    let session = match &identity {
        Identity::Browser(browser) => browser.session.clone(),
        Identity::Local(principal) => session_of(*principal),
        Identity::Service(_) | Identity::User(_) => return Err(Refusal::Forbidden.into()),
        Identity::Nobody => return Err(ApiError::CredentialNeeded),
    };
    app.browsers.rename(&session, &name).await?;
    Ok(Json(me(&app, &identity).await?))
}

/// Let this browser make notes without an account. A second time changes nothing.
#[utoipa::path(post, path = "/api/v1/browser-session", tag = "people", request_body = Nothing,
    responses((status = 201, body = Me, headers(("Location" = String))), Refusals))]
pub(super) async fn open_session(
    State(app): State<App>,
    headers: HeaderMap,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Response, ApiError> {
    require_ours(&app, &headers, headers.contains_key(header::COOKIE))?;
    if !app.config.anonymous_notes {
        return Err(ApiError::AnonymousNotesOff);
    }
    let browser = match identify(&app, &headers).await {
        Ok(Identity::Browser(browser)) => Some(browser),
        Ok(Identity::Service(_) | Identity::User(_)) => return Err(Refusal::Forbidden.into()),
        Ok(_) | Err(ApiError::StaleCookie(_)) => None,
        Err(error) => return Err(error),
    };
    let browser = app.browsers.settle(browser, PROJECT).await?;
    let cookie = browser.new_cookie.map(|secret| [(header::SET_COOKIE, set_cookie(&app, &secret))]);
    let me = me(&app, &Identity::Browser(browser)).await?;
    let location = [(header::LOCATION, "/api/v1/me")];
    Ok((StatusCode::CREATED, location, cookie.map(axum::response::AppendHeaders), Json(me))
        .into_response())
}

pub(super) async fn me(app: &App, identity: &Identity) -> Result<Me, ApiError> {
    let person = |principal| app.browsers.person(principal);
    let principal = match identity {
        Identity::Nobody => None,
        Identity::Local(principal) => person(*principal).await?.map(PersonAnswer::local),
        Identity::Service(token) => person(token.principal).await?.map(PersonAnswer::from),
        Identity::User(shown) => person(shown.login.user).await?.map(PersonAnswer::from),
        Identity::Browser(browser) => {
            app.browsers.who(&browser.session).await?.map(PersonAnswer::from)
        }
    };
    let account = match identity.login() {
        Some(login) => Some(account(app, login).await?),
        None => None,
    };
    let providers = app.providers.iter();
    Ok(Me {
        principal,
        account,
        promotable: is_promotable(identity),
        registration: app.config.registration,
        providers: providers.map(|(id, name)| ProviderAnswer { id, name }).collect(),
        anonymous_notes: app.config.anonymous_notes,
        local_dev: app.config.local_dev,
        public_url: app.public_url.origin().to_owned(),
        loopback: app.public_url.is_loopback(),
    })
}

async fn account(app: &App, login: Login) -> Result<AccountAnswer, ApiError> {
    let row = app.accounts.get(login.user).await?;
    Ok(AccountAnswer {
        username: row.username,
        admin: row.admin,
        has_password: app.ports.accounts.password(login.user).await?.is_some(),
        project_id: row.project.0,
    })
}

/// Guests of a browser that someone has signed in to are either the user already or came before.
fn is_promotable(identity: &Identity) -> bool {
    let Identity::Browser(browser) = identity else { return false };
    let session = &browser.session;
    let guests = session.guests.iter().map(|(_, guest)| *guest);
    let user = session.login.map(|login| login.user);
    session.principal.into_iter().chain(guests).any(|guest| Some(guest) != user)
}

fn without_cookie(app: &App) -> Identity {
    if app.config.local_dev { Identity::Local(crate::people::LOCAL_USER) } else { Identity::Nobody }
}

/// Someone without a browser, as if they had one.
fn session_of(principal: PrincipalId) -> BrowserSession {
    BrowserSession {
        id: SessionId(principal.0),
        project: PROJECT,
        principal: Some(principal),
        guests: Vec::new(),
        login: None,
    }
}
