use std::path::Path;

use crate::harness::Server;

/// Checked in, so that a change of the API is seen in review.
#[tokio::test]
async fn the_description_is_the_one_that_is_checked_in() {
    let server = Server::production().await;
    let answer = server.visitor().ask("GET", "/api/openapi.json", ()).await;
    let served = format!("{:#}\n", answer.json());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    if std::env::var_os("STICKY_UPDATE_GOLDENS").is_some() {
        std::fs::write(&path, &served).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        served == checked_in,
        "the API has changed; renew docs/openapi.json with STICKY_UPDATE_GOLDENS=1"
    );
}

#[tokio::test]
async fn every_route_is_described_with_its_refusals() {
    let server = Server::production().await;
    let description = server.visitor().ask("GET", "/api/openapi.json", ()).await.json();
    let paths = description["paths"].as_object().unwrap();
    assert!(paths.len() >= 12, "{:?}", paths.keys());
    let mut names = std::collections::BTreeSet::new();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(operation["responses"]["400"].is_object(), "{method} {path}");
            assert!(operation["summary"].is_string(), "{method} {path}");
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "two operations are called {name}");
        }
    }
}

#[tokio::test]
async fn the_page_about_the_api_needs_nothing_from_elsewhere() {
    let server = Server::production().await;
    let page = server.visitor().ask("GET", "/api/docs/", ()).await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains("http://") && !page.text().contains("https://"));
    let start = server.visitor().ask("GET", "/api/docs/swagger-initializer.js", ()).await;
    assert!(start.text().contains("/api/openapi.json") && !start.text().contains("petstore"));
}

#[tokio::test]
async fn a_route_is_described_by_what_its_kind_can_answer() {
    let server = Server::production().await;
    let description = server.visitor().ask("GET", "/api/openapi.json", ()).await.json();
    let schemes = &description["components"]["securitySchemes"];
    assert_eq!(schemes["browser"]["in"], "cookie");
    let statuses = |path: &str, method: &str| {
        let answers = description["paths"][path][method]["responses"].as_object().unwrap();
        answers.keys().map(|status| status.parse().unwrap()).collect::<Vec<u16>>()
    };
    let headers = |path: &str, method: &str| {
        let all = description["paths"][path][method]["parameters"].as_array();
        let all = all.into_iter().flatten().filter(|parameter| parameter["in"] == "header");
        all.map(|parameter| parameter["name"].as_str().unwrap()).collect::<Vec<_>>()
    };
    let stats = [200, 400, 401, 403, 421, 429, 500, 503, 507];
    assert_eq!(statuses("/api/v1/admin/stats", "get"), stats);
    assert_eq!(statuses("/.well-known/jwks.json", "get"), [200, 400, 421, 429, 500, 503]);
    assert!(statuses("/api/v1/providers/{provider}/login", "post").contains(&502));
    assert_eq!(headers("/api/v1/login", "post"), [""; 0]);
    assert_eq!(headers("/api/v1/users", "post"), ["Idempotency-Key"]);
    assert_eq!(headers("/api/v1/groups", "get"), ["X-Project"]);
    assert_eq!(headers("/api/v1/documents", "post"), ["Idempotency-Key", "X-Project"]);
}
