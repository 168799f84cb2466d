mod destination;
mod export;
mod import;
mod list;
mod source;

use clap::{Args, Subcommand};
use serde_json::json;

use super::link::{LinkLevel, make};
use super::output::tell;
use super::restore::Restore;
use crate::app::App;
use crate::config::Config;
use crate::people::{OPERATOR, trusted};

#[derive(Debug, Subcommand)]
pub(super) enum Document {
    /// Make a note.
    Create(Create),
    /// List the notes of a project.
    List(list::List),
    /// Write a note with its whole history to a file.
    Export(export::Export),
    /// Make a note, with its whole history, from such a file.
    Import(import::Import),
    /// Bring a note back from its archived history alone, as when the database was lost.
    Restore(Restore),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Its title; without one it follows the first line of the text.
    #[arg(long)]
    title: Option<String>,
    /// Make a link to it, too, and print the link's address.
    #[arg(long, value_enum, value_name = "LEVEL")]
    link: Option<LinkLevel>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Document {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        match self {
            Self::Create(create) => {
                let app = match create.link {
                    Some(_) => super::signing_beside(config).await?,
                    None => super::beside(config).await?,
                };
                create.run(&app).await
            }
            Self::List(list) => list.run(&super::beside(config).await?).await,
            Self::Export(export) => export.run(&super::beside(config).await?).await,
            Self::Import(import) => import.run(&super::beside(config).await?).await,
            Self::Restore(restore) => restore.run(config).await,
        }
    }
}

impl Create {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let Self { title, link, json } = self;
        let row = app.documents.create(&trusted(OPERATOR), title.as_deref(), None).await?;
        let url = match link {
            Some(level) => Some(make(app, row.id, level.into(), None).await?.1),
            None => None,
        };
        let lines: Vec<String> =
            [Some(row.id.to_string()), url.clone()].into_iter().flatten().collect();
        let answer = json!({ "id": row.id.0, "title": row.effective_title(), "url": url });
        tell(json, &answer, &lines.join("\n"))
    }
}
