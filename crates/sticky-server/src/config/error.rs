use std::path::PathBuf;

use thiserror::Error;

use super::layer::Origin;

/// Why the configuration cannot be used. Says where the setting came from and never what a secret was.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("{origin}: there is no setting `{key}`; did you mean `{neighbour}`?")]
    Unknown { origin: Origin, key: String, neighbour: String },
    #[error("{origin}: `{key}` {reason}")]
    Invalid { origin: Origin, key: &'static str, reason: String },
    #[error("{path}: {reason}", path = .path.display())]
    File { path: PathBuf, reason: String },
    #[error("{0} is set twice, as itself and as a file; keep one")]
    Twice(String),
    #[error(
        "--insecure-local-dev opens every door to whoever reaches it, so it listens on 127.0.0.1, [::1] or localhost only, not on {0}"
    )]
    LocalDevBeyondLoopback(std::net::SocketAddr),
}
