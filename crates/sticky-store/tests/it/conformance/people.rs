use sticky_domain::access::Scope;
use sticky_domain::event::Fact;
use sticky_domain::id::{LinkId, SessionId, TokenId};
use sticky_domain::port::{
    BrowserSession, Clock as _, PrincipalKind, ReadModel as _, Sessions as _,
};
use sticky_domain::stream::StreamId;

use crate::engines::Opened;
use crate::world::{PROJECT, append, guest, id, principal};

pub(crate) async fn a_browser_keeps_who_it_is(opened: Opened) {
    let store = opened.store;
    let mut session = BrowserSession {
        id: SessionId(id()),
        project: PROJECT,
        principal: None,
        guests: Vec::new(),
        login: None,
    };
    store.open(&session, [7; 32]).await.unwrap();
    assert_eq!(store.find([8; 32]).await, Ok(None));
    assert_eq!(store.find([7; 32]).await, Ok(Some(session.clone())));
    let (first, second) = (principal(), principal());
    assert_eq!(store.become_principal(session.id, first).await, Ok(first));
    assert_eq!(store.become_principal(session.id, second).await, Ok(first));
    session.principal = Some(first);
    for _ in 0..3 {
        let (link, guest) =
            (LinkId(uuid::Uuid::from_u128(u128::MAX - id().as_u128())), principal());
        assert_eq!(store.admit(session.id, link, guest).await, Ok(guest));
        assert_eq!(store.admit(session.id, link, principal()).await, Ok(guest));
        session.guests.push((link, guest));
    }
    assert_eq!(store.find([7; 32]).await, Ok(Some(session)), "guests in the order of admission");
    assert!(store.become_principal(SessionId(id()), first).await.is_err());
}

pub(crate) async fn a_token_speaks_until_it_is_revoked(opened: Opened) {
    let store = opened.store;
    let service = principal();
    let stream = StreamId::principal(service);
    let token = TokenId(id());
    let facts = vec![
        Fact::ServiceRegistered { project: PROJECT, name: "Importer".to_owned() },
        Fact::TokenIssued { token, sha256: [9; 32], label: None, scope: Scope::Write, until: None },
    ];
    append(&store, stream, facts).await.unwrap();
    let found = store.token([9; 32]).await.unwrap().unwrap();
    assert_eq!((found.id, found.principal, found.project), (token, service, PROJECT));
    assert_eq!(store.token([1; 32]).await, Ok(None));
    append(&store, stream, vec![Fact::TokenRevoked { token }]).await.unwrap();
    assert_eq!(store.token([9; 32]).await, Ok(None));
}

pub(crate) async fn a_ticket_is_spent_once(opened: Opened) {
    let store = opened.store;
    let (nonce, end) = (id(), opened.clock.now());
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.spend_ticket(nonce, end).await.unwrap() })
        })
        .collect();
    let mut spent = 0;
    for attempt in tries {
        spent += u32::from(attempt.await.unwrap());
    }
    assert_eq!(spent, 1);
    opened.clock.advance(60_000);
    assert_eq!(store.spend_ticket(nonce, end).await, Ok(false));
    assert_eq!(store.spend_ticket(id(), end).await, Ok(true));
}

pub(crate) async fn a_guest_can_be_renamed(opened: Opened) {
    let store = opened.store;
    let (guest, root) = guest(&store, "Amber Fox").await;
    let renamed = Fact::GuestRenamed { name: "Ana".to_owned() };
    append(&store, StreamId::principal(guest), vec![renamed]).await.unwrap();
    let row = store.principal(guest).await.unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.kind, row.version), ("Ana", PrincipalKind::Guest, 2));
    assert_eq!((row.root, row.project), (root, PROJECT));
    assert_eq!(store.principal(principal()).await, Ok(None));
}
