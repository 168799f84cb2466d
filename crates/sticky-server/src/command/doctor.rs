use std::fs;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use sticky_domain::port::Clock as _;
use sticky_domain::port::EventStore as _;
use sticky_domain::stream::Lane;
use sticky_domain::time::Timestamp;
use sticky_store::{DatabaseUrl, Store};

use super::output::say;
use crate::config::{Config, Flags};
use crate::page;
use crate::signing;
use crate::storage;
use crate::system::{RandomIds, SystemClock};

/// No notes were written before Sticky was.
const BEGINNING: Timestamp = Timestamp(1_735_689_600_000);

/// How to report.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What was looked at, and what to do about it if it is not well.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    ok: bool,
    detail: String,
}

type Checked = Result<String, String>;

impl Doctor {
    pub(super) async fn run(self, flags: &Flags) -> anyhow::Result<ExitCode> {
        let findings = examine(flags).await;
        if self.json {
            say(&serde_json::to_string(&findings)?)?;
        } else {
            for Finding { check, ok, detail } in &findings {
                say(&format!("{} {check}: {detail}", if *ok { "ok  " } else { "FAIL" }))?;
            }
        }
        let well = findings.iter().all(|finding| finding.ok);
        Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

async fn examine(flags: &Flags) -> Vec<Finding> {
    let config = match super::read(flags) {
        Ok(config) => config,
        Err(error) => return vec![finding("configuration", Err(error.to_string()))],
    };
    vec![
        finding("configuration", Ok("every setting is known and usable".to_owned())),
        finding("database", database(&config).await),
        finding("directory", directory(&config)),
        finding("signing key", key(&config)),
        finding("public url", public_url(&config)),
        finding("clock", clock()),
        finding("web app", web()),
    ]
}

fn finding(check: &'static str, result: Checked) -> Finding {
    match result {
        Ok(detail) => Finding { check, ok: true, detail },
        Err(detail) => Finding { check, ok: false, detail },
    }
}

async fn database(config: &Config) -> Checked {
    let place = storage::described(&config.database);
    if let DatabaseUrl::Sqlite(path) = &config.database
        && !path.exists()
    {
        return Ok(format!("{place} does not exist yet; `sticky serve` makes it"));
    }
    let opened = Store::open(&config.database, Arc::new(SystemClock)).await;
    let store = opened.map_err(|error| error.to_string())?;
    let position = store.position(Lane::Control).await.map_err(|error| error.to_string());
    position.map(|position| format!("{place}, {position} events about notes and people"))
}

fn directory(config: &Config) -> Checked {
    let Some(directory) = storage::directory(&config.database) else {
        return Ok("none is needed".to_owned());
    };
    let probe = directory.join(format!(".sticky-doctor-{}", std::process::id()));
    let written = fs::write(&probe, b"probe").and_then(|()| fs::remove_file(&probe));
    written.map(|()| format!("{} can be written", directory.display())).map_err(|error| {
        format!(
            "{} cannot be written ({error}): make it, or let this user write it",
            directory.display()
        )
    })
}

fn key(config: &Config) -> Checked {
    if config.link_keys.is_none() {
        match signing::key_file(config) {
            None if storage::directory(&config.database).is_some() => {
                return Ok("`sticky serve` makes one beside the database".to_owned());
            }
            Some((path, true)) => {
                return Err(format!("others may read {0}: chmod 600 {0}", path.display()));
            }
            _ => {}
        }
    }
    signing::keyring(config, &RandomIds)
        .map(|_| "links are signed with it".to_owned())
        .map_err(|error| error.to_string())
}

fn public_url(config: &Config) -> Checked {
    let url = config.public_url_or(config.listen);
    if url.is_loopback() {
        return Ok(format!(
            "{}; links work on this computer only: set --public-url to share them",
            url.origin()
        ));
    }
    if url.is_https() {
        return Ok(url.origin().to_owned());
    }
    Err(format!(
        "{} is not https: anyone on the way can read links and notes; put TLS in front",
        url.origin()
    ))
}

fn clock() -> Checked {
    let now = SystemClock.now();
    if now < BEGINNING {
        return Err(format!("it is {} here, which cannot be: set the clock", now.to_rfc3339()));
    }
    Ok(now.to_rfc3339())
}

/// Built apart from the server, so that `cargo build` needs no Node.
fn web() -> Checked {
    if !page::is_built() {
        return Err("it was not built before this program: run `cargo xtask dev`".to_owned());
    }
    Ok("there".to_owned())
}
