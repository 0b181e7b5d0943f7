//! Slots: stretches of equal length in which the kitchen makes so many orders and no more.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How many orders are made in what time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotRules {
    /// Length of a slot, from 5 to 60 minutes.
    pub minutes: u16,
    /// Orders in one.
    pub capacity: u32,
}

impl SlotRules {
    /// Seconds of one slot.
    #[must_use]
    pub fn seconds(self) -> i64 {
        i64::from(self.minutes.max(1)) * 60
    }

    /// The beginning of the slot that holds a moment, on round times of the place's clock.
    #[must_use]
    pub fn slot(self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let (length, offset) = (self.seconds(), i64::from(zone.to_offset(at).seconds()));
        let local = at.as_second() + offset;
        let start = local - local.rem_euclid(length) - offset;
        Timestamp::from_second(start).unwrap_or(at)
    }

    /// The beginning of the slot after it.
    #[must_use]
    pub fn next(self, slot: Timestamp) -> Timestamp {
        Timestamp::from_second(slot.as_second() + self.seconds()).unwrap_or(Timestamp::MAX)
    }
}

/// Which orders may be in which slot, by the slot's beginning. It may name too many (an order that was taken back, or
/// never came to be); whoever counts looks at the orders themselves.
#[derive(Debug, Default)]
pub struct SlotBook {
    orders: BTreeMap<Timestamp, BTreeSet<u64>>,
}

impl SlotBook {
    /// Notes an order.
    pub fn note(&mut self, slot: Timestamp, order: u64) {
        self.orders.entry(slot).or_default().insert(order);
    }

    /// Drops what lies before a moment.
    pub fn drop_before(&mut self, at: Timestamp) {
        self.orders = self.orders.split_off(&at);
    }

    /// The slots from a moment on that may hold so many orders and more, with those orders.
    pub fn crowded(
        &self,
        from: Timestamp,
        capacity: u32,
    ) -> impl Iterator<Item = (Timestamp, &BTreeSet<u64>)> {
        let all = self.orders.range(from..);
        all.filter(move |(_, orders)| orders.len() >= capacity as usize)
            .map(|(slot, orders)| (*slot, orders))
    }
}
