//! The command line of `order-bot`.

fn main() {}
