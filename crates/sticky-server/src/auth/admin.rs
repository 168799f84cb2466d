use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use sticky_domain::access::Scope;
use sticky_domain::usecase::Operator;

use super::extract::registered;
use super::{Anyone, Identity};
use crate::api::ApiError;
use crate::app::App;

/// Whoever runs the installation. Everyone else is refused.
pub(crate) struct Admin(pub(crate) Operator);

impl FromRequestParts<App> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Anyone(identity) = Anyone::from_request_parts(parts, app).await?;
        Self::of(app, &identity).await
    }
}

impl Admin {
    /// In local-dev everyone is. Elsewhere it is a user, and a token of theirs when it was made for that.
    ///
    /// # Errors
    /// When they run nothing here, or not with this credential.
    pub(crate) async fn of(app: &App, identity: &Identity) -> Result<Self, ApiError> {
        if let Identity::Local(principal) = identity {
            return Ok(Self(Operator::trusted(*principal)));
        }
        let principal = registered(identity)?;
        let operator = app.accounts.operator(principal).await?;
        match identity.scope() < Scope::Admin {
            true => Err(ApiError::ScopeNeeded(Scope::Admin)),
            false => Ok(Self(operator)),
        }
    }
}
