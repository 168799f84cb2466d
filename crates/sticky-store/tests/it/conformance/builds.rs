use sticky_domain::port::{Projections as _, Swap, Target};
use sticky_domain::projection::Projection;
use sticky_domain::stream::Lane;

use crate::engines::Opened;
use crate::shelf::Archived;

const MINUTE: i64 = 60 * 1_000;

pub(crate) async fn history_waits_for_a_rebuild_until_that_is_given_up(opened: Opened) {
    let archived = Archived::over(opened).await;
    let store = &archived.store;
    let begun = store.begin(Projection::Links).await.unwrap();
    let build = Target { projection: Projection::Links, generation: Some(begun.generation) };
    archived.document(40).await;
    let archiver = archived.archiver(100).await;
    let sealed = async |minutes: i64| {
        archived.clock().advance(minutes * MINUTE);
        archiver.look(false).await.unwrap().sealed
    };
    assert_eq!(sealed(50).await, 0, "it has read none of them");
    assert_eq!(store.advance(build, Lane::Control).await.unwrap().events, 2);
    assert_eq!(sealed(50).await, 0, "it goes on");
    store.save_texts(build, Vec::new()).await.unwrap();
    assert_eq!(sealed(50).await, 0, "it goes on, if slowly");
    assert!(sealed(11).await > 0);
    assert!(!store.advance(build, Lane::Content).await.unwrap().exists);
    assert_eq!(store.swap(build).await.unwrap(), Swap::Gone);
    assert_eq!(store.status().await.unwrap().len(), Projection::ALL.len());
}
