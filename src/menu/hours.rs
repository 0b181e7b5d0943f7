//! Opening hours by weekday.

/// When the shop is open in a week, in its own time zone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hours {
    /// Monday first.
    pub(super) days: [Vec<Window>; 7],
}

/// One opening on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Minutes after midnight at which it opens.
    pub from: u16,
    /// Minutes after midnight at which it closes; not after `from`: on the next day.
    pub until: u16,
}

impl Hours {
    /// The openings that begin on a weekday, 0 for Monday.
    #[must_use]
    pub fn on(&self, weekday: usize) -> &[Window] {
        self.days.get(weekday).map_or(&[], Vec::as_slice)
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
