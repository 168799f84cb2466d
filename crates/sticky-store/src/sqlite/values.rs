use std::fmt::Write as _;

/// Appends `(?, ?), …`: `rows` rows of `columns` parameters.
pub(crate) fn push_values(text: &mut String, rows: usize, columns: usize) {
    let row = format!("({})", vec!["?"; columns].join(","));
    let _ = write!(text, "values {}", vec![row; rows].join(","));
}
