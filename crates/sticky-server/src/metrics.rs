//! Numbers for Prometheus. No label holds an id or a token: their values are few.

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::Method;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use sticky_domain::port::ProjectionStatus;
use sticky_store::archive::Looked;

use crate::app::App;

const REQUESTS: &str = "sticky_http_requests_total";
const REQUEST_SECONDS: &str = "sticky_http_request_duration_seconds";
const SOCKETS: &str = "sticky_websocket_connections";
const CLOSES: &str = "sticky_websocket_closes_total";
const ARCHIVED: &str = "sticky_archive_segments_total";
const ARCHIVE_FAILURES: &str = "sticky_archive_failures_total";
const DECISIONS: &str = "sticky_permission_decisions_total";
const OPENS: &str = "sticky_document_opens_total";
const ROOMS: &str = "sticky_documents_loaded";
const UNRECORDED: &str = "sticky_unrecorded_bytes";
const LAG: &str = "sticky_projection_lag_events";
const STALE_TEXTS: &str = "sticky_projection_stale_texts";
const SET_ASIDE: &str = "sticky_projection_set_aside";

/// Upper bounds in seconds.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Several servers of one process, as in tests, count together.
static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Begins to count.
pub(crate) fn start() -> Result<(), BuildError> {
    if HANDLE.get().is_some() {
        return Ok(());
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(REQUEST_SECONDS.to_owned()), &BUCKETS)?
        .build_recorder();
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_ok() {
        // Only one thread comes here: the recorder can be set once.
        let _ = HANDLE.set(handle);
        metrics::gauge!("sticky_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    }
    Ok(())
}

/// All numbers in the text format.
pub(crate) fn render(app: &App) -> String {
    let stats = app.relay.stats();
    metrics::gauge!(ROOMS).set(stats.rooms as f64);
    metrics::counter!(OPENS, "state" => "warm").absolute(stats.warm_opens);
    metrics::counter!(OPENS, "state" => "cold").absolute(stats.cold_opens);
    metrics::gauge!(UNRECORDED).set(stats.unrecorded as f64);
    HANDLE
        .get()
        .map(|handle| {
            handle.run_upkeep();
            handle.render()
        })
        .unwrap_or_default()
}

/// How far a projection is behind, and what it could not take.
pub(crate) fn projection(status: &ProjectionStatus) {
    let name = status.projection.as_str();
    for (lane, checkpoint) in [("control", status.control), ("content", status.content)] {
        metrics::gauge!(LAG, "projection" => name, "lane" => lane).set(checkpoint.lag() as f64);
    }
    metrics::gauge!(STALE_TEXTS, "projection" => name).set(status.stale_texts as f64);
    metrics::gauge!(SET_ASIDE, "projection" => name).set(status.set_aside.len() as f64);
}

pub(crate) fn request(method: &Method, route: &str, status: u16, took: Duration) {
    let method = known(method);
    metrics::counter!(REQUESTS, "method" => method, "route" => route.to_owned(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!(REQUEST_SECONDS, "method" => method, "route" => route.to_owned())
        .record(took.as_secs_f64());
}

/// Counts what a round of the archive came to.
pub(crate) fn archived(looked: Looked) {
    let Looked { sealed, merged, pruned, deleted } = looked;
    let counts = [("sealed", sealed), ("merged", merged), ("pruned", pruned), ("deleted", deleted)];
    for (step, count) in counts {
        metrics::counter!(ARCHIVED, "step" => step).increment(count as u64);
    }
}

pub(crate) fn archive_failure() {
    metrics::counter!(ARCHIVE_FAILURES).increment(1);
}

/// Counts a socket for as long as it lives.
pub(crate) struct OpenSocket;

impl OpenSocket {
    pub(crate) fn new() -> Self {
        metrics::gauge!(SOCKETS).increment(1.0);
        Self
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        metrics::gauge!(SOCKETS).decrement(1.0);
    }
}

/// A socket that we closed, by its close code.
pub(crate) fn closed(code: u16) {
    metrics::counter!(CLOSES, "code" => code.to_string()).increment(1);
}

/// A decision about who may read, and whether it was remembered.
pub(crate) fn decided(remembered: bool) {
    let from = if remembered { "memory" } else { "store" };
    metrics::counter!(DECISIONS, "from" => from).increment(1);
}

/// A client can make methods up; each would be a series of its own.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
