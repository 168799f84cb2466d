//! Access tokens that nobody was given, on the doors that take them: all are answered alike.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use crate::accounts::{program, registered};
use crate::harness::Server;
use crate::socket::Socket;

/// What comes before the 32 bytes of an Ed25519 key in PKCS #8.
const PKCS8: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
const ALG: &str = "alg";

/// Somebody who even has our key, and a token to copy.
struct Forger {
    key: EncodingKey,
    public: Vec<u8>,
    header: Value,
    claims: Value,
}

impl Forger {
    async fn at(server: &Server) -> Self {
        registered(server, "ana").await;
        let (ana, _) = program(server, "ana").await;
        let token = ana.bearer();
        let part = |nth| {
            let text = token.split('.').nth(nth).unwrap();
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
        };
        let secret = server.app.keys.derive("access tokens 1").next().unwrap();
        let keys = server.visitor().ask("GET", "/.well-known/jwks.json", ()).await.json();
        Self {
            key: EncodingKey::from_ed_der(&[&PKCS8[..], &secret].concat()),
            public: URL_SAFE_NO_PAD.decode(keys["keys"][0]["x"].as_str().unwrap()).unwrap(),
            header: part(0),
            claims: part(1),
        }
    }

    /// A token that says this. Where it says so, it is signed with what everybody knows, or with nothing.
    fn token(&self, header: &[(&str, Value)], claims: &[(&str, Value)]) -> String {
        let header = changed(&self.header, header);
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(&changed(&self.claims, claims)));
        let signed = |key: &EncodingKey, algorithm| {
            crypto::sign(message.as_bytes(), key, algorithm).unwrap()
        };
        let signature = match header[ALG].as_str() {
            Some("none") => String::new(),
            Some("HS256") => signed(&EncodingKey::from_secret(&self.public), Algorithm::HS256),
            _ => signed(&self.key, Algorithm::EdDSA),
        };
        format!("{message}.{signature}")
    }
}

/// The same with these members; `null` takes one away.
fn changed(value: &Value, members: &[(&str, Value)]) -> Value {
    let mut changed = value.clone();
    for (name, member) in members {
        match member {
            Value::Null => drop(changed.as_object_mut().unwrap().remove(*name)),
            member => changed[*name] = member.clone(),
        }
    }
    changed
}

#[tokio::test]
async fn no_forged_token_is_taken_at_any_door() {
    let server = Server::listening_with(false, &[("STICKY_REGISTRATION", "open")]).await;
    let forger = Forger::at(&server).await;
    let asked = async |token: &str| {
        let bearer = format!("Bearer {token}");
        let mut visitor = server.visitor().with("authorization", &bearer);
        let note = visitor.ask("POST", "/api/v1/documents", json!({})).await;
        (note.status, note.body)
    };
    let good = forger.token(&[], &[]);
    assert_eq!(asked(&good).await.0, StatusCode::CREATED, "the forger can sign");
    let (exp, nbf) =
        (forger.claims["exp"].as_i64().unwrap(), forger.claims["nbf"].as_i64().unwrap());
    let id = "0198c0de-0000-7000-8000-00000000ffff";
    let head = |name: &'static str, value: Value| forger.token(&[(name, value)], &[]);
    let body = |name: &'static str, value: Value| forger.token(&[], &[(name, value)]);
    let table = [
        ("no algorithm", head(ALG, json!("none"))),
        ("the public key as a secret", head(ALG, json!("HS256"))),
        ("another algorithm", head(ALG, json!("RS256"))),
        ("an unknown key", head("kid", json!("other"))),
        ("no key", head("kid", Value::Null)),
        ("another kind", head("typ", json!("JWT"))),
        ("something critical", head("crit", json!(["exp"]))),
        ("a long header", head("x", json!("x".repeat(10_000)))),
        ("ended", body("exp", json!(nbf - 5))),
        ("endless", body("exp", Value::Null)),
        ("not yet", body("nbf", json!(exp))),
        ("for others", body("aud", json!("https://elsewhere.example/api"))),
        ("for nobody", body("aud", Value::Null)),
        ("by others", body("iss", json!("https://elsewhere.example"))),
        ("by nobody", body("iss", Value::Null)),
        ("of another user", body("sub", json!(id))),
        ("of an unknown login", body("sid", json!(id))),
        ("in another project", body("project", json!(id))),
        ("not signed", good.rsplit_once('.').unwrap().0.to_owned() + "."),
        ("not a token", "a.b.c".to_owned()),
    ];
    let mut refusal = None;
    for (name, token) in table {
        let answer = asked(&token).await;
        assert_eq!(answer.0, StatusCode::UNAUTHORIZED, "{name}");
        assert_eq!(*refusal.get_or_insert_with(|| answer.1.clone()), answer.1, "{name}");
        let path = format!("/collab/{id}?token={token}");
        let closed = Socket::open(server.address(), &path, &[]).await.closed().await;
        assert_eq!(closed, Some((4401, "unauthorized".to_owned())), "{name}");
    }
}
