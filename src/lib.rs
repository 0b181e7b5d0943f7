//! `order-bot`: an order-taking Telegram bot for a small food shop.
//!
//! The modules stand in the order in which they build on one another: each uses only those above it.

pub mod money; // integer minor units, ISO 4217
pub mod privacy; // values that cannot be printed
pub mod metrics; // what is counted and measured
pub mod menu; // what can be ordered, and for how much
pub mod parsed; // what one message asks for
pub mod cart; // lines with options, changed by operations, priced by the menu
pub mod order; // a placed order and its states
pub mod conversation; // one step: state and input in, state and effects out
pub mod text; // every sentence that a person reads
pub mod health; // whether orders can be taken
pub mod http; // health and metrics, over HTTP
pub mod settings; // what the bot is told from outside
pub mod telemetry; // log lines, and what never stands in them
pub mod check; // what `order-bot check` tries and says
pub mod cli; // the command line and its exit codes

#[cfg(test)]
mod architecture_tests;
