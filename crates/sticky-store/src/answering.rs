//! The answers that are remembered, so that a repeated request is not done again. Written once for all engines.

use async_trait::async_trait;
use sticky_domain::port::{Answers, Asked, Begun, StoreError};
use sticky_domain::time::Timestamp;

use crate::connection::{Connection, row};
use crate::connections::Connections;
use crate::control::Job;
use crate::row::{begun, forgotten_before, unreadable};
use crate::statement::Statement;

/// The answers of an engine.
pub(crate) struct Answering<'a, E>(pub(crate) &'a E);

#[async_trait]
impl<E: Connections> Answers for Answering<'_, E> {
    async fn begin(&self, asked: Asked) -> Result<Begun, StoreError> {
        self.0.control().submit(Begin { asked, now: self.0.now() }).await
    }

    async fn remember(
        &self,
        key: [u8; 32],
        answer: Vec<u8>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.0.control().submit(Remember { key, answer, expires_at }).await
    }

    async fn give_up(&self, key: [u8; 32]) -> Result<(), StoreError> {
        self.0.control().submit(GiveUp { key }).await
    }
}

struct Begin {
    asked: Asked,
    now: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for Begin {
    type Done = Begun;
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<Begun, StoreError> {
        let forget = Statement::new("delete from remembered_answer where expires_at < $1");
        connection.execute(forget.number(forgotten_before(self.now))).await?;
        if connection.execute(self.hold()).await? == 1 {
            return Ok(Begun::First);
        }
        let held = Statement::new("select request, answer from remembered_answer where key = $1");
        let row = row(connection, held.bytes(&self.asked.key)).await?;
        begun(&row.ok_or_else(|| unreadable("a remembered answer"))?, &self.asked.request)
    }
}

impl Begin {
    /// Takes the place, if it is free or its holder has let it lapse.
    fn hold(&self) -> Statement {
        let Asked { key, request, held_until } = &self.asked;
        Statement::new(
            "insert into remembered_answer (key, request, held_until, expires_at)
             values ($1, $2, $3, $3)
             on conflict (key) do update set held_until = excluded.held_until
             where remembered_answer.answer is null and remembered_answer.held_until <= $4
                 and remembered_answer.request = excluded.request",
        )
        .bytes(key)
        .bytes(request)
        .number(held_until.0)
        .number(self.now.0)
    }
}

struct Remember {
    key: [u8; 32],
    answer: Vec<u8>,
    expires_at: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for Remember {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<(), StoreError> {
        let remember = Statement::new(
            "update remembered_answer set answer = $1, expires_at = $2 where key = $3",
        );
        let remember = remember.bytes(&self.answer).number(self.expires_at.0).bytes(&self.key);
        connection.execute(remember).await.map(drop)
    }
}

struct GiveUp {
    key: [u8; 32],
}

#[async_trait]
impl<C: Connection> Job<C> for GiveUp {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<(), StoreError> {
        let give_up =
            Statement::new("delete from remembered_answer where key = $1 and answer is null");
        connection.execute(give_up.bytes(&self.key)).await.map(drop)
    }
}
