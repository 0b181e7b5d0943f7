//! Files that somebody damaged, edited, or wrote with another version.

use std::{fs, path::Path};

use super::{close, customer, open, order, put, state};
use crate::store::{OpenError, Options, Store, Table};

const LAST: &str = "journal/00000001.log";

/// A folder whose journal holds six frames, as a kill leaves it.
fn killed() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let copy = tempfile::tempdir().unwrap();
    for key in 1..=6 {
        put(&store, key, &format!("name {key}"));
    }
    copy_files(dir.path(), copy.path());
    close(store);
    copy
}

fn copy_files(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&to).unwrap();
            copy_files(&entry.path(), &to);
        } else if entry.file_name() != "customers.json.tmp" {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn contents(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(contents(&path));
        } else if path.file_name().unwrap() != "lock" {
            files.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}

/// The start fails, says so in these words, and leaves every byte as it was.
#[track_caller]
fn check_refusal(dir: &Path, words: &[&str]) {
    let before = contents(dir);
    let error = Store::open(dir, Options::default()).unwrap_err();
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "{text:?} does not say {word:?}");
    }
    assert!(!text.contains("name"), "{text:?} tells a value");
    assert!(
        contents(dir) == before,
        "the refused start changed something"
    );
}

fn edit(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// Where the frames of a segment begin.
fn frames(bytes: &[u8]) -> Vec<usize> {
    let marker = [0xf5, 0xfe, 0xc0, 0x8e];
    let starts = bytes.windows(4).enumerate();
    starts
        .filter(|(_, w)| *w == marker)
        .map(|(at, _)| at)
        .collect()
}

#[test]
fn a_torn_tail_is_cut_off_kept_aside_and_reported() {
    let dir = killed();
    let path = dir.path().join(LAST);
    let whole = fs::read(&path).unwrap();
    let last = *frames(&whole).last().unwrap();
    for len in last + 1..whole.len() {
        let dir = killed();
        edit(&dir.path().join(LAST), |bytes| bytes.truncate(len));
        let (store, opened) = Store::open(dir.path(), Options::default()).unwrap();
        assert_eq!(opened.torn_bytes_cut, (len - last) as u64);
        assert_eq!(store.get(5).unwrap(), Some(order("name 5")));
        assert_eq!(store.read(|view| view.len(Table::Orders)), 5);
        let aside = dir.path().join(format!("torn-00000001-{last}"));
        assert_eq!(fs::read(aside).unwrap(), whole[last..len]);
        put(&store, 9, "later");
        close(store);
        let (store, opened) = Store::open(dir.path(), Options::default()).unwrap();
        assert_eq!(opened.torn_bytes_cut, 0);
        assert_eq!(store.read(|view| view.len(Table::Customers)), 6);
    }
}

#[test]
fn a_flipped_bit_before_the_last_record_stops_the_start() {
    let dir = killed();
    let path = dir.path().join(LAST);
    let whole = fs::read(&path).unwrap();
    let frames = frames(&whole);
    let last = *frames.last().unwrap();
    for at in 0..last {
        edit(&path, |bytes| bytes[at] ^= 4);
        let before = contents(dir.path());
        let error = Store::open(dir.path(), Options::default()).unwrap_err();
        let frame = frames.iter().rfind(|&&start| start <= at).copied();
        match error {
            OpenError::Corrupt { file, offset, .. } => {
                assert_eq!(file, LAST);
                assert_eq!(offset, frame.unwrap_or(0) as u64, "byte {at}");
            }
            // The digit of the version, which makes it a newer one.
            OpenError::Newer { .. } => assert!(frame.is_none()),
            other => panic!("{other}"),
        }
        assert!(contents(dir.path()) == before);
        edit(&path, |bytes| bytes[at] ^= 4);
    }
}

#[test]
fn damage_names_its_file_and_byte() {
    let dir = killed();
    let path = dir.path().join(LAST);
    let third = frames(&fs::read(&path).unwrap())[2];
    edit(&path, |bytes| bytes[third + 40] ^= 1);
    let offset = format!("byte {third}");
    check_refusal(dir.path(), &["journal/00000001.log", &offset, "backup"]);
}

#[test]
fn a_missing_segment_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    for key in 1..=3 {
        let store = open(dir.path());
        put(&store, key, "x");
        close(store);
    }
    let middle = dir.path().join("journal/00000002.log");
    let kept = fs::read(&middle).unwrap();
    fs::remove_file(&middle).unwrap();
    check_refusal(dir.path(), &["journal/00000002.log is missing"]);
    fs::write(&middle, kept).unwrap();
    fs::remove_file(dir.path().join(LAST)).unwrap();
    check_refusal(dir.path(), &["journal/00000001.log is missing"]);
}

#[test]
fn files_of_a_newer_version_stop_the_start() {
    let replace = |path: &Path, from: &str, to: &str| {
        edit(path, |bytes| {
            let at = bytes.windows(from.len()).position(|w| w == from.as_bytes());
            let at = at.unwrap();
            bytes.splice(at..at + from.len(), to.bytes());
        });
    };
    let dir = killed();
    replace(&dir.path().join(LAST), "journal 1", "journal 2");
    check_refusal(
        dir.path(),
        &["journal/00000001.log", "version 2", "up to 1"],
    );

    let dir = killed();
    let file = dir.path().join("customers.json");
    replace(&file, "\"version\":1", "\"version\":7");
    check_refusal(dir.path(), &["customers.json", "version 7", "up to 1"]);

    let dir = killed();
    let store = open(dir.path());
    store.scrub().unwrap();
    close(store);
    replace(&dir.path().join("snapshot"), "snapshot 1", "snapshot 3");
    check_refusal(dir.path(), &["snapshot", "version 3", "up to 1"]);
}

#[test]
fn a_damaged_snapshot_stops_the_start() {
    let dir = killed();
    let store = open(dir.path());
    store.scrub().unwrap();
    close(store);
    let path = dir.path().join("snapshot");
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        edit(&path, |bytes| bytes[at] ^= 4);
        let error = Store::open(dir.path(), Options::default()).unwrap_err();
        assert!(matches!(
            error,
            OpenError::Corrupt { .. } | OpenError::Newer { .. }
        ));
        edit(&path, |bytes| bytes[at] ^= 4);
    }
    for len in 0..whole.len() {
        fs::write(&path, &whole[..len]).unwrap();
        check_refusal(dir.path(), &["snapshot is damaged"]);
    }
}

#[test]
fn a_second_opener_is_refused_until_the_first_has_closed() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    put(&store, 1, "a");
    let error = Store::open(dir.path(), Options::default()).unwrap_err();
    assert!(error.to_string().contains("in use by another"), "{error}");
    close(store);
    assert_eq!(open(dir.path()).get(1).unwrap(), Some(order("a")));
}

#[test]
fn a_lost_customers_file_stops_the_start() {
    let dir = killed();
    fs::remove_file(dir.path().join("customers.json")).unwrap();
    check_refusal(dir.path(), &["customers.json is missing", "backup"]);
}

#[test]
fn an_unparsable_customers_file_stops_the_start_and_is_not_overwritten() {
    for text in [
        "",
        "{",
        "[]",
        "{\"version\":1}",
        "{\"customers\":{}}",
        "{\"version\":0,\"customers\":{}}",
        "{\"version\":1,\"customers\":{\n\"1\":{\"name\":\"a\"},\n}}\n",
        "{\"version\":1,\"customers\":{\n\"1\":{\"name\":\"a\"}\n}}\n}",
        "{\"version\":1,\"customers\":{\n\"1\":{\"name\":\n}}\n",
        "{\"version\":1,\"customers\":{\n\"1\":{\"name\":\"a\"},\n\"1\":{\"name\":\"b\"}\n}}\n",
        "{\"version\":1,\"customers\":{\"+1\":{\"name\":\"a\"}}}",
        "{\"version\":1,\"customers\":{\"Bob\":{\"name\":\"a\"}}}",
    ] {
        let dir = killed();
        fs::write(dir.path().join("customers.json"), text).unwrap();
        check_refusal(dir.path(), &["customers.json is damaged at byte"]);
    }
}

#[test]
fn a_customers_file_edited_by_hand_is_read_whatever_its_form() {
    let dir = killed();
    close(open(dir.path()));
    let pretty = "\u{feff}{\r\n \"note\": [1],\n \"customers\" : {\n  \"20\": { \"name\" : \"b \\\" \\\\\" },\n
        \"3\":\n{\"name\":\"Zoë  x\"}\n}, \"version\": 1 }";
    fs::write(dir.path().join("customers.json"), pretty).unwrap();
    // After a clean stop the file is the truth, also about whom it does not name.
    let store = open(dir.path());
    let customers = super::customers_of(&store.read(state));
    let names: Vec<_> = customers.into_iter().map(|((_, k), v)| (k, v)).collect();
    assert_eq!(
        names,
        [(3, "Zoë  x".to_owned()), (20, "b \" \\".to_owned())]
    );
    assert_eq!(store.read(|view| view.len(Table::Orders)), 6);
    let text = fs::read_to_string(dir.path().join("customers.json")).unwrap();
    let ours = "{\"version\":1,\"customers\":{\n\"3\":{\"name\":\"Zoë  x\"},\n\"20\":{\"name\":\"b \\\" \\\\\"}\n}}\n";
    assert_eq!(text, ours);
}

#[test]
fn after_a_crash_the_journal_completes_the_customers_file() {
    let dir = killed();
    let text = "{\"version\":1,\"customers\":{\"1\":{\"name\":\"old\"},\"50\":{\"name\":\"e\"}}}";
    fs::write(dir.path().join("customers.json"), text).unwrap();
    let (store, opened) = Store::open(dir.path(), Options::default()).unwrap();
    assert!(opened.customers_completed);
    assert_eq!(store.get(1).unwrap(), Some(customer("name 1")));
    assert_eq!(store.get(50).unwrap(), Some(customer("e")));
    let text = fs::read_to_string(dir.path().join("customers.json")).unwrap();
    assert!(text.contains("\"6\":{\"name\":\"name 6\"}"));
}

#[test]
fn nothing_that_was_deleted_is_left_after_a_scrub() {
    let dir = killed();
    edit(&dir.path().join(LAST), |bytes| {
        bytes.truncate(bytes.len() - 1);
    });
    let store = open(dir.path());
    for key in 1..=6 {
        let (_, commit) = store.transact(|tx| {
            tx.remove(Table::Customers, key);
            tx.remove(Table::Orders, key);
        });
        commit.wait().unwrap();
    }
    store.scrub().unwrap();
    for (file, bytes) in contents(dir.path()) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("name"), "{file}: {text}");
    }
    close(store);
    assert!(open(dir.path()).read(state).is_empty());
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("a/b");
    let store = open(&dir);
    put(&store, 1, "a");
    store.scrub().unwrap();
    put(&store, 1, "b");
    let mode = |name: &str| fs::metadata(dir.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("journal")), (0o700, 0o700));
    for file in ["lock", "customers.json", "snapshot", "journal/00000002.log"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
}

/// Folders as version 1 wrote them: whatever comes later must read them.
#[test]
fn folders_of_version_1_are_read_for_ever() {
    for (name, options) in [
        ("plain", Options::default()),
        ("sealed", super::keyed(1, &[])),
    ] {
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/tests/v1");
        let dir = tempfile::tempdir().unwrap();
        copy_files(&kept.join(name), dir.path());
        let (store, opened) = Store::open(dir.path(), options).unwrap();
        assert_eq!(opened.torn_bytes_cut, 0);
        let values = store.read(state).into_iter();
        let values: Vec<_> = values.map(|((t, k), name)| (t.name(), k, name)).collect();
        let expected = [
            ("customers", 2, "Bob \"B\""),
            ("customers", 3, "Zoë"),
            ("orders", 1, "in the snapshot"),
            ("orders", 2, "in the journal"),
        ];
        assert_eq!(values, expected.map(|(t, k, name)| (t, k, name.to_owned())));
        assert_eq!(store.transact(|tx| tx.next_id(1)).0, Ok(2));
    }
}

mod fuzz {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        fuzz::garbled,
        store::journal::{self, Header},
    };

    fn segment() -> Vec<u8> {
        fs::read(killed().path().join(LAST)).unwrap()
    }

    proptest! {
        #![proptest_config(crate::fuzz::cases(24))]

        #[test]
        fn a_journal_that_somebody_has_been_at_gives_a_prefix_or_stops_the_start(
            bytes in garbled(vec![segment()]),
        ) {
            let dir = killed();
            fs::write(dir.path().join(LAST), &bytes).unwrap();
            let before = contents(dir.path());
            match Store::open(dir.path(), Options::default()) {
                Ok((store, _)) => {
                    // Whatever is left is what was there from the first record on, without a hole.
                    let orders = store.read(|view| view.keys(Table::Orders).collect::<Vec<_>>());
                    prop_assert_eq!(&orders, &(1..=orders.len() as u64).collect::<Vec<_>>());
                    for key in orders {
                        prop_assert_eq!(store.get(key).unwrap(), Some(order(&format!("name {key}"))));
                    }
                }
                Err(error) => {
                    prop_assert!(!error.to_string().contains("name"), "{error}");
                    prop_assert!(contents(dir.path()) == before, "it changed something");
                }
            }
        }

        #[test]
        fn any_bytes_are_a_frame_or_none(bytes in garbled(vec![segment()])) {
            let _ = Header::parse(&bytes);
            let _ = journal::any_frame(&bytes);
            for line in String::from_utf8_lossy(&bytes).lines() {
                let _ = journal::parse_change(line);
            }
        }
    }
}
