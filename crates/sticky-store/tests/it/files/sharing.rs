use std::time::Duration;

use sticky_domain::access::{Claim, Level};
use sticky_domain::event::Fact;
use sticky_domain::fence::RightKey;
use sticky_domain::port::{EventStore as _, RecordError};
use sticky_domain::stream::{Lane, StreamId};

use crate::engines::Opened;
use crate::world::{append, document, guest, link, principal, record, right, update_under};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_server_is_refused_by_the_pid_of_the_first() {
    let opened = Opened::file().await;
    let beside = opened.again().await;
    let serving = opened.store.lock_for_serving().unwrap();
    let refused = beside.lock_for_serving().unwrap_err().to_string();
    assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
    drop(serving);
    beside.lock_for_serving().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_beside_the_server_is_noticed_within_a_second() {
    let opened = Opened::file().await;
    let (server, command) = (&opened.store, opened.again().await);
    document(server, principal()).await;
    let position = server.position(Lane::Control).await.unwrap();
    document(&command, principal()).await;
    let noticed = server.wait_beyond(Lane::Control, position);
    tokio::time::timeout(Duration::from_secs(1), noticed).await.unwrap();
    assert_eq!(server.position(Lane::Control).await, Ok(position + 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_turned_off_by_a_command_stops_the_server_before_it_hears_of_it() {
    let opened = Opened::file().await;
    let (server, command) = (&opened.store, opened.again().await);
    let document = document(server, principal()).await;
    let link = link(server, document, Level::Editor).await;
    let (someone, _) = guest(server, "Ana").await;
    let right = right(server, Claim::Link { link, guest: someone }, document).await.unwrap();
    // From now on the server remembers how the link stood.
    for text in ["one", "two"] {
        server.record(document, vec![update_under(&right, text)]).await.remove(0).unwrap();
    }
    let off = vec![Fact::LinkRevoked { link }];
    append(&command, StreamId::document(document), off).await.unwrap();
    assert_eq!(
        server.record(document, vec![update_under(&right, "late")]).await,
        [Err(RecordError::Lapsed(RightKey::Link(link)))]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_write_one_document_without_gap_or_repeat() {
    let opened = Opened::file().await;
    let document = document(&opened.store, principal()).await;
    let writers = [opened.store.clone(), opened.again().await].map(|store| {
        tokio::spawn(async move {
            let mut seqs = Vec::new();
            for nth in 0..50 {
                seqs.push(record(&store, document, &format!("{nth}")).await.seq);
            }
            seqs
        })
    });
    let mut seqs = Vec::new();
    for writer in writers {
        seqs.extend(writer.await.unwrap());
    }
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=100).collect::<Vec<u64>>());
    assert_eq!(opened.store.position(Lane::Content).await, Ok(100));
}
