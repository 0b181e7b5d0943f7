//! A proxy between the program and a stand-in: what the way there, or a machine on it, does to calls.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State as Shared},
    http::{HeaderName, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use order_bot::standin::wire::{Cut, Server, carry_out, read_body};
use serde_json::Value;

use super::{faults::Faults, sheets};

/// Headers that are each connection's own affair.
const OF_THE_CONNECTION: [&str; 5] = [
    "host",
    "connection",
    "keep-alive",
    "content-length",
    "transfer-encoding",
];

struct Inner {
    /// Where calls go, without a slash at the end.
    to: String,
    http: reqwest::Client,
    faults: Faults,
}

/// A running proxy; clones share it.
#[derive(Clone)]
pub struct Proxy {
    inner: Arc<Inner>,
    server: Arc<Server>,
}

impl Proxy {
    /// A proxy to `to`, a URL without a path.
    pub async fn start(to: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let inner = Arc::new(Inner {
            to: to.to_owned(),
            http,
            faults: Faults::default(),
        });
        let router = Router::new().fallback(serve).with_state(Arc::clone(&inner));
        let server = Arc::new(Server::start(router).await.unwrap());
        Self { inner, server }
    }

    pub fn url(&self) -> String {
        self.server.url()
    }

    /// To refuse connections, and to take them again.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Faults by name of the call: a method of Telegram as in `sendMessage`, or as in `sendMessage@42` for one chat;
    /// `chat` of OpenAI; `token`, `values.append` and the like of Google.
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }
}

/// What a call is named in a plan of faults.
fn name(method: &Method, uri: &Uri) -> String {
    let path = uri.path();
    if let Some(wanted) = sheets::route(method, path) {
        return wanted.name.to_owned();
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    match last {
        "completions" => "chat".to_owned(),
        // Telegram does not mind the case of a method's name.
        method => method
            .chars()
            .take(1)
            .flat_map(char::to_lowercase)
            .chain(method.chars().skip(1))
            .collect(),
    }
}

async fn serve(
    Shared(inner): Shared<Arc<Inner>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let body = read_body(body).await;
    let fields: Value = serde_json::from_slice(&body).unwrap_or_default();
    let chat = fields.get("chat_id").map(ToString::to_string);
    let verdict = inner
        .faults
        .next_in(&name(&head.method, &head.uri), chat.as_deref());
    carry_out(verdict, &cut, move || async move {
        let mut onward = inner
            .http
            .request(head.method, format!("{}{}", inner.to, head.uri))
            .body(body);
        for (name, value) in &head.headers {
            if !OF_THE_CONNECTION.contains(&name.as_str()) {
                onward = onward.header(name, value);
            }
        }
        match onward.send().await {
            Ok(answer) => back(answer).await,
            Err(_) => StatusCode::BAD_GATEWAY.into_response(),
        }
    })
    .await
}

async fn back(answer: reqwest::Response) -> Response {
    let mut head = Response::builder().status(answer.status());
    let own = |name: &HeaderName| OF_THE_CONNECTION.contains(&name.as_str());
    for (name, value) in answer.headers() {
        if !own(name) {
            head = head.header(name, value);
        }
    }
    let body = answer.bytes().await.unwrap_or_default();
    head.body(Body::from(body)).unwrap()
}
