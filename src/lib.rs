//! `order-bot`: an order-taking Telegram bot for a small food shop.
//!
//! The modules stand in the order in which they build on one another: each uses only those above it.

pub mod money; // integer minor units, ISO 4217
pub mod privacy; // values that cannot be printed
pub mod metrics; // what is counted and measured
pub mod menu; // what can be ordered, and for how much
pub mod parsed; // what one message asks for
pub mod understand; // messages to operations
