use sticky_domain::access::{Claim, Level};
use sticky_domain::event::Fact;
use sticky_domain::port::EventStore as _;
use sticky_domain::stream::StreamId;

use super::proxy::Proxy;
use crate::engines::{Opened, open_postgres};
use crate::server::shared;
use crate::world::{TestClock, append, document, guest, link, principal, right, update_under};

/// What a commit rests on is said to the server, whatever its own settings are; what would weaken one is never said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_say_how_they_commit() {
    let opened = Opened::postgres().await;
    let proxy = Proxy::start(shared().await.socket()).await;
    let node = open_postgres(&proxy.address(opened.url()), TestClock::new()).await;
    write_everything(&node).await;
    let said = proxy.heard();
    for setting in [
        "default_transaction_isolation=read\\ committed",
        "lock_timeout=2s",
        "idle_in_transaction_session_timeout=10s",
    ] {
        assert!(said.contains(setting), "{setting} is said");
    }
    assert!(said.contains("update lane set floor") && said.contains("for share of r"));
    for weaker in ["notify", "synchronous_commit = off", "'off'", "pg_logical_emit_message"] {
        assert!(!said.contains(weaker), "{weaker} is said");
    }
}

/// Facts, updates that fit and that do not, and a right that is lessened.
async fn write_everything(node: &sticky_store::Store) {
    let document = document(node, principal()).await;
    let link = link(node, document, Level::Editor).await;
    let (someone, _) = guest(node, "Ana").await;
    let right = right(node, Claim::Link { link, guest: someone }, document).await.unwrap();
    let said = update_under(&right, "said");
    for expected in [false, true] {
        let answer = node.record(document, vec![said.clone()]).await.remove(0);
        assert_eq!(answer.unwrap().repeated, expected);
    }
    append(node, StreamId::document(document), vec![Fact::LinkRevoked { link }]).await.unwrap();
    assert!(node.record(document, vec![update_under(&right, "late")]).await[0].is_err());
}
