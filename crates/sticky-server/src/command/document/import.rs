use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::Args;
use serde_json::json;
use sticky_domain::id::PrincipalId;
use sticky_domain::usecase::{ImportError, Imported};
use uuid::Uuid;

use super::source::Source;
use crate::app::App;
use crate::command::output::tell;
use crate::command::progress::Progress;
use crate::people::OPERATOR;

#[derive(Debug, Args)]
pub(in crate::command) struct Import {
    /// A file that `sticky document export` wrote.
    file: PathBuf,
    /// The id of whoever shall own the note; without it, whoever runs commands does.
    #[arg(long, value_name = "ID")]
    owner: Option<Uuid>,
    /// Give the note and its links ids of their own, beside the note that was exported.
    #[arg(long)]
    as_new: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<()> {
        let imported = self.import(app).await.map_err(|error| explained(&error))?;
        // Its first reader finds a snapshot.
        let read = app.ports.reader.content(imported.document, None).await;
        read.context("the note is there, but cannot be read")?;
        app.relay.shutdown().await;
        let Imported { document, updates, facts, people } = imported;
        let answer = json!({
            "document_id": document.0, "updates": updates, "facts": facts, "new_people": people,
        });
        let text = format!("{document}\n{updates} updates and {facts} facts");
        tell(self.json, &answer, &text)
    }

    /// Reads the file twice: nothing of it is written before all of it has been found good.
    async fn import(&self, app: &App) -> Result<Imported, ImportError> {
        let size = std::fs::metadata(&self.file)?.len();
        let checking = Progress::new(size, "checking");
        let import = app.transfers.check(Source::open(&self.file, &checking)?)?;
        drop(checking);
        let writing = Progress::new(size, "importing");
        let owner = self.owner.map_or(OPERATOR, PrincipalId);
        let lines = Source::open(&self.file, &writing)?;
        app.transfers.import(import, lines, owner, self.as_new).await
    }
}

fn explained(error: &ImportError) -> anyhow::Error {
    let code = error.code();
    match error {
        ImportError::Exists => anyhow!("{error} ({code}); --as-new imports it as another"),
        _ => anyhow!("{error} ({code})"),
    }
}
