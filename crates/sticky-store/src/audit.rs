//! The statements by which the log is asked about, for both engines: only their placeholders differ.

use sticky_domain::port::AuditQuestion;
use uuid::Uuid;

/// A value that a filter compares with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bound {
    Id(Uuid),
    Number(i64),
    Bytes(Vec<u8>),
}

/// What of an event names a link: the byte function that tells where something is in a payload differs.
pub(crate) struct Dialect {
    pub(crate) placeholder: fn(usize) -> String,
    /// Whether the second is a part of the first.
    pub(crate) holds: fn(&str, &str) -> String,
}

/// The statement of a question and its values.
pub(crate) fn statement(question: &AuditQuestion, dialect: &Dialect) -> (String, Vec<Bound>) {
    let mut filters = Filters { dialect, text: String::new(), values: Vec::new() };
    if let Some(principal) = question.principal {
        filters.add("actor = ", Bound::Id(principal.0));
    }
    if let Some(document) = question.document {
        filters.add("kind = 1 and stream = ", Bound::Id(document.0));
    }
    if let Some(link) = question.link {
        filters.about_link(link.0);
    }
    if let Some(since) = question.since {
        filters.add("recorded_at >= ", Bound::Number(since.0));
    }
    if let Some(until) = question.until {
        filters.add("recorded_at < ", Bound::Number(until.0));
    }
    if let Some(before) = question.before {
        filters.add("position < ", Bound::Number(crate::row::sql(before)));
    }
    let limit = filters.bind(Bound::Number(question.limit.into()));
    let Filters { text, values, .. } = filters;
    (
        format!("select * from event where lane = 0{text} order by position desc limit {limit}"),
        values,
    )
}

struct Filters<'a> {
    dialect: &'a Dialect,
    text: String,
    values: Vec<Bound>,
}

impl Filters<'_> {
    fn bind(&mut self, value: Bound) -> String {
        self.values.push(value);
        (self.dialect.placeholder)(self.values.len())
    }

    fn add(&mut self, comparison: &str, value: Bound) {
        let place = self.bind(value);
        self.text.push_str(&format!(" and {comparison}{place}"));
    }

    /// What came by it, and what happened to it, which its document's facts tell.
    fn about_link(&mut self, link: Uuid) {
        let via = self.bind(Bound::Id(link));
        let document = self.bind(Bound::Id(link));
        let name = self.bind(Bound::Bytes(link.to_string().into_bytes()));
        let holds = (self.dialect.holds)("payload", &name);
        self.text.push_str(&format!(
            " and ((via = 1 and via_id = {via})
              or (kind = 1 and stream = (select document from link where id = {document}) and {holds}))"
        ));
    }
}

#[cfg(test)]
mod tests {
    use sticky_domain::id::PrincipalId;
    use sticky_domain::time::Timestamp;

    use super::*;

    #[test]
    fn every_filter_has_its_value() {
        let dialect = Dialect {
            placeholder: |number| format!("${number}"),
            holds: |whole, part| format!("holds({whole}, {part})"),
        };
        let question = AuditQuestion {
            principal: Some(PrincipalId(Uuid::from_u128(1))),
            until: Some(Timestamp(7)),
            limit: 9,
            ..AuditQuestion::default()
        };
        let (text, values) = statement(&question, &dialect);
        assert_eq!(
            text,
            "select * from event where lane = 0 and actor = $1 and recorded_at < $2 \
             order by position desc limit $3"
        );
        assert_eq!(values, [Bound::Id(Uuid::from_u128(1)), Bound::Number(7), Bound::Number(9)]);
    }
}
