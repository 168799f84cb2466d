use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;
use sticky_store::Store;
use sticky_store::archive::{Finding, Walked};

use super::output::{say, tell};
use super::progress::Progress;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Log {
    /// Walk through everything that was ever recorded, and say what is not as it was written.
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Log {
    /// Fails when anything was found.
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        let Self::Verify(Verify { json }) = self;
        let store = super::open_beside(&config).await?;
        let (documents, walked, findings) = verify_all(&store).await?;
        let Walked { events, segments } = walked;
        if !json {
            findings.iter().try_for_each(|finding| say(&described(finding)))?;
        }
        let answer = json!({ "documents": documents, "events": events, "segments": segments, "findings": findings });
        let verdict = if findings.is_empty() { "all as written" } else { "NOT as written" };
        let line =
            format!("{documents} notes, {events} changes, {segments} archived segments: {verdict}");
        tell(json, &answer, &line)?;
        Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

async fn verify_all(store: &Store) -> anyhow::Result<(u64, Walked, Vec<Finding>)> {
    let progress = Progress::new(store.count_written().await?, "verifying notes");
    let (mut done, mut last) = (0, None);
    let (mut walked, mut findings) = (Walked::default(), Vec::new());
    loop {
        let documents = store.written_after(last).await?;
        for document in &documents {
            let (more, found) = store.verify(*document).await?;
            walked.events += more.events;
            walked.segments += more.segments;
            findings.extend(found);
            done += 1;
            progress.at(done);
        }
        match documents.last() {
            Some(document) => last = Some(*document),
            None => return Ok((done, walked, findings)),
        }
    }
}

fn described(finding: &Finding) -> String {
    let Finding { document, segment, first_seq, last_seq, problem, advice } = finding;
    let place = segment.as_deref().unwrap_or("the database");
    format!("note {document}, changes {first_seq} to {last_seq}, in {place}: {problem}. {advice}.")
}
