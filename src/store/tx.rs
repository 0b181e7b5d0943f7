//! Reading and changing the tables in memory.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::Bound,
};

use serde::{Deserialize, Serialize};

use crate::store::{
    Record, Table, Undecodable, Unencodable,
    error::json_class,
    seal::{Sealer, is_sealed},
    table::Tables,
};

/// The most that one transaction may write, in bytes.
const MAX_BYTES: usize = 64 << 20;

/// A look at the tables at one moment.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub(super) tables: &'a Tables,
    pub(super) sealer: &'a Sealer,
}

impl View<'_> {
    /// The value of a key.
    pub fn get<T: Record>(&self, key: u64) -> Result<Option<T>, Undecodable> {
        let stored = self.tables.get(T::TABLE, key);
        stored
            .map(|stored| decode(self.sealer, T::TABLE, key, stored))
            .transpose()
    }

    /// Whether the key has a value, decodable or not.
    pub fn contains(&self, table: Table, key: u64) -> bool {
        self.tables.get(table, key).is_some()
    }

    /// How many values a table has.
    pub fn len(&self, table: Table) -> usize {
        self.tables.rows(table).len()
    }

    /// Whether a table has no values.
    pub fn is_empty(&self, table: Table) -> bool {
        self.len(table) == 0
    }

    /// The least key of a table.
    pub fn first_key(&self, table: Table) -> Option<u64> {
        let first = self.tables.rows(table).first_key_value();
        first.map(|(key, _)| *key)
    }

    /// The greatest key of a table.
    pub fn last_key(&self, table: Table) -> Option<u64> {
        let last = self.tables.rows(table).last_key_value();
        last.map(|(key, _)| *key)
    }

    /// Up to `most` values with keys above `after`, in the order of the keys; the last key among
    /// them. `None`: there are no more. For looking through a large table a piece at a time.
    pub fn scan_piece<T: Record>(
        &self,
        after: Option<u64>,
        most: usize,
        mut each: impl FnMut(u64, Result<T, Undecodable>),
    ) -> Option<u64> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let piece = self.tables.rows(T::TABLE).range((from, Bound::Unbounded));
        let mut last = None;
        for (&key, stored) in piece.take(most) {
            each(key, decode(self.sealer, T::TABLE, key, stored));
            last = Some(key);
        }
        last
    }

    /// The JSON of a value, as it is; its stored form if that does not open.
    pub fn json(&self, table: Table, key: u64) -> Option<Cow<'_, str>> {
        let stored = self.tables.get(table, key)?;
        let opened = self.sealer.open(table, key, stored);
        Some(opened.unwrap_or(Cow::Borrowed(stored)))
    }

    /// The keys of a table, in their order.
    pub fn keys(&self, table: Table) -> impl Iterator<Item = u64> {
        self.tables.rows(table).keys().copied()
    }

    /// The keys of a table from `first` on, in their order.
    pub fn keys_from(&self, table: Table, first: u64) -> impl Iterator<Item = u64> {
        let from = self.tables.rows(table).range(first..);
        from.map(|(key, _)| *key)
    }

    /// Every value of a table, in the order of the keys. Meant for the start: nobody commits
    /// meanwhile.
    pub fn scan<T: Record>(&self, mut each: impl FnMut(u64, Result<T, Undecodable>)) {
        for (&key, stored) in self.tables.rows(T::TABLE) {
            each(key, decode(self.sealer, T::TABLE, key, stored));
        }
    }
}

fn decode<T: Record>(
    sealer: &Sealer,
    table: Table,
    key: u64,
    stored: &str,
) -> Result<T, Undecodable> {
    let undecodable = |why| Undecodable { table, key, why };
    let json = sealer
        .open(table, key, stored)
        .map_err(|error| undecodable(error.why()))?;
    serde_json::from_str(&json).map_err(|error| undecodable(json_class(&error)))
}

type Writes = BTreeMap<(Table, u64), Option<Box<str>>>;

/// Changes that become visible, and durable, together or not at all.
pub struct Tx<'a> {
    before: View<'a>,
    writes: Writes,
    bytes: usize,
}

impl<'a> Tx<'a> {
    pub(super) fn new(tables: &'a Tables, sealer: &'a Sealer) -> Self {
        Tx {
            before: View { tables, sealer },
            writes: BTreeMap::new(),
            bytes: 0,
        }
    }

    pub(super) fn into_writes(self) -> Writes {
        self.writes
    }

    /// The tables without this transaction's own changes.
    #[must_use]
    pub fn before(&self) -> View<'a> {
        self.before
    }

    /// The value of a key, with this transaction's own changes.
    pub fn get<T: Record>(&self, key: u64) -> Result<Option<T>, Undecodable> {
        let stored = self.stored(T::TABLE, key);
        stored
            .map(|stored| decode(self.before.sealer, T::TABLE, key, stored))
            .transpose()
    }

    /// Whether the key has a value, decodable or not.
    pub fn contains(&self, table: Table, key: u64) -> bool {
        self.stored(table, key).is_some()
    }

    /// The keys of a table above `after`, in their order, with this transaction's own changes.
    pub fn keys(&self, table: Table, after: Option<u64>) -> Vec<u64> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let before = self.before.tables.rows(table);
        let before = before.range((from, Bound::Unbounded));
        let mut keys: BTreeSet<u64> = before.map(|(key, _)| *key).collect();
        for ((of, key), value) in &self.writes {
            if *of != table || after.is_some_and(|after| *key <= after) {
                continue;
            }
            if value.is_some() {
                keys.insert(*key);
            } else {
                keys.remove(key);
            }
        }
        keys.into_iter().collect()
    }

    /// The JSON of a value, as it is; its stored form if that does not open.
    pub fn json(&self, table: Table, key: u64) -> Option<Cow<'_, str>> {
        let stored = self.stored(table, key)?;
        let opened = self.before.sealer.open(table, key, stored);
        Some(opened.unwrap_or(Cow::Borrowed(stored)))
    }

    fn stored(&self, table: Table, key: u64) -> Option<&str> {
        match self.writes.get(&(table, key)) {
            Some(written) => written.as_deref(),
            None => self.before.tables.get(table, key),
        }
    }

    /// Sets the value of a key. Fails for a type that JSON cannot hold (a map with keys that are
    /// no strings), over 64 MiB in one transaction, or when the system has no random numbers.
    pub fn put<T: Record>(&mut self, key: u64, value: &T) -> Result<(), Unencodable> {
        let unencodable = |why| Unencodable {
            table: T::TABLE,
            why,
        };
        let json = serde_json::to_string(value).map_err(|error| unencodable(json_class(&error)))?;
        if self.bytes + json.len() > MAX_BYTES {
            return Err(unencodable("too large"));
        }
        self.bytes += json.len();
        let stored = self
            .before
            .sealer
            .seal(T::TABLE, key, json)
            .ok_or_else(|| unencodable("the system gives no random numbers"))?;
        self.writes.insert((T::TABLE, key), Some(stored));
        Ok(())
    }

    /// Removes the value of a key, if there is one.
    pub fn delete<T: Record>(&mut self, key: u64) {
        self.remove(T::TABLE, key);
    }

    /// The same where the type does not matter.
    pub fn remove(&mut self, table: Table, key: u64) {
        if self.contains(table, key) {
            self.writes.insert((table, key), None);
        }
    }

    /// The next number of a sequence: 1, 2, 3… The last one given stands in [`Table::Meta`]
    /// under `sequence`, a key that the caller reserves for it.
    pub fn next_id(&mut self, sequence: u64) -> Result<u64, crate::store::TxError> {
        let last = self.get::<Sequence>(sequence)?.unwrap_or(Sequence(0));
        let next = Sequence(last.0 + 1);
        self.put(sequence, &next)?;
        Ok(next.0)
    }

    /// Moves a value that cannot be decoded to [`Table::Quarantine`], as it is, so that its key
    /// can begin anew and a human can look at what was there. Gives its key there.
    pub fn set_aside(&mut self, table: Table, key: u64) -> Result<Option<u64>, Unencodable> {
        let Some(stored) = self.stored(table, key) else {
            return Ok(None);
        };
        let text = match self.before.sealer.open(table, key, stored) {
            Ok(json) => json.into_owned(),
            Err(_) => stored.to_owned(),
        };
        let quarantined = Quarantined {
            table: table.name().to_owned(),
            key,
            text,
        };
        let place = self.free_key(Table::Quarantine);
        self.put(place, &quarantined)?;
        self.remove(table, key);
        Ok(Some(place))
    }

    /// One more than the greatest key of a table.
    fn free_key(&self, table: Table) -> u64 {
        let before = self.before.last_key(table);
        let written = self
            .writes
            .range((table, 0)..=(table, u64::MAX))
            .next_back()
            .map(|((_, key), _)| *key);
        before.max(written).map_or(1, |last| last.saturating_add(1))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Sequence(u64);

impl Record for Sequence {
    const TABLE: Table = Table::Meta;
}

/// A value that could not be decoded, with where it stood. Cannot be printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// The name of its table.
    pub table: String,
    /// Its key there.
    pub key: u64,
    /// Its JSON, or its sealed form if that did not open.
    pub text: String,
}

impl Record for Quarantined {
    const TABLE: Table = Table::Quarantine;
}

impl fmt::Debug for Quarantined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Quarantined({} {}, ..)", self.table, self.key)
    }
}

/// Brings every value to the current key; how many were changed, and how many of those did not
/// open and were set aside.
pub(super) fn reseal(tables: &mut Tables, sealer: &Sealer) -> Result<(usize, usize), Unencodable> {
    let (mut changed, mut aside) = (0, 0);
    for &table in Table::ALL {
        let stale: Vec<u64> = tables
            .rows(table)
            .iter()
            .filter(|(_, stored)| !sealer.is_current(table, stored))
            .map(|(key, _)| *key)
            .collect();
        for key in stale {
            changed += 1;
            let stored = tables.get(table, key).unwrap_or_default();
            let Ok(json) = sealer.open(table, key, stored) else {
                let mut tx = Tx::new(tables, sealer);
                tx.set_aside(table, key)?;
                aside += 1;
                for ((table, key), value) in tx.into_writes() {
                    tables.set(table, key, value);
                }
                continue;
            };
            let sealed = sealer.seal(table, key, json.into_owned());
            let sealed = sealed.ok_or(Unencodable {
                table,
                why: "the system gives no random numbers",
            })?;
            tables.set(table, key, Some(sealed));
        }
    }
    Ok((changed, aside))
}

/// Whether any value has the sealed form.
pub(super) fn any_sealed(tables: &Tables) -> bool {
    Table::ALL
        .iter()
        .filter(|table| table.is_private())
        .any(|&table| tables.rows(table).values().any(|stored| is_sealed(stored)))
}
