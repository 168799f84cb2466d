//! Which refusals a route can answer: what it has in common with all of its kind says so.

use utoipa::openapi::path::Operation;

/// A route, as far as that tells what it may refuse.
pub(super) struct Kind<'a> {
    pub(super) path: &'a str,
    /// Whether it is anything but a `GET`.
    pub(super) changes: bool,
    /// Whether an `Idempotency-Key` is kept.
    pub(super) keyed: bool,
    pub(super) takes_body: bool,
}

/// Takes out of a description what a route of this kind never answers.
pub(super) fn narrow(operation: &mut Operation, kind: &Kind<'_>) {
    operation.responses.responses.retain(|status, _| kind.can_answer(status));
}

impl Kind<'_> {
    fn can_answer(&self, status: &str) -> bool {
        match status {
            "401" | "403" => !self.is_public(),
            "404" => self.names_something() || self.is_within_a_project(),
            "409" => self.changes,
            "410" => self.is_below("/api/v1/documents/"),
            "413" => self.takes_body || self.keyed,
            "415" => self.takes_body,
            "422" => self.keyed,
            "502" => self.is_below("/api/v1/providers/"),
            "507" => self.changes || self.is_of_lists(),
            _ => true,
        }
    }

    /// Whether no credential is looked at.
    fn is_public(&self) -> bool {
        self.is_below("/.well-known/")
    }

    fn names_something(&self) -> bool {
        self.path.contains('{')
    }

    /// Whether `X-Project` counts.
    pub(super) fn is_within_a_project(&self) -> bool {
        ["/api/v1/documents", "/api/v1/groups", "/api/v1/search"].iter().any(|it| self.is_below(it))
    }

    /// Whether it may bring the lists up to date before it answers, which takes room.
    fn is_of_lists(&self) -> bool {
        ["/api/v1/documents", "/api/v1/search", "/api/v1/admin"].iter().any(|it| self.is_below(it))
    }

    fn is_below(&self, place: &str) -> bool {
        self.path.starts_with(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(path: &str, changes: bool, takes_body: bool) -> Vec<&'static str> {
        let kind = Kind { path, changes, keyed: changes, takes_body };
        let all = ["400", "401", "404", "409", "410", "413", "415", "422", "502", "507"];
        all.into_iter().filter(|status| kind.can_answer(status)).collect()
    }

    #[test]
    fn a_route_refuses_what_its_kind_can() {
        let (read, change) = (false, true);
        for (path, changes, body, expected) in [
            ("/.well-known/jwks.json", read, false, &["400"][..]),
            ("/api/v1/me", read, false, &["400", "401"]),
            ("/api/v1/groups", read, false, &["400", "401", "404"]),
            ("/api/v1/documents/{id}", read, false, &["400", "401", "404", "410", "507"]),
            (
                "/api/v1/projects/{id}/members/{member_id}",
                change,
                false,
                &["400", "401", "404", "409", "413", "422", "507"],
            ),
            (
                "/api/v1/documents/{id}",
                change,
                true,
                &["400", "401", "404", "409", "410", "413", "415", "422", "507"],
            ),
            ("/api/v1/providers/{provider}/callback", read, false, &["400", "401", "404", "502"]),
        ] {
            assert_eq!(answers(path, changes, body), expected, "{path}");
        }
    }
}
