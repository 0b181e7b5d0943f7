//! What customers may ask about their data, and copies of the data folder.

use std::{
    path::{Path, PathBuf},
    process::Output,
};

use serde_json::{Value, json};

use crate::{
    fakes::openai::{add, parsed_order},
    harness::{
        people::{Card, Customer},
        settings::{SPREADSHEET, Settings, TAB},
        shop::Shop,
    },
};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_KEY: &str = "HxAPDg0MCwoJCAcGBQQDAgEAHx4dHBsaGRgXFhUUExI=";

const PHONE: &str = "+491709876543";
const STREET: &str = "17 Canarybird Crescent";
const NOTE: &str = "ring the canarybell twice";
const WORDS: &str = "two margheritas and ring the canarybell twice";
/// What must not be found once the customer was forgotten. Phones stand in a CSV file behind an apostrophe.
const PERSONAL: [&str; 4] = ["1709876543", "Canarybird", "canarybell", "Canaryson0x"];

/// Runs a command of the program on a data folder.
fn order_bot(dir: &Path, words: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_order-bot"));
    command.env_clear().args(words).env("DATA_DIR", dir);
    command.envs(variables.iter().copied());
    command.output().unwrap()
}

#[track_caller]
fn well(output: &Output) -> String {
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{err}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn refused(output: &Output, why: &str) {
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "it was done");
    assert!(err.contains(why), "{err}");
}

fn export(dir: &Path, id: i64) -> Value {
    let output = order_bot(dir, &["customers", "export", &id.to_string()], &[]);
    serde_json::from_str(&well(&output)).unwrap()
}

/// Every regular file below a folder.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files
}

/// Where any of these texts stands in a folder, or in names within it.
fn found(dir: &Path, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files(dir) {
        // A file that is replaced meanwhile is looked at under its new name.
        let bytes = std::fs::read(&file).unwrap_or_default();
        for text in texts {
            if bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
            {
                found.push(format!("{text} in {}", file.display()));
            }
        }
    }
    found
}

fn known(dir: &Path) -> Vec<&'static str> {
    let here = |text: &&str| !found(dir, &[*text]).is_empty();
    PERSONAL.into_iter().filter(here).collect()
}

/// Waits for something on the disk, which tells nobody when it changes.
async fn until(what: impl Fn() -> bool) {
    for _ in 0..200 {
        if what() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
}

/// Waits until nothing of these texts stands in the folder.
async fn until_clean(dir: &Path, texts: &[&str]) {
    until(|| found(dir, texts).is_empty()).await;
    assert_eq!(found(dir, texts), [""; 0]);
}

fn settings() -> Settings {
    Settings::default().set("ORDER_REQUIRES", "phone,address")
}

fn teach(shop: &Shop) {
    let mut order = parsed_order(json!([add("margherita", 2)]));
    order["note"] = json!(NOTE);
    shop.openai.understands(WORDS, order);
    shop.openai
        .understands("two colas please", parsed_order(json!([add("cola", 4)])));
}

/// Ann orders, with all that is personal; the shop has not answered.
async fn ann_orders(shop: &Shop) -> (Customer, Card) {
    teach(shop);
    let ann = shop.customer("Ann");
    ann.says(WORDS).await;
    ann.reads("number").await;
    ann.shares_phone(PHONE).await;
    ann.reads("deliver").await;
    ann.says_address(STREET).await;
    let draft = ann.draft().await;
    ann.taps(&draft, "order:confirm").await;
    let card = shop.operators().card().await;
    (ann, card)
}

async fn finish(shop: &Shop, card: &Card) {
    let operators = shop.operators();
    operators.taps(card, "op:accept").await;
    let card = operators.card_with(card, "op:done").await;
    operators.taps(&card, "op:done").await;
    if !shop.sheet().rows_of(&card.order_id).is_empty() {
        shop.sheet().status_of(&card.order_id, "done").await;
    }
}

#[tokio::test]
async fn a_customer_is_forgotten_while_the_bot_runs() {
    let shop = Shop::start_with(settings()).await;
    let (ann, card) = ann_orders(&shop).await;
    let ben = shop.customer("Ben");
    ben.says("two colas please").await;
    ben.shares_phone("+491701111111").await;
    let dir = shop.data_dir();
    shop.sheet().row_of(&card.order_id).await;
    assert_eq!(known(&dir), PERSONAL);

    let data = export(&dir, ann.id);
    let phone = data["customer"]["phone"].as_str().unwrap();
    assert!(
        phone.contains("1709876543") && data["orders"][0]["note"] == NOTE,
        "{data}"
    );
    let id = ann.id.to_string();
    refused(
        &order_bot(&dir, &["customers", "forget", &id], &[]),
        "under way",
    );
    finish(&shop, &card).await;
    // What she wrote before is answered from memory.
    let asked = || shop.openai.asked().len();
    let before = asked();
    ann.says(WORDS).await;
    ann.draft().await;
    assert_eq!(asked(), before);
    ann.says("/cancel").await;
    ann.reply().await;
    let words = well(&order_bot(&dir, &["customers", "forget", &id], &[]));
    assert!(
        words.contains("1 orders") && !words.contains("wait"),
        "{words}"
    );

    assert_eq!(found(&dir, &PERSONAL), [""; 0]);
    assert_eq!(found(&dir, &[&id]), [""; 0]);
    let cells = format!("{:?}", shop.sheet().grid());
    assert!(
        PERSONAL
            .iter()
            .chain([&id.as_str()])
            .all(|text| !cells.contains(text)),
        "{cells}"
    );
    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(
        (row["status"].as_str(), row["total"].as_str()),
        ("done", "19.50")
    );
    assert!(row["items"].contains("2 x Margherita"), "{row:?}");
    let shown = shop
        .operators()
        .card_now(&card, |text| !text.contains("Canarybird"))
        .await;
    assert!(shown.contains("Margherita"), "{shown}");
    refused(
        &order_bot(&dir, &["customers", "export", &id], &[]),
        "nothing is kept",
    );
    refused(
        &order_bot(&dir, &["customers", "forget", &id], &[]),
        "nothing is kept",
    );
    assert!(
        export(&dir, ben.id)["customer"]["phone"].is_string(),
        "Ben stays"
    );

    ann.says("/mydata").await;
    let text = ann.reads("what we keep").await.text;
    assert!(!PERSONAL[..3].iter().any(|p| text.contains(p)), "{text}");
    // The memory of answers is gone too.
    ann.says(WORDS).await;
    ann.draft().await;
    assert_eq!(asked(), before + 1);
    shop.close().await;
}

#[tokio::test]
async fn an_orders_csv_is_blanked_at_once_be_it_the_ledger_or_an_old_one() {
    let mut shop = Shop::start_with(settings().without_sheets()).await;
    let (ann, card) = ann_orders(&shop).await;
    finish(&shop, &card).await;
    let dir = shop.data_dir();
    let written = || std::fs::read_to_string(dir.join("orders.csv")).unwrap_or_default();
    until(|| written().contains("Canarybird")).await;
    let id = ann.id.to_string();
    let words = well(&order_bot(&dir, &["customers", "forget", &id], &[]));
    assert!(!words.contains("wait"), "{words}");
    assert_eq!(found(&dir, &PERSONAL), [""; 0]);
    let csv = std::fs::read_to_string(dir.join("orders.csv")).unwrap();
    assert_eq!(csv.lines().count(), 2);
    assert!(
        csv.contains(&card.order_id) && csv.contains("19.50"),
        "{csv}"
    );

    // A spreadsheet takes the file's place, and somebody is forgotten afterwards.
    let (ben, card) = ann_orders(&shop).await;
    finish(&shop, &card).await;
    shop.bot.sigterm().await;
    assert_eq!(known(&dir)[..3], PERSONAL[..3]);
    let google = [
        ("GOOGLE_SERVICE_ACCOUNT_JSON", shop.google.service_account()),
        ("SHEETS_SPREADSHEET_ID", SPREADSHEET.to_owned()),
        ("SHEETS_TAB", TAB.to_owned()),
        ("SHEETS_API_URL", shop.google.url()),
    ];
    for (name, value) in &google {
        shop.bot.set(name, value);
    }
    shop.bot.restart().await;
    let id = ben.id.to_string();
    well(&order_bot(&dir, &["customers", "forget", &id], &[]));
    assert_eq!(found(&dir, &PERSONAL), [""; 0]);
    shop.close().await;
}

#[tokio::test]
async fn a_customer_is_forgotten_while_no_bot_runs() {
    let mut shop = Shop::start_with(settings().without_sheets()).await;
    let (ann, card) = ann_orders(&shop).await;
    finish(&shop, &card).await;
    shop.bot.sigterm().await;
    let dir = shop.data_dir();
    assert_eq!(known(&dir), PERSONAL);
    well(&order_bot(
        &dir,
        &["customers", "forget", &ann.id.to_string()],
        &[],
    ));
    assert_eq!(found(&dir, &PERSONAL), [""; 0]);
    let orders = well(&order_bot(&dir, &["orders", "export"], &[]));
    assert!(
        orders.contains(&card.order_id) && orders.contains("19.50"),
        "{orders}"
    );
    let csv = std::fs::read_to_string(dir.join("orders.csv")).unwrap();
    assert_eq!(csv.lines().count(), 2);
    shop.bot.restart().await;
    ann.says("/start").await;
    ann.reads("welcome").await;
    assert_eq!(found(&dir, &PERSONAL[..3]), [""; 0]);
    shop.close().await;
}

#[tokio::test]
async fn deleteme_asks_first_and_then_leaves_no_byte() {
    let shop = Shop::start_with(settings()).await;
    let (ann, card) = ann_orders(&shop).await;
    let dir = shop.data_dir();
    ann.says("/deleteme").await;
    ann.reads("still under way").await;
    finish(&shop, &card).await;

    ann.says("/mydata").await;
    let text = ann.reads("what we keep").await.text;
    assert!(text.contains(STREET) && text.contains(NOTE) && text.contains(&card.order_id));

    ann.says("/deleteme").await;
    let question = ann.reads("cannot be undone").await;
    ann.taps(&question, "me:keep").await;
    ann.reads("nothing was deleted").await;
    let answer = ann.taps(&question, "me:delete").await;
    assert!(answer.answer.unwrap_or_default().contains("too old"));
    assert_eq!(known(&dir), PERSONAL);

    ann.says("/deleteme").await;
    ann.reads("cannot be undone").await;
    ann.says("Delete").await;
    ann.reads("we keep nothing about you").await;
    let id = ann.id.to_string();
    let mut gone = PERSONAL.to_vec();
    gone.push(&id);
    until_clean(&dir, &gone).await;
    shop.sheet()
        .expect("blank cells", |sheet| {
            let cells = format!("{:?}", sheet.grid());
            gone.iter().all(|text| !cells.contains(text)).then_some(())
        })
        .await;

    // A stranger again, and by button this time.
    ann.says("delete my data").await;
    let question = ann.reads("cannot be undone").await;
    ann.taps(&question, "me:delete").await;
    ann.reads("we keep nothing about you").await;
    until_clean(&dir, &gone).await;
    shop.close().await;
}

#[tokio::test]
async fn a_deletion_that_a_crash_cut_short_is_finished_at_the_next_start() {
    let mut shop = Shop::start_with(settings()).await;
    let (ann, card) = ann_orders(&shop).await;
    finish(&shop, &card).await;
    ann.says("/deleteme").await;
    ann.reads("cannot be undone").await;
    // Killed as soon as it begins to show.
    let dir = shop.data_dir();
    ann.says("delete").await;
    let customers = dir.join("customers.json");
    for _ in 0..2_000 {
        if !std::fs::read_to_string(&customers)
            .unwrap()
            .contains("Canarybird")
        {
            break;
        }
        tokio::task::yield_now().await;
    }
    shop.bot.kill9().await;
    shop.bot.restart().await;
    ann.reads("we keep nothing about you").await;
    until_clean(&dir, &PERSONAL).await;
    shop.close().await;
}

#[tokio::test]
async fn silent_customers_are_forgotten_after_the_time_that_was_set() {
    let mut shop = Shop::start_with(settings()).await;
    let (ann, card) = ann_orders(&shop).await;
    finish(&shop, &card).await;
    shop.bot.sigterm().await;
    let dir = shop.data_dir();
    // Years go by.
    let file = dir.join("customers.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut json: Value = serde_json::from_str(&text).unwrap();
    json["customers"][ann.id.to_string()]["last_seen"] = json!("2020-01-01T00:00:00Z");
    std::fs::write(&file, json.to_string()).unwrap();
    shop.bot.restart().await;
    shop.bot.sigterm().await;
    assert_eq!(known(&dir), PERSONAL, "nobody is forgotten by default");
    shop.bot.set("CUSTOMER_RETENTION_DAYS", "30");
    shop.bot.restart().await;
    shop.bot.logs("not written for long").await;
    until_clean(&dir, &PERSONAL).await;
    shop.close().await;
}

#[tokio::test]
async fn a_backup_of_a_running_bot_comes_back_whole_and_gives_no_number_twice() {
    let mut shop = Shop::start_with(settings().without_sheets()).await;
    let (ann, card) = ann_orders(&shop).await;
    finish(&shop, &card).await;
    let dir = shop.data_dir();
    let away = tempfile::tempdir().unwrap();
    let file = away.path().join("monday.backup");
    let name = file.to_str().unwrap();
    refused(
        &order_bot(&dir, &["backup", dir.join("x").to_str().unwrap()], &[]),
        "itself",
    );
    well(&order_bot(&dir, &["backup", name], &[]));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let (before, orders) = (
        export(&dir, ann.id),
        well(&order_bot(&dir, &["orders", "export"], &[])),
    );
    refused(&order_bot(&dir, &["restore", name], &[]), "in use");

    ann.says("two colas please").await;
    let draft = ann.draft().await;
    ann.taps(&draft, "order:confirm").await;
    ann.reads("placed").await;
    shop.bot.sigterm().await;
    refused(&order_bot(&dir, &["restore", name], &[]), "does not");
    let words = well(&order_bot(&dir, &["restore", name, "--force"], &[]));
    assert!(words.contains("go on after 2000"), "{words}");
    assert_eq!(export(&dir, ann.id), before);
    assert_eq!(well(&order_bot(&dir, &["orders", "export"], &[])), orders);
    // Into a folder that is not there, as after the loss of a disk.
    let fresh = away.path().join("fresh");
    well(&order_bot(&fresh, &["restore", name], &[]));
    assert_eq!(export(&fresh, ann.id), before);
    let csv = |dir: &Path| std::fs::read_to_string(dir.join("orders.csv")).unwrap();
    assert_eq!(csv(&fresh), csv(&dir));

    shop.bot.restart().await;
    ann.says("two colas please").await;
    let draft = ann.draft().await;
    ann.taps(&draft, "order:confirm").await;
    let placed = format!("{}-2001", card.order_id.split('-').next().unwrap());
    ann.reads(&placed).await;
    shop.bot.sigterm().await;
    refused(&order_bot(&dir, &["restore", name], &[]), "does not");

    // A backup that is damaged anywhere is refused before anything is touched.
    let whole = std::fs::read(&file).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 97 + 1) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        std::fs::write(&file, &damaged).unwrap();
        assert!(
            !order_bot(&fresh, &["restore", name, "--force"], &[])
                .status
                .success(),
            "byte {at}"
        );
    }
    std::fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    refused(
        &order_bot(&fresh, &["restore", name, "--force"], &[]),
        "cut off",
    );
    assert_eq!(export(&fresh, ann.id), before);
    shop.bot.restart().await;
    shop.close().await;
}

#[tokio::test]
async fn the_key_is_changed_and_the_old_one_opens_nothing() {
    let mut shop = Shop::start_with(settings().set("DATA_KEY", KEY)).await;
    let (ann, card) = ann_orders(&shop).await;
    finish(&shop, &card).await;
    let dir = shop.data_dir();
    let id = ann.id.to_string();
    assert_eq!(known(&dir), [""; 0], "all is sealed");
    let both = [("DATA_KEY", OTHER_KEY), ("DATA_KEY_OLD", KEY)];
    refused(&order_bot(&dir, &["rekey"], &both), "in use");
    shop.bot.sigterm().await;
    let away = tempfile::tempdir().unwrap();
    let file = away.path().join("sealed.backup");
    well(&order_bot(&dir, &["backup", file.to_str().unwrap()], &[]));
    assert_eq!(
        known(away.path()),
        [""; 0],
        "a backup needs no key and opens nothing"
    );

    refused(&order_bot(&dir, &["rekey"], &[]), "DATA_KEY");
    let before: Vec<_> = files(&dir)
        .iter()
        .map(|f| std::fs::read(f).unwrap())
        .collect();
    refused(
        &order_bot(&dir, &["rekey"], &[("DATA_KEY", OTHER_KEY)]),
        "another key",
    );
    let swapped = [("DATA_KEY", OTHER_KEY), ("DATA_KEY_OLD", OTHER_KEY)];
    refused(&order_bot(&dir, &["rekey"], &swapped), "another key");
    let after: Vec<_> = files(&dir)
        .iter()
        .map(|f| std::fs::read(f).unwrap())
        .collect();
    assert_eq!(before, after, "a wrong key changes nothing");

    well(&order_bot(&dir, &["rekey"], &both));
    let export = ["customers", "export", &id];
    refused(
        &order_bot(&dir, &export, &[("DATA_KEY", KEY)]),
        "another key",
    );
    refused(&order_bot(&dir, &export, &[]), "DATA_KEY");
    well(&order_bot(&dir, &export, &[("DATA_KEY", OTHER_KEY)]));
    refused(
        &order_bot(
            &dir,
            &["restore", file.to_str().unwrap(), "--force"],
            &[("DATA_KEY", OTHER_KEY)],
        ),
        "another key",
    );

    // `run` takes both as well.
    shop.bot.set("DATA_KEY", KEY);
    shop.bot.set("DATA_KEY_OLD", OTHER_KEY);
    shop.bot.restart().await;
    ann.says("/mydata").await;
    ann.reads(STREET).await;
    shop.close().await;
}
