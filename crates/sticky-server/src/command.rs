//! The command line.

mod audit;
mod check;
mod doctor;
mod document;
mod health;
mod link;
mod log;
mod migrate;
mod output;
mod progress;
mod projections;
mod restore;
mod serve;
mod stats;
mod token;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand};
use sticky_domain::keyring::Keyring;
use sticky_domain::port::Ids as _;
use sticky_store::{DatabaseUrl, Store};

use crate::api;
use crate::app::{App, Foundation};
use crate::archive;
use crate::config::{Config, Flags, PublicUrl};
use crate::signing;
use crate::system::{RandomIds, SystemClock};
use output::say;

/// Short notes that several people edit at once.
#[derive(Debug, Parser)]
#[command(name = "sticky", version, propagate_version = true)]
pub struct Command {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    place: Place,
}

/// Where the configuration and the notes are.
#[derive(Debug, Args)]
struct Place {
    /// A configuration file, instead of ./sticky.toml; may be repeated, later ones overrule.
    #[arg(long, global = true, value_name = "FILE")]
    config: Vec<PathBuf>,
    /// Where notes are kept: sqlite://PATH, memory:// or postgres://…
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Where people reach the server, such as https://notes.example.org
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Serve notes.
    Serve(serve::Serve),
    /// Bring the database up to date, or move another one into it, and end.
    Migrate(migrate::Migrate),
    /// Users.
    #[command(subcommand)]
    User(user::User),
    /// Access tokens for programs.
    #[command(subcommand)]
    Token(token::Token),
    /// Share links.
    #[command(subcommand)]
    Link(link::Link),
    /// Notes.
    #[command(subcommand)]
    Document(document::Document),
    /// The read models that follow the log.
    #[command(subcommand)]
    Projections(projections::Projections),
    /// The record of everything that happened.
    #[command(subcommand)]
    Log(log::Log),
    /// Who did what, and when: everything but text.
    Audit(audit::Audit),
    /// How much there is of everything.
    Stats(stats::Show),
    /// What the configuration comes to.
    #[command(subcommand)]
    Config(check::Configuration),
    /// Look for what would keep a server from working.
    Doctor(doctor::Doctor),
    /// Ask a running server on this computer whether it is well.
    Healthcheck(health::Healthcheck),
    /// Print the description of the REST API.
    Openapi,
}

impl Command {
    /// Does what was asked; the exit code says whether what was looked at is well.
    ///
    /// # Errors
    /// When it cannot be done.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let flags = self.place.flags();
        match self.action {
            Action::Serve(serve) => serve.run(flags).await.map(|()| ExitCode::SUCCESS),
            Action::Migrate(migrate) => {
                migrate.run(&read(&flags)?).await.map(|()| ExitCode::SUCCESS)
            }
            Action::User(user) => user.run(read(&flags)?).await.map(|()| ExitCode::SUCCESS),
            Action::Token(token) => token.run(read(&flags)?).await.map(|()| ExitCode::SUCCESS),
            Action::Link(link) => link.run(read(&flags)?).await.map(|()| ExitCode::SUCCESS),
            Action::Document(document) => {
                document.run(read(&flags)?).await.map(|()| ExitCode::SUCCESS)
            }
            Action::Projections(projections) => {
                projections.run(read(&flags)?).await.map(|()| ExitCode::SUCCESS)
            }
            Action::Log(log) => log.run(read(&flags)?).await,
            Action::Audit(audit) => audit.run(read(&flags)?).await.map(|()| ExitCode::SUCCESS),
            Action::Stats(show) => show.run(read(&flags)?).await.map(|()| ExitCode::SUCCESS),
            Action::Config(check) => check.run(&read(&flags)?).map(|()| ExitCode::SUCCESS),
            Action::Doctor(doctor) => doctor.run(&flags).await,
            Action::Healthcheck(check) => check.run(flags).await,
            Action::Openapi => say(&api::openapi().to_pretty_json()?).map(|()| ExitCode::SUCCESS),
        }
    }
}

impl Place {
    fn flags(&self) -> Flags {
        Flags {
            files: self.config.clone(),
            database_url: self.database_url.clone(),
            public_url: self.public_url.clone(),
            ..Flags::default()
        }
    }
}

fn read(flags: &Flags) -> anyhow::Result<Config> {
    Ok(Config::read(flags, std::env::vars())?)
}

/// The store, made or brought up to date if need be.
async fn open(config: &Config) -> anyhow::Result<Store> {
    // What it waits for; a server has begun to log already.
    crate::log::start(config, "warn").expect("a level is a filter");
    archive::with_archive(Store::open(&config.database, Arc::new(SystemClock)).await?, config)
}

/// The process, put together over `store`.
async fn assemble(
    store: Store,
    config: Config,
    public_url: PublicUrl,
    keys: Keyring,
) -> anyhow::Result<App> {
    let (ids, clock) = (Arc::new(RandomIds), Arc::new(SystemClock));
    let app = App::new(Foundation { store, clock, ids, keys, config, public_url });
    app.introduce().await.context("the database cannot be written")?;
    Ok(app)
}

/// What a command beside the server works with that neither makes nor reads a link.
async fn beside(config: Config) -> anyhow::Result<App> {
    beside_with(config, keys_for_nothing()).await
}

/// Likewise, with the keys that sign links. Without them it refuses before anything is done.
async fn signing_beside(config: Config) -> anyhow::Result<App> {
    let keys = signing::keyring(&config, &RandomIds)?;
    beside_with(config, keys).await
}

async fn beside_with(config: Config, keys: Keyring) -> anyhow::Result<App> {
    let store = open_beside(&config).await?;
    let public_url = config.public_url_or(config.listen);
    assemble(store, config, public_url, keys).await
}

/// Nothing that they sign leaves the process.
fn keys_for_nothing() -> Keyring {
    Keyring::single(RandomIds.secret())
}

/// The store of a command beside the server.
async fn open_beside(config: &Config) -> anyhow::Result<Store> {
    if config.database == DatabaseUrl::Memory {
        bail!("notes in memory:// are inside the server's own process; no command reaches them");
    }
    open(config).await
}
