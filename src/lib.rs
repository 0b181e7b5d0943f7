//! `order-bot`: an order-taking Telegram bot for a small food shop.
//!
//! The modules stand in the order in which they build on one another: each uses only those above it.

pub mod money; // integer minor units, ISO 4217
pub mod privacy; // values that cannot be printed
pub mod phone; // phone numbers as customers type them
pub mod metrics; // what is counted and measured
pub mod health; // whether orders can be taken, part by part
pub mod menu; // what can be ordered, and for how much
pub mod shop; // the shop's day: opening hours, what is sold out, slots
pub mod parsed; // what one message asks for
pub mod language; // the languages the bot speaks, and the catalogues of its sentences
pub mod understand; // a message's words become a parsed order
pub mod cart; // lines with options, changed by operations, priced by the menu
pub mod order; // a placed order and its states
pub mod conversation; // one step: state and input in, state and effects out
pub mod staff; // what the shop's staff may do and are told, as data
pub mod text; // every sentence that a person reads
pub mod store; // durable tables: journal, snapshot, customers.json
pub mod ledger; // rows in Google Sheets or a CSV file
pub mod engine; // lanes, transactions, the outbox
pub mod telegram; // updates in, messages out
pub mod http; // `/health` and `/metrics`
pub mod settings; // the environment, checked
pub mod telemetry; // logs, with caps on what other crates may say
pub mod check; // `order-bot check`
pub mod standin; // a Bot API server in the process, for the demo and the tests
pub mod rights; // what customers may ask about their data; copies of the folder
pub mod reload; // the menu in the spreadsheet
pub mod app; // the whole bot: start, run, stop
pub mod demo; // the whole bot in a terminal
pub mod cli; // the commands of the program

#[cfg(test)]
mod architecture_tests;
#[cfg(test)]
mod fuzz;
