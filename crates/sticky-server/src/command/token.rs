use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use sticky_domain::access::Scope;
use sticky_domain::id::PrincipalId;
use sticky_domain::time::Timestamp;
use sticky_domain::usecase::NewToken;
use uuid::Uuid;

use super::output::tell;
use super::user::named;
use crate::app::App;
use crate::config::Config;
use crate::people::PROJECT;

#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Make an access token, shown this once.
    Mint(Mint),
}

#[derive(Debug, Args)]
pub(super) struct Mint {
    /// Whose token it is: tokens of one name act as one and the same service.
    #[arg(long, default_value = "Service", conflicts_with = "user")]
    name: String,
    /// The user whose token it is, instead of a service.
    #[arg(long, value_name = "USERNAME")]
    user: Option<String>,
    /// To tell it from other tokens.
    #[arg(long)]
    label: Option<String>,
    /// What it may be used for.
    #[arg(long, value_enum, default_value = "write")]
    scope: TokenScope,
    /// When it ends by itself, such as 2027-01-31T00:00:00Z.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What a token may be used for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum TokenScope {
    Read,
    Write,
    Admin,
}

impl From<TokenScope> for Scope {
    fn from(scope: TokenScope) -> Self {
        match scope {
            TokenScope::Read => Self::Read,
            TokenScope::Write => Self::Write,
            TokenScope::Admin => Self::Admin,
        }
    }
}

impl Token {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let Self::Mint(mint) = self;
        let app = super::beside(config).await?;
        let until = mint.until.as_deref().map(|text| {
            Timestamp::from_rfc3339(text).context("--until is a time such as 2027-01-31T00:00:00Z")
        });
        let (principal, name) = mint.principal(&app).await?;
        let label = mint.label.as_deref().unwrap_or(&name);
        let wanted =
            NewToken { label: Some(label), scope: mint.scope.into(), until: until.transpose()? };
        let issued = app.principals.issue_token(principal, wanted).await?;
        let answer = json!({
            "id": issued.id.0, "principal_id": issued.principal.0, "name": name, "token": issued.text,
        });
        tell(mint.json, &answer, &issued.text)
    }
}

impl Mint {
    async fn principal(&self, app: &App) -> anyhow::Result<(PrincipalId, String)> {
        if let Some(user) = &self.user {
            let row = named(app, user).await?;
            return Ok((row.id, row.name));
        }
        let seed = format!("service:{}", self.name);
        let principal = PrincipalId(Uuid::new_v5(&PROJECT.0, seed.as_bytes()));
        app.principals.ensure_service(PROJECT, principal, &self.name).await?;
        Ok((principal, self.name.clone()))
    }
}
