//! The ledger: one row an order, ever, in a spreadsheet or in a CSV file.
//!
//! Rows wait in their [`Source`], which is durable, until they are known to be written. The worker takes up all that
//! waits at once, so a rush costs few calls. How one row an order is kept is told in `ledger/sheet.rs` and
//! `ledger/csv.rs`.
//!
//! **Architecture invariant:** nothing here knows what an order is, or how the source keeps rows.

mod answer;
mod column;
mod csv;
mod fault;
mod google;
mod pace;
mod row;
mod settings;
mod sheet;
mod spreadsheet;
mod token;
mod watch;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

pub use self::csv::guarded as spreadsheet_safe;
pub use self::fault::{Class, Fault};
pub use self::row::{COLUMNS, Row, Source, Version};
pub use self::settings::{GoogleSettings, SettingProblem};
pub use self::spreadsheet::Spreadsheet;

use crate::metrics::{self, Kind, Metrics};

/// The source is asked this often even if nobody calls: a call that got lost costs no more than this.
const IDLE: Duration = Duration::from_secs(30);

/// What one pass has left to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pass {
    /// More can be done at once.
    pub more: bool,
    /// When something is to be done even if no new row comes.
    pub next: Option<Instant>,
}

/// How the ledger fares, for `/health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerHealth {
    /// `ok` or `degraded`.
    pub status: &'static str,
    /// `google` or `csv`.
    pub kind: &'static str,
    /// The class of the last fault, as one word, while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    /// What is wrong and how to mend it, while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// Since when it has lasted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When a pass last succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_success: Option<Timestamp>,
    /// Rows that wait.
    pub waiting: usize,
}

/// Writes rows; see the module.
#[derive(Debug)]
pub struct Ledger {
    /// Held through a whole pass: there is one writer at any time.
    book: tokio::sync::Mutex<Book>,
    health: Mutex<LedgerHealth>,
    metrics: Arc<Metrics>,
    spreadsheet: Option<Spreadsheet>,
}

#[derive(Debug)]
enum Book {
    Google(Box<sheet::Sheet>),
    Csv(csv::CsvFile),
}

impl Ledger {
    /// A ledger in a spreadsheet. Calls nobody yet.
    ///
    /// # Errors
    /// All settings that cannot be right.
    pub async fn google(
        settings: GoogleSettings,
        metrics: Arc<Metrics>,
    ) -> Result<Self, Vec<SettingProblem>> {
        Self::google_with(settings, metrics, sheet::Tempo::default()).await
    }

    async fn google_with(
        settings: GoogleSettings,
        metrics: Arc<Metrics>,
        tempo: sheet::Tempo,
    ) -> Result<Self, Vec<SettingProblem>> {
        let google = google::Google::new(settings, tempo, Arc::clone(&metrics)).await?;
        let google = Arc::new(google);
        let sheet = Box::new(sheet::Sheet::new(Arc::clone(&google), tempo));
        let mut ledger = Self::new(Book::Google(sheet), "google", metrics);
        ledger.spreadsheet = Some(Spreadsheet(google));
        Ok(ledger)
    }

    /// A ledger in a CSV file, which is made when the first row is written.
    #[must_use]
    pub fn csv(path: &Path, metrics: Arc<Metrics>) -> Self {
        let file = csv::CsvFile::new(path.to_owned());
        Self::new(Book::Csv(file), "csv", metrics)
    }

    fn new(book: Book, kind: &'static str, metrics: Arc<Metrics>) -> Self {
        Self {
            book: tokio::sync::Mutex::new(book),
            health: Mutex::new(LedgerHealth {
                status: "ok",
                kind,
                error: None,
                advice: None,
                since: None,
                last_success: None,
                waiting: 0,
            }),
            metrics,
            spreadsheet: None,
        }
    }

    /// The spreadsheet's other tabs; none where the rows go to a file.
    #[must_use]
    pub fn spreadsheet(&self) -> Option<&Spreadsheet> {
        self.spreadsheet.as_ref()
    }

    /// Writes what waits, and what comes, until it is told to stop. `wake` is called when a row has come; it does not
    /// shorten the pause after a failure. Returns when the pass under way has ended: cutting it off could leave a row
    /// in the air that [`Self::flush`] would then write a second time.
    pub async fn run(&self, source: &dyn Source, wake: &Notify, stop: &CancellationToken) {
        let mut failures = 0_u32;
        while !stop.is_cancelled() {
            match self.sync_once(source).await {
                Ok(pass) => {
                    if failures > 0 {
                        info!("orders are written to the ledger again");
                    }
                    failures = 0;
                    if pass.more {
                        // The pace of the calls is kept elsewhere; here only others get their turn.
                        tokio::task::yield_now().await;
                        continue;
                    }
                    let idle = Instant::now() + IDLE;
                    let until = pass.next.map_or(idle, |next| next.min(idle));
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = wake.notified() => {}
                        () = sleep_until(until) => {}
                    }
                }
                Err(fault) => {
                    failures = failures.saturating_add(1);
                    let pause = fault.pause(failures);
                    // The first failure and then ever fewer are told.
                    if failures.is_power_of_two() {
                        warn!(
                            error = fault.class.word(),
                            failures,
                            retry_ms = pause.as_millis(),
                            "cannot write orders to the ledger: {}",
                            fault.advice
                        );
                    }
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(pause) => {}
                    }
                }
            }
        }
    }

    /// One pass over what waits.
    ///
    /// # Errors
    /// Why not all of it could be written; it waits on.
    pub async fn sync_once(&self, source: &dyn Source) -> Result<Pass, Fault> {
        self.pass(source, false).await
    }

    async fn pass(&self, source: &dyn Source, hurry: bool) -> Result<Pass, Fault> {
        let result = match &mut *self.book.lock().await {
            Book::Google(sheet) => Box::pin(sheet.pass(source)).await,
            Book::Csv(file) => file.pass(source, hurry).await,
        };
        let (waiting, age) = source.backlog();
        metrics::level(&self.metrics.outbox, "sheets", waiting);
        self.metrics
            .outbox_age
            .get_or_create(&Kind { kind: "sheets" })
            .set(i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
        self.note(&result, waiting);
        result
    }

    /// At the end of the process: one last attempt for what waits. Returns how many rows are left; they are written
    /// after the next start.
    pub async fn flush(&self, source: &dyn Source, deadline: Instant) -> usize {
        let all = async { while matches!(self.pass(source, true).await, Ok(pass) if pass.more) {} };
        if source.backlog().0 > 0 {
            // What is cut off here is in doubt at the next start, which looks before it writes.
            let _ = timeout_at(deadline, all).await;
        }
        source.backlog().0
    }

    /// For `order-bot check`: tries all that writing an order needs, and says what is wrong and how to mend it. Makes
    /// the tab, the header or the file where they are missing, and changes nothing else.
    ///
    /// # Errors
    /// The first thing that stands in the way.
    pub async fn probe(&self) -> Result<String, Fault> {
        match &mut *self.book.lock().await {
            Book::Google(sheet) => Box::pin(sheet.probe()).await,
            Book::Csv(file) => file.probe().await,
        }
    }

    /// How the ledger fares.
    #[must_use]
    pub fn health(&self) -> LedgerHealth {
        self.health
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn note(&self, result: &Result<Pass, Fault>, waiting: usize) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.waiting = waiting;
        match result {
            Ok(_) => {
                health.status = "ok";
                health.error = None;
                health.advice = None;
                health.since = None;
                health.last_success = Some(Timestamp::now());
            }
            Err(fault) => {
                metrics::count(&self.metrics.errors, fault.class.metric());
                health.status = "degraded";
                health.error = Some(fault.class.word());
                health.advice = Some(fault.advice.clone());
                health.since.get_or_insert_with(Timestamp::now);
            }
        }
    }
}

#[cfg(test)]
mod tests;
