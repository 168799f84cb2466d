//! The page that carries the application, with what a server can say before any script runs.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::bundle;

const HEAD: &str = "<!--sticky:head-->";
const BODY: &str = "<!--sticky:body-->";

/// What is shown when the bundle has not been built.
const UNBUILT: &str = "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><!--sticky:head-->\
    <title>Sticky</title></head>\n<body><main id=\"app\"><!--sticky:body--></main>\n\
    <p>The server runs, but its web application has not been built. \
    Run <code>cargo xtask dev</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>, \
    and start it again.</p></body></html>\n";

const HEADERS: [(HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store"), (HeaderName::from_static("x-robots-tag"), "noindex")];

/// The shell with `head` (tags) and `body` (sanitised HTML) put in.
pub(super) fn page(status: StatusCode, head: &str, body: &str) -> Response {
    let bundled = bundle::file("index.html");
    let shell = bundled.as_ref().and_then(|file| std::str::from_utf8(&file.data).ok());
    let html = fill(shell.unwrap_or(UNBUILT), head, body);
    (status, HEADERS, Html(html)).into_response()
}

/// Put in from the end, so that a note which spells a placeholder stays text.
fn fill(shell: &str, head: &str, body: &str) -> String {
    let (before, after) = shell.split_once(HEAD).unwrap_or((shell, ""));
    let (between, rest) = after.split_once(BODY).unwrap_or((after, ""));
    [before, head, between, body, rest].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_that_spells_a_placeholder_stays_text() {
        let shell = "<a><!--sticky:head--><b><!--sticky:body--><c>";
        assert_eq!(
            fill(shell, "H<!--sticky:body-->", "B<!--sticky:head-->"),
            "<a>H<!--sticky:body--><b>B<!--sticky:head--><c>"
        );
        assert!(!fill(UNBUILT, "", "").contains("sticky:"));
    }
}
