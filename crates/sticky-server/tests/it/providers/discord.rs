use axum::extract::Form;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A code that was never given out.
pub(super) const UNKNOWN: &str = "unknown";

/// Discord as far as signing in goes. A code is the name of whoever comes with it.
pub(super) struct Discord {
    pub(super) url: String,
    serving: JoinHandle<()>,
}

impl Discord {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes =
            Router::new().route("/api/oauth2/token", post(token)).route("/api/users/@me", get(who));
        let serving = tokio::spawn(async { axum::serve(listener, routes).await.unwrap() });
        Self { url, serving }
    }
}

impl Drop for Discord {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn token(Form(asked): Form<Vec<(String, String)>>) -> (StatusCode, Json<Value>) {
    let code = &asked.iter().find(|(name, _)| name == "code").unwrap().1;
    if code == UNKNOWN {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" })));
    }
    (StatusCode::OK, Json(json!({ "access_token": code, "token_type": "Bearer" })))
}

async fn who(headers: HeaderMap) -> Json<Value> {
    let bearer = headers["authorization"].to_str().unwrap();
    let name = bearer.strip_prefix("Bearer ").unwrap();
    Json(json!({ "id": format!("id-of-{name}"), "username": name, "global_name": null }))
}
