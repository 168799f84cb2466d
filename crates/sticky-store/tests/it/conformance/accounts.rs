use sticky_domain::access::{Level, Scope};
use sticky_domain::event::Fact;
use sticky_domain::id::{LinkId, ProjectId, SessionId, TokenId};
use sticky_domain::port::{
    Accounts as _, AppendError, BrowserSession, Clock as _, Directory as _, EventStore as _,
    IdentityRow, Login, PrincipalKind, ReadModel as _, Refreshed, Sessions as _, TokenKind,
};
use sticky_domain::secret::Withheld;
use sticky_domain::stream::StreamId;
use sticky_domain::time::Timestamp;
use sticky_store::Store;

use crate::engines::Opened;
use crate::world::{PROJECT, append, document, guest, id, principal};

/// A user with a password, who has signed in.
pub(super) async fn user(store: &Store, username: &str) -> Login {
    let (user, project, token) = (principal(), ProjectId(id()), TokenId(id()));
    let facts = vec![registered(project, username), signed_in(token)];
    append(store, StreamId::principal(user), facts).await.unwrap();
    Login { token, user, project }
}

fn registered(project: ProjectId, username: &str) -> Fact {
    Fact::UserRegistered {
        project,
        username: username.to_owned(),
        name: "Ana".to_owned(),
        admin: true,
        password: Withheld::new("$hash$".to_owned()),
    }
}

fn signed_in(token: TokenId) -> Fact {
    Fact::SignedIn { token, by: "password".to_owned() }
}

/// A browser, with someone signed in.
fn session(login: Option<Login>) -> BrowserSession {
    BrowserSession {
        id: SessionId(id()),
        project: login.map_or(PROJECT, |login| login.project),
        principal: None,
        guests: Vec::new(),
        login,
    }
}

pub(crate) async fn a_user_is_found_by_name_and_nobody_else_gets_it(opened: Opened) {
    let store = opened.store;
    let ana = user(&store, "ana").await;
    let row = store.account_named("ana").await.unwrap().unwrap();
    assert_eq!((row.id, row.project, row.name.as_str()), (ana.user, ana.project, "Ana"));
    assert_eq!((row.admin, row.deleted_at, row.registered_at), (true, None, opened.clock.now()));
    assert_eq!(store.account(ana.user).await, Ok(Some(row)));
    assert_eq!(store.account_named("Ana").await, Ok(None));
    let who = store.principal(ana.user).await.unwrap().unwrap();
    assert_eq!((who.kind, who.root), (PrincipalKind::User, ana.user.into()));
    let again = vec![registered(ProjectId(id()), "ana")];
    let taken = append(&store, StreamId::principal(principal()), again).await;
    assert_eq!(taken, Err(AppendError::Taken));
    user(&store, "ben").await;
    let names = store.accounts("", 10).await.unwrap().into_iter().map(|row| row.username);
    assert_eq!(names.collect::<Vec<_>>(), ["ana", "ben"]);
    assert_eq!(store.accounts("ana", 10).await.unwrap().len(), 1);
}

pub(crate) async fn a_password_is_kept_beside_the_log(opened: Opened) {
    let store = opened.store;
    let ana = user(&store, "ana").await;
    assert_eq!(store.password(ana.user).await.unwrap().as_deref(), Some("$hash$"));
    let stream = StreamId::principal(ana.user);
    let change = |text: &str| Fact::PasswordChanged { password: Withheld::new(text.to_owned()) };
    append(&store, stream, vec![change("$other$")]).await.unwrap();
    assert_eq!(store.password(ana.user).await.unwrap().as_deref(), Some("$other$"));
    let logged = format!("{:?}", store.stream(stream, 0).await.unwrap());
    assert!(!logged.contains("hash$") && !logged.contains("other$"), "{logged}");
    let silent = Fact::PasswordChanged { password: Withheld::default() };
    append(&store, stream, vec![silent]).await.unwrap();
    assert_eq!(store.password(ana.user).await.unwrap().as_deref(), Some("$other$"));
}

pub(crate) async fn a_hash_is_renewed_while_the_password_is_the_same(opened: Opened) {
    let store = opened.store;
    let (ana, ben) = (user(&store, "ana").await.user, user(&store, "ben").await.user);
    store.renew_password(ana, "$hash$", "$new$").await.unwrap();
    assert_eq!(store.password(ana).await.unwrap().as_deref(), Some("$new$"));
    store.renew_password(ana, "$hash$", "$late$").await.unwrap();
    assert_eq!(store.password(ana).await.unwrap().as_deref(), Some("$new$"));
    assert_eq!(store.password(ben).await.unwrap().as_deref(), Some("$hash$"), "of the same text");
}

pub(crate) async fn a_login_lives_until_its_token_is_revoked(opened: Opened) {
    let store = opened.store;
    let ana = user(&store, "ana").await;
    let session = session(Some(ana));
    store.open(&session, [5; 32]).await.unwrap();
    assert_eq!(store.find([5; 32]).await, Ok(Some(session)));
    assert_eq!(store.login(ana.token).await, Ok(Some(ana)));
    let stream = StreamId::principal(ana.user);
    append(&store, stream, vec![Fact::TokenRevoked { token: ana.token }]).await.unwrap();
    assert_eq!(store.find([5; 32]).await, Ok(None));
    assert_eq!(store.login(ana.token).await, Ok(None));
}

pub(crate) async fn a_closed_session_is_gone(opened: Opened) {
    let store = opened.store;
    let session = session(None);
    store.open(&session, [6; 32]).await.unwrap();
    store.close_session(session.id).await.unwrap();
    assert_eq!(store.find([6; 32]).await, Ok(None));
}

pub(crate) async fn a_refresh_token_is_used_once(opened: Opened) {
    let store = opened.store;
    let ana = user(&store, "ana").await;
    let end = opened.clock.now().plus(std::time::Duration::from_secs(60));
    store.keep_refresh([1; 32], ana.token, end).await.unwrap();
    let tries: Vec<_> = (2..12)
        .map(|new| {
            let store = store.clone();
            tokio::spawn(async move { store.refresh([1; 32], [new; 32], end).await.unwrap() })
        })
        .collect();
    let mut renewed = 0;
    for attempt in tries {
        match attempt.await.unwrap() {
            Refreshed::Renewed(login) => renewed += u32::from(login == ana),
            other => assert_eq!(other, Refreshed::Reused(ana)),
        }
    }
    assert_eq!(renewed, 1);
    store.keep_refresh([20; 32], ana.token, end).await.unwrap();
    for _ in 0..2 {
        let repeated = store.refresh([20; 32], [21; 32], end).await;
        assert_eq!(repeated, Ok(Refreshed::Renewed(ana)), "one try, whose answer was lost");
    }
    assert_eq!(store.refresh([99; 32], [98; 32], end).await, Ok(Refreshed::Unknown));
    store.keep_refresh([50; 32], ana.token, end).await.unwrap();
    opened.clock.advance(60_000);
    assert_eq!(store.refresh([50; 32], [51; 32], end).await, Ok(Refreshed::Unknown));
    let later = Timestamp(end.0 + 60_000);
    store.keep_refresh([60; 32], ana.token, later).await.unwrap();
    let ended = vec![Fact::TokenRevoked { token: ana.token }];
    append(&store, StreamId::principal(ana.user), ended).await.unwrap();
    assert_eq!(store.refresh([60; 32], [61; 32], later).await, Ok(Refreshed::Unknown));
}

pub(crate) async fn tokens_are_listed_while_they_count(opened: Opened) {
    let store = opened.store;
    let ana = user(&store, "ana").await;
    let (endless, short) = (TokenId(id()), TokenId(id()));
    let until = Some(opened.clock.now().plus(std::time::Duration::from_secs(1)));
    let issued = |token, byte, scope, until| Fact::TokenIssued {
        token,
        sha256: [byte; 32],
        label: Some("export".to_owned()),
        scope,
        until,
    };
    let facts = vec![issued(endless, 1, Scope::Read, None), issued(short, 2, Scope::Admin, until)];
    append(&store, StreamId::principal(ana.user), facts).await.unwrap();
    store.open(&session(Some(ana)), [7; 32]).await.unwrap();
    let rows = store.tokens(ana.user).await.unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.kind.clone(), row.scope, row.until)).collect();
    let login = TokenKind::Login { by: "password".to_owned() };
    let expected = [
        (TokenKind::Api, Scope::Admin, until),
        (TokenKind::Api, Scope::Read, None),
        (login, Scope::Admin, None),
    ];
    assert_eq!(told, expected);
    assert_eq!(store.token([2; 32]).await.unwrap().unwrap().scope, Scope::Admin);
    assert_eq!(store.login(short).await, Ok(None), "a token is no login");
    opened.clock.advance(1_000);
    assert_eq!(store.token([2; 32]).await, Ok(None));
    assert_eq!(store.tokens(ana.user).await.unwrap().len(), 2);
}

pub(crate) async fn a_login_is_listed_while_something_can_use_it(opened: Opened) {
    let store = opened.store;
    let ana = user(&store, "ana").await;
    let listed = async || store.tokens(ana.user).await.unwrap().len();
    assert_eq!(listed().await, 0, "nothing has it");
    let end = opened.clock.now().plus(std::time::Duration::from_secs(1));
    let later = end.plus(std::time::Duration::from_secs(1));
    store.keep_refresh([1; 32], ana.token, end).await.unwrap();
    assert_eq!(listed().await, 1);
    assert_eq!(store.refresh([1; 32], [2; 32], later).await, Ok(Refreshed::Renewed(ana)));
    opened.clock.advance(1_000);
    assert_eq!(listed().await, 1, "the second lives longer");
    opened.clock.advance(1_000);
    assert_eq!(listed().await, 0, "nobody can refresh it any more");
    let browser = session(Some(ana));
    store.open(&browser, [3; 32]).await.unwrap();
    assert_eq!(listed().await, 1);
    store.close_session(browser.id).await.unwrap();
    assert_eq!(listed().await, 0);
}

pub(crate) async fn a_deleted_user_keeps_the_name_and_nothing_else(opened: Opened) {
    let store = opened.store;
    let ana = user(&store, "ana").await;
    let stream = StreamId::principal(ana.user);
    let linked = || linked("oidc", "7", None);
    append(&store, stream, vec![linked()]).await.unwrap();
    assert_eq!(store.identified("oidc", "7").await, Ok(Some(ana.user)));
    assert_eq!(store.identified("discord", "7").await, Ok(None));
    let ben = user(&store, "ben").await;
    let stolen = append(&store, StreamId::principal(ben.user), vec![linked()]).await;
    assert_eq!(stolen, Err(AppendError::Taken));
    append(&store, stream, vec![Fact::UserDeleted {}]).await.unwrap();
    let row = store.account_named("ana").await.unwrap().unwrap();
    assert_eq!(row.deleted_at, Some(opened.clock.now()));
    assert_eq!(store.password(ana.user).await, Ok(None));
    assert_eq!(store.identified("oidc", "7").await, Ok(None));
    assert_eq!(store.login(ana.token).await, Ok(None));
    assert_eq!(store.tokens(ana.user).await, Ok(Vec::new()));
    append(&store, StreamId::principal(ben.user), vec![linked()]).await.unwrap();
}

pub(crate) async fn a_request_is_handed_over_to_the_user(opened: Opened) {
    let store = opened.store;
    let ana = user(&store, "ana").await.user;
    let (fox, owl) = (guest(&store, "Amber Fox").await.0, guest(&store, "Owl").await.0);
    let note = document(&store, principal()).await;
    let link = LinkId(id());
    let asked =
        |by, message: &str| Fact::AccessRequested { by, link, message: Some(message.to_owned()) };
    let stream = StreamId::document(note);
    append(&store, stream, vec![asked(fox, "fox"), asked(owl, "owl")]).await.unwrap();
    assert_eq!(store.asked_for(fox).await, Ok(vec![note]));
    let waiting = async || {
        let rows = store.requests(note).await.unwrap().into_iter();
        rows.map(|row| (row.principal, row.message.unwrap())).collect::<Vec<_>>()
    };
    let given = |from| vec![Fact::AccessRequestHandedOver { from, to: ana }];
    append(&store, stream, given(fox)).await.unwrap();
    let (fox_asked, owl_asked) = ((ana, "fox".to_owned()), (owl, "owl".to_owned()));
    let mut both = vec![fox_asked.clone(), owl_asked];
    both.sort_by_key(|(who, _)| *who);
    assert_eq!(waiting().await, both);
    append(&store, stream, given(owl)).await.unwrap();
    assert_eq!(waiting().await, [fox_asked], "the first to be theirs stays");
    assert_eq!(store.asked_for(owl).await, Ok(Vec::new()));
    assert_eq!(store.asked_for(ana).await, Ok(vec![note]));
}

pub(crate) async fn someone_always_runs_the_installation(opened: Opened) {
    let store = opened.store;
    let (ana, ben) = (user(&store, "ana").await.user, user(&store, "ben").await.user);
    let tell = async |who, fact| append(&store, StreamId::principal(who), vec![fact]).await;
    let row = async |who| {
        let row = store.account(who).await.unwrap().unwrap();
        (row.admin, row.key_version)
    };
    assert_eq!(row(ana).await, (true, 0));
    tell(ana, Fact::AdminDismissed {}).await.unwrap();
    assert_eq!(row(ana).await, (false, 1));
    for last in [Fact::AdminDismissed {}, Fact::UserDeleted {}] {
        assert_eq!(tell(ben, last).await, Err(AppendError::LastAdmin));
    }
    assert_eq!(row(ben).await, (true, 0), "nothing of it is left");
    tell(ana, Fact::AdminAppointed {}).await.unwrap();
    assert_eq!(row(ana).await, (true, 1));
    tell(ben, Fact::UserDeleted {}).await.unwrap();
    assert_eq!(tell(ana, Fact::AdminDismissed {}).await, Err(AppendError::LastAdmin));
}

fn linked(provider: &str, subject: &str, name: Option<&str>) -> Fact {
    Fact::IdentityLinked {
        provider: provider.to_owned(),
        subject: subject.to_owned(),
        name: name.map(str::to_owned),
    }
}

pub(crate) async fn identities_are_listed_until_they_are_unlinked(opened: Opened) {
    let store = opened.store;
    let (ana, ben) = (user(&store, "ana").await, user(&store, "ben").await);
    let stream = StreamId::principal(ana.user);
    let first = opened.clock.now();
    append(&store, stream, vec![linked("oidc", "7", None)]).await.unwrap();
    opened.clock.advance(1_000);
    append(&store, stream, vec![linked("discord", "7", Some("ana.b"))]).await.unwrap();
    let row = |provider: &str, name: Option<&str>, linked_at| IdentityRow {
        provider: provider.to_owned(),
        subject: "7".to_owned(),
        name: name.map(str::to_owned),
        linked_at: Some(linked_at),
    };
    let discord = row("discord", Some("ana.b"), opened.clock.now());
    let both = vec![row("oidc", None, first), discord.clone()];
    assert_eq!(store.identities(ana.user).await, Ok(both));
    assert_eq!(store.identities(ben.user).await, Ok(Vec::new()));
    let (provider, subject) = ("oidc".to_owned(), "7".to_owned());
    append(&store, stream, vec![Fact::IdentityUnlinked { provider, subject }]).await.unwrap();
    assert_eq!(store.identities(ana.user).await, Ok(vec![discord]));
    assert_eq!(store.identified("oidc", "7").await, Ok(None));
    let taken_over = vec![linked("oidc", "7", None)];
    append(&store, StreamId::principal(ben.user), taken_over).await.unwrap();
    assert_eq!(store.identified("oidc", "7").await, Ok(Some(ben.user)));
}

pub(crate) async fn a_promoted_guest_is_called_what_its_user_is_called(opened: Opened) {
    let store = opened.store;
    let ana = user(&store, "ana").await;
    let (fox, _) = guest(&store, "Amber Fox").await;
    let note = document(&store, fox).await;
    assert_eq!(store.granted_to(fox).await, Ok(vec![(note, Level::Owner)]));
    let promoted = vec![Fact::GuestPromoted { user: ana.user }];
    append(&store, StreamId::principal(fox), promoted).await.unwrap();
    let called = async || {
        let row = store.principal(fox).await.unwrap().unwrap();
        (row.name, row.root)
    };
    assert_eq!(called().await, ("Ana".to_owned(), ana.user.into()));
    let renamed = vec![Fact::UserRenamed { name: "Ana B.".to_owned() }];
    append(&store, StreamId::principal(ana.user), renamed).await.unwrap();
    assert_eq!(called().await, ("Ana B.".to_owned(), ana.user.into()));
}
