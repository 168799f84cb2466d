use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use sticky_domain::port::{Answers, Asked, Begun, StoreError};
use sticky_domain::time::Timestamp;

use super::Sqlite;
use crate::control::Job;
use crate::failure::store_error;
use crate::row::{self, forgotten_before};

#[async_trait]
impl Answers for Sqlite {
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
impl Job<SqliteConnection> for Begin {
    type Done = Begun;
    type Error = StoreError;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<Begun, StoreError> {
        forget(connection, self.now).await?;
        if self.hold(connection).await? {
            return Ok(Begun::First);
        }
        let row = sqlx::query("select request, answer from remembered_answer where key = ?")
            .bind(self.asked.key.to_vec())
            .fetch_one(connection)
            .await
            .map_err(store_error)?;
        row::begun(&row, &self.asked.request)
    }
}

impl Begin {
    /// Takes the place, if it is free or its holder has let it lapse.
    async fn hold(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let Asked { key, request, held_until } = &self.asked;
        sqlx::query(
            "insert into remembered_answer (key, request, held_until, expires_at)
             values (?, ?, ?, ?)
             on conflict (key) do update set held_until = excluded.held_until
             where remembered_answer.answer is null and remembered_answer.held_until <= ?
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

async fn forget(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("delete from remembered_answer where expires_at < ?")
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
impl Job<SqliteConnection> for Remember {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query("update remembered_answer set answer = ?, expires_at = ? where key = ?")
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
impl Job<SqliteConnection> for GiveUp {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query("delete from remembered_answer where key = ? and answer is null")
            .bind(self.key.to_vec())
            .execute(connection)
            .await
            .map(drop)
            .map_err(store_error)
    }
}
