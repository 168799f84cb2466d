//! Content negotiation.

use axum::http::{HeaderMap, header};

/// The forms that a note's content has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Markdown,
    Html,
    Yjs,
}

/// In the order in which we would rather answer.
const FORMS: [(Form, &str); 3] = [
    (Form::Markdown, "text/markdown"),
    (Form::Html, "text/html"),
    (Form::Yjs, "application/vnd.yjs.update"),
];

impl Form {
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::Yjs => "application/vnd.yjs.update",
        }
    }
}

/// The form that the caller likes best: Markdown when it says nothing.
pub(super) fn form(headers: &HeaderMap) -> Option<Form> {
    let mut wanted: Vec<(u16, &str)> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(range)
        .filter(|(_, range)| !range.is_empty())
        .collect();
    if wanted.is_empty() {
        return Some(Form::Markdown);
    }
    wanted.retain(|(weight, _)| *weight > 0);
    // Stable: of equals, the first one named is liked best.
    wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    wanted.into_iter().find_map(|(_, range)| {
        FORMS.into_iter().find(|(_, name)| covers(range, name)).map(|(form, _)| form)
    })
}

/// A media range and its weight in thousandths.
fn range(part: &str) -> (u16, &str) {
    let mut parameters = part.split(';').map(str::trim);
    let name = parameters.next().unwrap_or_default();
    let weight = parameters.find_map(|parameter| parameter.strip_prefix("q="));
    let weight = weight.and_then(|weight| weight.parse::<f32>().ok()).unwrap_or(1.0);
    ((weight.clamp(0.0, 1.0) * 1_000.0) as u16, name)
}

fn covers(range: &str, name: &str) -> bool {
    match range.split_once('/') {
        Some(("*", "*")) => true,
        Some((family, "*")) => name.split('/').next() == Some(family),
        _ => range.eq_ignore_ascii_case(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_that_is_liked_best() {
        let table = [
            ("*/*", Some(Form::Markdown)),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Some(Form::Html)),
            ("text/*", Some(Form::Markdown)),
            ("text/markdown;q=0.1, application/vnd.yjs.update", Some(Form::Yjs)),
            ("image/png", None),
            ("text/html;q=0", None),
        ];
        for (accept, expected) in table {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!(form(&headers), expected, "{accept}");
        }
        assert_eq!(form(&HeaderMap::new()), Some(Form::Markdown));
    }
}
