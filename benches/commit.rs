//! What a commit costs, and a start, with few customers and with many.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a benchmark that cannot set up should stop"
)]

use std::{fmt::Write as _, fs, path::Path, time::Duration};

use divan::{Bencher, counter::ItemsCount};
use order_bot::store::{Options, Record, Store, Table};
use serde::{Deserialize, Serialize};

const CUSTOMERS: [u64; 3] = [1_000, 100_000, 1_000_000];

#[derive(Serialize, Deserialize)]
struct Customer {
    name: String,
    phone: String,
    address: String,
    note: String,
}

impl Record for Customer {
    const TABLE: Table = Table::Customers;
}

#[derive(Serialize, Deserialize)]
struct Order {
    lines: String,
}

impl Record for Order {
    const TABLE: Table = Table::Orders;
}

/// About 225 bytes of JSON.
fn customer(key: u64) -> Customer {
    Customer {
        name: format!("Customer number {key:09}"),
        phone: format!("+1 555 {key:09}"),
        address: format!("{key} Long Street, second floor, door on the left"),
        note: "rings twice; no nuts; pays in cash and wants a receipt for it".into(),
    }
}

/// About 1,000 bytes of JSON.
fn order(key: u64) -> Order {
    Order {
        lines: format!("{key:08}").repeat(123),
    }
}

fn folder(customers: u64) -> tempfile::TempDir {
    // Beside the build, which is on a disk; the system's folder may be in memory.
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut text = String::from("{\"version\":1,\"customers\":{");
    for key in 0..customers {
        let comma = if key == 0 { "" } else { "," };
        let json = serde_json::to_string(&customer(key)).unwrap();
        write!(text, "{comma}\n\"{key}\":{json}").unwrap();
    }
    text.push_str("\n}}\n");
    fs::write(dir.path().join("customers.json"), text).unwrap();
    dir
}

fn open(dir: &Path) -> Store {
    Store::open(dir, Options::default()).unwrap().0
}

fn with_store(customers: u64, run: impl FnOnce(&Store)) {
    let dir = folder(customers);
    let store = open(dir.path());
    run(&store);
    store.close_blocking(Duration::from_secs(60)).unwrap();
}

/// One customer changed, waited for.
#[divan::bench(args = CUSTOMERS, sample_count = 2_000, sample_size = 1)]
fn one_durable_commit(bencher: Bencher<'_, '_>, customers: u64) {
    with_store(customers, |store| {
        let mut key = 0;
        bencher.bench_local(|| {
            key = (key + 7_919) % customers;
            let changed = customer(key);
            let (_, commit) = store.transact(|tx| tx.put(key, &changed).unwrap());
            commit.wait().unwrap();
        });
    });
}

/// A thousand customers changed in a thousand commits, the last waited for.
#[divan::bench(args = CUSTOMERS, sample_count = 100, sample_size = 1)]
fn a_thousand_commits_together(bencher: Bencher<'_, '_>, customers: u64) {
    with_store(customers, |store| {
        let mut key = 0;
        bencher.counter(ItemsCount::new(1_000_u32)).bench_local(|| {
            let commits = (0..1_000).map(|_| {
                key = (key + 7_919) % customers;
                let changed = customer(key);
                store.transact(|tx| tx.put(key, &changed).unwrap()).1
            });
            commits.last().unwrap().wait().unwrap();
        });
    });
}

/// A value of 1 KB changed in memory and queued, not waited for.
#[divan::bench(args = CUSTOMERS, sample_count = 200, sample_size = 100)]
fn one_transaction_of_1_kb(bencher: Bencher<'_, '_>, customers: u64) {
    with_store(customers, |store| {
        let order = order(1);
        let mut key = 0;
        bencher.bench_local(|| {
            key = (key + 1) % 10_000;
            store.transact(|tx| tx.put(key, &order).unwrap()).1
        });
    });
}

/// A start from `customers.json`.
#[divan::bench(args = CUSTOMERS, sample_count = 5, sample_size = 1)]
fn open_folder(bencher: Bencher<'_, '_>, customers: u64) {
    let dir = folder(customers);
    open(dir.path())
        .close_blocking(Duration::from_secs(60))
        .unwrap();
    bencher.bench_local(|| open(dir.path()));
}

fn main() {
    divan::main();
}
