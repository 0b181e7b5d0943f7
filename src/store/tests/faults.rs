//! A disk that refuses now and then: nothing is lost, and all heals by itself.

use super::{
    crash::{self, Step},
    sim::{Data, Errno, Fault, Names, Part, SimDisk},
};
use crate::store::{Options, Table};

fn options() -> Options {
    Options {
        segment_bytes: 200,
        ..Options::default()
    }
}

fn script() -> Vec<Step> {
    use Step::*;
    vec![
        Both(1, "Ada"),
        Flush,
        Both(2, "Bob"),
        Put(
            Table::Orders,
            9,
            "a long order that fills the segment to its very end, and more",
        ),
        Flush,
        Put(Table::Customers, 3, "Eve"),
        Refresh,
        Both(4, "Dan"),
        Flush,
        Compact,
        Both(5, "Fay"),
        Flush,
        Delete(Table::Customers, 1),
        Flush,
        Restart(options),
        Both(6, "Gus"),
        Flush,
        Scrub,
        Both(7, "Hal"),
        Flush,
    ]
}

/// Each way in which one operation can fail: as a full disk and as a broken one, before it has done anything, as a
/// short write, and when all is done.
fn ways() -> impl Iterator<Item = Fault> {
    let parts = [Part::Nothing, Part::Half, Part::All];
    let ways = parts.map(|part| [Errno::Full, Errno::Broken].map(|e| Fault::Error(e, part)));
    ways.into_iter().flatten()
}

#[test]
fn failures_of_any_length_at_any_operation_lose_nothing() {
    let disk = SimDisk::default();
    crash::run(&disk, &script(), false);
    let operations = disk.operations();
    let mut sessions = 0;
    for at in 0..operations {
        for length in [1, 2, 5, 20] {
            for fault in ways() {
                let disk = SimDisk::default();
                disk.plan(at..at + length, fault);
                let (whole, history) = crash::run(&disk, &script(), true);
                let what = format!("{length} times {fault:?} from operation {at}");
                assert!(whole, "{what}: it did not heal");
                assert_eq!(history.durable + 1, history.states.len(), "{what}");
                // The power cut shows what the disk really has.
                let image = disk.after_crash(Data::Lost, Names::Lost);
                crash::check(&image, &history, &options(), &what);
                sessions += 1;
            }
        }
    }
    assert_eq!(sessions, operations * 4 * 6);
    assert!(operations > 60, "{operations} operations are no session");
}

#[test]
fn a_crash_during_failures_loses_nothing_that_was_durable() {
    let disk = SimDisk::default();
    crash::run(&disk, &script(), false);
    for at in 0..disk.operations() {
        for fault in ways() {
            let disk = SimDisk::default();
            // Without healing the session ends at the failure: the state that a kill finds.
            disk.plan(at..at + 1, fault);
            let (_, history) = crash::run(&disk, &script(), false);
            for data in [Data::Lost, Data::Kept, Data::Torn, Data::Garbled] {
                for names in [Names::Lost, Names::Kept] {
                    let what = format!("{fault:?} at operation {at}, {data:?} {names:?}");
                    crash::check(&disk.after_crash(data, names), &history, &options(), &what);
                }
            }
        }
    }
}
