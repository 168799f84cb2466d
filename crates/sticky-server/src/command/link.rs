use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use sticky_domain::access::Level;
use sticky_domain::id::{DocumentId, LinkId};
use sticky_domain::link::LinkTerms;
use sticky_domain::share_link;
use uuid::Uuid;

use super::output::tell;
use crate::app::App;
use crate::config::Config;
use crate::people::{OPERATOR, trusted};

#[derive(Debug, Subcommand)]
pub(super) enum Link {
    /// Make a link to a note.
    Create(Create),
    /// Turn a link off for good.
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// The note's id.
    document: Uuid,
    /// What the link lets people do.
    #[arg(long, value_enum, default_value = "viewer")]
    level: LinkLevel,
    /// To tell it from other links.
    #[arg(long)]
    label: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// The link's id, or its address.
    link: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What a link lets people do.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum LinkLevel {
    Viewer,
    Editor,
}

impl From<LinkLevel> for Level {
    fn from(level: LinkLevel) -> Self {
        match level {
            LinkLevel::Viewer => Self::Viewer,
            LinkLevel::Editor => Self::Editor,
        }
    }
}

impl Link {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        match self {
            Self::Create(create) => create.run(&super::signing_beside(config).await?).await,
            Self::Revoke(revoke) => revoke.run(config).await,
        }
    }
}

impl Create {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let document = DocumentId(self.document);
        let (id, url) = make(app, document, self.level.into(), self.label.as_deref()).await?;
        let answer = json!({ "id": id.0, "document_id": self.document, "url": url });
        tell(self.json, &answer, &url)
    }
}

/// Makes a link as whoever runs the server; its id and address.
pub(super) async fn make(
    app: &App,
    document: DocumentId,
    level: Level,
    label: Option<&str>,
) -> anyhow::Result<(LinkId, String)> {
    let terms = LinkTerms { label: label.map(str::to_owned), ..LinkTerms::open(level) };
    let row = app.links.create(&trusted(OPERATOR), document, terms, None, None).await?;
    let path = format!("/s/{}", share_link::token(&app.keys, row.id));
    Ok((row.id, app.public_url.at(&path)))
}

impl Revoke {
    /// Only an address has to be verified.
    async fn run(self, config: Config) -> anyhow::Result<()> {
        let (app, link) = match self.link.parse() {
            Ok(link) => (super::beside(config).await?, Some(link)),
            Err(_) => {
                let app = super::signing_beside(config).await?;
                let link = share_link::verify(&app.keys, last_part(&self.link));
                (app, link)
            }
        };
        let link = link.context("this is neither a link's id nor its address")?;
        let row = app.ports.read.link(link).await?.context("there is no such link")?;
        app.links.revoke(&trusted(OPERATOR), row.document, link, None).await?;
        tell(self.json, &json!({ "id": link.0, "revoked": true }), "The link is turned off.")
    }
}

fn last_part(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or(address)
}
