//! What is answered when something is not done: RFC 9457 problem details with a stable `code`.

use std::borrow::Cow;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sticky_domain::access::Scope;
use sticky_domain::port::StoreError;
use sticky_domain::usecase::Refusal;
use utoipa::ToSchema;

use super::place::{FieldProblem, Place};
use crate::limit::Exceeded;

/// Why a request was not served.
#[derive(Debug)]
pub(crate) enum ApiError {
    Refused(Refusal),
    CredentialNeeded,
    BadCredential,
    /// A cookie of a session that is gone; the header takes it out of the browser, which cannot do so itself.
    StaleCookie(HeaderValue),
    OriginRefused,
    HostRefused,
    AnonymousNotesOff,
    /// The token is for less than this.
    ScopeNeeded(Scope),
    /// Only for users themselves, not for what acts for them.
    SignInNeeded,
    /// Someone has tried to sign in too often; there is more after this time.
    TooManyAttempts(Duration),
    /// Whoever came back from another service has not set out from here, or was here before.
    LoginRefused,
    /// Another service does not vouch as it should.
    ProviderFailed,
    NoRoute,
    MethodNotAllowed,
    NotAcceptable,
    UnsupportedMediaType(&'static str),
    PayloadTooLarge,
    Invalid {
        code: &'static str,
        detail: String,
    },
    /// Likewise, and it is known which part of the request is meant.
    InvalidAt {
        place: Place,
        code: &'static str,
        detail: String,
    },
    /// The caller has used up what they may ask for; there is more after this time.
    TooManyRequests(Duration),
    /// An Idempotency-Key of nobody, or for signing in: the answer would be given to someone else.
    KeyRefused,
    /// The Idempotency-Key was used for another request.
    KeyReused,
    /// The request that has this Idempotency-Key is not answered yet.
    UnderWay,
    /// The request was done, but what was answered can no longer be read.
    AnswerLost,
    UpgradeRequired,
    Stopping,
    Panicked,
}

impl ApiError {
    /// A refusal of a request that says something it cannot mean.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::Invalid { code: "invalid_request", detail: detail.into() }
    }

    /// Likewise, of one part of the request.
    pub(crate) fn invalid_at(place: Place, detail: impl Into<String>) -> Self {
        Self::InvalidAt { place, code: "invalid_request", detail: detail.into() }
    }

    /// Likewise, of a parameter of the query.
    pub(crate) fn invalid_parameter(name: &str, detail: impl Into<String>) -> Self {
        Self::invalid_at(Place::Query(name.to_owned()), detail)
    }

    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => status_of(refusal),
            Self::CredentialNeeded | Self::BadCredential | Self::StaleCookie(_) => {
                StatusCode::UNAUTHORIZED
            }
            Self::OriginRefused
            | Self::AnonymousNotesOff
            | Self::ScopeNeeded(_)
            | Self::SignInNeeded => StatusCode::FORBIDDEN,
            Self::TooManyAttempts(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::LoginRefused => StatusCode::BAD_REQUEST,
            Self::ProviderFailed => StatusCode::BAD_GATEWAY,
            Self::HostRefused => StatusCode::MISDIRECTED_REQUEST,
            Self::NoRoute => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid { .. } | Self::InvalidAt { .. } | Self::KeyRefused => {
                StatusCode::BAD_REQUEST
            }
            Self::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::UnderWay | Self::AnswerLost => StatusCode::CONFLICT,
            Self::UpgradeRequired => StatusCode::UPGRADE_REQUIRED,
            Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::CredentialNeeded | Self::BadCredential | Self::StaleCookie(_) => "unauthorized",
            Self::OriginRefused => "origin_refused",
            Self::HostRefused => "host_refused",
            Self::AnonymousNotesOff => "anonymous_notes_off",
            Self::ScopeNeeded(_) => "scope_needed",
            Self::SignInNeeded => "sign_in_needed",
            Self::TooManyAttempts(_) => "too_many_attempts",
            Self::LoginRefused => "login_refused",
            Self::ProviderFailed => "provider_failed",
            Self::NoRoute => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NotAcceptable => "not_acceptable",
            Self::UnsupportedMediaType(_) => "unsupported_media_type",
            Self::PayloadTooLarge => "payload_too_large",
            Self::Invalid { code, .. } | Self::InvalidAt { code, .. } => code,
            Self::TooManyRequests(_) => "too_many_requests",
            Self::KeyRefused => "idempotency_key_refused",
            Self::KeyReused => "idempotency_key_reused",
            Self::UnderWay => "idempotency_under_way",
            Self::AnswerLost => "idempotency_answer_lost",
            Self::UpgradeRequired => "upgrade_required",
            Self::Stopping => "unavailable",
            Self::Panicked => "internal",
        }
    }

    fn pruned_to(&self) -> Option<u64> {
        match self {
            Self::Refused(Refusal::Pruned(to)) => Some(*to),
            _ => None,
        }
    }

    fn detail(&self) -> Cow<'static, str> {
        match self {
            Self::Refused(refusal) => refusal.to_string().into(),
            Self::CredentialNeeded => "this needs a credential".into(),
            Self::BadCredential => "the credential is not valid, or no longer".into(),
            Self::StaleCookie(_) => "this browser's session is no longer known".into(),
            Self::OriginRefused => "pages of other sites may not do this".into(),
            Self::HostRefused => {
                "a server in local-dev answers localhost, 127.0.0.1 and [::1] only".into()
            }
            Self::AnonymousNotesOff => "making a note needs an access token here".into(),
            Self::ScopeNeeded(scope) => {
                format!("this needs a token with the scope {}", scope.as_str()).into()
            }
            Self::SignInNeeded => "this is for users who have signed in themselves".into(),
            Self::TooManyAttempts(_) => "too many tries; wait a while".into(),
            Self::LoginRefused => "this sign-in was not begun in this browser, or is over".into(),
            Self::ProviderFailed => "the other service does not let us know who you are".into(),
            Self::NoRoute => "there is nothing at this address".into(),
            Self::MethodNotAllowed => "this address does not know this method".into(),
            Self::NotAcceptable => {
                "there is text/markdown, text/html and application/vnd.yjs.update".into()
            }
            Self::UnsupportedMediaType(expected) => {
                format!("the content type must be {expected}").into()
            }
            Self::PayloadTooLarge => "the body is larger than this address takes".into(),
            Self::Invalid { detail, .. } | Self::InvalidAt { detail, .. } => detail.clone().into(),
            Self::TooManyRequests(_) => "too many requests at once; wait a moment".into(),
            Self::KeyRefused => {
                "an Idempotency-Key needs a credential, and is not for signing in".into()
            }
            Self::KeyReused => "this Idempotency-Key was used for another request".into(),
            Self::UnderWay => "the request with this Idempotency-Key is not answered yet".into(),
            Self::AnswerLost => {
                "this was done, but the answer can no longer be read: look for yourself".into()
            }
            Self::UpgradeRequired => "this is a WebSocket; open it as one".into(),
            Self::Stopping => "the server is stopping".into(),
            Self::Panicked => "something went wrong here; it has been logged".into(),
        }
    }
}

fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotFound | Refusal::Unknown { .. } => StatusCode::NOT_FOUND,
        Refusal::Forbidden
        | Refusal::Denied { .. }
        | Refusal::Lapsed
        | Refusal::RegistrationClosed => StatusCode::FORBIDDEN,
        Refusal::Unauthorized | Refusal::WrongPassword => StatusCode::UNAUTHORIZED,
        Refusal::InTrash | Refusal::Pruned(_) => StatusCode::GONE,
        Refusal::Invalid { code: "doc_full" | "update_too_large", .. } => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        Refusal::Invalid { .. } => StatusCode::BAD_REQUEST,
        Refusal::Exists
        | Refusal::Taken
        | Refusal::AlreadyPromoted
        | Refusal::NotFoundInText
        | Refusal::Conflict
        | Refusal::Clash { .. }
        | Refusal::OpConflict => StatusCode::CONFLICT,
        Refusal::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        Refusal::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        Refusal::Busy | Refusal::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Corrupt(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<Exceeded> for ApiError {
    fn from(Exceeded(wait): Exceeded) -> Self {
        Self::TooManyRequests(wait)
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// Why a request was not served.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Names the kind of problem: `urn:sticky:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: &'static str,
    status: u16,
    /// For people; may change.
    detail: String,
    /// For programs; never changes.
    #[schema(example = "not_found")]
    code: &'static str,
    /// With `pruned`: what was before this seq has been removed for good, what came after it has not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pruned_to: Option<u64>,
    /// Which parts of the request are wrong, where that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldProblem>,
    /// The request in the server's log: the `x-request-id` of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.log();
        let status = self.status();
        let mut response = status.into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, wait.into());
        }
        if status == StatusCode::UPGRADE_REQUIRED {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        }
        response.extensions_mut().insert(self.problem(status));
        if let Self::StaleCookie(clear) = self {
            response.headers_mut().insert(header::SET_COOKIE, clear);
        }
        response
    }
}

/// Writes out the problem that an answer is, now that it is known which request it answers.
pub(crate) fn write_out(response: &mut Response, request_id: &str) {
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else {
        return;
    };
    problem.request_id = Some(request_id.to_owned());
    let body = serde_json::to_vec(&problem).expect("a problem has only texts and a number");
    let media_type = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    *response.body_mut() = Body::from(body);
}

impl ApiError {
    fn problem(&self, status: StatusCode) -> Problem {
        let (code, detail) = (self.code(), self.detail().into_owned());
        let place = self.place();
        let errors = place.map(|place| FieldProblem::new(place, code, detail.clone()));
        Problem {
            kind: format!("urn:sticky:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail,
            code,
            pruned_to: self.pruned_to(),
            errors: errors.into_iter().collect(),
            request_id: None,
        }
    }

    /// What is wrong, for people at a terminal.
    pub(crate) fn shown(&self) -> String {
        match self.place() {
            Some(Place::Query(name)) => format!("{name} {}", self.detail()),
            _ => self.detail().into_owned(),
        }
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::InvalidAt { place, .. } => Some(place.clone()),
            Self::Refused(Refusal::Invalid { code, .. }) => Place::meant_by(code),
            _ => None,
        }
    }

    /// After how many seconds the same request may go better.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests(wait) | Self::TooManyAttempts(wait) => {
                Some(wait.as_secs_f64().ceil() as u64)
            }
            Self::UnderWay => Some(1),
            _ if self.status() == StatusCode::SERVICE_UNAVAILABLE => Some(1),
            _ => None,
        }
    }
}

impl ApiError {
    /// What an operator can do something about. The caller is not told the details of these.
    fn log(&self) {
        match self {
            Self::Refused(Refusal::Unavailable(detail)) => {
                tracing::warn!(detail, "the store is not available");
            }
            Self::Refused(Refusal::Corrupt(detail)) => {
                tracing::error!(detail, "something stored cannot be read");
            }
            Self::Refused(Refusal::StorageFull) => tracing::error!("the storage is full"),
            _ => {}
        }
    }
}
