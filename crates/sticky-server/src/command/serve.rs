use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use crate::config::Flags;
use crate::lifecycle::within;
use crate::storage::described;
use crate::system::RandomIds;
use crate::{archive, listen, log, metrics, retention, signing};

/// How long the last writes may take, once everyone has left.
const CLOSE: Duration = Duration::from_secs(3);

/// How to serve.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The address and port to listen on; 127.0.0.1:8080 if not given.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// For trying things on this computer: whoever reaches the server may do everything, without a credential.
    #[arg(long)]
    insecure_local_dev: bool,
    /// A certificate for TLS (PEM, with its chain); looked at every minute, so that it can be renewed.
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<String>,
    /// Its private key (PEM).
    #[arg(long, value_name = "FILE")]
    tls_key: Option<String>,
}

impl Serve {
    pub(super) async fn run(self, flags: Flags) -> anyhow::Result<()> {
        let Self { listen, insecure_local_dev, tls_cert, tls_key } = self;
        let flags = Flags { listen, insecure_local_dev, tls_cert, tls_key, ..flags };
        let config = super::read(&flags)?;
        log::start(&config, &config.log)
            .context("`log` is not a filter such as info or sticky_relay=debug")?;
        metrics::start().context("metrics cannot be kept")?;
        tracing::info!(database = %config.database, "notes are kept in {}", described(&config.database));
        let store = super::open(&config).await?;
        let _serving = store.lock_for_serving()?;
        let keys = signing::keyring(&config, &RandomIds)?;
        let listener = listen::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let public_url = config.public_url_or(address);
        if !config.rate_limit {
            tracing::warn!("nobody is slowed down, however much they ask for");
        }
        if config.local_dev {
            tracing::warn!("insecure local-dev: everyone on this computer may do everything");
        }
        let app = super::assemble(store.clone(), config, public_url, keys).await?;
        app.lifecycle.stop_at_signals()?;
        let beside = [archive::start(&store, &app.config, &app.lifecycle), retention::start(&app)];
        tracing::info!(%address, public_url = app.public_url.origin(), "serving");
        let served = crate::serve(app, listener).await;
        for work in beside.into_iter().flatten() {
            // It was told to stop, and may stop anywhere.
            let _ = work.await;
        }
        within(CLOSE, "what was being written", store.close()).await;
        Ok(served?)
    }
}
