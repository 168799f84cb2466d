use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use sticky_domain::hex;
use sticky_domain::id::DocumentId;
use uuid::Uuid;

use super::destination::Destination;
use crate::app::App;
use crate::command::output::tell;
use crate::command::progress::Progress;
use crate::people::OPERATOR;

#[derive(Debug, Args)]
pub(in crate::command) struct Export {
    /// The note's id.
    document: Uuid,
    /// The file to write, which must not be there yet; without it the export goes to standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print JSON about it.
    #[arg(long, requires = "out")]
    json: bool,
}

impl Export {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<()> {
        let document = DocumentId(self.document);
        let mut export = app.transfers.export(document).await?;
        let mut destination = Destination::open(self.out.as_deref())?;
        let progress = Progress::new(export.total(), "exporting");
        while let Some(lines) = export.lines().await? {
            destination.write_all(&lines)?;
            progress.at(export.taken());
        }
        let (line, ending) = export.finish();
        destination.write_all(&line)?;
        destination.finish()?;
        app.transfers.record_export(document, ending, OPERATOR).await?;
        let Some(out) = self.out else { return Ok(()) };
        let answer = json!({
            "document_id": document.0,
            "file": out,
            "updates": ending.updates,
            "facts": ending.facts,
            "lines_sha256": hex::encode(&ending.lines_sha256),
        });
        let (updates, facts) = (ending.updates, ending.facts);
        tell(self.json, &answer, &format!("{}: {updates} updates and {facts} facts", out.display()))
    }
}
