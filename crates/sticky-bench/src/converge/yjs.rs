//! Documents of real Yjs, kept by Node: this program has yrs, whose mistakes it might share with the server.

use std::process::Stdio;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;

use super::document::View;
use crate::error::BenchError;

/// Measurements run where they were built, as their sources are not shipped.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/interop/documents.mjs");

/// A Node process.
#[derive(Clone)]
pub(super) struct Yjs {
    pipe: Arc<Mutex<Pipe>>,
}

struct Pipe {
    _node: Child,
    asks: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Yjs {
    pub(super) fn start() -> Result<Self, BenchError> {
        let mut node = Command::new("node")
            .arg(PROGRAM)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let asks = node.stdin.take().expect("its input is piped");
        let answers = BufReader::new(node.stdout.take().expect("its output is piped")).lines();
        Ok(Self { pipe: Arc::new(Mutex::new(Pipe { _node: node, asks, answers })) })
    }

    /// An empty document that `client` writes in.
    pub(super) async fn document(&self, client: u64) -> Result<YjsDocument, BenchError> {
        let number = self.ask(json!({ "act": "open", "client": client })).await?;
        Ok(YjsDocument { yjs: self.clone(), number })
    }

    async fn ask<T: DeserializeOwned>(&self, request: Value) -> Result<T, BenchError> {
        let mut pipe = self.pipe.lock().await;
        pipe.asks.write_all(format!("{request}\n").as_bytes()).await?;
        let answer = pipe.answers.next_line().await?.ok_or_else(|| {
            let message = "node has ended; does web/ have its packages? (`npm ci` in there)";
            BenchError::Usage(message.to_owned())
        })?;
        serde_json::from_str(&answer).map_err(BenchError::broken)
    }
}

/// One of its documents.
pub(super) struct YjsDocument {
    yjs: Yjs,
    number: usize,
}

impl YjsDocument {
    pub(super) async fn insert(&mut self, at: u32, word: &str) -> Result<Vec<u8>, BenchError> {
        self.bytes("insert", json!({ "at": at, "word": word })).await
    }

    pub(super) async fn remove(&mut self, at: u32, count: u32) -> Result<Vec<u8>, BenchError> {
        self.bytes("remove", json!({ "at": at, "count": count })).await
    }

    pub(super) async fn apply(&mut self, update: &[u8]) -> Result<(), BenchError> {
        self.ask("apply", json!({ "update": STANDARD.encode(update) })).await
    }

    pub(super) async fn vector(&self) -> Result<Vec<u8>, BenchError> {
        self.bytes("vector", json!({})).await
    }

    pub(super) async fn missing(&self, vector: &[u8]) -> Result<Vec<u8>, BenchError> {
        self.bytes("missing", json!({ "vector": STANDARD.encode(vector) })).await
    }

    pub(super) async fn view(&self) -> Result<View, BenchError> {
        self.ask("view", json!({})).await
    }

    async fn bytes(&self, act: &str, request: Value) -> Result<Vec<u8>, BenchError> {
        let encoded: String = self.ask(act, request).await?;
        STANDARD.decode(encoded).map_err(BenchError::broken)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        act: &str,
        mut request: Value,
    ) -> Result<T, BenchError> {
        (request["act"], request["document"]) = (act.into(), self.number.into());
        self.yjs.ask(request).await
    }
}
