use sticky_domain::access::Level;
use sticky_domain::event::{Body, Fact};
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Append, AppendError, EventStore as _, Expected};
use sticky_domain::stream::{Lane, StreamId};

use crate::engines::Opened;
use crate::world::{PROJECT, actor, append, append_as, document, grant, id, op, principal};

fn created() -> Fact {
    Fact::DocumentCreated { project: PROJECT, title: Some("Plan".to_owned()) }
}

fn renamed(title: &str) -> Fact {
    Fact::DocumentRenamed { title: Some(title.to_owned()) }
}

pub(crate) async fn facts_read_back_as_they_were_written(opened: Opened) {
    let store = opened.store;
    let stream = StreamId::document(DocumentId(id()));
    let facts = vec![created(), grant(principal(), Level::Owner), renamed("Plan 2")];
    let who = principal();
    let done = append_as(&store, stream, Expected::Seq(0), facts.clone(), who, &[]).await.unwrap();
    assert_eq!((done.seq, done.position), (3, 3));
    let events = store.stream(stream, 0).await.unwrap();
    let bodies: Vec<_> = events.iter().map(|event| event.body.clone()).collect();
    assert_eq!(bodies, facts.into_iter().map(Body::Fact).collect::<Vec<_>>());
    assert!(events.iter().map(|event| event.seq).eq(1..=3));
    assert!(events.iter().all(|event| event.actor == actor(who)));
    assert!(events.iter().all(|event| event.recorded_at == done.recorded_at));
    assert_eq!(store.stream(stream, 2).await.unwrap(), events[2..]);
    assert_eq!(store.lane(Lane::Control, 1, 1).await.unwrap(), events[1..2]);
}

pub(crate) async fn who_comes_second_must_decide_again(opened: Opened) {
    let store = opened.store;
    let stream = StreamId::document(document(&store, principal()).await);
    let rename =
        |title| append_as(&store, stream, Expected::Seq(2), vec![renamed(title)], principal(), &[]);
    let (one, other) = tokio::join!(rename("one"), rename("other"));
    let refused = [&one, &other].map(|done| *done == Err(AppendError::Conflict));
    assert_eq!(refused.iter().filter(|refused| **refused).count(), 1, "{one:?} {other:?}");
    assert_eq!(store.stream(stream, 0).await.unwrap().len(), 3);
    let any = append(&store, stream, vec![renamed("last")]).await.unwrap();
    assert_eq!(any.seq, 4);
}

pub(crate) async fn the_same_append_answers_the_same(opened: Opened) {
    let store = opened.store;
    let who = principal();
    let create = |facts| Append {
        stream: StreamId::document(DocumentId(uuid::Uuid::from_u128(77))),
        expected: Expected::Seq(0),
        facts,
        actor: actor(who),
        op: op(who, "create"),
        fence: Vec::new(),
    };
    let facts = vec![created(), grant(who, Level::Owner)];
    let first = store.append(create(facts.clone())).await.unwrap();
    opened.clock.advance(5_000);
    assert_eq!(store.append(create(facts.clone())).await, Ok(first));
    let shorter = create(vec![renamed("x"), grant(who, Level::Owner)]);
    assert_eq!(store.append(shorter).await, Err(AppendError::OpConflict));
    let longer = create([facts, vec![renamed("x")]].concat());
    assert_eq!(store.append(longer).await, Err(AppendError::OpConflict));
    assert_eq!(store.position(Lane::Control).await.unwrap(), 2);
}

/// Many at once share a transaction; the one that fails takes none of the others with it, and leaves no row.
pub(crate) async fn an_append_without_its_place_leaves_nothing(opened: Opened) {
    let store = opened.store;
    let stream = StreamId::document(document(&store, principal()).await);
    let tasks: Vec<_> = (0..40)
        .map(|nth| {
            let store = store.clone();
            tokio::spawn(async move {
                let expected = if nth % 4 == 0 { Expected::Seq(99) } else { Expected::Any };
                let facts = vec![renamed(&format!("{nth}"))];
                append_as(&store, stream, expected, facts, principal(), &[]).await.is_ok()
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += u64::from(task.await.unwrap());
    }
    assert_eq!(done, 30);
    let events = store.stream(stream, 0).await.unwrap();
    assert!(events.iter().map(|event| event.seq).eq(1..=32));
    assert_eq!(store.position(Lane::Control).await.unwrap(), 32);
}
