use std::any::Any;
use std::fmt;

/// When what is recorded is to be committed.
#[derive(Default)]
pub enum Turn {
    /// Soon, with what others record.
    #[default]
    Soon,
    /// At once: it is worth a commit of its own.
    Now,
    /// In the commit that waits for this turn, though not for long, while the guard is there.
    Held(Box<dyn Any + Send + Sync>),
}

impl Turn {
    /// So many bytes are worth a commit: nobody waits for a turn with more.
    pub const WORTH_A_COMMIT: usize = 1 << 10;
}

impl fmt::Debug for Turn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Soon => "Soon",
            Self::Now => "Now",
            Self::Held(_) => "Held",
        })
    }
}
