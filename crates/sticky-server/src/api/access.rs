//! Why someone may open a note, and whether they could at a moment in the past. Owners only.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sticky_domain::access::Presence;
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::time::Timestamp;
use sticky_domain::usecase::{By, Ground};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ApiError;
use super::answer::{LevelAnswer, Refusals};
use super::extract::{Path, Query};
use super::sharing::RoleWord;
use crate::app::App;
use crate::auth::Known;

/// Who, and when.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AccessQuery {
    /// The person's id.
    principal: Uuid,
    /// RFC 3339; now if it is left out.
    #[param(example = "2026-05-03T12:00:00Z")]
    at: Option<String>,
}

/// What someone could do with a note at a moment, and by what.
#[derive(Serialize, ToSchema)]
pub(super) struct AccessAnswer {
    principal_id: Uuid,
    /// RFC 3339.
    at: String,
    /// The highest of the grounds; `null` when they could not open it.
    level: Option<LevelAnswer>,
    /// Whether the note was in the trash.
    deleted: bool,
    grounds: Vec<GroundAnswer>,
}

/// One thing that let them.
#[derive(Serialize, ToSchema)]
pub(super) struct GroundAnswer {
    level: LevelAnswer,
    by: ByAnswer,
    /// The groups by way of which it reached them, the one that they were in themselves first.
    groups: Vec<Uuid>,
    /// RFC 3339.
    since: String,
    /// Who gave it, or redeemed it.
    given_by: Uuid,
}

/// What kind of thing.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum ByAnswer {
    /// The note was shared with them.
    Grant,
    /// They were in the note's project.
    Role { project_id: Uuid, role: RoleWord },
    /// A link let them in.
    Link { link_id: Uuid, label: Option<String> },
}

/// Why may somebody open this note, and could they then?
#[utoipa::path(get, path = "/api/v1/documents/{id}/access", tag = "permissions",
    params(("id" = Uuid, Path), AccessQuery), responses((status = 200, body = AccessAnswer), Refusals))]
pub(super) async fn explain(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
    Query(AccessQuery { principal, at }): Query<AccessQuery>,
) -> Result<Json<AccessAnswer>, ApiError> {
    let at = match at.as_deref().filter(|at| !at.is_empty()) {
        Some(text) => Timestamp::from_rfc3339(text)
            .ok_or_else(|| ApiError::invalid("at is a time of RFC 3339"))?,
        None => app.clock.now(),
    };
    let who = PrincipalId(principal);
    let explained = app.why.explain(&caller, DocumentId(id), who, at).await?;
    Ok(Json(AccessAnswer {
        principal_id: principal,
        at: at.to_rfc3339(),
        level: explained.level.map(LevelAnswer::from),
        deleted: explained.presence == Presence::Trashed,
        grounds: explained.grounds.into_iter().map(GroundAnswer::from).collect(),
    }))
}

impl From<Ground> for GroundAnswer {
    fn from(ground: Ground) -> Self {
        Self {
            level: ground.level.into(),
            by: match ground.by {
                By::Grant => ByAnswer::Grant,
                By::Role(project, role) => {
                    ByAnswer::Role { project_id: project.0, role: role.into() }
                }
                By::Link(link, label) => ByAnswer::Link { link_id: link.0, label },
            },
            groups: ground.through.into_iter().map(|group| group.0).collect(),
            since: ground.since.to_rfc3339(),
            given_by: ground.given_by.0,
        }
    }
}
