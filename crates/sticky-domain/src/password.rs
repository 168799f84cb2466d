//! Passwords as they are kept: hashed, and never shown.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A password's argon2id hash in its PHC form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}
