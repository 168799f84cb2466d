use crate::config::Config;

use super::output::say;

/// Brings the database up to date.
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    super::open(config).await?;
    say("The database is up to date.")
}
