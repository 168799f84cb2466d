//! The doors beside the API: pages, pictures, probes, the socket. Each is in this table, and is the same for everyone.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use super::cast::World;
use super::role::Role;
use crate::harness::Server;
use crate::visitor::{Answer, Visitor};

/// What a door answers to whoever knocks, whatever they show: no credential is looked at.
#[derive(Debug, Clone, Copy)]
enum Shows {
    /// The same page or file.
    Always(&'static str),
    /// The numbers of this moment.
    Numbers(&'static str),
    /// Nothing without an upgrade; who is let in then is in `sockets.rs`.
    Socket(&'static str),
}

/// Where each door is reached that the source opens.
const DOORS: [(&str, Shows); 17] = [
    ("/", Shows::Always("/")),
    ("/d/{id}", Shows::Always("/d/{id}")),
    ("/sign-in", Shows::Always("/sign-in")),
    ("/sign-up", Shows::Always("/sign-up")),
    ("/keep", Shows::Always("/keep")),
    ("/account", Shows::Always("/account")),
    ("/groups", Shows::Always("/groups")),
    ("/s/{token}", Shows::Always("/s/{token}")),
    ("/s/{token}/{picture}", Shows::Always("/s/{token}/preview.txt")),
    ("/embed/{name}", Shows::Always("/embed/{token}")),
    ("/assets/{*path}", Shows::Always("/assets/none.js")),
    ("/favicon.svg", Shows::Always("/favicon.svg")),
    ("/healthz", Shows::Always("/healthz")),
    ("/readyz", Shows::Always("/readyz")),
    ("/metrics", Shows::Numbers("/metrics")),
    ("/api/openapi.json", Shows::Always("/api/openapi.json")),
    ("/collab/{document_id}", Shows::Socket("/collab/{id}")),
];
/// The page about the API is a door that a library opens.
const LIBRARY: [&str; 1] = ["/api/docs"];

/// A door that is opened in the source, and is not in the table, fails this.
#[test]
fn the_table_has_every_door_and_no_other() {
    let mut opened = BTreeSet::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    read(&source, &mut |text| opened.extend(doors_in(text))).unwrap();
    let listed = DOORS.iter().map(|(door, _)| (*door).to_owned());
    let listed: BTreeSet<String> = listed.chain(LIBRARY.map(str::to_owned)).collect();
    assert_eq!(opened, listed);
}

fn read(folder: &Path, look: &mut impl FnMut(&str)) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => read(&path, look)?,
            false => look(&fs::read_to_string(&path)?),
        }
    }
    Ok(())
}

/// What is routed by hand. Everything else comes with its description, which has a table of its own.
fn doors_in(text: &str) -> Vec<String> {
    let named = |name: &str| match name.trim().strip_prefix('"') {
        Some(path) => path.trim_end_matches('"').to_owned(),
        None => constant(text, name.trim()),
    };
    [".route(", ".route_service(", ".nest(", ".nest_service(", "SwaggerUi::new("]
        .into_iter()
        .flat_map(|opens| text.split(opens).skip(1))
        .map(|rest| named(rest.split([',', ')']).next().expect("a split has a first part")))
        .collect()
}

fn constant(text: &str, name: &str) -> String {
    let said = text.split(&format!("const {name}: &str = \"")).nth(1);
    said.and_then(|rest| rest.split('"').next()).unwrap_or(name).to_owned()
}

#[tokio::test]
async fn a_door_is_the_same_for_everyone() {
    let server = Server::production().await;
    let world = World::new(&server).await;
    let mut everyone = Vec::new();
    for role in Role::ALL {
        everyone.push((role, world.visitor(role).await));
    }
    let before = world.log().await;
    for (door, shows) in DOORS {
        let (Shows::Always(path) | Shows::Numbers(path) | Shows::Socket(path)) = shows;
        let path = world.path(path).await;
        let expected = ask(&mut server.visitor(), &path).await;
        for (role, visitor) in &mut everyone {
            let answer = ask(visitor, &path).await;
            assert_eq!(answer.status, expected.status, "{role:?} {door}");
            assert!(!answer.headers.contains_key("set-cookie"), "{role:?} {door}");
            match shows {
                Shows::Always(_) => assert_eq!(answer.body, expected.body, "{role:?} {door}"),
                Shows::Numbers(_) => {}
                Shows::Socket(_) => assert_eq!(answer.status, 426, "{role:?} {door}"),
            }
        }
    }
    assert_eq!(world.log().await, before, "a page uses nothing up");
}

async fn ask(visitor: &mut Visitor, path: &str) -> Answer {
    visitor.ask("GET", path, ()).await
}
