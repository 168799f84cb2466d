use std::collections::BTreeMap;

use clap::{Args, Subcommand};

use super::output::{say, tell};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Configuration {
    /// Print every setting as it counts, secrets withheld.
    Show(Show),
    /// Say whether a server could start with it.
    Check,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Configuration {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<()> {
        match self {
            // Reading it was the check.
            Self::Check => say("The configuration is good."),
            Self::Show(Show { json }) => show(config, json),
        }
    }
}

fn show(config: &Config, json: bool) -> anyhow::Result<()> {
    let settings = config.shown();
    let lines: Vec<String> =
        settings.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    let settings: BTreeMap<&str, String> = settings.into_iter().collect();
    tell(json, &settings, &lines.join("\n"))
}
