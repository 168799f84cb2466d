use async_trait::async_trait;
use sqlx::postgres::PgConnection;
use sticky_domain::port::{Answers, Asked, Begun, StoreError};
use sticky_domain::time::Timestamp;

use super::Postgres;
use crate::control::Job;
use crate::failure::store_error;
use crate::row::{self, forgotten_before};

#[async_trait]
impl Answers for Postgres {
    async fn begin(&self, asked: Asked) -> Result<Begun, StoreError> {
        self.control.submit(Begin { asked, now: self.clock.now() }).await
    }

    async fn remember(
        &self,
        key: [u8; 32],
        answer: Vec<u8>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.control.submit(Remember { key, answer, expires_at }).await
    }

    async fn give_up(&self, key: [u8; 32]) -> Result<(), StoreError> {
        self.control.submit(GiveUp { key }).await
    }
}

struct Begin {
    asked: Asked,
    now: Timestamp,
}

#[async_trait]
impl Job<PgConnection> for Begin {
    type Done = Begun;
    type Error = StoreError;

    async fn run(&self, connection: &mut PgConnection) -> Result<Begun, StoreError> {
        forget(connection, self.now).await?;
        if self.hold(connection).await? {
            return Ok(Begun::First);
        }
        let row = sqlx::query("select request, answer from remembered_answer where key = $1")
            .bind(self.asked.key.to_vec())
            .fetch_one(connection)
            .await
            .map_err(store_error)?;
        row::begun(&row, &self.asked.request)
    }
}

impl Begin {
    /// Takes the place, if it is free or its holder has let it lapse.
    async fn hold(&self, connection: &mut PgConnection) -> Result<bool, StoreError> {
        let Asked { key, request, held_until } = &self.asked;
        sqlx::query(
            "insert into remembered_answer (key, request, held_until, expires_at)
             values ($1, $2, $3, $4)
             on conflict (key) do update set held_until = excluded.held_until
             where remembered_answer.answer is null and remembered_answer.held_until <= $5
                 and remembered_answer.request = excluded.request",
        )
        .bind(key.to_vec())
        .bind(request.to_vec())
        .bind(held_until.0)
        .bind(held_until.0)
        .bind(self.now.0)
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(store_error)
    }
}

async fn forget(connection: &mut PgConnection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("delete from remembered_answer where expires_at < $1")
        .bind(forgotten_before(now))
        .execute(connection)
        .await
        .map(drop)
        .map_err(store_error)
}

struct Remember {
    key: [u8; 32],
    answer: Vec<u8>,
    expires_at: Timestamp,
}

#[async_trait]
impl Job<PgConnection> for Remember {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut PgConnection) -> Result<(), StoreError> {
        sqlx::query("update remembered_answer set answer = $1, expires_at = $2 where key = $3")
            .bind(self.answer.clone())
            .bind(self.expires_at.0)
            .bind(self.key.to_vec())
            .execute(connection)
            .await
            .map(drop)
            .map_err(store_error)
    }
}

struct GiveUp {
    key: [u8; 32],
}

#[async_trait]
impl Job<PgConnection> for GiveUp {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut PgConnection) -> Result<(), StoreError> {
        sqlx::query("delete from remembered_answer where key = $1 and answer is null")
            .bind(self.key.to_vec())
            .execute(connection)
            .await
            .map(drop)
            .map_err(store_error)
    }
}
