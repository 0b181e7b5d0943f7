//! A small stand-in for Google: a token endpoint and a spreadsheet that keeps its state, with tricks.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// One tab: its number, its name, its rows.
pub(super) type Tab = (i64, String, Vec<Vec<String>>);

/// Something an operator does.
pub(super) type Move = Box<dyn FnOnce(&mut Vec<Tab>) + Send>;

/// What happens to a call instead of the plain thing.
pub(super) enum Trick {
    /// Refused with this status and nothing done.
    Refuse(u16, Value),
    /// Done, but the connection is cut.
    DoneAndCut,
    /// Done, but the answer cannot be read.
    DoneAndGarbled,
    /// No answer ever; done when `release` is called, even if the caller has gone.
    HangThenDone,
    /// The operator does something right before the call is done.
    Before(Move),
    /// The operator does something right after the call was done.
    After(Move),
}

#[derive(Default)]
pub(super) struct Inner {
    pub(super) tabs: Vec<Tab>,
    /// Names of calls with the trick for the next of that name.
    pub(super) tricks: VecDeque<(&'static str, Trick)>,
    /// The names of all calls.
    pub(super) calls: Vec<&'static str>,
    /// The bodies of token answers still to be given; afterwards good ones.
    pub(super) tokens: VecDeque<(u16, String)>,
    pub(super) token_calls: usize,
    /// Names of calls that hang.
    pub(super) hanging: Vec<&'static str>,
    /// Calls with other tokens are refused, if set.
    pub(super) accept: Option<String>,
}

#[derive(Clone)]
pub(super) struct Grid {
    inner: Arc<Mutex<Inner>>,
    pub(super) release: Arc<Notify>,
    pub(super) landed: Arc<Notify>,
    pub(super) url: String,
}

static KEY: LazyLock<String> = LazyLock::new(|| {
    let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
});

impl Grid {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let grid = Self {
            inner: Arc::default(),
            release: Arc::default(),
            landed: Arc::default(),
            url: format!("http://{}", listener.local_addr().unwrap()),
        };
        let app = Router::new()
            .route("/token", post(token))
            .route("/v4/spreadsheets/{*rest}", any(sheets))
            .with_state(grid.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        grid
    }

    pub(super) fn get(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    pub(super) fn trick(&self, call: &'static str, trick: Trick) {
        self.get().tricks.push_back((call, trick));
    }

    pub(super) fn key_json(&self) -> String {
        json!({"type": "service_account", "client_email": "bot@shop.test", "private_key": &*KEY,
               "token_uri": format!("{}/token", self.url)})
        .to_string()
    }

    /// The rows of the tab `Orders` under its header.
    pub(super) fn rows(&self) -> Vec<Vec<String>> {
        let inner = self.get();
        let (_, _, rows) = inner
            .tabs
            .iter()
            .find(|tab| tab.1 == "Orders")
            .expect("no tab");
        rows.iter().skip(1).cloned().collect()
    }

    /// `id:status` of each row, from above.
    pub(super) fn orders(&self) -> Vec<String> {
        self.rows()
            .iter()
            .map(|row| {
                [0, 2]
                    .map(|at| row.get(at).map_or("", String::as_str))
                    .join(":")
            })
            .collect()
    }

    /// Changes the rows of `Orders`, as an operator would; row 1 is at 0.
    pub(super) fn edit(&self, change: impl FnOnce(&mut Vec<Vec<String>>)) {
        change(&mut self.get().tabs[0].2);
    }

    /// Lets all calls that hang land, in their order.
    pub(super) async fn land(&self) {
        // In a statement of its own, so that the lock is not held while waiting.
        let hanging = std::mem::take(&mut self.get().hanging);
        for _ in hanging {
            self.release.notify_one();
            self.landed.notified().await;
        }
    }

    pub(super) fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.get().calls)
    }
}

async fn token(State(grid): State<Grid>) -> Response {
    let mut inner = grid.get();
    inner.token_calls += 1;
    let good = format!(
        r#"{{"access_token":"t{}","expires_in":3600,"token_type":"Bearer"}}"#,
        inner.token_calls
    );
    let (status, body) = inner.tokens.pop_front().unwrap_or((200, good));
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

fn refused(status: u16, message: &str) -> Response {
    let body = json!({"error": {"code": status, "message": message}}).to_string();
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

async fn sheets(
    State(grid): State<Grid>,
    Path(rest): Path<String>,
    uri: Uri,
    method: axum::http::Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (id, path) = rest.split_once('/').unwrap_or((&rest, ""));
    let (id, batch) = id
        .strip_suffix(":batchUpdate")
        .map_or((id, false), |id| (id, true));
    assert_eq!(id, "sheet-1");
    let name = match (method.as_str(), path) {
        ("POST", "") if batch => "shape",
        ("GET", "") => "tabs",
        ("POST", "values:batchUpdate") => "update",
        ("POST", path) if path.ends_with(":append") => "append",
        ("PUT", _) => "header",
        ("GET", path) if path.ends_with("A:A") => "column",
        ("GET", _) => "get",
        other => panic!("unexpected call {other:?}"),
    };
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let trick = {
        let mut inner = grid.get();
        inner.calls.push(name);
        let given = headers
            .get("authorization")
            .and_then(|value| value.to_str().ok());
        let ours = inner.accept.as_ref().map(|token| format!("Bearer {token}"));
        if given.is_none() || ours.is_some_and(|ours| given != Some(&ours)) {
            return refused(401, "no");
        }
        if name == "append" || name == "header" {
            assert!(uri.query().unwrap().contains("valueInputOption=RAW"));
        }
        let at = inner.tricks.iter().position(|(of, _)| *of == name);
        at.and_then(|at| inner.tricks.remove(at))
            .map(|(_, trick)| trick)
    };
    let path = path.to_owned();
    let perform = {
        let grid = grid.clone();
        move || apply(&mut grid.get().tabs, name, &path, &body)
    };
    match trick {
        None => perform(),
        Some(Trick::Refuse(status, body)) => {
            (StatusCode::from_u16(status).unwrap(), body.to_string()).into_response()
        }
        Some(Trick::DoneAndCut) => {
            perform();
            // Ends the connection's task without the noise of a panic.
            std::panic::resume_unwind(Box::new(()))
        }
        Some(Trick::DoneAndGarbled) => {
            perform();
            "{\"updates\":".into_response()
        }
        Some(Trick::HangThenDone) => {
            grid.get().hanging.push(name);
            tokio::spawn(async move {
                grid.release.notified().await;
                perform();
                grid.landed.notify_one();
            });
            std::future::pending().await
        }
        Some(Trick::Before(change)) => {
            change(&mut grid.get().tabs);
            perform()
        }
        Some(Trick::After(change)) => {
            let answer = perform();
            change(&mut grid.get().tabs);
            answer
        }
    }
}

fn texts(row: &Value) -> Vec<String> {
    let cells = row.as_array().unwrap();
    assert_eq!(cells.len(), 16, "a row must have all its cells");
    cells
        .iter()
        .map(|cell| cell.as_str().expect("a cell must be a text").to_owned())
        .collect()
}

fn row_number(cells: &str) -> usize {
    cells
        .split(':')
        .next()
        .unwrap()
        .trim_start_matches('A')
        .parse()
        .unwrap()
}

fn apply(tabs: &mut Vec<Tab>, name: &str, path: &str, body: &Value) -> Response {
    let answer = match name {
        "tabs" => {
            let sheets: Vec<Value> = tabs
                .iter()
                .map(|(id, title, _)| json!({"properties": {"sheetId": id, "title": title}}))
                .collect();
            json!({"sheets": sheets})
        }
        "shape" => {
            for request in body["requests"].as_array().unwrap() {
                if let Some(title) = request.pointer("/addSheet/properties/title") {
                    let id = i64::try_from(tabs.len()).unwrap() + 7;
                    tabs.push((id, title.as_str().unwrap().to_owned(), Vec::new()));
                } else {
                    let range = &request["deleteDimension"]["range"];
                    assert_eq!(range["dimension"], "ROWS");
                    let tab = tabs
                        .iter_mut()
                        .find(|tab| tab.0 == range["sheetId"].as_i64().unwrap_or(0));
                    let start = usize::try_from(range["startIndex"].as_u64().unwrap()).unwrap();
                    tab.unwrap().2.remove(start);
                }
            }
            json!({})
        }
        "update" => {
            assert_eq!(body["valueInputOption"], "RAW");
            for data in body["data"].as_array().unwrap() {
                let (tab, cells) = data["range"].as_str().unwrap().split_once('!').unwrap();
                let Some(tab) = tabs.iter_mut().find(|one| one.1 == tab) else {
                    return refused(400, "Unable to parse range");
                };
                let number = row_number(cells);
                if tab.2.len() < number {
                    tab.2.resize(number, Vec::new());
                }
                tab.2[number - 1] = texts(&data["values"][0]);
            }
            json!({"spreadsheetId": "sheet-1"})
        }
        _ => {
            let range = path
                .strip_prefix("values/")
                .unwrap()
                .trim_end_matches(":append");
            let (tab, cells) = range.split_once('!').unwrap();
            let Some(tab) = tabs.iter_mut().find(|one| one.1 == tab) else {
                return refused(400, "Unable to parse range");
            };
            let values = body["values"].as_array();
            match name {
                "append" => {
                    let values = values.unwrap();
                    tab.2.extend(values.iter().map(texts));
                    json!({"updates": {"updatedRows": values.len()}})
                }
                "header" => {
                    tab.2.resize(tab.2.len().max(1), Vec::new());
                    tab.2[0] = texts(&values.unwrap()[0]);
                    json!({})
                }
                "column" => {
                    let cell = |row: &Vec<String>| {
                        row.iter()
                            .take(1)
                            .filter(|id| !id.is_empty())
                            .cloned()
                            .collect()
                    };
                    let rows: Vec<Vec<String>> = tab.2.iter().map(cell).collect();
                    json!({"range": range, "values": rows})
                }
                _ => {
                    let row = tab
                        .2
                        .get(row_number(cells) - 1)
                        .filter(|row| !row.is_empty());
                    match row {
                        Some(row) => json!({"values": [row]}),
                        None => json!({}),
                    }
                }
            }
        }
    };
    axum::Json(answer).into_response()
}
