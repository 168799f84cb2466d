//! What the process is told: defaults < `sticky.toml` < environment < flags.
//!
//! Read by hand over one table of keys, because what matters here is in no crate: an unknown key in the file *or* the
//! environment refuses to start and names its neighbour, every refusal says where the setting came from, and secrets
//! have a `…_FILE` form.

mod archive;
mod aws;
mod error;
mod key;
mod layer;
mod providers;
mod public_url;
mod value;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;
use sticky_store::DatabaseUrl;

pub use crate::limit::RequestRate;
use crate::tls::CertificateFiles;
pub use archive::Archive;
pub use aws::Aws;

pub use error::ConfigError;
pub use layer::Origin;
pub use providers::{Discord, Oidc};
pub use public_url::PublicUrl;

pub(crate) use key::KEYS;
use layer::{Layers, Written};

/// The configuration of a process, checked.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    /// `None`: wherever it comes to listen.
    pub public_url: Option<PublicUrl>,
    /// The certificate of this server, when no proxy has one.
    pub tls: Option<CertificateFiles>,
    pub database: DatabaseUrl,
    pub link_keys: Option<SecretString>,
    pub local_dev: bool,
    pub anonymous_notes: bool,
    /// The sites whose pages may show a note in a frame.
    pub embed_origins: Vec<String>,
    /// Whether anyone may become a user.
    pub registration: bool,
    pub oidc: Option<Oidc>,
    pub discord: Option<Discord>,
    /// Which events are logged, in the form of `RUST_LOG`.
    pub log: String,
    pub log_format: LogFormat,
    pub snapshot_updates: u64,
    pub snapshot_interval: Duration,
    pub unload_after: Duration,
    /// `None`: all history stays in the database.
    pub archive: Option<Archive>,
    pub aws: Aws,
    /// How long notes stay in the trash before they are deleted for good; `None` for ever.
    pub trash_keep: Option<Duration>,
    /// Whether a session that sends too much is slowed down.
    pub rate_limit: bool,
    /// What one principal, all who come by one link, and all at one address may ask for.
    pub principal_rate: RequestRate,
    pub link_rate: RequestRate,
    pub address_rate: RequestRate,
    /// Who is believed when they say whom they pass a request on from.
    pub trusted_proxies: Vec<IpNet>,
    /// Over what time clients are asked to spread their reconnects.
    pub reconnect_jitter: Duration,
    pub ping_interval: Duration,
    /// After how long without a sign of life a socket is closed.
    pub idle_timeout: Duration,
    /// How long a peer may take nothing of what it is sent.
    pub write_timeout: Duration,
    /// How long a client may take to send the head of a request, or a piece of its body.
    pub request_timeout: Duration,
    /// How many connections may be open that are not sockets of a note; more wait to be taken.
    pub max_connections: usize,
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
    pub tls_cert: Option<String>,
    pub tls_key: Option<String>,
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
        let aws = Aws::of(&environment)?;
        layers.environment(environment)?;
        layers.flag("listen", "listen", flags.listen.clone());
        layers.flag("database_url", "database-url", flags.database_url.clone());
        layers.flag("public_url", "public-url", flags.public_url.clone());
        layers.flag("tls_cert", "tls-cert", flags.tls_cert.clone());
        layers.flag("tls_key", "tls-key", flags.tls_key.clone());
        let local_dev = flags.insecure_local_dev.then(|| "true".to_owned());
        layers.flag("insecure_local_dev", "insecure-local-dev", local_dev);
        Self::of(&layers, port.as_deref(), aws)
    }

    fn of(layers: &Layers, port: Option<&str>, aws: Aws) -> Result<Self, ConfigError> {
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
        let database = match read(layers, "database_url", database)? {
            Some(database) => database,
            None => DatabaseUrl::Sqlite(PathBuf::from(DEFAULT_DATABASE)),
        };
        Ok(Self {
            listen,
            public_url,
            tls: certificate_files(layers)?,
            archive: Archive::of(layers, &database)?,
            aws,
            database,
            link_keys: text(layers, "link_keys").map(SecretString::from),
            local_dev,
            anonymous_notes: read(layers, "anonymous_notes", value::truth)?.unwrap_or(private),
            embed_origins: read(layers, "embed_origins", value::origins)?.unwrap_or_default(),
            registration: read(layers, "registration", value::registration)?.unwrap_or(private),
            oidc: providers::oidc(layers)?,
            discord: providers::discord(layers)?,
            log: text(layers, "log").unwrap_or_else(|| "info".to_owned()),
            log_format: read(layers, "log_format", LogFormat::parse)?.unwrap_or(LogFormat::Auto),
            snapshot_updates: read(layers, "snapshot_updates", value::count)?.unwrap_or(200),
            snapshot_interval: read(layers, "snapshot_interval", value::duration)?
                .unwrap_or(seconds(60)),
            unload_after: read(layers, "unload_after", value::duration)?.unwrap_or(seconds(30)),
            trash_keep: read(layers, "trash_keep", value::duration_or_off)?
                .unwrap_or(Some(seconds(30 * 24 * 60 * 60))),
            rate_limit: read(layers, "rate_limit", value::truth)?.unwrap_or(!local_dev),
            principal_rate: read(layers, "principal_rate", RequestRate::parse)?
                .unwrap_or(RequestRate { per_second: 100, burst: 2_000 }),
            link_rate: read(layers, "link_rate", RequestRate::parse)?
                .unwrap_or(RequestRate { per_second: 500, burst: 10_000 }),
            address_rate: read(layers, "address_rate", RequestRate::parse)?
                .unwrap_or(RequestRate { per_second: 50, burst: 1_000 }),
            trusted_proxies: read(layers, "trusted_proxies", value::networks)?.unwrap_or_default(),
            reconnect_jitter: read(layers, "reconnect_jitter", value::duration)?
                .unwrap_or(seconds(2)),
            ping_interval: read(layers, "ping_interval", value::duration)?.unwrap_or(seconds(30)),
            idle_timeout: read(layers, "idle_timeout", value::duration)?.unwrap_or(seconds(120)),
            write_timeout: read(layers, "write_timeout", value::duration)?.unwrap_or(seconds(10)),
            request_timeout: read(layers, "request_timeout", value::duration)?
                .unwrap_or(seconds(30)),
            max_connections: read(layers, "max_connections", value::connections)?.unwrap_or(4_096),
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
            "tls_cert" => path(self.tls.as_ref().map(|files| &files.certificate)),
            "tls_key" => path(self.tls.as_ref().map(|files| &files.key)),
            "database_url" => self.database.to_string(),
            "link_keys" => match self.link_keys {
                Some(_) => "[set]".to_owned(),
                None => "[sticky.key beside the database]".to_owned(),
            },
            "insecure_local_dev" => self.local_dev.to_string(),
            "anonymous_notes" => self.anonymous_notes.to_string(),
            "embed_origins" => self.embed_origins.join(" "),
            "registration" => {
                if self.registration {
                    "open".to_owned()
                } else {
                    "closed".to_owned()
                }
            }
            "oidc_issuer" => shown(self.oidc.as_ref().map(|oidc| oidc.issuer.as_str())),
            "oidc_client_id" => shown(self.oidc.as_ref().map(|oidc| oidc.client_id.as_str())),
            "oidc_client_secret" => withheld(self.oidc.is_some()),
            "oidc_name" => shown(self.oidc.as_ref().map(|oidc| oidc.name.as_str())),
            "discord_application_id" => {
                shown(self.discord.as_ref().map(|discord| discord.application_id.as_str()))
            }
            "discord_client_secret" => withheld(self.discord.is_some()),
            "discord_url" => shown(self.discord.as_ref().map(|discord| discord.url.as_str())),
            "log" => self.log.clone(),
            "log_format" => self.log_format.as_str().to_owned(),
            "snapshot_updates" => self.snapshot_updates.to_string(),
            "snapshot_interval" => span(self.snapshot_interval),
            "unload_after" => span(self.unload_after),
            key if key.starts_with("archive") => Archive::show(self.archive.as_ref(), key),
            "trash_keep" => self.trash_keep.map_or_else(|| "off".to_owned(), span),
            "rate_limit" => self.rate_limit.to_string(),
            "principal_rate" => self.principal_rate.to_string(),
            "link_rate" => self.link_rate.to_string(),
            "address_rate" => self.address_rate.to_string(),
            "trusted_proxies" => {
                let networks = self.trusted_proxies.iter().map(ToString::to_string);
                networks.collect::<Vec<_>>().join(",")
            }
            "reconnect_jitter" => span(self.reconnect_jitter),
            "ping_interval" => span(self.ping_interval),
            "idle_timeout" => span(self.idle_timeout),
            "write_timeout" => span(self.write_timeout),
            "request_timeout" => span(self.request_timeout),
            "max_connections" => self.max_connections.to_string(),
            "shutdown_grace" => span(self.shutdown_grace),
            _ => unreachable!("the table has no other key"),
        }
    }

    /// Where people reach a process that listens on `address`.
    pub fn public_url_or(&self, address: SocketAddr) -> PublicUrl {
        let is_https = self.tls.is_some();
        self.public_url.clone().unwrap_or_else(|| PublicUrl::of_listener(address, is_https))
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

/// A certificate is of no use without its key, nor a key without its certificate.
fn certificate_files(layers: &Layers) -> Result<Option<CertificateFiles>, ConfigError> {
    let alone = |key, written: &Written, other: &str| ConfigError::Invalid {
        origin: written.origin.clone(),
        key,
        reason: format!("needs `{other}`, too"),
    };
    match (layers.get("tls_cert"), layers.get("tls_key")) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(CertificateFiles {
            certificate: PathBuf::from(&certificate.text),
            key: PathBuf::from(&key.text),
        })),
        (Some(written), None) => Err(alone("tls_cert", written, "tls_key")),
        (None, Some(written)) => Err(alone("tls_key", written, "tls_cert")),
    }
}

fn path(path: Option<&PathBuf>) -> String {
    path.map(|path| path.display().to_string()).unwrap_or_default()
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

fn shown(setting: Option<&str>) -> String {
    setting.unwrap_or("[not set]").to_owned()
}

fn withheld(is_set: bool) -> String {
    if is_set { "[set]".to_owned() } else { "[not set]".to_owned() }
}

fn span(duration: Duration) -> String {
    match duration.as_millis() {
        millis if millis % 1_000 == 0 => format!("{}s", millis / 1_000),
        millis => format!("{millis}ms"),
    }
}
