//! The arrows of ARCHITECTURE.md: which crate may name which, checked on what cargo says the manifests say.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// What each crate may use of ours.
const ARROWS: [(&str, &[&str]); 8] = [
    ("sticky-domain", &[]),
    ("sticky-store", &["sticky-domain"]),
    ("sticky-relay", &["sticky-domain"]),
    ("sticky-preview", &["sticky-domain"]),
    ("sticky-server", &["sticky-domain", "sticky-store", "sticky-relay", "sticky-preview"]),
    ("sticky-testbed", &[]),
    (
        "sticky-bench",
        &["sticky-domain", "sticky-relay", "sticky-server", "sticky-store", "sticky-testbed"],
    ),
    ("xtask", &[]),
];

/// The heavy families, each with the only crates that may name it. The load generator is a Yjs client like any other,
/// and measures the log beside plain SQL.
const FAMILIES: [(&str, &[&str]); 6] = [
    ("sqlx", &["sticky-store", "sticky-bench"]),
    ("yrs", &["sticky-relay", "sticky-bench"]),
    ("axum", &["sticky-server"]),
    ("comrak", &["sticky-preview"]),
    ("ammonia", &["sticky-preview"]),
    ("takumi", &["sticky-preview"]),
];

/// What the rules may not be written with: they do no I/O and wait for nothing.
const BANNED_FROM_DOMAIN: [&str; 4] = ["tokio", "sqlx", "axum", "yrs"];

#[test]
fn every_crate_is_drawn_and_every_drawn_crate_exists() {
    let drawn: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let dependencies = normal_dependencies();
    let there: BTreeSet<&str> = dependencies.keys().map(String::as_str).collect();
    assert_eq!(there, drawn);
}

#[test]
fn crates_use_only_what_the_arrows_allow() {
    let dependencies = normal_dependencies();
    for (name, allowed) in ARROWS {
        let ours = dependencies[name].iter().filter(|used| dependencies.contains_key(*used));
        let wrong: Vec<&String> = ours.filter(|used| !allowed.contains(&used.as_str())).collect();
        assert!(wrong.is_empty(), "{name} may not use {wrong:?}");
    }
}

#[test]
fn each_heavy_family_stays_in_its_crate() {
    for (name, used) in normal_dependencies() {
        for (family, allowed) in FAMILIES {
            let inside = used
                .iter()
                .filter(|dependency| is_of_family(dependency, family))
                .collect::<Vec<_>>();
            assert!(
                inside.is_empty() || allowed.contains(&name.as_str()),
                "{name} may not name {inside:?}"
            );
        }
    }
}

#[test]
fn the_domain_does_no_io() {
    for dependency in &normal_dependencies()["sticky-domain"] {
        let banned = BANNED_FROM_DOMAIN.iter().find(|family| is_of_family(dependency, family));
        assert_eq!(banned, None, "sticky-domain may not name {dependency}");
    }
}

#[test]
fn the_runner_is_built_from_nothing() {
    assert!(normal_dependencies()["xtask"].is_empty());
}

/// `axum-extra` is of the family `axum`.
fn is_of_family(dependency: &str, family: &str) -> bool {
    dependency == family
        || dependency.strip_prefix(family).is_some_and(|rest| rest.starts_with('-'))
}

/// For each crate of the workspace, the crates that it names outside tests and build scripts.
fn normal_dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let packages = metadata()["packages"].take();
    packages.as_array().expect("cargo lists packages").iter().map(named_by).collect()
}

fn named_by(package: &Value) -> (String, BTreeSet<String>) {
    let dependencies =
        package["dependencies"].as_array().expect("a package has a list of dependencies");
    let normal = dependencies.iter().filter(|dependency| dependency["kind"].is_null());
    (text(&package["name"]), normal.map(|dependency| text(&dependency["name"])).collect())
}

fn text(value: &Value) -> String {
    value.as_str().expect("a name is a string").to_owned()
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs this test, so it can run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}
