use std::time::Duration;

use futures::future::try_join_all;
use sticky_bench::converge;
use sticky_bench::crash::{self, Engine, Plan};

use crate::server::binary;

async fn nothing_acknowledged_or_shown_is_lost(engine: Engine) {
    let plan = Plan { engine, rounds: 2, longest: Duration::from_secs(2), seed: 20_261_120 };
    let verdict = crash::play(binary(), plan).await.unwrap();
    assert!(verdict.acknowledged > 0 && verdict.delivered > 0, "somebody typed: {verdict:?}");
    assert_eq!((verdict.lost_acknowledged, verdict.lost_delivered), (0, 0), "{verdict:?}");
}

#[tokio::test]
async fn nothing_is_lost_at_kill_9() {
    nothing_acknowledged_or_shown_is_lost(Engine::Sqlite).await;
}

#[tokio::test]
async fn nothing_is_lost_at_kill_9_of_postgres_and_of_the_server() {
    nothing_acknowledged_or_shown_is_lost(Engine::Postgres).await;
}

#[tokio::test]
async fn people_with_bad_connections_end_with_the_same_text() {
    let servers = (0..4).map(|nth| converge::play(binary(), (1 + nth..=200).step_by(4).collect()));
    let edits: u64 = try_join_all(servers).await.unwrap().into_iter().sum();
    assert!(edits > 5_000, "somebody typed: {edits}");
}
