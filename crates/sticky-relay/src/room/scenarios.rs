//! Single situations that a simulation of honest clients does not reach.

use std::time::{Duration, Instant};

use bytes::Bytes;
use sticky_domain::access::Level;
use sticky_domain::event::Via;
use sticky_domain::fence::{KeyVersion, RightKey};
use sticky_domain::id::LinkId;
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{EditError, Loaded, NewUpdate, RecordError, Recorded, StoreError, Turn};
use sticky_domain::time::Timestamp;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::core::{Core, Effect};
use super::intake::Submission;
use super::session::{Credit, Received, SessionKey};
use super::simulation::seat;
use super::state::State;
use crate::frame;
use crate::outbox::{Outbox, Outgoing, Taken, outbox};
use crate::settings::Settings;

/// `client` writes its letter number `clock` into the text.
fn letter(client: u8, clock: u8) -> Bytes {
    let update = match clock {
        0 => [&[1, 1, client, 0, 4, 1, 7][..], b"content", &[1, b'a', 0]].concat(),
        _ => vec![1, 1, client, clock, 0x84, client, clock - 1, 1, b'a', 0],
    };
    frame::update(&update)
}

struct Scene {
    core: Core,
    now: Instant,
}

impl Scene {
    fn new() -> Self {
        let loaded = Loaded { snapshot: None, tail: Vec::new(), head: 0 };
        let (state, known) = State::from_loaded(loaded).unwrap();
        let now = Instant::now();
        Self { core: Core::new(Settings::default(), state, known, Uuid::from_u128(1), now), now }
    }

    fn join(&mut self, number: u128) -> (SessionKey, Outbox) {
        let (sender, receiver) = outbox();
        let key = self.core.join(seat(number), sender, self.now);
        self.send(key, frame::step1(&[0]));
        (key, receiver)
    }

    fn send(&mut self, key: SessionKey, bytes: Bytes) {
        self.core.receive(key, Received { bytes, credit: Credit::default() }, self.now);
        self.core.flush(self.now);
    }

    /// The append that was asked for since the last call.
    fn asked(&mut self) -> Vec<NewUpdate> {
        self.core.begin_batch(Turn::default(), self.now);
        let effects = self.core.effects();
        let records = effects.into_iter().filter_map(|effect| match effect {
            Effect::Record(updates, _) => Some(updates.into_iter().map(|(update, _)| update)),
            _ => None,
        });
        records.flatten().collect()
    }
}

fn frames(outbox: &Outbox) -> Vec<Bytes> {
    std::iter::from_fn(|| match outbox.take() {
        Taken::Outgoing(Outgoing::Frame(frame)) => Some(frame),
        _ => None,
    })
    .collect()
}

fn recorded(seq: u64) -> Result<Recorded, RecordError> {
    Ok(Recorded { seq, repeated: false })
}

#[test]
fn a_refused_edit_is_never_told_to_be_saved() {
    let mut scene = Scene::new();
    let (writer, outbox) = scene.join(1);
    scene.send(writer, letter(5, 0));
    let asked = scene.asked();
    let lapsed = RightKey::Principal(asked[0].actor.principal);
    scene.core.recorded(vec![Err(RecordError::Lapsed(lapsed))], scene.now);
    assert!(frames(&outbox).iter().all(|frame| frame[0] != 120), "nothing is saved");
}

#[test]
fn a_full_disk_is_told_to_whoever_waits_and_waited_out_by_whoever_types() {
    let mut scene = Scene::new();
    let (writer, outbox) = scene.join(1);
    let (reply, mut answer) = oneshot::channel();
    let (right, update) = (seat(2).right, letter(6, 0).slice(3..));
    let op = OpKey([1; 16]);
    scene.core.submit(Submission { right, update, op, credit: Credit::default(), reply });
    scene.send(writer, letter(5, 0));
    assert_eq!(scene.asked().len(), 2);
    scene
        .core
        .recorded(vec![Err(StoreError::Full.into()), Err(StoreError::Full.into())], scene.now);
    assert!(
        matches!(answer.try_recv(), Ok(Err(EditError::Record(error))) if error == StoreError::Full.into())
    );
    scene.core.retry();
    assert_eq!(scene.asked().len(), 1, "what was typed is tried again");
    scene.core.recorded(vec![recorded(1)], scene.now);
    assert!(frames(&outbox).contains(&frame::saved(1, 1)));
}

#[test]
fn what_comes_until_it_is_the_rooms_turn_goes_with_it() {
    let mut scene = Scene::new();
    let (writer, outbox) = scene.join(1);
    let (_, reader) = scene.join(2);
    scene.core.effects();
    frames(&reader);
    scene.send(writer, letter(5, 0));
    scene.send(writer, letter(5, 1));
    let effects = scene.core.effects();
    assert!(matches!(effects[..], [Effect::AwaitTurn]), "it asks once: {effects:?}");
    let asked = scene.asked();
    assert_eq!(asked.len(), 1, "one update of what one session wrote");
    scene.core.recorded(vec![recorded(1)], scene.now);
    assert_eq!(frames(&reader).len(), 1);
    assert!(frames(&outbox).contains(&frame::saved(2, 1)));
}

#[test]
fn much_waits_for_no_turn_and_a_turn_that_comes_later_does_no_harm() {
    let mut scene = Scene::new();
    let (writer, _outbox) = scene.join(1);
    scene.core.effects();
    (0..120).for_each(|clock| scene.send(writer, letter(5, clock)));
    let records = |effects: Vec<Effect>| {
        effects.into_iter().filter(|effect| matches!(effect, Effect::Record(_, Turn::Now))).count()
    };
    assert_eq!(records(scene.core.effects()), 1, "whatever it comes to when it is merged");
    scene.core.begin_batch(Turn::default(), scene.now);
    assert_eq!(records(scene.core.effects()), 0, "an append is in flight");
}

#[test]
fn what_was_accepted_under_a_right_is_recorded_under_it_or_not_at_all() {
    let mut scene = Scene::new();
    let (writer, _outbox) = scene.join(1);
    scene.send(writer, letter(5, 0));
    let first = scene.asked();
    scene.send(writer, letter(5, 1));
    // The link to edit is turned off; one to read is left.
    let mut reader = seat(1).right;
    let key = RightKey::Link(LinkId(Uuid::from_u128(9)));
    (reader.level, reader.via) = (Level::Viewer, Via::Link(LinkId(Uuid::from_u128(9))));
    reader.fence = vec![KeyVersion { key, version: 7 }];
    scene.core.rechecked(writer, Some(reader), Timestamp(0));
    scene.core.recorded(vec![recorded(1)], scene.now);
    scene.core.flush(scene.now);
    let second = scene.asked();
    assert_eq!((second[0].actor, &second[0].fence), (first[0].actor, &first[0].fence));
}

#[test]
fn updates_are_kept_in_the_order_of_the_log() {
    let mut scene = Scene::new();
    let (one, _one_outbox) = scene.join(1);
    let (two, _two_outbox) = scene.join(2);
    let (_, third) = scene.join(3);
    frames(&third);
    scene.send(one, letter(5, 0));
    scene.asked();
    scene.send(one, letter(5, 1));
    scene.send(two, letter(6, 0));
    scene.core.recorded(vec![recorded(1)], scene.now);
    scene.core.flush(scene.now);
    assert_eq!(scene.asked().len(), 2);
    scene.core.recorded(vec![recorded(3), recorded(2)], scene.now);
    assert_eq!(scene.core.state().head(), 3);
    assert_eq!(scene.core.state().vector.len(), 2);
    assert_eq!(frames(&third).len(), 2, "one frame for each commit");
}

#[test]
fn everything_durable_leaves_nothing_unrecorded() {
    let mut scene = Scene::new();
    let (writer, _outbox) = scene.join(1);
    scene.send(writer, letter(5, 0));
    for clock in 1..100 {
        scene.send(writer, letter(5, clock));
    }
    for seq in 1.. {
        if scene.asked().is_empty() {
            break;
        }
        scene.core.recorded(vec![recorded(seq)], scene.now);
        scene.core.flush(scene.now);
    }
    assert_eq!((scene.core.unrecorded_bytes(), scene.core.is_settled()), (0, true));
}

#[test]
fn a_base_that_cannot_be_made_is_not_tried_all_the_time() {
    let mut scene = Scene::new();
    let (writer, _outbox) = scene.join(1);
    scene.send(writer, letter(5, 0));
    scene.asked();
    scene.core.recorded(vec![recorded(1)], scene.now);
    assert!(scene.core.compact(scene.now));
    scene.core.compacted(None, 1, scene.now);
    let later = scene.now + Duration::from_secs(600);
    scene.core.tick(Timestamp(0), later);
    assert!(!scene.core.compact(later), "nothing has changed since");
}

#[test]
fn who_has_more_client_ids_than_a_vector_may_name_still_gets_the_text() {
    let mut scene = Scene::new();
    let (reader, outbox) = scene.join(1);
    frames(&outbox);
    let mut vector = vec![0x81, 0x80, 0x02];
    for client in 0..32_769_u32 {
        let id = client + 16_384;
        vector.extend([
            (id & 0x7f | 0x80) as u8,
            (id >> 7 & 0x7f | 0x80) as u8,
            (id >> 14) as u8,
            1,
        ]);
    }
    scene.send(reader, frame::step1(&vector));
    assert!(frames(&outbox).iter().any(|frame| frame.starts_with(&[0, 1])), "a step 2 answers");
}

/// A presence frame of `client` at `clock`.
fn present(client: u64, clock: u32) -> Bytes {
    frame::awareness([(client, clock, "{\"cursor\":null}")].into_iter())
}

#[test]
fn nobody_is_told_of_themselves_not_even_by_another_name() {
    let mut scene = Scene::new();
    let (one, own) = scene.join(1);
    let (_, other) = scene.join(2);
    scene.send(one, present(5, 1));
    let is_presence = |frame: &Bytes| frame[0] == 1;
    assert!(frames(&other).iter().any(is_presence));
    scene.core.renamed(seat(1).right.principal, "Ada");
    scene.core.flush(scene.now);
    assert!(frames(&other).iter().any(|frame| frame.windows(3).any(|part| part == b"Ada")));
    scene.send(one, present(5, 2));
    assert!(
        frames(&other).iter().any(is_presence),
        "what comes after counts higher than the change of name"
    );
    assert!(
        !frames(&own).iter().any(is_presence),
        "a stock client would answer, and so on for ever"
    );
}
