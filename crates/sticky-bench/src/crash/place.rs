use std::process::{Command, Stdio};
use std::str::FromStr;
use std::time::Duration;

use sticky_testbed::Postgres;
use tokio::time::sleep;

use crate::cores::Placement;
use crate::error::BenchError;
use crate::splitmix::SplitMix;
use crate::target::{Program, Target};

/// How long Postgres is away at most, and how long people go on typing at most once it is back.
const MOMENT: Duration = Duration::from_secs(1);
/// A key to sign with, which a server on Postgres wants to be given.
const KEY: (&str, &str) = ("STICKY_LINK_KEYS", "1:MTIzNDU2NzgxMjM0NTY3ODEyMzQ1Njc4MTIzNDU2Nzg=");
/// What a crash finds half done, in a process of its own that is killed too.
const REBUILDS: [&[&str]; 2] =
    [&["projections", "rebuild", "notes"], &["projections", "rebuild", "links"]];
/// Walks every chain of what is archived and what is not.
const VERIFY: &[&str] = &["log", "verify"];
/// Snapshots, segments and their merging all the time: a crash finds the server in the middle of one.
const EAGER: [(&str, &str); 6] = [
    ("STICKY_SNAPSHOT_UPDATES", "5"),
    ("STICKY_ARCHIVE_BYTES", "500"),
    ("STICKY_ARCHIVE_AFTER", "100ms"),
    ("STICKY_ARCHIVE_INTERVAL", "50ms"),
    ("STICKY_ARCHIVE_HOT_EVENTS", "1"),
    ("STICKY_ARCHIVE_HOT_FOR", "1ms"),
];

/// What the server under test keeps its notes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl FromStr for Engine {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" => Ok(Self::Postgres),
            _ => Err(()),
        }
    }
}

/// A server with its database: both can be killed.
pub(super) struct Place {
    pub(super) target: Target,
    postgres: Option<Postgres>,
}

impl Place {
    pub(super) async fn new(program: Program, engine: Engine) -> Result<Self, BenchError> {
        let target = Target::new(program, Placement::ANYWHERE)?;
        let archive = target.directory().join("archive").display().to_string();
        let settings = EAGER.into_iter().chain([("STICKY_ARCHIVE", archive.as_str())]);
        let target =
            settings.fold(target, |target, (name, value)| target.with_variable(name, value));
        let mut place = match engine {
            Engine::Sqlite => Self { target, postgres: None },
            Engine::Postgres => {
                let postgres = Postgres::start(&[])?;
                let target = target.on(&postgres.create("notes")?).with_variable(KEY.0, KEY.1);
                Self { target, postgres: Some(postgres) }
            }
        };
        place.target.start().await?;
        Ok(place)
    }

    /// Kills what there is: Postgres every other time, if the notes are there, then always the server. All is back in the
    /// end.
    pub(super) async fn crash(&mut self, random: &mut SplitMix) -> Result<(), BenchError> {
        let mut rebuild = self.command(REBUILDS[random.below(2) as usize])?.spawn()?;
        sleep(moment(random)).await;
        if let Some(postgres) = self.postgres.as_mut().filter(|_| random.chance(50)) {
            postgres.kill()?;
            sleep(moment(random)).await;
            postgres.start_again()?;
            sleep(moment(random)).await;
        }
        self.target.kill()?;
        // It may have ended, well or badly, before.
        let _ = rebuild.kill();
        rebuild.wait()?;
        self.target.start().await
    }

    /// Whether all that was begun can be brought to an end, and whatever can be verified is right.
    pub(super) fn verify(&self) -> Result<(), BenchError> {
        REBUILDS.into_iter().chain([VERIFY]).try_for_each(|words| {
            let output =
                self.command(words)?.stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            eprintln!("{}", said.trim());
            output.status.success().then_some(()).ok_or_else(|| broken(words, &said))
        })
    }

    fn command(&self, words: &[&str]) -> Result<Command, BenchError> {
        let mut command = self.target.beside(words)?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(command)
    }
}

fn broken(words: &[&str], said: &str) -> BenchError {
    BenchError::Broken(format!("`sticky {}` fails after the crashes: {said}", words.join(" ")))
}

fn moment(random: &mut SplitMix) -> Duration {
    Duration::from_micros(random.below(MOMENT.as_micros() as u64))
}
