//! The process, put together: the only place where the store is named.

use std::ops::Deref;
use std::sync::Arc;

use sticky_domain::keyring::Keyring;
use sticky_domain::name::friendly;
use sticky_domain::port::{Answers, Clock, Ids, Sessions};
use sticky_domain::usecase::{
    Accounts, Audit, Browsers, Companies, ContentEdits, Documents, Finding, History, Identities,
    LinkGuests, Links, Listings, Logins, Ownerless, Permissions, Ports, Previews, Principals,
    Projector, Promotions, Refusal, Requests, Transfers, Why,
};
use sticky_relay::{Relay, RelayPorts, Settings, Vetter};
use sticky_store::Store;

use crate::auth::{AccessTokens, Throttle};
use crate::config::{Config, PublicUrl};
use crate::decisions::Decisions;
use crate::lifecycle::Lifecycle;
use crate::limit::Limits;
use crate::lists::CachedLists;
use crate::oauth::Providers;
use crate::page::Cards;
use crate::passwords::ArgonPasswords;
use crate::people::{LOCAL_USER, OPERATOR, PROJECT};

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct App(Arc<Parts>);

/// The parts of a process.
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Parts {
    pub documents: Documents,
    pub listings: Listings,
    pub finding: Finding,
    pub links: Links,
    pub link_guests: LinkGuests,
    pub permissions: Permissions,
    pub ownerless: Ownerless,
    pub companies: Companies,
    pub why: Why,
    pub requests: Requests,
    pub decisions: Decisions,
    pub browsers: Browsers,
    pub principals: Principals,
    pub accounts: Accounts,
    pub logins: Logins,
    pub identities: Identities,
    pub promotions: Promotions,
    pub contents: ContentEdits,
    pub history: History,
    pub projector: Projector,
    pub transfers: Transfers,
    pub audit: Audit,
    pub ports: Ports,
    pub sessions: Arc<dyn Sessions>,
    pub answers: Arc<dyn Answers>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub relay: Relay,
    pub(crate) previews: Previews,
    pub(crate) limits: Limits,
    pub(crate) cards: Cards,
    pub keys: Keyring,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) throttle: Throttle,
    pub(crate) providers: Providers,
    pub config: Config,
    pub public_url: PublicUrl,
    pub lifecycle: Lifecycle,
}

/// What a process is put together from.
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Foundation {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub keys: Keyring,
    pub config: Config,
    pub public_url: PublicUrl,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts a process together over an open, migrated store.
    pub fn new(foundation: Foundation) -> Self {
        let Foundation { store, clock, ids, keys, config, public_url } = foundation;
        let store = Arc::new(store);
        let settings = relay_settings(&config);
        let relay = Relay::start(
            RelayPorts {
                events: store.clone(),
                snapshots: store.clone(),
                access: store.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            settings,
        );
        let decisions = Decisions::start(store.clone(), store.clone(), clock.clone());
        let ports = Ports {
            events: store.clone(),
            read: store.clone(),
            lists: Arc::new(CachedLists::new(store.clone())),
            access: store.clone(),
            glance: Arc::new(decisions.clone()),
            directory: store.clone(),
            sessions: store.clone(),
            audit: store.clone(),
            accounts: store.clone(),
            passwords: Arc::new(ArgonPasswords::new()),
            reader: Arc::new(relay.clone()),
            writer: Arc::new(relay.clone()),
            clock: clock.clone(),
            ids: ids.clone(),
        };
        let vetter = Arc::new(Vetter { document_bytes: settings.document_bytes });
        let previews = Previews::new(ports.clone());
        let projector = Projector::new(ports.clone(), store.clone());
        Self(Arc::new(Parts {
            documents: Documents::new(ports.clone()),
            links: Links::new(ports.clone(), projector.clone()),
            link_guests: LinkGuests::new(ports.clone(), projector.clone()),
            permissions: Permissions::new(ports.clone()),
            ownerless: Ownerless::new(ports.clone()),
            companies: Companies::new(ports.clone()),
            why: Why::new(ports.clone()),
            requests: Requests::new(ports.clone()),
            decisions,
            browsers: Browsers::new(ports.clone()),
            principals: Principals::new(ports.clone()),
            accounts: Accounts::new(ports.clone()),
            logins: Logins::new(ports.clone()),
            identities: Identities::new(ports.clone()),
            promotions: Promotions::new(ports.clone()),
            contents: ContentEdits::new(ports.clone()),
            history: History::new(ports.clone()),
            listings: Listings::new(ports.clone(), projector.clone()),
            finding: Finding::new(ports.clone(), projector.clone(), store.clone()),
            projector,
            transfers: Transfers::new(ports.clone(), store.clone(), vetter),
            audit: Audit::new(ports.clone()),
            sessions: store.clone(),
            answers: store,
            limits: Limits::new(&config),
            ports,
            clock,
            ids,
            relay,
            previews,
            cards: Cards::new(),
            access_tokens: AccessTokens::new(&keys, &public_url),
            throttle: Throttle::new(),
            providers: Providers::new(&config, &public_url),
            keys,
            config,
            public_url,
            lifecycle: Lifecycle::default(),
        }))
    }

    /// Makes known who acts on a server without accounts.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn introduce(&self) -> Result<(), Refusal> {
        self.principals.ensure_service(PROJECT, OPERATOR, "Operator").await?;
        if self.config.local_dev {
            self.principals.ensure_service(PROJECT, LOCAL_USER, &friendly(LOCAL_USER)).await?;
        }
        Ok(())
    }
}

fn relay_settings(config: &Config) -> Settings {
    let defaults = Settings::default();
    Settings {
        snapshot_updates: config.snapshot_updates,
        snapshot_interval: config.snapshot_interval,
        unload_after: config.unload_after,
        reconnect_jitter: config.reconnect_jitter,
        rate: defaults.rate.filter(|_| config.rate_limit),
        ..Settings::default()
    }
}
