use std::collections::{BTreeMap, BTreeSet};

use super::{Ports, Refusal};
use crate::access::{Caller, Level, Presence, Recipient, Role};
use crate::document::Document;
use crate::event::{Body, Event, Fact};
use crate::group::Group;
use crate::id::{DocumentId, GroupId, LinkId, PrincipalId, ProjectId};
use crate::link::{Audience, LinkTerms};
use crate::project::{Project, ProjectKind};
use crate::stream::StreamId;
use crate::time::Timestamp;

/// Why someone may open a note, now or at any moment before: told by the log, not by what is folded from it.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Why {
    ports: Ports,
}

/// What someone could do with a note at a moment, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The highest of the grounds.
    pub level: Option<Level>,
    pub presence: Presence,
    pub grounds: Vec<Ground>,
}

/// One thing that let them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    pub level: Level,
    pub by: By,
    /// The groups by way of which it reached them, the one that they are in themselves first.
    pub through: Vec<GroupId>,
    pub since: Timestamp,
    pub given_by: PrincipalId,
}

/// What kind of ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    Grant,
    Role(ProjectId, Role),
    Link(LinkId, Option<String>),
}

impl Why {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// What `who` could do with the note at `at`, as far as the log knows. Owners may ask.
    pub async fn explain(
        &self,
        caller: &Caller,
        document: DocumentId,
        who: PrincipalId,
        at: Timestamp,
    ) -> Result<Explanation, Refusal> {
        self.ports.authorise(caller, document, Level::Owner).await?;
        let events = self.until(StreamId::document(document), at).await?;
        let state = Document::after(events.iter().filter_map(fact));
        let person = self.until(StreamId::principal(who), at).await?;
        let grounds = match person.iter().filter_map(fact).any(is_an_end) {
            true => Vec::new(),
            false => {
                let mut past = Past { why: self, who, at, groups: BTreeMap::new() };
                past.grounds((document, &events, &state), &person).await?
            }
        };
        let presence = if state.trashed { Presence::Trashed } else { Presence::Live };
        let level = grounds.iter().map(|ground| ground.level).max();
        Ok(Explanation { level, presence, grounds })
    }

    async fn until(&self, stream: StreamId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
        let mut events = self.ports.events.stream(stream, 0).await?;
        events.retain(|event| event.recorded_at <= at);
        Ok(events)
    }
}

/// The log as it stood at a moment, for one person.
struct Past<'a> {
    why: &'a Why,
    who: PrincipalId,
    at: Timestamp,
    groups: BTreeMap<GroupId, Group>,
}

impl Past<'_> {
    async fn grounds(
        &mut self,
        (document, events, state): (DocumentId, &[Event], &Document),
        person: &[Event],
    ) -> Result<Vec<Ground>, Refusal> {
        let mut grounds = self.grants(events, state).await?;
        if let Some(project) = state.project {
            grounds.extend(self.roles(project).await?);
        }
        let is_shared = !grounds.is_empty();
        let held = let_in(person, document).into_iter();
        grounds.extend(held.filter_map(|(link, came)| self.by_link(link, came, state, is_shared)));
        Ok(grounds)
    }

    async fn grants(&mut self, events: &[Event], state: &Document) -> Result<Vec<Ground>, Refusal> {
        let mut grounds = Vec::new();
        for (recipient, level) in &state.grants {
            let is_it = |fact: &Fact| matches!(fact, Fact::PermissionGranted { recipient: to, .. } if to == recipient);
            let Some(through) = self.way_to(*recipient).await? else { continue };
            grounds.extend(
                newest(events, is_it).map(|given| ground(*level, By::Grant, through, given)),
            );
        }
        Ok(grounds)
    }

    async fn roles(&mut self, project: ProjectId) -> Result<Vec<Ground>, Refusal> {
        let events = self.why.until(StreamId::project(project), self.at).await?;
        let state = Project::after(events.iter().filter_map(fact));
        let mut grounds = Vec::new();
        if state.kind == ProjectKind::Personal {
            return Ok(grounds);
        }
        for (member, role) in state.members.0 {
            let is_it = |fact: &Fact| matches!(fact, Fact::MemberAdded { member: who, .. } | Fact::MemberRoleChanged { member: who, .. } if *who == member);
            let Some(level) = role.level() else { continue };
            let Some(through) = self.way_to(member).await? else { continue };
            let by = By::Role(project, role);
            grounds.extend(newest(&events, is_it).map(|given| ground(level, by, through, given)));
        }
        Ok(grounds)
    }

    /// A link that let this person in, if it was open then. One for those whom the note is shared with needs another ground.
    fn by_link(
        &self,
        link: LinkId,
        came: &Event,
        state: &Document,
        shared: bool,
    ) -> Option<Ground> {
        let open = state.links.get(&link).filter(|state| !state.revoked)?;
        let LinkTerms { level, label, audience, expires_at, .. } = &open.terms;
        let is_open =
            expires_at.is_none_or(|end| self.at < end) && (shared || *audience == Audience::Anyone);
        is_open.then(|| ground(*level, By::Link(link, label.clone()), Vec::new(), came))
    }

    /// The groups from the person up to `recipient`; none of them when it is the person. `None` when they are not in it.
    async fn way_to(&mut self, recipient: Recipient) -> Result<Option<Vec<GroupId>>, Refusal> {
        let group = match recipient {
            Recipient::Principal(principal) => {
                return Ok((principal == self.who).then(Vec::new));
            }
            Recipient::Group(group) => group,
        };
        let mut seen = BTreeSet::from([group]);
        let mut ways = vec![vec![group]];
        while let Some(way) = ways.pop() {
            let members = self.group(way[0]).await?.members.0.clone();
            if members.contains_key(&Recipient::Principal(self.who)) {
                return Ok(Some(way));
            }
            for member in members.into_keys() {
                if let Recipient::Group(inner) = member
                    && seen.insert(inner)
                {
                    ways.push([&[inner], way.as_slice()].concat());
                }
            }
        }
        Ok(None)
    }

    async fn group(&mut self, group: GroupId) -> Result<&Group, Refusal> {
        if !self.groups.contains_key(&group) {
            let events = self.why.until(StreamId::group(group), self.at).await?;
            self.groups.insert(group, Group::after(events.iter().filter_map(fact)));
        }
        Ok(&self.groups[&group])
    }
}

fn fact(event: &Event) -> Option<&Fact> {
    match &event.body {
        Body::Fact(fact) => Some(fact),
        Body::Update(_) => None,
    }
}

/// From then on nobody acts as this one: they have left, or turned out to be someone else.
fn is_an_end(fact: &Fact) -> bool {
    matches!(fact, Fact::UserDeleted {} | Fact::GuestPromoted { .. })
}

/// The links of a note that have let this person in and have not been taken away from them, and when they did so first.
fn let_in(person: &[Event], document: DocumentId) -> BTreeMap<LinkId, &Event> {
    let mut held = BTreeMap::new();
    let mut removed = BTreeSet::new();
    for event in person {
        match fact(event) {
            Some(
                Fact::LinkRedeemed { link, document: of }
                | Fact::LinkKept { link, document: of, .. },
            ) if *of == document => {
                held.entry(*link).or_insert(event);
            }
            Some(Fact::GuestRemoved { link, .. }) => {
                removed.insert(*link);
            }
            _ => {}
        }
    }
    held.retain(|link, _| !removed.contains(link));
    held
}

fn newest(events: &[Event], wanted: impl Fn(&Fact) -> bool) -> Option<&Event> {
    events.iter().rev().find(|event| fact(event).is_some_and(&wanted))
}

fn ground(level: Level, by: By, through: Vec<GroupId>, given: &Event) -> Ground {
    Ground { level, by, through, since: given.recorded_at, given_by: given.actor.principal }
}
