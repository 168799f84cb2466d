use uuid::Uuid;

/// New identifiers and secrets.
pub trait Ids: Send + Sync {
    /// A fresh identifier: unique, not secret.
    fn id(&self) -> Uuid;

    /// 32 bytes that nobody can guess.
    fn secret(&self) -> [u8; 32];
}
