//! Every role, every route, every message of a socket: one table that a new route cannot escape.

mod cast;
mod sockets;
mod table;
mod users;

use std::collections::BTreeSet;

use crate::harness::Server;
use cast::{Role, World};
use table::{Row, rows};

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
