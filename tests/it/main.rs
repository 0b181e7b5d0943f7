//! The one integration test binary: the real program against stateful stand-ins, and the stand-ins
//! themselves against the real clients.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    unreachable_pub
)]

mod fakes;
mod harness;

mod demo;
mod formats;
mod google_fake;
mod harness_shape;
mod openai_fake;
mod rights;
mod telegram_fake;
