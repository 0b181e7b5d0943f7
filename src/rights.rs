//! What customers may ask about their data, and what the shop may do with the data folder: see, delete, copy, put back.
//!
//! **Architecture invariant:** nothing in the folder is written without its lock. Where a bot holds it, the bot is
//! asked ([`control`]) to do what was wished for.

pub mod control;
mod copies;
mod sheet_copy;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::engine::{Engine, PendingRows, nobodys_orders, row_of};
use crate::ledger::Ledger;

pub use copies::{CopyError, Restored, backup, rekey, restore};
pub use sheet_copy::blank_rows;

/// The ledger's file in the data folder.
pub const CSV: &str = "orders.csv";

/// How often it is looked for customers who have been silent for too long.
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// The pause after the disk has refused.
const PAUSE: Duration = Duration::from_secs(30);

/// Forgetting in the running bot.
pub struct Rights {
    /// The engine.
    pub engine: Arc<Engine>,
    /// The ledger, which blanks the rows.
    pub ledger: Arc<Ledger>,
    /// Its rows.
    pub rows: Arc<PendingRows>,
    /// An `orders.csv` that is not the ledger any more, because a spreadsheet is.
    pub old_csv: Option<PathBuf>,
    /// For the rows in it.
    pub zone: TimeZone,
    /// How long a customer who does not write is remembered; none: for good.
    pub retention: Option<Duration>,
}

impl std::fmt::Debug for Rights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rights").finish_non_exhaustive()
    }
}

impl Rights {
    /// Forgets a customer by the shop's wish, and says so in a line of the control protocol.
    pub async fn forget(&self, user: u64, force: bool) -> Result<String, String> {
        let deleted = self.engine.forget(user, force).await;
        let deleted = deleted.map_err(|e| e.to_string())?;
        if !deleted.known {
            return Err(format!("nothing is kept about customer {user}"));
        }
        self.blank_old_csv().await;
        let left = self
            .ledger
            .flush(&*self.rows, Instant::now() + Duration::from_secs(10))
            .await;
        let orders = deleted.orders;
        Ok(match left {
            0 => format!("customer {user} is forgotten; {orders} orders keep their figures alone"),
            _ => format!(
                "customer {user} is forgotten; {orders} orders keep their figures alone; {left} rows of the ledger \
                 wait to be written"
            ),
        })
    }

    /// Follows up deletions, and looks once a day for customers who have been silent for too long.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let wake = self.engine.scrub_wake();
        let mut next_look = Instant::now();
        while !stop.is_cancelled() {
            if next_look <= Instant::now() {
                self.forget_silent().await;
                next_look = Instant::now() + DAY;
            }
            let mut until = next_look;
            if self.engine.scrub_due() {
                match self.engine.scrub().await {
                    Ok(()) => self.blank_old_csv().await,
                    Err(e) => {
                        tracing::warn!(error = %e, "deleted data still stands in older files");
                        until = until.min(Instant::now() + PAUSE);
                    }
                }
                if until == next_look {
                    continue;
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = wake.notified() => {}
                () = tokio::time::sleep_until(until) => {}
            }
        }
    }

    async fn forget_silent(&self) {
        let Some(retention) = self.retention else {
            return;
        };
        let Ok(since) = Timestamp::now().checked_sub(retention) else {
            return;
        };
        match self.engine.forget_phone_orders(since).await {
            Ok(0) => {}
            Ok(orders) => tracing::info!(orders, "took the people out of old orders by phone"),
            Err(e) => tracing::warn!(error = %e, "old orders by phone could not be seen to"),
        }
        let silent = self.engine.silent_since(since);
        if silent.is_empty() {
            return;
        }
        match self.engine.forget_all(&silent, false).await {
            Ok(results) => {
                let customers = results.iter().filter(|result| result.is_ok()).count();
                tracing::info!(customers, "forgot customers who have not written for long");
            }
            Err(e) => tracing::warn!(error = %e, "silent customers could not be forgotten"),
        }
    }

    async fn blank_old_csv(&self) {
        let Some(path) = self.old_csv.clone().filter(|path| path.exists()) else {
            return;
        };
        let orders = self.engine.store().read(nobodys_orders);
        let rows: Vec<_> = orders
            .iter()
            .map(|order| row_of(order, &self.zone))
            .collect();
        let blanked = tokio::task::spawn_blocking(move || blank_rows(&path, &rows)).await;
        if !matches!(blanked, Ok(Ok(_))) {
            tracing::warn!("rows of forgotten customers in an old orders.csv could not be blanked");
        }
    }
}
