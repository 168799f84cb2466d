use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sticky_domain::keyring::Keyring;
use sticky_domain::sealed::{seal, unseal};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

/// How long someone may take to come back from a provider.
pub(crate) const ATTEMPT_LIFE: Duration = Duration::from_secs(10 * 60);

const PURPOSE: &str = "sticky sign-in attempt 1";
const LONGEST_RETURN: usize = 512;

/// One try to sign in with a provider's word. It is kept by the browser, in a cookie: whoever comes back without it
/// has not set out from here. What the provider is told are digests of its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attempt {
    provider: String,
    secret: [u8; 32],
    return_to: String,
    expires_at: Timestamp,
}

impl Attempt {
    /// `return_to` is where the browser is to go afterwards: a path of ours, or else the start.
    pub(crate) fn new(
        provider: &str,
        secret: [u8; 32],
        return_to: Option<&str>,
        now: Timestamp,
    ) -> Self {
        let return_to = return_to.filter(|path| is_ours(path)).unwrap_or("/").to_owned();
        let expires_at = now.plus(ATTEMPT_LIFE);
        Self { provider: provider.to_owned(), secret, return_to, expires_at }
    }

    pub(crate) fn seal(&self, keys: &Keyring) -> String {
        seal(keys, PURPOSE, self)
    }

    /// The attempt that this browser keeps, if it is one with this provider; it may be over.
    pub(crate) fn unseal(keys: &Keyring, text: &str, provider: &str) -> Option<Self> {
        unseal(keys, PURPOSE, text).filter(|attempt: &Self| attempt.provider == provider)
    }

    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }

    /// What the provider sends back with the browser.
    pub(crate) fn state(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.digest("state"))
    }

    /// What the provider puts into what it signs.
    pub(crate) fn nonce(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.digest("nonce"))
    }

    /// What only we can show together with the code (PKCE).
    pub(crate) fn verifier(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.digest("verifier"))
    }

    /// Names this attempt when it is used up.
    pub(crate) fn once(&self) -> (Uuid, Timestamp) {
        let bytes = self.digest("once");
        let id = Uuid::from_slice(&bytes[..16]).expect("16 bytes are a UUID");
        (id, self.expires_at)
    }

    pub(crate) fn return_to(&self) -> &str {
        &self.return_to
    }

    fn digest(&self, what: &str) -> [u8; 32] {
        Sha256::new()
            .chain_update(what)
            .chain_update([0])
            .chain_update(self.secret)
            .finalize()
            .into()
    }
}

/// A path, and not the address of another host, which may begin with two slashes of either kind.
fn is_ours(path: &str) -> bool {
    path.starts_with('/')
        && !path[1..].starts_with(['/', '\\'])
        && path.len() <= LONGEST_RETURN
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    #[test]
    fn an_attempt_is_for_one_provider_and_for_some_minutes() {
        let keys = Keyring::single([1; 32]);
        let attempt = Attempt::new("oidc", [2; 32], Some("/d/1"), NOW);
        let text = attempt.seal(&keys);
        assert!(!attempt.is_over(NOW) && attempt.is_over(NOW.plus(ATTEMPT_LIFE)));
        assert_eq!(Attempt::unseal(&keys, &text, "oidc"), Some(attempt));
        assert_eq!(Attempt::unseal(&keys, &text, "discord"), None);
        assert_eq!(Attempt::unseal(&Keyring::single([3; 32]), &text, "oidc"), None);
    }

    #[test]
    fn nothing_that_the_provider_is_told_leads_to_anything_else() {
        let attempt = Attempt::new("oidc", [2; 32], None, NOW);
        let told = [attempt.state(), attempt.nonce(), attempt.verifier()];
        assert!(told.iter().all(|text| text.len() == 43));
        assert!(told[0] != told[1] && told[1] != told[2] && told[0] != told[2]);
    }

    #[test]
    fn nobody_is_sent_elsewhere() {
        let returned = |path| Attempt::new("oidc", [0; 32], Some(path), NOW).return_to;
        assert_eq!(returned("/s/abc?x=1#y"), "/s/abc?x=1#y");
        for path in ["", "d", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb"]
        {
            assert_eq!(returned(path), "/", "{path:?}");
        }
    }
}
