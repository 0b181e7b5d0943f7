#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use super::*;

fn free(_: &Path) -> io::Result<Option<Box<dyn std::any::Any>>> {
    Ok(Some(Box::new(())))
}

async fn report(checks: Vec<Check<'_>>) -> (bool, String) {
    let mut out = Vec::new();
    let well = run(&mut out, checks).await.unwrap();
    (well, String::from_utf8(out).unwrap())
}

#[tokio::test(start_paused = true)]
async fn each_check_gets_a_line_and_each_failure_its_fix() {
    let checks = vec![
        Check::new("menu", async { Outcome::Ok("12 items".to_owned()) }),
        Check::new("OpenAI", async { Outcome::Skipped("no key") }),
        Check::new("Telegram", async {
            Outcome::failed("refused", "make a new token")
        }),
        Check::new("Sheets", std::future::pending()),
    ];
    let (well, text) = report(checks).await;
    assert!(!well);
    let expected = "\
checks
  ok       menu: 12 items
  skipped  OpenAI: no key
  FAILED   Telegram: refused
           fix: make a new token
  FAILED   Sheets: no result within 30 s
           fix: see whether it can be reached from this machine
2 checks failed
";
    assert_eq!(text, expected);
}

#[tokio::test]
async fn all_is_well_when_nothing_failed() {
    let (well, text) = report(vec![Check::new("menu", async { Outcome::Skipped("none") })]).await;
    assert!(well && text.ends_with("all well\n"));
}

#[test]
fn the_data_folder_is_tried_and_left_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(data_folder(dir.path(), free), Outcome::Ok(_)));
    let missing = dir.path().join("a/b");
    let Outcome::Ok(word) = data_folder(&missing, free) else {
        panic!("it can be created");
    };
    assert!(word.ends_with("can be created"));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);

    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(data_folder(&file, free), Outcome::Failed { .. }));
    let below = data_folder(&file.join("below"), free);
    assert!(matches!(below, Outcome::Failed { .. }));
}

#[test]
fn nothing_is_written_into_a_folder_that_a_running_bot_has_locked() {
    let dir = tempfile::tempdir().unwrap();
    let Outcome::Ok(word) = data_folder(dir.path(), |_| Ok(None)) else {
        panic!("in use is well");
    };
    assert!(word.contains("running bot"));
    let refused = |_: &Path| Err(io::Error::from(io::ErrorKind::PermissionDenied));
    assert!(matches!(
        data_folder(dir.path(), refused),
        Outcome::Failed { .. }
    ));
}

#[test]
fn a_menu_is_summed_up_and_a_broken_one_is_named_with_its_path() {
    assert!(matches!(menu(Path::new("menu.json")), Outcome::Ok(_)));
    let Outcome::Failed { reason, .. } = menu(Path::new("no/such/menu.json")) else {
        panic!("there is none");
    };
    assert!(reason.contains("cannot be read"));
    let file = tempfile::NamedTempFile::new().unwrap();
    let items = r#"{"currency":"USD","items":[{"id":"a","name":"A","price":"x"}]}"#;
    std::fs::write(file.path(), items).unwrap();
    let Outcome::Failed { reason, .. } = menu(file.path()) else {
        panic!("it has a wrong price");
    };
    assert!(reason.contains("items[0].price"), "{reason}");
}
