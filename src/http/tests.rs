#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;

use super::*;
use crate::health::{Component, Probe, Probes};

struct Server {
    addr: SocketAddr,
    telegram_fails: Arc<AtomicBool>,
    parser_fails: Arc<AtomicBool>,
    stop: CancellationToken,
    task: JoinHandle<io::Result<()>>,
}

fn probe(fails: &Arc<AtomicBool>, bad: fn() -> Component) -> Probe {
    let fails = Arc::clone(fails);
    Box::new(move || {
        if fails.load(Ordering::Relaxed) {
            bad()
        } else {
            Component::ok()
        }
    })
}

async fn server() -> Server {
    let telegram_fails = Arc::new(AtomicBool::new(false));
    let parser_fails = Arc::new(AtomicBool::new(false));
    let health = Health::new(Probes {
        telegram: probe(&telegram_fails, || Component::failing("unreachable")),
        store: Box::new(Component::ok),
        parser: probe(&parser_fails, || Component::degraded("out of reach")),
        sheets: Box::new(|| Component::ok().number("waiting", 2)),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let router = router(health, Metrics::new());
    let task = tokio::spawn(serve(listener, router, stop.clone()));
    Server {
        addr,
        telegram_fails,
        parser_fails,
        stop,
        task,
    }
}

impl Server {
    async fn get(&self, path: &str) -> reqwest::Response {
        let url = format!("http://{}{path}", self.addr);
        Client::new().get(url).send().await.unwrap()
    }

    #[track_caller]
    fn check(&self, path: &'static str, expected: u16) -> impl Future<Output = serde_json::Value> {
        let at = std::panic::Location::caller();
        async move {
            let answer = self.get(path).await;
            assert_eq!(answer.status().as_u16(), expected, "{path} at {at}");
            assert_eq!(answer.headers()["cache-control"], "no-store");
            answer.json().await.unwrap()
        }
    }
}

#[tokio::test]
async fn health_is_200_while_orders_can_be_taken() {
    let server = server().await;
    let body = server.check("/health", 200).await;
    assert_eq!(body["status"], "ok");
    assert_eq!(body["version"], env!("CARGO_PKG_VERSION"));
    assert!(body["uptime_seconds"].is_u64());
    assert_eq!(body["components"]["sheets"]["waiting"], 2);

    server.parser_fails.store(true, Ordering::Relaxed);
    assert_eq!(server.check("/health", 200).await["status"], "degraded");

    server.telegram_fails.store(true, Ordering::Relaxed);
    let body = server.check("/health", 503).await;
    assert_eq!(body["status"], "failing");
    assert_eq!(body["components"]["telegram"]["status"], "failing");
    assert_eq!(
        server.check("/health/bot", 503).await["detail"],
        "unreachable"
    );
    assert_eq!(server.check("/health/live", 200).await["status"], "ok");
}

#[tokio::test]
async fn metrics_are_prometheus_text_with_the_memory() {
    let server = server().await;
    let answer = server.get("/metrics").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = answer.text().await.unwrap();
    let memory = text
        .lines()
        .find_map(|l| l.strip_prefix("order_bot_resident_memory_bytes "))
        .unwrap();
    if cfg!(target_os = "linux") {
        assert!(memory.parse::<u64>().unwrap() > 1_000_000);
    }
}

#[tokio::test]
async fn everything_else_is_404_and_head_has_no_body() {
    let server = server().await;
    for path in ["/", "/HEALTH", "/health/", "/health/caddy", "/metrics/x"] {
        assert_eq!(server.get(path).await.status(), 404, "{path}");
    }
    let url = format!("http://{}/health", server.addr);
    let client = Client::new();
    assert_eq!(client.post(&url).send().await.unwrap().status(), 404);
    let head = client.head(&url).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_eq!(head.bytes().await.unwrap().len(), 0);
}

#[tokio::test]
async fn who_asks_too_often_through_the_proxy_is_told_so_and_nobody_else() {
    let server = server().await;
    let url = format!("http://{}/health", server.addr);
    let client = Client::new();
    let ask = |from: &'static str| {
        let asked = client.get(&url).header("x-forwarded-for", from).send();
        async move { asked.await.unwrap() }
    };
    let mut refused = None;
    for _ in 0..limit::BURST.get() * 3 {
        let answer = ask("203.0.113.9").await;
        if answer.status() == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a flood is stopped");
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(refused.headers()["cache-control"], "no-store");
    assert_eq!(ask("203.0.113.10").await.status(), 200);
    // The container's own health check asks from the same machine and past the proxy.
    for _ in 0..limit::BURST.get() * 2 {
        server.check("/health", 200).await;
    }
}

#[tokio::test]
async fn a_large_head_is_refused_and_the_server_goes_on() {
    let server = server().await;
    let mut stream = TcpStream::connect(server.addr).await.unwrap();
    let head = format!(
        "GET /health HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
        "x".repeat(HEAD_BYTES)
    );
    // The server may close before it has read all of it.
    let _ = stream.write_all(head.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    server.check("/health", 200).await;
}

#[tokio::test]
async fn it_stops_at_once_though_a_connection_is_idle() {
    let server = server().await;
    let _idle = TcpStream::connect(server.addr).await.unwrap();
    server.check("/health", 200).await;
    server.stop.cancel();
    timeout(STOP_LIMIT * 3, server.task)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert!(TcpStream::connect(server.addr).await.is_err());
}

#[tokio::test]
async fn asking_tells_health_from_sickness_and_silence() {
    let server = server().await;
    let base = format!("http://{}", server.addr);
    let answer = ask(&base).await.unwrap();
    assert!(
        answer.healthy && answer.line.starts_with("{\"status\":\"ok\""),
        "{answer:?}"
    );
    server.telegram_fails.store(true, Ordering::Relaxed);
    assert!(!ask(&format!("{base}/health")).await.unwrap().healthy);
    assert!(ask(&format!("{base}/health/live")).await.unwrap().healthy);
    assert!(matches!(ask("no url").await, Err(AskError::Url)));
    assert!(matches!(ask("ftp://example.com").await, Err(AskError::Url)));

    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = unused.local_addr().unwrap();
    drop(unused);
    assert!(matches!(
        ask(&health_url(addr)).await,
        Err(AskError::Connect)
    ));
}

#[test]
fn a_bot_that_listens_everywhere_is_asked_on_this_machine() {
    let url = |addr: &str| health_url(addr.parse().unwrap());
    assert_eq!(url("0.0.0.0:8080"), "http://127.0.0.1:8080/health");
    assert_eq!(url("[::]:8080"), "http://[::1]:8080/health");
    assert_eq!(url("10.0.0.7:81"), "http://10.0.0.7:81/health");
}
