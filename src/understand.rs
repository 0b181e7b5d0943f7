//! What a customer's message asks for: the embedded parser, which needs neither a network nor a model.
//!
//! *Architecture invariant*: nothing here knows the cart, so one message always means the same operations.

pub mod local; // menu-driven grammar
