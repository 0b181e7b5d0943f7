//! What can go wrong between an order and its row, sorted by what follows from it.

use std::time::Duration;

/// Why a step of the ledger failed, and what the operator can do about it. Holds neither the body of any answer, nor
/// an address, nor a value of a row: all words are our own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {advice}", class.word())]
pub struct Fault {
    /// The kind of fault, for health, metrics and the choice of the next attempt.
    pub class: Class,
    /// One sentence: what is wrong and how to mend it.
    pub advice: String,
    /// How long the other side asked us to wait.
    pub retry_after: Option<Duration>,
    /// Whether what was to be written may stand, or come to stand later, all the same.
    pub may_have_landed: bool,
}

/// Kinds of [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// A setting is wrong, or the request was refused as it is.
    Config,
    /// The spreadsheet does not exist.
    NotFound,
    /// The service account may not read or write there.
    Permission,
    /// No valid token is to be had.
    Auth,
    /// Row 1 is not our header.
    Header,
    /// Too many calls.
    Quota,
    /// Out of reach, too slow, or answering with an error of its own.
    Unavailable,
    /// The file or its folder cannot be read or written.
    Disk,
}

impl Class {
    /// The class as one word, as in health and metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::NotFound => "not_found",
            Self::Permission => "permission",
            Self::Auth => "auth",
            Self::Header => "header",
            Self::Quota => "quota",
            Self::Unavailable => "unavailable",
            Self::Disk => "disk",
        }
    }

    /// The name under which errors of this class are counted.
    pub(super) const fn metric(self) -> &'static str {
        match self {
            Self::Config => "sheets_config",
            Self::NotFound => "sheets_not_found",
            Self::Permission => "sheets_permission",
            Self::Auth => "sheets_auth",
            Self::Header => "sheets_header",
            Self::Quota => "sheets_quota",
            Self::Unavailable => "sheets_unavailable",
            Self::Disk => "sheets_disk",
        }
    }

    /// The pause after the first failure; it doubles with each further one. A mistake that only the operator can
    /// mend is not worth more than a slow retry; a quota is refilled by the minute.
    const fn first_pause(self) -> Duration {
        match self {
            Self::Unavailable | Self::Disk => Duration::from_millis(500),
            Self::Quota => Duration::from_secs(3),
            Self::Auth => Duration::from_secs(5),
            Self::Config | Self::NotFound | Self::Permission | Self::Header => {
                Duration::from_secs(10)
            }
        }
    }
}

/// No pause between two attempts is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl Fault {
    /// A fault after which nothing of what was to be written can stand.
    pub(super) fn new(class: Class, advice: impl Into<String>) -> Self {
        Self {
            class,
            advice: advice.into(),
            retry_after: None,
            may_have_landed: false,
        }
    }

    /// The same, but what was written may stand or may land later.
    pub(super) fn unknown_outcome(mut self) -> Self {
        self.may_have_landed = true;
        self
    }

    /// The pause before the next attempt, after `failures` (from 1) of them in a row: exponential, at most a minute,
    /// within a quarter by chance so that several bots do not march in step. What the other side asked for is
    /// respected up to that same minute.
    pub(super) fn pause(&self, failures: u32) -> Duration {
        let doubled = self
            .class
            .first_pause()
            .saturating_mul(
                1_u32
                    .checked_shl(failures.saturating_sub(1))
                    .unwrap_or(u32::MAX),
            )
            .min(LONGEST_PAUSE);
        let jittered = doubled.mul_f64(0.75 + fastrand::f64() * 0.25);
        jittered.max(self.retry_after.unwrap_or_default().min(LONGEST_PAUSE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute_and_respect_what_was_asked_for() {
        let mut fault = Fault::new(Class::Unavailable, "x");
        for (failures, at_most) in [(1, 500), (2, 1_000), (5, 8_000), (8, 60_000), (200, 60_000)] {
            let pause = fault.pause(failures);
            assert!(pause <= Duration::from_millis(at_most), "{failures}");
            assert!(
                pause >= Duration::from_millis(at_most * 3 / 4),
                "{failures}"
            );
        }
        fault.retry_after = Some(Duration::from_secs(30));
        assert_eq!(fault.pause(1), Duration::from_secs(30));
        fault.retry_after = Some(Duration::from_secs(3_600));
        assert_eq!(fault.pause(1), LONGEST_PAUSE);
    }
}
