//! What the staff have said for today: what is sold out, a pause, that the kitchen is busy. Everything has its end.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::menu::Menu;

/// What the staff have said for today.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopState {
    /// Items that are not to be had, by id, and until when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub items: BTreeMap<String, Timestamp>,
    /// Options that are not to be had, by id, and until when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, Timestamp>,
    /// No orders are made before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<Timestamp>,
    /// The kitchen needs longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy: Option<Busy>,
}

/// The kitchen needs longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Busy {
    /// Minutes that everything takes longer.
    pub minutes: u32,
    /// Until then.
    pub until: Timestamp,
}

impl ShopState {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nothing is sold out.
    #[must_use]
    pub fn has_all(&self) -> bool {
        self.items.is_empty() && self.options.is_empty()
    }

    /// What of it holds at a moment.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        let mut left = self.clone();
        left.items.retain(|_, until| *until > now);
        left.options.retain(|_, until| *until > now);
        left.paused_until = left.paused_until.filter(|until| *until > now);
        left.busy = left.busy.filter(|busy| busy.until > now);
        left
    }

    /// When the next part of it ends.
    #[must_use]
    pub fn next_end(&self) -> Option<Timestamp> {
        let sold_out = self.items.values().chain(self.options.values()).copied();
        let others = self
            .paused_until
            .into_iter()
            .chain(self.busy.map(|b| b.until));
        sold_out.chain(others).min()
    }
}

/// A menu without what is sold out: the same menu where nothing is.
#[must_use]
pub fn overlaid(menu: &Menu, state: &ShopState) -> Menu {
    menu.without(
        |item| state.items.contains_key(item),
        |option| state.options.contains_key(option),
    )
}
