use std::time::Duration;

use sticky_domain::access::{Claim, Level, Recipient, Right, Scope};
use sticky_domain::event::{Fact, Via};
use sticky_domain::fence::{KeyVersion, RightKey};
use sticky_domain::id::TokenId;
use sticky_domain::port::{AppendError, EventStore as _, Expected, ReadModel as _, RecordError};
use sticky_domain::stream::{Lane, StreamId};

use crate::engines::Opened;
use crate::world::{
    PROJECT, append, append_as, document, grant, guest, id, link, principal, right, update,
    update_under,
};

pub(crate) async fn a_lessened_key_refuses_what_rests_on_it(opened: Opened) {
    let store = opened.store;
    let (owner, editor) = (principal(), principal());
    let document = document(&store, owner).await;
    let stream = StreamId::document(document);
    append(&store, stream, vec![grant(editor, Level::Editor)]).await.unwrap();
    let (link, (someone, _)) =
        (link(&store, document, Level::Editor).await, guest(&store, "Ana").await);
    let token = TokenId(id());
    let issued =
        Fact::TokenIssued { token, sha256: [3; 32], label: None, scope: Scope::Write, until: None };
    append(&store, StreamId::principal(owner), vec![issued]).await.unwrap();

    let claims = [
        Claim::Link { link, guest: someone },
        Claim::Token { token, principal: owner },
        Claim::Principal(editor),
    ];
    let lessen = [
        (stream, Fact::LinkRevoked { link }, RightKey::Link(link)),
        (StreamId::principal(owner), Fact::TokenRevoked { token }, RightKey::Token(token)),
        (
            stream,
            Fact::PermissionRevoked { recipient: Recipient::Principal(editor) },
            RightKey::Document(document),
        ),
    ];
    for (claim, (stream, fact, key)) in claims.into_iter().zip(lessen) {
        let right = right(&store, claim, document).await.unwrap();
        let before = store.record(document, vec![update_under(&right, "before")]).await.remove(0);
        assert!(before.is_ok(), "{claim:?}");
        append(&store, stream, vec![fact]).await.unwrap();
        let after = store.record(document, vec![update_under(&right, "after")]).await.remove(0);
        assert_eq!(after, Err(RecordError::Lapsed(key)));
        let repeated = store.record(document, vec![update_under(&right, "before")]).await.remove(0);
        assert_eq!(repeated.map(|recorded| recorded.repeated), Ok(true), "it has happened");
    }
}

pub(crate) async fn a_widened_right_lapses_nothing(opened: Opened) {
    let store = opened.store;
    let owner = principal();
    let document = document(&store, owner).await;
    let right = right(&store, Claim::Principal(owner), document).await.unwrap();
    let link = link(&store, document, Level::Viewer).await;
    let facts = vec![grant(principal(), Level::Viewer), Fact::DocumentRestored {}];
    append(&store, StreamId::document(document), facts).await.unwrap();
    assert!(store.record(document, vec![update_under(&right, "x")]).await[0].is_ok());
    append(&store, StreamId::document(document), vec![Fact::LinkRevoked { link }]).await.unwrap();
    assert!(store.record(document, vec![update_under(&right, "y")]).await[0].is_ok());
    append(&store, StreamId::document(document), vec![Fact::DocumentTrashed {}]).await.unwrap();
    assert_eq!(
        store.record(document, vec![update_under(&right, "z")]).await,
        [Err(RecordError::Lapsed(RightKey::Document(document)))]
    );
}

/// 200 updates a second under a link; once turning it off has been answered, and by the log's own order, there is not one more.
pub(crate) async fn nothing_of_a_link_is_recorded_after_it_was_turned_off(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let link = link(&store, document, Level::Editor).await;
    let (someone, _) = guest(&store, "Ana").await;
    let right = right(&store, Claim::Link { link, guest: someone }, document).await.unwrap();
    let writer = tokio::spawn({
        let (store, right) = (store.clone(), right.clone());
        async move { write_until_refused(&store, document, &right).await }
    });
    tokio::time::sleep(Duration::from_millis(150)).await;
    let off = vec![Fact::LinkRevoked { link }];
    append(&store, StreamId::document(document), off).await.unwrap();
    let at_revoke = store.position(Lane::Content).await.unwrap();
    let accepted = writer.await.unwrap();
    let late = update_under(&right, "late");
    assert!(store.record(document, vec![late]).await[0].is_err());
    let recorded = store.lane(Lane::Content, 0, 10_000).await.unwrap();
    assert!(recorded.iter().all(|event| event.actor.via == Via::Link(link)));
    assert_eq!(recorded.len() as u64, accepted);
    assert!(
        accepted > 0 && at_revoke == accepted,
        "{accepted} accepted, {at_revoke} at the revoke"
    );
}

async fn write_until_refused(
    store: &sticky_store::Store,
    document: sticky_domain::id::DocumentId,
    right: &Right,
) -> u64 {
    for nth in 0..1_000 {
        let answer = store.record(document, vec![update_under(right, &format!("{nth}"))]).await;
        if answer[0].is_err() {
            return nth;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the link is turned off, and still writes")
}

pub(crate) async fn a_right_may_rest_on_another_document(opened: Opened) {
    let store = opened.store;
    let (here, there) = (document(&store, principal()).await, document(&store, principal()).await);
    let before = store.document(PROJECT, there).await.unwrap().unwrap();
    opened.clock.advance(1_000);
    let resting = |text| {
        let key = KeyVersion { key: RightKey::Document(there), version: 0 };
        store.record(here, vec![update(principal(), &[key], text)])
    };
    assert!(resting("1").await[0].is_ok());
    assert_eq!(store.document(PROJECT, there).await.unwrap().unwrap(), before);
    append(&store, StreamId::document(there), vec![Fact::DocumentTrashed {}]).await.unwrap();
    assert_eq!(resting("2").await, [Err(RecordError::Lapsed(RightKey::Document(there)))]);
}

pub(crate) async fn a_control_append_stops_at_the_fence(opened: Opened) {
    let store = opened.store;
    let owner = principal();
    let document = document(&store, owner).await;
    let stream = StreamId::document(document);
    let right = right(&store, Claim::Principal(owner), document).await.unwrap();
    let rename = |title: &str, fence: Vec<KeyVersion>| {
        let facts = vec![Fact::DocumentRenamed { title: Some(title.to_owned()) }];
        let store = store.clone();
        async move { append_as(&store, stream, Expected::Any, facts, owner, &fence).await }
    };
    rename("allowed", right.fence.clone()).await.unwrap();
    append(&store, stream, vec![Fact::DocumentTrashed {}]).await.unwrap();
    let lapsed = Err(AppendError::Lapsed(RightKey::Document(document)));
    assert_eq!(rename("late", right.fence.clone()).await, lapsed);
    let nowhere =
        KeyVersion { key: RightKey::Document(sticky_domain::id::DocumentId(id())), version: 0 };
    assert_eq!(rename("no", vec![nowhere]).await, Err(AppendError::Lapsed(nowhere.key)));
    assert_eq!(store.stream(stream, 0).await.unwrap().len(), 4);
    let unfenced = store.record(document, vec![update(owner, &[], "no keys, no fence")]).await;
    assert!(unfenced[0].is_ok());
}
