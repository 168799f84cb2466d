use secrecy::SecretString;

use super::error::ConfigError;
use super::layer::Layers;
use super::{read, text, value};

/// A provider of OpenID Connect.
#[derive(Debug, Clone)]
pub struct Oidc {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: SecretString,
    /// What people know it as.
    pub name: String,
}

/// Our application at Discord.
#[derive(Debug, Clone)]
pub struct Discord {
    pub application_id: String,
    pub client_secret: SecretString,
    /// Discord itself, except in tests.
    pub url: String,
}

pub(super) fn oidc(layers: &Layers) -> Result<Option<Oidc>, ConfigError> {
    let Some(issuer) = read(layers, "oidc_issuer", value::service)? else { return Ok(None) };
    let host = url::Url::parse(&issuer).ok().and_then(|url| url.host_str().map(str::to_owned));
    Ok(Some(Oidc {
        client_id: needed(layers, "oidc_client_id", "oidc_issuer")?,
        client_secret: needed(layers, "oidc_client_secret", "oidc_issuer")?.into(),
        name: text(layers, "oidc_name").or(host).unwrap_or_else(|| issuer.clone()),
        issuer,
    }))
}

/// The application alone serves other purposes; signing in needs its secret, too.
pub(super) fn discord(layers: &Layers) -> Result<Option<Discord>, ConfigError> {
    let url = read(layers, "discord_url", value::service)?;
    let Some(client_secret) = text(layers, "discord_client_secret") else { return Ok(None) };
    Ok(Some(Discord {
        application_id: needed(layers, "discord_application_id", "discord_client_secret")?,
        client_secret: client_secret.into(),
        url: url.unwrap_or_else(|| "https://discord.com".to_owned()),
    }))
}

fn needed(layers: &Layers, key: &'static str, by: &'static str) -> Result<String, ConfigError> {
    let found = text(layers, key).filter(|text| !text.trim().is_empty());
    found.ok_or_else(|| ConfigError::Invalid {
        origin: layers.get(by).expect("it was read").origin.clone(),
        key: by,
        reason: format!("needs `{key}`, too"),
    })
}
