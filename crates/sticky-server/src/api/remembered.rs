use axum::body::Body;
use axum::http::response::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// What of an answer is given again. No cookie: that one is for whoever asked first.
const HEADERS: [HeaderName; 5] =
    [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::LINK, header::CACHE_CONTROL];

/// An answer as it is stored: a line of JSON, and the body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Remembered {
    head: Head,
    body: Bytes,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
}

impl Remembered {
    pub(super) fn of(parts: &Parts, body: &Bytes) -> Self {
        let text = |name: &HeaderName| {
            let value = parts.headers.get(name)?.to_str().ok()?;
            Some((name.as_str().to_owned(), value.to_owned()))
        };
        let headers = HEADERS.iter().filter_map(text).collect();
        Self { head: Head { status: parts.status.as_u16(), headers }, body: body.clone() }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let head = serde_json::to_vec(&self.head).expect("a head has only texts and a number");
        [&head, &b"\n"[..], &self.body].concat()
    }

    pub(super) fn from_bytes(bytes: &Bytes) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head = serde_json::from_slice(&bytes[..end]).ok()?;
        Some(Self { head, body: bytes.slice(end + 1..) })
    }

    pub(super) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.head.status).unwrap_or(StatusCode::OK);
        for (name, value) in self.head.headers {
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
            {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;

    use super::*;

    #[test]
    fn an_answer_comes_back_without_its_cookie() {
        let headers = [(header::LOCATION, "/x"), (header::SET_COOKIE, "sticky=secret")];
        let (parts, _) = (StatusCode::CREATED, headers).into_response().into_parts();
        let remembered = Remembered::of(&parts, &Bytes::from_static(b"{}\n"));
        let again = Remembered::from_bytes(&remembered.to_bytes().into()).unwrap();
        assert_eq!(again, remembered);
        let response = again.into_response();
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.headers()[header::LOCATION], "/x");
        assert!(!response.headers().contains_key(header::SET_COOKIE));
    }
}
