//! Any transactions, any stops: the store equals a map.

use proptest::prelude::*;

use super::{Customer, Order, State, customer, keyed, order, state};
use crate::store::{Options, Store, Table};

#[derive(Clone, Debug)]
enum Action {
    Change(Vec<(bool, u64, Option<String>)>),
    /// A closure that changes its mind.
    Refuse(u64),
    Compact,
    Refresh,
    Reopen,
    /// As after a kill: no file is completed, nothing is marked.
    Kill,
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let change = (
        any::<bool>(),
        0..8_u64,
        proptest::option::of("[a-zé\"\\\\\n-]{0,12}"),
    );
    let action = prop_oneof![
        8 => proptest::collection::vec(change, 0..4).prop_map(Action::Change),
        1 => (0..8_u64).prop_map(Action::Refuse),
        1 => Just(Action::Compact),
        1 => Just(Action::Refresh),
        1 => Just(Action::Reopen),
        1 => Just(Action::Kill),
    ];
    proptest::collection::vec(action, 1..30)
}

fn check(actions: Vec<Action>, options: &Options) {
    use std::{path::Path, sync::Arc};

    use super::sim::{Data, Names, SimDisk};
    let mut disk = SimDisk::default();
    let open = |disk: &SimDisk| {
        let disk = Arc::new(disk.clone());
        Store::open_on(disk, Path::new("/data"), options.clone())
            .unwrap()
            .0
    };
    let mut model = State::new();
    let mut store = open(&disk);
    for action in actions {
        match action {
            Action::Change(changes) => {
                let ((), commit) = store.transact(|tx| {
                    for (is_order, key, value) in changes {
                        let (table, before) = if is_order {
                            let before = tx.get::<Order>(key).unwrap().map(|order| order.name);
                            (Table::Orders, before)
                        } else {
                            let before = tx.get::<Customer>(key).unwrap().map(|c| c.name);
                            (Table::Customers, before)
                        };
                        assert_eq!(before, model.get(&(table, key)).cloned());
                        match &value {
                            None => {
                                model.remove(&(table, key));
                                tx.remove(table, key);
                            }
                            Some(name) => {
                                model.insert((table, key), name.clone());
                                if is_order {
                                    tx.put(key, &order(name)).unwrap();
                                } else {
                                    tx.put(key, &customer(name)).unwrap();
                                }
                            }
                        }
                    }
                });
                commit.wait().unwrap();
            }
            Action::Refuse(key) => {
                let refused = store.try_transact(|tx| {
                    tx.put(key, &order("refused")).unwrap();
                    Err::<(), ()>(())
                });
                assert!(refused.is_err());
            }
            Action::Compact => {
                let shared = &store.0.shared;
                shared.keeper().compact(shared).unwrap();
            }
            Action::Refresh => {
                let shared = &store.0.shared;
                shared.keeper().refresh(shared).unwrap();
            }
            Action::Reopen => {
                super::close(store);
                store = open(&disk);
            }
            Action::Kill => {
                disk = disk.after_crash(Data::Lost, Names::Lost);
                store = open(&disk);
            }
        }
        assert_eq!(store.read(state), model);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_is_a_map_whatever_happens(actions in actions()) {
        check(actions, &Options { segment_bytes: 300, ..Options::default() });
    }

    #[test]
    fn an_encrypted_store_is_a_map_whatever_happens(actions in actions()) {
        check(actions, &Options { segment_bytes: 300, ..keyed(1, &[]) });
    }
}
