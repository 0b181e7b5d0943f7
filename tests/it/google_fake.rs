//! The stand-in for Google against google-sheets4 and yup-oauth2.

use std::time::Duration;

use google_sheets4::{
    Error, Sheets,
    api::{BatchUpdateSpreadsheetRequest, Scope, ValueRange},
    hyper_rustls::{HttpsConnector, HttpsConnectorBuilder},
    hyper_util::{
        client::legacy::{Client, connect::HttpConnector},
        rt::TokioExecutor,
    },
    yup_oauth2::{
        ServiceAccountAuthenticator, authenticator::DefaultAuthenticator, parse_service_account_key,
    },
};
use order_bot::standin::wire::{Answer, Verdict};
use serde_json::{Value, json};

use crate::fakes::{
    faults::{google_error, html_page, invalid_grant},
    google::{Google, SCOPE},
};

const BOOK: &str = "1Book";

type Hub = Sheets<HttpsConnector<HttpConnector>>;

struct Scene {
    google: Google,
    hub: Hub,
    auth: DefaultAuthenticator,
}

async fn scene() -> Scene {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let google = Google::start().await;
    google.add_spreadsheet(BOOK, &["Orders", "My menu"]);
    let key = parse_service_account_key(google.service_account()).unwrap();
    let auth = ServiceAccountAuthenticator::builder(key)
        .build()
        .await
        .unwrap();
    let connector = HttpsConnectorBuilder::new()
        .with_native_roots()
        .unwrap()
        .https_or_http()
        .enable_http1()
        .build();
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let mut hub = Sheets::new(client, auth.clone());
    hub.base_url(format!("{}/", google.url()));
    Scene { google, hub, auth }
}

fn range(values: Value) -> ValueRange {
    ValueRange {
        values: serde_json::from_value(values).unwrap(),
        ..ValueRange::default()
    }
}

impl Scene {
    async fn append(&self, values: Value) -> Result<Option<String>, Error> {
        self.append_to("Orders!A1:C1", values).await
    }

    async fn append_to(&self, place: &str, values: Value) -> Result<Option<String>, Error> {
        let call = self
            .hub
            .spreadsheets()
            .values_append(range(values), BOOK, place);
        let call = call
            .value_input_option("RAW")
            .insert_data_option("INSERT_ROWS");
        let (_, answer) = call.add_scope(Scope::Spreadsheet).doit().await?;
        Ok(answer.updates.unwrap().updated_range)
    }

    async fn get(&self, place: &str) -> Result<Value, Error> {
        let call = self.hub.spreadsheets().values_get(BOOK, place);
        let (_, answer) = call.add_scope(Scope::Spreadsheet).doit().await?;
        Ok(json!(answer.values))
    }

    async fn batch(&self, requests: Value) -> Result<(), Error> {
        // A field mask is read from borrowed text only: from_value would fail.
        let body = json!({"requests": requests}).to_string();
        let body: BatchUpdateSpreadsheetRequest = serde_json::from_str(&body).unwrap();
        let call = self.hub.spreadsheets().batch_update(body, BOOK);
        call.add_scope(Scope::Spreadsheet).doit().await.map(|_| ())
    }
}

fn code(outcome: Result<impl Sized, Error>) -> Value {
    match outcome.map(|_| ()) {
        Err(Error::BadRequest(value)) => value["error"]["code"].clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn rows_are_appended_read_and_rewritten() {
    let scene = scene().await;
    let header = json!([["order_id", "status", "total"]]);
    assert_eq!(
        scene.append(header).await.unwrap().as_deref(),
        Some("Orders!A1:C1")
    );
    let place = scene
        .append(json!([["o-1", "=1+1", "2.00"]]))
        .await
        .unwrap();
    assert_eq!(place.as_deref(), Some("Orders!A2:C2"));
    scene.append(json!([["o-2", "", ""]])).await.unwrap();
    let all = scene.get("Orders!A1:P").await.unwrap();
    let expected = json!([
        ["order_id", "status", "total"],
        ["o-1", "=1+1", "2.00"],
        ["o-2"]
    ]);
    assert_eq!(all, expected);
    assert_eq!(scene.get("Orders!A:A").await.unwrap()[2], json!(["o-2"]));
    assert_eq!(scene.get("'My menu'").await.unwrap(), Value::Null);

    let call = scene.hub.spreadsheets().values_update(
        range(json!([["o-2", "done", "", "more"]])),
        BOOK,
        "Orders!A3:D3",
    );
    let call = call.value_input_option("RAW").add_scope(Scope::Spreadsheet);
    let (_, answer) = call.doit().await.unwrap();
    assert_eq!(answer.updated_range.as_deref(), Some("Orders!A3:D3"));
    let sheet = scene.google.sheet(BOOK, "Orders");
    assert_eq!(sheet.row_of("o-2").await["status"], "done");
    assert!(scene.google.complaints().is_empty());
}

#[tokio::test]
async fn an_append_goes_below_the_table_it_names() {
    let scene = scene().await;
    scene
        .append(json!([["order_id", "status"], ["o-1", "x"], ["o-2", "y"]]))
        .await
        .unwrap();
    let sheet = scene.google.sheet(BOOK, "Orders");
    sheet.insert_blank_row(3);
    // The table at the top now ends above the blank row.
    let place = scene
        .append_to("Orders!A1:B1", json!([["o-3", "z"]]))
        .await
        .unwrap();
    assert_eq!(place.as_deref(), Some("Orders!A3:B3"));
    // The whole tab: below its last table.
    let place = scene
        .append_to("Orders", json!([["o-4", "z"]]))
        .await
        .unwrap();
    assert_eq!(place.as_deref(), Some("Orders!A6:B6"));
}

#[tokio::test]
async fn null_cells_shift_as_the_real_client_shifts_them() {
    let scene = scene().await;
    scene.append(json!([["a", null, "c"]])).await.unwrap();
    // google-sheets4 drops the null on its way out: this is why rows must not hold any.
    assert_eq!(scene.get("Orders").await.unwrap(), json!([["a", "c"]]));
}

#[tokio::test]
async fn the_operator_sorts_moves_and_deletes() {
    let scene = scene().await;
    let rows = json!([
        ["order_id", "status"],
        ["o-1", "c"],
        ["o-2", "a"],
        ["o-3", "b"]
    ]);
    scene.append(rows).await.unwrap();
    let sheet = scene.google.sheet(BOOK, "Orders");
    sheet.sort_by("status", false);
    assert_eq!(sheet.row_number("o-2"), Some(2));
    sheet.move_row(4, 2);
    assert_eq!(sheet.row_number("o-1"), Some(2));
    sheet.delete_row(2);
    assert_eq!(sheet.row_number("o-1"), None);
    sheet.edit_cell(2, "status", "eaten");
    sheet.rename_header("status", "Status");
    let row = sheet.rows_of("o-2").pop().unwrap();
    assert_eq!(row["Status"], "eaten");
    sheet.rename_tab("Old orders");
    assert_eq!(code(scene.get("Orders!A1").await), 400);
}

#[tokio::test]
async fn a_batch_applies_all_or_nothing() {
    let scene = scene().await;
    scene
        .append(json!([["order_id"], ["o-1"], ["o-2"]]))
        .await
        .unwrap();
    let delete = json!({"deleteDimension": {"range":
        {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}}});
    let broken = json!([delete, {"addSheet": {"properties": {"title": "Orders"}}}]);
    assert_eq!(code(scene.batch(broken).await), 400);
    assert_eq!(
        scene.google.sheet(BOOK, "Orders").row_number("o-1"),
        Some(2)
    );

    let cell = |text: &str| json!({"userEnteredValue": {"stringValue": text}});
    let good = json!([
        delete,
        {"addSheet": {"properties": {"title": "Archive"}}},
        {"appendCells": {"sheetId": 0, "fields": "userEnteredValue", "rows": [{"values": [cell("o-9")]}]}},
        {"updateSheetProperties": {"fields": "gridProperties.frozenRowCount",
            "properties": {"sheetId": 0, "gridProperties": {"frozenRowCount": 1}}}},
        {"sortRange": {"range": {"sheetId": 0, "startRowIndex": 1},
            "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]}},
    ]);
    scene.batch(good).await.unwrap();
    let expected = json!([["order_id"], ["o-9"], ["o-2"]]);
    assert_eq!(scene.get("Orders").await.unwrap(), expected);
    let call = scene
        .hub
        .spreadsheets()
        .get(BOOK)
        .add_scope(Scope::Spreadsheet);
    let (_, book) = call.doit().await.unwrap();
    let titles: Vec<_> = book
        .sheets
        .unwrap()
        .into_iter()
        .map(|sheet| sheet.properties.unwrap())
        .collect();
    assert_eq!(titles[2].title.as_deref(), Some("Archive"));
    assert_eq!(titles[0].sheet_id, Some(0));
}

#[tokio::test]
async fn a_revoked_token_is_refused_until_a_new_one_is_fetched() {
    let scene = scene().await;
    scene.append(json!([["x"]])).await.unwrap();
    scene.google.revoke_tokens();
    assert_eq!(code(scene.append(json!([["y"]])).await), 401);
    scene.auth.force_refreshed_token(&[SCOPE]).await.unwrap();
    scene.append(json!([["y"]])).await.unwrap();
    assert_eq!(scene.google.count("token"), 2);

    let outcome = scene
        .hub
        .spreadsheets()
        .values_get(BOOK, "Orders")
        .doit()
        .await;
    assert!(
        matches!(outcome, Err(Error::MissingToken(_))),
        "a scope beyond spreadsheets is refused"
    );
    assert_eq!(scene.google.complaints().len(), 1);
}

#[tokio::test]
async fn the_token_endpoint_may_fail() {
    let scene = scene().await;
    for verdict in [invalid_grant(), html_page(503), Verdict::DropBefore] {
        scene.google.faults().once("token", verdict);
        let why = scene.append(json!([["x"]])).await.unwrap_err();
        assert!(matches!(why, Error::MissingToken(_)), "{why:?}");
    }
    let empty = Answer::json(200, &json!({"token_type": "Bearer"}));
    scene.google.faults().once("token", Verdict::Answer(empty));
    assert_eq!(code(scene.append(json!([["x"]])).await), 401);
}

#[tokio::test]
async fn refusals_and_faults_are_googles() {
    let scene = scene().await;
    assert_eq!(code(scene.get("Nope!A1").await), 400);
    let nowhere = scene
        .hub
        .spreadsheets()
        .get("nobody")
        .add_scope(Scope::Spreadsheet);
    assert_eq!(code(nowhere.doit().await), 404);
    scene.google.deny(true);
    assert_eq!(code(scene.get("Orders").await), 403);
    scene.google.deny(false);

    let faults = scene.google.faults();
    faults.once(
        "values.append",
        google_error(503, "UNAVAILABLE", "The service is unavailable."),
    );
    assert_eq!(code(scene.append(json!([["x"]])).await), 503);
    assert_eq!(scene.get("Orders").await.unwrap(), Value::Null);

    faults.once("values.append", Verdict::DropAfter);
    scene.append(json!([["lost answer"]])).await.unwrap_err();
    let expected = json!([["lost answer"]]);
    assert_eq!(scene.get("Orders").await.unwrap(), expected);

    faults.once(
        "values.append",
        Verdict::ApplyLate(Duration::from_millis(50)),
    );
    let late = scene.append(json!([["late"]]));
    tokio::time::timeout(Duration::from_millis(20), late)
        .await
        .unwrap_err();
    let sheet = scene.google.sheet(BOOK, "Orders");
    sheet
        .expect("the late row", |sheet| {
            (sheet.grid().len() == 2).then_some(())
        })
        .await;
}

#[tokio::test]
async fn the_quota_is_sixty_writes_a_minute() {
    let scene = scene().await;
    scene.google.enforce_quota(true);
    for _ in 0..60 {
        scene.append(json!([["x"]])).await.unwrap();
    }
    assert_eq!(code(scene.append(json!([["x"]])).await), 429);
    scene.get("Orders").await.unwrap();
}
