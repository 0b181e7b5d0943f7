//! Starting, stopping, refusing to start; what `check` says; damaged and full data folders.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use order_bot::standin::{SentMessage, State, wire::Verdict};
use serde_json::json;

use crate::{
    fakes::openai::{add, parsed_order},
    harness::{
        people::Customer,
        settings::{OPENAI_KEY, OPERATOR_CHAT, Settings},
        shop::Shop,
    },
};

fn plain() -> Settings {
    Settings::default()
        .without_openai()
        .without_sheets()
        .set("ORDER_REQUIRES", "")
        .set("SHUTDOWN_GRACE_SECS", "3")
        .set("RATE_LIMIT_PER_MINUTE", "0")
}

async fn order(customer: &Customer) {
    customer.says("a cola please").await;
    let draft = customer.draft().await;
    customer.taps(&draft, "order:confirm").await;
    customer.reads("is placed").await;
}

#[tokio::test]
async fn stopped_in_the_middle_of_its_work_it_loses_nothing() {
    for signal in ["TERM", "INT"] {
        let mut shop = Shop::start_with(plain()).await;
        let crowd: Vec<_> = (0..8)
            .map(|n| shop.customer(&format!("Customer {n}")))
            .collect();
        for customer in &crowd {
            customer.says("a cola please").await;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
        let (status, took) = shop.bot.stopped_by(signal).await;
        assert!(
            status.success() && took < Duration::from_secs(3),
            "{status} {took:?}"
        );
        shop.bot.restart().await;
        for customer in &crowd {
            let draft = customer.draft().await;
            customer.taps_and_leaves(&draft, "order:confirm");
        }
        let (status, took) = shop.bot.stopped_by(signal).await;
        assert!(
            status.success() && took < Duration::from_secs(3),
            "{status} {took:?}"
        );
        shop.bot.restart().await;
        for customer in &crowd {
            customer.reads("is placed").await;
        }
        assert_eq!(shop.orders().await.len(), crowd.len());
        let customers = shop.customers_file().unwrap();
        assert_eq!(
            customers["customers"].as_object().unwrap().len(),
            crowd.len()
        );
        shop.close().await;
    }
}

/// Ten cards at one a second: more than a stop waits for, and each must come once all the same.
#[tokio::test]
async fn cards_that_wait_for_their_turn_do_not_hold_up_the_stop_and_come_after_the_next_start() {
    let settings = plain()
        .set("SHUTDOWN_GRACE_SECS", "20")
        .set("TELEGRAM_MESSAGES_PER_SECOND", "30");
    let mut shop = Shop::start_with(settings).await;
    let crowd: Vec<_> = (0..10)
        .map(|n| shop.customer(&format!("Customer {n}")))
        .collect();
    for customer in &crowd {
        customer.says("a cola please").await;
    }
    for customer in &crowd {
        customer
            .taps(&customer.draft().await, "order:confirm")
            .await;
    }
    let cards = |shop: &Shop| {
        let history = shop.operators().history();
        let shown = history.iter().filter_map(|m| m.button("op:accept:"));
        shown.map(|b| b.data.clone()).collect::<Vec<_>>()
    };
    let (status, took) = shop.bot.sigterm().await;
    assert!(
        status.success() && took < Duration::from_secs(5),
        "{status} {took:?}"
    );
    let before = cards(&shop).len();
    assert!(before < crowd.len(), "all cards were there already");
    let orders = shop.orders().await.len();
    assert_eq!(orders, crowd.len(), "each was on disk before it was shown");
    shop.bot.restart().await;
    for customer in &crowd {
        customer.reads("is placed").await;
    }
    let all = |state: &State| (state.history(OPERATOR_CHAT).len() >= crowd.len()).then_some(());
    shop.telegram.expect("every card", all).await;
    let mut shown = cards(&shop);
    shown.sort();
    shown.dedup();
    assert_eq!(shown.len(), crowd.len());
    assert_eq!(cards(&shop).len(), crowd.len(), "none came twice");
    shop.close().await;
}

/// What was asked of Telegram already is waited for: without its answer nobody knows whether it is shown.
#[tokio::test]
async fn a_message_on_its_way_is_waited_for_by_the_stop_and_not_sent_again() {
    let settings = plain().set("SHUTDOWN_GRACE_SECS", "20");
    let mut shop = Shop::start_with(settings).await;
    let ann = shop.customer("Ann");
    let to_ann = format!("sendMessage@{}", ann.id);
    let slow = Verdict::Delay(Duration::from_secs(4));
    shop.telegram.faults().times(1, &to_ann, slow);
    ann.says("a cola please").await;
    let under_way = |state: &State| {
        let mut calls = state.calls_of("sendMessage");
        calls.any(|call| call.chat == Some(ann.id)).then_some(())
    };
    shop.telegram
        .expect("the draft on its way", under_way)
        .await;
    let (status, took) = shop.bot.sigterm().await;
    assert!(status.success(), "{status}");
    assert!(
        (Duration::from_secs(3)..Duration::from_secs(8)).contains(&took),
        "{took:?}"
    );
    shop.bot.restart().await;
    ann.taps(&ann.draft().await, "order:confirm").await;
    ann.reads("is placed").await;
    let sent = shop.telegram.with(|state| {
        let calls = state.calls_of("sendMessage");
        calls.filter(|call| call.chat == Some(ann.id)).count()
    });
    assert_eq!(sent, 1, "the draft is edited in place, and was sent once");
    shop.close().await;
}

#[tokio::test]
async fn a_model_that_hangs_does_not_hold_up_the_stop() {
    let settings = Settings::default()
        .without_sheets()
        .set("ORDER_REQUIRES", "")
        .set("SHUTDOWN_GRACE_SECS", "1");
    let mut shop = Shop::start_with(settings).await;
    shop.openai.faults().always("chat", Verdict::Hang);
    let ann = shop.customer("Ann");
    ann.says("two margheritas please").await;
    let empty = |state: &State| (state.unacknowledged() == 0).then_some(());
    shop.telegram.expect("the message to be taken", empty).await;
    let (status, took) = shop.bot.sigterm().await;
    assert!(
        status.success() && took < Duration::from_millis(1_500),
        "{status} {took:?}"
    );
    shop.openai.faults().clear();
    let order = parsed_order(json!([add("margherita", 2)]));
    shop.openai.understands("two margheritas please", order);
    shop.bot.restart().await;
    assert_eq!(ann.draft().await.total(), "€17.00");
    shop.close().await;
}

#[tokio::test]
async fn a_second_one_on_the_folder_refuses_to_start() {
    let shop = Shop::start_with(plain()).await;
    let ann = shop.customer("Ann");
    order(&ann).await;
    let began = Instant::now();
    while shop.customers_file().unwrap()["customers"][ann.id.to_string()]["orders"].is_null() {
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "{:?}",
            shop.customers_file()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let before = files(&shop.data_dir());
    let said = shop.bot.other(&["run"], &[]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    let folder = shop.data_dir();
    assert!(said.err.contains(folder.to_str().unwrap()), "{}", said.err);
    assert!(
        said.err.contains("in use") || said.err.contains("another"),
        "{}",
        said.err
    );
    assert_eq!(files(&shop.data_dir()), before);
    order(&shop.customer("Bob")).await;
    shop.close().await;
}

#[tokio::test]
async fn bad_settings_are_named_all_at_once_and_no_secret_is_shown() {
    let shop = Shop::start_with(plain()).await;
    let secret_file = shop.data_dir().join("../key");
    std::fs::write(&secret_file, "sk-canary-from-a-file").unwrap();
    let changes = [
        ("TELEGRAM_TOKEN", "canary-token"),
        ("DATA_KEY", "canary-data-key"),
        (
            "GOOGLE_SERVICE_ACCOUNT_JSON",
            "{\"private_key\":\"canary-private\"}",
        ),
        ("OPENAI_API_KEY", "sk-canary-openai"),
        ("OPENAI_API_KEY_FILE", secret_file.to_str().unwrap()),
        ("OPENAI_TIMEOUT_SECS", "soon"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("HTTP_ADDR", "everywhere"),
        ("ORDER_MAX_TOTAL", "much"),
        ("ORDER_REQUIRES", "shoes"),
        ("LOG_FORMAT", "xml"),
        ("OPERATOR_CHAT_ID", "kitchen"),
    ];
    for command in ["run", "check"] {
        let said = shop.bot.other(&[command], &changes).await;
        assert_eq!(said.code, Some(2), "{said:?}");
        for (name, _) in changes {
            let name = name.trim_end_matches("_FILE");
            assert!(
                said.err.contains(name),
                "{name} is not named by {command}: {}",
                said.err
            );
        }
        let all = said.lines().join("\n");
        assert!(!all.contains("canary"), "{all}");
    }
    // A production bot must seal what it keeps.
    let said = shop.bot.other(&["run"], &[("APP_ENV", "production")]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("DATA_KEY"), "{}", said.err);
    shop.close().await;
}

#[tokio::test]
async fn check_says_what_is_wrong_and_how_to_mend_it() {
    let shop = Shop::start_with(Settings::default()).await;
    let check = async |changes: &[(&str, &str)]| {
        let said = shop.bot.other(&["check"], changes).await;
        assert_eq!(
            shop.canaries().found_in(&said.lines()),
            Vec::<String>::new()
        );
        said
    };
    let well = check(&[]).await;
    assert_eq!(well.code, Some(0), "{well:?}");
    for what in ["data folder", "menu", "Telegram", "OpenAI", "Google Sheets"] {
        let line = well
            .out
            .lines()
            .find(|line| line.contains(&format!("{what}: ")));
        assert!(
            line.is_some_and(|line| line.contains("ok")),
            "{what} in {}",
            well.out
        );
    }
    let failed = |said: &crate::harness::program::Said, what: &str, fix: &str| {
        assert_eq!(said.code, Some(1), "{said:?}");
        let mut lines = said.out.lines().skip_while(|line| !line.contains("FAILED"));
        assert!(lines.next().unwrap().contains(what), "{}", said.out);
        let next = lines.next().unwrap();
        assert!(next.contains("fix: ") && next.contains(fix), "{next}");
    };
    let token = check(&[(
        "TELEGRAM_TOKEN",
        "7000000001:AAwrongTokenButOfTheRightFormXXXXXXX",
    )])
    .await;
    failed(&token, "Telegram", "TELEGRAM_TOKEN");
    let key = check(&[(
        "OPENAI_API_KEY",
        "sk-wrong-key-of-the-right-form-00000000000",
    )])
    .await;
    failed(&key, "OpenAI", "OPENAI_API_KEY");
    let nowhere = check(&[("TELEGRAM_API_URL", "http://127.0.0.1:9")]).await;
    failed(&nowhere, "Telegram", "TELEGRAM_API_URL");
    shop.google.deny(true);
    let sheet = check(&[]).await;
    failed(&sheet, "Google Sheets", "share");
    shop.google.deny(false);
    let menu = shop.data_dir().join("../menu.json");
    let whole = std::fs::read_to_string(&menu).unwrap();
    std::fs::write(&menu, "{}").unwrap();
    let broken = check(&[]).await;
    failed(&broken, "menu", "order-bot menu check");
    std::fs::write(&menu, whole).unwrap();
    assert!(!well.out.contains(OPENAI_KEY));
    shop.google.forget_complaints();
    shop.close().await;
}

/// Every file below a folder with its content, but for sockets.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    found
}

/// The segment of the journal that was written last.
fn last_segment(shop: &Shop) -> PathBuf {
    let journal = shop.data_dir().join("journal");
    let segments = files(&journal).into_keys();
    segments.max().unwrap()
}

#[tokio::test]
async fn a_torn_end_of_the_journal_is_cut_off_and_reported() {
    let mut shop = Shop::start_with(plain()).await;
    let ann = shop.customer("Ann");
    order(&ann).await;
    shop.bot.kill9().await;
    let segment = last_segment(&shop);
    let mut bytes = std::fs::read(&segment).unwrap();
    // Half of a frame whose head stands, as when the power fails.
    let half = bytes[bytes.len() / 2..bytes.len() / 2 + 40].to_vec();
    bytes.extend(half);
    std::fs::write(&segment, bytes).unwrap();
    shop.bot.restart().await;
    shop.bot.logs("cut off").await;
    assert_eq!(shop.orders().await.len(), 1);
    order(&ann).await;
    assert_eq!(shop.orders().await.len(), 2);
    shop.close().await;
}

#[tokio::test]
async fn a_damaged_journal_stops_the_start_and_is_left_as_it_is() {
    let mut shop = Shop::start_with(plain()).await;
    let ann = shop.customer("Ann");
    order(&ann).await;
    shop.bot.kill9().await;
    let segment = last_segment(&shop);
    let whole = std::fs::read(&segment).unwrap();
    let mut damaged = whole.clone();
    let middle = damaged.len() / 3;
    damaged[middle] ^= 0x20;
    std::fs::write(&segment, &damaged).unwrap();
    let before = files(&shop.data_dir());
    let said = shop.bot.other(&["run"], &[]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    let name = segment.file_name().unwrap().to_str().unwrap();
    assert!(said.err.contains(name), "it names the file: {}", said.err);
    assert_eq!(
        shop.canaries().found_in(&said.lines()),
        Vec::<String>::new()
    );
    assert_eq!(files(&shop.data_dir()), before, "nothing was changed");
    std::fs::write(&segment, &whole).unwrap();
    shop.bot.restart().await;
    assert_eq!(shop.orders().await.len(), 1);
    shop.close().await;
}

const KEY: &str = "Y2FuYXJ5LWRhdGEta2V5LWNhbmFyeS1kYXRhLWtleS0=";
const OTHER_KEY: &str = "b3RoZXItZGF0YS1rZXktb3RoZXItZGF0YS1rZXktMTI=";

/// No canary in any file of the data folder, but for `orders.csv`, which is the shop's own book.
fn nothing_readable(shop: &Shop) {
    for (path, bytes) in files(&shop.data_dir()) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let found = shop.canaries().found_in(&[text]);
        let what: Vec<_> = found
            .iter()
            .filter_map(|f| f.split(" is in").next())
            .collect();
        let book = path.ends_with("orders.csv");
        assert!(book || what.is_empty(), "{what:?} in {}", path.display());
    }
}

#[tokio::test]
async fn with_a_data_key_nothing_personal_can_be_read_on_disk() {
    let settings = Settings::default()
        .without_openai()
        .set("ORDER_REQUIRES", "phone,address")
        .set("DATA_KEY", KEY);
    let mut shop = Shop::start_with(settings).await;
    shop.canaries().add("the data key", KEY);
    shop.canaries()
        .add("the data key's bytes", "canary-data-key");
    let ann = shop.customer("Ann");
    ann.says("three margheritas delivered please, canarynote")
        .await;
    ann.reply().await;
    ann.shares_phone("+491701234567").await;
    ann.reply().await;
    ann.says_address("17 Canary Street, 3rd floor").await;
    let draft = ann.draft().await;
    nothing_readable(&shop);
    shop.bot.kill9().await;
    nothing_readable(&shop);
    let before = files(&shop.data_dir());
    for key in [OTHER_KEY, ""] {
        let said = shop.bot.other(&["run"], &[("DATA_KEY", key)]).await;
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.err.contains("DATA_KEY"), "{}", said.err);
        assert_eq!(files(&shop.data_dir()), before, "nothing was changed");
    }
    shop.bot.restart().await;
    ann.taps(&draft, "order:confirm").await;
    let card = shop.operators().card().await;
    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(row["address"], "17 Canary Street, 3rd floor");
    let (status, _) = shop.bot.sigterm().await;
    assert!(status.success());
    nothing_readable(&shop);
    let file = shop.customers_file().unwrap();
    assert!(file["customers"][ann.id.to_string()].is_object(), "{file}");
    shop.bot.restart().await;
    ann.says("/orders").await;
    ann.reads(&card.order_id).await;
    shop.close().await;
}

/// Limits the size of every file that a process writes; false where that cannot be done.
fn prlimit(pid: u32, limit: &str) -> bool {
    let mut command = std::process::Command::new("prlimit");
    command.args(["--pid", &pid.to_string(), &format!("--fsize={limit}:")]);
    command.status().is_ok_and(|status| status.success())
}

/// What was taken in before the disk was full is answered only when the answer is on disk.
#[tokio::test]
async fn nothing_is_said_before_it_is_on_disk() {
    if !prlimit(std::process::id(), "unlimited") {
        eprintln!("skipped: there is no prlimit here");
        return;
    }
    let settings = Settings::default()
        .without_sheets()
        .set("ORDER_REQUIRES", "");
    let script = format!("trap '' XFSZ; exec {} run", env!("CARGO_BIN_EXE_order-bot"));
    let shop = Shop::start_program(settings, Path::new("/bin/sh"), &["-c", &script]).await;
    let wish = parsed_order(json!([add("margherita", 2)]));
    shop.openai.understands("two margheritas please", wish);
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    ann.says("two margheritas please").await;
    let draft = ann.draft().await;
    // The tap waits in Ann's lane behind a question to the model, Bob's message for the model itself.
    shop.openai.think_for(Duration::from_millis(700));
    ann.says("do you have anything with onions").await;
    let tap = ann.taps_and_leaves(&draft, "order:confirm");
    bob.says("something with garlic for us").await;
    let empty = |state: &State| (state.unacknowledged() == 0).then_some(());
    let taken = shop.telegram.expect("all of it to be taken", empty);
    taken.await;
    assert!(prlimit(shop.bot.pid(), "0"));
    let seen = || {
        let answers = shop.telegram.with(|state| state.tap(&tap).unwrap().answers);
        let texts = |messages: Vec<SentMessage>| -> Vec<String> {
            messages.into_iter().map(|m| m.text).collect()
        };
        (answers, texts(ann.history()), texts(bob.history()))
    };
    let before = seen();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(seen(), before);
    assert_eq!(
        shop.openai.asked().len(),
        3,
        "the model has answered long since"
    );
    assert!(prlimit(shop.bot.pid(), "unlimited"));
    bob.reply().await;
    let answered = |state: &State| state.tap(&tap).filter(|tap| tap.answers > 0).map(drop);
    shop.telegram.expect("an answer to the tap", answered).await;
    shop.close().await;
}

/// A full disk, as a limit of zero on the size of every file: whatever is written to one fails.
#[tokio::test]
async fn on_a_full_disk_it_says_so_and_recovers_with_the_space() {
    if !prlimit(std::process::id(), "unlimited") {
        eprintln!("skipped: there is no prlimit here");
        return;
    }
    let script = format!("trap '' XFSZ; exec {} run", env!("CARGO_BIN_EXE_order-bot"));
    let shop = Shop::start_program(plain(), Path::new("/bin/sh"), &["-c", &script]).await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    order(&ann).await;
    ann.says("fries please").await;
    let draft = ann.draft().await;
    assert!(prlimit(shop.bot.pid(), "0"));
    let tap = ann.taps_and_leaves(&draft, "order:confirm");
    let health = shop
        .healthy_when("failing health", |code, _| code == 503)
        .await;
    assert_eq!(health["status"], "failing");
    assert_eq!(
        health["components"]["store"]["status"], "failing",
        "{health}"
    );
    // Nobody is promised anything, and everybody is told.
    ann.reads("not lost").await;
    bob.says("a cola please").await;
    bob.reads("not lost").await;
    assert!(
        !ann.history()
            .iter()
            .any(|m| m.text.contains("is placed") && m.text.contains("Fries"))
    );
    assert_eq!(
        shop.telegram.with(|state| state.tap(&tap).unwrap().answers),
        0
    );
    // Space returns: what was written meanwhile is done, once.
    assert!(prlimit(shop.bot.pid(), "unlimited"));
    ann.reads("is placed").await;
    let draft = bob.draft().await;
    bob.taps(&draft, "order:confirm").await;
    bob.reads("is placed").await;
    shop.healthy_when("recovery", |code, health| {
        code == 200 && health["status"] == "ok"
    })
    .await;
    assert_eq!(shop.orders().await.len(), 3);
    shop.close().await;
}
