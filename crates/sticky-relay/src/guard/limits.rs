/// Clocks end here: yrs keeps them in 32 bits and adds without looking. One client id may write 2^30
/// UTF-16 code units, 256 times the size of a document.
pub const MAX_CLOCK: u32 = 1 << 30;

/// How much of anything one message may carry. Sizes in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// One update.
    pub update: usize,
    /// One state vector.
    pub vector: usize,
    /// Client ids in one state vector.
    pub vector_ids: usize,
    /// One awareness message.
    pub awareness: usize,
    /// The JSON of one embed, the name or the JSON of one format.
    pub embed: usize,
    /// How deep the JSON of an embed, a format or an awareness state may nest (at most 64).
    pub json_depth: u32,
}

impl Limits {
    /// For bytes that we stored ourselves: the same rules, but a whole document may come at once, and
    /// merging may have spelled the JSON of an embed differently.
    pub const STORED: Self = Self {
        update: usize::MAX,
        vector: usize::MAX,
        vector_ids: usize::MAX,
        embed: usize::MAX,
        ..Self::DEFAULT
    };

    const DEFAULT: Self = Self {
        update: 1 << 20,
        vector: 256 << 10,
        vector_ids: 32_768,
        awareness: 4 << 10,
        embed: 4 << 10,
        json_depth: 32,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
