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
        if !matches!(self.requests.get(&by), Some(RequestState::Open)) {
            return Err(Rejection::NotFound);
        }
        let mut facts = vec![Fact::AccessAnswered { by, level }];
        if let Some(level) = level {
            facts.extend(self.grant(Recipient::Principal(by), level)?);
        }
        Ok(facts)
    }

    fn open_requests(&self) -> usize {
        self.requests.values().filter(|state| **state == RequestState::Open).count()
    }
}
