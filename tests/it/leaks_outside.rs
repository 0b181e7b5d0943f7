//! What other processes can see of the bot, what it leaves when it is killed, and what its commands say when something
//! is wrong: nothing personal and no secret.

use std::{
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::{
    fakes::openai::{add, parsed_order},
    harness::{
        people::Customer,
        program::Said,
        settings::{Settings, TELEGRAM_TOKEN},
        shop::Shop,
    },
};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_KEY: &str = "HxAPDg0MCwoJCAcGBQQDAgEAHx4dHBsaGRgXFhUUExI=";
const WORDS: &str = "two margheritas to my place please";
const PHONE: &str = "+491701234567";
const ADDRESS: &str = "17 Canary Street, 3rd floor, ring at Canaryson";

fn settings() -> Settings {
    Settings::default()
        .set("ORDER_REQUIRES", "phone,address")
        .set("LOG_LEVEL", "trace")
        .set("SHUTDOWN_GRACE_SECS", "2")
}

/// Somebody of whom everything is known.
async fn ann(shop: &Shop) -> Customer {
    for text in ["1701234567", "Canary Street", "Canaryson", KEY, OTHER_KEY] {
        shop.canaries().add("a secret or personal", text);
    }
    let mut order = parsed_order(json!([add("margherita", 2)]));
    order["details"]["fulfilment"] = json!("delivery");
    shop.openai.understands(WORDS, order);
    let ann = shop.customer("Ann");
    ann.says(WORDS).await;
    ann.reply().await;
    ann.shares_phone(PHONE).await;
    ann.reply().await;
    ann.says_address(ADDRESS).await;
    ann.taps(&ann.draft().await, "order:confirm").await;
    ann.reads("is placed").await;
    ann
}

#[track_caller]
fn clean(shop: &Shop, what: &str, lines: &[String]) {
    let found = shop.canaries().found_in(lines);
    assert!(found.is_empty(), "{what}: {found:?}");
}

/// A file of `/proc` as lines.
fn proc(path: &str) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap();
    let lines = bytes.split(|byte| *byte == 0 || *byte == b'\n');
    let lines = lines.map(|line| String::from_utf8_lossy(line).into_owned());
    lines.filter(|line| !line.is_empty()).collect()
}

/// The children of all threads of a process.
fn children(pid: u32) -> Vec<String> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let children = |thread: std::fs::DirEntry| {
        let path = thread.path().join("children");
        std::fs::read_to_string(path).unwrap_or_default()
    };
    let all = threads.flatten().map(children);
    all.filter(|children| !children.trim().is_empty()).collect()
}

#[tokio::test]
async fn secrets_given_as_files_stand_in_no_argument_and_no_environment() {
    let files = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_order-bot"));
    let settings = settings().set("DATA_KEY", KEY);
    let shop = Shop::start_changed(settings, program, &["run"], async |_, all| {
        for name in [
            "TELEGRAM_TOKEN",
            "OPENAI_API_KEY",
            "GOOGLE_SERVICE_ACCOUNT_JSON",
            "DATA_KEY",
        ] {
            let file = files.path().join(name);
            std::fs::write(&file, all.remove(name).unwrap()).unwrap();
            let file = file.to_str().unwrap().to_owned();
            all.insert(format!("{name}_FILE"), file);
        }
    });
    let shop = shop.await;
    let pid = shop.bot.pid();
    let watch = tokio::spawn(async move {
        let mut seen = Vec::new();
        for _ in 0..100 {
            seen.extend(children(pid));
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        seen
    });
    ann(&shop).await;
    let arguments = proc(&format!("/proc/{pid}/cmdline"));
    assert_eq!(arguments[1..], ["run"]);
    clean(&shop, "its arguments", &arguments);
    // The process may be looked into by root alone, whoever runs it.
    use std::os::unix::fs::MetadataExt as _;
    let environment = format!("/proc/{pid}/environ");
    assert_eq!(std::fs::metadata(&environment).unwrap().uid(), 0);
    if std::fs::read(&environment).is_ok() {
        let environment = proc(&environment);
        assert!(environment.iter().any(|v| v.starts_with("DATA_KEY_FILE=")));
        clean(&shop, "its environment", &environment);
    }
    // It starts no other program that could inherit anything.
    assert_eq!(watch.await.unwrap(), [""; 0]);
    shop.close().await;
}

#[tokio::test]
async fn a_crash_leaves_no_core_dump_even_where_dumps_are_wanted() {
    let program = env!("CARGO_BIN_EXE_order-bot");
    let script = format!("ulimit -c unlimited 2>/dev/null || ulimit -c 100000; exec {program} run");
    let sh = Path::new("/bin/sh");
    let mut shop = Shop::start_program(settings(), sh, &["-c", &script]).await;
    ann(&shop).await;
    let limits = proc(&format!("/proc/{}/limits", shop.bot.pid()));
    let core = limits.iter().find(|line| line.starts_with("Max core file"));
    let words: Vec<&str> = core.unwrap().split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{core:?}");
    for signal in ["ABRT", "QUIT"] {
        let (status, _) = shop.bot.stopped_by(signal).await;
        assert!(status.signal().is_some(), "{status}");
        assert!(!status.core_dumped(), "{status}");
        shop.bot.restart().await;
    }
    shop.close().await;
}

/// Every command of the program; the second: whether its output is personal by purpose.
fn commands(id: &str, away: &Path) -> Vec<(Vec<String>, bool)> {
    let file = |name: &str| away.join(name).to_str().unwrap().to_owned();
    let (copy, backup, menu) = (file("copy"), file("old.backup"), file("menu.json"));
    let all: [(&[&str], bool); 12] = [
        (&["check", "--offline"], false),
        (&["check"], false),
        (&["health"], false),
        (&["orders", "export"], true),
        (&["customers", "export", id], true),
        (&["customers", "forget", "77"], false),
        (&["backup", &copy], false),
        (&["restore", &backup], false),
        (&["rekey"], false),
        (&["menu", "check", &menu], false),
        (&["menu", "push"], false),
        (&["run"], false),
    ];
    let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    all.into_iter()
        .map(|(words, personal)| (owned(words), personal))
        .collect()
}

/// Runs every command and looks at all they say; gives how many failed.
async fn all_commands(
    shop: &Shop,
    (id, away): (&str, &Path),
    changes: &[(&str, &str)],
    without: &[&str],
) -> usize {
    let mut failed = 0;
    for (words, personal) in commands(id, away) {
        if without.contains(&words[0].as_str()) {
            continue;
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let said: Said = shop.bot.other(&words, changes).await;
        failed += usize::from(said.code != Some(0));
        let lines = if personal && said.code == Some(0) {
            said.err.lines().map(str::to_owned).collect()
        } else {
            said.lines()
        };
        clean(shop, &format!("{words:?} with {changes:?}"), &lines);
        let _ = std::fs::remove_file(away.join("copy"));
    }
    failed
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_folder(&path, &to);
        } else if path.is_file() {
            std::fs::copy(path, to).unwrap();
        }
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().flatten();
    let inside = |entry: std::fs::DirEntry| match entry.path() {
        path if path.is_dir() => files(&path),
        path => vec![path],
    };
    entries.flat_map(inside).collect()
}

#[tokio::test]
async fn no_command_repeats_a_secret_or_anything_personal_whatever_is_wrong() {
    let mut shop = Shop::start_with(settings()).await;
    let id = ann(&shop).await.id.to_string();
    let folder = tempfile::tempdir().unwrap();
    let away = folder.path();
    let old = away.join("old.backup");
    let made = shop
        .bot
        .other(&["backup", old.to_str().unwrap()], &[])
        .await;
    assert_eq!(made.code, Some(0), "{made:?}");
    std::fs::write(away.join("menu.json"), "{\"shop\": 1}").unwrap();
    let at = (id.as_str(), away);

    // While the bot runs, and all is well.
    let failed = all_commands(&shop, at, &[], &["health"]).await;
    assert!(
        failed >= 3,
        "{failed}: the lock is held, and the menu is wrong"
    );
    // Secrets that are wrong, each of them and all at once.
    let wrong: [(&str, &str); 5] = [
        ("TELEGRAM_TOKEN", "canarysecret-no-token"),
        ("DATA_KEY", "canarysecret-no-key"),
        ("DATA_KEY_OLD", "canarysecret-no-old-key"),
        (
            "GOOGLE_SERVICE_ACCOUNT_JSON",
            "{\"private_key\": \"canarysecret-no-json",
        ),
        ("PAYMENT_PROVIDER_TOKEN", "canarysecret no-token"),
    ];
    shop.canaries().add("a wrong secret", "canarysecret");
    for one in wrong {
        assert!(
            all_commands(&shop, at, &[one], &["health"]).await > 0,
            "{one:?}"
        );
    }
    all_commands(&shop, at, &wrong, &[]).await;
    // A secret in the place of another setting.
    for name in [
        "HTTP_ADDR",
        "TIME_ZONE",
        "ORDER_MAX_TOTAL",
        "LOG_LEVEL",
        "SHEETS_TAB",
        "OPERATOR_IDS",
        "APP_ENV",
        "SHOP_LANGUAGE",
    ] {
        all_commands(&shop, at, &[(name, TELEGRAM_TOKEN)], &["run", "health"]).await;
    }
    // Services that are not there.
    let nowhere = "http://127.0.0.1:9";
    let nobody = [
        ("TELEGRAM_API_URL", nowhere),
        ("OPENAI_BASE_URL", nowhere),
        ("SHEETS_API_URL", nowhere),
        ("HTTP_ADDR", "127.0.0.1:9"),
    ];
    all_commands(&shop, at, &nobody, &[]).await;

    // Another key, and a folder in which single bytes are wrong: what stands around them is not shown.
    let data = shop.data_dir();
    let (status, _) = shop.bot.sigterm().await;
    assert!(status.success());
    let mut refusals = 0;
    for file in files(&data)
        .iter()
        .filter(|file| file.metadata().unwrap().len() > 40)
    {
        let bad = away.join("bad");
        for part in [3, 2] {
            let _ = std::fs::remove_dir_all(&bad);
            copy_folder(&data, &bad);
            let hurt = bad.join(file.strip_prefix(&data).unwrap());
            let mut bytes = std::fs::read(&hurt).unwrap();
            let at = bytes.len() / part;
            bytes[at] ^= 0x5a;
            std::fs::write(&hurt, bytes).unwrap();
            let dir = [("DATA_DIR", bad.to_str().unwrap())];
            // Without `run`: where the damage is not found at once, it would go on running.
            refusals += all_commands(
                &shop,
                (&id, away),
                &dir,
                &["run", "health", "check", "menu"],
            )
            .await;
        }
    }
    assert!(refusals > 6, "{refusals}");
    let sealed = [("DATA_KEY", KEY)];
    let rekeyed = shop.bot.other(&["rekey"], &sealed).await;
    assert_eq!(rekeyed.code, Some(0), "{rekeyed:?}");
    let failed = all_commands(&shop, at, &[("DATA_KEY", OTHER_KEY)], &["health"]).await;
    assert!(failed >= 4, "{failed} refuse another key");
    shop.forgive_left_overs();
}
