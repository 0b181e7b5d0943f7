//! For when an order can be had: now, at the time that was wished for, or at the next one that is possible.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Clock, Schedule, SlotRules};

/// Nobody orders for a day that is further away.
pub const MOST_AHEAD_DAYS: i64 = 14;

/// A wish this little in the past means now.
const JUST_NOW: SignedDuration = SignedDuration::from_mins(5);

/// Times that are offered are round.
const ROUND_SECONDS: i64 = 300;

/// Why an order cannot be had at the time that was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The shop is closed then.
    Closed,
    /// It closes too soon after.
    LastOrder,
    /// It takes no orders for a while.
    Paused,
    /// The kitchen has as many orders for then as it can make.
    Full,
    /// That time is over.
    Past,
    /// That is too far away.
    TooFar,
}

/// For when an order can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// As soon as it is made.
    Now,
    /// At the time that was wished for.
    For(Timestamp),
    /// Not when it was meant, but then.
    Instead(Timestamp, Why),
    /// Not at all within the time that is looked ahead.
    Never(Why),
}

impl Timing {
    /// The time an order would be placed for; none: as soon as it is made, or never.
    #[must_use]
    pub const fn at(self) -> Option<Timestamp> {
        match self {
            Self::For(at) | Self::Instead(at, _) => Some(at),
            Self::Now | Self::Never(_) => None,
        }
    }

    /// Why it is not when it was meant.
    #[must_use]
    pub const fn why(self) -> Option<Why> {
        match self {
            Self::Instead(_, why) | Self::Never(why) => Some(why),
            Self::Now | Self::For(_) => None,
        }
    }
}

/// All that says for when an order can be had.
#[derive(Debug, Clone)]
pub struct Moment {
    /// The opening hours.
    pub schedule: Arc<Schedule>,
    /// No orders are made before it.
    pub paused_until: Option<Timestamp>,
    /// Minutes that everything takes longer.
    pub busy_minutes: u32,
    /// The kitchen's slots; none: no limit.
    pub slots: Option<SlotRules>,
    /// The slots that hold as many orders as they may, by their beginnings.
    pub full: BTreeSet<Timestamp>,
}

impl Moment {
    /// A shop with these hours on which nothing else weighs.
    #[must_use]
    pub fn of(schedule: Arc<Schedule>) -> Self {
        Self {
            schedule,
            paused_until: None,
            busy_minutes: 0,
            slots: None,
            full: BTreeSet::new(),
        }
    }

    /// The moment on the shop's clock.
    #[must_use]
    pub fn clock(&self, now: Timestamp) -> Clock {
        Clock {
            now,
            zone: self.schedule.zone().clone(),
        }
    }

    /// What keeps an order from being had at a moment.
    #[must_use]
    pub fn obstacle(&self, at: Timestamp) -> Option<Why> {
        if self.paused_until.is_some_and(|until| at < until) {
            return Some(Why::Paused);
        }
        if !self.schedule.takes_orders(at) {
            return Some(if self.schedule.is_open(at) {
                Why::LastOrder
            } else {
                Why::Closed
            });
        }
        self.slot(at)
            .is_some_and(|slot| self.full.contains(&slot))
            .then_some(Why::Full)
    }

    fn slot(&self, at: Timestamp) -> Option<Timestamp> {
        Some(self.slots?.slot(at, self.schedule.zone()))
    }

    /// For when an order can be had that is wished for a time; none: as soon as it is made.
    #[must_use]
    pub fn timing(&self, wish: Option<Timestamp>, now: Timestamp) -> Timing {
        let last = plus(now, SignedDuration::from_hours(24 * MOST_AHEAD_DAYS));
        let wish = wish.filter(|at| *at > now || at.duration_until(now) > JUST_NOW);
        let why = match wish {
            None => match self.obstacle(now) {
                None => return Timing::Now,
                Some(why) => why,
            },
            Some(at) if at <= now => Why::Past,
            Some(at) if at > last => return Timing::Never(Why::TooFar),
            Some(at) => match self.obstacle(at) {
                None => return Timing::For(at),
                Some(why) => why,
            },
        };
        let from = match wish {
            Some(at) if at > now => at,
            Some(_) => round_up(plus(now, SignedDuration::from_secs(1))),
            None => now,
        };
        self.first(from, last)
            .map_or(Timing::Never(why), |at| Timing::Instead(at, why))
    }

    /// The first moment from `from` to `last` at which an order can be had; a round one unless it is `from` itself.
    fn first(&self, from: Timestamp, last: Timestamp) -> Option<Timestamp> {
        let mut at = from;
        while at <= last {
            let next = match self.obstacle(at) {
                None => return Some(at),
                Some(Why::Paused) => round_up(self.paused_until?),
                Some(Why::Full) => self.slots?.next(self.slot(at)?),
                Some(_) => self.schedule.next_opening(at)?.from,
            };
            // It always goes on; a clock that stood still would never end.
            if next <= at {
                return None;
            }
            at = next;
        }
        None
    }

    /// Whether an order may be placed for a time that its customer was shown: it is still to come, and possible.
    #[must_use]
    pub fn still_holds(&self, shown: Option<Timestamp>, now: Timestamp) -> bool {
        match shown {
            None => self.obstacle(now).is_none(),
            Some(at) => at > now && self.obstacle(at).is_none(),
        }
    }
}

fn plus(at: Timestamp, more: SignedDuration) -> Timestamp {
    at.checked_add(more).unwrap_or(Timestamp::MAX)
}

/// The next round time; zones differ by quarters of an hour, so it is round everywhere.
fn round_up(at: Timestamp) -> Timestamp {
    let over = at
        .as_nanosecond()
        .rem_euclid(i128::from(ROUND_SECONDS) * 1_000_000_000);
    if over == 0 {
        return at;
    }
    let second = at.as_second();
    Timestamp::from_second(second - second.rem_euclid(ROUND_SECONDS) + ROUND_SECONDS).unwrap_or(at)
}
