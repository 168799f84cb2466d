//! What several answers have in common.

use serde::Serialize;
use sticky_domain::access::Level;
use sticky_domain::usecase::Person;
use utoipa::{IntoResponses, ToSchema};
use uuid::Uuid;

use super::problem::Problem;

/// What anything may answer instead, as far as its kind of route can (`refusals.rs`).
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by the derive, which describes them")]
pub(super) enum Refusals {
    /// The request says something it cannot mean: `invalid_request`, or a code for the field.
    #[response(status = 400, content_type = "application/problem+json")]
    Invalid(Problem),
    /// No credential, or one that is no longer valid: `unauthorized`.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(Problem),
    /// Readable, but not this: `forbidden`; from a page of another site: `origin_refused`.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// Not there, or not shared with the caller: `not_found`.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// Larger than this address takes: `payload_too_large`, `doc_full`.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// Not JSON: `unsupported_media_type`.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(Problem),
    /// Done already, or it contradicts what is there; also while another request with this Idempotency-Key is not
    /// answered yet: `idempotency_under_way`.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// In the trash: `in_trash`.
    #[response(status = 410, content_type = "application/problem+json")]
    Gone(Problem),
    /// The Idempotency-Key was used for another request: `idempotency_key_reused`.
    #[response(status = 422, content_type = "application/problem+json")]
    KeyReused(Problem),
    /// Wait for `Retry-After` seconds: `too_many_requests`.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// A server in local-dev, asked under another name than this computer's: `host_refused`.
    #[response(status = 421, content_type = "application/problem+json")]
    Misdirected(Problem),
    /// Something went wrong in the server, which has logged it: `internal`.
    #[response(status = 500, content_type = "application/problem+json")]
    Failed(Problem),
    /// Another service does not let us know who someone is: `provider_failed`.
    #[response(status = 502, content_type = "application/problem+json")]
    Provider(Problem),
    /// Try again: `unavailable`.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
    /// There is no room left for what is to be kept: `storage_full`.
    #[response(status = 507, content_type = "application/problem+json")]
    Full(Problem),
}

/// What a change may answer besides.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by the derive, which describes it")]
pub(super) enum Changed {
    /// `If-Match` names another state than the one that is there: `precondition_failed`.
    #[response(status = 412, content_type = "application/problem+json")]
    Since(Problem),
}

/// Someone, as others see them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonAnswer {
    id: Uuid,
    /// `guest`, `service` or `local`.
    #[schema(example = "guest")]
    kind: &'static str,
    #[schema(example = "Amber Fox")]
    name: String,
    /// The colour of their cursor.
    #[schema(example = "#006b6b")]
    color: &'static str,
}

impl From<Person> for PersonAnswer {
    fn from(person: Person) -> Self {
        Self {
            id: person.id.0,
            kind: person.kind.as_str(),
            name: person.name,
            color: person.colour.strong,
        }
    }
}

impl PersonAnswer {
    /// Whoever uses a server in local-dev without a credential.
    pub(super) fn local(person: Person) -> Self {
        Self { kind: "local", ..person.into() }
    }
}

/// Someone who did something, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Somebody {
    pub(super) id: Uuid,
    #[schema(example = "Amber Fox")]
    pub(super) name: String,
}

/// What someone may do with a note.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum LevelAnswer {
    Viewer,
    Editor,
    Owner,
}

impl From<Level> for LevelAnswer {
    fn from(level: Level) -> Self {
        match level {
            Level::Viewer => Self::Viewer,
            Level::Editor => Self::Editor,
            Level::Owner => Self::Owner,
        }
    }
}
