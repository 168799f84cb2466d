use clap::Args;
use serde_json::{Value, to_value};

use super::output::tell;
use crate::api::admin::stats::Stats;
use crate::config::Config;

/// How to report.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let app = super::beside(config).await?;
        let stats = to_value(Stats::from(app.audit.totals().await?))?;
        tell(self.json, &stats, &lines(&stats))
    }
}

/// One for each that is known beside a server.
fn lines(stats: &Value) -> String {
    let members = stats.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let lines = members.map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{}: {value}", name.replace('_', " "))
    });
    lines.collect::<Vec<_>>().join("\n")
}
