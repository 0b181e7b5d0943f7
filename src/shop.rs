//! The shop's day: when it takes orders, for when, and what of its menu is to be had just now.
//!
//! All of it is pure: the moment, the state and the hours come in, an answer goes out.

mod instead;
mod said;
mod schedule;
mod slots;
mod state;
mod timing;
mod wish;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::menu::SpecialDays;

pub use instead::{Named, instead_of, instead_of_option, named, sold_out_in};
pub use said::{Entry, ShopSaid};
pub use schedule::{Opening, Schedule};
pub use slots::{SlotBook, SlotRules};
pub use state::{Busy, ShopState, overlaid};
pub use timing::{MOST_AHEAD_DAYS, Moment, Timing, Why};
pub use wish::{Wish, read_wish};

/// What the shop has set about its times.
#[derive(Debug, Clone)]
pub struct ShopRules {
    /// Its time zone.
    pub zone: TimeZone,
    /// Days that differ from their week.
    pub holidays: SpecialDays,
    /// Minutes before closing from which on no order for now is taken.
    pub last_order: u16,
    /// How many orders it makes in what time; none: no limit.
    pub slots: Option<SlotRules>,
}

impl Default for ShopRules {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            holidays: SpecialDays::default(),
            last_order: 0,
            slots: None,
        }
    }
}

/// A moment as people of the shop's place read it.
#[derive(Debug, Clone)]
pub struct Clock {
    /// The moment.
    pub now: Timestamp,
    /// The place's time zone.
    pub zone: TimeZone,
}

#[cfg(test)]
mod tests;
