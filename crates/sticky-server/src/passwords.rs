//! Argon2id, off the threads that serve.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use sticky_domain::port::{Passwords, PasswordsBusy};
use tokio::sync::Semaphore;

/// Hashes that are made at a time. Each takes a core for tens of milliseconds, and 19 MiB.
const AT_A_TIME: usize = 2;
/// Hashes that may wait for their turn.
const WAITING: usize = 64;

/// Nobody's password, with the parameters of all: looked at when there is none, so that the time tells nothing.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c3RpY2t5IG5vYm9keSAxMQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The parameters are those that OWASP asks for at least (19 MiB, two passes); each hash carries its own.
#[derive(Debug, Clone)]
pub(crate) struct ArgonPasswords {
    room: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

impl ArgonPasswords {
    pub(crate) fn new() -> Self {
        Self {
            room: Arc::new(Semaphore::new(AT_A_TIME + WAITING)),
            turn: Arc::new(Semaphore::new(AT_A_TIME)),
        }
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordsBusy> {
        let _room = self.room.try_acquire().map_err(|_| PasswordsBusy)?;
        // Held by the work itself: whoever stops waiting does not make room for more.
        let turn = Arc::clone(&self.turn).acquire_owned().await;
        let turn = turn.expect("the semaphore is never closed");
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        Ok(done.await.expect("hashing does not panic, and the process is not over"))
    }
}

#[async_trait]
impl Passwords for ArgonPasswords {
    async fn hash(&self, password: &str) -> Result<String, PasswordsBusy> {
        let password = SecretString::from(password);
        self.work(move || {
            let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
            hash.expect("a bounded password has a hash").to_string()
        })
        .await
    }

    async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, PasswordsBusy> {
        let password = SecretString::from(password);
        let known = hash.is_some();
        let hash = SecretString::from(hash.unwrap_or(NOBODY));
        self.work(move || is_of(&hash, &password) && known).await
    }

    fn is_current(&self, hash: &str) -> bool {
        parameters(hash).is_some_and(|made| Some(made) == parameters(NOBODY))
    }
}

/// What a hash was made with.
fn parameters(hash: &str) -> Option<(String, Option<u32>, String)> {
    let hash = PasswordHash::new(hash).ok()?;
    Some((hash.algorithm.to_string(), hash.version, hash.params.to_string()))
}

fn is_of(hash: &SecretString, password: &SecretString) -> bool {
    let Ok(hash) = PasswordHash::new(hash.expose_secret()) else { return false };
    Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_alone() {
        let passwords = ArgonPasswords::new();
        let hash = passwords.hash("correct horse").await.unwrap();
        assert_ne!(passwords.hash("correct horse").await.unwrap(), hash, "each has its own salt");
        assert_eq!(passwords.verify("correct horse", Some(&hash)).await, Ok(true));
        assert_eq!(passwords.verify("correct mouse", Some(&hash)).await, Ok(false));
        assert_eq!(passwords.verify("correct horse", None).await, Ok(false));
        assert_eq!(passwords.verify("correct horse", Some("nonsense")).await, Ok(false));
    }

    #[tokio::test]
    async fn nobodys_hash_takes_as_long_as_any() {
        let made = ArgonPasswords::new().hash("any").await.unwrap();
        let parameters = |hash: &str| {
            let hash = PasswordHash::new(hash).unwrap();
            let salt = hash.salt.unwrap().as_ref().len();
            (hash.algorithm, hash.version, hash.params.to_string(), salt, hash.hash.unwrap().len())
        };
        assert_eq!(parameters(NOBODY), parameters(&made));
    }

    #[tokio::test]
    async fn only_a_hash_of_today_is_current() {
        let passwords = ArgonPasswords::new();
        assert!(passwords.is_current(&passwords.hash("any").await.unwrap()));
        let weaker = NOBODY.replace("m=19456", "m=12288");
        for old in [weaker.as_str(), &NOBODY.replace("v=19", "v=16"), "nonsense"] {
            assert!(!passwords.is_current(old), "{old}");
        }
    }

    #[tokio::test]
    async fn who_comes_when_too_many_wait_is_told_so() {
        let passwords = ArgonPasswords::new();
        let _all = passwords.room.acquire_many((AT_A_TIME + WAITING) as u32).await.unwrap();
        assert_eq!(passwords.verify("x", None).await, Err(PasswordsBusy));
    }
}
