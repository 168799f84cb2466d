use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use sticky_domain::time::Timestamp;

/// Signatures of key pairs. With a secret that both know, we could say anything ourselves.
const ALGORITHMS: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::PS256,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
    Algorithm::RS512,
];
/// How far clocks may be apart, in seconds.
const LEEWAY: i64 = 30;

/// What must be in an ID token for us to believe it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(super) struct IdClaims {
    pub(super) sub: String,
    pub(super) preferred_username: Option<String>,
    pub(super) name: Option<String>,
    nonce: Option<String>,
    azp: Option<String>,
    exp: i64,
    iat: i64,
}

impl Expected<'_> {
    /// What the token says of someone, or why it is not believed.
    pub(super) fn verify(&self, text: &str, keys: &JwkSet) -> Result<IdClaims, &'static str> {
        let header = decode_header(text).map_err(|_| "not an ID token")?;
        if header.crit.is_some() || !ALGORITHMS.contains(&header.alg) {
            return Err("an ID token with another kind of signature");
        }
        let key = key(keys, header.kid.as_deref(), header.alg).ok_or("an unknown key")?;
        let key = DecodingKey::from_jwk(key).map_err(|_| "a key that is none")?;
        let claims = decode::<IdClaims>(text, &key, &self.validation(header.alg));
        let claims = claims.map_err(|_| "an ID token for others, or of others")?.claims;
        self.believed(claims)
    }

    fn believed(&self, claims: IdClaims) -> Result<IdClaims, &'static str> {
        let now = self.now.0 / 1_000;
        if claims.exp <= now - LEEWAY || claims.iat > now + LEEWAY {
            return Err("an ID token of another time");
        }
        if claims.nonce.as_deref() != Some(self.nonce) {
            return Err("an ID token of another sign-in");
        }
        if claims.azp.as_deref().is_some_and(|party| party != self.client_id) {
            return Err("an ID token that others asked for");
        }
        match claims.sub.is_empty() {
            true => Err("an ID token of nobody"),
            false => Ok(claims),
        }
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&[self.client_id]);
        validation.set_issuer(&[self.issuer]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        validation.validate_exp = false;
        validation
    }
}

/// The key with this id; without one, the only key that it can be. A key that says what it is for is for nothing else.
fn key<'a>(keys: &'a JwkSet, id: Option<&str>, algorithm: Algorithm) -> Option<&'a Jwk> {
    let fits = |key: &&Jwk| {
        let signs =
            key.common.public_key_use.as_ref().is_none_or(|use_| *use_ == PublicKeyUse::Signature);
        signs && key.common.key_algorithm.is_none_or(|known| known == algorithm.into())
    };
    let mut fitting = keys.keys.iter().filter(fits);
    match id {
        Some(id) => fitting.find(|key| key.common.key_id.as_deref() == Some(id)),
        None => fitting.next().filter(|_| fitting.next().is_none()),
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn private(byte: u8) -> EncodingKey {
        let head = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
        EncodingKey::from_ed_der(&[&head[..], &[byte; 32]].concat())
    }

    fn keys() -> JwkSet {
        let mut key = Jwk::from_encoding_key(&private(1), Algorithm::EdDSA).unwrap();
        key.common.key_id = Some("one".to_owned());
        JwkSet { keys: vec![key] }
    }

    fn claims() -> Value {
        let now = NOW.0 / 1_000;
        json!({
            "iss": "https://issuer.example", "aud": "sticky", "sub": "7", "nonce": "n",
            "exp": now + 60, "iat": now, "preferred_username": "ana",
        })
    }

    fn header(id: Option<&str>) -> Header {
        Header { kid: id.map(str::to_owned), ..Header::new(Algorithm::EdDSA) }
    }

    fn verify(
        header: &Header,
        claims: &Value,
        key: &EncodingKey,
    ) -> Result<IdClaims, &'static str> {
        let text = encode(header, claims, key).unwrap();
        let expected = Expected {
            issuer: "https://issuer.example",
            client_id: "sticky",
            nonce: "n",
            now: NOW,
        };
        expected.verify(&text, &keys())
    }

    #[test]
    fn what_the_provider_signed_for_this_sign_in_is_believed() {
        for id in [Some("one"), None] {
            let believed = verify(&header(id), &claims(), &private(1)).unwrap();
            assert_eq!(
                (believed.sub.as_str(), believed.preferred_username.as_deref()),
                ("7", Some("ana"))
            );
        }
    }

    #[test]
    fn nothing_else_is() {
        let now = NOW.0 / 1_000;
        let table = [
            ("iss", json!("https://other.example")),
            ("aud", json!("others")),
            ("nonce", json!("m")),
            ("nonce", Value::Null),
            ("exp", json!(now - 31)),
            ("iat", json!(now + 31)),
            ("sub", json!("")),
            ("sub", Value::Null),
            ("azp", json!("others")),
        ];
        for (name, value) in table {
            let mut claims = claims();
            claims[name] = value;
            assert!(verify(&header(Some("one")), &claims, &private(1)).is_err(), "{claims}");
        }
        assert!(verify(&header(Some("two")), &claims(), &private(1)).is_err());
        assert!(verify(&header(Some("one")), &claims(), &private(2)).is_err());
        let shared = Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::HS256) };
        assert!(verify(&shared, &claims(), &EncodingKey::from_secret(b"sticky")).is_err());
        let critical = Header { crit: Some(vec!["exp".to_owned()]), ..header(Some("one")) };
        assert!(verify(&critical, &claims(), &private(1)).is_err());
    }
}
