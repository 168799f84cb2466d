//! Signing in with the word of another service: OpenID Connect, and Discord's OAuth2.

mod attempt;
mod exchange;
mod id_token;
mod oidc;
mod way_back;

use thiserror::Error;

use crate::config::{Config, PublicUrl};
use exchange::{Endpoints, Exchange};
use oidc::Oidc;

pub(crate) use attempt::{ATTEMPT_LIFE, Attempt};
pub(crate) use way_back::WayBack;

/// Those who can vouch for someone here.
#[derive(Debug)]
pub(crate) struct Providers(Vec<Provider>);

/// Someone who can vouch.
#[derive(Debug)]
pub(crate) struct Provider {
    /// Never changes: identities are remembered under it.
    pub(crate) id: &'static str,
    pub(crate) name: String,
    exchange: Exchange,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Oidc(Oidc),
    Discord { url: String },
}

/// Whom a provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identified {
    pub(crate) subject: String,
    pub(crate) username: Option<String>,
    pub(crate) name: Option<String>,
}

/// Why a provider vouches for nobody. Never holds a code, a token or a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum ProviderError {
    #[error("it does not answer: {0}")]
    Unreachable(String),
    #[error("it does not take the code: {0}")]
    Refused(String),
    #[error("what it says cannot be believed: {0}")]
    Unbelievable(&'static str),
}

impl Providers {
    pub(crate) fn new(config: &Config, public_url: &PublicUrl) -> Self {
        let redirect = |id: &str| public_url.at(&format!("/api/v1/providers/{id}/callback"));
        let oidc = config.oidc.as_ref().map(|oidc| Provider {
            id: "oidc",
            name: oidc.name.clone(),
            exchange: Exchange::new(
                &oidc.client_id,
                &oidc.client_secret,
                redirect("oidc"),
                "openid profile",
            ),
            kind: Kind::Oidc(Oidc::new(&oidc.issuer, &oidc.client_id)),
        });
        let discord = config.discord.as_ref().map(|discord| Provider {
            id: "discord",
            name: "Discord".to_owned(),
            exchange: Exchange::new(
                &discord.application_id,
                &discord.client_secret,
                redirect("discord"),
                "identify",
            ),
            kind: Kind::Discord { url: discord.url.clone() },
        });
        Self(discord.into_iter().chain(oidc).collect())
    }

    /// The id and the name of each.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.0.iter().map(|provider| (provider.id, provider.name.clone()))
    }

    /// The ids of all.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.0.iter().map(|provider| provider.id.to_owned()).collect()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.id == id)
    }
}

impl Provider {
    /// Where the browser is to go.
    pub(crate) async fn address(&self, attempt: &Attempt) -> Result<String, ProviderError> {
        let endpoints = self.endpoints().await?;
        let nonce = matches!(self.kind, Kind::Oidc(_)).then(|| attempt.nonce());
        self.exchange.address(&endpoints, attempt, nonce)
    }

    /// Who has come back with this code.
    pub(crate) async fn identify(
        &self,
        attempt: &Attempt,
        code: String,
        now: sticky_domain::time::Timestamp,
    ) -> Result<Identified, ProviderError> {
        let endpoints = self.endpoints().await?;
        let tokens = self.exchange.tokens(&endpoints, attempt, code).await?;
        match &self.kind {
            Kind::Oidc(oidc) => oidc.identify(&self.exchange, &tokens, &attempt.nonce(), now).await,
            Kind::Discord { url } => {
                let me: DiscordUser = self
                    .exchange
                    .ask(&format!("{url}/api/users/@me"), Some(&tokens.access))
                    .await?;
                Ok(me.into())
            }
        }
    }

    async fn endpoints(&self) -> Result<Endpoints, ProviderError> {
        match &self.kind {
            Kind::Oidc(oidc) => oidc.endpoints(&self.exchange).await,
            Kind::Discord { url } => Ok(Endpoints {
                authorize: format!("{url}/oauth2/authorize"),
                token: format!("{url}/api/oauth2/token"),
            }),
        }
    }
}

#[derive(serde::Deserialize)]
struct DiscordUser {
    id: String,
    username: String,
    global_name: Option<String>,
}

impl From<DiscordUser> for Identified {
    fn from(user: DiscordUser) -> Self {
        Self { subject: user.id, username: Some(user.username), name: user.global_name }
    }
}
