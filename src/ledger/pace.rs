//! Keeps the calls below Google's quota, so that a rush never ends in a refusal and the pause that follows it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Calls that may follow one another at once.
pub(super) const BURST: f64 = 10.0;
/// Calls a minute in the long run. With the burst at most 56 in any minute, under Google's 60 a minute a user; what
/// remains is for `order-bot check` and the menu.
const PER_MINUTE: f64 = 46.0;

/// A bucket of permits, refilled steadily.
#[derive(Debug)]
pub(super) struct Pace {
    burst: f64,
    bucket: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    permits: f64,
    at: Instant,
}

impl Pace {
    /// A full bucket of this size.
    pub(super) fn new(burst: f64) -> Self {
        Self {
            burst,
            bucket: Mutex::new(Bucket {
                permits: burst,
                at: Instant::now(),
            }),
        }
    }

    /// Returns when the next call may go out. Whoever gives up waiting has spent the permit, which errs on the safe side.
    pub(super) async fn turn(&self) {
        let wait = self.reserve();
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    fn reserve(&self) -> Duration {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let refilled = now.duration_since(bucket.at).as_secs_f64() * PER_MINUTE / 60.0;
        bucket.permits = (bucket.permits + refilled).min(self.burst) - 1.0;
        bucket.at = now;
        Duration::from_secs_f64((-bucket.permits).max(0.0) * 60.0 / PER_MINUTE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_calls_go_out_at_once_and_no_minute_sees_sixty() {
        let pace = Pace::new(BURST);
        let start = Instant::now();
        let mut calls = Vec::new();
        for _ in 0..300 {
            pace.turn().await;
            calls.push(start.elapsed());
        }
        assert_eq!(calls.iter().filter(|at| at.is_zero()).count(), 10);
        for (first, at) in calls.iter().enumerate() {
            let within = calls[first..]
                .iter()
                .take_while(|later| **later < *at + Duration::from_secs(60))
                .count();
            assert!(within < 58, "{within} calls in a minute");
        }
    }
}
