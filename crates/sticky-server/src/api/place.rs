//! Which part of a request is wrong.

use serde::Serialize;
use utoipa::ToSchema;

/// A part of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A JSON pointer (RFC 6901) into the body; empty for all of it.
    Body(String),
    Query(String),
    Header(&'static str),
}

/// What is wrong with one part of the request.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// The part of the body, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/title")]
    pointer: Option<String>,
    /// The parameter of the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// The header.
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<&'static str>,
    /// For programs; never changes.
    code: &'static str,
    /// For people; may change.
    detail: String,
}

impl FieldProblem {
    pub(super) fn new(place: Place, code: &'static str, detail: String) -> Self {
        let problem = Self { code, detail, ..Self::default() };
        match place {
            Place::Body(pointer) => Self { pointer: Some(pointer), ..problem },
            Place::Query(name) => Self { parameter: Some(name), ..problem },
            Place::Header(name) => Self { header: Some(name), ..problem },
        }
    }
}

impl Place {
    /// The member of the body that the use-cases mean when they refuse with `code`.
    pub(super) fn meant_by(code: &str) -> Option<Self> {
        let (member, _) = code.rsplit_once('_').filter(|(_, fault)| FAULTS.contains(fault))?;
        let member = member.strip_suffix("_too").unwrap_or(member);
        Some(Self::Body(format!("/{member}")))
    }

    /// Where serde stopped reading.
    pub(super) fn in_body(path: &serde_path_to_error::Path) -> Self {
        let mut pointer = String::new();
        for segment in path {
            let name = segment.to_string();
            pointer.push('/');
            pointer.push_str(&name.trim_matches(['[', ']']).replace('~', "~0").replace('/', "~1"));
        }
        Self::Body(pointer)
    }
}

/// How the codes end that begin with the name of a member.
const FAULTS: [&str; 4] = ["invalid", "long", "short", "level"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_use_case_names_the_member() {
        let member = |code: &str| match Place::meant_by(code) {
            Some(Place::Body(pointer)) => pointer,
            other => format!("{other:?}"),
        };
        assert_eq!(member("title_too_long"), "/title");
        assert_eq!(member("title_invalid"), "/title");
        assert_eq!(member("name_invalid"), "/name");
        assert_eq!(Place::meant_by("invalid_request"), None);
        assert_eq!(Place::meant_by("too_many_links"), None);
    }
}
