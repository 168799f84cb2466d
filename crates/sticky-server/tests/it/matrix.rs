//! Every role, every route, every message of a socket: one table that a new route cannot escape.

mod cast;
mod sockets;
mod table;
mod tenants;
mod users;

use std::collections::BTreeSet;

use sticky_store::hooks::counting_reads;

use crate::harness::Server;
use cast::{Role, World};
use table::{Row, rows};

const NOWHERE: &str = "0198c0de-0000-7000-8000-ffffffffffff";

#[tokio::test]
async fn the_table_has_every_route_and_no_other() {
    let server = Server::production().await;
    let description = server.visitor().ask("GET", "/api/openapi.json", ()).await.json();
    let described: BTreeSet<(String, String)> = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
        })
        .collect();
    let listed: BTreeSet<_> =
        rows().iter().map(|row| (row.method.to_owned(), row.path.to_owned())).collect();
    let missing: Vec<_> = described.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&described).collect();
    assert!(missing.is_empty() && gone.is_empty(), "add {missing:?}, remove {gone:?}");
}

#[tokio::test]
async fn every_role_meets_every_route() {
    let server = Server::production().await;
    for row in rows() {
        let untouched = refuses(&server, &row).await;
        serves(&server, &row, untouched).await;
    }
}

/// Whoever is refused is told so, and nothing has happened: the world is as it was.
async fn refuses<'a>(server: &'a Server, row: &Row) -> World<'a> {
    let world = World::new(server).await;
    let mut missing: Option<bytes::Bytes> = None;
    for role in Role::ALL {
        let Some(status) = row.refusal(role) else { continue };
        let mut visitor = world.visitor(role).await;
        let address = address(&world, row).await;
        let before = world.log().await;
        let answer = visitor.ask(row.method, &address, (row.body)()).await;
        let told = format!(
            "{role:?} {} {}: {}",
            row.method,
            row.path,
            String::from_utf8_lossy(&answer.body)
        );
        assert_eq!(answer.status.as_u16(), status, "{told}");
        assert_eq!(world.log().await, before, "{told}");
        if status == 404 && row.path.contains("{id}") {
            let same = missing.get_or_insert_with(|| answer.body.clone());
            assert_eq!(*same, answer.body, "{told}: missing and forbidden are the same bytes");
        }
    }
    world
}

/// What is there and what is not cannot be told apart: not by the answer, and not by what it cost.
#[tokio::test]
async fn missing_and_forbidden_are_the_same() {
    let server = Server::production().await;
    let world = World::new(&server).await;
    let hidden = |row: &&Row| row.path.contains("{id}") && row.refusal(Role::Stranger) == Some(404);
    for row in rows().iter().filter(hidden) {
        let (there, nowhere) = (address(&world, row).await, row.path.replace("{id}", NOWHERE));
        let nowhere =
            world.path(&nowhere).await + there.split_once('?').map_or("", |_| "?") + row.query;
        let mut answers = Vec::new();
        for path in [there, nowhere] {
            let mut stranger = world.visitor(Role::Stranger).await;
            let asked = stranger.ask(row.method, &path, (row.body)());
            let (answer, reads) = counting_reads(asked).await;
            assert_eq!(answer.status, 404, "{} {path}", row.method);
            answers.push((answer.body, reads));
        }
        assert_eq!(answers[0], answers[1], "{} {}", row.method, row.path);
        assert!(answers[0].1 > 0, "{} {}: nothing was counted", row.method, row.path);
    }
}

/// Whoever may is served; where that changes the world, each in one of their own.
async fn serves<'a>(server: &'a Server, row: &Row, untouched: World<'a>) {
    let mut untouched = Some(untouched);
    for role in Role::ALL {
        if row.refusal(role).is_some() {
            continue;
        }
        let world = match untouched.take() {
            Some(world) => world,
            None => World::new(server).await,
        };
        let mut visitor = world.visitor(role).await;
        let address = address(&world, row).await;
        let answer = visitor.ask(row.method, &address, (row.body)()).await;
        let told = format!(
            "{role:?} {} {}: {}",
            row.method,
            row.path,
            String::from_utf8_lossy(&answer.body)
        );
        assert!(answer.status.is_success(), "{} {told}", answer.status);
        untouched = (row.method == "GET").then_some(world);
    }
}

async fn address(world: &World<'_>, row: &Row) -> String {
    let path = world.path(row.path).await;
    match row.query {
        "" => path,
        query => format!("{path}?{query}"),
    }
}
