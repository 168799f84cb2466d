use std::time::Duration;

use axum::http;
use futures::future::BoxFuture;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AsyncHttpClient, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse as _,
    TokenUrl,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Attempt, ProviderError};

const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer of a provider.
const LONGEST: usize = 1 << 20;

type OurClient = Client<
    BasicErrorResponse,
    StandardTokenResponse<IdToken, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

/// What OpenID Connect adds to OAuth2.
#[derive(Debug, Serialize, Deserialize)]
struct IdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for IdToken {}

/// Where a provider takes browsers and codes.
#[derive(Debug)]
pub(super) struct Endpoints {
    pub(super) authorize: String,
    pub(super) token: String,
}

/// What a code was exchanged for.
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) id: Option<String>,
}

/// Us, as a provider knows us.
#[derive(Debug)]
pub(super) struct Exchange {
    client_id: String,
    client_secret: SecretString,
    redirect: String,
    scope: &'static str,
    http: reqwest::Client,
}

impl Exchange {
    pub(super) fn new(
        client_id: &str,
        client_secret: &SecretString,
        redirect: String,
        scope: &'static str,
    ) -> Self {
        // Whoever answers for the provider must not be able to send us, and our secret, elsewhere.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            client_id: client_id.to_owned(),
            client_secret: client_secret.clone(),
            redirect,
            scope,
            http: http.timeout(PATIENCE).build().expect("the settings of the client fit together"),
        }
    }

    pub(super) fn address(
        &self,
        endpoints: &Endpoints,
        attempt: &Attempt,
        nonce: Option<String>,
    ) -> Result<String, ProviderError> {
        let client = self.client()?.set_auth_uri(auth(&endpoints.authorize)?);
        let verifier = PkceCodeVerifier::new(attempt.verifier());
        let mut request = client
            .authorize_url(|| CsrfToken::new(attempt.state()))
            .add_scopes(self.scope.split(' ').map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if let Some(nonce) = nonce {
            request = request.add_extra_param("nonce", nonce);
        }
        Ok(request.url().0.into())
    }

    pub(super) async fn tokens(
        &self,
        endpoints: &Endpoints,
        attempt: &Attempt,
        code: String,
    ) -> Result<Tokens, ProviderError> {
        let token_url = TokenUrl::new(endpoints.token.clone());
        let client = self.client()?.set_token_uri(token_url.map_err(|_| NO_ADDRESS)?);
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier()))
            .request_async(self)
            .await
            .map_err(failed)?;
        let id = answer.extra_fields().id_token.clone();
        Ok(Tokens { access: answer.access_token().secret().clone(), id })
    }

    /// What is at `address`, as JSON.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        address: &str,
        bearer: Option<&str>,
    ) -> Result<T, ProviderError> {
        let mut request =
            http::Request::get(address).header(http::header::ACCEPT, "application/json");
        if let Some(bearer) = bearer {
            request = request.header(http::header::AUTHORIZATION, format!("Bearer {bearer}"));
        }
        let request = request.body(Vec::new()).map_err(|_| NO_ADDRESS)?;
        let answer = self.send(request).await?;
        if !answer.status().is_success() {
            return Err(ProviderError::Unreachable(format!("status {}", answer.status().as_u16())));
        }
        serde_json::from_slice(answer.body())
            .map_err(|_| ProviderError::Unbelievable("not the JSON that was expected"))
    }

    fn client(&self) -> Result<OurClient, ProviderError> {
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(|_| NO_ADDRESS)?;
        let secret = ClientSecret::new(self.client_secret.expose_secret().to_owned());
        let client = OurClient::new(ClientId::new(self.client_id.clone()));
        Ok(client.set_client_secret(secret).set_redirect_uri(redirect))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ProviderError> {
        let mut answer = self
            .http
            .execute(request.try_into().map_err(unreachable)?)
            .await
            .map_err(unreachable)?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > LONGEST {
                return Err(ProviderError::Unbelievable("too long an answer"));
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = http::Response::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for Exchange {
    type Error = ProviderError;
    type Future = BoxFuture<'c, Result<HttpResponse, ProviderError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

const NO_ADDRESS: ProviderError = ProviderError::Unbelievable("not an address");

fn auth(address: &str) -> Result<AuthUrl, ProviderError> {
    AuthUrl::new(address.to_owned()).map_err(|_| NO_ADDRESS)
}

/// Without the address, whose query may hold anything.
fn unreachable(error: reqwest::Error) -> ProviderError {
    ProviderError::Unreachable(error.without_url().to_string())
}

fn failed(error: RequestTokenError<ProviderError, BasicErrorResponse>) -> ProviderError {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            ProviderError::Refused(answer.error().to_string())
        }
        RequestTokenError::Request(error) => error,
        // The rest quotes the answer, which may hold a token.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            ProviderError::Unbelievable("not an answer of OAuth2")
        }
    }
}
