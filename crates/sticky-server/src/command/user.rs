use std::io::BufRead as _;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sticky_domain::port::AccountRow;
use sticky_domain::usecase::{NewAccount, Operator};

use super::output::{say, tell};
use crate::app::App;
use crate::config::Config;
use crate::people::OPERATOR;

/// Whoever can run this command.
const RUNNING: Operator = Operator::trusted(OPERATOR);
/// Users that are read at once.
const PAGE: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Make a user.
    Create(Create),
    /// All users.
    List(List),
    /// Give a user another password and end all their logins.
    Password(Password),
    /// Let a user run the installation, or no longer.
    Admin(Admin),
    /// Delete a user. Their notes stay.
    Delete(Delete),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// What they sign in with.
    username: String,
    /// What others see; the username if not given.
    #[arg(long)]
    name: Option<String>,
    /// Let them run the installation.
    #[arg(long)]
    admin: bool,
    #[command(flatten)]
    secret: Secret,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Deleted ones, too.
    #[arg(long)]
    deleted: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Password {
    username: String,
    #[command(flatten)]
    secret: Secret,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Admin {
    username: String,
    /// They do from now on.
    #[arg(long, required_unless_present = "off", conflicts_with = "off")]
    on: bool,
    /// They do no longer. The last who does stays.
    #[arg(long)]
    off: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Delete {
    username: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Where the password comes from. Never an argument, which others on the computer can read.
#[derive(Debug, Args)]
struct Secret {
    /// Read the password from the first line of standard input, instead of making one and printing it this once.
    #[arg(long)]
    password_stdin: bool,
}

impl User {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let app = super::beside(config).await?;
        match self {
            Self::Create(create) => create.run(&app).await,
            Self::List(list) => list.run(&app).await,
            Self::Password(password) => password.run(&app).await,
            Self::Admin(admin) => admin.run(&app).await,
            Self::Delete(delete) => delete.run(&app).await,
        }
    }
}

impl Create {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let (password, made) = self.secret.get(app)?;
        let new = NewAccount {
            username: &self.username,
            name: self.name.as_deref(),
            password: Some(password.expose_secret()),
            admin: self.admin,
        };
        let row = app.accounts.register(new, None).await?;
        shown(self.json, &row, made.then_some(&password))
    }
}

impl List {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let rows: Vec<_> = all(app)
            .await?
            .into_iter()
            .filter(|row| self.deleted || row.deleted_at.is_none())
            .collect();
        if self.json {
            return tell(true, &rows.iter().map(described).collect::<Vec<_>>(), "");
        }
        rows.iter().try_for_each(|row| {
            let role = if row.admin { "\tadmin" } else { "" };
            let deleted = if row.deleted_at.is_some() { "\tdeleted" } else { "" };
            say(&format!("{}\t{}\t{}{role}{deleted}", row.id, row.username, row.name))
        })
    }
}

impl Password {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let row = named(app, &self.username).await?;
        let (password, made) = self.secret.get(app)?;
        app.accounts.set_password(row.id, password.expose_secret(), &RUNNING).await?;
        shown(self.json, &row, made.then_some(&password))
    }
}

impl Admin {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let row = named(app, &self.username).await?;
        let row = app.accounts.set_admin(row.id, self.on, &RUNNING).await?;
        let told = match row.admin {
            true => "They run the installation.",
            false => "They do not run the installation.",
        };
        tell(self.json, &described(&row), told)
    }
}

impl Delete {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let row = named(app, &self.username).await?;
        app.accounts.delete(row.id, &RUNNING).await?;
        tell(self.json, &json!({ "id": row.id.0, "deleted": true }), "The user is deleted.")
    }
}

impl Secret {
    /// The password, and whether it was made just now.
    fn get(&self, app: &App) -> anyhow::Result<(SecretString, bool)> {
        if !self.password_stdin {
            return Ok((URL_SAFE_NO_PAD.encode(&app.ids.secret()[..15]).into(), true));
        }
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("standard input cannot be read")?;
        Ok((line.trim_end_matches(['\r', '\n']).into(), false))
    }
}

pub(super) async fn named(app: &App, username: &str) -> anyhow::Result<AccountRow> {
    app.accounts.named(username).await?.with_context(|| format!("there is no user {username}"))
}

async fn all(app: &App) -> anyhow::Result<Vec<AccountRow>> {
    let mut rows: Vec<AccountRow> = Vec::new();
    loop {
        let after = rows.last().map(|row| row.username.clone()).unwrap_or_default();
        let page = app.accounts.page(&after, PAGE).await?;
        if page.is_empty() {
            return Ok(rows);
        }
        rows.extend(page);
    }
}

/// The user, and the password if it was made here.
fn shown(as_json: bool, row: &AccountRow, made: Option<&SecretString>) -> anyhow::Result<()> {
    let mut answer = described(row);
    let mut lines = vec![row.id.to_string()];
    if let Some(password) = made {
        answer["password"] = json!(password.expose_secret());
        lines.push(format!("password: {}", password.expose_secret()));
    }
    tell(as_json, &answer, &lines.join("\n"))
}

fn described(row: &AccountRow) -> Value {
    json!({
        "id": row.id.0, "username": row.username, "name": row.name, "admin": row.admin,
        "deleted": row.deleted_at.is_some(),
    })
}
