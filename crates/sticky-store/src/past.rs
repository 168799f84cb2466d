//! Histories from elsewhere, as both engines write them.

use sticky_domain::event::{Body, Fact};
use sticky_domain::port::{Append, Expected, PastEvent, StoreError, WriteError};
use sticky_domain::stream::StreamId;
use sticky_domain::time::Timestamp;

use crate::control::Place;
use crate::row::{Columns, unreadable};

/// What of `events` has still to be written to a stream that stands at `head` and whose events of those seqs are `stored`.
pub(crate) fn rest<'a>(
    events: &'a [PastEvent],
    head: u64,
    stored: &[impl Columns],
) -> Result<&'a [PastEvent], WriteError> {
    let known = events.partition_point(|event| event.seq <= head);
    let (known, rest) = events.split_at(known);
    let begins = rest.first().is_none_or(|event| event.seq == head + 1);
    if begins && are_those(known, stored)? { Ok(rest) } else { Err(WriteError::Other) }
}

/// Whether the rows are what `events` would be written as, in order.
pub(crate) fn are_those(events: &[PastEvent], rows: &[impl Columns]) -> Result<bool, StoreError> {
    for (event, row) in events.iter().zip(rows) {
        if row.number("seq")? != event.seq || row.uuid("op")?.into_bytes() != event.op.0 {
            return Ok(false);
        }
    }
    Ok(events.len() == rows.len())
}

/// The append of one fact that was recorded elsewhere, and when.
pub(crate) fn fact_append(
    stream: StreamId,
    event: &PastEvent,
) -> Result<(Append, Fact), StoreError> {
    let Body::Fact(fact) = &event.body else {
        return Err(unreadable("an update among facts"));
    };
    let append = Append {
        stream,
        expected: Expected::Any,
        facts: vec![fact.clone()],
        actor: event.actor,
        op: event.op,
        fence: Vec::new(),
    };
    Ok((append, fact.clone()))
}

/// Where it goes behind what there is.
pub(crate) fn place_after((head, position): (u64, u64), now: Timestamp) -> Place {
    Place { seq: head + 1, position: position + 1, now }
}

/// The bytes of an update; a fact among updates has none, and will not read as one.
pub(crate) fn update_of(event: &PastEvent) -> &[u8] {
    match &event.body {
        Body::Update(bytes) => bytes,
        Body::Fact(_) => &[],
    }
}
