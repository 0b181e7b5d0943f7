//! What the shop's staff are told about their day and their menu, as data.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ShopState;

/// A message in the operator chat. Kept in the outbox until it is sent, so it is versioned by its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "shop", rename_all = "snake_case")]
pub enum ShopSaid {
    /// What holds today, with buttons that change it.
    State,
    /// No name of the menu fits.
    NotFound {
        /// What was written.
        words: String,
    },
    /// Several names of the menu fit.
    Which {
        /// What fits.
        choices: Vec<Entry>,
        /// Whether it is to be sold out; else it is back.
        out: bool,
    },
    /// It is sold out from now on.
    SoldOut {
        /// Its name.
        name: String,
        /// Until then.
        until: Timestamp,
        /// What customers are offered in its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<String>,
    },
    /// It can be had again.
    Back {
        /// The names.
        names: Vec<String>,
    },
    /// The time was said in a way that cannot be read.
    Usage,
    /// What was said for today has ended by itself.
    Ended {
        /// What held until then.
        state: ShopState,
    },
    /// The menu is being read.
    Reloading,
    /// Another menu holds.
    MenuTaken {
        /// How many items it has.
        items: usize,
        /// Whether it is the spreadsheet's; else the file's.
        sheet: bool,
    },
    /// The menu is as it was.
    MenuSame,
    /// The menu cannot be used; the last good one stays.
    MenuBroken {
        /// Some of the problems, each with its place.
        problems: Vec<String>,
        /// How many more there are.
        more: usize,
    },
    /// The spreadsheet cannot be read; the last good menu stays.
    MenuUnreachable {
        /// What is wrong and how to mend it.
        advice: String,
    },
}

/// An item or an option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Whether it is an item.
    pub item: bool,
    /// Its name.
    pub name: String,
}
