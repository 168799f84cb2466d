//! How often one place may guess, and make users, whoever is meant.

use crate::accounts::{PASSWORD, credentials, refused, registered, told};
use crate::harness::{Options, Server};
use crate::visitor::Answer;

const HERE: &str = "192.0.2.1";
const ELSEWHERE: &str = "192.0.2.2";

/// A server that counts tries, and takes any number of requests.
async fn counting() -> Server {
    Server::new(Options {
        local_dev: false,
        public_url: "https://notes.example.org",
        environment: &[
            ("STICKY_REGISTRATION", "open"),
            ("STICKY_RATE_LIMIT", "true"),
            ("STICKY_ADDRESS_RATE", "100000/100000"),
        ],
    })
    .await
}

async fn sign_in(server: &Server, from: &str, username: &str, password: &str) -> Answer {
    let mut visitor = server.visitor().at(from);
    visitor.ask("POST", "/api/v1/login", credentials(username, password)).await
}

#[tokio::test]
async fn one_address_guesses_thirty_times_however_many_names_it_tries() {
    let server = counting().await;
    registered(&server, "ana").await;
    for nth in 0..30 {
        let guess = sign_in(&server, HERE, &format!("nobody-{nth}"), "wrong horse").await;
        assert_eq!(told(&guess), refused(401, "wrong_password"));
    }
    let waiting = sign_in(&server, HERE, "ana", PASSWORD).await;
    assert_eq!(told(&waiting), refused(429, "too_many_attempts"));
    assert_eq!(waiting.headers["retry-after"], "30");
    assert_eq!(sign_in(&server, ELSEWHERE, "ana", PASSWORD).await.status, 200);
    server.advance(30_000);
    for _ in 0..2 {
        let right = sign_in(&server, HERE, "ana", PASSWORD).await;
        assert_eq!(right.status, 200, "what was right does not count");
    }
}

#[tokio::test]
async fn one_address_makes_twenty_users_an_hour() {
    let server = counting().await;
    let register = async |from: &str, username: String| {
        let mut visitor = server.visitor().at(from);
        visitor.ask("POST", "/api/v1/users", credentials(&username, PASSWORD)).await
    };
    for nth in 0..20 {
        assert_eq!(register(HERE, format!("user-{nth}")).await.status, 201);
    }
    let waiting = register(HERE, "one-more".to_owned()).await;
    assert_eq!(told(&waiting), refused(429, "too_many_attempts"));
    assert_eq!(waiting.headers["retry-after"], "180");
    assert_eq!(register(ELSEWHERE, "one-more".to_owned()).await.status, 201);
    server.advance(180_000);
    assert_eq!(register(HERE, "another".to_owned()).await.status, 201);
}
