use clap::Args;
use serde_json::json;
use sticky_domain::hex;
use sticky_store::{DatabaseUrl, MoveProgress, Moved, Moving, Step};

use super::output::{say, tell};
use super::progress::Progress;
use crate::config::Config;
use crate::signing::key_file_beside;
use crate::storage::described;

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Move everything from this database into the new one of --database-url. Interrupted, it goes on when run again.
    #[arg(long, value_name = "URL")]
    from: Option<DatabaseUrl>,
    /// Print JSON about the move.
    #[arg(long, requires = "from")]
    json: bool,
}

impl Migrate {
    /// Brings the database up to date, and fills it if it shall be.
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let Some(from) = self.from else {
            super::open(config).await?;
            return say("The database is up to date.");
        };
        let moved = Moving::between(&from, &config.database).await?.run(bars()).await?;
        report(self.json, &from, config, &moved)
    }
}

/// One bar after the other, a table at a time.
fn bars() -> impl FnMut(MoveProgress) + Send {
    let mut bar: Option<(Step, &str, Progress)> = None;
    move |MoveProgress { step, table, rows, total }| {
        let same = bar.as_ref().is_some_and(|(s, t, _)| (*s, *t) == (step, table));
        if !same {
            let what = if step == Step::Copy { "copying" } else { "comparing" };
            bar = Some((step, table, Progress::new(total, format!("{what} {table}"))));
        }
        if let Some((_, _, bar)) = &bar {
            bar.at(rows);
        }
    }
}

fn report(json: bool, from: &DatabaseUrl, config: &Config, moved: &[Moved]) -> anyhow::Result<()> {
    let rows: u64 = moved.iter().map(|table| table.rows).sum();
    let tables: Vec<_> = moved
        .iter()
        .map(|Moved { table, rows, sha256 }| {
            json!({ "table": table, "rows": rows, "sha256": hex::encode(sha256) })
        })
        .collect();
    let key = key_file_beside(from);
    let archived = moved.iter().any(|table| table.table == "segment" && table.rows > 0);
    let answer = json!({
        "from": from.to_string(), "to": config.database.to_string(), "rows": rows, "tables": tables,
        "link_keys_file": key, "archive_needed": archived,
    });
    let mut text = format!(
        "{rows} rows in {} tables are in {} now, and the same.",
        moved.len(),
        described(&config.database)
    );
    text.push_str(&match key {
        Some(key) => format!(
            "\nLinks keep working under the key that signed them: start servers with STICKY_LINK_KEYS_FILE={}",
            key.display()
        ),
        None => "\nLinks keep working under the keys that signed them: start servers with the same STICKY_LINK_KEYS".to_owned(),
    });
    if archived {
        text.push_str("\nOld history stays where its objects are: start servers with STICKY_ARCHIVE naming that place");
    }
    tell(json, &answer, &text)
}
