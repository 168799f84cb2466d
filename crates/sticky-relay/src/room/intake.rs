use std::time::Instant;

use bytes::Bytes;
use sticky_domain::access::Right;
use sticky_domain::event::Actor;
use sticky_domain::id::RootId;
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{EditError, NewUpdate};

use super::batch::{Reply, Submitted};
use super::core::Core;
use super::session::{Credit, NEVER, Received, SessionKey};
use crate::close::CloseReason;
use crate::frame::{self, ClientFrame};
use crate::guard::{Limits, Refusal, check_update};
use crate::known::{Judgement, Stretches};
use crate::merge::news;

/// Why an update is not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    Refused(Refusal),
    /// It builds on something that is not here.
    Gap,
    /// Its client id belongs to another root.
    ClientIdTaken,
    /// The document would pass its cap.
    DocFull,
}

/// What a fitting update is.
#[derive(Debug)]
enum Fit {
    /// All of it is here already.
    Known,
    New(Stretches),
    /// Part of it is here already: this is what is new of it. Whoever says something else under a known clock must not be
    /// asked again by a merge.
    Rest(Bytes, Stretches),
}

impl Core {
    /// Takes one frame of a client.
    pub(crate) fn receive(&mut self, key: SessionKey, received: Received, now: Instant) {
        let Some(session) = self.sessions.get_mut(&key).filter(|session| !session.closing) else {
            return;
        };
        let counted = ClientFrame::counts(&received.bytes);
        if counted
            && (session.holding
                || !session.held.is_empty()
                || session.pending.keeps_out(received.bytes.len(), &session.seat))
        {
            session.held.push_back(received);
            return;
        }
        self.handle(key, received, now);
    }

    fn handle(&mut self, key: SessionKey, received: Received, now: Instant) {
        let Received { bytes, credit } = received;
        match ClientFrame::parse(&bytes) {
            Ok(ClientFrame::Step1(vector)) => self.question(key, bytes.slice_ref(vector), now),
            Ok(ClientFrame::Step2(update)) => {
                self.note_answer(key);
                self.update(key, bytes.slice_ref(update), credit, true, now);
            }
            Ok(ClientFrame::Update(update)) => {
                self.update(key, bytes.slice_ref(update), credit, false, now)
            }
            Ok(ClientFrame::Awareness(states)) => self.announce(key, states),
            Ok(ClientFrame::QueryAwareness) => self.show_everyone(key),
            Err(_) => self.cut(key, CloseReason::MALFORMED),
        }
    }

    fn note_answer(&mut self, key: SessionKey) {
        if let Some(session) = self.sessions.get_mut(&key) {
            session.unanswered = false;
        }
    }

    /// Takes an update of a session: accepted, already known, behind a gap, or the end of the session.
    fn update(
        &mut self,
        key: SessionKey,
        update: Bytes,
        credit: Credit,
        is_step2: bool,
        now: Instant,
    ) {
        let Some(session) = self.sessions.get(&key) else { return };
        let (root, may_write) = (session.seat.right.root, session.seat.right.level.may_write());
        let fit = self.judge(&update, root);
        if !may_write && is_news(&fit) {
            self.cut(key, CloseReason::READ_ONLY);
            return;
        }
        match fit {
            Ok(Fit::Known) => self.settle_with_everything(key, is_step2, now),
            Ok(Fit::New(new)) => self.accept(key, update, &new, credit, is_step2),
            Ok(Fit::Rest(rest, new)) => self.accept(key, rest, &new, credit, is_step2),
            Err(Unfit::Gap) => {
                self.gap(key, Received { bytes: recounted(&update, is_step2), credit }, now);
            }
            Err(unfit) => self.cut(key, unfit.close_reason()),
        }
    }

    /// The guard, then what is known, then whose the client ids are, then the cap.
    fn judge(&self, update: &[u8], root: RootId) -> Result<Fit, Unfit> {
        check_update(update, &self.limits, &mut ()).map_err(Unfit::Refused)?;
        match self.known.judge(update).map_err(Unfit::Refused)? {
            Judgement::Known => Ok(Fit::Known),
            Judgement::Gap => Err(Unfit::Gap),
            Judgement::Fits(new)
                if new.iter().any(|stretch| !self.state.owners.may_use(stretch.client, root)) =>
            {
                Err(Unfit::ClientIdTaken)
            }
            Judgement::Fits(new) if new.overlap() => {
                let rest = self.rest_of(update)?;
                self.has_room(rest.len(), &new)
                    .then_some(Fit::Rest(rest, new))
                    .ok_or(Unfit::DocFull)
            }
            Judgement::Fits(new) => {
                self.has_room(update.len(), &new).then_some(Fit::New(new)).ok_or(Unfit::DocFull)
            }
        }
    }

    fn rest_of(&self, update: &[u8]) -> Result<Bytes, Unfit> {
        let malformed = Unfit::Refused(Refusal::Malformed);
        let rest = news(update, &self.known).map_err(|_| malformed)?;
        check_update(&rest, &Limits::STORED, &mut ()).map_err(Unfit::Refused)?;
        Ok(rest.into())
    }

    fn has_room(&self, more: usize, new: &Stretches) -> bool {
        let vector = self.known.vector();
        let ids = new.iter().filter(|stretch| vector.get(stretch.client) == 0).count();
        let bytes = self.unrecorded_bytes() + more;
        vector.len() + ids <= self.limits.vector_ids
            && self.state.has_room(bytes, self.settings.document_bytes, new.is_empty())
    }

    fn accept(
        &mut self,
        key: SessionKey,
        update: Bytes,
        new: &Stretches,
        credit: Credit,
        is_step2: bool,
    ) {
        let Some(root) = self.sessions.get(&key).map(|session| session.seat.right.root) else {
            return;
        };
        self.absorb(&update, new, root);
        let Some(session) = self.sessions.get_mut(&key) else { return };
        session.pending.push(update, credit, &session.seat);
        session.wait(self.batch + 1);
        if is_step2 {
            session.fill_gaps(self.batch + 1);
        }
        self.writers.insert(key);
    }

    /// Counts an update that has been judged to fit.
    fn absorb(&mut self, update: &[u8], new: &Stretches, root: RootId) {
        self.known.absorb(update).expect("an update that was judged has passed the guard");
        new.iter().for_each(|stretch| self.state.owners.claim(stretch.client, root));
    }

    /// An update that adds nothing is durable when everything accepted so far is.
    fn settle_with_everything(&mut self, key: SessionKey, is_step2: bool, now: Instant) {
        let (horizon, settled) = (self.horizon(), self.settled_batch);
        let Some(session) = self.sessions.get_mut(&key) else { return };
        session.wait(horizon);
        if is_step2 {
            session.fill_gaps(horizon);
        }
        if session.settle(settled) {
            self.tell_saved(key, now);
        }
    }

    /// Before a gap is believed the room reads up to the log's head; the session's later frames wait meanwhile.
    fn gap(&mut self, key: SessionKey, received: Received, now: Instant) {
        let Some(session) = self.sessions.get_mut(&key) else { return };
        if session.holding {
            self.believe_gap(key, now);
            return;
        }
        session.holding = true;
        session.held.push_front(received);
        self.read_head();
    }

    fn believe_gap(&mut self, key: SessionKey, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&key) {
            session.wait(NEVER);
        }
        self.ask_to_fill(key, now);
    }

    /// The log's head has been read: judges the frames again that seemed to be behind a gap.
    pub(super) fn judge_held_again(&mut self, now: Instant) {
        let holding = self.keys_where(|session| session.holding);
        for key in holding {
            let first = self.sessions.get_mut(&key).and_then(|session| session.held.pop_front());
            if let Some(received) = first {
                self.handle(key, received, now);
            }
            if let Some(session) = self.sessions.get_mut(&key) {
                session.holding = false;
            }
        }
        self.release_held(now);
    }

    /// Takes in frames that waited because the session's update was full.
    pub(super) fn release_held(&mut self, now: Instant) {
        let waiting = self.keys_where(|session| !session.holding && !session.held.is_empty());
        for key in waiting {
            while let Some(received) = self.next_held(key) {
                self.handle(key, received, now);
            }
        }
    }

    fn next_held(&mut self, key: SessionKey) -> Option<Received> {
        let session =
            self.sessions.get_mut(&key).filter(|session| !session.holding && !session.closing)?;
        let next = session.held.front()?.bytes.len();
        let waits = session.pending.keeps_out(next, &session.seat);
        if waits { None } else { session.held.pop_front() }
    }

    /// Takes an update of someone without a socket; what becomes of it goes to `reply`.
    pub(crate) fn submit(&mut self, submission: Submission) {
        let Submission { right, update, op, credit, reply } = submission;
        match self.judge(&update, right.root) {
            Err(unfit) => drop(reply.send(Err(unfit.into()))),
            Ok(Fit::Known) if self.is_settled() => drop(reply.send(Ok(self.state.head()))),
            Ok(Fit::Known) => self.waiting.push((self.horizon(), reply)),
            Ok(Fit::New(new)) => {
                self.absorb(&update, &new, right.root);
                self.queue(right, op, update, credit, reply);
            }
            Ok(Fit::Rest(rest, new)) => {
                self.absorb(&rest, &new, right.root);
                self.queue(right, op, rest, credit, reply);
            }
        }
    }

    fn queue(&mut self, right: Right, op: OpKey, bytes: Bytes, credit: Credit, reply: Reply) {
        let actor = Actor { principal: right.principal, via: right.via, correlation: None };
        let update = NewUpdate { actor, op, fence: right.fence, bytes };
        self.submitted.push(Submitted { update, credit, reply });
    }
}

/// An update of someone without a socket, on its way in.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) right: Right,
    pub(crate) update: Bytes,
    pub(crate) op: OpKey,
    pub(crate) credit: Credit,
    pub(crate) reply: Reply,
}

impl From<Unfit> for EditError {
    fn from(unfit: Unfit) -> Self {
        let message = match unfit {
            Unfit::Refused(refusal) => refusal.to_string(),
            Unfit::Gap => "the update builds on something that is not in the note".to_owned(),
            Unfit::ClientIdTaken => "the client id of this update is someone else's".to_owned(),
            Unfit::DocFull => "the note is full; delete something first".to_owned(),
        };
        Self::Refused { code: unfit.close_reason().reason, message }
    }
}

impl Unfit {
    /// How a session ends that sent this.
    pub(super) fn close_reason(self) -> CloseReason {
        match self {
            Self::Refused(refusal @ Refusal::UpdateTooLarge) => {
                CloseReason::too_large(refusal.code())
            }
            Self::Refused(refusal) => CloseReason::malformed(refusal.code()),
            Self::Gap => CloseReason::GAP,
            Self::ClientIdTaken => CloseReason::CLIENT_ID_TAKEN,
            Self::DocFull => CloseReason::DOC_FULL,
        }
    }
}

/// The frame that an update came in, so that it can be judged again.
fn recounted(update: &[u8], is_step2: bool) -> Bytes {
    if is_step2 { frame::step2(update) } else { frame::update(update) }
}

/// Whether this would change the document, or claims to.
fn is_news(fit: &Result<Fit, Unfit>) -> bool {
    !matches!(fit, Ok(Fit::Known) | Err(Unfit::Refused(_)))
}
