use std::any::Any;
use std::fmt;

/// A place in the log's next commit. While it is held that commit waits for it, though not for long.
#[derive(Default)]
pub struct Turn(Option<Box<dyn Any + Send + Sync>>);

impl Turn {
    /// From so many bytes on, a commit is worth its sync: nobody waits for a turn with more.
    pub const WORTH_A_COMMIT: usize = 1 << 10;

    /// A turn that lasts as long as `guard`. The default one holds up nothing.
    pub fn held_by(guard: impl Any + Send + Sync) -> Self {
        Self(Some(Box::new(guard)))
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Turn").field(&self.0.is_some()).finish()
    }
}
