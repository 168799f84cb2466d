//! Access tokens of logins: JWTs that say who has signed in. Good for minutes, and never longer than the login itself,
//! which is looked up each time.

use std::time::Duration;

use jsonwebtoken::jwk::{Jwk, JwkSet, KeyOperations, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header,
};
use serde::{Deserialize, Serialize};
use sticky_domain::id::{PrincipalId, ProjectId, TokenId};
use sticky_domain::keyring::Keyring;
use sticky_domain::port::Login;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use crate::config::PublicUrl;

/// How long an access token is good.
pub(crate) const LIFE: Duration = Duration::from_secs(10 * 60);
/// How far clocks may be apart.
const LEEWAY: i64 = 5;
/// One key signs; two more still verify what they signed before the keys were changed.
const KEYS: usize = 3;
/// The longest token, and the longest header within it.
const LONGEST: usize = 4 << 10;
const LONGEST_HEADER: usize = 1 << 10;
/// So that no other token of ours is taken for one (RFC 9068).
const KIND: &str = "at+jwt";
const PURPOSE: &str = "access tokens 1";
/// What comes before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410).
const PKCS8: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

/// Signs and verifies access tokens.
pub(crate) struct AccessTokens {
    signing: EncodingKey,
    keys: Vec<Key>,
    issuer: String,
    audience: String,
}

struct Key {
    id: String,
    public: Jwk,
    verifying: DecodingKey,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: PrincipalId,
    /// The login.
    sid: TokenId,
    project: ProjectId,
    scope: String,
    exp: i64,
    nbf: i64,
    iat: i64,
    jti: Uuid,
}

/// What an access token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) login: Login,
    pub(crate) until: Timestamp,
}

impl AccessTokens {
    /// The keys follow from those that sign links: whoever changes those changes these, and nothing more is to be kept
    /// secret.
    pub(crate) fn new(keyring: &Keyring, public_url: &PublicUrl) -> Self {
        let secrets: Vec<_> = keyring.derive(PURPOSE).take(KEYS).map(private).collect();
        let keys = secrets.iter().map(Key::new).collect();
        let signing = secrets.into_iter().next().expect("a keyring is not empty");
        let issuer = public_url.origin().to_owned();
        Self { signing, keys, audience: format!("{issuer}/api"), issuer }
    }

    /// A token for whoever has signed in.
    pub(crate) fn sign(&self, login: Login, now: Timestamp, id: Uuid) -> String {
        let seconds = now.0 / 1_000;
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: login.user,
            sid: login.token,
            project: login.project,
            scope: "read write admin".to_owned(),
            exp: seconds + LIFE.as_secs() as i64,
            nbf: seconds,
            iat: seconds,
            jti: id,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(KIND.to_owned());
        header.kid = Some(self.keys[0].id.clone());
        jsonwebtoken::encode(&header, &claims, &self.signing)
            .expect("an Ed25519 key signs plain claims")
    }

    /// What the token says, if we said it and it is good at `now`. Whether its login still lives is for the caller to
    /// find out.
    pub(crate) fn verify(&self, text: &str, now: Timestamp) -> Option<Shown> {
        let claims = decode::<Claims>(text, self.key_of(text)?, &self.validation()).ok()?.claims;
        let seconds = now.0 / 1_000;
        let is_now = claims.nbf <= seconds + LEEWAY && claims.exp > seconds - LEEWAY;
        let login = Login { token: claims.sid, user: claims.sub, project: claims.project };
        let until = Timestamp(claims.exp.saturating_mul(1_000));
        is_now.then_some(Shown { login, until })
    }

    /// The public keys, for whoever wants to verify without asking us.
    pub(crate) fn public(&self) -> JwkSet {
        JwkSet { keys: self.keys.iter().map(|key| key.public.clone()).collect() }
    }

    fn key_of(&self, text: &str) -> Option<&DecodingKey> {
        let (header, _) = text.split_once('.')?;
        if text.len() > LONGEST || header.len() > LONGEST_HEADER {
            return None;
        }
        let header = decode_header(text).ok()?;
        let ours = header.alg == Algorithm::EdDSA
            && header.typ.as_deref() == Some(KIND)
            && header.crit.is_none();
        let id = header.kid.filter(|_| ours)?;
        self.keys.iter().find(|key| key.id == id).map(|key| &key.verifying)
    }

    /// Times are compared with our own clock, afterwards.
    fn validation(&self) -> Validation {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[&self.audience]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }
}

impl Key {
    fn new(private: &EncodingKey) -> Self {
        let mut public =
            Jwk::from_encoding_key(private, Algorithm::EdDSA).expect("32 bytes are an Ed25519 key");
        let id = public.thumbprint(ThumbprintHash::SHA256).expect("an Ed25519 key has one");
        public.common.key_id = Some(id.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        public.common.key_operations = Some(vec![KeyOperations::Verify]);
        let verifying = DecodingKey::from_jwk(&public).expect("it was made from a key");
        Self { id, public, verifying }
    }
}

fn private(secret: [u8; 32]) -> EncodingKey {
    EncodingKey::from_ed_der(&[&PKCS8[..], &secret].concat())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn ring(numbers: &[u8]) -> Keyring {
        use base64::engine::general_purpose::STANDARD;
        let key = |number: &u8| format!("{number}:{}", STANDARD.encode([*number; 32]));
        Keyring::parse(&numbers.iter().map(key).collect::<Vec<_>>().join(",")).unwrap()
    }

    fn tokens(numbers: &[u8]) -> AccessTokens {
        let url = PublicUrl::parse("https://notes.example.org").unwrap();
        AccessTokens::new(&ring(numbers), &url)
    }

    fn login() -> Login {
        Login {
            token: TokenId(Uuid::from_u128(1)),
            user: PrincipalId(Uuid::from_u128(2)),
            project: ProjectId(Uuid::from_u128(3)),
        }
    }

    fn claims() -> Value {
        let text = tokens(&[1]).sign(login(), NOW, Uuid::nil());
        let body = text.split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap()
    }

    fn header(tokens: &AccessTokens) -> Value {
        json!({ "alg": "EdDSA", "typ": KIND, "kid": tokens.keys[0].id })
    }

    /// What our own key would sign, whatever it says.
    fn signed(tokens: &AccessTokens, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &tokens.signing, Algorithm::EdDSA);
        format!("{message}.{}", signature.unwrap())
    }

    #[test]
    fn what_we_sign_is_verified_until_it_ends() {
        let tokens = tokens(&[1]);
        let text = tokens.sign(login(), NOW, Uuid::nil());
        let until = NOW.plus(LIFE);
        assert_eq!(tokens.verify(&text, NOW), Some(Shown { login: login(), until }));
        assert!(tokens.verify(&text, Timestamp(until.0 + 4_000)).is_some(), "clocks differ");
        assert_eq!(tokens.verify(&text, Timestamp(until.0 + 5_000)), None);
        assert!(tokens.verify(&text, Timestamp(NOW.0 - 5_000)).is_some());
        assert_eq!(tokens.verify(&text, Timestamp(NOW.0 - 6_000)), None);
    }

    #[test]
    fn the_newest_key_signs_and_the_two_before_it_verify() {
        let old = tokens(&[1]).sign(login(), NOW, Uuid::nil());
        assert!(tokens(&[2, 1]).verify(&old, NOW).is_some());
        assert!(tokens(&[3, 2, 1]).verify(&old, NOW).is_some());
        assert_eq!(tokens(&[4, 3, 2, 1]).verify(&old, NOW), None);
        assert_eq!(tokens(&[4, 3, 2, 1]).public().keys.len(), KEYS);
        let new = tokens(&[2, 1]).sign(login(), NOW, Uuid::nil());
        assert_eq!(tokens(&[1]).verify(&new, NOW), None);
    }

    #[test]
    fn the_public_keys_hold_nothing_else() {
        let keys = serde_json::to_value(tokens(&[1]).public()).unwrap();
        let mut names: Vec<_> = keys["keys"][0].as_object().unwrap().keys().cloned().collect();
        names.sort();
        assert_eq!(names, ["alg", "crv", "key_ops", "kid", "kty", "use", "x"]);
    }

    #[test]
    fn headers_that_are_not_ours_are_refused() {
        let tokens = tokens(&[1]);
        assert!(tokens.verify(&signed(&tokens, &header(&tokens), &claims()), NOW).is_some());
        let with = |name: &str, value: Value| {
            let mut header = header(&tokens);
            header[name] = value;
            header
        };
        for header in [
            with("alg", json!("none")),
            with("alg", json!("HS256")),
            with("alg", json!("RS256")),
            with("typ", json!("JWT")),
            with("typ", Value::Null),
            with("kid", json!("x")),
            with("kid", Value::Null),
            with("kid", json!("k".repeat(10_000))),
            with("crit", json!(["exp"])),
            with("crit", json!([])),
        ] {
            let text = signed(&tokens, &header, &claims());
            assert_eq!(tokens.verify(&text, NOW), None, "{header}");
        }
    }

    #[test]
    fn a_swapped_algorithm_is_refused() {
        let tokens = tokens(&[1]);
        // The public key as the secret of an HMAC: everybody knows it.
        let public = serde_json::to_value(&tokens.keys[0].public).unwrap()["x"].clone();
        let secret = URL_SAFE_NO_PAD.decode(public.as_str().unwrap()).unwrap();
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(KIND.to_owned());
        header.kid = Some(tokens.keys[0].id.clone());
        let text =
            jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_secret(&secret)).unwrap();
        assert_eq!(tokens.verify(&text, NOW), None);
        let unsigned = json!({ "alg": "none", "typ": KIND, "kid": tokens.keys[0].id });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}.", part(&unsigned), part(&claims()));
        assert_eq!(tokens.verify(&text, NOW), None);
    }

    #[test]
    fn claims_that_are_not_ours_are_refused() {
        let tokens = tokens(&[1]);
        let seconds = NOW.0 / 1_000;
        let table: [(&str, Value); 15] = [
            ("exp", json!(seconds - 6)),
            ("exp", Value::Null),
            ("exp", json!("tomorrow")),
            ("nbf", json!(seconds + 6)),
            ("nbf", Value::Null),
            ("aud", json!("https://elsewhere.example.org/api")),
            ("aud", Value::Null),
            ("aud", json!([])),
            ("iss", json!("https://elsewhere.example.org")),
            ("iss", Value::Null),
            ("iss", json!("")),
            ("sub", Value::Null),
            ("sub", json!("ana")),
            ("sid", Value::Null),
            ("project", Value::Null),
        ];
        for (name, value) in table {
            let mut claims = claims();
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value,
            }
            let text = signed(&tokens, &header(&tokens), &claims);
            assert_eq!(tokens.verify(&text, NOW), None, "{name} in {claims}");
        }
    }

    #[test]
    fn no_changed_character_passes() {
        let tokens = tokens(&[1]);
        let text = tokens.sign(login(), NOW, Uuid::nil());
        // The last character of a signature holds bits that no decoder looks at.
        for index in 0..text.len() - 1 {
            let mut forged = text.clone().into_bytes();
            forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(tokens.verify(&forged, NOW), None, "character {index}");
        }
        for other in ["", ".", "..", "a.b.c", "stk_x", &"a".repeat(LONGEST + 1)] {
            assert_eq!(tokens.verify(other, NOW), None, "{other}");
        }
    }
}
