use bytes::Bytes;
use sticky_relay::known::{Judgement, Known};

use super::hands::Log;
use crate::error::BenchError;

/// What was promised, and what of it is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdict {
    pub sent: u64,
    pub acknowledged: u64,
    pub delivered: u64,
    pub lost_acknowledged: u64,
    pub lost_delivered: u64,
}

impl Verdict {
    /// What of one client's log is missing in `state`, which is the document as a newcomer gets it.
    pub(super) fn of(log: &Log, state: &[u8]) -> Result<Self, BenchError> {
        let known = Known::from_update(state)
            .map_err(|refusal| BenchError::Unreadable(refusal.to_string()))?;
        let acknowledged = log
            .sent
            .get(..log.acknowledged)
            .ok_or_else(|| BenchError::Broken("more was acknowledged than was sent".to_owned()))?;
        Ok(Self {
            sent: log.sent.len() as u64,
            acknowledged: acknowledged.len() as u64,
            delivered: log.delivered.len() as u64,
            lost_acknowledged: missing(&known, acknowledged),
            lost_delivered: missing(&known, &log.delivered),
        })
    }

    pub(super) fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.acknowledged += other.acknowledged;
        self.delivered += other.delivered;
        self.lost_acknowledged += other.lost_acknowledged;
        self.lost_delivered += other.lost_delivered;
    }
}

fn missing(known: &Known, updates: &[Bytes]) -> u64 {
    let is_missing = |update: &&Bytes| !matches!(known.judge(update), Ok(Judgement::Known));
    updates.iter().filter(is_missing).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keystroke::Typist;

    #[test]
    fn what_is_missing_is_counted_deletes_too() {
        let mut typist = Typist::new(9);
        let mut sent: Vec<Bytes> = (0..4).map(|_| typist.insert("x").into()).collect();
        let state = sticky_relay::merge::merge(&sent[..3]).unwrap();
        sent.push(typist.delete(0, 1).into());
        let log = Log { delivered: vec![sent[3].clone(), sent[4].clone()], acknowledged: 4, sent };
        let verdict = Verdict::of(&log, &state).unwrap();
        assert_eq!((verdict.lost_acknowledged, verdict.lost_delivered), (1, 2));
    }

    #[test]
    fn an_acknowledgement_of_what_was_never_sent_is_broken() {
        let log = Log { acknowledged: 1, ..Log::default() };
        assert!(Verdict::of(&log, &[0, 0]).is_err());
    }
}
