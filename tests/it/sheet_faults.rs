//! Google fails in every way there is, and people work in the sheet: each order has one row in the end.

use std::time::{Duration, Instant};

use order_bot::standin::wire::{Answer, Verdict};
use serde_json::json;

use crate::{
    fakes::{
        faults::{google_error, html_page, invalid_grant},
        operator::Row,
    },
    harness::{
        people::{Card, Customer},
        settings::{SPREADSHEET, Settings},
        shop::Shop,
    },
};

fn quick() -> Settings {
    Settings::default()
        .without_openai()
        .set("ORDER_REQUIRES", "")
        .set("SHUTDOWN_GRACE_SECS", "4")
        .set("RATE_LIMIT_PER_MINUTE", "0")
}

async fn shop() -> Shop {
    Shop::start_with(quick()).await
}

/// Orders a cola; the card that comes of it.
async fn order(shop: &Shop, customer: &Customer) -> Card {
    customer.says("a cola please").await;
    let draft = customer.draft().await;
    customer.taps(&draft, "order:confirm").await;
    let operators = shop.operators();
    let mine = customer.reads("is placed").await;
    loop {
        let card = operators.card().await;
        if mine.text.contains(&card.order_id) {
            return card;
        }
    }
}

async fn until(what: &str, limit: Duration, mut test: impl FnMut() -> bool) {
    let began = Instant::now();
    while !test() {
        assert!(
            began.elapsed() < limit,
            "waited {limit:?} in vain for {what}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn degraded(shop: &Shop) {
    let health = shop
        .healthy_when("a note of it", |_, health| {
            health["components"]["sheets"]["status"] == "degraded"
        })
        .await;
    assert_eq!(health["status"], "degraded");
    assert_eq!(shop.bot.get("/health").await.0, 200);
}

#[tokio::test]
async fn a_row_stands_within_five_seconds() {
    let shop = shop().await;
    let ann = shop.customer("Ann");
    let began = Instant::now();
    let card = order(&shop, &ann).await;
    let row = shop.sheet().row_of(&card.order_id).await;
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(
        (row["status"].as_str(), row["items"].as_str()),
        ("placed", "1 x Cola")
    );
    shop.close().await;
}

async fn passing_fault_of(call: &str, verdict: Verdict) {
    let shop = shop().await;
    let ann = shop.customer("Ann");
    shop.google.faults().once(call, verdict.clone());
    let card = order(&shop, &ann).await;
    shop.sheet().row_of(&card.order_id).await;
    shop.operators().taps(&card, "op:accept").await;
    // A call that lands late may add a second row for a moment; it is taken away.
    until("one row", Duration::from_secs(9), || {
        let rows = shop.sheet().rows_of(&card.order_id);
        rows.len() == 1 && rows[0]["status"] == "accepted"
    })
    .await;
    assert!(
        shop.google.faults().unused().is_empty(),
        "{call} {verdict:?}"
    );
    shop.close().await;
}

#[tokio::test]
async fn an_error_while_appending_adds_no_second_row() {
    passing_fault_of("values.append", google_error(500, "INTERNAL", "canary")).await;
    passing_fault_of("values.append", google_error(503, "UNAVAILABLE", "canary")).await;
    passing_fault_of(
        "values.append",
        google_error(429, "RESOURCE_EXHAUSTED", "canary"),
    )
    .await;
}

#[tokio::test]
async fn an_unreadable_answer_to_appending_adds_no_second_row() {
    passing_fault_of("values.append", html_page(502)).await;
    passing_fault_of("values.append", Verdict::Truncate).await;
}

#[tokio::test]
async fn a_broken_connection_while_appending_adds_no_second_row() {
    passing_fault_of("values.append", Verdict::DropBefore).await;
    passing_fault_of("values.append", Verdict::DropAfter).await;
}

#[tokio::test]
async fn a_fault_of_reading_is_passed() {
    passing_fault_of("values.get", google_error(500, "INTERNAL", "canary")).await;
    passing_fault_of("values.get", Verdict::Truncate).await;
}

#[tokio::test]
async fn a_token_that_is_refused_is_fetched_anew() {
    let shop = shop().await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    let first = order(&shop, &ann).await;
    shop.sheet().row_of(&first.order_id).await;
    shop.google.revoke_tokens();
    let second = order(&shop, &bob).await;
    let began = Instant::now();
    shop.sheet().row_of(&second.order_id).await;
    assert!(began.elapsed() < Duration::from_secs(5));
    shop.close().await;
}

#[tokio::test]
async fn a_token_endpoint_that_fails_is_asked_again() {
    let empty = Verdict::Answer(Answer::json(
        200,
        &json!({"access_token": "", "expires_in": 3599, "token_type": "Bearer"}),
    ));
    let none = Verdict::Answer(Answer::json(200, &json!({"token_type": "Bearer"})));
    for verdict in [
        html_page(500),
        html_page(200),
        empty,
        none,
        Verdict::DropAfter,
    ] {
        let mut shop = shop().await;
        shop.bot.kill9().await;
        shop.google.faults().times(2, "token", verdict.clone());
        shop.bot.restart().await;
        let ann = shop.customer("Ann");
        let card = order(&shop, &ann).await;
        shop.sheet().row_of(&card.order_id).await;
        shop.close().await;
    }
}

/// Faults that only the operator can mend: orders go on, health says so, and what waited is written.
async fn operators_fault(begin: impl FnOnce(&Shop), end: impl FnOnce(&Shop)) {
    let mut shop = shop().await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    let first = order(&shop, &ann).await;
    shop.sheet().row_of(&first.order_id).await;
    begin(&shop);
    let second = order(&shop, &bob).await;
    degraded(&shop).await;
    let third = order(&shop, &ann).await;
    end(&shop);
    // Tried again by itself within ten seconds; the end of the program does not wait for that.
    let (status, _) = shop.bot.sigterm().await;
    assert!(status.success());
    shop.bot.restart().await;
    for card in [&first, &second, &third] {
        shop.sheet().row_of(&card.order_id).await;
    }
    shop.google.forget_complaints();
    shop.close().await;
}

#[tokio::test]
async fn a_sheet_that_was_taken_away_is_degraded() {
    operators_fault(
        |shop| shop.google.deny(true),
        |shop| shop.google.deny(false),
    )
    .await;
}

#[tokio::test]
async fn a_spreadsheet_that_is_gone_is_degraded() {
    let gone = || google_error(404, "NOT_FOUND", "Requested entity was not found.");
    operators_fault(
        |shop| shop.google.faults().always("*", gone()),
        |shop| shop.google.faults().clear(),
    )
    .await;
}

#[tokio::test]
async fn a_key_that_is_refused_is_degraded() {
    operators_fault(
        |shop| {
            shop.google.revoke_tokens();
            shop.google.faults().always("token", invalid_grant());
        },
        |shop| shop.google.faults().clear(),
    )
    .await;
}

#[tokio::test]
async fn google_out_of_reach_stops_no_order() {
    let shop = shop().await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    shop.google.server().go_down();
    let mut cards = vec![order(&shop, &ann).await];
    degraded(&shop).await;
    cards.push(order(&shop, &bob).await);
    cards.push(order(&shop, &ann).await);
    shop.operators().taps(&cards[0], "op:accept").await;
    shop.google.server().come_up();
    for card in &cards {
        shop.sheet().row_of(&card.order_id).await;
    }
    shop.sheet().status_of(&cards[0].order_id, "accepted").await;
    shop.healthy_when("recovery", |_, health| health["status"] == "ok")
        .await;
    shop.close().await;
}

#[tokio::test]
async fn a_call_that_hangs_is_given_up_at_the_stop_and_made_good_at_the_start() {
    for verdict in [Verdict::Hang, Verdict::HangAfter] {
        let mut shop = Shop::start_with(quick().set("SHUTDOWN_GRACE_SECS", "2")).await;
        let ann = shop.customer("Ann");
        shop.google.faults().once("values.append", verdict);
        let card = order(&shop, &ann).await;
        until("the call", Duration::from_secs(8), || {
            shop.google.count("values.append") > 0
        })
        .await;
        let (status, took) = shop.bot.sigterm().await;
        assert!(
            status.success() && took < Duration::from_millis(2_900),
            "{status} {took:?}"
        );
        shop.bot.restart().await;
        shop.sheet().row_of(&card.order_id).await;
        shop.close().await;
    }
}

#[tokio::test]
async fn rows_are_found_wherever_the_operator_has_moved_them() {
    let shop = shop().await;
    let mut cards = Vec::new();
    for n in 0..4 {
        let customer = shop.customer(&format!("Customer {n}"));
        cards.push(order(&shop, &customer).await);
    }
    for card in &cards {
        shop.sheet().row_of(&card.order_id).await;
    }
    let (sheet, operators) = (shop.sheet(), shop.operators());
    sheet.sort_by("customer_id", true);
    sheet.insert_blank_row(2);
    sheet.move_row(6, 3);
    operators.taps(&cards[0], "op:accept").await;
    operators.taps(&cards[3], "op:reject").await;
    sheet.status_of(&cards[0].order_id, "accepted").await;
    sheet.status_of(&cards[3].order_id, "rejected").await;
    assert_eq!(sheet.row_of(&cards[1].order_id).await["status"], "placed");
    // A row that was deleted comes back when its order moves on; the others stay where they are.
    let number = sheet.row_number(&cards[1].order_id).unwrap();
    sheet.delete_row(number);
    operators.taps(&cards[1], "op:accept").await;
    sheet.status_of(&cards[1].order_id, "accepted").await;
    operators.taps(&cards[2], "op:accept").await;
    sheet.status_of(&cards[2].order_id, "accepted").await;
    let ids: Vec<String> = sheet
        .rows()
        .iter()
        .map(|row| row["order_id"].clone())
        .collect();
    assert_eq!(ids.len(), 4, "{ids:?}");
    shop.close().await;
}

#[tokio::test]
async fn under_a_strange_header_nothing_is_written() {
    let mut shop = shop().await;
    let ann = shop.customer("Ann");
    let first = order(&shop, &ann).await;
    shop.sheet().row_of(&first.order_id).await;
    shop.sheet().rename_header("phone", "Telefon");
    shop.bot.restart().await;
    let second = order(&shop, &ann).await;
    degraded(&shop).await;
    assert_eq!(shop.sheet().grid().len(), 2);
    let check = shop
        .bot
        .other(
            &["check"],
            &[(
                "DATA_DIR",
                shop.data_dir().join("../other").to_str().unwrap(),
            )],
        )
        .await;
    assert_eq!(check.code, Some(1), "{check:?}");
    assert!(
        check.out.contains("phone") && check.out.contains("fix: "),
        "{}",
        check.out
    );
    shop.sheet().rename_header("Telefon", "phone");
    let (status, _) = shop.bot.sigterm().await;
    assert!(status.success());
    shop.bot.restart().await;
    shop.sheet().row_of(&second.order_id).await;
    shop.close().await;
}

#[tokio::test]
async fn a_missing_tab_is_made_with_its_header() {
    let shop = Shop::start_with(quick().set("SHEETS_TAB", "Neue Bestellungen")).await;
    let ann = shop.customer("Ann");
    let card = order(&shop, &ann).await;
    let sheet = shop.google.sheet(SPREADSHEET, "Neue Bestellungen");
    sheet.row_of(&card.order_id).await;
    let header = "order_id, placed_at, status, customer_id, customer_name, phone, fulfilment, address, items, \
                  allergies, note, total, currency, payment, source, updated_at";
    assert_eq!(sheet.grid()[0].join(", "), header);
    // Google says so of a range in a tab that is not there, which is how the bot learns of it.
    shop.google.forget_complaints();
    shop.close().await;
}

#[tokio::test]
async fn many_orders_take_few_calls() {
    let shop = shop().await;
    shop.google.enforce_quota(true);
    shop.google
        .faults()
        .always("values.append", Verdict::Delay(Duration::from_millis(300)));
    let crowd: Vec<_> = (0..40)
        .map(|n| shop.customer(&format!("Customer {n}")))
        .collect();
    for customer in &crowd {
        customer.says("a cola please").await;
    }
    for customer in &crowd {
        let draft = customer.draft().await;
        customer.taps_and_leaves(&draft, "order:confirm");
    }
    let sheet = shop.sheet();
    sheet
        .expect("all rows", |sheet| (sheet.rows().len() == 40).then_some(()))
        .await;
    let calls = shop.google.count("values.append");
    assert!(calls <= 10, "{calls} calls for 40 orders");
    shop.close().await;
}

fn csv_rows(shop: &Shop) -> Vec<Row> {
    let Ok(mut file) = csv::Reader::from_path(shop.data_dir().join("orders.csv")) else {
        return Vec::new();
    };
    file.deserialize()
        .map(|row| row.expect("orders.csv is whole"))
        .collect()
}

#[tokio::test]
async fn without_a_service_account_rows_go_to_a_file() {
    let mut shop = Shop::start_with(quick().without_sheets()).await;
    let ann = shop.customer("Ann");
    let first = order(&shop, &ann).await;
    until("the row", Duration::from_secs(5), || {
        csv_rows(&shop).len() == 1
    })
    .await;
    shop.bot.kill9().await;
    // The last line was cut in a crash: it is made whole.
    let path = shop.data_dir().join("orders.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, &text[..text.len() - 20]).unwrap();
    shop.bot.restart().await;
    let second = order(&shop, &ann).await;
    let operators = shop.operators();
    operators.taps(&first, "op:accept").await;
    operators.taps(&second, "op:reject").await;
    let status = |rows: &[Row], id: &str| {
        let row = rows.iter().find(|row| row["order_id"] == id);
        row.map(|row| row["status"].clone()).unwrap_or_default()
    };
    until("both rows", Duration::from_secs(9), || {
        let rows = csv_rows(&shop);
        rows.len() == 2
            && status(&rows, &first.order_id) == "accepted"
            && status(&rows, &second.order_id) == "rejected"
    })
    .await;
    shop.close().await;
}

#[tokio::test]
async fn an_older_row_that_landed_late_is_put_right_also_through_a_crash() {
    let mut shop = shop().await;
    let ann = shop.customer("Ann");
    let card = order(&shop, &ann).await;
    let sheet = shop.sheet();
    sheet.row_of(&card.order_id).await;
    shop.operators().taps(&card, "op:accept").await;
    let row = sheet.status_of(&card.order_id, "accepted").await;
    // Until the program holds the row for written, and has that on disk.
    shop.bot.logs("\"order.version\":2").await;
    let (status, _) = shop.bot.sigterm().await;
    assert!(status.success());
    // A call of a process before lands now, and above: the order stands twice, the older state first.
    sheet.insert_blank_row(2);
    for (column, cell) in &row {
        let old = if column == "status" { "placed" } else { cell };
        sheet.edit_cell(2, column, old);
    }
    // The deletion of the second row is applied, and then the program dies.
    let deletion = Verdict::HangAfter;
    shop.google
        .faults()
        .once("spreadsheets.batchUpdate", deletion);
    shop.bot.restart().await;
    until("the deletion", Duration::from_secs(9), || {
        sheet.rows_of(&card.order_id).len() == 1
    })
    .await;
    assert_eq!(sheet.rows_of(&card.order_id)[0]["status"], "placed");
    tokio::time::sleep(Duration::from_millis(100)).await;
    shop.bot.restart().await;
    sheet.status_of(&card.order_id, "accepted").await;
    shop.close().await;
}
