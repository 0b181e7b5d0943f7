//! Placeholder so that this branch compiles; the real embedded parser takes its place at the merge.

use crate::menu::{ItemId, Menu};
use crate::parsed::{Intent, ParsedOrder};

/// The embedded parser.
#[derive(Debug)]
pub struct LocalParser;

/// What it made of a message.
#[derive(Debug)]
pub struct Reading {
    /// What the message asks for.
    pub order: ParsedOrder,
    /// Whether nothing in it was doubtful.
    pub certain: bool,
}

impl LocalParser {
    /// A parser for a menu.
    #[must_use]
    pub fn new(_menu: &Menu) -> Self {
        Self
    }

    /// Reads one message.
    #[must_use]
    pub fn parse(&self, _text: &str) -> Reading {
        Reading {
            order: ParsedOrder::empty(Intent::Other),
            certain: false,
        }
    }

    /// The items nearest to a phrase, best first.
    #[must_use]
    pub fn nearest(&self, _phrase: &str, _n: usize) -> Vec<ItemId> {
        Vec::new()
    }
}
