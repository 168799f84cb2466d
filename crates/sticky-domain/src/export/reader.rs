use std::collections::BTreeSet;

use serde::Deserialize;
use thiserror::Error;

use super::chain::Chain;
use super::{Ending, Envelope, Heading, Record, VERSION};
use crate::id::PrincipalId;

/// Why an export cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadExport {
    #[error("this is not an export of a note")]
    NotOne,
    #[error(
        "the export has version {0}, and this sticky reads up to {VERSION}: import it with a newer one"
    )]
    Newer(u32),
    #[error("record {0} was damaged or changed: its hash does not fit")]
    Hash(u64),
    #[error("record {record} cannot be read: {reason}")]
    Unreadable { record: u64, reason: String },
    #[error("record {record} does not belong there: {reason}")]
    Misplaced { record: u64, reason: &'static str },
    #[error("the export ends after record {0}, before its end: it was cut short")]
    Truncated(u64),
}

impl BadExport {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotOne => "not_an_export",
            Self::Newer(_) => "export_too_new",
            Self::Truncated(_) => "export_truncated",
            Self::Hash(_) | Self::Unreadable { .. } | Self::Misplaced { .. } => "export_damaged",
        }
    }
}

/// Reads the lines of an export and believes none that does not fit those before it.
#[derive(Debug, Default)]
pub struct ExportReader {
    chain: Chain,
    record: u64,
    heading: Option<Heading>,
    people: BTreeSet<PrincipalId>,
    updates: u64,
    facts: u64,
    ending: Option<Ending>,
}

/// As much of a heading as every version has.
#[derive(Deserialize)]
struct AnyHeading {
    sticky_export: u32,
}

impl ExportReader {
    /// The record of the next line, which comes without its line feed.
    ///
    /// # Errors
    /// When it is not what the export's writer wrote next.
    pub fn read(&mut self, line: &[u8]) -> Result<Record, BadExport> {
        if self.record == 0 {
            check_version(line)?;
        }
        self.record += 1;
        let before = self.chain.all();
        let json = self.chain.open(line).ok_or(BadExport::Hash(self.record))?;
        let record = serde_json::from_slice(&json).map_err(|error| BadExport::Unreadable {
            record: self.record,
            reason: error.to_string(),
        })?;
        self.place(&record, before)?;
        Ok(record)
    }

    /// What the last line said.
    ///
    /// # Errors
    /// When it has not come.
    pub fn finish(self) -> Result<(Heading, Ending), BadExport> {
        match (self.heading, self.ending) {
            (Some(heading), Some(ending)) => Ok((heading, ending)),
            _ => Err(BadExport::Truncated(self.record)),
        }
    }

    fn place(&mut self, record: &Record, before: super::Digest) -> Result<(), BadExport> {
        if self.ending.is_some() {
            return Err(self.misplaced("the export has ended"));
        }
        match record {
            Record::Document(heading) if self.heading.is_none() => self.heading = Some(*heading),
            Record::Document(_) => return Err(self.misplaced("an export is of one note")),
            _ if self.heading.is_none() => return Err(BadExport::NotOne),
            Record::Person(person) => drop(self.people.insert(person.id)),
            Record::Update { envelope, .. } if self.facts == 0 => {
                self.updates = self.follows(envelope, self.updates)?;
            }
            Record::Update { .. } => return Err(self.misplaced("updates come before facts")),
            Record::Fact { envelope, .. } => self.facts = self.follows(envelope, self.facts)?,
            Record::End(ending) => self.ending = Some(self.check_ending(*ending, before)?),
        }
        Ok(())
    }

    fn follows(&self, envelope: &Envelope, last: u64) -> Result<u64, BadExport> {
        if envelope.seq != last + 1 {
            return Err(self.misplaced("a record before it is missing"));
        }
        if !self.people.contains(&envelope.actor) {
            return Err(self.misplaced("whoever made it has not been named"));
        }
        Ok(envelope.seq)
    }

    fn check_ending(&self, ending: Ending, before: super::Digest) -> Result<Ending, BadExport> {
        let expected = Ending { updates: self.updates, facts: self.facts, lines_sha256: before };
        match ending == expected {
            true => Ok(ending),
            false => Err(self.misplaced("it counts other records than there are")),
        }
    }

    fn misplaced(&self, reason: &'static str) -> BadExport {
        BadExport::Misplaced { record: self.record, reason }
    }
}

/// What comes after the heading may be anything in another version, even its seals.
fn check_version(line: &[u8]) -> Result<(), BadExport> {
    let heading: AnyHeading = serde_json::from_slice(line).map_err(|_| BadExport::NotOne)?;
    match heading.sticky_export {
        0..=VERSION => Ok(()),
        newer => Err(BadExport::Newer(newer)),
    }
}
