//! Opening hours as stretches of real time.
//!
//! A window is two times on the clock of the shop's place. Where the clock is set forward over one of them, the moment
//! of the change stands for it; where it is set back and shows a time twice, the first one counts, so that nobody
//! works an hour longer for it.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Span, Timestamp};

use super::ShopRules;
use crate::menu::{Hours, SpecialDays, Window};

/// How many days an opening is looked for.
const DAYS: i64 = 21;

/// When the shop's day ends that never closes: what was said "for today" ends then.
const END_OF_DAY: i8 = 4;

/// A stretch of time in which the shop is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

/// When the shop is open.
#[derive(Debug, Clone)]
pub struct Schedule {
    zone: TimeZone,
    week: Option<Hours>,
    special: SpecialDays,
    last_order: SignedDuration,
}

impl Schedule {
    /// The schedule of a week; none: always open.
    #[must_use]
    pub fn new(week: Option<Hours>, special: &SpecialDays, rules: &ShopRules) -> Self {
        Self {
            zone: rules.zone.clone(),
            week,
            special: rules.holidays.with(special),
            last_order: SignedDuration::from_mins(i64::from(rules.last_order)),
        }
    }

    /// The shop's time zone.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether there are no hours at all.
    #[must_use]
    pub fn is_always_open(&self) -> bool {
        self.week.is_none() && self.special.is_empty()
    }

    /// The openings that begin on a day.
    fn windows(&self, date: Date) -> &[Window] {
        if let Some(windows) = self.special.on(date) {
            return windows;
        }
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        match &self.week {
            Some(hours) => hours.on(weekday),
            None => &[Window::DAY],
        }
    }

    fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// The moment at which the clock shows so many minutes after a day's midnight.
    fn moment(&self, date: Date, minutes: u16) -> Option<Timestamp> {
        let (days, minutes) = (i64::from(minutes / 1440), minutes % 1440);
        let date = date.checked_add(Span::new().days(days)).ok()?;
        let hour = i8::try_from(minutes / 60).ok()?;
        let minute = i8::try_from(minutes % 60).ok()?;
        let time = Time::new(hour, minute, 0, 0).ok()?;
        moment(&self.zone, date.to_datetime(time))
    }

    /// The openings of so many days from `date` on, in order; those that touch are one.
    fn openings(&self, date: Date, days: i64) -> Vec<Opening> {
        let mut found = Vec::new();
        let mut day = date;
        for _ in 0..days {
            for window in self.windows(day) {
                let over_midnight = if window.until > window.from { 0 } else { 1440 };
                let from = self.moment(day, window.from);
                let until = self.moment(day, window.until + over_midnight);
                if let (Some(from), Some(until)) = (from, until)
                    && from < until
                {
                    found.push(Opening { from, until });
                }
            }
            match day.tomorrow() {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        found.sort_by_key(|opening| opening.from);
        let mut merged: Vec<Opening> = Vec::with_capacity(found.len());
        for opening in found {
            match merged.last_mut() {
                Some(last) if opening.from <= last.until => {
                    last.until = last.until.max(opening.until);
                }
                _ => merged.push(opening),
            }
        }
        merged
    }

    /// From yesterday on, whose openings may run past midnight.
    fn around(&self, at: Timestamp, days: i64) -> Vec<Opening> {
        let today = self.date(at);
        self.openings(today.yesterday().unwrap_or(today), days)
    }

    /// The opening that holds a moment. Its end is right up to two days ahead.
    #[must_use]
    pub fn opening_at(&self, at: Timestamp) -> Option<Opening> {
        let openings = self.around(at, 4);
        openings.into_iter().find(|o| o.from <= at && at < o.until)
    }

    /// Whether an order may be for this moment: the shop is open, and it is before the last order.
    #[must_use]
    pub fn takes_orders(&self, at: Timestamp) -> bool {
        self.is_always_open()
            || self
                .opening_at(at)
                .is_some_and(|opening| at.duration_until(opening.until) > self.last_order)
    }

    /// Whether the shop is open.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.is_always_open() || self.opening_at(at).is_some()
    }

    /// The next opening that begins after a moment and is long enough for an order.
    #[must_use]
    pub fn next_opening(&self, after: Timestamp) -> Option<Opening> {
        let fits = |o: &Opening| o.from > after && o.from.duration_until(o.until) > self.last_order;
        self.around(after, DAYS).into_iter().find(fits)
    }

    /// The first moment of the openings that begin on a day; none where the shop is always open or closed that day.
    #[must_use]
    pub fn first_on(&self, date: Date) -> Option<Timestamp> {
        if self.is_always_open() {
            return None;
        }
        let windows = self.windows(date).iter();
        let from = windows
            .filter_map(|window| self.moment(date, window.from))
            .min()?;
        self.takes_orders(from).then_some(from)
    }

    /// When what was said for today ends: at the closing of the opening that is on, or of the next one. A shop that
    /// does not close within a day and a half ends its day at four in the morning.
    #[must_use]
    pub fn end_of_day(&self, at: Timestamp) -> Timestamp {
        let opening = match self.opening_at(at) {
            _ if self.is_always_open() => None,
            Some(opening) => Some(opening),
            None => self.next_opening(at),
        };
        let soon = at
            .checked_add(SignedDuration::from_hours(36))
            .unwrap_or(Timestamp::MAX);
        match opening {
            Some(opening) if opening.until <= soon => opening.until,
            _ => self.four_in_the_morning(at),
        }
    }

    /// When the shop's day is over: after the last opening that begins on the day of the one that is on, or of the next
    /// one.
    #[must_use]
    pub fn last_closing(&self, at: Timestamp) -> Timestamp {
        let mut end = self.end_of_day(at);
        let day = self
            .opening_at(at)
            .or_else(|| self.next_opening(at))
            .map(|opening| self.date(opening.from));
        // A day has few windows; the bound is for a schedule that is not what it should be.
        for _ in 0..8 {
            match self.next_opening(end) {
                Some(next) if Some(self.date(next.from)) == day && next.until > end => {
                    end = next.until;
                }
                _ => break,
            }
        }
        end
    }

    fn four_in_the_morning(&self, at: Timestamp) -> Timestamp {
        let mut day = self.date(at);
        for _ in 0..3 {
            let end = self.moment(day, u16::try_from(END_OF_DAY).unwrap_or_default() * 60);
            if let Some(end) = end.filter(|end| *end > at) {
                return end;
            }
            day = day.tomorrow().unwrap_or(day);
        }
        at
    }
}

/// The moment at which a place's clock shows this; see the module for the two nights of a year on which that is not
/// plain.
pub(super) fn moment(zone: &TimeZone, at: DateTime) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(at);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => {
            let after = ambiguous.later().ok()?;
            let change = zone.preceding(after).next();
            Some(change.map_or(after, |change| change.timestamp()))
        }
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => {
            ambiguous.earlier().ok()
        }
    }
}
