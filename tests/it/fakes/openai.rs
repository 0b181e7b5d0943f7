//! OpenAI's chat completions: checks each request, then answers from a script or a closure.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State as Shared},
    http::{Method, header},
    response::{IntoResponse, Response},
};
use order_bot::standin::wire::{Answer, Cut, Server, carry_out, read_body};
use serde_json::{Value, json};

use super::{
    completion::{check, completion, last_user_message},
    faults::{Faults, openai_error},
    shape,
};

/// What the model makes of a message.
#[derive(Clone, Debug)]
pub enum Thought {
    /// This JSON, in whatever way the request wants it.
    Json(Value),
    /// This text, instead of JSON.
    Text(String),
    /// The model refuses.
    Refusal(String),
    /// This JSON text, broken off by the token limit (`finish_reason: length`).
    CutShort(Value),
    /// No content at all.
    Empty,
}

/// What the model is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The last user message.
    pub user: String,
    /// The whole request body.
    pub body: Value,
    /// When it came.
    pub at: Instant,
}

type Brain = Box<dyn FnMut(&Asked) -> Thought + Send>;

struct Inner {
    key: String,
    faults: Faults,
    state: Mutex<State>,
}

struct State {
    script: HashMap<String, Thought>,
    next: Vec<Thought>,
    heard: HashMap<Vec<u8>, String>,
    transcribed: usize,
    brain: Option<Brain>,
    asked: Vec<Asked>,
    answered: usize,
    complaints: Vec<String>,
    allow_limits: bool,
    check_shape: bool,
    delay: Duration,
    record: bool,
}

/// A stand-in for OpenAI; clones share it.
#[derive(Clone)]
pub struct OpenAi {
    inner: Arc<Inner>,
    server: Arc<Server>,
}

/// A whole ParsedOrder with these operations and nothing else.
pub fn parsed_order(operations: Value) -> Value {
    json!({
        "intent": "order", "operations": operations,
        "details": {"name": null, "phone": null, "address": null, "fulfilment": null, "time": null},
        "allergies": [], "note": null, "unmatched": [], "language": "en",
    })
}

/// One operation `add` without options.
pub fn add(item: &str, quantity: u32) -> Value {
    json!({"op": "add", "item": item, "line": null, "quantity": quantity, "options": [], "note": null})
}

/// Lower case, single spaces, no punctuation at the ends.
pub fn normalised(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let joined = words.join(" ");
    joined
        .trim_matches(|c: char| c.is_ascii_punctuation())
        .to_owned()
}

impl OpenAi {
    pub async fn start(key: &str) -> Self {
        let inner = Arc::new(Inner {
            key: key.to_owned(),
            faults: Faults::default(),
            state: Mutex::new(State {
                script: HashMap::new(),
                next: Vec::new(),
                brain: None,
                heard: HashMap::new(),
                transcribed: 0,
                asked: Vec::new(),
                answered: 0,
                complaints: Vec::new(),
                allow_limits: false,
                check_shape: false,
                delay: Duration::ZERO,
                record: true,
            }),
        });
        let router = Router::new().fallback(serve).with_state(Arc::clone(&inner));
        let server = Arc::new(Server::start(router).await.unwrap());
        Self { inner, server }
    }

    /// The base URL for the client, ending in `/v1`.
    pub fn url(&self) -> String {
        format!("{}/v1", self.server.url())
    }

    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Faults; the call's name is `chat`.
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// From now on a message with this text (case and spaces aside) is understood so.
    pub fn understands(&self, text: &str, order: Value) {
        self.script(text, Thought::Json(order));
    }

    pub fn script(&self, text: &str, thought: Thought) {
        self.lock().script.insert(normalised(text), thought);
    }

    /// The next answer, whatever is asked; several are used in order.
    pub fn next(&self, thought: Thought) {
        self.lock().next.push(thought);
    }

    /// Forgets the answers of [`OpenAi::next`] that were not used.
    pub fn forget_thoughts(&self) {
        self.lock().next.clear();
    }

    /// Answers what the script does not.
    pub fn brain(&self, brain: impl FnMut(&Asked) -> Thought + Send + 'static) {
        self.lock().brain = Some(Box::new(brain));
    }

    /// From now on a voice note with this content says this.
    pub fn hears(&self, content: &[u8], text: &str) {
        let text = text.to_owned();
        self.lock().heard.insert(content.to_vec(), text);
    }

    /// How many voice notes were listened to.
    pub fn transcribed(&self) -> usize {
        self.lock().transcribed
    }

    /// How long the model thinks each time.
    pub fn think_for(&self, delay: Duration) {
        self.lock().delay = delay;
    }

    /// Accepts `minimum` and its like in strict schemas.
    pub fn allow_limits(&self) {
        self.lock().allow_limits = true;
    }

    /// Holds requests to the specification's shape and, where that is not at hand, to our own narrower one.
    pub fn check_shape(&self) {
        self.lock().check_shape = true;
    }

    /// Stops keeping requests (for load).
    pub fn forget_requests(&self) {
        self.lock().record = false;
    }

    /// What was asked so far, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.lock().asked.clone()
    }

    /// How often it was asked, also where what was asked is not kept.
    pub fn answered(&self) -> usize {
        self.lock().answered
    }

    /// Requests that were refused for their form.
    pub fn complaints(&self) -> Vec<String> {
        self.lock().complaints.clone()
    }

    /// The complaints so far were meant to be: they do not fail the test.
    pub fn forget_complaints(&self) {
        self.lock().complaints.clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.inner.lock()
    }
}

impl Inner {
    /// A form with a file, a model and the format `json`.
    fn listen(&self, form: &str, body: &[u8]) -> Answer {
        let mut state = self.lock();
        let has = |part: &str| {
            let part = part.as_bytes();
            body.windows(part.len()).any(|window| window == part)
        };
        let whole = form.starts_with("multipart/form-data")
            && has("name=\"model\"")
            && has("name=\"file\"; filename=\"voice.ogg\"")
            && has("json");
        if !whole {
            let why = "the form for a transcription is not whole".to_owned();
            state.complaints.push(why.clone());
            return openai_error(400, "invalid_request_error", None, &why);
        }
        state.transcribed += 1;
        let within =
            |content: &Vec<u8>| body.windows(content.len()).any(|window| window == content);
        let text = state.heard.iter().find(|(content, _)| within(content));
        let text = text.map_or("", |(_, text)| text).to_owned();
        Answer::json(200, &json!({"text": text}))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn complete(&self, body: Value) -> Answer {
        let mut state = self.lock();
        let shape = match state.check_shape {
            true => shape::complaint(&body),
            false => None,
        };
        match shape.map_or_else(|| check(&body, state.allow_limits), Err) {
            Ok(()) => {}
            Err(why) => {
                state.complaints.push(why.clone());
                return openai_error(400, "invalid_request_error", None, &why);
            }
        }
        let asked = Asked {
            user: last_user_message(&body),
            body,
            at: Instant::now(),
        };
        let thought = state.think(&asked);
        state.answered += 1;
        let answer = completion(&asked.body, &thought);
        if state.record {
            state.asked.push(asked);
        }
        Answer::json(200, &answer)
    }
}

impl State {
    fn think(&mut self, asked: &Asked) -> Thought {
        if !self.next.is_empty() {
            return self.next.remove(0);
        }
        let text = normalised(&asked.user);
        if let Some(thought) = self.script.get(&text) {
            return thought.clone();
        }
        // The message may stand within a longer prompt: the longest text that occurs there.
        let contained = self
            .script
            .iter()
            .filter(|(script, _)| text.contains(script.as_str()))
            .max_by_key(|(script, _)| script.len());
        if let Some((_, thought)) = contained {
            return thought.clone();
        }
        if let Some(brain) = &mut self.brain {
            return brain(asked);
        }
        let mut nothing = parsed_order(json!([]));
        nothing["intent"] = json!("other");
        nothing["unmatched"] = json!([asked.user]);
        Thought::Json(nothing)
    }
}

async fn serve(
    Shared(inner): Shared<Arc<Inner>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let path = request.uri().path();
    let models = path.strip_prefix("/v1/models");
    let speech = path == "/v1/audio/transcriptions";
    if path != "/v1/chat/completions" && models.is_none() && !speech {
        let why = format!("Invalid URL ({} {path})", request.method());
        inner.lock().complaints.push(why.clone());
        return openai_error(404, "invalid_request_error", None, &why).into_response();
    }
    let given = request.headers().get(header::AUTHORIZATION);
    let given = given
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if given != format!("Bearer {}", inner.key) {
        let why = "Incorrect API key provided.";
        return openai_error(401, "invalid_request_error", Some("invalid_api_key"), why)
            .into_response();
    }
    if let Some(model) = models {
        let model = model.trim_start_matches('/');
        let one = json!({"id": model, "object": "model", "created": 1, "owned_by": "openai"});
        let list = json!({"object": "list", "data": [{"id": "gpt-4o-mini", "object": "model",
                          "created": 1, "owned_by": "openai"}]});
        let answer = if model.is_empty() { list } else { one };
        let verdict = inner.faults.next("models");
        let apply = move || async move { Answer::json(200, &answer).into_response() };
        return carry_out(verdict, &cut, apply).await;
    }
    if request.method() != Method::POST {
        return openai_error(405, "invalid_request_error", None, "Not allowed").into_response();
    }
    let form = request.headers().get(header::CONTENT_TYPE).cloned();
    let body = read_body(request.into_body()).await;
    if speech {
        let verdict = inner.faults.next("transcriptions");
        let form = form.and_then(|form| form.to_str().ok().map(str::to_owned));
        let apply = move || async move {
            inner
                .listen(&form.unwrap_or_default(), &body)
                .into_response()
        };
        return carry_out(verdict, &cut, apply).await;
    }
    let verdict = inner.faults.next("chat");
    carry_out(verdict, &cut, move || async move {
        let Ok(body) = serde_json::from_slice::<Value>(&body) else {
            let why = "We could not parse the JSON body of your request.";
            return openai_error(400, "invalid_request_error", None, why).into_response();
        };
        let delay = inner.lock().delay;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        inner.complete(body).into_response()
    })
    .await
}
