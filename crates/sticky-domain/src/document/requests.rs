use super::{Document, MAX_REQUESTS, Rejection, RequestState};
use crate::access::{Level, Recipient};
use crate::event::Fact;
use crate::id::{LinkId, PrincipalId};

impl Document {
    pub(super) fn request(
        &self,
        by: PrincipalId,
        link: LinkId,
        message: Option<String>,
    ) -> Result<Vec<Fact>, Rejection> {
        self.refuse_in_trash()?;
        if self.grants.contains_key(&Recipient::Principal(by)) {
            return Ok(Vec::new());
        }
        match self.requests.get(&by) {
            Some(RequestState::Open) => Ok(Vec::new()),
            Some(RequestState::Refused) => Err(Rejection::AccessRefused),
            None if self.open_requests() >= MAX_REQUESTS => Err(Rejection::TooManyRequests),
            None => Ok(vec![Fact::AccessRequested { by, link, message }]),
        }
    }

    pub(super) fn answer(
        &self,
        by: PrincipalId,
        level: Option<Level>,
    ) -> Result<Vec<Fact>, Rejection> {
        let by = self.asker(by);
        if !matches!(self.requests.get(&by), Some(RequestState::Open)) {
            return Err(Rejection::NotFound);
        }
        let mut facts = vec![Fact::AccessAnswered { by, level }];
        if let Some(level) = level {
            facts.extend(self.grant(Recipient::Principal(by), level)?);
        }
        Ok(facts)
    }

    /// Who asked, as they are known now.
    pub fn asker(&self, by: PrincipalId) -> PrincipalId {
        self.heirs.get(&by).copied().unwrap_or(by)
    }

    /// A yes for whom the note is shared with already: there is nothing left to ask for.
    pub(super) fn hand_over_request(&self, from: PrincipalId, to: PrincipalId) -> Vec<Fact> {
        let Some(state) = self.requests.get(&from) else { return Vec::new() };
        let has = |who: PrincipalId| self.grants.get(&who.into()).copied();
        match (state, has(from).max(has(to))) {
            (RequestState::Open, level @ Some(_)) => {
                vec![Fact::AccessAnswered { by: from, level }]
            }
            _ => vec![Fact::AccessRequestHandedOver { from, to }],
        }
    }

    /// What the user has been told already counts.
    pub(super) fn inherit(&mut self, from: PrincipalId, to: PrincipalId) {
        self.heirs.insert(from, to);
        if let Some(state) = self.requests.remove(&from) {
            self.requests.entry(to).or_insert(state);
        }
    }

    fn open_requests(&self) -> usize {
        self.requests.values().filter(|state| **state == RequestState::Open).count()
    }
}
