//! What an owner says about a link.

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use sticky_domain::access::Level;
use sticky_domain::document::LinkChange;
use sticky_domain::link::{Audience, LinkTerms, PreviewPolicy};
use sticky_domain::time::Timestamp;
use utoipa::ToSchema;

use super::ApiError;

/// What a link lets people do.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum LinkLevel {
    Viewer,
    Editor,
}

/// Whom a link lets in.
#[derive(Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum AudienceWord {
    /// Whoever holds the address.
    #[default]
    Anyone,
    /// Those whom the note is shared with otherwise, too. Others may ask.
    Shared,
}

/// What a link shows to whoever only looks at it.
#[derive(Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum PreviewWord {
    #[default]
    Full,
    Title,
    None,
}

/// A link to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLink {
    level: LinkLevel,
    /// For its owners, to tell it from others; at most 80 characters.
    #[schema(example = "For the team")]
    label: Option<String>,
    #[serde(default)]
    audience: AudienceWord,
    /// When it ends; RFC 3339.
    expires_at: Option<String>,
    /// How many people it lets in.
    #[schema(minimum = 1)]
    max_uses: Option<u32>,
    /// Asked of whoever comes in; at least 8 characters.
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<SecretString>,
    #[serde(default)]
    preview: PreviewWord,
}

/// What is to be different about a link. What is left out stays; `null` takes a label, a limit or the
/// password away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangedLink {
    level: Option<LinkLevel>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    label: Option<Option<String>>,
    audience: Option<AudienceWord>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    expires_at: Option<Option<String>>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<u32>)]
    max_uses: Option<Option<u32>>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<Option<SecretString>>,
    preview: Option<PreviewWord>,
}

/// A member that is there, though it may be `null`.
fn named<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

impl NewLink {
    /// The terms, and the password as it was said.
    pub(super) fn read(self) -> Result<(LinkTerms, Option<SecretString>), ApiError> {
        let terms = LinkTerms {
            level: self.level.into(),
            label: self.label,
            audience: self.audience.into(),
            expires_at: self.expires_at.as_deref().map(end).transpose()?,
            max_uses: self.max_uses,
            password: None,
            preview: self.preview.into(),
        };
        Ok((terms, self.password))
    }
}

impl ChangedLink {
    /// What is to be different, and the password as it was said.
    pub(super) fn read(self) -> Result<(LinkChange, Option<Option<SecretString>>), ApiError> {
        let expires_at = self.expires_at.map(|text| text.as_deref().map(end).transpose());
        let change = LinkChange {
            level: self.level.map(Level::from),
            label: self.label,
            audience: self.audience.map(Audience::from),
            expires_at: expires_at.transpose()?,
            max_uses: self.max_uses,
            password: None,
            preview: self.preview.map(PreviewPolicy::from),
        };
        Ok((change, self.password))
    }
}

fn end(text: &str) -> Result<Timestamp, ApiError> {
    Timestamp::from_rfc3339(text)
        .ok_or_else(|| ApiError::invalid("expires_at is a time of RFC 3339"))
}

impl From<LinkLevel> for Level {
    fn from(level: LinkLevel) -> Self {
        match level {
            LinkLevel::Viewer => Self::Viewer,
            LinkLevel::Editor => Self::Editor,
        }
    }
}

impl From<AudienceWord> for Audience {
    fn from(word: AudienceWord) -> Self {
        match word {
            AudienceWord::Anyone => Self::Anyone,
            AudienceWord::Shared => Self::Shared,
        }
    }
}

impl From<Audience> for AudienceWord {
    fn from(audience: Audience) -> Self {
        match audience {
            Audience::Anyone => Self::Anyone,
            Audience::Shared => Self::Shared,
        }
    }
}

impl From<PreviewWord> for PreviewPolicy {
    fn from(word: PreviewWord) -> Self {
        match word {
            PreviewWord::Full => Self::Full,
            PreviewWord::Title => Self::Title,
            PreviewWord::None => Self::None,
        }
    }
}

impl From<PreviewPolicy> for PreviewWord {
    fn from(policy: PreviewPolicy) -> Self {
        match policy {
            PreviewPolicy::Full => Self::Full,
            PreviewPolicy::Title => Self::Title,
            PreviewPolicy::None => Self::None,
        }
    }
}
