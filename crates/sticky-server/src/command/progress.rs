//! How far long work has come: a bar on a terminal, nothing elsewhere.

use std::borrow::Cow;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The bar of one piece of work. Goes away with it.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar on standard error, where it does not mix with what a script reads.
    pub(super) fn new(total: u64, what: impl Into<Cow<'static, str>>) -> Self {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}")
            .expect("the template is well-formed");
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        bar.set_style(style);
        bar.set_message(what);
        Self(bar)
    }

    /// `done` of the total are done.
    pub(super) fn at(&self, done: u64) {
        self.0.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
