use std::collections::HashMap;

use sticky_domain::id::RootId;

/// The most ids that are remembered only because someone announced them in presence.
const MAX_ANNOUNCED: usize = 4_096;

/// Whose each Yjs client id is: the root that first wrote under it, or announced it.
#[derive(Debug, Default)]
pub(crate) struct Owners {
    /// Ids with blocks in the document.
    writers: HashMap<u64, RootId>,
    /// Ids seen in presence since the room was loaded.
    announced: HashMap<u64, RootId>,
}

impl Owners {
    /// The owners that a snapshot stored.
    pub(crate) fn from_stored(stored: Vec<(u64, RootId)>) -> Self {
        Self { writers: stored.into_iter().collect(), announced: HashMap::new() }
    }

    /// Whether `root` may write under `client`.
    pub(crate) fn may_use(&self, client: u64, root: RootId) -> bool {
        self.owner(client).is_none_or(|owner| owner == root)
    }

    /// The root that `client` belongs to.
    pub(crate) fn owner(&self, client: u64) -> Option<RootId> {
        self.writers.get(&client).or_else(|| self.announced.get(&client)).copied()
    }

    /// Makes `client` the writer id of `root`, unless it has an owner.
    pub(crate) fn claim(&mut self, client: u64, root: RootId) {
        let owner = self.owner(client).unwrap_or(root);
        self.writers.entry(client).or_insert(owner);
    }

    /// Remembers who announced `client`; false when it is another's, or too many are remembered.
    pub(crate) fn announce(&mut self, client: u64, root: RootId) -> bool {
        if let Some(owner) = self.owner(client) {
            return owner == root;
        }
        let room = self.announced.len() < MAX_ANNOUNCED;
        if room {
            self.announced.insert(client, root);
        }
        room
    }

    /// What a snapshot stores, sorted.
    pub(crate) fn to_stored(&self) -> Vec<(u64, RootId)> {
        let mut stored: Vec<_> =
            self.writers.iter().map(|(client, root)| (*client, *root)).collect();
        stored.sort_unstable();
        stored
    }
}
