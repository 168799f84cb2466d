use std::io::{BufRead as _, BufReader};
use std::time::Duration;

use sticky_domain::access::{Claim, Level};
use sticky_domain::event::Fact;
use sticky_domain::fence::RightKey;
use sticky_domain::port::{EventStore as _, RecordError};
use sticky_domain::stream::{Lane, StreamId};

use super::child::{EACH, WRITERS, seq, told, writing};
use crate::engines::Opened;
use crate::world::{append, document, guest, link, principal, record, right, update_under};

const PROCESSES: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_writers_of_four_processes_give_one_document_dense_seqs() {
    let opened = Opened::postgres().await;
    let document = document(&opened.store, principal()).await;
    let children: Vec<_> = (0..PROCESSES).map(|_| writing(opened.url(), document)).collect();
    let mut seqs: Vec<u64> = children.into_iter().flat_map(told).collect();
    seqs.sort_unstable();
    let all = (PROCESSES * WRITERS * EACH) as u64;
    assert_eq!(seqs, (1..=all).collect::<Vec<u64>>());
    let read = opened.store.updates(document, 0, usize::MAX).await.unwrap();
    assert!(read.updates.iter().map(|update| update.seq).eq(1..=all));
    assert_eq!(opened.store.position(Lane::Content).await, Ok(all));
}

/// Kills the node in the middle of its work; everything that it had acknowledged is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_acknowledged_survives_its_kill() {
    let opened = Opened::postgres().await;
    let document = document(&opened.store, principal()).await;
    let mut node = writing(opened.url(), document);
    let mut lines = BufReader::new(node.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    while acknowledged.len() < 50 {
        acknowledged.extend(seq(&lines.next().unwrap().unwrap()));
    }
    node.kill().unwrap();
    node.wait().unwrap();
    acknowledged.extend(lines.map_while(Result::ok).filter_map(|line| seq(&line)));
    let next = record(&opened.store, document, "after").await.seq;
    let read = opened.store.updates(document, 0, usize::MAX).await.unwrap();
    assert!(read.updates.iter().map(|update| update.seq).eq(1..=read.head));
    assert!(acknowledged.iter().all(|seq| *seq < next), "{acknowledged:?} before {next}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_node_is_noticed_within_a_second() {
    let opened = Opened::postgres().await;
    let (here, there) = (&opened.store, opened.again().await);
    document(here, principal()).await;
    let position = here.position(Lane::Control).await.unwrap();
    let note = document(&there, principal()).await;
    let noticed = here.wait_beyond(Lane::Control, position);
    tokio::time::timeout(Duration::from_secs(1), noticed).await.unwrap();
    record(&there, note, "x").await;
    let noticed = here.wait_beyond(Lane::Content, 0);
    tokio::time::timeout(Duration::from_secs(1), noticed).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_turned_off_by_one_node_stops_another_before_it_hears_of_it() {
    let opened = Opened::postgres().await;
    let (here, there) = (&opened.store, opened.again().await);
    let document = document(here, principal()).await;
    let link = link(here, document, Level::Editor).await;
    let (someone, _) = guest(here, "Ana").await;
    let right = right(here, Claim::Link { link, guest: someone }, document).await.unwrap();
    let off = vec![Fact::LinkRevoked { link }];
    append(&there, StreamId::document(document), off).await.unwrap();
    assert_eq!(
        here.record(document, vec![update_under(&right, "late")]).await,
        [Err(RecordError::Lapsed(RightKey::Link(link)))]
    );
}
