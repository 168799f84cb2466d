use async_trait::async_trait;
use bytes::Bytes;
use thiserror::Error;

use crate::time::Timestamp;

/// Objects, each written once under a key of its own: a directory, or a bucket.
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// Writes an object that was not there; returns once it would survive a power cut. [`BlobError::Exists`] when the
    /// key is taken. A failed write may have happened.
    async fn put_new(&self, key: &str, bytes: Bytes) -> Result<(), BlobError>;

    /// The object, if it is there.
    async fn get(&self, key: &str) -> Result<Option<Bytes>, BlobError>;

    /// Takes the object away. One that is not there is no failure.
    async fn delete(&self, key: &str) -> Result<(), BlobError>;

    /// Everything whose key begins with the path `prefix`, in no order.
    async fn list(&self, prefix: &str) -> Result<Vec<Blob>, BlobError>;
}

/// An object, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    pub key: String,
    pub bytes: u64,
    /// By the clock of whoever keeps it.
    pub written_at: Timestamp,
}

/// Why an object was not written or read. No message holds a credential.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BlobError {
    #[error("there is an object named {0} already")]
    Exists(String),
    #[error("the disk of the archive is full")]
    Full,
    /// Try again: a write may have happened.
    #[error("the archive cannot be reached: {0}")]
    Unavailable(String),
}
