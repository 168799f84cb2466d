//! Bad input at every route that the description knows, whoever added it: refused by a documented problem, never a
//! failure of ours, never taken in silence.

use serde_json::{Value, json};

use crate::harness::Server;
use crate::visitor::{Answer, Payload, Visitor};

const UNKNOWN: &str = "0198c0de-0000-7000-8000-00000000ffff";
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// Values of every type; at each place some of them are wrong.
const TEXTS: [&str; 7] = ["", "x", "-1", "99999999999999999999", "%00", "%ff", "%F0%9F%A5%9B"];

struct Operation {
    method: String,
    path: String,
    described: Value,
}

struct Api {
    description: Value,
    operations: Vec<Operation>,
}

impl Api {
    async fn of(server: &Server) -> Self {
        let description = server.visitor().ask("GET", "/api/openapi.json", ()).await.json();
        let mut operations = Vec::new();
        for (path, methods) in description["paths"].as_object().unwrap() {
            for (method, described) in methods.as_object().unwrap() {
                let (method, path) = (method.to_uppercase(), path.clone());
                operations.push(Operation { method, path, described: described.clone() });
            }
        }
        assert!(operations.len() > 15, "the description is read");
        Self { description, operations }
    }

    /// What this schema or reference to one says.
    fn schema<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(reference) => self.description.pointer(&reference[1..]).unwrap(),
            None => schema,
        }
    }

    /// The members that a JSON body may have, in any of its forms.
    fn members(&self, operation: &Operation) -> Vec<String> {
        let schema = &operation.described["requestBody"]["content"]["application/json"]["schema"];
        let schema = self.schema(schema);
        let forms = schema["oneOf"].as_array().into_iter().flatten().chain([schema]);
        let members = forms.filter_map(|form| self.schema(form)["properties"].as_object());
        members.flat_map(|members| members.keys().cloned()).collect()
    }
}

impl Operation {
    fn takes_json(&self) -> bool {
        self.described["requestBody"]["content"]["application/json"].is_object()
    }

    fn parameters(&self, place: &str) -> Vec<&str> {
        let all = self.described["parameters"].as_array().into_iter().flatten();
        let wanted = all.filter(|parameter| parameter["in"] == place);
        wanted.map(|parameter| parameter["name"].as_str().unwrap()).collect()
    }

    /// The path with this in the place of every parameter.
    fn at(&self, value: &str) -> String {
        let parts = self.path.split('/');
        parts
            .map(|part| if part.starts_with('{') { value } else { part })
            .collect::<Vec<_>>()
            .join("/")
    }

    /// Whether the answer is one that the description knows, and says what is wrong if something is.
    fn expect(&self, answer: &Answer, asked: &str) {
        let status = answer.status.as_u16();
        let told =
            format!("{} {asked}: {status} {}", self.method, String::from_utf8_lossy(&answer.body));
        assert!(status < 500, "{told}");
        let documented = &self.described["responses"][status.to_string()];
        assert!(documented.is_object(), "undocumented: {told}");
        if status >= 400 {
            assert_eq!(answer.headers["content-type"], "application/problem+json", "{told}");
            assert!(answer.json()["code"].is_string() && answer.request_id.is_some(), "{told}");
        }
    }

    fn expect_refused(&self, answer: &Answer, asked: &str) {
        self.expect(answer, asked);
        let status = answer.status.as_u16();
        assert!(status >= 400, "taken in silence: {} {asked}: {status}", self.method);
    }
}

/// Everyone to whom the server answers differently.
async fn everyone(server: &Server) -> Vec<Visitor> {
    vec![server.visitor(), server.service("someone").await]
}

#[tokio::test]
async fn ids_that_cannot_be() {
    for server in [Server::local().await, Server::production().await] {
        let api = Api::of(&server).await;
        for mut someone in everyone(&server).await {
            for operation in api.operations.iter().filter(|operation| operation.path.contains('{'))
            {
                let long = "a".repeat(3_000);
                for id in
                    TEXTS.into_iter().chain([UNKNOWN, long.as_str()]).filter(|id| !id.is_empty())
                {
                    let path = operation.at(id);
                    let answer = someone.ask(&operation.method, &path, Payload::Nothing).await;
                    operation.expect_refused(&answer, &path);
                }
            }
        }
    }
}

#[tokio::test]
async fn parameters_that_cannot_be() {
    let server = Server::local().await;
    let api = Api::of(&server).await;
    for mut someone in everyone(&server).await {
        let note = someone.ask("POST", "/api/v1/documents", json!({})).await.member("id");
        for operation in &api.operations {
            let long = "a".repeat(3_000);
            for name in operation.parameters("query") {
                for value in TEXTS.into_iter().chain([long.as_str()]) {
                    let path = format!("{}?{name}={value}", operation.at(&note));
                    let answer = someone.ask(&operation.method, &path, Payload::Nothing).await;
                    operation.expect(&answer, &path);
                }
            }
        }
    }
}

#[tokio::test]
async fn bodies_that_cannot_be() {
    let server = Server::local().await;
    let api = Api::of(&server).await;
    for mut someone in everyone(&server).await {
        let note = someone.ask("POST", "/api/v1/documents", json!({})).await.member("id");
        for operation in api.operations.iter().filter(|operation| operation.takes_json()) {
            let path = operation.at(&note);
            for (media_type, body) in [
                ("application/json", "{"),
                ("application/json", "[1]"),
                ("application/json", "null"),
                ("application/json", "\"x\""),
                ("application/json", "{} {}"),
                ("application/json", "{\"unheard\": 1}"),
                ("application/json", "{\"a\": \"\\ud800\"}"),
                ("application/json", "\u{0}"),
                ("text/plain", "{}"),
                ("multipart/form-data", "x"),
            ] {
                let answer = someone.ask(&operation.method, &path, (media_type, body)).await;
                operation.expect_refused(&answer, &format!("{path} {media_type} {body}"));
            }
            let huge = Payload::Raw("application/json", vec![b' '; (4 << 20) + 1]);
            operation.expect_refused(&someone.ask(&operation.method, &path, huge).await, "4 MiB");
        }
    }
}

#[tokio::test]
async fn members_that_cannot_be() {
    let server = Server::local().await;
    let api = Api::of(&server).await;
    let mut someone = server.visitor();
    let note = someone.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    for operation in api.operations.iter().filter(|operation| operation.takes_json()) {
        for member in api.members(operation) {
            for value in [
                json!(null),
                json!(7.5),
                json!(-1),
                json!([]),
                json!({"a": [[[]]]}),
                json!("\u{0}\u{202e}"),
                json!("x".repeat(1 << 20)),
            ] {
                let body = json!({ member.clone(): value });
                let told: String = body.to_string().chars().take(40).collect();
                let asked = format!("{} {told}", operation.path);
                let answer = someone.ask(&operation.method, &operation.at(&note), body).await;
                operation.expect(&answer, &asked);
            }
        }
    }
}

#[tokio::test]
async fn methods_that_are_not_known() {
    let server = Server::local().await;
    let api = Api::of(&server).await;
    let mut someone = server.visitor();
    for operation in &api.operations {
        let known = &api.description["paths"][&operation.path];
        // The page of a link is for people and not in the description.
        let is_page = |method: &str| method == "GET" && operation.path == "/s/{token}";
        for method in METHODS.into_iter().filter(|method| !is_page(method)) {
            if known[method.to_lowercase()].is_null() {
                let answer = someone.ask(method, &operation.at(UNKNOWN), Payload::Nothing).await;
                assert_eq!(answer.code(), "method_not_allowed", "{method} {}", operation.path);
                assert!(answer.headers.contains_key("allow"), "{method} {}", operation.path);
            }
        }
    }
}

#[tokio::test]
async fn headers_that_cannot_be() {
    let server = Server::local().await;
    let api = Api::of(&server).await;
    let note = server.visitor().ask("POST", "/api/v1/documents", json!({})).await.member("id");
    for operation in &api.operations {
        for name in [
            "if-match",
            "if-none-match",
            "accept",
            "range",
            "traceparent",
            "idempotency-key",
            "x-project",
        ] {
            for value in ["", "x", "\"", "\"99999999999999999999\"", "*", ",,,", "W/\"\""] {
                let mut someone = server.visitor().with(name, value);
                let path = operation.at(&note);
                let answer = someone.ask(&operation.method, &path, Payload::Nothing).await;
                operation.expect(&answer, &format!("{path} {name}: {value}"));
            }
        }
    }
}
