use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;
use sticky_domain::access::{Caller, Claim};
use sticky_domain::id::{DocumentId, ProjectId};
use sticky_domain::port::Clock as _;
use sticky_store::archive::ArchiveError;

use super::output::tell;
use crate::config::Config;
use crate::people::OPERATOR;
use crate::system::SystemClock;

/// Which note, and where to look.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The note's id.
    #[arg(value_name = "NOTE")]
    document: DocumentId,
    /// The project that it was in; without it the whole archive is listed.
    #[arg(long)]
    project: Option<ProjectId>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let Self { document, project, json } = self;
        let store = super::open_beside(&config).await?;
        if store.head(document).await?.is_some_and(|head| head > 0) {
            bail!(
                "note {document} has a history in this database already; `sticky log verify` says whether it is whole"
            );
        }
        let now = SystemClock.now();
        let remains = store.remains(project, document, now).await?;
        let remains =
            remains.with_context(|| format!("nothing of note {document} is in the archive"))?;
        let public_url = config.public_url_or(config.listen);
        let app =
            super::assemble(store.clone(), config, public_url, super::keys_for_nothing()).await?;
        let operator = Caller::new(remains.project, vec![Claim::LocalDev(OPERATOR)]);
        app.documents.make_again(&operator, document, remains.title.as_deref()).await?;
        let last_seq = remains.last_seq;
        match store.adopt(document, remains, now).await {
            Err(ArchiveError::Changed) => {
                bail!("someone began to write in note {document} meanwhile")
            }
            other => other?,
        }
        let answer = json!({ "id": document.0, "changes": last_seq });
        tell(json, &answer, &format!("note {document} is back, as it was after change {last_seq}"))
    }
}
