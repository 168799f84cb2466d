//! Where settings come from: each later source overrules the ones before it, key by key.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::key::{self, KEYS, Key};

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    File(PathBuf),
    Environment(String),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "--{name}"),
        }
    }
}

/// A setting as it was written.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

/// All that was written, the newest word on each key.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    settings: BTreeMap<&'static str, Written>,
}

/// Not settings: what names the file, and what tests tell each other while they run a server.
const NOT_SETTINGS: [&str; 7] = [
    "STICKY_CONFIG",
    "STICKY_BIN",
    "STICKY_E2E_MODE",
    "STICKY_SEED",
    "STICKY_SEEDS",
    "STICKY_UPDATE_GOLDENS",
    "STICKY_URL",
];
const PREFIX: &str = "STICKY_";

impl Layers {
    pub(crate) fn get(&self, key: &str) -> Option<&Written> {
        self.settings.get(key)
    }

    /// A flag of the command line, if it was given.
    pub(crate) fn flag(&mut self, key: &'static str, flag: &'static str, text: Option<String>) {
        if let Some(text) = text {
            self.settings.insert(key, Written { text, origin: Origin::Flag(flag) });
        }
    }

    /// The settings of a TOML file.
    pub(crate) fn file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let failed = |reason: String| ConfigError::File { path: path.to_owned(), reason };
        let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            // The message alone: the rest of the error quotes lines, and one may hold a secret.
            failed(error.message().to_owned())
        })?;
        for (name, value) in table {
            let origin = Origin::File(path.to_owned());
            let key = known(&name, &origin, str::to_owned)?;
            let text = scalar(value).ok_or_else(|| ConfigError::Invalid {
                origin: origin.clone(),
                key: key.name,
                reason: "is a text, a number or true or false".to_owned(),
            })?;
            self.settings.insert(key.name, Written { text, origin });
        }
        Ok(())
    }

    /// The settings of the environment: `STICKY_*`, and the customary names of some.
    pub(crate) fn environment(
        &mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        let variables: BTreeMap<String, String> = variables.into_iter().collect();
        for key in KEYS.iter().filter(|key| key.also.is_some()) {
            self.variable(key, key.also.expect("filtered above"), &variables)?;
        }
        for name in variables.keys().filter(|name| is_ours(name)) {
            let origin = Origin::Environment(name.clone());
            let stem = name[PREFIX.len()..].to_lowercase();
            let plain = stem.strip_suffix("_file").filter(|stem| is_secret(stem)).unwrap_or(&stem);
            let key = known(plain, &origin, |known| format!("{PREFIX}{}", known.to_uppercase()))?;
            self.variable(key, &format!("{PREFIX}{}", key.name.to_uppercase()), &variables)?;
        }
        Ok(())
    }

    fn variable(
        &mut self,
        key: &'static Key,
        name: &str,
        variables: &BTreeMap<String, String>,
    ) -> Result<(), ConfigError> {
        let as_file = format!("{name}_FILE");
        let path = variables.get(&as_file).filter(|_| key.secret);
        let (text, origin) = match (variables.get(name), path) {
            (Some(_), Some(_)) => return Err(ConfigError::Twice(name.to_owned())),
            (Some(text), None) => (text.clone(), name.to_owned()),
            (None, Some(path)) => (secret_in(Path::new(path))?, as_file),
            (None, None) => return Ok(()),
        };
        self.settings.insert(key.name, Written { text, origin: Origin::Environment(origin) });
        Ok(())
    }
}

fn is_ours(name: &str) -> bool {
    name.starts_with(PREFIX)
        && !NOT_SETTINGS.contains(&name)
        && !name.starts_with("STICKY_TEST_")
        && !name.starts_with("STICKY_BENCH_")
}

fn is_secret(name: &str) -> bool {
    key::find(name).is_some_and(|key| key.secret)
}

fn known(
    name: &str,
    origin: &Origin,
    spelled: impl Fn(&str) -> String,
) -> Result<&'static Key, ConfigError> {
    key::find(name).ok_or_else(|| ConfigError::Unknown {
        origin: origin.clone(),
        key: name.to_owned(),
        neighbour: spelled(key::neighbour(name)),
    })
}

fn scalar(value: toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        _ => None,
    }
}

pub(super) fn secret_in(path: &Path) -> Result<String, ConfigError> {
    fs::read_to_string(path)
        .map(|text| text.trim().to_owned())
        .map_err(|error| ConfigError::File { path: path.to_owned(), reason: error.to_string() })
}
