use std::collections::{HashMap, VecDeque};

use sticky_domain::id::RootId;

use crate::known::{Judgement, Known};

/// The most ids that are remembered only because someone announced them in presence.
const MAX_ANNOUNCED: usize = 4_096;

/// Whose each Yjs client id is: the root that first wrote under it, or announced it.
#[derive(Debug, Default)]
pub(crate) struct Owners {
    /// Ids with blocks in the document.
    writers: HashMap<u64, RootId>,
    /// Ids seen in presence since the room was loaded, the oldest forgotten first.
    announced: HashMap<u64, RootId>,
    order: VecDeque<u64>,
}

impl Owners {
    /// The owners that a snapshot stored.
    pub(crate) fn from_stored(stored: Vec<(u64, RootId)>) -> Self {
        Self { writers: stored.into_iter().collect(), ..Self::default() }
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

    /// Makes the new clients of a recorded update the writer ids of `root`.
    pub(crate) fn claim_all(&mut self, known: &Known, update: &[u8], root: RootId) {
        if let Ok(Judgement::Fits(stretches)) = known.judge(update) {
            stretches.iter().for_each(|stretch| self.claim(stretch.client, root));
        }
    }

    /// Remembers who announced `client`; false when it is another's.
    pub(crate) fn announce(&mut self, client: u64, root: RootId) -> bool {
        if let Some(owner) = self.owner(client) {
            return owner == root;
        }
        if self.order.len() >= MAX_ANNOUNCED
            && let Some(oldest) = self.order.pop_front()
        {
            self.announced.remove(&oldest);
        }
        self.announced.insert(client, root);
        self.order.push_back(client);
        true
    }

    /// Forgets who wrote under ids that nothing is known of after all.
    pub(crate) fn keep_writers(&mut self, is_known: impl Fn(u64) -> bool) {
        self.writers.retain(|client, _| is_known(*client));
    }

    /// What a snapshot stores, sorted.
    pub(crate) fn to_stored(&self) -> Vec<(u64, RootId)> {
        let mut stored: Vec<_> =
            self.writers.iter().map(|(client, root)| (*client, *root)).collect();
        stored.sort_unstable();
        stored
    }
}
