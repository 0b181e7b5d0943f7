#![allow(clippy::unwrap_used, clippy::expect_used)]

use clap::CommandFactory as _;

use super::*;

/// Runs a command line; gives its end, standard output and standard error.
async fn order_bot(line: &str, vars: &[(&str, &str)]) -> (Exit, String, String) {
    let words = ["order-bot"].into_iter().chain(line.split_whitespace());
    let command = Cli::try_parse_from(words).unwrap().command;
    let vars = vars.iter().map(|(n, v)| (n.into(), v.into()));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut output = Output {
        out: &mut out,
        err: &mut err,
    };
    let exit = run(command, &Environment::from_vars(vars), &mut output)
        .await
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (exit, text(out), text(err))
}

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[derive(Parser)]
struct Tools {
    #[command(flatten)]
    parse: ParseArgs,
    #[command(flatten)]
    export: ExportArgs,
}

#[test]
fn parse_and_export_take_their_words() {
    let tools = Tools::try_parse_from(["x"]).unwrap();
    assert_eq!(
        (tools.parse.parser, tools.export.format),
        (ParserChoice::Auto, ExportFormat::Csv)
    );
    let words = [
        "x",
        "--menu",
        "m.json",
        "--parser",
        "gpt",
        "--format",
        "json",
        "--since",
        "2026-11-01",
    ];
    let tools = Tools::try_parse_from(words).unwrap();
    assert_eq!(
        (tools.parse.parser, tools.export.format),
        (ParserChoice::Gpt, ExportFormat::Json)
    );
    assert_eq!(tools.export.since, Some(jiff::civil::date(2026, 11, 1)));
    for wrong in [
        ["--parser", "none"],
        ["--format", "xml"],
        ["--since", "yesterday"],
    ] {
        assert!(Tools::try_parse_from(["x"].into_iter().chain(wrong)).is_err());
    }
}

#[tokio::test]
async fn check_names_all_settings_and_all_problems_and_no_secret() {
    let vars = [
        ("TELEGRAM_TOKEN", "canary"),
        ("TIME_ZONE", "nowhere"),
        ("TIME_ZON", "UTC"),
    ];
    let (exit, out, err) = order_bot("check --offline", &vars).await;
    assert_eq!(exit, Exit::BadConfiguration);
    for setting in crate::settings::SETTINGS {
        assert!(
            out.contains(&format!("\n  {} = ", setting.name)),
            "{}",
            setting.name
        );
    }
    assert!(out.contains("warning: TIME_ZON: "));
    assert!(
        err.contains("TELEGRAM_TOKEN: ") && err.contains("TIME_ZONE: "),
        "{err}"
    );
    assert!(err.ends_with("2 problems with the settings\n"));
    assert!(!out.contains("canary") && !err.contains("canary"));
}

#[tokio::test]
async fn check_tries_the_folder_and_the_menu() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let mut vars = vec![("TELEGRAM_TOKEN", "1:a"), ("DATA_DIR", data)];
    let (exit, out, err) = order_bot("check --offline", &vars).await;
    assert_eq!((exit, err.as_str()), (Exit::Ok, ""), "{out}");
    assert!(out.ends_with("all well\n"));
    vars.push(("MENU_FILE", "no/such/file"));
    let (exit, out, _) = order_bot("check --offline", &vars).await;
    assert_eq!(exit, Exit::Failed);
    assert!(out.contains("FAILED   menu: no/such/file"), "{out}");
}

#[tokio::test]
async fn menu_check_names_each_problem_with_its_path() {
    let (exit, out, _) = order_bot("menu check menu.json", &[]).await;
    assert_eq!(exit, Exit::Ok);
    assert!(out.starts_with("menu.json: ok, "));

    let file = tempfile::NamedTempFile::new().unwrap();
    let menu = r#"{"currency":"USD","items":[{"id":"A","name":"","price":"1"}]}"#;
    std::fs::write(file.path(), menu).unwrap();
    let (exit, out, _) = order_bot(&format!("menu check {}", file.path().display()), &[]).await;
    assert_eq!(exit, Exit::Failed);
    assert!(
        out.contains(": items[0].id: ") && out.contains(": items[0].name: "),
        "{out}"
    );
}

#[tokio::test]
async fn health_needs_no_other_setting() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    drop(listener);
    let (exit, out, err) = order_bot("health", &[("HTTP_ADDR", &addr)]).await;
    assert_eq!((exit, out.as_str()), (Exit::Failed, ""));
    assert_eq!(err, "health: no connection: is the bot running?\n");
    let (exit, _, err) = order_bot("health", &[("HTTP_ADDR", "nowhere")]).await;
    assert_eq!(exit, Exit::BadConfiguration);
    assert!(err.starts_with("HTTP_ADDR: "));
}
