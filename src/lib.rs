//! order-bot

pub mod standin;
