use uuid::Uuid;

use super::*;
use crate::id::GroupId;
use crate::time::Timestamp;

const PROJECT: ProjectId = ProjectId(Uuid::from_u128(1));
const OWNER: PrincipalId = PrincipalId(Uuid::from_u128(2));
const LINK: LinkId = LinkId(Uuid::from_u128(3));

fn created() -> Fact {
    Fact::DocumentCreated { project: PROJECT, title: None }
}

fn purged() -> Fact {
    Fact::DocumentPurged { project: PROJECT, links: Vec::new() }
}

fn link(level: Level) -> Fact {
    Fact::LinkCreated { link: LINK, terms: LinkTerms::open(level) }
}

fn owned() -> Vec<Fact> {
    vec![created(), granted(OWNER, Level::Owner, None)]
}

fn granted(to: PrincipalId, level: Level, replaces: Option<Level>) -> Fact {
    Fact::PermissionGranted { recipient: Recipient::Principal(to), level, replaces }
}

fn revoked(from: PrincipalId) -> Fact {
    Fact::PermissionRevoked { recipient: Recipient::Principal(from) }
}

fn create() -> Command {
    Command::Create { project: PROJECT, title: None, owner: OWNER }
}

fn rename(title: &str) -> Command {
    Command::Rename { title: Some(title.to_owned()) }
}

fn renamed(title: &str) -> Fact {
    Fact::DocumentRenamed { title: Some(title.to_owned()) }
}

fn new_link(level: Level) -> Command {
    Command::CreateLink { link: LINK, terms: LinkTerms::open(level) }
}

#[test]
fn given_when_then() {
    let owner = Fact::PermissionGranted {
        recipient: Recipient::Principal(OWNER),
        level: Level::Owner,
        replaces: None,
    };
    let trashed = Fact::DocumentTrashed {};
    type Row = (&'static str, Vec<Fact>, Command, Result<Vec<Fact>, Rejection>);
    let table: Vec<Row> = vec![
        ("create", vec![], create(), Ok(vec![created(), owner])),
        ("create twice", vec![created()], create(), Err(Rejection::Exists)),
        ("rename nothing", vec![], rename("a"), Err(Rejection::NotFound)),
        ("rename", vec![created()], rename("a"), Ok(vec![renamed("a")])),
        ("rename to the same", vec![created(), renamed("a")], rename("a"), Ok(vec![])),
        (
            "rename in the trash",
            vec![created(), trashed.clone()],
            rename("a"),
            Err(Rejection::InTrash),
        ),
        ("trash", vec![created()], Command::Trash, Ok(vec![trashed.clone()])),
        ("trash twice", vec![created(), trashed.clone()], Command::Trash, Ok(vec![])),
        (
            "restore",
            vec![created(), trashed.clone()],
            Command::Restore,
            Ok(vec![Fact::DocumentRestored {}]),
        ),
        ("restore a live one", vec![created()], Command::Restore, Ok(vec![])),
        ("purge", vec![created(), trashed.clone()], Command::Purge, Ok(vec![purged()])),
        ("purge a live one", vec![created()], Command::Purge, Err(Rejection::NotInTrash)),
        ("purge twice", vec![purged()], Command::Purge, Err(Rejection::NotFound)),
        ("restore a purged one", vec![purged()], Command::Restore, Err(Rejection::NotFound)),
        ("make a purged one again", vec![purged()], create(), Err(Rejection::Exists)),
        ("link", vec![created()], new_link(Level::Viewer), Ok(vec![link(Level::Viewer)])),
        (
            "link that makes owners",
            vec![created()],
            new_link(Level::Owner),
            Err(Rejection::LinkLevel),
        ),
        (
            "link in the trash",
            vec![created(), trashed],
            new_link(Level::Editor),
            Err(Rejection::InTrash),
        ),
        (
            "revoke",
            vec![created(), link(Level::Editor)],
            Command::RevokeLink { link: LINK },
            Ok(vec![Fact::LinkRevoked { link: LINK }]),
        ),
        (
            "revoke twice",
            vec![created(), link(Level::Editor), Fact::LinkRevoked { link: LINK }],
            Command::RevokeLink { link: LINK },
            Ok(vec![]),
        ),
        (
            "revoke another's",
            vec![created()],
            Command::RevokeLink { link: LINK },
            Err(Rejection::NotFound),
        ),
    ];
    for (name, given, when, then) in table {
        assert_eq!(Document::after(&given).decide(when), then, "{name}");
    }
}

const BEN: PrincipalId = PrincipalId(Uuid::from_u128(4));

fn grant(to: PrincipalId, level: Level) -> Command {
    Command::Grant { recipient: Recipient::Principal(to), level }
}

fn revoke(from: PrincipalId) -> Command {
    Command::Revoke { recipient: Recipient::Principal(from) }
}

fn transfer(keep: Option<Level>) -> Command {
    let (from, to) = (Recipient::Principal(OWNER), Recipient::Principal(BEN));
    Command::Transfer { from, to, keep }
}

#[test]
fn what_a_guest_asked_for_is_asked_by_the_user() {
    let guest = PrincipalId(Uuid::from_u128(20));
    let asked = |by| Fact::AccessRequested { by, link: LINK, message: None };
    let answered = |by, level| Fact::AccessAnswered { by, level };
    let handed_over = Fact::AccessRequestHandedOver { from: guest, to: BEN };
    let granted = |level| Fact::PermissionGranted {
        recipient: Recipient::Principal(BEN),
        level,
        replaces: None,
    };
    let hand_over = Command::HandOver { from: guest, to: BEN };
    let yes = |by| Command::AnswerAccess { by, level: Some(Level::Viewer) };
    let ask = Command::RequestAccess { by: BEN, link: LINK, message: None };
    let viewer = Some(Level::Viewer);
    type Row = (&'static str, Vec<Fact>, Command, Result<Vec<Fact>, Rejection>);
    let table: Vec<Row> = vec![
        ("nothing was asked", vec![], hand_over.clone(), Ok(vec![])),
        ("waiting", vec![asked(guest)], hand_over.clone(), Ok(vec![handed_over.clone()])),
        (
            "refused",
            vec![asked(guest), answered(guest, None)],
            hand_over.clone(),
            Ok(vec![handed_over.clone()]),
        ),
        (
            "refused to the user",
            vec![asked(guest), answered(guest, None), handed_over.clone()],
            ask,
            Err(Rejection::AccessRefused),
        ),
        (
            "for what the user has",
            vec![granted(Level::Editor), asked(guest)],
            hand_over,
            Ok(vec![answered(guest, Some(Level::Editor))]),
        ),
        (
            "an answer to the user",
            vec![asked(guest), handed_over.clone()],
            yes(BEN),
            Ok(vec![answered(BEN, viewer), granted(Level::Viewer)]),
        ),
        (
            "an answer to the guest",
            vec![asked(guest), handed_over.clone()],
            yes(guest),
            Ok(vec![answered(BEN, viewer), granted(Level::Viewer)]),
        ),
        (
            "both had asked",
            vec![asked(BEN), answered(BEN, None), asked(guest), handed_over],
            yes(guest),
            Err(Rejection::NotFound),
        ),
    ];
    for (name, given, when, then) in table {
        let given: Vec<Fact> = std::iter::once(created()).chain(given).collect();
        assert_eq!(Document::after(&given).decide(when), then, "{name}");
    }
}

fn hand_over() -> Command {
    Command::HandOver { from: OWNER, to: BEN }
}

#[test]
fn a_note_always_has_an_owner() {
    let shared = |level| [owned(), vec![granted(BEN, level, None)]].concat();
    let cooks = Recipient::Group(GroupId(Uuid::from_u128(5)));
    let group_owner =
        Fact::PermissionGranted { recipient: cooks, level: Level::Owner, replaces: None };
    let trashed = [owned(), vec![Fact::DocumentTrashed {}]].concat();
    let lowered = |level| granted(OWNER, level, Some(Level::Owner));
    type Row = (&'static str, Vec<Fact>, Command, Result<Vec<Fact>, Rejection>);
    let table: Vec<Row> = vec![
        ("share", owned(), grant(BEN, Level::Viewer), Ok(vec![granted(BEN, Level::Viewer, None)])),
        ("share again", shared(Level::Editor), grant(BEN, Level::Editor), Ok(vec![])),
        (
            "raise",
            shared(Level::Viewer),
            grant(BEN, Level::Owner),
            Ok(vec![granted(BEN, Level::Owner, Some(Level::Viewer))]),
        ),
        ("share in the trash", trashed.clone(), grant(BEN, Level::Viewer), Err(Rejection::InTrash)),
        ("lower the last owner", owned(), grant(OWNER, Level::Editor), Err(Rejection::LastOwner)),
        ("remove the last owner", owned(), revoke(OWNER), Err(Rejection::LastOwner)),
        (
            "a group does not count",
            [owned(), vec![group_owner]].concat(),
            revoke(OWNER),
            Err(Rejection::LastOwner),
        ),
        (
            "lower one of two owners",
            shared(Level::Owner),
            grant(OWNER, Level::Editor),
            Ok(vec![lowered(Level::Editor)]),
        ),
        ("remove one of two owners", shared(Level::Owner), revoke(OWNER), Ok(vec![revoked(OWNER)])),
        ("remove a stranger", owned(), revoke(BEN), Ok(vec![])),
        (
            "hand over",
            owned(),
            transfer(None),
            Ok(vec![granted(BEN, Level::Owner, None), revoked(OWNER)]),
        ),
        (
            "hand over and stay",
            shared(Level::Viewer),
            transfer(Some(Level::Editor)),
            Ok(vec![granted(BEN, Level::Owner, Some(Level::Viewer)), lowered(Level::Editor)]),
        ),
        ("hand over in the trash", trashed.clone(), transfer(None), Err(Rejection::InTrash)),
        (
            "become someone else in the trash",
            trashed,
            hand_over(),
            Ok(vec![granted(BEN, Level::Owner, None), revoked(OWNER)]),
        ),
        (
            "become someone who has as much",
            shared(Level::Owner),
            hand_over(),
            Ok(vec![revoked(OWNER)]),
        ),
    ];
    for (name, given, when, then) in table {
        assert_eq!(Document::after(&given).decide(when), then, "{name}");
    }
}

#[test]
fn a_note_whose_owners_have_left_is_given_another() {
    let (ben, cem) = (Recipient::Principal(BEN), PrincipalId(Uuid::from_u128(6)));
    let appoint = |gone: &[PrincipalId]| Command::Appoint {
        owner: ben,
        gone: gone.iter().copied().collect(),
    };
    let trashed = [owned(), vec![Fact::DocumentTrashed {}]].concat();
    let read = [owned(), vec![granted(BEN, Level::Viewer, None)]].concat();
    let of_two = [owned(), vec![granted(cem, Level::Owner, None)]].concat();
    let new = |replaces| Ok(vec![granted(BEN, Level::Owner, replaces)]);
    type Row = (&'static str, Vec<Fact>, Command, Result<Vec<Fact>, Rejection>);
    let table: Vec<Row> = vec![
        ("all have left", owned(), appoint(&[OWNER]), new(None)),
        ("a reader becomes it", read, appoint(&[OWNER]), new(Some(Level::Viewer))),
        ("in the trash", trashed, appoint(&[OWNER]), new(None)),
        ("one is still here", of_two.clone(), appoint(&[OWNER]), Err(Rejection::HasOwner)),
        ("both have left", of_two, appoint(&[OWNER, cem]), new(None)),
        ("nobody has left", owned(), appoint(&[]), Err(Rejection::HasOwner)),
        ("no note", vec![], appoint(&[]), Err(Rejection::NotFound)),
    ];
    for (name, given, when, then) in table {
        assert_eq!(Document::after(&given).decide(when), then, "{name}");
    }
}

#[test]
fn of_several_changes_all_are_made_or_none() {
    let trashed = || Fact::DocumentTrashed {};
    let table = [
        (vec![rename("a"), Command::Trash], Ok(vec![renamed("a"), trashed()])),
        (vec![Command::Trash, rename("a")], Err(Rejection::InTrash)),
        (vec![rename("a"), rename("a")], Ok(vec![renamed("a")])),
        (vec![], Ok(vec![])),
    ];
    for (when, then) in table {
        assert_eq!(Document::after(&owned()).decide_all(when.clone()), then, "{when:?}");
    }
}

#[test]
fn a_link_changes_while_it_is_open() {
    let open = LinkTerms::open(Level::Editor);
    let made = vec![created(), link(Level::Editor)];
    let off = [made.clone(), vec![Fact::LinkRevoked { link: LINK }]].concat();
    let change = |change| Command::ChangeLink { link: LINK, change };
    let lower = || LinkChange { level: Some(Level::Viewer), ..LinkChange::default() };
    let changed =
        |terms: LinkTerms| Fact::LinkChanged { link: LINK, terms, replaces: open.clone() };
    let until = LinkChange { expires_at: Some(Some(Timestamp(9))), ..LinkChange::default() };
    type Row = (&'static str, Vec<Fact>, Command, Result<Vec<Fact>, Rejection>);
    let table: Vec<Row> = vec![
        ("lower", made.clone(), change(lower()), Ok(vec![changed(LinkTerms::open(Level::Viewer))])),
        (
            "end",
            made.clone(),
            change(until),
            Ok(vec![changed(LinkTerms { expires_at: Some(Timestamp(9)), ..open.clone() })]),
        ),
        ("nothing", made.clone(), change(LinkChange::default()), Ok(vec![])),
        (
            "to make owners",
            made,
            change(LinkChange { level: Some(Level::Owner), ..LinkChange::default() }),
            Err(Rejection::LinkLevel),
        ),
        ("a link that is off", off, change(lower()), Err(Rejection::LinkOff)),
        ("no link", vec![created()], change(lower()), Err(Rejection::NotFound)),
    ];
    for (name, given, when, then) in table {
        assert_eq!(Document::after(&given).decide(when), then, "{name}");
    }
}

#[test]
fn access_is_asked_for_once_and_answered_once() {
    let ask = || Command::RequestAccess { by: BEN, link: LINK, message: None };
    let asked = Fact::AccessRequested { by: BEN, link: LINK, message: None };
    let answer = |level| Command::AnswerAccess { by: BEN, level };
    let answered = |level| Fact::AccessAnswered { by: BEN, level };
    let and = |facts: &[Fact]| [owned(), facts.to_vec()].concat();
    let yes = [answered(Some(Level::Viewer)), granted(BEN, Level::Viewer, None)];
    let full: Vec<Fact> = (0..MAX_REQUESTS as u128)
        .map(|n| Fact::AccessRequested {
            by: PrincipalId(Uuid::from_u128(100 + n)),
            link: LINK,
            message: None,
        })
        .collect();
    type Row = (&'static str, Vec<Fact>, Command, Result<Vec<Fact>, Rejection>);
    let table: Vec<Row> = vec![
        ("ask", owned(), ask(), Ok(vec![asked.clone()])),
        ("ask again", and(std::slice::from_ref(&asked)), ask(), Ok(vec![])),
        ("ask for what one has", and(&[granted(BEN, Level::Viewer, None)]), ask(), Ok(vec![])),
        (
            "ask after a no",
            and(&[asked.clone(), answered(None)]),
            ask(),
            Err(Rejection::AccessRefused),
        ),
        ("ask in a crowd", and(&full), ask(), Err(Rejection::TooManyRequests)),
        ("yes", and(std::slice::from_ref(&asked)), answer(Some(Level::Viewer)), Ok(yes.to_vec())),
        ("no", and(std::slice::from_ref(&asked)), answer(None), Ok(vec![answered(None)])),
        ("answer twice", and(&[asked, answered(None)]), answer(None), Err(Rejection::NotFound)),
        ("answer nobody", owned(), answer(None), Err(Rejection::NotFound)),
    ];
    for (name, given, when, then) in table {
        assert_eq!(Document::after(&given).decide(when), then, "{name}");
    }
}
