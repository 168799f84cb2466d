use super::Refusal;

/// Distinct roots in one document.
pub(crate) const MAX_ROOTS: usize = 16;
const MAX_NAME: usize = 64;

/// The distinct root names that an update has named so far.
#[derive(Default)]
pub(super) struct Roots<'a> {
    names: [&'a str; MAX_ROOTS],
    len: usize,
}

impl<'a> Roots<'a> {
    #[inline]
    pub(super) fn add(&mut self, name: &'a str) -> Result<(), Refusal> {
        if self.names[..self.len].contains(&name) {
            return Ok(());
        }
        if self.len == MAX_ROOTS || name.len() > MAX_NAME {
            return Err(Refusal::UnsupportedContent);
        }
        self.names[self.len] = name;
        self.len += 1;
        Ok(())
    }
}
