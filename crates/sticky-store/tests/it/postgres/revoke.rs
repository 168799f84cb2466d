use std::time::Duration;

use sqlx::{Connection as _, PgConnection};
use sticky_domain::access::{Claim, Level, Right};
use sticky_domain::event::Fact;
use sticky_domain::id::{DocumentId, LinkId};
use sticky_domain::port::EventStore as _;
use sticky_domain::stream::StreamId;
use sticky_store::Store;

use crate::engines::Opened;
use crate::world::{append, document, guest, link, principal, right, update_under};

/// Writers who send as fast as they are answered, beside one who sends 200 a second.
const EAGER: usize = 2;

/// One node turns a link off while others write under it. By the times at which the server committed, nothing follows.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_recorded_after_the_revoke_has_committed() {
    let opened = Opened::postgres().await;
    let (writing, revoking) = (opened.store.clone(), opened.again().await);
    let mut connection = PgConnection::connect(opened.url()).await.unwrap();
    let (someone, _) = guest(&writing, "Ana").await;
    let trials = std::env::var("STICKY_TEST_TRIALS").map_or(100, |text| text.parse().unwrap());
    let mut recorded = 0;
    for trial in 0..trials {
        let document = document(&writing, principal()).await;
        let link = link(&writing, document, Level::Editor).await;
        let claim = Claim::Link { link, guest: someone };
        let right = right(&writing, claim, document).await.unwrap();
        let writers: Vec<_> = (0..=EAGER)
            .map(|nth| {
                let pause = if nth == 0 { Duration::from_millis(5) } else { Duration::ZERO };
                tokio::spawn(write_until_refused(writing.clone(), document, right.clone(), pause))
            })
            .collect();
        tokio::time::sleep(Duration::from_micros(2_000 + trial * 137 % 20_000)).await;
        let fact =
            if trial % 2 == 0 { Fact::LinkRevoked { link } } else { Fact::DocumentTrashed {} };
        append(&revoking, StreamId::document(document), vec![fact]).await.unwrap();
        let mut accepted = 0;
        for writer in writers {
            accepted += writer.await.unwrap();
        }
        let (stored, late) = count(&mut connection, document, link).await;
        assert_eq!((stored, late), (accepted, 0), "trial {trial}");
        recorded += accepted;
    }
    assert!(recorded > trials as i64, "{recorded} updates in {trials} trials race with nothing");
}

async fn write_until_refused(
    store: Store,
    document: DocumentId,
    right: Right,
    pause: Duration,
) -> i64 {
    for nth in 0.. {
        let said = update_under(&right, &format!("{nth} {}", principal()));
        if store.record(document, vec![said]).await[0].is_err() {
            return nth;
        }
        tokio::time::sleep(pause).await;
    }
    unreachable!("it counts for ever")
}

/// What is stored of the link, and how much of it was committed after the document's last fact.
async fn count(connection: &mut PgConnection, document: DocumentId, link: LinkId) -> (i64, i64) {
    sqlx::query_as(
        "with off as (
             select pg_xact_commit_timestamp(xmin) as time from event
             where kind = 1 and stream = $1 order by seq desc limit 1)
         select count(*), count(*) filter (where pg_xact_commit_timestamp(e.xmin) >= off.time)
         from off, event e where e.kind = 2 and e.stream = $1 and e.via_id = $2",
    )
    .bind(document.0)
    .bind(link.0)
    .fetch_one(connection)
    .await
    .unwrap()
}
