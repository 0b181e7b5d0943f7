//! The real program, as a process: exit codes, and what is written where.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

fn order_bot(words: &[&str], vars: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_order-bot"))
        .args(words)
        .env_clear()
        .envs(vars.iter().copied())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn bad_configuration_ends_with_2_and_names_every_problem() {
    let vars = [
        ("TELEGRAM_TOKEN", "canary"),
        ("DATA_KEY", "canary"),
        ("ORDER_MAX_TOTAL", "much"),
    ];
    let (code, out, err) = order_bot(&["check", "--offline"], &vars);
    assert_eq!(code, Some(2));
    for name in ["TELEGRAM_TOKEN", "DATA_KEY", "ORDER_MAX_TOTAL"] {
        assert!(
            err.lines().any(|l| l.starts_with(&format!("{name}: "))),
            "{name} in {err}"
        );
    }
    assert!(!out.contains("canary") && !err.contains("canary"));
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    assert_eq!(order_bot(&["dance"], &[]).0, Some(2));
}

#[test]
fn a_menu_is_checked() {
    let menu = concat!(env!("CARGO_MANIFEST_DIR"), "/menu.json");
    let (code, out, err) = order_bot(&["menu", "check", menu], &[]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert_eq!(order_bot(&["menu", "check", "none"], &[]).0, Some(1));
}

#[test]
fn the_health_of_a_bot_that_does_not_run_is_bad() {
    // Nobody can listen on port 0.
    let (code, _, err) = order_bot(&["health", "--url", "http://127.0.0.1:0"], &[]);
    assert_eq!(code, Some(1), "{err}");
}
