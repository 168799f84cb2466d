use std::collections::BTreeSet;

use super::chain::Chain;
use super::{Digest, Ending, Heading, Person, Record, VERSION};
use crate::id::{DocumentId, PrincipalId};

/// Makes the lines of an export, in the order in which they are asked for.
#[derive(Debug)]
pub struct ExportWriter {
    chain: Chain,
    people: BTreeSet<PrincipalId>,
    updates: u64,
    facts: u64,
}

impl ExportWriter {
    /// A writer and its first line.
    pub fn begin(document: DocumentId) -> (Self, Vec<u8>) {
        let mut writer =
            Self { chain: Chain::default(), people: BTreeSet::new(), updates: 0, facts: 0 };
        let line = writer.line(&Record::Document(Heading { sticky_export: VERSION, document }));
        (writer, line)
    }

    /// Whether this person has been named, as they must be before what they did.
    pub fn knows(&self, principal: PrincipalId) -> bool {
        self.people.contains(&principal)
    }

    pub fn person(&mut self, person: Person) -> Vec<u8> {
        self.people.insert(person.id);
        self.line(&Record::Person(person))
    }

    /// The line of an update or a fact.
    pub fn event(&mut self, record: &Record) -> Vec<u8> {
        match record {
            Record::Update { .. } => self.updates += 1,
            _ => self.facts += 1,
        }
        self.line(record)
    }

    /// The last line, and the digest of those before it.
    pub fn end(mut self) -> (Vec<u8>, Ending) {
        let lines_sha256: Digest = self.chain.all();
        let ending = Ending { updates: self.updates, facts: self.facts, lines_sha256 };
        (self.line(&Record::End(ending)), ending)
    }

    fn line(&mut self, record: &Record) -> Vec<u8> {
        let json = serde_json::to_string(record)
            .expect("a record has only string keys and finite numbers");
        self.chain.seal(&json)
    }
}
