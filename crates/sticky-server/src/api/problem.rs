//! What is answered when something is not done: RFC 9457 problem details with a stable `code`.

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sticky_domain::port::StoreError;
use sticky_domain::usecase::Refusal;
use utoipa::ToSchema;

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
    NoRoute,
    MethodNotAllowed,
    NotAcceptable,
    UnsupportedMediaType(&'static str),
    PayloadTooLarge,
    Invalid {
        code: &'static str,
        detail: String,
    },
    UpgradeRequired,
    Stopping,
    Panicked,
}

impl ApiError {
    /// A refusal of a request that says something it cannot mean.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::Invalid { code: "invalid_request", detail: detail.into() }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => status_of(refusal),
            Self::CredentialNeeded | Self::BadCredential | Self::StaleCookie(_) => {
                StatusCode::UNAUTHORIZED
            }
            Self::OriginRefused | Self::AnonymousNotesOff => StatusCode::FORBIDDEN,
            Self::HostRefused => StatusCode::MISDIRECTED_REQUEST,
            Self::NoRoute => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid { .. } => StatusCode::BAD_REQUEST,
            Self::UpgradeRequired => StatusCode::UPGRADE_REQUIRED,
            Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::CredentialNeeded | Self::BadCredential | Self::StaleCookie(_) => "unauthorized",
            Self::OriginRefused => "origin_refused",
            Self::HostRefused => "host_refused",
            Self::AnonymousNotesOff => "anonymous_notes_off",
            Self::NoRoute => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NotAcceptable => "not_acceptable",
            Self::UnsupportedMediaType(_) => "unsupported_media_type",
            Self::PayloadTooLarge => "payload_too_large",
            Self::Invalid { code, .. } => code,
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
            Self::NoRoute => "there is nothing at this address".into(),
            Self::MethodNotAllowed => "this address does not know this method".into(),
            Self::NotAcceptable => {
                "there is text/markdown, text/html and application/vnd.yjs.update".into()
            }
            Self::UnsupportedMediaType(expected) => {
                format!("the content type must be {expected}").into()
            }
            Self::PayloadTooLarge => "the body is larger than this address takes".into(),
            Self::Invalid { detail, .. } => detail.clone().into(),
            Self::UpgradeRequired => "this is a WebSocket; open it as one".into(),
            Self::Stopping => "the server is stopping".into(),
            Self::Panicked => "something went wrong here; it has been logged".into(),
        }
    }
}

fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotFound => StatusCode::NOT_FOUND,
        Refusal::Forbidden | Refusal::Lapsed => StatusCode::FORBIDDEN,
        Refusal::Unauthorized => StatusCode::UNAUTHORIZED,
        Refusal::InTrash | Refusal::Pruned(_) => StatusCode::GONE,
        Refusal::Invalid { code: "doc_full" | "update_too_large", .. } => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        Refusal::Invalid { .. } => StatusCode::BAD_REQUEST,
        Refusal::Exists | Refusal::NotFoundInText | Refusal::Conflict | Refusal::OpConflict => {
            StatusCode::CONFLICT
        }
        Refusal::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        Refusal::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        Refusal::Busy | Refusal::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Corrupt(_) => StatusCode::INTERNAL_SERVER_ERROR,
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
#[derive(Debug, Serialize, ToSchema)]
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
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.log();
        let status = self.status();
        let problem = Problem {
            kind: format!("urn:sticky:problem:{}", self.code()),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: self.detail().into_owned(),
            code: self.code(),
            pruned_to: self.pruned_to(),
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if status == StatusCode::UPGRADE_REQUIRED {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        }
        if let Self::StaleCookie(clear) = self {
            headers.insert(header::SET_COOKIE, clear);
        }
        response
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
