//! Secrets on their way to where they are kept.

use std::fmt;

/// What travels with a fact into its transaction and is written beside the log, never into it. Read back from the log
/// it is nothing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Withheld(Option<String>);

impl Withheld {
    pub fn new(secret: String) -> Self {
        Self(Some(secret))
    }

    /// The secret, on its way out.
    pub fn expose(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl fmt::Debug for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "[withheld]" } else { "[none]" })
    }
}
