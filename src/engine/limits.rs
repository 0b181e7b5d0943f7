//! How many messages one customer may send.

use std::collections::HashMap;

/// A bucket a customer, filled again by the time at which Telegram says their messages were written: what waited for
/// the bot over night is not held against them, and a replayed update is judged as it was the first time.
#[derive(Debug)]
pub(super) struct Limiter {
    per_minute: u32,
    buckets: HashMap<u64, Bucket>,
    /// Buckets are looked through when there are this many.
    sweep_at: usize,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: i64,
    told: bool,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is read.
    Pass,
    /// It is not read, and the customer is told.
    Tell,
    /// It is not read, and the customer knows.
    Drop,
}

/// Buckets are looked through for full ones when there are this many, at least.
const MOST_BUCKETS: usize = 20_000;

impl Limiter {
    /// A limiter; 0 messages a minute: no limit.
    pub(super) fn new(per_minute: u32) -> Self {
        Self {
            per_minute,
            buckets: HashMap::new(),
            sweep_at: MOST_BUCKETS,
        }
    }

    /// Drops what is noted of a customer.
    pub(super) fn forget(&mut self, customer: u64) {
        self.buckets.remove(&customer);
    }

    /// Judges a message of `customer` written at `now` (seconds since 1970).
    pub(super) fn judge(&mut self, customer: u64, now: i64) -> Verdict {
        if self.per_minute == 0 {
            return Verdict::Pass;
        }
        let full = f64::from(self.per_minute);
        if self.buckets.len() >= self.sweep_at {
            self.buckets.retain(|_, bucket| now - bucket.at < 60);
            // In a flood of many customers not for each message again.
            self.sweep_at = MOST_BUCKETS.max(self.buckets.len() * 2);
        }
        let bucket = self.buckets.entry(customer).or_insert(Bucket {
            tokens: full,
            at: now,
            told: false,
        });
        // A clock that goes back fills nothing and takes nothing away.
        let elapsed = (now - bucket.at).clamp(0, 60);
        #[allow(clippy::cast_precision_loss)] // at most 60
        let refill = elapsed as f64 * full / 60.0;
        bucket.tokens = (bucket.tokens + refill).min(full);
        bucket.at = bucket.at.max(now);
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            bucket.told = false;
            return Verdict::Pass;
        }
        if std::mem::replace(&mut bucket.told, true) {
            Verdict::Drop
        } else {
            Verdict::Tell
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_told_once_and_passes_again_later() {
        let mut limiter = Limiter::new(3);
        let verdicts: Vec<_> = (0..6).map(|_| limiter.judge(1, 1000)).collect();
        use Verdict::{Drop, Pass, Tell};
        assert_eq!(verdicts, [Pass, Pass, Pass, Tell, Drop, Drop]);
        assert_eq!(
            limiter.judge(2, 1000),
            Pass,
            "another customer is not held up"
        );
        assert_eq!(
            limiter.judge(1, 990),
            Drop,
            "a clock that goes back changes nothing"
        );
        assert_eq!(limiter.judge(1, 1020), Pass);
        assert_eq!(limiter.judge(1, 1020), Tell);
        assert_eq!(Limiter::new(0).judge(1, 0), Pass);
    }

    #[test]
    fn the_buckets_do_not_grow_without_end() {
        let mut limiter = Limiter::new(3);
        for customer in 0..200_000 {
            limiter.judge(customer, i64::try_from(customer).unwrap_or(0) / 100);
        }
        assert!(limiter.buckets.len() <= MOST_BUCKETS + 6_001);
    }
}
