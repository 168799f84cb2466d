//! Every role, every route, every message of a socket: one table that a new route cannot escape.

mod answers;
mod cast;
mod doors;
mod hidden;
mod role;
mod sockets;
mod table;
mod tenants;
mod users;

use std::collections::BTreeSet;

use crate::harness::Server;
use crate::visitor::Answer;
use cast::World;
use role::Role;
use table::{Row, rows};

/// The id of nothing.
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
    let mut wrong = Vec::new();
    for row in rows() {
        let untouched = refuses(&server, &row, &mut wrong).await;
        serves(&server, &row, untouched, &mut wrong).await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever is refused is told so, and nothing has happened: the world is as it was.
async fn refuses<'a>(server: &'a Server, row: &Row, wrong: &mut Vec<String>) -> World<'a> {
    let world = World::new(server).await;
    let mut missing: Option<bytes::Bytes> = None;
    for role in Role::ALL {
        let Some(status) = row.refusal(role) else { continue };
        let mut visitor = world.visitor(role).await;
        let address = address(&world, row).await;
        let before = world.log().await;
        let answer = visitor.ask(row.method, &address, (row.body)()).await;
        let told = told(role, row, &answer);
        if answer.status.as_u16() != status {
            wrong.push(format!("{told}, and not {status}"));
        }
        if world.log().await != before {
            wrong.push(format!("{told}, and something has happened"));
        }
        if answer.status == 404 && row.path.contains("{id}") {
            let same = missing.get_or_insert_with(|| answer.body.clone());
            assert_eq!(*same, answer.body, "{told}: missing and forbidden are the same bytes");
        }
    }
    world
}

/// Whoever may is served; where that changes the world, each in one of their own.
async fn serves<'a>(server: &'a Server, row: &Row, untouched: World<'a>, wrong: &mut Vec<String>) {
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
        if !answer.status.is_success() {
            wrong.push(told(role, row, &answer));
        }
        untouched = (row.method == "GET").then_some(world);
    }
}

fn told(role: Role, row: &Row, answer: &Answer) -> String {
    let body = String::from_utf8_lossy(&answer.body);
    format!("{role:?} {} {}: {} {body}", row.method, row.path, answer.status)
}

async fn address(world: &World<'_>, row: &Row) -> String {
    let path = world.path(row.path).await;
    match row.query {
        "" => path,
        query => format!("{path}?{query}"),
    }
}
