use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use sticky_domain::usecase::Refusal;

use super::{Anyone, Identity};
use crate::api::ApiError;
use crate::app::App;

/// Whoever runs the server. Everyone else is refused.
pub(crate) struct Admin;

impl FromRequestParts<App> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match Anyone::from_request_parts(parts, app).await? {
            Anyone(Identity::Nobody) => Err(ApiError::CredentialNeeded),
            Anyone(identity) if is_admin(&identity) => Ok(Self),
            Anyone(_) => Err(Refusal::Forbidden.into()),
        }
    }
}

/// In local-dev everyone is. A token is when it was made for that.
fn is_admin(identity: &Identity) -> bool {
    match identity {
        Identity::Local(_) => true,
        Identity::Nobody | Identity::Browser(_) | Identity::Service(_) => false,
    }
}
