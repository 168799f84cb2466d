/// A value as every engine has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Null,
    Number(i64),
    Text(String),
    /// Identifiers, too.
    Bytes(Vec<u8>),
}

pub(crate) type Row = Vec<Cell>;

impl Cell {
    /// About how much room it takes.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Null | Self::Number(_) => 8,
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }
}
