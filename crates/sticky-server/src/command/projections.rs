use std::sync::Mutex;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::json;
use sticky_domain::port::ProjectionStatus;
use sticky_domain::projection::Projection;
use sticky_domain::usecase::RebuildProgress;

use super::output::{say, tell};
use super::progress::Progress;
use crate::api::admin::projections::ProjectionAnswer;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Projections {
    /// How far each has followed the log, and what it could not take.
    Status(Status),
    /// Build one anew from the whole log, while the server goes on with the one there is.
    Rebuild(Rebuild),
}

#[derive(Debug, Args)]
pub(super) struct Status {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Rebuild {
    /// `notes` or `links`.
    name: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Projections {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        match self {
            Self::Status(status) => status.run(config).await,
            Self::Rebuild(rebuild) => rebuild.run(config).await,
        }
    }
}

impl Status {
    async fn run(self, config: Config) -> anyhow::Result<()> {
        let all = super::beside(config).await?.projector.status().await?;
        if self.json {
            let all: Vec<_> = all.into_iter().map(ProjectionAnswer::from).collect();
            return tell(true, &all, "");
        }
        all.iter().try_for_each(|status| say(&as_text(status)))
    }
}

fn as_text(status: &ProjectionStatus) -> String {
    let ProjectionStatus { projection, generation, control, content, stale_texts, .. } = status;
    let state = if status.live { "live" } else { "being built" };
    let mut text = format!(
        "{projection} ({state}, generation {generation}): {} facts and {} updates behind, \
         {stale_texts} texts to read, {} set aside",
        control.lag(),
        content.lag(),
        status.set_aside.len(),
    );
    for aside in &status.set_aside {
        text.push_str(&format!("\n  {}: {}", aside.place, aside.reason));
    }
    text
}

impl Rebuild {
    async fn run(self, config: Config) -> anyhow::Result<()> {
        let names: Vec<&str> = Projection::ALL.iter().map(|known| known.as_str()).collect();
        let projection = Projection::parse(&self.name).with_context(|| {
            format!("there is no `{}`; there are: {}", self.name, names.join(", "))
        })?;
        let app = super::beside(config).await?;
        let bar = Mutex::new(None);
        app.projector.rebuild(projection, &|progress| show(&bar, progress)).await?;
        drop(bar);
        let answer = json!({ "name": projection.as_str(), "rebuilt": true });
        tell(self.json, &answer, &format!("{projection} was rebuilt and has taken over."))
    }
}

/// One bar after the other.
fn show(bar: &Mutex<Option<(&'static str, Progress)>>, progress: RebuildProgress) {
    let (what, done, of) = match progress {
        RebuildProgress::Facts { done, of } => ("facts", done, of),
        RebuildProgress::Notes { done, of } => ("notes", done, of),
        RebuildProgress::CatchingUp => ("texts, and what is written meanwhile", 0, 1),
        RebuildProgress::Swapped => ("clearing away the one before", 0, 1),
    };
    let mut bar = bar.lock().expect("drawing does not panic");
    if bar.as_ref().is_none_or(|(shown, _)| *shown != what) {
        *bar = Some((what, Progress::new(of, what)));
    }
    bar.iter().for_each(|(_, bar)| bar.at(done));
}
