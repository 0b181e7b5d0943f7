//! Health and metrics over HTTP, for monitors on this machine and the proxy before it.
//!
//! Nothing here waits for anything, so most limits are on the connection: one request each, few at a time, small heads,
//! and a deadline for the whole. How often one address may ask is limited in `http/limit.rs`. No answer holds personal data: [`health`](crate::health) and
//! [`metrics`](crate::metrics) have none to give.

mod ask;
mod limit;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::health::{Health, Status};
use crate::metrics::Metrics;

use limit::{Limits, Peer};

pub use ask::{Answer, AskError, ask, health_url};

/// From a connection's first byte to the answer's last.
const CONNECTION_LIMIT: Duration = Duration::from_secs(10);
/// For a request's head.
const HEAD_LIMIT: Duration = Duration::from_secs(5);
/// Most bytes of a request's head; hyper allows no less than 8 KiB.
const HEAD_BYTES: usize = 16 * 1024;
/// Most header lines of a request.
const HEADERS: usize = 64;
/// Connections at a time; more wait to be accepted.
const CONNECTIONS: usize = 64;
/// For open connections when the server stops.
const STOP_LIMIT: Duration = Duration::from_secs(1);

#[derive(Clone)]
struct Shared {
    health: Health,
    metrics: Arc<Metrics>,
}

/// All routes.
pub fn router(health: Health, metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/health", get(whole))
        .route("/health/bot", get(telegram))
        .route("/health/live", get(live))
        .route("/metrics", get(measures))
        .fallback(nothing)
        .method_not_allowed_fallback(nothing)
        .layer(middleware::from_fn_with_state(Limits::new(), limit::limit))
        .with_state(Shared { health, metrics })
}

/// Serves `router` until told to stop, then gives open connections a moment. The log line of the start names the
/// address, as `http.addr`.
///
/// # Errors
/// When the listener has no address. A connection's errors are its own.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
) -> io::Result<()> {
    tracing::info!(http.addr = %listener.local_addr()?, "serving health and metrics");
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    let accepting = async {
        // The semaphore is never closed.
        while let Ok(slot) = Arc::clone(&slots).acquire_owned().await {
            while connections.try_join_next().is_some() {}
            match listener.accept().await {
                Ok((stream, peer)) => {
                    let router = router.clone();
                    connections.spawn(async move {
                        let served = connection(stream, peer.ip(), router);
                        let _ = timeout(CONNECTION_LIMIT, served).await;
                        drop(slot);
                    });
                }
                // Most likely out of file descriptors: without a pause the loop would turn at full speed.
                Err(error) => {
                    tracing::warn!(%error, "a connection to the health server was not accepted");
                    sleep(Duration::from_millis(200)).await;
                }
            }
        }
    };
    stop.run_until_cancelled(accepting).await;
    drop(listener);
    let drained = timeout(STOP_LIMIT, async {
        while connections.join_next().await.is_some() {}
    });
    // What is left is aborted with the set.
    let _ = drained.await;
    Ok(())
}

async fn connection(stream: TcpStream, peer: IpAddr, router: Router) -> hyper::Result<()> {
    let router = router.layer(Extension(Peer(peer)));
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .max_headers(HEADERS)
        .max_buf_size(HEAD_BYTES)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .await
}

const NO_STORE: (axum::http::HeaderName, HeaderValue) =
    (CACHE_CONTROL, HeaderValue::from_static("no-store"));

fn code(status: Status) -> StatusCode {
    match status {
        Status::Ok | Status::Degraded => StatusCode::OK,
        Status::Failing => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn whole(State(shared): State<Shared>) -> Response {
    let report = shared.health.report();
    (code(report.status), [NO_STORE], Json(report)).into_response()
}

async fn telegram(State(shared): State<Shared>) -> Response {
    let seen = shared.health.telegram();
    (code(seen.component.status), [NO_STORE], Json(seen)).into_response()
}

async fn live() -> Response {
    ([NO_STORE], Json(serde_json::json!({"status": Status::Ok}))).into_response()
}

async fn nothing() -> Response {
    (StatusCode::NOT_FOUND, [NO_STORE], "not found\n").into_response()
}

async fn measures(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    if let Some(bytes) = resident_memory() {
        shared.metrics.memory.set(bytes);
    }
    // The text is OpenMetrics; those who do not ask for it read it as the older format, of which it is a dialect.
    let asked = headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/openmetrics-text"));
    let form = if asked {
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    } else {
        "text/plain; version=0.0.4; charset=utf-8"
    };
    (
        [NO_STORE, (CONTENT_TYPE, HeaderValue::from_static(form))],
        shared.metrics.render(),
    )
        .into_response()
}

/// Resident memory of this process in bytes, where the system tells.
fn resident_memory() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests;
