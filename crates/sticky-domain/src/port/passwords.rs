use async_trait::async_trait;
use thiserror::Error;

/// Hashes that are slow on purpose, off the threads that serve.
#[async_trait]
pub trait Passwords: Send + Sync {
    /// The hash of a password, with a salt of its own.
    async fn hash(&self, password: &str) -> Result<String, PasswordsBusy>;

    /// Whether `hash` is one of `password`. Without a hash it takes just as long, and it is not.
    async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, PasswordsBusy>;

    /// Whether `hash` was made as [`Passwords::hash`] makes them now.
    fn is_current(&self, hash: &str) -> bool;
}

/// More passwords are being looked at than there is room for: try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too many people are signing in at once")]
pub struct PasswordsBusy;
