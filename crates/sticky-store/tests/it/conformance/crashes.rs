use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use sticky_domain::event::Fact;
use sticky_domain::port::{Append, EventStore as _, Expected, Recorded};
use sticky_domain::stream::StreamId;

use crate::engines::Opened;
use crate::world::{actor, document, op, principal, update};

/// Begins something and goes away before its answer: what a lost connection looks like to the store.
fn begin_and_leave(work: impl Future) {
    let mut work = pin!(work);
    assert!(matches!(work.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
}

pub(crate) async fn an_update_whose_answer_was_lost_has_its_seq(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let said = update(principal(), &[], "said once");
    begin_and_leave(store.record(document, vec![said.clone()]));
    let answer = store.record(document, vec![said, update(principal(), &[], "next")]).await;
    assert_eq!(answer[0], Ok(Recorded { seq: 1, repeated: true }));
    assert_eq!(answer[1], Ok(Recorded { seq: 2, repeated: false }));
}

pub(crate) async fn an_append_whose_answer_was_lost_has_its_seq(opened: Opened) {
    let store = opened.store;
    let stream = StreamId::document(document(&store, principal()).await);
    let who = principal();
    let rename = Append {
        stream,
        expected: Expected::Seq(2),
        facts: vec![Fact::DocumentRenamed { title: Some("Plan".to_owned()) }],
        actor: actor(who),
        op: op(who, "rename"),
        fence: Vec::new(),
    };
    begin_and_leave(store.append(rename.clone()));
    assert_eq!(store.append(rename).await.unwrap().seq, 3);
    assert_eq!(store.stream(stream, 0).await.unwrap().len(), 3);
}
