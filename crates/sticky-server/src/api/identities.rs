//! The services that vouch for whoever has signed in. Connecting one is signing in with it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use sticky_domain::time::Timestamp;
use sticky_domain::usecase::Connected;
use utoipa::ToSchema;

use super::ApiError;
use super::answer::Refusals;
use super::extract::Path;
use crate::app::App;
use crate::auth::SignedIn;
use crate::oauth::Providers;

/// An account elsewhere that signs its owner in here.
#[derive(Serialize, ToSchema)]
pub(super) struct IdentityAnswer {
    #[schema(example = "discord")]
    provider: String,
    /// What people know the service as; its id when it is no longer one of this server's.
    #[schema(example = "Discord")]
    provider_name: String,
    /// Who its owner is there. It never changes.
    #[schema(example = "80351110224678912")]
    subject: String,
    /// What they were called there when it was connected.
    #[schema(example = "ana.b")]
    name: Option<String>,
    /// RFC 3339; `null` where that was not kept.
    connected_at: Option<String>,
    /// Whether its owner can sign in without it.
    removable: bool,
}

/// All that is connected to a user.
#[derive(Serialize, ToSchema)]
pub(super) struct IdentitiesAnswer {
    items: Vec<IdentityAnswer>,
}

/// The services that sign me in, the first to be connected first.
#[utoipa::path(get, path = "/api/v1/me/identities", tag = "people",
    responses((status = 200, body = IdentitiesAnswer), Refusals))]
pub(super) async fn connected(
    State(app): State<App>,
    SignedIn(login): SignedIn,
) -> Result<Json<IdentitiesAnswer>, ApiError> {
    let connected = app.identities.list(login.user, app.providers.ids()).await?;
    let items = connected.into_iter().map(|one| answer(one, &app.providers)).collect();
    Ok(Json(IdentitiesAnswer { items }))
}

/// Let a service sign me in no more. All logins that were begun with it end, but for this one. The last way to sign in
/// stays: `last_way_to_sign_in`.
#[utoipa::path(delete, path = "/api/v1/me/identities/{provider}/{subject}", tag = "people",
    params(("provider" = String, Path), ("subject" = String, Path)),
    responses((status = 204), Refusals))]
pub(super) async fn disconnect(
    State(app): State<App>,
    SignedIn(login): SignedIn,
    Path((provider, subject)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    app.identities.unlink(login, &provider, &subject, app.providers.ids()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(Connected { identity, removable }: Connected, providers: &Providers) -> IdentityAnswer {
    let known = providers.get(&identity.provider).map(|provider| provider.name.clone());
    IdentityAnswer {
        provider_name: known.unwrap_or_else(|| identity.provider.clone()),
        provider: identity.provider,
        subject: identity.subject,
        name: identity.name,
        connected_at: identity.linked_at.map(Timestamp::to_rfc3339),
        removable,
    }
}
