//! The row of an order, and where rows come from.

use std::fmt;
use std::time::Duration;

/// The columns, in their order; also the header.
pub const COLUMNS: [&str; 16] = [
    "order_id",
    "placed_at",
    "status",
    "customer_id",
    "customer_name",
    "phone",
    "fulfilment",
    "address",
    "items",
    "allergies",
    "note",
    "total",
    "currency",
    "payment",
    "source",
    "updated_at",
];

/// Counts the changes of one order: a greater version is newer.
pub type Version = u64;

/// One order as it stands in the ledger: a text for each of [`COLUMNS`]. Holds personal data, so it prints its order
/// id and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct Row([String; COLUMNS.len()]);

impl Row {
    /// A row of these cells. The first one is the order id; a cell without a value is an empty text.
    #[must_use]
    pub const fn new(cells: [String; COLUMNS.len()]) -> Self {
        Self(cells)
    }

    /// The id of the order.
    #[must_use]
    pub fn order_id(&self) -> &str {
        let [order_id, ..] = &self.0;
        order_id
    }

    /// All cells, in the order of [`COLUMNS`].
    #[must_use]
    pub const fn cells(&self) -> &[String; COLUMNS.len()] {
        &self.0
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({})", self.order_id())
    }
}

/// Where rows come from and where it is kept that they are written. What it answers must be quick: it is asked on the
/// runtime's threads.
pub trait Source: Send + Sync + 'static {
    /// Up to `limit` rows that are not yet written as they are now, the oldest first, each with its version.
    fn pending(&self, limit: usize) -> Vec<(Row, Version)>;

    /// Marks rows as written up to that version; a row that has changed since stays pending. Need not be durable at
    /// once: a row that is pending again after a crash is found by its order id and written over, not twice.
    fn written(&self, done: &[(String, Version)]);

    /// The row of an order as it is now, pending or not; none where no such order is known. With it, a row that was
    /// damaged while the operator moved rows is put right.
    fn row(&self, order_id: &str) -> Option<(Row, Version)>;

    /// Marks rows as to be written once more as they are now, before something is done that could leave an older state
    /// of them behind; ids that are not known are passed over. So that a crash in between is made good.
    fn behind(&self, order_ids: &[String]);

    /// How many rows are pending, and the age of the oldest.
    fn backlog(&self) -> (usize, Duration);
}
