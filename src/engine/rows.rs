//! Rows that the ledger has still to write.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::records::RowPending;
use super::{Engine, lock};
use crate::ledger;
use crate::order::{Order, OrderNumber};
use crate::store::{Store, Table, Tx, TxError};

/// The orders whose row is behind, and since when.
#[derive(Debug, Default)]
pub(super) struct RowIndex(BTreeMap<OrderNumber, Timestamp>);

impl RowIndex {
    pub(super) fn load(store: &Store) -> Self {
        let mut rows = BTreeMap::new();
        store.scan::<RowPending>(|number, pending| {
            let since = pending.map_or_else(|_| Timestamp::now(), |pending| pending.since);
            rows.insert(number, since);
        });
        Self(rows)
    }
}

impl Engine {
    /// Notes in the transaction that an order's row is behind.
    pub(super) fn row_pending(
        &self,
        tx: &mut Tx<'_>,
        number: OrderNumber,
        since: Timestamp,
    ) -> Result<(), TxError> {
        let pending = tx
            .get::<RowPending>(number)?
            .unwrap_or(RowPending { since });
        tx.put(number, &pending)?;
        Ok(())
    }

    /// Wakes the ledger for rows whose orders are on disk.
    pub(super) fn rows_behind(&self, numbers: &[OrderNumber]) {
        if numbers.is_empty() {
            return;
        }
        let now = Timestamp::now();
        let mut rows = lock(&self.rows);
        for number in numbers {
            rows.0.entry(*number).or_insert(now);
        }
        drop(rows);
        self.rows_wake.notify_one();
    }
}

/// The engine's orders as the ledger's rows.
#[derive(Debug)]
pub struct PendingRows {
    engine: Arc<Engine>,
    zone: jiff::tz::TimeZone,
}

impl PendingRows {
    /// The rows of an engine, with times in the shop's zone.
    #[must_use]
    pub fn new(engine: Arc<Engine>, zone: jiff::tz::TimeZone) -> Self {
        Self { engine, zone }
    }
}

/// An order as a row of the ledger, with times in the shop's zone.
#[must_use]
pub fn row_of(order: &Order, zone: &jiff::tz::TimeZone) -> ledger::Row {
    let currency = crate::money::Currency::parse(&order.currency);
    let time = |at: Timestamp| {
        at.to_zoned(zone.clone())
            .strftime("%Y-%m-%dT%H:%M:%S%:z")
            .to_string()
    };
    let personal = |text: &Option<crate::privacy::PersonalText>| {
        text.as_ref()
            .map_or_else(String::new, |t| t.as_str().to_owned())
    };
    // Nobody's, once the customer was forgotten.
    let customer = Some(order.customer).filter(|id| *id != 0);
    let customer = customer.map_or_else(String::new, |id| id.to_string());
    let allergies: Vec<_> = order.allergies.iter().map(|a| a.as_str()).collect();
    let note = match (&order.note, &order.time) {
        (None, None) => String::new(),
        (Some(note), None) => note.as_str().to_owned(),
        (None, Some(when)) => format!("when: {}", when.as_str()),
        (Some(note), Some(when)) => format!("{}; when: {}", note.as_str(), when.as_str()),
    };
    let cells = [
        order.id.to_string(),
        time(order.placed_at),
        order.status.as_str().to_owned(),
        customer,
        personal(&order.name),
        personal(&order.phone),
        order.fulfilment.as_str().to_owned(),
        personal(&order.address),
        order.items_text(),
        allergies.join("; "),
        note,
        currency.map_or_else(|| order.total.minor().to_string(), |c| c.plain(order.total)),
        order.currency.clone(),
        order.payment_word(),
        order.source.as_str().to_owned(),
        time(order.updated_at),
    ];
    ledger::Row::new(cells.map(shortened))
}

/// Google refuses a whole call for one cell above 50,000 characters. (Sheets API, cell limits)
fn shortened(cell: String) -> String {
    const LONGEST: usize = 49_000;
    match cell.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", cell.get(..end).unwrap_or_default()),
        None => cell,
    }
}

impl ledger::Source for PendingRows {
    fn pending(&self, limit: usize) -> Vec<(ledger::Row, u64)> {
        let numbers: Vec<_> = lock(&self.engine.rows)
            .0
            .keys()
            .take(limit)
            .copied()
            .collect();
        let mut rows = Vec::with_capacity(numbers.len());
        for number in numbers {
            match self.engine.store.get::<Order>(number) {
                Ok(Some(order)) => rows.push((row_of(&order, &self.zone), order.version)),
                // Without the order there is no row to write; it must not hold up the others.
                _ => {
                    tracing::error!(
                        order.number = number,
                        "an order whose row is behind cannot be read"
                    );
                    lock(&self.engine.rows).0.remove(&number);
                }
            }
        }
        rows
    }

    fn written(&self, done: &[(String, u64)]) {
        let engine = &self.engine;
        let numbers = done.iter().filter_map(|(id, version)| {
            let number = crate::order::OrderId::number(&engine.tag, id)?;
            Some((number, *version))
        });
        let result = engine.transact(|tx| {
            let mut written = Vec::new();
            for (number, version) in numbers {
                // An order that changed while its row was on its way stays behind.
                let current = tx.get::<Order>(number)?.map(|order| order.version);
                if current.is_none_or(|current| current == version) {
                    tx.delete::<RowPending>(number);
                    written.push(number);
                }
            }
            let mut rows = lock(&engine.rows);
            for number in written {
                rows.0.remove(&number);
            }
            Ok(())
        });
        for (id, version) in done {
            tracing::debug!(order.id = %id, order.version = version, "the row of an order is written");
        }
        if let Err(e) = result {
            tracing::error!(error = %e, "written rows could not be marked");
        }
    }

    fn row(&self, order_id: &str) -> Option<(ledger::Row, u64)> {
        let number = crate::order::OrderId::number(&self.engine.tag, order_id)?;
        let order = self.engine.store.get::<Order>(number).ok().flatten()?;
        Some((row_of(&order, &self.zone), order.version))
    }

    fn behind(&self, order_ids: &[String]) {
        let engine = &self.engine;
        let numbers = order_ids
            .iter()
            .filter_map(|id| crate::order::OrderId::number(&engine.tag, id));
        let now = Timestamp::now();
        let result = engine.transact(|tx| {
            let mut behind = Vec::new();
            for number in numbers {
                if tx.contains(Table::Orders, number) {
                    engine.row_pending(tx, number, now)?;
                    behind.push(number);
                }
            }
            Ok(behind)
        });
        match result {
            // Not waited for: it is on its way to the disk before the call that it is for leaves this machine.
            Ok((behind, _commit)) => {
                let mut rows = lock(&engine.rows);
                for number in behind {
                    rows.0.entry(number).or_insert(now);
                }
            }
            Err(e) => tracing::error!(error = %e, "rows could not be marked as behind"),
        }
    }

    fn backlog(&self) -> (usize, Duration) {
        let rows = lock(&self.engine.rows);
        let oldest = rows.0.values().min();
        let age = oldest.map_or(Duration::ZERO, |at| {
            Timestamp::now().duration_since(*at).unsigned_abs()
        });
        (rows.0.len(), age)
    }
}
