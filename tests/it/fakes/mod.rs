//! Stateful stand-ins for the three services the bot talks to.
//!
//! This file is called `mod.rs`, against the habit of the house, because the load driver takes it in with
//! `#[path]`, which makes it the root of its modules either way.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

pub mod a1;
pub mod batch;
mod completion;
pub mod faults;
pub mod google;
pub mod grid;
pub mod key;
pub mod openai;
pub mod operator;
pub mod proxy;
mod shape;
pub mod sheets;
pub mod strict;
pub mod telegram;
