//! A source of rows in memory, and ledgers with short times.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::super::sheet::Tempo;
use super::super::{COLUMNS, GoogleSettings, Ledger, Row, Source, Version};
use super::grid::Grid;
use crate::metrics::Metrics;

/// Orders with their status, their version and the version that is written.
#[derive(Default)]
pub(crate) struct Shop {
    orders: Mutex<BTreeMap<String, (String, Version, Version)>>,
    forgetful: AtomicBool,
    done: tokio::sync::Notify,
}

impl Shop {
    pub(crate) fn set(&self, id: &str, status: &str) {
        let mut orders = self.orders.lock().unwrap();
        let order = orders.entry(id.to_owned()).or_default();
        order.0 = status.to_owned();
        order.1 += 1;
    }

    /// `id:status` of all orders, sorted.
    pub(crate) fn orders(&self) -> Vec<String> {
        let orders = self.orders.lock().unwrap();
        orders
            .iter()
            .map(|(id, order)| format!("{id}:{}", order.0))
            .collect()
    }

    pub(crate) fn set_all(&self, ids: &[&str], status: &str) {
        for id in ids {
            self.set(id, status);
        }
    }

    /// As if the process died before it could mark rows as written.
    pub(crate) fn forgetful(&self, forgetful: bool) {
        self.forgetful.store(forgetful, Ordering::Relaxed);
    }

    pub(crate) async fn all_written(&self) {
        let all = async {
            while self.backlog().0 > 0 {
                self.done.notified().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), all)
            .await
            .expect("not written");
    }
}

fn row(id: &str, status: &str) -> Row {
    let mut cells = COLUMNS.map(|_| String::new());
    cells[0] = id.to_owned();
    cells[2] = status.to_owned();
    cells[5] = "+49 30 1".to_owned();
    cells[7] = "12 High Street,\n\"Flat\" 3".to_owned();
    Row::new(cells)
}

impl Source for Shop {
    fn pending(&self, limit: usize) -> Vec<(Row, Version)> {
        let orders = self.orders.lock().unwrap();
        let pending = orders.iter().filter(|(_, order)| order.1 > order.2);
        pending
            .take(limit)
            .map(|(id, order)| (row(id, &order.0), order.1))
            .collect()
    }

    fn written(&self, done: &[(String, Version)]) {
        if self.forgetful.load(Ordering::Relaxed) {
            return;
        }
        let mut orders = self.orders.lock().unwrap();
        for (id, version) in done {
            let order = orders.get_mut(id).unwrap();
            order.2 = order.2.max(*version);
        }
        self.done.notify_one();
    }

    fn row(&self, id: &str) -> Option<(Row, Version)> {
        let orders = self.orders.lock().unwrap();
        orders.get(id).map(|order| (row(id, &order.0), order.1))
    }

    fn behind(&self, ids: &[String]) {
        let mut orders = self.orders.lock().unwrap();
        for id in ids {
            if let Some(order) = orders.get_mut(id) {
                order.2 = 0;
            }
        }
    }

    fn backlog(&self) -> (usize, Duration) {
        (self.pending(usize::MAX).len(), Duration::ZERO)
    }
}

/// Times for tests: no look by itself, and calls that hang are given up soon.
pub(super) fn tempo() -> Tempo {
    Tempo {
        call: Duration::from_millis(500),
        watch: Duration::from_secs(100),
        first_look: Duration::from_secs(90),
        header: Duration::from_secs(100),
        burst: 1e6,
    }
}

pub(super) async fn ledger(grid: &Grid) -> Ledger {
    ledger_with(grid, tempo()).await
}

pub(super) async fn ledger_with(grid: &Grid, tempo: Tempo) -> Ledger {
    let settings = GoogleSettings {
        key_json: grid.key_json().into(),
        spreadsheet_id: "sheet-1".to_owned(),
        tab: "Orders".to_owned(),
        api_url: Some(grid.url.clone()),
    };
    Ledger::google_with(settings, Metrics::new(), tempo)
        .await
        .unwrap()
}
