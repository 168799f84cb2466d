use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sticky_domain::event::{Body, Via};
use sticky_domain::id::{DocumentId, LinkId, PrincipalId};
use sticky_domain::port::AuditQuestion;
use sticky_domain::stream::{StreamId, StreamKind};
use sticky_domain::time::Timestamp;
use sticky_domain::usecase::AuditEntry;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::answer::Refusals;
use crate::api::paging::Listed;
use crate::api::{ApiError, Query};
use crate::app::App;
use crate::auth::Admin;

const DEFAULT_SIZE: u32 = 100;
const MAX_SIZE: u32 = 1_000;

/// Which events are meant: those that all of the filters let through.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditFilter {
    /// Who acted.
    pub(crate) principal: Option<Uuid>,
    /// What happened to this note.
    pub(crate) document: Option<Uuid>,
    /// What came by this link, or happened to it.
    pub(crate) link: Option<Uuid>,
    /// At this time or later; RFC 3339.
    #[param(example = "2026-11-20T07:15:00Z")]
    pub(crate) since: Option<String>,
    /// Before this time; RFC 3339.
    pub(crate) until: Option<String>,
    /// `next_cursor` of the page before.
    pub(crate) cursor: Option<u64>,
    /// Events per page, from 1 to 1,000; 100 if not given.
    pub(crate) page_size: Option<u32>,
}

/// What happened, the newest first. Who changed which text when is told by a note's timeline.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditAnswer {
    items: Vec<AuditEvent>,
    /// Where the next page begins, if there is one.
    next_cursor: Option<u64>,
}

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEvent {
    /// Its place in the log.
    pub(crate) position: u64,
    /// RFC 3339.
    pub(crate) at: String,
    #[schema(example = "DocumentRenamed")]
    pub(crate) r#type: String,
    pub(crate) subject: Subject,
    pub(crate) principal: AuditActor,
    /// What let them: `direct`, `link` or `token`.
    pub(crate) via: &'static str,
    pub(crate) via_id: Option<Uuid>,
    /// The trace or request that it was part of.
    pub(crate) correlation_id: Option<Uuid>,
    /// The rest of what is recorded, secrets and their hashes aside.
    #[schema(value_type = Object)]
    pub(crate) data: Map<String, Value>,
}

/// What it happened to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Subject {
    /// `document`, `principal`, `group` or `project`.
    pub(crate) kind: &'static str,
    pub(crate) id: Uuid,
}

/// Who did it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditActor {
    pub(crate) id: Uuid,
    /// What they are called now, if they are known.
    pub(crate) name: Option<String>,
}

/// What was done, by whom and when.
#[utoipa::path(get, path = "/api/v1/admin/events", tag = "admin", params(AuditFilter),
    responses((status = 200, body = AuditAnswer, headers(("Link" = String, description = "The next page, if there is one"))), Refusals))]
pub(in crate::api) async fn events(
    State(app): State<App>,
    _: Admin,
    Query(filter): Query<AuditFilter>,
) -> Result<Listed<AuditAnswer>, ApiError> {
    let page = app.audit.events(&filter.question()?).await?;
    let next = page.next.map(|next| ("cursor", next.to_string()));
    let items = page.entries.into_iter().map(AuditEvent::from).collect();
    Ok(Listed { page: AuditAnswer { items, next_cursor: page.next }, next })
}

impl AuditFilter {
    pub(crate) fn question(&self) -> Result<AuditQuestion, ApiError> {
        let limit = self.page_size.unwrap_or(DEFAULT_SIZE);
        if !(1..=MAX_SIZE).contains(&limit) {
            return Err(ApiError::invalid_parameter("page_size", format!("is 1 to {MAX_SIZE}")));
        }
        Ok(AuditQuestion {
            principal: self.principal.map(PrincipalId),
            document: self.document.map(DocumentId),
            link: self.link.map(LinkId),
            since: time("since", self.since.as_deref())?,
            until: time("until", self.until.as_deref())?,
            before: self.cursor,
            limit,
        })
    }
}

fn time(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, ApiError> {
    let unreadable = || ApiError::invalid_parameter(name, "is a time such as 2026-11-20T07:15:00Z");
    text.map(|text| Timestamp::from_rfc3339(text).ok_or_else(unreadable)).transpose()
}

impl From<AuditEntry> for AuditEvent {
    fn from(AuditEntry { event, name }: AuditEntry) -> Self {
        let (r#type, data) = told(&event.body);
        let (via, via_id) = match event.actor.via {
            Via::Direct => ("direct", None),
            Via::Link(link) => ("link", Some(link.0)),
            Via::Token(token) => ("token", Some(token.0)),
        };
        Self {
            position: event.position,
            at: event.recorded_at.to_rfc3339(),
            r#type,
            subject: event.stream.into(),
            principal: AuditActor { id: event.actor.principal.0, name },
            via,
            via_id,
            correlation_id: event.actor.correlation,
            data,
        }
    }
}

impl From<StreamId> for Subject {
    fn from(stream: StreamId) -> Self {
        let kind = match stream.kind {
            StreamKind::Document | StreamKind::Content => "document",
            StreamKind::Principal => "principal",
            StreamKind::Group => "group",
            StreamKind::Project => "project",
        };
        Self { kind, id: stream.id }
    }
}

/// The name of a fact, and its members.
fn told(body: &Body) -> (String, Map<String, Value>) {
    let Body::Fact(fact) = body else {
        return ("UpdateRecorded".to_owned(), Map::new());
    };
    let Ok(Value::Object(mut members)) = serde_json::to_value(fact) else {
        unreachable!("a fact is an object with a type");
    };
    let name = members.remove("type").and_then(|name| name.as_str().map(str::to_owned));
    members.retain(|_, value| !is_secret(value));
    (name.unwrap_or_default(), members)
}

/// Hashes of secrets, however their member is called: tokens' are 64 hexadecimal digits, passwords' say what they are.
fn is_secret(value: &Value) -> bool {
    let Value::String(text) = value else { return false };
    let is_digest = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest || text.starts_with("$argon2")
}

#[cfg(test)]
mod tests {
    use sticky_domain::access::Scope;
    use sticky_domain::event::Fact;
    use sticky_domain::id::TokenId;

    use super::*;

    #[test]
    fn a_token_is_told_without_its_hash() {
        let token = TokenId(Uuid::from_u128(1));
        let issued = Fact::TokenIssued {
            token,
            sha256: [7; 32],
            label: Some("ci".to_owned()),
            scope: Scope::Write,
            until: None,
        };
        let (name, data) = told(&Body::Fact(issued));
        assert_eq!((name.as_str(), data.len()), ("TokenIssued", 3));
        assert_eq!(data["label"], "ci");
    }
}
