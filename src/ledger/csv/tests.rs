#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::super::tests::shop::Shop;
use super::*;

struct Case {
    folder: tempfile::TempDir,
    shop: Shop,
}

impl Case {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            shop: Shop::default(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("orders.csv")
    }

    /// As a new process would.
    fn open(&self) -> CsvFile {
        CsvFile::new(self.path())
    }

    async fn sync(&self) {
        self.open().pass(&self.shop, false).await.unwrap();
    }

    /// `id:status` of each row.
    fn orders(&self) -> Vec<String> {
        let mut reader = csv::Reader::from_path(self.path()).unwrap();
        assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice());
        reader
            .records()
            .map(|record| record.unwrap())
            .map(|record| format!("{}:{}", &record[0], &record[2]))
            .collect()
    }
}

#[tokio::test]
async fn orders_are_appended_under_a_header_and_changes_replace_their_rows() {
    let case = Case::new();
    case.shop.set_all(&["1", "2"], "placed");
    case.sync().await;
    assert_eq!(case.orders(), ["1:placed", "2:placed"]);
    case.shop.set("1", "done");
    case.shop.set("3", "placed");
    case.sync().await;
    assert_eq!(case.orders(), ["1:done", "2:placed", "3:placed"]);
    assert_eq!(case.shop.backlog().0, 0);
    assert_eq!(fs::read_dir(case.folder.path()).unwrap().count(), 1);
}

#[tokio::test(start_paused = true)]
async fn changes_are_gathered_for_two_seconds() {
    let case = Case::new();
    let mut file = case.open();
    case.shop.set_all(&["1", "2"], "placed");
    file.pass(&case.shop, false).await.unwrap();
    case.shop.set("1", "accepted");
    file.pass(&case.shop, false).await.unwrap();
    case.shop.set("1", "ready");
    case.shop.set("3", "placed");
    let pass = file.pass(&case.shop, false).await.unwrap();
    assert_eq!(case.orders(), ["1:accepted", "2:placed", "3:placed"]);
    tokio::time::sleep_until(pass.next.expect("a time for the rest")).await;
    file.pass(&case.shop, false).await.unwrap();
    assert_eq!(case.orders()[0], "1:ready");
    case.shop.set("1", "done");
    file.pass(&case.shop, true).await.unwrap();
    assert_eq!(case.orders()[0], "1:done");
}

#[tokio::test]
async fn a_row_torn_at_any_byte_is_written_whole_and_once() {
    let case = Case::new();
    case.shop.set("1", "placed");
    case.sync().await;
    let before = fs::read(case.path()).unwrap();
    case.shop.set("2", "placed");
    case.shop.forgetful(true);
    case.sync().await;
    case.shop.forgetful(false);
    let after = fs::read(case.path()).unwrap();
    for (end, mark) in (before.len()..=after.len()).flat_map(|end| [(end, ""), (end, "\u{feff}")]) {
        fs::write(case.path(), [mark.as_bytes(), &after[..end]].concat()).unwrap();
        case.sync().await;
        assert_eq!(case.orders(), ["1:placed", "2:placed"], "torn at {end}");
        case.shop.set("2", "placed");
    }
}

#[tokio::test]
async fn cells_that_could_be_formulas_are_disarmed_and_ids_still_found() {
    let case = Case::new();
    case.shop.set("=1+1", "@SUM(A1)");
    case.sync().await;
    case.shop.set("=1+1", "-2");
    case.sync().await;
    assert_eq!(case.orders(), ["'=1+1:'-2"]);
    assert!(
        fs::read_to_string(case.path())
            .unwrap()
            .contains(",'+49 30 1,")
    );
}

#[tokio::test]
async fn a_file_that_the_operator_edits_meanwhile_is_read_anew() {
    let case = Case::new();
    let mut file = case.open();
    case.shop.set_all(&["1", "2"], "placed");
    file.pass(&case.shop, false).await.unwrap();
    let text = fs::read_to_string(case.path()).unwrap();
    let kept: Vec<&str> = text.split_inclusive('\n').collect();
    // Row 1 spans two lines; it is deleted, and the last line loses its end.
    let text = kept[0].to_owned() + &kept[3..].concat();
    fs::write(case.path(), format!("\u{feff}{}", text.trim_end())).unwrap();
    case.shop.set_all(&["1", "2"], "done");
    file.pass(&case.shop, false).await.unwrap();
    let text = fs::read_to_string(case.path()).unwrap();
    assert_eq!(text.matches(",done,").count(), 2);
    fs::write(case.path(), "order_id;status\n").unwrap();
    case.shop.set("1", "placed");
    assert_eq!(
        file.pass(&case.shop, false).await.unwrap_err().class,
        Class::Header
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_a_fault_and_not_the_end() {
    let case = Case::new();
    let mut file = CsvFile::new(case.folder.path().join("missing/orders.csv"));
    case.shop.set("1", "placed");
    let fault = file.pass(&case.shop, false).await.unwrap_err();
    assert_eq!(fault.class, Class::Disk);
    fs::create_dir(case.folder.path().join("missing")).unwrap();
    file.pass(&case.shop, false).await.unwrap();
    assert_eq!(case.shop.backlog().0, 0);
}
