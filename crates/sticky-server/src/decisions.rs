//! What callers may read, remembered until the log says something that may change it.
//!
//! Only looking is decided from memory. Whoever changes something has their right looked up anew, and the fence has the
//! last word on it.

mod follower;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use moka::sync::Cache;
use sticky_domain::access::{Caller, Company, Right, Standing};
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::port::{Access, Clock, EventStore, StoreError};
use sticky_domain::stream::Lane;

use crate::metrics;

/// Documents about which something is remembered.
const DOCUMENTS: u64 = 20_000;
/// Callers remembered of one document.
const CALLERS: usize = 256;
/// A memory that has not been compared with the log for so long decides nothing.
const TRUST: Duration = Duration::from_secs(3);

/// Decides from memory, else asks.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Decisions(Arc<Memory>);

struct Memory {
    access: Arc<dyn Access>,
    events: Arc<dyn EventStore>,
    clock: Arc<dyn Clock>,
    /// By the whole caller: what they show, and the project that they chose.
    rights: Cache<DocumentId, Arc<Mutex<HashMap<Caller, Right>>>>,
    /// The position of the control lane up to which the memory has heard everything, and when that was last made sure.
    heard: AtomicU64,
    sure: Mutex<Option<Instant>>,
    /// Nothing is remembered while something is being forgotten.
    gate: Mutex<()>,
}

impl Decisions {
    /// Remembers nothing yet, and follows the control lane from now on. Call within a runtime.
    pub fn start(
        access: Arc<dyn Access>,
        events: Arc<dyn EventStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let memory = Arc::new(Memory {
            access,
            events,
            clock,
            rights: Cache::new(DOCUMENTS),
            heard: AtomicU64::new(0),
            sure: Mutex::new(None),
            gate: Mutex::new(()),
        });
        tokio::spawn(follower::follow(Arc::downgrade(&memory)));
        Self(memory)
    }

    /// The remembered right, if there is one that nothing heard of since can have changed.
    pub fn recall(&self, caller: &Caller, document: DocumentId) -> Option<Right> {
        if !self.0.is_sure() {
            return None;
        }
        let callers = self.0.rights.get(&document)?;
        let right = lock(&callers).get(caller).cloned()?;
        let now = || self.0.clock.now();
        right.until.is_none_or(|until| now() < until).then_some(right)
    }
}

#[async_trait]
impl Access for Decisions {
    async fn right(
        &self,
        caller: &Caller,
        document: DocumentId,
    ) -> Result<Option<Right>, StoreError> {
        if let Some(right) = self.recall(caller, document) {
            metrics::decided(true);
            return Ok(Some(right));
        }
        metrics::decided(false);
        let heard = self.0.heard.load(Ordering::Acquire);
        let right = self.0.access.right(caller, document).await?;
        if let Some(right) = &right {
            self.0.remember(heard, caller, document, right);
        }
        Ok(right)
    }

    async fn role(
        &self,
        caller: &Caller,
        company: Company,
    ) -> Result<Option<Standing>, StoreError> {
        self.0.access.role(caller, company).await
    }
}

impl Memory {
    /// Whether all that this process knows to be in the log has been heard, and the log was looked at just now.
    fn is_sure(&self) -> bool {
        let heard = self.heard.load(Ordering::Acquire);
        heard >= self.events.known(Lane::Control)
            && lock(&self.sure).is_some_and(|sure| sure.elapsed() < TRUST)
    }

    /// Remembers what was looked up when everything up to `heard` had been heard, unless more has been since.
    fn remember(&self, heard: u64, caller: &Caller, document: DocumentId, right: &Right) {
        let _gate = lock(&self.gate);
        let known = self.events.known(Lane::Control);
        let missed = heard < known || heard != self.heard.load(Ordering::Acquire);
        // Before the log was looked at for the first time nobody knows what was missed.
        if missed || lock(&self.sure).is_none() {
            return;
        }
        let callers = self.rights.get_with(document, Arc::default);
        let mut callers = lock(&callers);
        if callers.len() >= CALLERS {
            callers.clear();
        }
        callers.insert(caller.clone(), right.clone());
    }

    fn forget_document(&self, document: DocumentId) {
        self.rights.invalidate(&document);
    }

    fn forget_on(&self, document: DocumentId, principal: PrincipalId) {
        if let Some(callers) = self.rights.get(&document) {
            forget(&callers, principal);
        }
    }

    fn forget_principal(&self, principal: PrincipalId) {
        for (_, callers) in &self.rights {
            forget(&callers, principal);
        }
    }

    fn forget_everything(&self) {
        self.rights.invalidate_all();
    }
}

fn forget(callers: &Mutex<HashMap<Caller, Right>>, principal: PrincipalId) {
    lock(callers).retain(|caller, _| caller.principals().all(|own| own != principal));
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
