//! Many at once, with the real threads and the real disk.

use std::{
    future::Future,
    path::Path,
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, Wake},
    thread,
    time::Duration,
};

use super::{
    Customer, Order, close, customer, order, put,
    sim::{Data, Errno, Fault, Names, Part, SimDisk},
    state,
};
use crate::store::{Closed, KeyRing, Options, Store, Table};

fn busy() -> Options {
    Options {
        customers_interval: Duration::ZERO,
        segment_bytes: 2_000,
        ..Options::default()
    }
}

/// Four threads that commit; each value says how often its key was written.
fn write_much(store: &Store, rounds: u64) -> Vec<thread::JoinHandle<()>> {
    let write = |key: u64| {
        let store = store.clone();
        thread::spawn(move || {
            for round in 1..=rounds {
                let (_, commit) = store.transact(|tx| {
                    tx.put(key, &customer(&round.to_string())).unwrap();
                    tx.put(key, &order(&round.to_string())).unwrap();
                    tx.put(1_000 + key * rounds + round, &order("-")).unwrap();
                });
                commit.wait().unwrap();
            }
        })
    };
    (0..4).map(write).collect()
}

fn check_all(store: &Store, rounds: u64) {
    assert_eq!(
        store.read(|view| view.len(Table::Orders)),
        4 + 4 * rounds as usize
    );
    for key in 0..4 {
        assert_eq!(store.get(key).unwrap(), Some(customer(&rounds.to_string())));
        assert_eq!(store.get(key).unwrap(), Some(order(&rounds.to_string())));
    }
}

#[test]
fn compaction_and_refreshing_beside_commits_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), busy()).unwrap();
    let writers = write_much(&store, 300);
    while writers.iter().any(|writer| !writer.is_finished()) {
        let shared = &store.0.shared;
        shared.keeper().compact(shared).unwrap();
    }
    writers
        .into_iter()
        .for_each(|writer| writer.join().unwrap());
    check_all(&store, 300);
    close(store);
    let (store, opened) = Store::open(dir.path(), busy()).unwrap();
    assert!(!opened.customers_completed, "complete after a stop");
    check_all(&store, 300);
}

#[test]
fn readers_of_the_customers_file_always_see_all_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), busy()).unwrap();
    let path = dir.path().join("customers.json");
    let writers = write_much(&store, 200);
    let mut seen = 0;
    while writers.iter().any(|writer| !writer.is_finished()) || seen == 0 {
        let text = std::fs::read_to_string(&path).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["version"], 1);
        for (_, customer) in json["customers"].as_object().unwrap() {
            let round: u64 = customer["name"].as_str().unwrap().parse().unwrap();
            seen = seen.max(round);
        }
    }
    writers
        .into_iter()
        .for_each(|writer| writer.join().unwrap());
    close(store);
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches("\"200\"").count(), 4);
}

#[test]
fn a_reader_beside_the_writer_sees_whole_transactions_and_all_that_was_durable() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), busy()).unwrap();
    put(&store, 0, "0");
    let writers = write_much(&store, 300);
    while writers.iter().any(|writer| !writer.is_finished()) {
        let durable: Vec<u64> = (0..4)
            .map(|key| round(store.get::<Order>(key).unwrap()))
            .collect();
        store.transact(|_| ()).1.wait().unwrap();
        let reader = Store::open_read_only(dir.path(), &KeyRing::default()).unwrap();
        for key in 0..4 {
            let found = round(reader.view().get::<Order>(key).unwrap());
            assert!(found >= durable[key as usize]);
            let rows = 1_000 + key * 300;
            for row in 1..=300 {
                let there = reader.view().contains(Table::Orders, rows + row);
                assert_eq!(there, row <= found, "key {key}, row {row}, round {found}");
            }
        }
    }
    writers
        .into_iter()
        .for_each(|writer| writer.join().unwrap());
    close(store);
    let reader = Store::open_read_only(dir.path(), &KeyRing::default()).unwrap();
    assert_eq!(
        reader.view().get::<Customer>(3).unwrap(),
        Some(customer("300"))
    );
}

fn round(order: Option<Order>) -> u64 {
    order.map_or(0, |order| order.name.parse().unwrap())
}

#[test]
fn reading_alone_changes_no_file_and_needs_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let reader = Store::open_read_only(dir.path(), &KeyRing::default()).unwrap();
    assert!(state(reader.view()).is_empty());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    let nowhere = dir.path().join("nowhere");
    assert!(Store::open_read_only(&nowhere, &KeyRing::default()).is_err());
}

#[tokio::test]
async fn a_disk_that_refuses_keeps_commits_waiting_and_then_heals() {
    let disk = SimDisk::default();
    let open = |disk: &SimDisk| {
        let disk = Arc::new(disk.clone());
        let options = Options {
            customers_interval: Duration::from_secs(3_600),
            ..Options::default()
        };
        Store::open_on(disk, Path::new("/data"), options).unwrap().0
    };
    let store = open(&disk);
    let mut health = store.watch_health();
    disk.plan(0..4, Fault::Error(Errno::Full, Part::Half));
    let (_, commit) = store.transact(|tx| tx.put(1, &order("kept")).unwrap());
    health.changed().await.unwrap();
    let trouble = health.borrow_and_update().failing().cloned().unwrap();
    assert!(
        trouble.full && trouble.class.contains("No space left"),
        "{trouble:?}"
    );
    assert_eq!(store.status().pending_commits, 1);
    commit.durable().await.unwrap();
    health
        .wait_for(|health| health.failing().is_none())
        .await
        .unwrap();
    assert_eq!(store.status().pending_commits, 0);
    store.close(Duration::from_secs(5)).await.unwrap();
    assert_eq!(open(&disk).get(1).unwrap(), Some(order("kept")));
}

#[tokio::test]
async fn a_store_that_cannot_flush_says_what_is_lost() {
    let disk = SimDisk::default();
    let (store, _) = Store::open_on(
        Arc::new(disk.clone()),
        Path::new("/data"),
        Options::default(),
    )
    .unwrap();
    disk.plan(0..usize::MAX, Fault::Error(Errno::Full, Part::Half));
    let (_, commit) = store.transact(|tx| tx.put(1, &order("lost")).unwrap());
    let error = store.close(Duration::from_millis(150)).await.unwrap_err();
    assert_eq!(error.commits_lost, 1);
    assert_eq!(commit.durable().await, Err(Closed));
    let (_, late) = store.transact(|tx| tx.put(2, &order("late")).unwrap());
    assert_eq!(late.durable().await, Err(Closed));
}

#[test]
fn a_batch_wakes_nobody_who_waits_for_a_later_one() {
    #[derive(Default)]
    struct Count(AtomicU64);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let durability = Arc::new(crate::store::commit::Durability::default());
    let commit = |seq| crate::store::Commit {
        durability: Arc::clone(&durability),
        seq,
    };
    let (first, second) = (commit(1), commit(2));
    let (early, late) = (Arc::new(Count::default()), Arc::new(Count::default()));
    let mut one = Box::pin(first.durable());
    let mut two = Box::pin(second.durable());
    let mut poll = |count: &Arc<Count>, second: bool| {
        let waker = Arc::clone(count).into();
        let mut context = Context::from_waker(&waker);
        if second {
            two.as_mut().poll(&mut context)
        } else {
            one.as_mut().poll(&mut context)
        }
    };
    assert_eq!(poll(&early, false), Poll::Pending);
    assert_eq!(poll(&late, true), Poll::Pending);
    durability.advance(1);
    assert_eq!(early.0.load(Ordering::SeqCst), 1);
    assert_eq!(late.0.load(Ordering::SeqCst), 0);
    assert_eq!(poll(&early, false), Poll::Ready(Ok(())));
    durability.close();
    assert_eq!(poll(&late, true), Poll::Ready(Err(Closed)));
}

#[test]
fn many_commits_share_a_sync() {
    let disk = SimDisk::default();
    let (store, _) = Store::open_on(
        Arc::new(disk.clone()),
        Path::new("/data"),
        Options::default(),
    )
    .unwrap();
    disk.plan(0..0, Fault::CrashBefore);
    let start = Arc::new(Barrier::new(2));
    let going = Arc::new(AtomicBool::new(true));
    // Holding the writer's lock stands for a disk that is busy.
    let shared = Arc::clone(&store.0.shared);
    let busy = {
        let (start, going) = (Arc::clone(&start), Arc::clone(&going));
        thread::spawn(move || {
            let _writer = shared.writer();
            start.wait();
            while going.load(Ordering::SeqCst) {
                thread::yield_now();
            }
        })
    };
    start.wait();
    let commits: Vec<_> = (0..1_000)
        .map(|key| store.transact(|tx| tx.put(key, &order("x")).unwrap()).1)
        .collect();
    going.store(false, Ordering::SeqCst);
    busy.join().unwrap();
    commits.iter().for_each(|commit| commit.wait().unwrap());
    assert!(disk.operations() <= 6, "{} operations", disk.operations());
}

#[test]
fn a_commit_that_is_not_urgent_is_durable_soon_by_itself_and_never_after_a_later_one() {
    let disk = SimDisk::default();
    let open = |disk: &SimDisk| {
        let disk = Arc::new(disk.clone());
        let opened = Store::open_on(disk, Path::new("/data"), Options::default());
        opened.unwrap().0
    };
    let store = open(&disk);
    let soon = |key| {
        let put = store.try_transact_soon(|tx| tx.put(key, &order("soon")));
        put.unwrap().1
    };
    // Nothing else comes that would take it along.
    soon(1).wait().unwrap();
    let _ = soon(2);
    let (_, urgent) = store.transact(|tx| tx.put(3, &order("now")).unwrap());
    urgent.wait().unwrap();
    let store = open(&disk.after_crash(Data::Lost, Names::Lost));
    for key in 1..=3 {
        let found = store.get::<Order>(key).unwrap();
        assert!(found.is_some(), "order {key}");
    }
}

#[test]
fn a_crash_while_all_threads_work_leaves_a_prefix_with_all_that_was_durable() {
    for at in 0..120 {
        let disk = SimDisk::default();
        let open = |disk: &SimDisk| {
            Store::open_on(Arc::new(disk.clone()), Path::new("/data"), busy())
                .unwrap()
                .0
        };
        let store = open(&disk);
        disk.plan(at..at + 1, Fault::CrashHalfway);
        let committing = store.clone();
        let committer = thread::spawn(move || {
            for key in 1.. {
                let (_, commit) = committing.transact(|tx| {
                    tx.put(key, &customer(&"x".repeat(200))).unwrap();
                    tx.put(key, &order(&"x".repeat(200))).unwrap();
                });
                // Most go together, some are waited for.
                if key % 5 == 0 && commit.wait().is_err() {
                    return key - 5;
                }
            }
            unreachable!("the disk breaks before")
        });
        while !disk.crashed() {
            thread::yield_now();
        }
        assert!(store.close_blocking(Duration::ZERO).is_err());
        let durable = committer.join().unwrap();
        for (data, names) in [
            (Data::Lost, Names::Lost),
            (Data::Torn, Names::Kept),
            (Data::Garbled, Names::Half),
        ] {
            let store = open(&disk.after_crash(data, names));
            let (customers, orders, last) = store.read(|view| {
                (
                    view.len(Table::Customers) as u64,
                    view.len(Table::Orders) as u64,
                    view.last_key(Table::Orders).unwrap_or(0),
                )
            });
            assert_eq!((customers, orders), (last, last), "operation {at}");
            assert!(last >= durable, "operation {at}: {last} of {durable}");
            close(store);
        }
    }
}
