//! The tables of the store: one line each, in one place.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident = $code:literal $text:literal,)*) => {
        /// A table: a map from `u64` keys to JSON values.
        ///
        /// The number is part of what seals a value and the name stands in the files, so neither
        /// may ever change or be given to another table. A new table takes the next number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Table {
            $($(#[$doc])* $name = $code,)*
        }

        impl Table {
            /// Every table, in the order of their numbers.
            pub const ALL: &'static [Table] = &[$(Table::$name),*];

            /// The name that stands in the files.
            pub const fn name(self) -> &'static str {
                match self { $(Table::$name => $text),* }
            }
        }
    };
}

tables! {
    /// Counters and marks of the bot itself. Never sealed, so nothing personal may stand here.
    Meta = 0 "meta",
    /// Updates that were received and are not yet applied.
    Inbox = 1 "inbox",
    /// Customers; on disk they live in `customers.json`.
    Customers = 2 "customers",
    /// Where each conversation stands.
    Conversations = 3 "conversations",
    /// Placed orders.
    Orders = 4 "orders",
    /// Effects that still have to reach Telegram or the sheet.
    Outbox = 5 "outbox",
    /// What was last shown in a message that is edited in place.
    Shown = 6 "shown",
    /// Values that could not be decoded, kept for a human.
    Quarantine = 7 "quarantine",
    /// Orders whose row in the ledger is behind.
    Rows = 8 "rows",
    /// Orders that wait for their payment.
    Payments = 9 "payments",
    /// Orders that are not over, and when to look at them.
    Watch = 10 "watch",
    /// What messages in the operator chat are about.
    Threads = 11 "threads",
}

impl Table {
    /// The stable number.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The table of that name, if this version knows it.
    pub fn from_name(name: &str) -> Option<Table> {
        Table::ALL
            .iter()
            .copied()
            .find(|table| table.name() == name)
    }

    /// Whether its values are sealed when the folder has a data key.
    pub const fn is_private(self) -> bool {
        !matches!(self, Table::Meta)
    }
}

/// A type that is kept in a table, as JSON.
///
/// Its JSON must not be an object that begins with the field `sealed`: that is the form of an
/// encrypted value.
pub trait Record: Serialize + DeserializeOwned {
    /// Where it is kept. Several types may share a table if their keys differ.
    const TABLE: Table;
}

type Rows = BTreeMap<u64, Box<str>>;

/// All values in memory, in exactly the form they have on disk.
///
/// Ordered maps, because a hash map of a million customers stops everybody while it grows, and
/// because the files are written in the order of the keys.
pub(super) struct Tables([Rows; Table::ALL.len()]);

impl Tables {
    pub(super) fn new() -> Self {
        Tables(std::array::from_fn(|_| Rows::new()))
    }

    pub(super) fn rows(&self, table: Table) -> &Rows {
        &self.0[usize::from(table.code())]
    }

    pub(super) fn rows_mut(&mut self, table: Table) -> &mut Rows {
        &mut self.0[usize::from(table.code())]
    }

    pub(super) fn get(&self, table: Table, key: u64) -> Option<&str> {
        self.rows(table).get(&key).map(|value| &**value)
    }

    /// Puts or, with `None`, deletes.
    pub(super) fn set(&mut self, table: Table, key: u64, value: Option<Box<str>>) {
        match value {
            Some(value) => self.rows_mut(table).insert(key, value),
            None => self.rows_mut(table).remove(&key),
        };
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(BTreeMap::len).sum()
    }
}
