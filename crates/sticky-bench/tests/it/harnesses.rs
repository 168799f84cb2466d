use std::time::Duration;

use sticky_bench::{converge, crash};

use crate::server::binary;

#[tokio::test]
async fn nothing_acknowledged_or_shown_is_lost_at_kill_9() {
    let seed = 20_261_120;
    let verdict = crash::rounds(binary(), 2, Duration::from_secs(3), seed).await.unwrap();
    assert!(verdict.acknowledged > 0 && verdict.delivered > 0, "somebody typed: {verdict:?}");
    assert_eq!((verdict.lost_acknowledged, verdict.lost_delivered), (0, 0), "{verdict:?}");
}

#[tokio::test]
async fn people_with_bad_connections_end_with_the_same_text() {
    let edits = converge::play(binary(), (1..=20).collect()).await.unwrap();
    assert!(edits > 500, "somebody typed: {edits}");
}
