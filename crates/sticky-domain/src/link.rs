//! What a share link lets people do, and until when.

use serde::{Deserialize, Serialize};

use crate::access::Level;
use crate::password::Password;
use crate::time::Timestamp;

/// Whom a link lets in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Whoever holds the address.
    #[default]
    Anyone,
    /// Those whom the note is shared with otherwise, too. Others may ask its owners.
    Shared,
}

/// What a link shows to whoever only looks at it, such as a chat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PreviewPolicy {
    #[default]
    Full,
    Title,
    None,
}

macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),* }) => {
        impl $name {
            /// The word used in every protocol.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The one with this name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words!(Audience { Anyone = "anyone", Shared = "shared" });
words!(PreviewPolicy { Full = "full", Title = "title", None = "none" });

/// All that an owner can set, and change while the link is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkTerms {
    pub level: Level,
    /// For its owners, to tell it from others.
    pub label: Option<String>,
    #[serde(default)]
    pub audience: Audience,
    /// From then on it lets nobody in, and nobody stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// How many people it lets in; those who are in stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_uses: Option<u32>,
    /// Asked of whoever comes in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Password>,
    #[serde(default)]
    pub preview: PreviewPolicy,
}

impl LinkTerms {
    /// A link for anyone, without any limit.
    pub const fn open(level: Level) -> Self {
        Self {
            level,
            label: None,
            audience: Audience::Anyone,
            expires_at: None,
            max_uses: None,
            password: None,
            preview: PreviewPolicy::Full,
        }
    }

    /// Whether someone who is in under `before` may do less, or not as long, under these.
    pub fn lessen(&self, before: &Self) -> bool {
        let sooner = match (self.expires_at, before.expires_at) {
            (Some(end), Some(earlier)) => end < earlier,
            (Some(_), None) => true,
            (None, _) => false,
        };
        let narrower = self.audience == Audience::Shared && before.audience == Audience::Anyone;
        self.level < before.level || sooner || narrower
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_takes_something_away_lessens() {
        let before =
            LinkTerms { expires_at: Some(Timestamp(10)), ..LinkTerms::open(Level::Editor) };
        let table = [
            (before.clone(), false),
            (LinkTerms { level: Level::Viewer, ..before.clone() }, true),
            (LinkTerms { audience: Audience::Shared, ..before.clone() }, true),
            (LinkTerms { expires_at: Some(Timestamp(9)), ..before.clone() }, true),
            (LinkTerms { expires_at: Some(Timestamp(11)), ..before.clone() }, false),
            (LinkTerms { expires_at: None, ..before.clone() }, false),
            (LinkTerms { max_uses: Some(1), label: Some("a".to_owned()), ..before.clone() }, false),
        ];
        for (after, expected) in table {
            assert_eq!(after.lessen(&before), expected, "{after:?}");
        }
        assert!(before.lessen(&LinkTerms::open(Level::Editor)), "it had no end");
    }

    #[test]
    fn links_of_before_there_were_terms_are_open_ones() {
        let stored = r#"{"level":"viewer","label":null}"#;
        let terms: LinkTerms = serde_json::from_str(stored).unwrap();
        assert_eq!(terms, LinkTerms::open(Level::Viewer));
    }

    #[test]
    fn the_log_says_that_there_is_a_password_and_no_more() {
        let password = Some(Password::hashed("$argon2id$".to_owned()));
        let terms = LinkTerms { password, ..LinkTerms::open(Level::Viewer) };
        let stored = serde_json::to_string(&terms).unwrap();
        assert!(!stored.contains("argon2") && !format!("{terms:?}").contains("argon2"));
        let read: LinkTerms = serde_json::from_str(&stored).unwrap();
        assert_eq!(read.password, Some(Password::default()));
    }
}
