use super::{Document, MAX_LINKS, Rejection, unless};
use crate::access::Level;
use crate::event::Fact;
use crate::id::LinkId;
use crate::link::{Audience, LinkTerms, PreviewPolicy};
use crate::password::Password;
use crate::time::Timestamp;

/// What is to be different about a link; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkChange {
    pub level: Option<Level>,
    pub label: Option<Option<String>>,
    pub audience: Option<Audience>,
    pub expires_at: Option<Option<Timestamp>>,
    pub max_uses: Option<Option<u32>>,
    pub password: Option<Option<Password>>,
    pub preview: Option<PreviewPolicy>,
}

impl Document {
    pub(super) fn create_link(
        &self,
        link: LinkId,
        terms: LinkTerms,
    ) -> Result<Vec<Fact>, Rejection> {
        self.refuse_in_trash()?;
        if terms.level == Level::Owner {
            return Err(Rejection::LinkLevel);
        }
        if self.links.len() >= MAX_LINKS {
            return Err(Rejection::TooManyLinks);
        }
        Ok(vec![Fact::LinkCreated { link, terms }])
    }

    pub(super) fn change_link(
        &self,
        link: LinkId,
        change: LinkChange,
    ) -> Result<Vec<Fact>, Rejection> {
        self.refuse_in_trash()?;
        let state = self.links.get(&link).ok_or(Rejection::NotFound)?;
        if state.revoked {
            return Err(Rejection::LinkOff);
        }
        let replaces = state.terms.clone();
        let terms = change.applied_to(replaces.clone());
        if terms.level == Level::Owner {
            return Err(Rejection::LinkLevel);
        }
        Ok(unless(terms == replaces, Fact::LinkChanged { link, terms, replaces }))
    }

    pub(super) fn revoke_link(&self, link: LinkId) -> Result<Vec<Fact>, Rejection> {
        let state = self.links.get(&link).ok_or(Rejection::NotFound)?;
        Ok(unless(state.revoked, Fact::LinkRevoked { link }))
    }
}

impl LinkChange {
    fn applied_to(self, terms: LinkTerms) -> LinkTerms {
        LinkTerms {
            level: self.level.unwrap_or(terms.level),
            label: self.label.unwrap_or(terms.label),
            audience: self.audience.unwrap_or(terms.audience),
            expires_at: self.expires_at.unwrap_or(terms.expires_at),
            max_uses: self.max_uses.unwrap_or(terms.max_uses),
            password: self.password.unwrap_or(terms.password),
            preview: self.preview.unwrap_or(terms.preview),
        }
    }
}
