//! Opening hours by weekday, and days that differ from their week.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// When the shop is open in a week, in its own time zone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hours {
    /// Monday first.
    pub(super) days: [Vec<Window>; 7],
}

/// One opening on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Minutes after midnight at which it opens.
    pub from: u16,
    /// Minutes after midnight at which it closes; not after `from`: on the next day.
    pub until: u16,
}

impl Window {
    /// The whole day.
    pub const DAY: Self = Self {
        from: 0,
        until: 1440,
    };

    /// Reads two times as they stand in a menu file; none where one is no time of day.
    #[must_use]
    pub fn parse(from: &str, until: &str) -> Option<Self> {
        let (from, until) = (minutes(from)?, minutes(until)?);
        (from < 1440).then_some(Self { from, until })
    }
}

impl Hours {
    /// The openings that begin on a weekday, 0 for Monday.
    #[must_use]
    pub fn on(&self, weekday: usize) -> &[Window] {
        self.days.get(weekday).map_or(&[], Vec::as_slice)
    }
}

/// Days whose openings take the place of their weekday's: none of them for a holiday. A day of one year counts before
/// the same day of every year.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SpecialDays(BTreeMap<String, Vec<Window>>);

impl SpecialDays {
    /// Reads `2026-12-31 10:00-14:00 18:00-22:00, 12-25`: dates with their openings, or without where the shop is
    /// closed; without a year: every year.
    ///
    /// # Errors
    /// The entry that cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut days = Self::default();
        for entry in text.split([',', ';', '\n']) {
            let mut words = entry.split_whitespace();
            let Some(day) = words.next() else {
                continue;
            };
            let window = |word: &str| {
                let (from, until) = word.split_once(['-', '–'])?;
                Window::parse(from, until)
            };
            let windows: Option<Vec<_>> = words.map(window).collect();
            let known = windows.is_some_and(|windows| days.add(day, &windows));
            if !known {
                return Err(entry.trim().to_owned());
            }
        }
        Ok(days)
    }

    /// Adds openings to a day, `2026-12-31` or `12-31`; false where that is no day.
    pub fn add(&mut self, day: &str, windows: &[Window]) -> bool {
        // A leap year, so that the 29th of February can be a day of every year.
        let written = if day.len() == 5 {
            format!("2028-{day}")
        } else {
            day.to_owned()
        };
        let ok = matches!(day.len(), 5 | 10) && written.parse::<Date>().is_ok();
        if ok {
            let had = self.0.entry(day.to_owned()).or_default();
            had.extend_from_slice(windows);
        }
        ok
    }

    /// Takes the days of another over its own.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        let mut days = self.0.clone();
        days.extend(other.0.clone());
        Self(days)
    }

    /// The openings of a day; none: it is as its weekday.
    #[must_use]
    pub fn on(&self, date: Date) -> Option<&[Window]> {
        let exact = date.to_string();
        let yearly = exact.get(5..).unwrap_or_default();
        let found = self.0.get(&exact).or_else(|| self.0.get(yearly));
        found.map(Vec::as_slice)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Minutes after midnight of `HH:MM`; `24:00` is the day's end.
pub(super) fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0))).then_some(hours * 60 + minutes)
}
