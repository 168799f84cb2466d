use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use unicode_segmentation::UnicodeSegmentation;

use crate::guard::utf16_len;

/// How long to look for the smallest difference. After it a larger one will do: a text rewritten from
/// end to end has no small one, and the search for it is quadratic.
const PATIENCE: Duration = Duration::from_millis(100);

/// A piece of text to put in the place of another. Counts UTF-16 code units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change<'a> {
    pub(crate) at: u32,
    pub(crate) delete: u32,
    pub(crate) insert: &'a str,
}

/// What makes `new` of `old`, the last place first, so that no change moves the place of another.
/// What a reader takes for one character is kept or replaced as a whole.
pub(super) fn difference<'a>(old: &str, new: &'a str) -> Vec<Change<'a>> {
    let (old, new) = (Graphemes::new(old), Graphemes::new(new));
    let deadline = Some(Instant::now() + PATIENCE);
    let mut changes: Vec<_> =
        capture_diff_slices_deadline(Algorithm::Myers, &old.parts, &new.parts, deadline)
            .iter()
            .filter(|op| !matches!(op, DiffOp::Equal { .. }))
            .map(|op| change(op, &old, &new))
            .collect();
    changes.reverse();
    changes
}

fn change<'a>(op: &DiffOp, old: &Graphemes<'_>, new: &Graphemes<'a>) -> Change<'a> {
    let (gone, come) = (op.old_range(), op.new_range());
    let at = old.units(..gone.start);
    Change { at: at as u32, delete: (old.units(..gone.end) - at) as u32, insert: new.slice(come) }
}

struct Graphemes<'a> {
    text: &'a str,
    parts: Vec<&'a str>,
    /// Where each part begins, and where the last one ends: in bytes and in UTF-16 code units.
    begins: Vec<(usize, usize)>,
}

impl<'a> Graphemes<'a> {
    fn new(text: &'a str) -> Self {
        let parts: Vec<_> = text.graphemes(true).collect();
        let mut begins = vec![(0, 0)];
        begins.extend(parts.iter().scan((0, 0), |end, part| {
            *end = (end.0 + part.len(), end.1 + utf16_len(part));
            Some(*end)
        }));
        Self { text, parts, begins }
    }

    fn units(&self, parts: std::ops::RangeTo<usize>) -> usize {
        self.begins[parts.end].1
    }

    fn slice(&self, parts: std::ops::Range<usize>) -> &'a str {
        &self.text[self.begins[parts.start].0..self.begins[parts.end].0]
    }
}
