//! What the tests of this module share: menus, and a small stand-in for the model's service.
#![allow(clippy::unwrap_used)]

use std::collections::{HashSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{CacheSettings, GptSettings, Mode, Parser};
use crate::menu::Menu;
use crate::metrics::Metrics;

pub(super) fn menu_of(json: &str) -> Menu {
    Menu::parse(json).unwrap()
}

pub(super) fn sample_menu() -> Menu {
    menu_of(include_str!("../../menu.json"))
}

/// What the stand-in answers.
#[derive(Clone)]
pub(super) enum Reply {
    /// A completion whose message has this content.
    Content(String),
    /// This status and body, and a `Retry-After` where given.
    Raw(u16, Value, Option<u64>),
    /// This status and a body that is no JSON.
    Html(u16),
    /// No answer at all.
    Hang,
    /// This content, once it is told to.
    Later(String, Arc<Notify>),
}

#[derive(Default)]
struct Service {
    requests: Mutex<Vec<(HeaderMap, Value)>>,
    script: Mutex<VecDeque<Reply>>,
    default: Mutex<Option<Reply>>,
    peers: Mutex<HashSet<SocketAddr>>,
    called: Notify,
}

/// A stand-in for the model's service on a port of its own.
pub(super) struct Fake {
    service: Arc<Service>,
    pub(super) base: String,
}

pub(super) fn completion(message: &Value, finish: &str) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": null}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120,
                  "prompt_tokens_details": {"cached_tokens": 64}},
    })
}

/// An answer that adds so many of an item.
pub(super) fn adds(item: &str, quantity: i64) -> String {
    json!({
        "intent": "order",
        "operations": [{"op": "add", "item": item, "line": null, "quantity": quantity, "options": [], "note": null}],
        "details": {"name": null, "phone": null, "address": null, "fulfilment": null, "time": null},
        "allergies": [], "note": null, "unmatched": [], "language": "en",
    })
    .to_string()
}

async fn answer(
    State(service): State<Arc<Service>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    service.peers.lock().unwrap().insert(peer);
    let body = serde_json::from_slice(&body).unwrap();
    service.requests.lock().unwrap().push((headers, body));
    service.called.notify_one();
    let next = service.script.lock().unwrap().pop_front();
    let reply = next.or_else(|| service.default.lock().unwrap().clone());
    let content = |text: String| {
        let message = json!({"role": "assistant", "content": text, "refusal": null});
        axum::Json(completion(&message, "stop")).into_response()
    };
    match reply.unwrap() {
        Reply::Content(text) => content(text),
        Reply::Later(text, gate) => {
            gate.notified().await;
            content(text)
        }
        Reply::Raw(status, body, retry_after) => {
            let status = StatusCode::from_u16(status).unwrap();
            let mut response = (status, axum::Json(body)).into_response();
            if let Some(seconds) = retry_after {
                response.headers_mut().insert("retry-after", seconds.into());
            }
            response
        }
        Reply::Html(status) => {
            (StatusCode::from_u16(status).unwrap(), "<html>proxy</html>").into_response()
        }
        Reply::Hang => std::future::pending().await,
    }
}

impl Fake {
    /// `default` is what it answers when its script has ended.
    pub(super) async fn start(default: Reply) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let service = Arc::new(Service::default());
        *service.default.lock().unwrap() = Some(default);
        let app = Router::new()
            .route("/v1/chat/completions", post(answer))
            .with_state(service.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        tokio::spawn(async move {
            axum::serve(
                listener,
                app.into_make_service_with_connect_info::<SocketAddr>(),
            )
            .await
        });
        Self { service, base }
    }

    pub(super) fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.service.script.lock().unwrap().extend(replies);
    }

    pub(super) fn then(&self, default: Reply) {
        *self.service.default.lock().unwrap() = Some(default);
    }

    pub(super) fn calls(&self) -> usize {
        self.service.requests.lock().unwrap().len()
    }

    /// Waits until it has been called so many times.
    pub(super) async fn called(&self, times: usize) {
        while self.calls() < times {
            self.service.called.notified().await;
        }
    }

    pub(super) fn connections(&self) -> usize {
        self.service.peers.lock().unwrap().len()
    }

    pub(super) fn request(&self, n: usize) -> (HeaderMap, Value) {
        self.service.requests.lock().unwrap()[n].clone()
    }

    pub(super) fn settings(&self) -> GptSettings {
        GptSettings {
            api_key: " sk-canary\n".to_owned().into(),
            base_url: Some(format!("{}/", self.base)),
            model: "gpt-4o-mini".to_owned(),
            timeout: Duration::from_secs(10),
            mode: Mode::Gpt,
        }
    }

    pub(super) fn parser(&self) -> Parser {
        self.parser_with(self.settings())
    }

    pub(super) fn parser_with(&self, settings: GptSettings) -> Parser {
        parser(Some(settings))
    }
}

pub(super) fn parser(settings: Option<GptSettings>) -> Parser {
    let cache = CacheSettings {
        ttl: Duration::from_secs(300),
        entries: 100,
    };
    Parser::new(Arc::new(sample_menu()), settings, cache, Metrics::new())
}
