//! An event as a segment holds it: its whole envelope, and its payload.

use bytes::{Buf as _, BufMut as _, Bytes};
use sticky_domain::event::{Actor, Body, Event, UPDATE_RECORDED, Via};
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::op_key::OpKey;
use sticky_domain::stream::{Lane, StreamId};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

/// The version of an update's payload, which is raw bytes.
const VERSION: i16 = 1;

/// Big-endian: position, seq, type, version, op key, actor, via, time, correlation; the rest is the payload.
pub(crate) fn encode(event: &Event) -> Option<Vec<u8>> {
    let Body::Update(payload) = &event.body else {
        return None;
    };
    let mut record = Vec::with_capacity(128 + payload.len());
    record.put_u64(event.position);
    record.put_u64(event.seq);
    record.put_i16(UPDATE_RECORDED);
    record.put_i16(VERSION);
    record.put_slice(&event.op.0);
    record.put_slice(event.actor.principal.0.as_bytes());
    let (via, via_id) = event.actor.via.parts();
    record.put_i16(via);
    put_uuid(&mut record, via_id);
    record.put_i64(event.recorded_at.0);
    put_uuid(&mut record, event.actor.correlation);
    record.put_slice(payload);
    Some(record)
}

/// The inverse of [`encode`].
pub(crate) fn decode(document: DocumentId, mut record: Bytes) -> Option<Event> {
    let position = record.try_get_u64().ok()?;
    let seq = record.try_get_u64().ok()?;
    let known =
        (record.try_get_i16().ok()?, record.try_get_i16().ok()?) == (UPDATE_RECORDED, VERSION);
    let op = OpKey(bytes_of(&mut record)?);
    let principal = PrincipalId(Uuid::from_bytes(bytes_of(&mut record)?));
    let via = Via::from_parts(record.try_get_i16().ok()?, uuid(&mut record)?)?;
    let recorded_at = Timestamp(record.try_get_i64().ok()?);
    let correlation = uuid(&mut record)?;
    known.then_some(Event {
        lane: Lane::Content,
        position,
        stream: StreamId::content(document),
        seq,
        actor: Actor { principal, via, correlation },
        op,
        recorded_at,
        body: Body::Update(record),
    })
}

fn put_uuid(record: &mut Vec<u8>, id: Option<Uuid>) {
    record.put_u8(u8::from(id.is_some()));
    record.put_slice(id.as_ref().map_or(&[][..], |id| id.as_bytes()));
}

#[expect(
    clippy::option_option,
    reason = "an id that is not there, or a record that ends before it"
)]
fn uuid(record: &mut Bytes) -> Option<Option<Uuid>> {
    match record.try_get_u8().ok()? {
        0 => Some(None),
        1 => Some(Some(Uuid::from_bytes(bytes_of(record)?))),
        _ => None,
    }
}

fn bytes_of(record: &mut Bytes) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    record.try_copy_to_slice(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use sticky_domain::id::LinkId;

    use super::*;

    #[test]
    fn an_event_reads_back_as_it_was_and_a_cut_one_does_not() {
        let document = DocumentId(Uuid::from_u128(1));
        let vias = [Via::Direct, Via::Link(LinkId(Uuid::from_u128(2)))];
        for (via, correlation) in vias.into_iter().zip([Some(Uuid::from_u128(3)), None]) {
            let event = Event {
                lane: Lane::Content,
                position: 9,
                stream: StreamId::content(document),
                seq: 7,
                actor: Actor { principal: PrincipalId(Uuid::from_u128(4)), via, correlation },
                op: OpKey([5; 16]),
                recorded_at: Timestamp(-6),
                body: Body::Update(Bytes::from_static(b"update")),
            };
            let record = Bytes::from(encode(&event).unwrap());
            assert_eq!(decode(document, record.clone()), Some(event));
            let envelope = record.len() - b"update".len();
            assert!((0..envelope).all(|end| decode(document, record.slice(..end)).is_none()));
        }
    }
}
