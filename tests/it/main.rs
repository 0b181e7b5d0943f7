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

mod again;
mod bad_input;
mod bad_updates;
mod buttons;
mod consent;
mod crashes;
mod demo;
mod edits;
mod formats;
mod details;
mod google_fake;
mod harness_shape;
mod http;
mod leaks;
mod leaks_outside;
mod lifecycle;
mod model_answers;
mod model_faults;
mod openai_fake;
mod rights;
mod operators;
mod ordering;
mod payments;
mod payments_crashes;
mod phrases;
mod second_thoughts;
mod sheet_faults;
mod shop_day;
mod shop_menu;
mod staff_commands;
mod staff_orders;
mod telegram_faults;
mod telegram_fake;
mod voice;
