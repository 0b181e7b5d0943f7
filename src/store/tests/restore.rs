//! Backups and their return, through crashes at every step.

use std::{path::Path, sync::Arc};

use super::{
    State, close, keyed, put,
    sim::{Data, Fault, Names, SimDisk},
    state,
};
use crate::store::{
    Backup, BackupError, KeyRing, OpenError, Options, ReadOnly, Store, Table, disk::Disk,
};

const DIR: &str = "/data";

fn begin(disk: &SimDisk, options: Options) -> Store {
    let disk: Arc<dyn Disk> = Arc::new(disk.clone());
    Store::open_on(disk, Path::new(DIR), options).unwrap().0
}

/// A folder in which somebody put these names, closed.
fn folder(names: &[&str], options: Options) -> SimDisk {
    let disk = SimDisk::default();
    let store = begin(&disk, options);
    for (key, name) in (1..).zip(names) {
        put(&store, key, name);
    }
    close(store);
    disk
}

fn backup(disk: &SimDisk) -> Backup {
    Backup::of_folder_on(disk, Path::new(DIR), &["orders.csv"], 1_800_000_000, false).unwrap()
}

fn holds(disk: &SimDisk) -> State {
    let read = ReadOnly::open(disk, Path::new(DIR), &KeyRing::default()).unwrap();
    state(read.view())
}

#[test]
fn a_crash_at_any_step_leaves_the_old_state_or_the_new_one() {
    let old = folder(&["Ada", "Bob", "Eve"], Options::default());
    let new = folder(&["Gus", "Hal"], Options::default());
    let mut copy = backup(&new);
    copy.set_frame(900, 7);
    let (before, after) = (holds(&old), holds(&new));
    let whole = old.copy();
    whole.plan(usize::MAX..usize::MAX, Fault::CrashBefore);
    copy.restore_on(&whole, Path::new(DIR)).unwrap();
    assert_eq!(holds(&whole), after);
    let steps = whole.operations();
    assert!(steps > 10);
    for at in 0..steps {
        for fault in [Fault::CrashBefore, Fault::CrashHalfway] {
            for data in [
                Data::Lost,
                Data::Kept,
                Data::Torn,
                Data::Zeros,
                Data::Garbled,
            ] {
                for names in [Names::Lost, Names::Kept, Names::Half] {
                    let what = format!("{fault:?} at {at}, {data:?} {names:?}");
                    let disk = old.copy();
                    disk.plan(at..at + 1, fault);
                    copy.restore_on(&disk, Path::new(DIR)).unwrap_err();
                    let image = disk.after_crash(data, names);
                    // Whoever only reads sees the same as whoever opens it.
                    let seen = holds(&image);
                    assert!(seen == before || seen == after, "{what}: {seen:?}");
                    let store = begin(&image, Options::default());
                    assert_eq!(store.read(state), seen, "{what}");
                    put(&store, 9, "later");
                    close(store);
                    let mut later = seen;
                    later.insert((Table::Customers, 9), "later".to_owned());
                    later.insert((Table::Orders, 9), "later".to_owned());
                    assert_eq!(holds(&image), later, "{what}");
                }
            }
        }
    }
}

#[test]
fn a_restored_folder_counts_on_and_keeps_nothing_of_the_old_one() {
    let disk = folder(&["Ada", "Bob"], Options::default());
    let frames = backup(&disk).about().frame;
    assert!(frames >= 2);
    let mut copy = backup(&folder(&["Gus"], Options::default()));
    copy.set_frame(5_000, 3);
    copy.restore_on(&disk, Path::new(DIR)).unwrap();
    for (path, bytes) in disk.files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains("Ada") && !text.contains("Bob"),
            "{}",
            path.display()
        );
    }
    let store = begin(&disk, Options::default());
    put(&store, 2, "Hal");
    close(store);
    assert!(backup(&disk).about().frame > 5_000);
}

#[test]
fn a_sealed_folder_is_copied_as_it_is() {
    let disk = folder(&["Ada"], keyed(1, &[]));
    let copy = backup(&disk);
    assert!(copy.is_sealed());
    copy.check_keys(&keyed(1, &[]).keys).unwrap();
    assert!(matches!(
        copy.check_keys(&keyed(2, &[]).keys),
        Err(OpenError::KeyWrong)
    ));
    let fresh = SimDisk::default();
    copy.restore_on(&fresh, Path::new(DIR)).unwrap();
    let store = begin(&fresh, keyed(1, &[]));
    assert_eq!(store.read(state).len(), 2);
    close(store);
}

#[test]
fn a_file_of_another_kind_or_version_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.backup");
    let read = |text: &str| {
        std::fs::write(&file, text).unwrap();
        Backup::read(&file).unwrap_err()
    };
    assert!(matches!(read("PK.."), BackupError::Foreign(_)));
    assert!(matches!(
        read("order-bot backup 2\nx"),
        BackupError::Newer { found: 2, .. }
    ));
    assert!(matches!(
        read("order-bot backup 1\n"),
        BackupError::Damaged { .. }
    ));
    assert!(matches!(
        read("order-bot backup 1\nabout {}\n"),
        BackupError::Damaged { .. }
    ));
}
