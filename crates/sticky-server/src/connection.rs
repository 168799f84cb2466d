//! Connections, from being taken until they are closed or become sockets.

use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tower::Service as _;
use tower_http::timeout::TimeoutBody;

use crate::app::App;
use crate::lifecycle::Lifecycle;
use crate::listen::accept;
use crate::router::router;
use crate::tls::Tls;

/// The connections of a process.
pub(crate) struct Connections {
    http: Http,
    tls: Option<Tls>,
    /// Room for connections that are no sockets of a note yet.
    room: Arc<Semaphore>,
    open: TaskTracker,
}

impl Connections {
    pub(crate) async fn new(app: &App, tls: Option<Tls>) -> Self {
        Self {
            http: Http::new(app).await,
            tls,
            room: Arc::new(Semaphore::new(app.config.max_connections)),
            open: TaskTracker::new(),
        }
    }

    /// Serves whoever connects, until dropped.
    pub(crate) async fn take_from(&self, listener: TcpListener) -> Infallible {
        loop {
            let room = Arc::clone(&self.room).acquire_owned().await;
            let room = room.expect("nobody closes the semaphore");
            let (connection, peer) = accept(&listener).await;
            self.take(connection, peer, room);
        }
    }

    /// Takes new certificates as they come, until dropped.
    pub(crate) async fn keep_certificate_new(&self) -> Infallible {
        match &self.tls {
            Some(tls) => tls.keep_new().await,
            None => pending().await,
        }
    }

    /// Returns when the last connection has ended that is no socket.
    pub(crate) async fn ended(&self) {
        self.open.close();
        self.open.wait().await;
    }

    fn take(&self, connection: TcpStream, peer: SocketAddr, room: OwnedSemaphorePermit) {
        let http = self.http.clone();
        let Some(tls) = &self.tls else {
            self.open.spawn(async move {
                http.serve(connection, peer).await;
                drop(room);
            });
            return;
        };
        let greeted = timeout(http.patience, tls.acceptor().accept(connection));
        self.open.spawn(async move {
            if let Ok(Ok(connection)) = greeted.await {
                http.serve(connection, peer).await;
            }
            drop(room);
        });
    }
}

/// How a connection is served.
#[derive(Clone)]
struct Http {
    service: Router,
    protocol: http1::Builder,
    /// How long a client may take to send the head of a request, or a piece of its body.
    patience: Duration,
    lifecycle: Lifecycle,
}

impl Http {
    async fn new(app: &App) -> Self {
        let patience = app.config.request_timeout;
        let mut protocol = http1::Builder::new();
        protocol.timer(TokioTimer::new()).header_read_timeout(patience);
        let service = finished(router(app.clone())).await;
        Self { service, protocol, patience, lifecycle: app.lifecycle.clone() }
    }

    /// Answers until the client has gone, the process stops, or the connection has become a socket.
    async fn serve(
        self,
        connection: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: SocketAddr,
    ) {
        let Self { service, protocol, patience, lifecycle } = self;
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(|body| Body::new(TimeoutBody::new(patience, body)));
            request.extensions_mut().insert(ConnectInfo(peer));
            service.clone().call(request)
        });
        let mut served =
            pin!(protocol.serve_connection(TokioIo::new(connection), service).with_upgrades());
        let ended = tokio::select! {
            ended = served.as_mut() => ended,
            () = lifecycle.stopping() => {
                served.as_mut().graceful_shutdown();
                served.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// Finished once: a bare router is finished anew for every request, with all that its routes carry.
async fn finished(router: Router) -> Router {
    match router.into_make_service().call(()).await {
        Ok(router) => router,
        Err(never) => match never {},
    }
}
