use std::sync::atomic::Ordering;

use sticky_domain::port::{EventStore as _, Snapshots as _};

use crate::engines::Opened;
use crate::shelf::Archived;

/// On one thread, whose clock can be made to run ahead.
#[tokio::test]
async fn what_is_slow_to_come_out_of_the_archive_comes() {
    let archived = Archived::over(Opened::file().await).await;
    let document = archived.document(20).await;
    let before = archived.all(document).await;
    archived.clock().advance(61_000);
    let looked = archived.archiver(10_000).await.look(false).await.unwrap();
    assert_eq!((looked.sealed, looked.merged), (1, 0), "one object, so that nothing waits beside");
    archived.blobs.slow.store(true, Ordering::SeqCst);
    let loaded = archived.store.load(document, None, None).await.unwrap();
    assert_eq!(loaded.tail, before);
    assert_eq!(archived.store.updates(document, 0, usize::MAX).await.unwrap().updates, before);
}
