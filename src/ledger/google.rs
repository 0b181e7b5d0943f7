//! The client: the few calls to the Sheets API that the ledger needs, each paced, timed, counted and sorted.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use google_sheets4::Sheets;
use google_sheets4::api::{
    AddSheetRequest, BatchUpdateSpreadsheetRequest, BatchUpdateValuesRequest,
    DeleteDimensionRequest, DimensionRange, GridProperties, Request, SheetProperties, ValueRange,
};
use google_sheets4::common;
use google_sheets4::hyper_util::client::legacy::Client;
use google_sheets4::hyper_util::rt::TokioExecutor;
use serde_json::Value;
use yup_oauth2::{CustomHyperClientBuilder, ServiceAccountAuthenticator};

use super::answer::Trace;
use super::fault::{Class, Fault};
use super::pace::Pace;
use super::row::{COLUMNS, Row};
use super::settings::{Checked, GoogleSettings, SettingProblem, quoted};
use super::sheet::Tempo;
use super::token::{Connector, SCOPE, Tokens};
use crate::metrics::{self, Metrics};

/// The last column of a row.
const LAST: &str = "P";
/// Google takes 50,000 characters in a cell; it counts UTF-16 units.
const CELL_LIMIT: usize = 49_000;
/// Values are kept as they are: a phone stays a text and `=1+1` is not a formula.
const RAW: &str = "RAW";

/// The Sheets API, for one tab of one spreadsheet.
pub(super) struct Google {
    hub: Sheets<Connector>,
    tokens: Tokens,
    spreadsheet_id: String,
    tab: String,
    /// The address that the spreadsheet must be shared with.
    editor: String,
    reads: Pace,
    writes: Pace,
    timeout: Duration,
    metrics: Arc<Metrics>,
}

impl fmt::Debug for Google {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Google").finish_non_exhaustive()
    }
}

/// The calls, as they are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Append,
    Update,
    Tabs,
    Shape,
}

impl Method {
    const fn reads(self) -> bool {
        matches!(self, Self::Get | Self::Tabs)
    }

    const fn metric(self, ok: bool) -> &'static str {
        match (self, ok) {
            (Self::Get, true) => "get_ok",
            (Self::Get, false) => "get_failed",
            (Self::Append, true) => "append_ok",
            (Self::Append, false) => "append_failed",
            (Self::Update, true) => "update_ok",
            (Self::Update, false) => "update_failed",
            (Self::Tabs, true) => "tabs_ok",
            (Self::Tabs, false) => "tabs_failed",
            (Self::Shape, true) => "shape_ok",
            (Self::Shape, false) => "shape_failed",
        }
    }
}

impl Google {
    /// Makes the client; calls nobody yet.
    pub(super) async fn new(
        settings: GoogleSettings,
        tempo: Tempo,
        metrics: Arc<Metrics>,
    ) -> Result<Self, Vec<SettingProblem>> {
        let Checked {
            key,
            spreadsheet_id,
            tab,
            api_url,
            connector,
        } = settings.check()?;
        let editor = key.client_email.clone();
        let client = Client::builder(TokioExecutor::new()).build(connector.clone());
        let login = Client::builder(TokioExecutor::new()).build(connector);
        let auth =
            ServiceAccountAuthenticator::with_client(key, CustomHyperClientBuilder::from(login))
                .build()
                .await
                .map_err(|_| {
                    vec![SettingProblem {
                setting: "GOOGLE_SERVICE_ACCOUNT_JSON",
                advice: "its private_key is not an RSA key in PEM form: download the key file anew"
                    .to_owned(),
            }]
                })?;
        let tokens = Tokens(auth);
        let mut hub = Sheets::new(client, tokens.clone());
        if let Some(url) = api_url {
            hub.base_url(url);
        }
        Ok(Self {
            hub,
            tokens,
            spreadsheet_id,
            tab,
            editor,
            reads: Pace::new(tempo.burst),
            writes: Pace::new(tempo.burst),
            timeout: tempo.call,
            metrics,
        })
    }

    /// The tab's name.
    pub(super) fn tab(&self) -> &str {
        &self.tab
    }

    /// The address that the spreadsheet must be shared with.
    pub(super) fn editor(&self) -> &str {
        &self.editor
    }

    /// The texts of row 1, without empty cells at the end.
    pub(super) async fn header(&self) -> Result<Vec<String>, Fault> {
        let rows = self.values(&format!("A1:{LAST}1")).await?;
        Ok(rows
            .into_iter()
            .next()
            .map(|row| row.into_iter().map(text).collect())
            .unwrap_or_default())
    }

    /// The texts of column A from row 1 on, an empty one for each empty cell before the last.
    pub(super) async fn column(&self) -> Result<Vec<String>, Fault> {
        let rows = self.values("A:A").await?;
        Ok(rows
            .into_iter()
            .map(|row| row.into_iter().next().map(text).unwrap_or_default())
            .collect())
    }

    /// Adds rows behind the table that begins at A1, in one call.
    pub(super) async fn append(&self, rows: &[&Row]) -> Result<(), Fault> {
        let (hub, id) = (&self.hub, self.spreadsheet_id.as_str());
        let range = &self.range(&format!("A1:{LAST}1"));
        let answer = self
            .call(Method::Append, |mut trace| {
                let values = ValueRange {
                    values: Some(rows.iter().map(|row| cells(row)).collect()),
                    ..ValueRange::default()
                };
                async move {
                    hub.spreadsheets()
                        .values_append(values, id, range)
                        .value_input_option(RAW)
                        .insert_data_option("INSERT_ROWS")
                        .add_scope(SCOPE)
                        .delegate(&mut trace)
                        .doit()
                        .await
                }
            })
            .await?;
        let appended = answer.updates.and_then(|updates| updates.updated_rows);
        // An answer that does not say what it has done, as from something between us and Google, proves nothing.
        if appended.and_then(|n| usize::try_from(n).ok()) == Some(rows.len()) {
            Ok(())
        } else {
            Err(Fault::new(
                Class::Unavailable,
                "Google's answer does not say that the rows were added; looked after by itself",
            )
            .unknown_outcome())
        }
    }

    /// Writes over the rows of these numbers (from 1), in one call.
    pub(super) async fn update(&self, rows: &[(usize, &Row)]) -> Result<(), Fault> {
        let (hub, id) = (&self.hub, self.spreadsheet_id.as_str());
        let answer = self
            .call(Method::Update, |mut trace| {
                let data = rows
                    .iter()
                    .map(|(number, row)| ValueRange {
                        range: Some(self.range(&format!("A{number}:{LAST}{number}"))),
                        values: Some(vec![cells(row)]),
                        ..ValueRange::default()
                    })
                    .collect();
                let request = BatchUpdateValuesRequest {
                    data: Some(data),
                    value_input_option: Some(RAW.to_owned()),
                    ..BatchUpdateValuesRequest::default()
                };
                async move {
                    hub.spreadsheets()
                        .values_batch_update(request, id)
                        .add_scope(SCOPE)
                        .delegate(&mut trace)
                        .doit()
                        .await
                }
            })
            .await?;
        // As with an append: an answer that says nothing of what Google says proves nothing.
        if answer.spreadsheet_id.is_none()
            && answer.total_updated_rows.is_none()
            && answer.responses.is_none()
        {
            return Err(Fault::new(
                Class::Unavailable,
                "Google's answer does not say that the rows were written; tried again by itself",
            )
            .unknown_outcome());
        }
        Ok(())
    }

    /// Writes our header into row 1.
    pub(super) async fn write_header(&self) -> Result<(), Fault> {
        let header = || vec![COLUMNS.iter().map(|name| Value::from(*name)).collect()];
        self.write(&self.range(&format!("A1:{LAST}1")), header)
            .await
    }

    /// Google's number of our tab; none where there is no such tab.
    pub(super) async fn tab_id(&self) -> Result<Option<i32>, Fault> {
        let tabs = self.properties().await?.into_iter();
        // Google takes two names that differ in case only for the same.
        let ours = |tab: &SheetProperties| {
            let title = tab.title.as_ref();
            title.is_some_and(|title| title.eq_ignore_ascii_case(&self.tab))
        };
        // The first tab's number is 0, which some servers leave out.
        let mut found = tabs
            .filter(ours)
            .map(|tab| tab.sheet_id.unwrap_or_default());
        Ok(found.next())
    }

    /// The names of all tabs.
    pub(super) async fn tab_names(&self) -> Result<Vec<String>, Fault> {
        let tabs = self.properties().await?.into_iter();
        Ok(tabs.filter_map(|tab| tab.title).collect())
    }

    async fn properties(&self) -> Result<Vec<SheetProperties>, Fault> {
        let (hub, id) = (&self.hub, self.spreadsheet_id.as_str());
        let spreadsheet = self
            .call(Method::Tabs, |mut trace| async move {
                hub.spreadsheets()
                    .get(id)
                    .param("fields", "sheets.properties")
                    .add_scope(SCOPE)
                    .delegate(&mut trace)
                    .doit()
                    .await
            })
            .await?;
        let sheets = spreadsheet.sheets.unwrap_or_default().into_iter();
        Ok(sheets.filter_map(|sheet| sheet.properties).collect())
    }

    /// The texts of another tab.
    pub(super) async fn read_tab(&self, tab: &str) -> Result<Vec<Vec<String>>, Fault> {
        let rows = self.values_of(&(quoted(tab) + "!A:Z")).await?;
        Ok(rows
            .into_iter()
            .map(|row| row.into_iter().map(text).collect())
            .collect())
    }

    /// Writes rows from another tab's first cell on, in one call; cells of rows beyond them are emptied down to the
    /// row `height`.
    pub(super) async fn write_tab(
        &self,
        tab: &str,
        rows: &[Vec<String>],
        height: usize,
    ) -> Result<(), Fault> {
        let width = rows.iter().map(Vec::len).max().unwrap_or_default();
        let height = height.max(rows.len());
        let cell = |row: usize, column: usize| {
            let cell = rows.get(row).and_then(|row| row.get(column));
            Value::String(cell.map_or_else(String::new, |cell| fit(cell)))
        };
        let row = |row| (0..width).map(|column| cell(row, column)).collect();
        let values = || (0..height).map(row).collect();
        self.write(&(quoted(tab) + "!A1"), values).await
    }

    /// Writes cells from a range's first on; `values` makes them for each try.
    async fn write(&self, range: &str, values: impl Fn() -> Vec<Vec<Value>>) -> Result<(), Fault> {
        let (hub, id) = (&self.hub, self.spreadsheet_id.as_str());
        self.call(Method::Update, |mut trace| {
            let values = ValueRange {
                values: Some(values()),
                ..ValueRange::default()
            };
            async move {
                hub.spreadsheets()
                    .values_update(values, id, range)
                    .value_input_option(RAW)
                    .add_scope(SCOPE)
                    .delegate(&mut trace)
                    .doit()
                    .await
            }
        })
        .await
        .map(drop)
    }

    /// Makes our tab. Its first row is frozen, so that sorting leaves the header where it is.
    pub(super) async fn add_tab(&self) -> Result<(), Fault> {
        Box::pin(self.add_tab_named(&self.tab)).await
    }

    /// Makes a tab.
    pub(super) async fn add_tab_named(&self, tab: &str) -> Result<(), Fault> {
        let properties = SheetProperties {
            title: Some(tab.to_owned()),
            grid_properties: Some(GridProperties {
                row_count: Some(1_000),
                column_count: Some(26),
                frozen_row_count: Some(1),
                ..GridProperties::default()
            }),
            ..SheetProperties::default()
        };
        self.shape(vec![Request {
            add_sheet: Some(AddSheetRequest {
                properties: Some(properties),
            }),
            ..Request::default()
        }])
        .await
    }

    /// Deletes whole rows by their numbers (from 1), all or none.
    pub(super) async fn delete_rows(&self, tab_id: i32, rows: &[usize]) -> Result<(), Fault> {
        let mut rows: Vec<i32> = rows
            .iter()
            .filter_map(|row| i32::try_from(*row).ok())
            .collect();
        // From below, as each deletion moves up what stands beneath it.
        rows.sort_unstable_by(|a, b| b.cmp(a));
        rows.dedup();
        let requests = rows
            .into_iter()
            .map(|row| Request {
                delete_dimension: Some(DeleteDimensionRequest {
                    range: Some(DimensionRange {
                        sheet_id: Some(tab_id),
                        dimension: Some("ROWS".to_owned()),
                        start_index: Some(row - 1),
                        end_index: Some(row),
                    }),
                }),
                ..Request::default()
            })
            .collect();
        self.shape(requests).await
    }

    async fn shape(&self, requests: Vec<Request>) -> Result<(), Fault> {
        let (hub, id) = (&self.hub, self.spreadsheet_id.as_str());
        self.call(Method::Shape, |mut trace| {
            let request = BatchUpdateSpreadsheetRequest {
                requests: Some(requests.clone()),
                ..BatchUpdateSpreadsheetRequest::default()
            };
            async move {
                hub.spreadsheets()
                    .batch_update(request, id)
                    .add_scope(SCOPE)
                    .delegate(&mut trace)
                    .doit()
                    .await
            }
        })
        .await
        .map(drop)
    }

    async fn values(&self, cells: &str) -> Result<Vec<Vec<Value>>, Fault> {
        self.values_of(&self.range(cells)).await
    }

    async fn values_of(&self, range: &str) -> Result<Vec<Vec<Value>>, Fault> {
        let (hub, id) = (&self.hub, self.spreadsheet_id.as_str());
        let answer = self
            .call(Method::Get, |mut trace| async move {
                hub.spreadsheets()
                    .values_get(id, range)
                    .add_scope(SCOPE)
                    .delegate(&mut trace)
                    .doit()
                    .await
            })
            .await?;
        Ok(answer.values.unwrap_or_default())
    }

    /// One call: waits for its turn, keeps the time limit, renews a refused token once, counts.
    async fn call<T, F>(&self, method: Method, request: impl Fn(Trace) -> F) -> Result<T, Fault>
    where
        F: Future<Output = common::Result<(common::Response, T)>>,
    {
        let pace = if method.reads() {
            &self.reads
        } else {
            &self.writes
        };
        let mut renewed = false;
        loop {
            pace.turn().await;
            let trace = Trace::default();
            // On the heap: the generated calls are large state machines.
            let answer = tokio::time::timeout(self.timeout, Box::pin(request(trace.clone()))).await;
            let seen = trace.seen();
            metrics::count(
                &self.metrics.sheets_calls,
                method.metric(matches!(answer, Ok(Ok(_)))),
            );
            match answer {
                Ok(Ok((_, value))) => return Ok(value),
                Ok(Err(_)) if seen.status == Some(401) && !renewed => {
                    renewed = true;
                    match tokio::time::timeout(self.timeout, self.tokens.refresh()).await {
                        Ok(Ok(_)) => {}
                        Ok(Err(fault)) => return Err(fault.into()),
                        Err(_) => return Err(super::token::TokenFault::Unavailable.into()),
                    }
                }
                Ok(Err(error)) => return Err(seen.fault(&error, &self.editor)),
                Err(_) => return Err(seen.timed_out()),
            }
        }
    }

    fn range(&self, cells: &str) -> String {
        quoted(&self.tab) + "!" + cells
    }
}

fn text(cell: Value) -> String {
    match cell {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Each cell is a text, the empty one too: the generated client drops nulls and would move what follows to the left.
fn cells(row: &Row) -> Vec<Value> {
    row.cells()
        .iter()
        .map(|cell| Value::String(fit(cell)))
        .collect()
}

/// Leaves out control characters, and what is beyond the length that Google takes: one cell must not keep a whole
/// batch out.
fn fit(cell: &str) -> String {
    let mut units = 0;
    cell.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .take_while(|c| {
            units += c.len_utf16();
            units <= CELL_LIMIT
        })
        .collect()
}
