//! Passwords as they are kept: hashed, never shown, and beside the log rather than in it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::secret::Withheld;

/// A password that is asked for. In the log it is no more than that there is one: its hash goes into the transaction of
/// the fact that sets it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Password(Withheld);

impl Password {
    /// The one with this argon2id hash in its PHC form.
    pub fn hashed(hash: String) -> Self {
        Self(Withheld::new(hash))
    }

    /// Its hash; `None` as the log tells it.
    pub fn hash(&self) -> Option<&str> {
        self.0.expose()
    }
}

impl Serialize for Password {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(true)
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        bool::deserialize(deserializer).map(|_| Self::default())
    }
}
