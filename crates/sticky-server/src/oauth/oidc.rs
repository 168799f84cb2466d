use jsonwebtoken::jwk::JwkSet;
use serde::Deserialize;
use sticky_domain::time::Timestamp;

use super::exchange::{Endpoints, Exchange, Tokens};
use super::id_token::{Expected, IdClaims};
use super::{Identified, ProviderError};

/// A provider of OpenID Connect. What it says of itself is asked for each time: signing in is rare, and keys change.
#[derive(Debug)]
pub(super) struct Oidc {
    issuer: String,
    client_id: String,
}

/// What a provider says of itself.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
}

/// What it says of someone.
#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    preferred_username: Option<String>,
    name: Option<String>,
}

impl Oidc {
    pub(super) fn new(issuer: &str, client_id: &str) -> Self {
        Self { issuer: issuer.to_owned(), client_id: client_id.to_owned() }
    }

    pub(super) async fn endpoints(&self, exchange: &Exchange) -> Result<Endpoints, ProviderError> {
        let discovery = self.discover(exchange).await?;
        let Discovery { authorization_endpoint: authorize, token_endpoint: token, .. } = discovery;
        Ok(Endpoints { authorize, token })
    }

    pub(super) async fn identify(
        &self,
        exchange: &Exchange,
        tokens: &Tokens,
        nonce: &str,
        now: Timestamp,
    ) -> Result<Identified, ProviderError> {
        let discovery = self.discover(exchange).await?;
        let text = tokens.id.as_deref().ok_or(ProviderError::Unbelievable("no ID token"))?;
        let keys: JwkSet = exchange.ask(&discovery.jwks_uri, None).await?;
        let expected = Expected { issuer: &self.issuer, client_id: &self.client_id, nonce, now };
        let claims = expected.verify(text, &keys).map_err(ProviderError::Unbelievable)?;
        self.named(exchange, &discovery, tokens, claims).await
    }

    /// What they are called is not always in what was signed.
    async fn named(
        &self,
        exchange: &Exchange,
        discovery: &Discovery,
        tokens: &Tokens,
        claims: IdClaims,
    ) -> Result<Identified, ProviderError> {
        let IdClaims { sub: subject, preferred_username: username, name, .. } = claims;
        let Some(address) = discovery.userinfo_endpoint.as_deref().filter(|_| username.is_none())
        else {
            return Ok(Identified { subject, username, name });
        };
        let info: UserInfo = exchange.ask(address, Some(&tokens.access)).await?;
        if info.sub != subject {
            return Err(ProviderError::Unbelievable("it speaks of someone else"));
        }
        Ok(Identified { subject, username: info.preferred_username, name: info.name.or(name) })
    }

    async fn discover(&self, exchange: &Exchange) -> Result<Discovery, ProviderError> {
        let place = self.issuer.trim_end_matches('/');
        let address = format!("{place}/.well-known/openid-configuration");
        let discovery: Discovery = exchange.ask(&address, None).await?;
        match discovery.issuer == self.issuer {
            true => Ok(discovery),
            false => Err(ProviderError::Unbelievable("it calls itself something else")),
        }
    }
}
