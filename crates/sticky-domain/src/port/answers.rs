use async_trait::async_trait;

use super::event_store::StoreError;
use crate::time::Timestamp;

/// Answers that are given again to whoever repeats a request, however many nodes it reaches.
#[async_trait]
pub trait Answers: Send + Sync {
    /// Looks for the answer to a request, and holds its place for the caller if there is none: for one caller only, until
    /// they remember an answer, give the place up, or `held_until` has passed.
    async fn begin(&self, asked: Asked) -> Result<Begun, StoreError>;

    /// Remembers the answer under `key`, for whoever asks again before `expires_at`.
    async fn remember(
        &self,
        key: [u8; 32],
        answer: Vec<u8>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Gives the place of `key` up: the next who asks does the work.
    async fn give_up(&self, key: [u8; 32]) -> Result<(), StoreError>;
}

/// A request that may be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who asks, for what, under which name.
    pub key: [u8; 32],
    /// What is asked: the same each time, or it is another request.
    pub request: [u8; 32],
    pub held_until: Timestamp,
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: the caller does the work.
    First,
    /// Someone is at it.
    UnderWay,
    /// It was answered with this.
    Answered(Vec<u8>),
    /// The name was used for another request.
    Other,
}
