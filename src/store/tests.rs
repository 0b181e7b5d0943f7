#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod crash;
mod faults;
mod files;
mod keys;
mod model;
mod restore;
mod sim;
mod threads;

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use crate::store::{DataKey, KeyRing, Options, Record, Store, Table, View};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Customer {
    name: String,
}

impl Record for Customer {
    const TABLE: Table = Table::Customers;
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    name: String,
}

impl Record for Order {
    const TABLE: Table = Table::Orders;
}

fn customer(name: &str) -> Customer {
    Customer { name: name.into() }
}

fn order(name: &str) -> Order {
    Order { name: name.into() }
}

/// All that the tests put: what a folder should hold.
type State = BTreeMap<(Table, u64), String>;

fn state(view: View<'_>) -> State {
    let mut state = State::new();
    view.scan::<Customer>(|key, value| {
        state.insert((Table::Customers, key), value.unwrap().name);
    });
    view.scan::<Order>(|key, value| {
        state.insert((Table::Orders, key), value.unwrap().name);
    });
    state
}

fn customers_of(state: &State) -> State {
    let mut state = state.clone();
    state.retain(|(table, _), _| *table == Table::Customers);
    state
}

fn data_key(seed: u8) -> DataKey {
    use base64::{Engine, prelude::BASE64_STANDARD};
    DataKey::parse(&BASE64_STANDARD.encode([seed; 32])).unwrap()
}

fn keyed(current: u8, older: &[u8]) -> Options {
    Options {
        keys: KeyRing {
            current: Some(data_key(current)),
            older: older.iter().copied().map(data_key).collect(),
        },
        ..Options::default()
    }
}

fn open(dir: &Path) -> Store {
    Store::open(dir, Options::default()).unwrap().0
}

fn close(store: Store) {
    store
        .close_blocking(std::time::Duration::from_secs(30))
        .unwrap();
}

fn put(store: &Store, key: u64, name: &str) {
    let (result, commit) = store.transact(|tx| {
        tx.put(key, &customer(name))?;
        tx.put(key, &order(name))
    });
    result.unwrap();
    commit.wait().unwrap();
}
