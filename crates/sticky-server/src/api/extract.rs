//! What handlers take, refusing in our own words: nothing here answers `text/plain`.

use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, Path as AxumPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use sticky_domain::usecase::Refusal;
use url::form_urlencoded;

use super::ApiError;
use super::place::Place;
use crate::app::App;

/// A JSON object; an empty body counts as `{}`.
pub(crate) struct Body<T>(pub(crate) T);

/// The bytes of a body.
pub(crate) struct Raw(pub(crate) Bytes);

/// The parts of the path that are named in the route.
pub(crate) struct Path<T>(pub(crate) T);

/// What follows the question mark.
pub(crate) struct Query<T>(pub(crate) T);

impl FromRequest<App> for Raw {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        match Bytes::from_request(request, app).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_))) => {
                Err(ApiError::PayloadTooLarge)
            }
            Err(_) => Err(ApiError::invalid("the body ended early")),
        }
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let is_json = is_media_type(request.headers(), "application/json");
        let Raw(bytes) = Raw::from_request(request, app).await?;
        if bytes.is_empty() {
            return parse(b"{}");
        }
        if !is_json {
            return Err(ApiError::UnsupportedMediaType("application/json"));
        }
        parse(&bytes)
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<Body<T>, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let place = Place::in_body(error.path());
        ApiError::invalid_at(place, format!("the body is not what is expected: {}", error.inner()))
    })?;
    json.end().map(|()| Body(body)).map_err(|_| {
        ApiError::invalid_at(Place::Body(String::new()), "the body goes on after its end")
    })
}

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        // What cannot be an id is the id of nothing.
        let path = AxumPath::from_request_parts(parts, app).await;
        path.map(|AxumPath(path)| Self(path)).map_err(|_| Refusal::NotFound.into())
    }
}

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(query))
            .map(Self)
            .map_err(|error| {
                let place = Place::Query(error.path().to_string());
                ApiError::invalid_at(place, error.into_inner().to_string())
            })
    }
}

/// Whether the body is said to be of this type, parameters aside.
pub(crate) fn is_media_type(headers: &HeaderMap, expected: &str) -> bool {
    media_type(headers).is_some_and(|media_type| media_type.eq_ignore_ascii_case(expected))
}

/// The type of the body without parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or(value).trim())
}
