use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sticky_domain::port::Totals;
use utoipa::ToSchema;

use crate::api::ApiError;
use crate::api::answer::Refusals;
use crate::app::App;
use crate::auth::Admin;

/// How much there is of everything.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Stats {
    version: &'static str,
    /// Notes that are not in the trash.
    documents: u64,
    trashed_documents: u64,
    /// Links that are not turned off.
    links: u64,
    principals: u64,
    /// Facts recorded: everything but text.
    facts: u64,
    /// Updates recorded: text.
    updates: u64,
    /// What the database takes, in bytes.
    database_bytes: u64,
    /// Notes that this server has in memory; `null` from the command line.
    loaded_documents: Option<usize>,
    /// Sockets that are open on this server; `null` from the command line.
    sockets: Option<usize>,
}

impl From<Totals> for Stats {
    fn from(totals: Totals) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            documents: totals.documents,
            trashed_documents: totals.trashed_documents,
            links: totals.links,
            principals: totals.principals,
            facts: totals.facts,
            updates: totals.updates,
            database_bytes: totals.bytes,
            loaded_documents: None,
            sockets: None,
        }
    }
}

/// How much there is of everything.
#[utoipa::path(get, path = "/api/v1/admin/stats", tag = "admin", responses((status = 200, body = Stats), Refusals))]
pub(in crate::api) async fn stats(
    State(app): State<App>,
    _: Admin,
) -> Result<Json<Stats>, ApiError> {
    Ok(Json(Stats {
        loaded_documents: Some(app.relay.stats().rooms),
        sockets: Some(app.lifecycle.sockets().len()),
        ..app.audit.totals().await?.into()
    }))
}
