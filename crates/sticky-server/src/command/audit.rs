use anyhow::bail;
use clap::Args;
use serde_json::to_value;
use uuid::Uuid;

use super::output::{say, tell};
use crate::api::admin::audit::{AuditEvent, AuditFilter};
use crate::config::Config;

/// Which events to show, the newest first.
#[derive(Debug, Args)]
pub(super) struct Audit {
    /// Who acted.
    #[arg(long, value_name = "ID")]
    principal: Option<Uuid>,
    /// What happened to this note.
    #[arg(long, value_name = "ID")]
    document: Option<Uuid>,
    /// What came by this link, or happened to it.
    #[arg(long, value_name = "ID")]
    link: Option<Uuid>,
    /// At this time or later, such as 2026-11-20T07:15:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Before this time.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Before this place in the log.
    #[arg(long, value_name = "POSITION")]
    before: Option<u64>,
    /// At most so many, up to 1,000.
    #[arg(long, default_value_t = 100)]
    limit: u32,
    /// Print a line of JSON for each.
    #[arg(long)]
    json: bool,
}

impl Audit {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let filter = AuditFilter {
            principal: self.principal,
            document: self.document,
            link: self.link,
            since: self.since,
            until: self.until,
            cursor: self.before,
            page_size: Some(self.limit),
        };
        let question = match filter.question() {
            Ok(question) => question,
            Err(error) => bail!("{}", error.shown()),
        };
        let app = super::beside(config).await?;
        let page = app.audit.events(&question).await?;
        for event in page.entries.into_iter().map(AuditEvent::from) {
            tell(self.json, &to_value(&event)?, &line(&event))?;
        }
        match page.next {
            Some(next) if !self.json => say(&format!("… and more: --before {next}")),
            _ => Ok(()),
        }
    }
}

fn line(event: &AuditEvent) -> String {
    let AuditEvent { position, at, r#type, subject, principal, via, data, .. } = event;
    let who = principal.name.clone().unwrap_or_else(|| principal.id.to_string());
    let data = serde_json::Value::from(data.clone());
    format!("{position} {at} {who} ({via}) {} {} {}: {data}", r#type, subject.kind, subject.id)
}
