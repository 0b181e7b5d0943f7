//! Rows (placeholder until the ledger branch is merged).
mod row;
pub use row::{COLUMNS, Row, Source, Version};
