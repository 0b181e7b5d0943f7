//! A session of commits, broken at every operation on the disk in turn, in every way that we know
//! a disk to break. Whatever is found afterwards must be a prefix of the session that holds all
//! that was reported durable.

use std::{path::Path, sync::Arc};

use super::{
    Customer, Order, State, customer, customers_of, keyed, order,
    sim::{Data, Fault, Names, SimDisk},
    state,
};
use crate::store::{
    OpenError, Options, Table, View,
    core::{Shared, Urgency},
    customers, finish, open,
    table::Tables,
    tx::Tx,
};

const DIR: &str = "/data";

pub(super) enum Step {
    Put(Table, u64, &'static str),
    Delete(Table, u64),
    /// One commit of several changes.
    Both(u64, &'static str),
    Flush,
    Refresh,
    Compact,
    Scrub,
    /// A clean stop and the next start, from then on with these options.
    Restart(fn() -> Options),
}

fn plain() -> Options {
    Options {
        segment_bytes: 200,
        ..Options::default()
    }
}

fn sealed() -> Options {
    Options {
        segment_bytes: 400,
        ..keyed(1, &[])
    }
}

fn resealed() -> Options {
    Options {
        segment_bytes: 400,
        ..keyed(2, &[1])
    }
}

fn script() -> Vec<Step> {
    use Step::*;
    use Table::{Customers, Orders};
    vec![
        Put(Customers, 1, "Ada"),
        Flush,
        Both(2, "Bob"),
        Put(Orders, 9, "soup"),
        Flush,
        Refresh,
        Delete(Customers, 1),
        Put(
            Orders,
            10,
            "a longer order that fills the segment to its end, and then some more",
        ),
        Flush,
        Both(3, "Eve"),
        Flush,
        Compact,
        Delete(Orders, 9),
        Both(4, "Dan"),
        Flush,
        Put(Customers, 2, "Bobby"),
        Restart(plain),
        Both(5, "Fay"),
        Delete(Customers, 3),
        Compact,
        Both(3, "Eva"),
        Flush,
        Delete(Orders, 3),
        Scrub,
        Put(Customers, 6, "Gus"),
        Restart(plain),
        Put(Orders, 6, "tea"),
        Flush,
    ]
}

/// The same, with a folder that becomes encrypted and then gets another key.
fn script_with_keys() -> Vec<Step> {
    use Step::*;
    use Table::{Customers, Orders};
    vec![
        Both(1, "Ada"),
        Flush,
        Put(Orders, 9, "soup"),
        Restart(sealed),
        Both(2, "Bob"),
        Delete(Customers, 1),
        Flush,
        Compact,
        Both(3, "Eve"),
        Flush,
        Restart(resealed),
        Both(4, "Dan"),
        Flush,
    ]
}

/// What a session did before it ended or broke.
pub(super) struct History {
    /// After each commit.
    pub(super) states: Vec<State>,
    /// The last of them that was reported durable.
    pub(super) durable: usize,
}

struct Session {
    disk: SimDisk,
    history: History,
    /// A failed step is tried again, as the threads would do.
    heals: bool,
}

impl Session {
    fn open(&self, options: &Options) -> Result<(Shared, open::Lock), OpenError> {
        let mut attempt = 0;
        loop {
            let disk = Arc::new(self.disk.clone());
            match open::open(disk, Path::new(DIR), options) {
                Err(_) if self.heals && attempt < 50 => attempt += 1,
                other => return other.map(|(shared, lock, _)| (shared, lock)),
            }
        }
    }

    fn change(&mut self, shared: &Shared, change: impl FnOnce(&mut Tx<'_>, &mut State)) {
        let core = shared.core();
        let mut tx = Tx::new(&core.tables, &shared.sealer);
        let mut state = self.history.states.last().unwrap().clone();
        change(&mut tx, &mut state);
        let writes = tx.into_writes();
        let _ = shared.commit(core, writes, Urgency::Now);
        self.history.states.push(state);
    }

    /// Does something with the disk, again and again if it may heal; false: it is broken.
    fn disk(&mut self, mut act: impl FnMut() -> std::io::Result<()>) -> bool {
        let mut left = if self.heals { 50 } else { 1 };
        loop {
            left -= 1;
            match act() {
                Ok(()) => return true,
                Err(_) if left > 0 => {}
                Err(_) => return false,
            }
        }
    }

    /// Notes what has been reported durable, after some step or in the middle of one.
    fn note(&mut self, shared: &Shared) {
        let behind = shared.core().last_seq - shared.durability.done();
        let last = self.history.states.len() - 1;
        self.history.durable = self
            .history
            .durable
            .max(last - usize::try_from(behind).unwrap());
    }

    /// False: the disk broke.
    fn run(&mut self, script: &[Step]) -> bool {
        let Ok((mut shared, mut lock)) = self.open(&plain()) else {
            return false;
        };
        for step in script {
            let going = match *step {
                Step::Put(table, key, name) => {
                    self.change(&shared, |tx, state| {
                        state.insert((table, key), name.to_owned());
                        match table {
                            Table::Customers => tx.put(key, &customer(name)).unwrap(),
                            _ => tx.put(key, &order(name)).unwrap(),
                        }
                    });
                    true
                }
                Step::Delete(table, key) => {
                    self.change(&shared, |tx, state| {
                        state.remove(&(table, key));
                        tx.remove(table, key);
                    });
                    true
                }
                Step::Both(key, name) => {
                    self.change(&shared, |tx, state| {
                        state.insert((Table::Customers, key), name.to_owned());
                        state.insert((Table::Orders, key), name.to_owned());
                        tx.put::<Customer>(key, &customer(name)).unwrap();
                        tx.put::<Order>(key, &order(name)).unwrap();
                    });
                    true
                }
                Step::Flush => self.disk(|| {
                    let seq = shared.core().last_seq;
                    shared.flush_until(seq)
                }),
                Step::Refresh => self.disk(|| shared.keeper().refresh(&shared)),
                Step::Compact => self.disk(|| shared.keeper().compact(&shared)),
                Step::Scrub => self.disk(|| open::rewrite(&shared)),
                Step::Restart(options) => {
                    let finished = self.disk(|| finish(&shared));
                    self.note(&shared);
                    if !finished {
                        return false;
                    }
                    drop(lock);
                    let Ok((opened, locked)) = self.open(&options()) else {
                        return false;
                    };
                    (shared, lock) = (opened, locked);
                    true
                }
            };
            self.note(&shared);
            if !going {
                return false;
            }
        }
        true
    }
}

pub(super) fn run(disk: &SimDisk, script: &[Step], heals: bool) -> (bool, History) {
    let mut session = Session {
        disk: disk.clone(),
        history: History {
            states: vec![State::new()],
            durable: 0,
        },
        heals,
    };
    let whole = session.run(script);
    (whole, session.history)
}

fn shared_state(shared: &Shared) -> State {
    let core = shared.core();
    state(View {
        tables: &core.tables,
        sealer: &shared.sealer,
    })
}

fn customers_file(disk: &SimDisk, shared: &Shared) -> Option<State> {
    let file = customers::read(disk, Path::new(DIR)).expect("readers find a whole file")?;
    let mut tables = Tables::new();
    *tables.rows_mut(Table::Customers) = file.rows.into_iter().collect();
    Some(state(View {
        tables: &tables,
        sealer: &shared.sealer,
    }))
}

/// Opens what a crash left, compares it with the history, and works on with it.
pub(super) fn check(image: &SimDisk, history: &History, options: &Options, what: &str) {
    let before = image.copy();
    let (shared, lock, _) = open::open(Arc::new(image.clone()), Path::new(DIR), options)
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let found = shared_state(&shared);
    let recovered = history.states.iter().rposition(|state| *state == found);
    let recovered = recovered.unwrap_or_else(|| panic!("{what}: {found:?} never was"));
    assert!(
        recovered >= history.durable,
        "{what}: a durable commit is lost: state {recovered}, not {}",
        history.durable
    );
    if let Some(file) = customers_file(&before, &shared) {
        let past = &history.states[..=recovered];
        let known = past.iter().any(|state| customers_of(state) == file);
        assert!(known, "{what}: customers.json was ahead of the journal");
    }
    assert_eq!(
        customers_file(image, &shared),
        Some(customers_of(&found)),
        "{what}: customers.json is complete after the start"
    );
    // The folder is as good as any other.
    let mut expected = found;
    expected.insert((Table::Orders, 77), "after".to_owned());
    let core = shared.core();
    let mut tx = Tx::new(&core.tables, &shared.sealer);
    tx.put(77, &order("after")).unwrap();
    let writes = tx.into_writes();
    let commit = shared.commit(core, writes, Urgency::Now);
    shared.flush_until(commit.seq()).unwrap();
    drop((shared, lock));
    let image = image.after_crash(Data::Lost, Names::Lost);
    let (shared, _lock, opened) = open::open(Arc::new(image), Path::new(DIR), options)
        .unwrap_or_else(|error| panic!("{what}, again: {error}"));
    assert_eq!(opened.torn_bytes_cut, 0, "{what}: cut twice");
    assert_eq!(shared_state(&shared), expected, "{what}, again");
}

const DATA: [Data; 5] = [
    Data::Lost,
    Data::Kept,
    Data::Torn,
    Data::Zeros,
    Data::Garbled,
];
const NAMES: [Names; 3] = [Names::Lost, Names::Kept, Names::Half];
/// A crash after an operation is the same as one before the next, with less reported durable.
const CRASHES: [Fault; 2] = [Fault::CrashBefore, Fault::CrashHalfway];

fn break_everywhere(script: &[Step], options: &Options) {
    let disk = SimDisk::default();
    let (whole, history) = run(&disk, script, false);
    assert!(whole && history.durable + 1 == history.states.len());
    let operations = disk.operations();
    assert!(operations > 50, "{operations} is no session");
    // The last round is a crash after everything.
    for at in 0..=operations {
        for crash in CRASHES {
            let disk = SimDisk::default();
            disk.plan(at..at + 1, crash);
            let (whole, history) = run(&disk, script, false);
            assert!(whole == (at == operations) && disk.crashed() != whole);
            for data in DATA {
                for names in NAMES {
                    let what = format!("operation {at}, {crash:?}, data {data:?}, names {names:?}");
                    check(&disk.after_crash(data, names), &history, options, &what);
                }
            }
        }
    }
}

#[test]
fn a_crash_at_any_operation_loses_nothing_that_was_durable() {
    break_everywhere(&script(), &plain());
}

#[test]
fn a_crash_while_the_folder_is_being_encrypted_or_gets_another_key_loses_nothing() {
    break_everywhere(&script_with_keys(), &resealed());
}

#[test]
fn a_crash_during_the_start_after_a_crash_loses_nothing() {
    let script = script_with_keys();
    let disk = SimDisk::default();
    run(&disk, &script, false);
    for at in 0..disk.operations() {
        let disk = SimDisk::default();
        disk.plan(at..at + 1, Fault::CrashHalfway);
        let (_, history) = run(&disk, &script, false);
        for (data, names) in [(Data::Torn, Names::Kept), (Data::Zeros, Names::Half)] {
            let first = disk.after_crash(data, names);
            for again in 0.. {
                let second = first.copy();
                second.plan(again..again + 1, Fault::CrashHalfway);
                let opened = open::open(Arc::new(second.clone()), Path::new(DIR), &resealed());
                drop(opened);
                if !second.crashed() {
                    break;
                }
                let names = NAMES[again % NAMES.len()];
                let what = format!("operation {at} {data:?}, then {again} {names:?}");
                check(
                    &second.after_crash(Data::Torn, names),
                    &history,
                    &resealed(),
                    &what,
                );
            }
        }
    }
}

#[test]
fn an_encrypted_folder_keeps_no_plain_copy_even_if_the_start_crashed() {
    let script = script_with_keys();
    let disk = SimDisk::default();
    run(&disk, &script, false);
    for at in 0..disk.operations() {
        let disk = SimDisk::default();
        disk.plan(at..at + 1, Fault::CrashHalfway);
        run(&disk, &script, false);
        let image = disk.after_crash(Data::Torn, Names::Kept);
        drop(open::open(Arc::new(image.clone()), Path::new(DIR), &resealed()).unwrap());
        for (path, bytes) in image.files() {
            let text = String::from_utf8_lossy(&bytes);
            // The quotes, because base64 may spell anything else.
            assert!(
                !text.contains("\"name"),
                "operation {at}: {}",
                path.display()
            );
        }
    }
}
