//! The numbers of orders across a restore of the data folder.

use super::records::Counters;

/// At least so many numbers are skipped.
const LEAST: u64 = 1_000;

/// A shop that takes an order every so many seconds, day and night, does not catch up with the numbers skipped.
const SECONDS: u64 = 10;

/// The counters of a data folder, as they stand in a copy of it.
pub struct Numbers(Counters);

impl Numbers {
    /// Where they stand among the marks.
    pub const KEY: u64 = Counters::KEY;

    /// Reads them.
    #[must_use]
    pub fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    /// What stands before the numbers.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.0.tag
    }

    /// The last number that was given out.
    #[must_use]
    pub const fn orders(&self) -> u64 {
        self.0.orders
    }

    /// Goes on beyond all numbers that may have been given out since a copy was made, `elapsed` seconds ago, by a
    /// folder of which `last` is known; says after which one. It is round, so that people see what has happened.
    pub const fn go_on_after(&mut self, last: u64, elapsed: u64) -> u64 {
        let beyond = last.saturating_add(LEAST).saturating_add(elapsed / SECONDS);
        self.0.orders = beyond.div_ceil(LEAST).saturating_mul(LEAST);
        self.0.orders
    }

    /// As they are kept.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts and numbers always have a form as JSON.
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Debug for Numbers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Numbers({}-{})", self.0.tag, self.0.orders)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_beyond_what_can_have_been_given_out() {
        let mut numbers = Numbers::read(r#"{"tag":"K7F","orders":42,"jobs":99,"new":1}"#).unwrap();
        assert_eq!(numbers.go_on_after(42, 3_600), 2_000);
        assert_eq!(numbers.go_on_after(2_017, 24 * 3_600), 12_000);
        assert_eq!(
            numbers.to_json(),
            r#"{"tag":"K7F","orders":12000,"jobs":99}"#
        );
    }
}
