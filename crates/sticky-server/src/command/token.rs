use clap::{Args, Subcommand};
use serde_json::json;
use sticky_domain::id::PrincipalId;
use uuid::Uuid;

use super::output::tell;
use crate::config::Config;
use crate::people::PROJECT;

#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Make an access token, shown this once.
    Mint(Mint),
}

#[derive(Debug, Args)]
pub(super) struct Mint {
    /// Whose token it is: tokens of one name act as one and the same.
    #[arg(long, default_value = "Service")]
    name: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Token {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let Self::Mint(Mint { name, json }) = self;
        let app = super::beside(config).await?;
        let principal = PrincipalId(Uuid::new_v5(&PROJECT.0, format!("service:{name}").as_bytes()));
        app.principals.ensure_service(PROJECT, principal, &name).await?;
        let issued = app.principals.issue_token(principal, Some(name.clone())).await?;
        let answer = json!({
            "id": issued.id.0, "principal_id": issued.principal.0, "name": name, "token": issued.text,
        });
        tell(json, &answer, &issued.text)
    }
}
