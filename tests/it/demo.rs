//! `order-bot demo` as a newcomer runs it: the real program, lines in, a transcript out.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

/// The program in a folder without a menu, with nothing of our environment but what is given.
fn demo(folder: &Path, vars: &[(&str, &str)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_order-bot"))
        .arg("demo")
        .env_clear()
        .env("TMPDIR", folder)
        .envs(vars.iter().copied())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Runs the demo with this input to its end: its exit code, its transcript, its complaints.
fn talk(folder: &Path, vars: &[(&str, &str)], input: &[u8]) -> (Option<i32>, String, String) {
    let mut child = demo(folder, vars);
    // A program that ends early closes the pipe, which its exit code then explains.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// What was printed after a line was typed, up to the next one.
#[track_caller]
fn after<'a>(transcript: &'a str, line: &str) -> &'a str {
    let typed = format!("\nyou>   {line}\n");
    let Some((_, rest)) = transcript.split_once(&typed) else {
        panic!("nobody typed {line:?}:\n{transcript}");
    };
    rest.split_once("\nyou> ")
        .map_or(rest, |(answer, _)| answer)
}

/// The order of the documents, with the data folder it used.
fn whole_order(vars: &[(&str, &str)]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut vars = vars.to_vec();
    vars.push(("DATA_DIR", data.to_str().unwrap()));
    let lines = "two large margheritas, one without basil, and a coke\n\
                 make it three and add garlic bread\n\
                 #5\n\
                 12 Mill Lane\n\
                 1\n\
                 [1]\n\
                 /orders\n";
    let (code, out, err) = talk(folder.path(), &vars, lines.as_bytes());
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    (folder, out)
}

#[test]
fn a_newcomer_orders_and_the_shop_accepts() {
    let (folder, out) = whole_order(&[]);
    let data = folder.path().join("data");

    let draft = after(&out, "two large margheritas, one without basil, and a coke");
    assert!(
        draft.contains("1 × Margherita (large +$4.00, no fresh basil) — $12.00"),
        "{draft}"
    );
    assert!(draft.contains("[5] 📱 Share my phone number"), "{draft}");
    let corrected = after(&out, "make it three and add garlic bread");
    assert!(
        corrected.starts_with("[bot]  (edited) Your order\n"),
        "{corrected}"
    );
    assert!(corrected.contains("3 × Cola"), "{corrected}");
    assert!(corrected.contains("Garlic bread"), "{corrected}");
    let shared = after(&out, "#5");
    assert!(
        shared.contains("(you share a made-up number, +1 555 010 0199)"),
        "{shared}"
    );
    assert!(shared.contains("[5] 📍 Share my location"), "{shared}");
    assert!(after(&out, "12 Mill Lane").contains("Delivery to: 12 Mill Lane"));
    let placed = after(&out, "1");
    assert!(placed.contains("(you press \"✅ Confirm\")"), "{placed}");
    assert!(placed.contains("[shop] Order "), "{placed}");
    assert!(placed.contains("[rows] + order_id="), "{placed}");
    let accepted = after(&out, "[1]");
    assert!(
        accepted.contains("(the shop presses \"✅ Accept\")"),
        "{accepted}"
    );
    assert!(
        accepted.contains("[bot]  👩‍🍳 The shop has accepted your order "),
        "{accepted}"
    );
    assert!(accepted.contains(": status=accepted"), "{accepted}");
    assert!(after(&out, "/orders").contains(" — accepted"));

    let orders = data.join("orders.csv");
    assert!(out.contains(&format!(
        "Orders:    {} (1 row, for 1 order)",
        orders.display()
    )));
    let mut rows = csv::Reader::from_path(&orders).unwrap();
    let rows: Vec<std::collections::HashMap<String, String>> =
        rows.deserialize().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    for (column, value) in [
        ("status", "accepted"),
        ("customer_name", "Alex"),
        ("fulfilment", "delivery"),
        ("address", "12 Mill Lane"),
        ("total", "38.40"),
        ("source", "local"),
    ] {
        assert_eq!(rows[0][column], value, "{column}");
    }
    assert!(rows[0]["phone"].ends_with("+15550100199"));
    let customers = std::fs::read_to_string(data.join("customers.json")).unwrap();
    let _: Value = serde_json::from_str(&customers).unwrap();
    for kept in ["Alex", "+15550100199", "12 Mill Lane"] {
        assert!(customers.contains(kept), "{kept} in {customers}");
    }
}

/// A transcript without what differs from run to run: the order's id, times, and the second in which a row changes.
fn lasting(transcript: &str) -> String {
    let (_, id) = transcript.split_once("Order ").expect("an order");
    let id = id.split(' ').next().unwrap();
    let mut text = transcript.replace(id, "AAA-1");
    let time = "2026-01-01T12:00:00+00:00";
    for (at, name) in transcript.match_indices("_at=") {
        let begin = at + name.len();
        text.replace_range(begin..begin + time.len(), time);
    }
    // The time of day on the card.
    let clocks: Vec<_> = text
        .match_indices("🕒 ")
        .map(|(at, sign)| at + sign.len())
        .collect();
    for begin in clocks {
        text.replace_range(begin..begin + "12:00".len(), "12:00");
    }
    text.replace(&format!(" | updated_at={time}\n\n"), "\n\n")
}

/// The lines that were typed.
fn typed(transcript: &str) -> String {
    let lines = transcript.lines();
    let lines = lines.filter_map(|line| line.strip_prefix("you>   "));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The session that the documents show is what the program does. To take it anew after a change of the bot's words:
/// `WRITE_DEMO_SESSION=1 cargo test --test it demo::`.
#[test]
fn the_session_in_the_documents_is_what_happens_each_time() {
    let shown_as = "/tmp/order-bot-demo";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/demo-session.txt");
    let documented = std::fs::read_to_string(&file).unwrap();
    let run = || {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let data = data.to_str().unwrap();
        let lines = typed(&documented);
        let (code, out, err) = talk(folder.path(), &[("DATA_DIR", data)], lines.as_bytes());
        assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
        out.replace(data, shown_as)
    };
    // Side by side, so that the two disturb each other's timing.
    let (one, other) = std::thread::scope(|scope| {
        let (one, other) = (scope.spawn(run), scope.spawn(run));
        (one.join().unwrap(), other.join().unwrap())
    });
    if std::env::var_os("WRITE_DEMO_SESSION").is_some() {
        std::fs::write(&file, &one).unwrap();
    } else {
        assert_eq!(lasting(&one), lasting(&documented));
    }
    assert_eq!(lasting(&one), lasting(&other));
    for line in one.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(!one.contains('\u{1b}'), "no colours where nobody looks");
}

#[test]
fn a_demo_s_folder_is_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let vars = [("DATA_DIR", folder.path().to_str().unwrap())];
    assert_eq!(talk(folder.path(), &vars, b"a cola\n").0, Some(0));
    let (code, out, err) = talk(folder.path(), &vars, b"/cart\nadd garlic bread\n");
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(after(&out, "/cart").contains("1 × Cola"), "{out}");
    let both = after(&out, "add garlic bread");
    assert!(
        both.contains("1 × Cola") && both.contains("1 × Garlic bread"),
        "{out}"
    );
}

#[test]
fn wrong_input_is_answered_and_breaks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let long = "pizza ".repeat(1000);
    let mut input = b"\n   \n99\n#99\n0\n/nonsense\n\xff\xfe\n> 1\n\x1b[2Ja cola\n".to_vec();
    input.extend(long.as_bytes());
    // The last line has no end.
    input.extend(b"\none margherita");
    let (code, out, err) = talk(folder.path(), &[], &input);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(
        after(&out, "99").contains("[bot]  "),
        "a number without a button is a text"
    );
    assert!(after(&out, "#99").contains("(there is no button 99)"));
    assert!(after(&out, "/nonsense").contains("[bot]  "));
    assert!(after(&out, long.trim()).contains("(not sent: Telegram takes 4096 characters"));
    assert!(after(&out, "one margherita").contains("Margherita"));
    assert!(
        !out.contains('\u{1b}'),
        "what is typed cannot steer the terminal"
    );
}

#[test]
fn no_input_at_all_ends_well_and_says_where_things_are() {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let (code, out, err) = talk(folder.path(), &[], b"");
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("two large margheritas"), "{out}");
    assert!(out.contains("(no order was placed)"), "{out}");
    let (_, customers) = out.rsplit_once("Customers: ").unwrap();
    assert!(
        Path::new(customers.trim()).starts_with(folder.path()),
        "{out}"
    );
    assert!(Path::new(customers.trim()).exists(), "{out}");
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn accounts_of_the_environment_are_not_touched() {
    let vars = [
        (
            "TELEGRAM_TOKEN",
            "77:canary-canary-canary-canary-canary-xyz",
        ),
        ("OPENAI_API_KEY_FILE", "/nowhere/at/all"),
        ("GOOGLE_SERVICE_ACCOUNT_JSON", "canary"),
        ("SHEETS_SPREADSHEET_ID", "canary"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:9"),
        ("HTTP_PROXY", "http://127.0.0.1:9"),
        ("http_proxy", "http://127.0.0.1:9"),
        ("APP_ENV", "production"),
    ];
    let (folder, out) = whole_order(&vars);
    assert!(after(&out, "1").contains("[shop] Order "), "{out}");
    assert!(!out.contains("canary"));
    assert!(folder.path().join("data/orders.csv").exists());
}

#[test]
fn a_folder_with_a_bot_s_data_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("customers.json"), "{}").unwrap();
    let vars = [("DATA_DIR", folder.path().to_str().unwrap())];
    let (code, _, err) = talk(folder.path(), &vars, b"a cola\n");
    assert_eq!(code, Some(2), "{err}");
    assert!(err.starts_with("DATA_DIR: "), "{err}");
}

fn ends_with_0_at(signal: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut child = demo(folder.path(), &[]);
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"a cola\n").unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("Confirm") {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "it ended early");
    }
    let kill = format!("kill -{signal} {}", child.id());
    assert!(
        Command::new("sh")
            .arg("-c")
            .arg(kill)
            .status()
            .unwrap()
            .success()
    );
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{rest}");
    assert!(rest.contains("(no order was placed)"), "{rest}");
    // Open until now: it was the signal that ended the demo.
    drop(input);
}

#[test]
fn ctrl_c_ends_it_in_order() {
    ends_with_0_at("INT");
}

#[test]
fn a_told_stop_ends_it_in_order() {
    ends_with_0_at("TERM");
}
