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
use base64::{Engine, engine::general_purpose::URL_SAFE};
use order_bot::standin::{
    decode_form, percent_decode,
    wire::{Answer, Cut, Server, carry_out, read_body},
};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{
    a1::Range,
    batch,
    faults::{Faults, google_answer},
    grid::Tab,
    key,
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
        let claims = URL_SAFE.decode(claims).ok();
        let claims: Option<Value> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
        let Some(claims) = claims else {
            return refuse("Invalid JWT claims");
        };
        if claims["scope"] != SCOPE {
            return refuse(&format!("a scope beyond spreadsheets: {}", claims["scope"]));
        }
        let audience = format!("{}{TOKEN_PATH}", self.url.lock().unwrap());
        if claims["iss"] != key::CLIENT_EMAIL || claims["aud"] != audience {
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

struct Wanted {
    name: &'static str,
    book: String,
    range: String,
    write: bool,
}

/// Which method of the API a request is for.
fn route(method: &Method, path: &str) -> Option<Wanted> {
    let rest = path.strip_prefix("/v4/spreadsheets/")?;
    let wanted = |name, book: &str, range: &str, write| {
        let decode = |text: &str| percent_decode(text.as_bytes(), false);
        Some(Wanted {
            name,
            book: decode(book),
            range: decode(range),
            write,
        })
    };
    let get = method == Method::GET;
    let Some((book, rest)) = rest.split_once('/') else {
        return match rest.rsplit_once(':') {
            Some((book, "batchUpdate")) if !get => {
                wanted("spreadsheets.batchUpdate", book, "", true)
            }
            None if get => wanted("spreadsheets.get", rest, "", false),
            _ => None,
        };
    };
    match (rest, get) {
        ("values:batchGet", true) => return wanted("values.batchGet", book, "", false),
        ("values:batchUpdate", false) => return wanted("values.batchUpdate", book, "", true),
        ("values:batchClear", false) => return wanted("values.batchClear", book, "", true),
        _ => {}
    }
    let range = rest.strip_prefix("values/")?;
    match (method, range.rsplit_once(':')) {
        (&Method::POST, Some((range, "append"))) => wanted("values.append", book, range, true),
        (&Method::POST, Some((range, "clear"))) => wanted("values.clear", book, range, true),
        (&Method::PUT, _) => wanted("values.update", book, range, true),
        (&Method::GET, _) => wanted("values.get", book, range, false),
        _ => None,
    }
}

type Query = Vec<(String, String)>;

fn param<'a>(query: &'a Query, name: &str) -> Option<&'a str> {
    query
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

type Reply = Result<Value, Answer>;

fn invalid(why: impl AsRef<str>) -> Answer {
    google_answer(400, "INVALID_ARGUMENT", why.as_ref())
}

fn place(tabs: &[Tab], text: &str) -> Result<(usize, Range), Answer> {
    let unparsable = || invalid(format!("Unable to parse range: {text}"));
    let range = Range::parse(text, |name| tabs.iter().any(|tab| tab.title == name));
    let range = range.ok_or_else(unparsable)?;
    let at = match &range.tab {
        None => Some(0),
        // Google does not mind the case of a tab's name.
        Some(name) => tabs
            .iter()
            .position(|tab| tab.title.to_lowercase() == name.to_lowercase()),
    };
    at.map(|at| (at, range)).ok_or_else(unparsable)
}

fn rows(range: &Value) -> Result<Vec<Vec<Value>>, Answer> {
    let by_column = range["majorDimension"] == "COLUMNS";
    let values: Vec<Vec<Value>> = match &range["values"] {
        Value::Null => Vec::new(),
        values => serde_json::from_value(values.clone()).map_err(|_| invalid("Invalid values"))?,
    };
    if values
        .iter()
        .flatten()
        .any(|cell| cell.is_array() || cell.is_object())
    {
        return Err(invalid("Invalid values[0][0]: struct_value"));
    }
    if !by_column {
        return Ok(values);
    }
    let height = values.iter().map(Vec::len).max().unwrap_or(0);
    let row = |row| {
        values
            .iter()
            .map(|column| column.get(row).cloned().unwrap_or_default())
            .collect()
    };
    Ok((0..height).map(row).collect())
}

fn is_raw(option: Option<&str>) -> Result<bool, Answer> {
    match option {
        Some("RAW") => Ok(true),
        Some("USER_ENTERED") => Ok(false),
        _ => Err(invalid("'valueInputOption' is required but not specified")),
    }
}

fn apply(tabs: &mut Vec<Tab>, wanted: &Wanted, query: &Query, body: &Value) -> Reply {
    let book = wanted.book.as_str();
    let by_column = param(query, "majorDimension") == Some("COLUMNS");
    let unformatted = param(query, "valueRenderOption") == Some("UNFORMATTED_VALUE");
    let read = |tabs: &[Tab], range: &str| -> Reply {
        let (at, range) = place(tabs, range)?;
        tabs[at]
            .read(&range, by_column, unformatted)
            .map_err(invalid)
    };
    match wanted.name {
        "spreadsheets.get" => {
            let sheets: Vec<Value> = tabs
                .iter()
                .enumerate()
                .map(|(at, tab)| tab.properties(at))
                .collect();
            Ok(
                json!({"spreadsheetId": book, "properties": {"title": "Orders", "timeZone": "Etc/GMT"},
                      "sheets": sheets}),
            )
        }
        "spreadsheets.batchUpdate" => {
            let requests = body["requests"].as_array().filter(|list| !list.is_empty());
            let requests = requests.ok_or_else(|| invalid("Must specify at least one request."))?;
            let mut copy = tabs.clone();
            let replies = batch::apply(&mut copy, requests).map_err(invalid)?;
            *tabs = copy;
            Ok(json!({"spreadsheetId": book, "replies": replies}))
        }
        "values.get" => read(tabs, &wanted.range),
        "values.batchGet" => {
            let ranges = query.iter().filter(|(name, _)| name == "ranges");
            let answers: Result<Vec<Value>, Answer> =
                ranges.map(|(_, range)| read(tabs, range)).collect();
            Ok(json!({"spreadsheetId": book, "valueRanges": answers?}))
        }
        "values.append" => {
            let raw = is_raw(param(query, "valueInputOption"))?;
            let insert = param(query, "insertDataOption") == Some("INSERT_ROWS");
            let (at, range) = place(tabs, &wanted.range)?;
            let (table, written) = tabs[at].append(&range, &rows(body)?, raw, insert);
            let mut answer = json!({"spreadsheetId": book, "updates": written.json(book)});
            if let Some(table) = table {
                answer["tableRange"] = json!(table);
            }
            Ok(answer)
        }
        "values.update" => {
            let raw = is_raw(param(query, "valueInputOption"))?;
            let (at, range) = place(tabs, &wanted.range)?;
            let written = tabs[at].write(&range, &rows(body)?, raw).map_err(invalid)?;
            Ok(written.json(book))
        }
        "values.batchUpdate" => {
            let raw = is_raw(body["valueInputOption"].as_str())?;
            let mut copy = tabs.clone();
            let mut responses = Vec::new();
            let (mut cells, mut lines) = (0, 0);
            for data in body["data"].as_array().into_iter().flatten() {
                let (at, range) = place(&copy, data["range"].as_str().unwrap_or_default())?;
                let written = copy[at].write(&range, &rows(data)?, raw).map_err(invalid)?;
                cells += written.cells;
                lines += written.rows;
                responses.push(written.json(book));
            }
            *tabs = copy;
            Ok(
                json!({"spreadsheetId": book, "totalUpdatedRows": lines, "totalUpdatedCells": cells,
                      "responses": responses}),
            )
        }
        "values.clear" => {
            let (at, range) = place(tabs, &wanted.range)?;
            let cleared = tabs[at].clear(&range).map_err(invalid)?;
            Ok(json!({"spreadsheetId": book, "clearedRange": cleared}))
        }
        _ => {
            let mut cleared = Vec::new();
            for range in body["ranges"].as_array().into_iter().flatten() {
                let (at, range) = place(tabs, range.as_str().unwrap_or_default())?;
                cleared.push(tabs[at].clear(&range).map_err(invalid)?);
            }
            Ok(json!({"spreadsheetId": book, "clearedRanges": cleared}))
        }
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
