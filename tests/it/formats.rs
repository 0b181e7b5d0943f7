//! Data folders of every format that was ever released, in `tests/data`: they are read for ever.
//!
//! `v1/plain` and `v1/sealed` were left by a kill of the program: a customer with an order that is done, one that waits,
//! and another customer's open draft.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{
    fakes::openai::{add, parsed_order},
    harness::{settings::Settings, shop::Shop},
};

/// The key of the sealed folders.
const KEY: &str = "a2VwdCBmb3IgdGVzdHM6IGtlcHQgZm9yIHRlc3RzOiE=";

fn kept(version: &str, kind: &str) -> PathBuf {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    data.join(version).join(kind)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy(&entry.path(), &to);
        } else if kind.is_file() && entry.file_name() != "lock" {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn told(dir: &Path, words: &[&str], key: Option<&str>) -> String {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_order-bot"));
    command.env_clear().args(words).env("DATA_DIR", dir);
    command.envs(key.map(|key| ("DATA_KEY", key)));
    let output = command.output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {err}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a folder says about its orders and customers.
fn contents(dir: &Path, key: Option<&str>) -> Value {
    let json = |words: &[&str]| -> Value { serde_json::from_str(&told(dir, words, key)).unwrap() };
    json!({
        "orders": json(&["orders", "export", "--format", "json"]),
        "ann": json(&["customers", "export", "500001"]),
        "ben": json(&["customers", "export", "500002"]),
    })
}

fn settings() -> Settings {
    Settings::default()
        .without_sheets()
        .set("ORDER_REQUIRES", "phone,address")
}

fn teach(shop: &Shop) {
    let mut order = parsed_order(json!([add("margherita", 2), add("cola", 1)]));
    order["note"] = json!("please ring twice");
    order["allergies"] = json!(["peanuts"]);
    shop.openai
        .understands("the usual dinner for us please", order);
    let fries = parsed_order(json!([add("fries", 3)]));
    shop.openai
        .understands("three portions of fries please", fries);
}

async fn check(version: &str, kind: &str, key: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("data");
    copy(&kept(version, kind), &dir);
    let expected = std::fs::read_to_string(kept(version, kind).with_extension("json")).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    assert_eq!(contents(&dir, key), expected);

    let backup = kept(version, kind).with_extension("backup");
    let restored = folder.path().join("restored");
    told(&restored, &["restore", backup.to_str().unwrap()], key);
    assert_eq!(contents(&restored, key), expected);

    let mut settings = settings().set("DATA_DIR", dir.to_str().unwrap());
    if let Some(key) = key {
        settings = settings.set("DATA_KEY", key);
    }
    let shop = Shop::start_with(settings).await;
    teach(&shop);
    let (ann, ben) = (shop.customer("Ann"), shop.customer("Ben"));
    ann.says("/orders").await;
    let id = expected["orders"][1]["order_id"].as_str().unwrap();
    let text = ann.reads("your latest orders").await.text;
    assert!(
        text.contains(id) && text.contains("2 x Margherita"),
        "{text}"
    );
    // The draft's time is over by now; its customer is still known.
    ben.says("three portions of fries please").await;
    let draft = ben.draft().await;
    ben.taps(&draft, "order:confirm").await;
    ben.reads(&id.replace("-2", "-3")).await;
    shop.close().await;
}

#[tokio::test]
async fn a_plain_folder_of_version_1_is_read() {
    check("v1", "plain", None).await;
}

#[tokio::test]
async fn a_sealed_folder_of_version_1_is_read() {
    check("v1", "sealed", Some(KEY)).await;
}

/// Made the folders of this version; to be run once for a new format, with its number.
#[tokio::test]
#[ignore = "writes into the repository"]
async fn keep_folders_of_this_version() {
    for (kind, key) in [("plain", None), ("sealed", Some(KEY))] {
        let settings = match key {
            Some(key) => settings().set("DATA_KEY", key),
            None => settings(),
        };
        let mut shop = Shop::start_with(settings).await;
        shop.forgive_left_overs();
        teach(&shop);
        let (ann, ben, operators) = (shop.customer("Ann"), shop.customer("Ben"), shop.operators());
        for finish in [true, false] {
            ann.says("the usual dinner for us please").await;
            if finish {
                ann.reads("number").await;
                ann.shares_phone("+15550100199").await;
                ann.reads("deliver").await;
                ann.says_address("1 Example Street").await;
            }
            let draft = ann.draft().await;
            ann.taps(&draft, "order:confirm").await;
            let card = operators.card().await;
            if finish {
                operators.taps(&card, "op:accept").await;
                let card = operators.card_with(&card, "op:done").await;
                operators.taps(&card, "op:done").await;
                ann.reads("enjoy").await;
            }
        }
        ben.says("three portions of fries please").await;
        ben.reads("number").await;
        ben.shares_phone("+15550100177").await;
        ben.reads("deliver").await;
        ben.says_address("2 Example Street").await;
        ben.draft().await;
        // Long enough for customers.json and the jobs that are done.
        tokio::time::sleep(std::time::Duration::from_secs(4)).await;
        shop.bot.kill9().await;
        let target = kept("v1", kind);
        copy(&shop.data_dir(), &target);
        let backup = target.with_extension("backup");
        told(&target, &["backup", backup.to_str().unwrap()], None);
        let said = serde_json::to_string_pretty(&contents(&target, key)).unwrap();
        std::fs::write(target.with_extension("json"), said + "\n").unwrap();
    }
}
