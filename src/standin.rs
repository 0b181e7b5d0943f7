//! A stand-in for Telegram's Bot API: a small server with chats, people, messages and an update queue.
//!
//! `order-bot demo` runs the whole bot against it, and the tests and the load driver wrap it with faults.
//! It checks what Telegram checks and refuses in Telegram's words, so that a client cannot tell them apart
//! in the methods that this bot uses. It knows no business rules of ours.

mod body;
mod customers;
mod html;
mod keyboard;
mod methods;
mod payments;
mod state;
mod updates;
pub mod wire;

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State as Shared},
    http::{Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use tokio::sync::{broadcast, watch};

use self::{
    body::Params,
    methods::Refusal,
    wire::{Cut, Server, Verdict, carry_out, read_body},
};
pub use self::{
    body::{Upload, decode_form, percent_decode},
    keyboard::{Key, ReplyKeyboard, Request as KeyRequest},
    payments::Checkout,
    state::{Button, Call, Command, Edit, Person, SentMessage, State, Tap},
};

/// Longest that a poll may wait, in seconds; Telegram's own limit is of this size.
const POLL_LIMIT: u64 = 50;
/// A free port of this machine.
const LOOPBACK: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// Events that a slow subscriber may lag behind before it loses the oldest.
const EVENT_BUFFER: usize = 16_384;

/// What the bot did, for whoever shows a chat as it grows.
#[derive(Clone, Debug)]
pub enum Event {
    /// A new message of the bot.
    Sent(Box<SentMessage>),
    /// A message of the bot has new content or buttons.
    Edited(Box<SentMessage>),
    /// A message is gone.
    Deleted {
        /// The chat.
        chat: i64,
        /// The message.
        message_id: i64,
    },
    /// A tap was answered.
    Answered(Tap),
}

/// One call as a hook sees it before it is applied.
pub struct Incoming<'a> {
    /// Method in Telegram's spelling.
    pub method: &'a str,
    /// Parameters besides files.
    pub params: &'a Map<String, Value>,
}

/// Decides what becomes of each call.
pub trait Hook: Send + Sync + 'static {
    /// Called once per call, before it is applied.
    fn verdict(&self, call: &Incoming<'_>) -> Verdict;
}

impl<F> Hook for F
where
    F: Fn(&Incoming<'_>) -> Verdict + Send + Sync + 'static,
{
    fn verdict(&self, call: &Incoming<'_>) -> Verdict {
        self(call)
    }
}

struct Inner {
    token: String,
    // A std mutex: held for a few statements, never across an await.
    state: Mutex<State>,
    hook: Option<Box<dyn Hook>>,
    changes: watch::Sender<u64>,
    polls: watch::Sender<u64>,
    events: broadcast::Sender<Event>,
}

/// A running stand-in. Dropping it stops the server.
pub struct BotApi {
    inner: Arc<Inner>,
    server: Server,
}

impl std::fmt::Debug for BotApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BotApi")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

impl BotApi {
    /// Starts on a free port of 127.0.0.1 and takes calls for `token`.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(token: impl Into<String>) -> io::Result<Self> {
        Self::launch(LOOPBACK, token.into(), None).await
    }

    /// The same, with a hook that may spoil calls.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start_with_hook(token: impl Into<String>, hook: impl Hook) -> io::Result<Self> {
        Self::launch(LOOPBACK, token.into(), Some(Box::new(hook))).await
    }

    /// Starts at `addr`: for a stand-in in a container of its own.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn start_at(addr: SocketAddr, token: impl Into<String>) -> io::Result<Self> {
        Self::launch(addr, token.into(), None).await
    }

    async fn launch(
        addr: SocketAddr,
        token: String,
        hook: Option<Box<dyn Hook>>,
    ) -> io::Result<Self> {
        let inner = Arc::new(Inner {
            token,
            state: Mutex::new(State::new()),
            hook,
            changes: watch::Sender::new(0),
            polls: watch::Sender::new(0),
            events: broadcast::Sender::new(EVENT_BUFFER),
        });
        let router = Router::new().fallback(serve).with_state(Arc::clone(&inner));
        let server = Server::start_at(addr, router).await?;
        Ok(Self { inner, server })
    }

    /// Base URL for the client, without a slash at the end.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The server, to take it out of reach and back.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Looks at the state. The closure must be short: every call waits for it.
    pub fn with<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.inner.lock())
    }

    /// The messages of a chat, oldest first, deleted ones included.
    pub fn history(&self, chat: i64) -> Vec<SentMessage> {
        self.with(|state| state.history(chat).to_vec())
    }

    /// What the bot does from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// Fires at every call, update and change.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Waits until `look` finds something; `None` when `limit` has passed first.
    pub async fn wait_for<T>(
        &self,
        limit: Duration,
        mut look: impl FnMut(&State) -> Option<T>,
    ) -> Option<T> {
        let mut changes = self.changes();
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            changes.mark_unchanged();
            if let Some(found) = self.with(&mut look) {
                return Some(found);
            }
            match tokio::time::timeout_at(deadline, changes.changed()).await {
                Ok(Ok(())) => {}
                _ => return self.with(&mut look),
            }
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.changes
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    fn wake_pollers(&self) {
        self.polls
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    fn apply(&self, at: usize, method: &str, params: Params) -> Response {
        let mut events = Vec::new();
        let outcome = {
            let mut state = self.lock();
            let outcome = methods::apply(&mut state, method, params, &mut events);
            let status = match &outcome {
                Ok(_) => 200,
                Err(Refusal(status, _)) => *status,
            };
            if let Some(call) = state.calls.get_mut(at) {
                call.status = status;
            }
            outcome
        };
        for event in events {
            // An error only says that nobody listens.
            let _ = self.events.send(event);
        }
        self.changed();
        match outcome {
            Ok(result) => ok(&result.to_string()),
            Err(refusal) => refusal.into_response(),
        }
    }

    async fn get_updates(&self, at: usize, params: Params) -> Response {
        let offset = params.int("offset").unwrap_or_default();
        let limit = params.int("limit").map_or(100, |limit| limit.clamp(1, 100));
        let limit = usize::try_from(limit).unwrap_or(100);
        let wait = params.int("timeout").unwrap_or_default();
        let wait = u64::try_from(wait).unwrap_or_default().min(POLL_LIMIT);
        let deadline = tokio::time::Instant::now() + Duration::from_secs(wait);
        let mut polls = self.polls.subscribe();
        let mine = {
            let mut state = self.lock();
            if let Some(Value::Array(kinds)) = params.json("allowed_updates") {
                let kinds = kinds.iter().filter_map(Value::as_str);
                state.queue.allow(kinds.map(str::to_owned).collect());
            }
            state.queue.confirm(offset);
            state.queue.poller += 1;
            if let Some(call) = state.calls.get_mut(at) {
                call.status = 200;
            }
            state.queue.poller
        };
        // The poll that waited until now hears of this one and gives up.
        self.wake_pollers();
        self.changed();
        loop {
            polls.mark_unchanged();
            {
                let mut state = self.lock();
                if state.queue.poller != mine {
                    if let Some(call) = state.calls.get_mut(at) {
                        call.status = 409;
                    }
                    let why = "Conflict: terminated by other getUpdates request; make sure that only \
                               one bot instance is running";
                    return Refusal(409, why.into()).into_response();
                }
                if let Some(batch) = state.queue.batch(limit) {
                    return ok(&batch);
                }
            }
            if tokio::time::timeout_at(deadline, polls.changed())
                .await
                .is_err()
            {
                return ok("[]");
            }
        }
    }
}

fn ok(result: &str) -> Response {
    let body = format!("{{\"ok\":true,\"result\":{result}}}");
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, description) = self;
        let body = json!({"ok": false, "error_code": status, "description": description});
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let head = [(header::CONTENT_TYPE, "application/json")];
        (status, head, body.to_string()).into_response()
    }
}

async fn serve(
    Shared(inner): Shared<Arc<Inner>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let not_found = || Refusal(404, "Not Found".into()).into_response();
    if let Some(path) = request.uri().path().strip_prefix("/file/bot") {
        return file(&inner, path, &cut).await.unwrap_or_else(not_found);
    }
    let Some(name) = route(request.uri(), &inner.token) else {
        return not_found();
    };
    let name = match name {
        Ok(name) => name,
        Err(refusal) => return refusal.into_response(),
    };
    if request.method() != Method::POST && request.method() != Method::GET {
        return not_found();
    }
    let (head, body) = request.into_parts();
    let content_type = head
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let body = read_body(body).await;
    let query = head.uri.query().unwrap_or_default();
    let params = Params::parse(content_type, query, &body);
    let known = methods::METHODS
        .iter()
        .find(|known| known.eq_ignore_ascii_case(&name))
        .copied();
    let method = known.unwrap_or(&name).to_owned();
    let at = {
        let mut state = inner.lock();
        if known.is_none() {
            state.unexpected.push(method.clone());
        }
        let call = Call {
            method: method.clone(),
            chat: params.as_ref().and_then(|params| params.int("chat_id")),
            at: Instant::now(),
            status: 0,
        };
        state.calls.push(call);
        state.calls.len() - 1
    };
    inner.changed();
    let Some(params) = params else {
        let why = "Bad Request: can't parse request body".to_owned();
        return Refusal(400, why).into_response();
    };
    let verdict = inner.hook.as_ref().map_or(Verdict::Pass, |hook| {
        hook.verdict(&Incoming {
            method: &method,
            params: &params.fields,
        })
    });
    carry_out(verdict, &cut, move || async move {
        if method == "getUpdates" {
            inner.get_updates(at, params).await
        } else {
            inner.apply(at, &method, params)
        }
    })
    .await
}

/// What a person has sent, at `<token>/voice/<file id>.oga`.
async fn file(inner: &Arc<Inner>, path: &str, cut: &Cut) -> Option<Response> {
    let (token, path) = path.split_once('/')?;
    let id = path.strip_prefix("voice/")?.strip_suffix(".oga")?;
    if percent_decode(token.as_bytes(), false) != inner.token {
        return None;
    }
    let content = inner.lock().files.get(id).cloned()?;
    let verdict = inner.hook.as_ref().map_or(Verdict::Pass, |hook| {
        hook.verdict(&Incoming {
            method: "file",
            params: &Map::new(),
        })
    });
    let answer = move || async move { content.into_response() };
    Some(carry_out(verdict, cut, answer).await)
}

/// The method's name; `None`: no such address; an error: not our token.
fn route(uri: &Uri, token: &str) -> Option<Result<String, Refusal>> {
    let (given, name) = uri.path().strip_prefix("/bot")?.split_once('/')?;
    if name.is_empty() || name.contains('/') {
        return None;
    }
    if percent_decode(given.as_bytes(), false) != token {
        return Some(Err(Refusal(401, "Unauthorized".into())));
    }
    Some(Ok(name.to_owned()))
}
