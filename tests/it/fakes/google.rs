//! Google: the token endpoint and version 4 of the Sheets API, over spreadsheets held in memory.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State as Shared},
    http::{Method, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use order_bot::standin::{
    decode_form,
    wire::{Answer, Cut, Server, carry_out, read_body},
};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{
    faults::{Faults, google_answer},
    grid::Tab,
    key,
    sheets::{Wanted, apply, route},
};

pub const SCOPE: &str = "https://www.googleapis.com/auth/spreadsheets";
const TOKEN_PATH: &str = "/token";
/// Google's free quota: this many reads and as many writes a minute per user.
const QUOTA: usize = 60;
const MINUTE: Duration = Duration::from_secs(60);

/// One call, for checks of pacing and of what was applied.
#[derive(Clone, Debug)]
pub struct GoogleCall {
    /// `token`, `spreadsheets.get`, `values.append` …
    pub name: &'static str,
    pub at: Instant,
    /// Status of the stand-in's own answer; 0 while a fault kept it from being applied.
    pub status: u16,
}

pub(super) struct State {
    pub(super) books: HashMap<String, Vec<Tab>>,
    tokens: HashMap<String, Instant>,
    token_life: Duration,
    calls: Vec<GoogleCall>,
    complaints: Vec<String>,
    denied: bool,
    quota: bool,
    reads: VecDeque<Instant>,
    writes: VecDeque<Instant>,
}

pub(super) struct Inner {
    state: Mutex<State>,
    faults: Faults,
    pub(super) changes: watch::Sender<u64>,
    url: Mutex<String>,
}

/// A stand-in for Google; clones share it.
#[derive(Clone)]
pub struct Google {
    pub(super) inner: Arc<Inner>,
    server: Arc<Server>,
}

impl Google {
    pub async fn start() -> Self {
        let inner = Arc::new(Inner {
            state: Mutex::new(State {
                books: HashMap::new(),
                tokens: HashMap::new(),
                token_life: Duration::from_secs(3599),
                calls: Vec::new(),
                complaints: Vec::new(),
                denied: false,
                quota: false,
                reads: VecDeque::new(),
                writes: VecDeque::new(),
            }),
            faults: Faults::default(),
            changes: watch::Sender::new(0),
            url: Mutex::default(),
        });
        let router = Router::new().fallback(serve).with_state(Arc::clone(&inner));
        let server = Arc::new(Server::start(router).await.unwrap());
        *inner.url.lock().unwrap() = server.url();
        Self { inner, server }
    }

    /// Base URL of the Sheets API, without a slash at the end.
    pub fn url(&self) -> String {
        self.server.url()
    }

    pub fn token_url(&self) -> String {
        format!("{}{TOKEN_PATH}", self.server.url())
    }

    /// The content of a key file whose token endpoint is this stand-in.
    pub fn service_account(&self) -> String {
        key::service_account(&self.token_url()).to_string()
    }

    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Clients reach it by another address, whose token endpoint their key file names.
    pub fn is_called(&self, url: &str) {
        url.clone_into(&mut self.inner.url.lock().unwrap());
    }

    /// Faults by name of the call: `token`, `spreadsheets.get`, `spreadsheets.batchUpdate`,
    /// `values.get`, `values.batchGet`, `values.append`, `values.update`, `values.batchUpdate`,
    /// `values.clear`, `values.batchClear`.
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// Makes a spreadsheet with these tabs.
    pub fn add_spreadsheet(&self, id: &str, tabs: &[&str]) {
        let tabs = tabs.iter().enumerate();
        // As at Google, the first tab has id 0.
        let tabs = tabs.map(|(at, title)| Tab::new(i64::try_from(at).unwrap() * 1_000_003, title));
        self.inner
            .lock()
            .books
            .insert(id.to_owned(), tabs.collect());
    }

    /// Adds a tab to a spreadsheet, as somebody who keeps more than orders there.
    pub fn add_tab(&self, id: &str, title: &str) {
        let mut state = self.inner.lock();
        let tabs = state.books.get_mut(id).unwrap();
        let number = i64::try_from(tabs.len()).unwrap() * 1_000_003;
        tabs.push(Tab::new(number, title));
    }

    /// No token is good any more, until a new one is fetched.
    pub fn revoke_tokens(&self) {
        self.inner.lock().tokens.clear();
    }

    /// Tokens given from now on live so long; clients hear of it in whole seconds.
    pub fn token_life(&self, life: Duration) {
        self.inner.lock().token_life = life;
    }

    /// The operator has taken the sheet away from the service account.
    pub fn deny(&self, denied: bool) {
        self.inner.lock().denied = denied;
    }

    /// Holds the client to 60 reads and 60 writes a minute.
    pub fn enforce_quota(&self, enforced: bool) {
        self.inner.lock().quota = enforced;
    }

    pub fn calls(&self) -> Vec<GoogleCall> {
        self.inner.lock().calls.clone()
    }

    pub fn count(&self, name: &str) -> usize {
        self.inner
            .lock()
            .calls
            .iter()
            .filter(|call| call.name == name)
            .count()
    }

    /// Requests that a real Google would have refused for their form.
    pub fn complaints(&self) -> Vec<String> {
        self.inner.lock().complaints.clone()
    }

    /// The complaints so far were meant to be: they do not fail the test.
    pub fn forget_complaints(&self) {
        self.inner.lock().complaints.clear();
    }
}

impl Inner {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn changed(&self) {
        self.changes
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    fn token(&self, body: &[u8]) -> Answer {
        let refuse = |why: &str| {
            self.lock().complaints.push(format!("token: {why}"));
            let body = json!({"error": "invalid_grant", "error_description": why});
            Answer::json(400, &body)
        };
        let form: HashMap<String, String> = decode_form(body).into_iter().collect();
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
            return refuse("Invalid grant_type");
        }
        let parts: Vec<&str> = get("assertion").split('.').collect();
        let [_, claims, _] = parts.as_slice() else {
            return refuse("Invalid JWT: three parts are needed");
        };
        // RFC 7515 leaves the padding out; yup-oauth2 does not, and Google takes both.
        let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok();
        let claims: Option<Value> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
        let Some(claims) = claims else {
            return refuse("Invalid JWT claims");
        };
        if claims["scope"] != SCOPE {
            return refuse(&format!("a scope beyond spreadsheets: {}", claims["scope"]));
        }
        let audience = format!("{}{TOKEN_PATH}", self.url.lock().unwrap());
        // Google's own client for Python names Google's endpoint whatever the key file says.
        let audiences = [audience.as_str(), "https://oauth2.googleapis.com/token"];
        let heard = audiences.iter().any(|audience| claims["aud"] == *audience);
        if claims["iss"] != key::CLIENT_EMAIL || !heard {
            return refuse("Invalid issuer or audience");
        }
        let token = format!("ya29.stand-in-{:016x}", fastrand::u64(..));
        let mut state = self.lock();
        let life = state.token_life;
        state.tokens.insert(token.clone(), Instant::now() + life);
        let body =
            json!({"access_token": token, "expires_in": life.as_secs(), "token_type": "Bearer"});
        Answer::json(200, &body)
    }
}

impl State {
    /// What stands before any method: the token, the quota, the rights.
    fn admit(&mut self, bearer: &str, wanted: &Wanted) -> Result<(), Answer> {
        let now = Instant::now();
        if self.tokens.get(bearer).is_none_or(|until| *until <= now) {
            let why = "Request had invalid authentication credentials. Expected OAuth 2 access token, \
                       login cookie or other valid authentication credential.";
            return Err(google_answer(401, "UNAUTHENTICATED", why));
        }
        let (times, metric) = if wanted.write {
            (&mut self.writes, "Write requests")
        } else {
            (&mut self.reads, "Read requests")
        };
        while times
            .front()
            .is_some_and(|first| now.duration_since(*first) >= MINUTE)
        {
            times.pop_front();
        }
        if self.quota && times.len() >= QUOTA {
            let why = format!(
                "Quota exceeded for quota metric '{metric}' and limit '{metric} per minute per user' \
                 of service 'sheets.googleapis.com'."
            );
            return Err(google_answer(429, "RESOURCE_EXHAUSTED", &why));
        }
        times.push_back(now);
        if self.denied {
            let why = "The caller does not have permission";
            return Err(google_answer(403, "PERMISSION_DENIED", why));
        }
        if !self.books.contains_key(&wanted.book) {
            return Err(google_answer(
                404,
                "NOT_FOUND",
                "Requested entity was not found.",
            ));
        }
        Ok(())
    }
}

async fn serve(
    Shared(inner): Shared<Arc<Inner>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let body = read_body(body).await;
    let is_token = head.uri.path() == TOKEN_PATH && head.method == Method::POST;
    let wanted = route(&head.method, head.uri.path());
    let name = match &wanted {
        _ if is_token => "token",
        Some(wanted) => wanted.name,
        None => {
            let why = format!("no such address: {} {}", head.method, head.uri.path());
            inner.lock().complaints.push(why);
            return Answer::html(
                404,
                "<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>",
            )
            .into_response();
        }
    };
    let at = {
        let mut state = inner.lock();
        state.calls.push(GoogleCall {
            name,
            at: Instant::now(),
            status: 0,
        });
        state.calls.len() - 1
    };
    let bearer = head.headers.get(header::AUTHORIZATION);
    let bearer = bearer
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let bearer = bearer
        .strip_prefix("Bearer ")
        .unwrap_or_default()
        .to_owned();
    let query = decode_form(head.uri.query().unwrap_or_default().as_bytes());
    let verdict = inner.faults.next(name);
    carry_out(verdict, &cut, move || async move {
        let answer = match wanted {
            None => inner.token(&body),
            Some(wanted) => {
                let body = serde_json::from_slice(&body).unwrap_or_default();
                let mut state = inner.lock();
                let reply = state.admit(&bearer, &wanted).and_then(|()| {
                    let tabs = state.books.get_mut(&wanted.book);
                    apply(tabs.expect("admitted"), &wanted, &query, &body)
                });
                if let Err(answer) = &reply
                    && answer.status == 400
                {
                    let why = format!("{}: {}", wanted.name, answer.body);
                    state.complaints.push(why);
                }
                reply.map_or_else(|answer| answer, |value| Answer::json(200, &value))
            }
        };
        inner.lock().calls[at].status = answer.status;
        inner.changed();
        answer.into_response()
    })
    .await
}
