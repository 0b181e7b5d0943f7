pub mod understand; // a message's words become a parsed order
pub mod cart; // lines with options, changed by operations, priced by the menu
pub mod order; // a placed order and its states
pub mod conversation; // one step: state and input in, state and effects out
pub mod text; // every sentence that a person reads
pub mod store; // durable tables: journal, snapshot, customers.json
pub mod ledger; // rows in Google Sheets or a CSV file
pub mod engine; // lanes, transactions, the outbox
