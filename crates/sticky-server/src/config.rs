//! What the process is told: defaults < `sticky.toml` < environment < flags.
//!
//! Read by hand over one table of keys, because what matters here is in no crate: an unknown key in the file *or* the
//! environment refuses to start and names its neighbour, every refusal says where the setting came from, and secrets
//! have a `…_FILE` form.

mod error;
mod key;
mod layer;
mod public_url;
mod value;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use sticky_store::DatabaseUrl;

pub use error::ConfigError;
pub use layer::Origin;
pub use public_url::PublicUrl;

pub(crate) use key::KEYS;
use layer::{Layers, Written};

/// The configuration of a process, checked.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    /// `None`: wherever it comes to listen.
    pub public_url: Option<PublicUrl>,
    pub database: DatabaseUrl,
    pub link_keys: Option<SecretString>,
    pub local_dev: bool,
    pub anonymous_notes: bool,
    /// The sites whose pages may show a note in a frame.
    pub embed_origins: Vec<String>,
    /// Which events are logged, in the form of `RUST_LOG`.
    pub log: String,
    pub log_format: LogFormat,
    pub snapshot_updates: u64,
    pub snapshot_interval: Duration,
    pub unload_after: Duration,
    /// Whether a session that sends too much is slowed down.
    pub rate_limit: bool,
    /// Over what time clients are asked to spread their reconnects.
    pub reconnect_jitter: Duration,
    pub ping_interval: Duration,
    /// After how long without a sign of life a socket is closed.
    pub idle_timeout: Duration,
    /// How long a stop may take.
    pub shutdown_grace: Duration,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    Json,
    Text,
}

/// What the command line says, flag by flag.
#[derive(Debug, Default, Clone)]
pub struct Flags {
    /// Files to read, the last overruling the ones before it; `sticky.toml` here, if it exists, when none is named.
    pub files: Vec<PathBuf>,
    pub listen: Option<String>,
    pub database_url: Option<String>,
    pub public_url: Option<String>,
    pub insecure_local_dev: bool,
}

const DEFAULT_FILE: &str = "sticky.toml";
const DEFAULT_DATABASE: &str = "./sticky.db";
const DEFAULT_PORT: u16 = 8080;

impl Config {
    /// Reads all sources.
    ///
    /// # Errors
    /// [`ConfigError`], which names the source and the setting.
    pub fn read(
        flags: &Flags,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let environment: Vec<_> = environment.into_iter().collect();
        let mut layers = Layers::default();
        for file in files(flags, &environment) {
            layers.file(&file)?;
        }
        let port = variable(&environment, "PORT").map(str::to_owned);
        layers.environment(environment)?;
        layers.flag("listen", "listen", flags.listen.clone());
        layers.flag("database_url", "database-url", flags.database_url.clone());
        layers.flag("public_url", "public-url", flags.public_url.clone());
        let local_dev = flags.insecure_local_dev.then(|| "true".to_owned());
        layers.flag("insecure_local_dev", "insecure-local-dev", local_dev);
        Self::of(&layers, port.as_deref())
    }

    fn of(layers: &Layers, port: Option<&str>) -> Result<Self, ConfigError> {
        let seconds = |number| Duration::from_secs(number);
        let local_dev = read(layers, "insecure_local_dev", value::truth)?.unwrap_or(false);
        let listen = match read(layers, "listen", value::address)? {
            Some(listen) => listen,
            None => default_listen(port, local_dev)?,
        };
        if local_dev && !listen.ip().is_loopback() {
            return Err(ConfigError::LocalDevBeyondLoopback(listen));
        }
        let public_url = read(layers, "public_url", PublicUrl::parse)?;
        let private =
            listen.ip().is_loopback() && public_url.as_ref().is_none_or(PublicUrl::is_loopback);
        Ok(Self {
            listen,
            public_url,
            database: match read(layers, "database_url", database)? {
                Some(database) => database,
                None => DatabaseUrl::Sqlite(PathBuf::from(DEFAULT_DATABASE)),
            },
            link_keys: text(layers, "link_keys").map(SecretString::from),
            local_dev,
            anonymous_notes: read(layers, "anonymous_notes", value::truth)?.unwrap_or(private),
            embed_origins: read(layers, "embed_origins", value::origins)?.unwrap_or_default(),
            log: text(layers, "log").unwrap_or_else(|| "info".to_owned()),
            log_format: read(layers, "log_format", LogFormat::parse)?.unwrap_or(LogFormat::Auto),
            snapshot_updates: read(layers, "snapshot_updates", value::count)?.unwrap_or(200),
            snapshot_interval: read(layers, "snapshot_interval", value::duration)?
                .unwrap_or(seconds(60)),
            unload_after: read(layers, "unload_after", value::duration)?.unwrap_or(seconds(30)),
            rate_limit: read(layers, "rate_limit", value::truth)?.unwrap_or(!local_dev),
            reconnect_jitter: read(layers, "reconnect_jitter", value::duration)?
                .unwrap_or(seconds(2)),
            ping_interval: read(layers, "ping_interval", value::duration)?.unwrap_or(seconds(30)),
            idle_timeout: read(layers, "idle_timeout", value::duration)?.unwrap_or(seconds(120)),
            shutdown_grace: read(layers, "shutdown_grace", value::duration)?.unwrap_or(seconds(9)),
        })
    }

    /// Every setting as text, in the order of the table, secrets withheld.
    pub fn shown(&self) -> Vec<(&'static str, String)> {
        KEYS.iter().map(|key| (key.name, self.show(key.name))).collect()
    }

    fn show(&self, key: &str) -> String {
        match key {
            "listen" => self.listen.to_string(),
            "public_url" => self.public_url_or(self.listen).origin().to_owned(),
            "database_url" => self.database.to_string(),
            "link_keys" => match self.link_keys {
                Some(_) => "[set]".to_owned(),
                None => "[sticky.key beside the database]".to_owned(),
            },
            "insecure_local_dev" => self.local_dev.to_string(),
            "anonymous_notes" => self.anonymous_notes.to_string(),
            "embed_origins" => self.embed_origins.join(" "),
            "log" => self.log.clone(),
            "log_format" => self.log_format.as_str().to_owned(),
            "snapshot_updates" => self.snapshot_updates.to_string(),
            "snapshot_interval" => span(self.snapshot_interval),
            "unload_after" => span(self.unload_after),
            "rate_limit" => self.rate_limit.to_string(),
            "reconnect_jitter" => span(self.reconnect_jitter),
            "ping_interval" => span(self.ping_interval),
            "idle_timeout" => span(self.idle_timeout),
            "shutdown_grace" => span(self.shutdown_grace),
            _ => unreachable!("the table has no other key"),
        }
    }

    /// Where people reach a process that listens on `address`.
    pub fn public_url_or(&self, address: SocketAddr) -> PublicUrl {
        self.public_url.clone().unwrap_or_else(|| PublicUrl::of_listener(address))
    }
}

impl LogFormat {
    fn parse(text: &str) -> Result<Self, String> {
        [Self::Auto, Self::Json, Self::Text]
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or_else(|| "is auto, json or text".to_owned())
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Json => "json",
            Self::Text => "text",
        }
    }
}

/// `sqlite:///./dev.db` is how other tools write a path that begins here.
fn database(text: &str) -> Result<DatabaseUrl, String> {
    let text = text.replacen("sqlite:///./", "sqlite://./", 1);
    text.parse().map_err(|error| format!("is not usable: {error}"))
}

fn files(flags: &Flags, environment: &[(String, String)]) -> Vec<PathBuf> {
    if !flags.files.is_empty() {
        return flags.files.clone();
    }
    match variable(environment, "STICKY_CONFIG") {
        Some(path) => vec![PathBuf::from(path)],
        None => {
            Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists()).into_iter().collect()
        }
    }
}

fn variable<'a>(environment: &'a [(String, String)], name: &str) -> Option<&'a str> {
    environment.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// A platform that names a port expects to reach it from outside, except where only this computer may.
fn default_listen(port: Option<&str>, local_dev: bool) -> Result<SocketAddr, ConfigError> {
    let Some(port) = port else {
        return Ok(SocketAddr::from(([127, 0, 0, 1], DEFAULT_PORT)));
    };
    let port: u16 = port.parse().map_err(|_| ConfigError::Invalid {
        origin: Origin::Environment("PORT".to_owned()),
        key: "listen",
        reason: "needs a port from 0 to 65535".to_owned(),
    })?;
    let ip = if local_dev { IpAddr::from([127, 0, 0, 1]) } else { IpAddr::from([0, 0, 0, 0]) };
    Ok(SocketAddr::new(ip, port))
}

fn text(layers: &Layers, key: &str) -> Option<String> {
    layers.get(key).map(|written| written.text.clone())
}

fn read<T>(
    layers: &Layers,
    key: &'static str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, ConfigError> {
    let Some(Written { text, origin }) = layers.get(key) else {
        return Ok(None);
    };
    parse(text.trim()).map(Some).map_err(|reason| ConfigError::Invalid {
        origin: origin.clone(),
        key,
        reason,
    })
}

fn span(duration: Duration) -> String {
    match duration.as_millis() {
        millis if millis % 1_000 == 0 => format!("{}s", millis / 1_000),
        millis => format!("{millis}ms"),
    }
}
