//! order-bot

/// The durable store: keyed tables, one writer, a journal.
pub mod store;
