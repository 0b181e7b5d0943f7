//! Encryption at rest.

use std::{fs, path::Path};

use super::{Customer, Order, close, customer, data_key, keyed, open, order, put};
use crate::store::{
    DataKey, KeyRing, OpenError, Options, Quarantined, Record, Store, Table, TxError,
};

/// Stands in no base64.
const CANARY: &str = "Canary & Co";

fn files_with(dir: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if String::from_utf8_lossy(&fs::read(&path).unwrap()).contains(text) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn no_file_of_an_encrypted_folder_holds_a_plain_value() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), keyed(1, &[])).unwrap();
    put(&store, 1, CANARY);
    store.scrub().unwrap();
    put(&store, 2, CANARY);
    close(store);
    assert_eq!(files_with(dir.path(), "Canary"), [""; 0]);
    assert_eq!(files_with(dir.path(), "\"name\""), [""; 0]);
    let (store, opened) = Store::open(dir.path(), keyed(1, &[])).unwrap();
    assert_eq!(opened.resealed, 0);
    assert_eq!(store.get(1).unwrap(), Some(customer(CANARY)));
    assert_eq!(store.get(2).unwrap(), Some(order(CANARY)));
}

#[test]
fn a_wrong_or_missing_key_stops_the_start_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    close(Store::open(dir.path(), keyed(1, &[])).unwrap().0);
    let files = || {
        let read = |name: &str| fs::read(dir.path().join(name)).unwrap();
        (read("customers.json"), read("snapshot"))
    };
    let before = files();
    let missing = Store::open(dir.path(), Options::default()).unwrap_err();
    assert!(matches!(missing, OpenError::KeyMissing));
    assert!(missing.to_string().contains("DATA_KEY"));
    let wrong = Store::open(dir.path(), keyed(2, &[])).unwrap_err();
    assert!(matches!(wrong, OpenError::KeyWrong));
    let read_only = Store::open_read_only(dir.path(), &KeyRing::default()).unwrap_err();
    assert!(matches!(read_only, OpenError::KeyMissing));
    assert!(before == files());
}

#[test]
fn opening_a_plain_folder_with_a_key_encrypts_all_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    put(&store, 1, CANARY);
    put(&store, 2, CANARY);
    store
        .transact(|tx| tx.remove(Table::Orders, 2))
        .1
        .wait()
        .unwrap();
    close(store);
    assert_ne!(files_with(dir.path(), CANARY), [""; 0]);
    let (store, opened) = Store::open(dir.path(), keyed(1, &[])).unwrap();
    assert_eq!(opened.resealed, 3);
    assert_eq!(files_with(dir.path(), CANARY), [""; 0]);
    assert_eq!(store.get(2).unwrap(), Some(customer(CANARY)));
}

#[test]
fn a_folder_gets_another_key() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), keyed(1, &[])).unwrap();
    put(&store, 1, CANARY);
    close(store);
    let (store, opened) = Store::open(dir.path(), keyed(2, &[1])).unwrap();
    assert_eq!((opened.resealed, opened.quarantined), (2, 0));
    assert_eq!(files_with(dir.path(), &data_key(1).id()), [""; 0]);
    close(store);
    let (store, _) = Store::open(dir.path(), keyed(2, &[])).unwrap();
    assert_eq!(store.get(1).unwrap(), Some(order(CANARY)));
    close(store);
    let error = Store::open(dir.path(), keyed(1, &[])).unwrap_err();
    assert!(matches!(error, OpenError::KeyWrong));
}

#[test]
fn a_sealed_value_does_not_open_in_another_place() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), keyed(1, &[])).unwrap();
    put(&store, 1, "one");
    put(&store, 2, "two");
    close(store);
    let path = dir.path().join("customers.json");
    let text = fs::read_to_string(&path).unwrap();
    let swapped = text.replace("\"1\":", "\"0\":").replace("\"2\":", "\"1\":");
    fs::write(&path, swapped.replace("\"0\":", "\"2\":")).unwrap();
    let (store, _) = Store::open(dir.path(), keyed(1, &[])).unwrap();
    let error = store.get::<Customer>(1).unwrap_err();
    assert!(error.to_string().contains("sealed"), "{error}");
}

#[test]
fn a_value_that_cannot_be_decoded_is_set_aside_as_it_is() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Old {
        number: u32,
    }
    impl Record for Old {
        const TABLE: Table = Table::Orders;
    }
    for options in [Options::default(), keyed(1, &[])] {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(dir.path(), options.clone()).unwrap();
        let _ = store.transact(|tx| tx.put(7, &Old { number: 5 }).unwrap());
        let error = store.get::<Order>(7).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the value of key 7 in table orders cannot be decoded: JSON of another shape"
        );
        let (place, _) = store.transact(|tx| tx.set_aside(Table::Orders, 7));
        assert_eq!(place, Ok(Some(1)));
        close(store);
        let (store, _) = Store::open(dir.path(), options).unwrap();
        assert_eq!(store.get::<Order>(7), Ok(None));
        let kept = store.get::<Quarantined>(1).unwrap().unwrap();
        assert_eq!(
            (&*kept.table, kept.key, &*kept.text),
            ("orders", 7, "{\"number\":5}")
        );
        assert!(!format!("{kept:?}").contains("number"));
    }
}

#[test]
fn a_key_is_32_bytes_of_base64_and_cannot_be_printed() {
    let text = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    let key = DataKey::parse(&format!(" {text}\n")).unwrap();
    assert_eq!(key.id(), data_key(1).id());
    assert_eq!(format!("{key:?}"), "DataKey(..)");
    assert!(DataKey::parse(text.trim_end_matches('=')).is_ok());
    for bad in [
        "",
        "AQEB",
        "not base64 at all!",
        &text[4..],
        &format!("AAAA{text}"),
    ] {
        let error = DataKey::parse(bad).unwrap_err().to_string();
        assert!(error.contains("32 bytes"));
    }
    assert!(!format!("{:?}", keyed(1, &[2])).contains("AQEB"));
}

#[test]
fn a_failed_or_panicking_transaction_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    put(&store, 1, "before");
    let refused: Result<((), _), TxError> = store.try_transact(|tx| {
        tx.put(1, &order("after"))?;
        tx.get::<Order>(1)?;
        Err(TxError::from(tx.get::<Old>(1).err().unwrap()))
    });
    assert!(refused.is_err());
    let panicking = store.clone();
    let panicked = std::thread::spawn(move || {
        let _ = panicking.transact(|tx| {
            tx.put(1, &order("after")).unwrap();
            panic!("a bug in the caller");
        });
    });
    assert!(panicked.join().is_err());
    assert_eq!(store.get(1).unwrap(), Some(order("before")));
    put(&store, 1, "later");
    assert_eq!(store.get(1).unwrap(), Some(order("later")));

    #[derive(Debug, serde::Serialize, serde::Deserialize)]
    struct Old {
        number: u32,
    }
    impl Record for Old {
        const TABLE: Table = Table::Orders;
    }
}

#[test]
fn a_sequence_counts_on_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    assert_eq!(store.transact(|tx| tx.next_id(3)).0, Ok(1));
    assert_eq!(store.transact(|tx| tx.next_id(3)).0, Ok(2));
    assert_eq!(store.transact(|tx| tx.next_id(4)).0, Ok(1));
    close(store);
    assert_eq!(open(dir.path()).transact(|tx| tx.next_id(3)).0, Ok(3));
}
