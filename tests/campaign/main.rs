//! The fault campaign: the real program under attack, in a short form for every change and a long form on demand.
//!
//! Both are the same code. `docs/RELIABILITY.md` tells the attacks, their invariants and the commands. One attack runs
//! at a time, because some measure time and memory.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    unreachable_pub
)]

#[path = "../it/fakes/mod.rs"]
mod fakes;
#[path = "../it/harness/mod.rs"]
mod harness;

mod disk;
mod gauge;
mod hostile;
mod kills;
mod network;
mod regulars;
mod size;
mod soak;
mod time;
mod watcher;
