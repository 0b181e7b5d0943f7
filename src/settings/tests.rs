#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;

use super::*;
use crate::privacy::ExposeSecret as _;

const TOKEN: &str = "123456:canary-token";

fn environment(vars: &[(&str, &str)]) -> Environment {
    Environment::from_vars(vars.iter().map(|(n, v)| (OsString::from(n), v.into())))
}

/// The variables together with a token, which is all the bot must have.
fn read(vars: &[(&str, &str)]) -> Result<Settings, Vec<Problem>> {
    let mut all = vec![("TELEGRAM_TOKEN", TOKEN)];
    all.retain(|(name, _)| vars.iter().all(|(n, _)| n != name));
    all.extend(vars);
    Settings::read(&environment(&all))
}

#[track_caller]
fn settings(vars: &[(&str, &str)]) -> Settings {
    read(vars).unwrap()
}

/// Exactly these variables have problems, in this order.
#[track_caller]
fn problems(vars: &[(&str, &str)], expected: &[&str]) -> Vec<Problem> {
    let problems = read(vars).unwrap_err();
    let names: Vec<_> = problems.iter().map(|p| p.variable.as_str()).collect();
    assert_eq!(names, expected, "{problems:?}");
    problems
}

fn service_account(token_uri: &str) -> String {
    serde_json::json!({
        "client_email": "bot@example.com",
        "private_key": "-----BEGIN PRIVATE KEY-----\ncanary-pem\n-----END PRIVATE KEY-----\n",
        "token_uri": token_uri,
    })
    .to_string()
}

#[test]
fn a_token_is_all_the_bot_must_be_told() {
    let s = settings(&[]);
    assert_eq!(s.telegram.token.expose_secret(), TOKEN);
    assert_eq!(s.telegram.api_url.as_str(), "https://api.telegram.org");
    assert_eq!(s.telegram.messages_per_second, Some(30));
    assert!(s.operator.chat.is_none() && s.operator.ids.is_empty());
    assert!(s.openai.is_none() && s.sheets.is_none() && s.data_key.is_none());
    assert_eq!((s.cache.ttl.as_secs(), s.cache.entries), (300, 1000));
    assert_eq!(s.menu_file, PathBuf::from("menu.json"));
    assert_eq!(s.data_dir, PathBuf::from("data"));
    assert_eq!(s.http_addr, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(s.app_env, AppEnv::Development);
    assert_eq!(
        (s.log.format, s.log.level.as_str()),
        (LogFormat::Json, "info")
    );
    assert_eq!(s.rate_limit_per_minute, Some(20));
    assert_eq!(s.order.requires, [Required::Phone, Required::Address]);
    assert_eq!(
        (s.order.max_quantity, s.order.max_total.as_str()),
        (20, "500.00")
    );
    assert_eq!(s.order.draft_ttl.as_secs(), 1800);
    assert_eq!(s.shutdown_grace.as_secs(), 20);
    assert_eq!(s.time_zone.iana_name(), Some("UTC"));
}

#[test]
fn every_default_is_itself_a_valid_value() {
    let vars: Vec<_> = SETTINGS
        .iter()
        .filter_map(|s| Some((s.name, s.default?)))
        .collect();
    let (given, default) = (settings(&vars), settings(&[]));
    assert_eq!(format!("{given:?}"), format!("{default:?}"));
}

#[test]
fn all_problems_are_named_at_once_in_the_order_of_the_list() {
    problems(
        &[
            ("TELEGRAM_TOKEN", ""),
            ("TIME_ZONE", "Mars/Olympus"),
            ("APP_ENV", "production"),
            ("OPENAI_TIMEOUT_SECS", "soon"),
            ("HTTP_ADDR", "8080"),
        ],
        &[
            "TELEGRAM_TOKEN",
            "OPENAI_TIMEOUT_SECS",
            "DATA_KEY",
            "HTTP_ADDR",
            "TIME_ZONE",
        ],
    );
}

#[test]
fn no_problem_and_no_debug_output_holds_a_value() {
    let canary = "canary value";
    let vars: Vec<_> = SETTINGS.iter().map(|s| (s.name, canary)).collect();
    let environment = environment(&vars);
    let mut shown = format!("{environment:?}");
    for problem in Settings::read(&environment).unwrap_err() {
        write!(shown, "{problem} {problem:?}").unwrap();
    }
    assert!(!shown.contains("canary"), "{shown}");

    let good = settings(&[
        ("OPENAI_API_KEY", "canary"),
        ("PAYMENT_PROVIDER_TOKEN", "canary"),
        (
            "GOOGLE_SERVICE_ACCOUNT_JSON",
            &service_account("https://example.com/token"),
        ),
        ("SHEETS_SPREADSHEET_ID", "sheet"),
        ("DATA_KEY", "Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2E="),
    ]);
    let shown = format!("{good:?}");
    assert!(
        !shown.contains("canary") && !shown.contains("99, 97, 110"),
        "{shown}"
    );
}

#[test]
fn the_list_masks_secrets_and_marks_defaults() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "sk-canary\n").unwrap();
    let environment = environment(&[
        ("TELEGRAM_TOKEN", TOKEN),
        ("OPENAI_API_KEY_FILE", file.path().to_str().unwrap()),
        ("OPENAI_BASE_URL", "https://user:canary@example.com/v1"),
        ("OPENAI_MODEL", "a\nb"),
        ("ORDER_REQUIRES", ""),
    ]);
    let list: Vec<_> = environment
        .list()
        .map(|(setting, shown)| format!("{}={shown}", setting.name))
        .collect();
    for line in [
        "TELEGRAM_TOKEN=set",
        "OPENAI_API_KEY=set from OPENAI_API_KEY_FILE",
        "OPENAI_BASE_URL=unreadable",
        "OPENAI_MODEL=a\\nb",
        "ORDER_REQUIRES=(empty)",
        "MENU_FILE=menu.json (default)",
        "DATA_KEY=not set",
    ] {
        assert!(list.iter().any(|l| l == line), "{line} in {list:?}");
    }
    assert_eq!(list.len(), SETTINGS.len());
    assert!(!list.concat().contains("canary"));
}

#[test]
fn each_secret_may_be_given_as_a_file_and_is_trimmed() {
    let dir = tempfile::tempdir().unwrap();
    let key_json = service_account("https://example.com/token");
    let mut vars = vec![(
        OsString::from("SHEETS_SPREADSHEET_ID"),
        OsString::from("sheet"),
    )];
    let secrets = [
        ("TELEGRAM_TOKEN", TOKEN),
        ("OPENAI_API_KEY", "sk-1"),
        ("GOOGLE_SERVICE_ACCOUNT_JSON", &key_json),
        ("DATA_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        (
            "DATA_KEY_OLD",
            "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
        ),
        ("PAYMENT_PROVIDER_TOKEN", "pay"),
    ];
    for (name, value) in secrets {
        let path = dir.path().join(name);
        std::fs::write(&path, format!(" {value}\r\n")).unwrap();
        vars.push((format!("{name}_FILE").into(), path.into()));
    }
    let s = Settings::read(&Environment::from_vars(vars)).unwrap();
    assert_eq!(s.telegram.token.expose_secret(), TOKEN);
    assert_eq!(s.openai.unwrap().api_key.expose_secret(), "sk-1");
    assert_eq!(s.sheets.unwrap().key_json.expose_secret(), key_json);
    assert_eq!(s.data_key.unwrap().id(), "66687aad");
    assert_eq!(s.data_key_old.unwrap().id(), "72cd6e84");
    assert_eq!(s.pay.unwrap().provider_token.expose_secret(), "pay");

    let named: BTreeSet<_> = secrets.iter().map(|(name, _)| *name).collect();
    let listed = SETTINGS
        .iter()
        .filter(|s| s.secret)
        .map(|s| s.name)
        .collect();
    assert_eq!(named, listed, "the test covers every secret");
}

#[test]
fn a_secret_given_twice_or_in_no_readable_file_is_a_problem() {
    let dir = tempfile::tempdir().unwrap();
    let empty = dir.path().join("empty");
    std::fs::write(&empty, "\n").unwrap();
    let found = problems(
        &[
            ("TELEGRAM_TOKEN_FILE", empty.to_str().unwrap()),
            ("OPENAI_API_KEY_FILE", "/nonexistent/canary"),
            ("DATA_KEY_FILE", empty.to_str().unwrap()),
        ],
        &["TELEGRAM_TOKEN", "OPENAI_API_KEY_FILE", "DATA_KEY_FILE"],
    );
    assert!(found[0].what.contains("TELEGRAM_TOKEN_FILE"));
    assert!(found[1].what.contains("not found"), "{}", found[1]);
    assert!(!found[1].to_string().contains("canary"));
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf_8_is_a_named_problem_and_foreign_ones_do_not_matter() {
    use std::os::unix::ffi::OsStringExt;
    let garbage = || OsString::from_vec(vec![0xff, 0xfe]);
    let environment = Environment::from_vars([
        ("SOMETHING_ELSE".into(), garbage()),
        (garbage(), "value".into()),
        ("TELEGRAM_TOKEN".into(), garbage()),
        ("menu_file".into(), "other.json".into()),
        ("MENU_FILE".into(), "own.json".into()),
    ]);
    let found = Settings::read(&environment).unwrap_err();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        found[0].to_string(),
        "TELEGRAM_TOKEN: is not UTF-8; write it in UTF-8 or unset it"
    );
}

#[test]
fn empty_means_unset_except_for_what_an_order_requires() {
    let empty: Vec<_> = SETTINGS
        .iter()
        .filter(|s| s.name != "TELEGRAM_TOKEN")
        .map(|s| (s.name, ""))
        .collect();
    let s = settings(&empty);
    assert_eq!(s.order.max_quantity, 20);
    assert!(s.openai.is_none());
    assert_eq!(s.order.requires, []);
    assert_eq!(settings(&[("ORDER_REQUIRES", " ")]).order.requires, []);
    assert_eq!(settings(&[("ORDER_REQUIRES", "none")]).order.requires, []);
    let requires = settings(&[("ORDER_REQUIRES", " name ,phone,name,")])
        .order
        .requires;
    assert_eq!(requires, [Required::Name, Required::Phone]);
    problems(
        &[("ORDER_REQUIRES", "phone,shoe size")],
        &["ORDER_REQUIRES"],
    );
}

#[test]
fn operators_act_in_their_chat() {
    let s = settings(&[
        ("OPERATOR_CHAT_ID", "-1001234"),
        ("OPERATOR_IDS", " 7, 8 ,"),
    ]);
    assert_eq!(
        (s.operator.chat, s.operator.ids),
        (Some(-1_001_234), vec![7, 8])
    );
    problems(&[("OPERATOR_IDS", "7")], &["OPERATOR_CHAT_ID"]);
    problems(
        &[("OPERATOR_CHAT_ID", "@shop"), ("OPERATOR_IDS", "7,eight")],
        &["OPERATOR_CHAT_ID", "OPERATOR_IDS"],
    );
}

#[test]
fn the_service_account_and_the_spreadsheet_need_each_other() {
    let key = service_account("http://127.0.0.1:9/token");
    problems(
        &[("SHEETS_SPREADSHEET_ID", "sheet")],
        &["GOOGLE_SERVICE_ACCOUNT_JSON"],
    );
    problems(
        &[("GOOGLE_SERVICE_ACCOUNT_JSON", &key)],
        &["SHEETS_SPREADSHEET_ID"],
    );
    let both = [
        ("GOOGLE_SERVICE_ACCOUNT_JSON", key.as_str()),
        ("SHEETS_SPREADSHEET_ID", "sheet"),
    ];
    let sheets = settings(&both).sheets.unwrap();
    assert_eq!(
        (sheets.spreadsheet_id.as_str(), sheets.tab.as_str()),
        ("sheet", "Orders")
    );
    for broken in [
        "{",
        "[]",
        r#"{"client_email":"a","private_key":"b"}"#,
        &service_account("nowhere"),
    ] {
        let vars = [
            ("GOOGLE_SERVICE_ACCOUNT_JSON", broken),
            ("SHEETS_SPREADSHEET_ID", "sheet"),
        ];
        problems(&vars, &["GOOGLE_SERVICE_ACCOUNT_JSON"]);
    }
    problems(&[("SHEETS_TAB", "Orders#1")], &["SHEETS_TAB"]);
}

#[test]
fn urls_lose_their_last_slash_and_must_be_plain() {
    let s = settings(&[
        ("TELEGRAM_API_URL", "http://127.0.0.1:8081/"),
        ("OPENAI_API_KEY", "sk-1"),
        ("OPENAI_BASE_URL", " https://example.com/v1/ "),
    ]);
    assert_eq!(s.telegram.api_url.as_str(), "http://127.0.0.1:8081");
    assert_eq!(
        s.openai.unwrap().base_url.as_str(),
        "https://example.com/v1"
    );
    for bad in [
        "example.com",
        "/v1",
        "ftp://example.com",
        "https://",
        "https://u:p@example.com",
        "https://example.com/?key=1",
        "https://example.com/#a",
        "https://exa mple.com",
    ] {
        problems(&[("SHEETS_API_URL", bad)], &["SHEETS_API_URL"]);
    }
}

#[test]
fn production_sends_no_secret_in_the_clear_over_a_public_network() {
    let production = |url| {
        read(&[
            ("APP_ENV", "production"),
            ("DATA_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            ("TELEGRAM_API_URL", url),
        ])
    };
    for fine in [
        "https://example.com",
        "http://127.0.0.1:1",
        "http://[::1]:1",
        "http://localhost:1",
        "http://bot-api:8081",
        "http://10.0.0.7",
    ] {
        assert!(production(fine).is_ok(), "{fine}");
    }
    for public in [
        "http://example.com",
        "http://203.0.113.7",
        "http://127.0.0.1.example.com",
    ] {
        assert_eq!(production(public).unwrap_err().len(), 1, "{public}");
    }
}

#[test]
fn numbers_have_ranges_and_zero_lifts_a_limit() {
    let s = settings(&[
        ("RATE_LIMIT_PER_MINUTE", "0"),
        ("TELEGRAM_MESSAGES_PER_SECOND", " 0 "),
    ]);
    assert_eq!(
        (s.rate_limit_per_minute, s.telegram.messages_per_second),
        (None, None)
    );
    for (name, bad) in [
        ("TELEGRAM_MESSAGES_PER_SECOND", "-1"),
        ("OPENAI_TIMEOUT_SECS", "0"),
        ("ORDER_MAX_QUANTITY", "0"),
        ("ORDER_MAX_TOTAL", "12,50"),
        ("ORDER_MAX_TOTAL", "-1"),
        ("ORDER_MAX_TOTAL", "5."),
        ("DRAFT_TTL_SECS", "1e3"),
        ("SHUTDOWN_GRACE_SECS", "99999999999999999999"),
        ("HTTP_ADDR", "localhost"),
        ("APP_ENV", "prod"),
    ] {
        problems(&[(name, bad)], &[name]);
    }
    assert!(
        settings(&[("HTTP_ADDR", "localhost:0")])
            .http_addr
            .ip()
            .is_loopback()
    );
}

#[test]
fn log_levels_and_filters_are_told_from_slips() {
    for fine in [
        "debug",
        "OFF",
        "order_bot=debug,info",
        "order_bot::engine=trace",
        "order_bot[order]=debug",
    ] {
        assert!(read(&[("LOG_LEVEL", fine)]).is_ok(), "{fine}");
    }
    for slip in ["verbose", "inof", "order_bot=loud"] {
        problems(&[("LOG_LEVEL", slip)], &["LOG_LEVEL"]);
    }
    problems(&[("LOG_FORMAT", "xml")], &["LOG_FORMAT"]);
}

#[test]
fn a_name_that_is_almost_ours_is_a_warning() {
    let names = [
        "TELEGRAM_TOKN",
        "TELEGRAM_TOKEN_FLIE",
        "log_level",
        "OPENAI_MODEL_FILE",
        "PATH",
        "LANG",
        "HOME",
    ];
    let vars: Vec<_> = names.iter().map(|n| (*n, "canary")).collect();
    let environment = environment(&vars);
    let warned: Vec<_> = environment
        .warnings()
        .iter()
        .map(|w| w.variable.as_str())
        .collect();
    assert_eq!(warned, &names[..4]);
    assert!(!format!("{:?}", environment.warnings()).contains("canary"));
}

#[test]
fn tools_need_no_token_and_mind_only_their_own_settings() {
    let vars = [
        ("APP_ENV", "production"),
        ("OPENAI_TIMEOUT_SECS", "x"),
        ("HTTP_ADDR", "x"),
        ("TELEGRAM_TOKEN_FILE", "/nonexistent"),
    ];
    let found = ToolSettings::read(&environment(&vars)).unwrap_err();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].variable, "OPENAI_TIMEOUT_SECS");
    assert!(read_http_addr(&environment(&vars)).is_err());
    assert!(read_http_addr(&environment(&[("DATA_KEY", "x")])).is_ok());
}

#[test]
fn the_template_names_every_setting_with_its_default() {
    let template = include_str!("../../.env.template");
    let expected: Vec<_> = SETTINGS
        .iter()
        .map(|s| {
            let lead = if s.name == "TELEGRAM_TOKEN" { "" } else { "# " };
            format!(
                "# {}\n{lead}{}={}",
                s.meaning,
                s.name,
                s.default.unwrap_or_default()
            )
        })
        .collect();
    for entry in &expected {
        assert!(
            template.contains(entry.as_str()),
            "missing in .env.template:\n{entry}"
        );
    }
    let is_entry = |line: &&str| {
        let line = line.strip_prefix("# ").unwrap_or(line);
        line.split_once('=')
            .is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
    };
    assert_eq!(template.lines().filter(is_entry).count(), expected.len());
}

#[test]
fn the_settings_page_is_the_catalog() {
    let page = include_str!("../../docs/settings.md");
    let expected: Vec<_> = SETTINGS
        .iter()
        .map(|s| {
            let secret = if s.secret { " (secret)" } else { "" };
            let default = s.default.map_or("none".to_owned(), |d| format!("`{d}`"));
            format!("| `{}`{secret} | {default} | {} |", s.name, s.meaning)
        })
        .collect();
    let rows: Vec<_> = page.lines().filter(|l| l.starts_with("| `")).collect();
    assert_eq!(rows, expected, "correct docs/settings.md");
}

#[test]
fn a_command_may_bring_settings_of_its_own() {
    let environment = Environment::with(&[
        ("TELEGRAM_TOKEN", Some("1:own")),
        ("OPENAI_API_KEY", None),
        ("APP_ENV", Some("development")),
    ]);
    let s = Settings::read(&environment).unwrap();
    assert_eq!(s.telegram.token.expose_secret(), "1:own");
    assert!(s.openai.is_none());
}

mod fuzz {
    use proptest::prelude::*;

    use super::*;
    use crate::fuzz::garbled_text;
    use crate::settings::catalog::SETTINGS;

    /// Sound values of every form, and a secret in each.
    fn value() -> impl Strategy<Value = String> {
        let sound = [
            "123456:canary-token",
            "-1001234567890",
            "1,2,3",
            "https://canary:pass@example.com/v1",
            "0.50",
            "30",
            "phone,address",
            "127.0.0.1:8080",
            "Europe/Berlin",
            "production",
            "order_bot=debug,info",
            "json",
            "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            "99999999999999999999",
            "-1",
            "1e9",
        ];
        prop_oneof![
            3 => garbled_text(sound.map(str::to_owned).to_vec()),
            1 => prop::sample::select(sound.to_vec()).prop_map(str::to_owned),
            1 => Just(service_account("https://example.com/token")),
            1 => "\\PC{0,20}",
        ]
    }

    proptest! {
        #![proptest_config(crate::fuzz::cases(256))]

        #[test]
        fn any_environment_is_settings_or_problems_that_name_a_variable_and_no_secret(
            vars in prop::collection::vec((0..SETTINGS.len(), any::<bool>(), value()), 0..8),
        ) {
            let vars = vars.into_iter().map(|(at, file, value)| {
                let name = SETTINGS[at].name;
                let name = if file && value.len() % 7 == 0 { format!("{name}_FILE") } else { name.to_owned() };
                (name, value)
            });
            let vars: Vec<(String, String)> = vars.collect();
            let vars: Vec<(&str, &str)> = vars.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            match Settings::read(&environment(&vars)) {
                Ok(settings) => {
                    let shown = format!("{settings:?}");
                    prop_assert!(!shown.contains("canary"), "{shown}");
                }
                Err(problems) => {
                    prop_assert!(!problems.is_empty());
                    for problem in problems {
                        prop_assert!(!problem.variable.is_empty());
                        // Only a setting that is no secret may be repeated.
                        let secret = SETTINGS.iter().any(|s| s.secret && problem.variable.starts_with(s.name));
                        prop_assert!(!secret || !problem.to_string().contains("canary"), "{problem}");
                    }
                }
            }
        }
    }
}
