use std::sync::Mutex;

use sticky_domain::port::Ids;
use uuid::Uuid;

use crate::splitmix::SplitMix;

/// Ids and secrets that are the same for the same seed.
pub(crate) struct Made(Mutex<SplitMix>);

impl Made {
    pub(crate) fn new(random: SplitMix) -> Self {
        Self(Mutex::new(random))
    }

    fn next(&self) -> u64 {
        self.0.lock().expect("counting does not panic").number()
    }
}

impl Ids for Made {
    fn id(&self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        secret.chunks_mut(8).for_each(|part| part.copy_from_slice(&self.next().to_be_bytes()));
        secret
    }
}
