//! The circuit breaker: when the model's service is out of order, customers do not wait for it message by message.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::GptError;

/// Outages in a row after which the model is left alone.
const FAILURES: u32 = 5;
/// For how long, before one call tries whether it is back.
const PAUSE: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open: Option<Open>,
    last: Option<Result<(), GptError>>,
    last_error: Option<GptError>,
}

#[derive(Debug)]
struct Open {
    until: Instant,
    /// Whether the one call that tries is under way.
    trying: bool,
}

/// What the breaker knows, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Snapshot {
    pub(super) open: bool,
    pub(super) retry_in: Option<Duration>,
    pub(super) failures: u32,
    pub(super) last: Option<Result<(), GptError>>,
    pub(super) last_error: Option<GptError>,
}

/// Leave to make one call. Dropped without [`Pass::finish`], a call that was to try hands its turn back.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    trying: bool,
}

impl Breaker {
    // The lock is never held over an await, and no code under it can panic half-way through a change.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leave to call now, or none while the model is left alone.
    pub(super) fn admit(&self, now: Instant) -> Option<Pass<'_>> {
        let trying = match &mut self.state().open {
            None => false,
            Some(open) if open.trying || now < open.until => return None,
            Some(open) => {
                open.trying = true;
                true
            }
        };
        Some(Pass {
            breaker: self,
            trying,
        })
    }

    pub(super) fn snapshot(&self, now: Instant) -> Snapshot {
        let state = self.state();
        let open = state.open.as_ref();
        Snapshot {
            open: open.is_some(),
            retry_in: open.map(|open| open.until.saturating_duration_since(now)),
            failures: state.failures,
            last: state.last,
            last_error: state.last_error,
        }
    }
}

impl Pass<'_> {
    /// Says how the call went.
    pub(super) fn finish(mut self, now: Instant, outcome: Result<(), GptError>) {
        let tried = std::mem::take(&mut self.trying);
        let mut state = self.breaker.state();
        state.last = Some(outcome);
        if let Err(error) = outcome {
            state.last_error = Some(error);
        }
        let Some(error) = outcome.err().filter(|e| e.is_outage()) else {
            // The service answered, whatever it said.
            state.failures = 0;
            state.open = None;
            return;
        };
        state.failures = state.failures.saturating_add(1);
        // Calls that were under way when the breaker opened do not prolong the pause.
        if state.open.is_none() || tried {
            let pause = error
                .hold()
                .or((tried || state.failures >= FAILURES).then_some(PAUSE));
            state.open = pause.map(|pause| Open {
                until: now + pause,
                trying: false,
            });
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.trying
            && let Some(open) = &mut self.breaker.state().open
        {
            open.trying = false;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn fail(breaker: &Breaker, now: Instant, error: GptError) {
        breaker.admit(now).unwrap().finish(now, Err(error));
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_five_outages_in_a_row_and_one_call_tries_after_the_pause() {
        let breaker = Breaker::default();
        let now = Instant::now();
        for _ in 0..4 {
            fail(&breaker, now, GptError::Server);
        }
        assert!(!breaker.snapshot(now).open);
        fail(&breaker, now, GptError::Timeout);
        assert!(breaker.snapshot(now).open);
        assert_eq!(breaker.snapshot(now).retry_in, Some(PAUSE));
        assert!(breaker.admit(now + PAUSE / 2).is_none());

        tokio::time::advance(PAUSE).await;
        let now = Instant::now();
        let attempt = breaker.admit(now).unwrap();
        assert!(breaker.admit(now).is_none(), "only one call tries");
        attempt.finish(now, Err(GptError::Network));
        assert!(breaker.admit(now + PAUSE / 2).is_none());

        let now = now + PAUSE;
        breaker.admit(now).unwrap().finish(now, Ok(()));
        assert!(!breaker.snapshot(now).open);
        assert!(breaker.admit(now).is_some() && breaker.admit(now).is_some());
    }

    #[tokio::test]
    async fn a_refused_key_and_a_used_up_quota_pause_it_at_once_and_for_longer() {
        for error in [GptError::Auth, GptError::Quota, GptError::NotFound] {
            let breaker = Breaker::default();
            let now = Instant::now();
            fail(&breaker, now, error);
            assert_eq!(breaker.snapshot(now).last_error, Some(error));
            assert!(breaker.admit(now + Duration::from_secs(59)).is_none());
            assert!(breaker.admit(now + Duration::from_secs(60)).is_some());
        }
    }

    #[tokio::test]
    async fn an_unusable_answer_is_no_outage() {
        let breaker = Breaker::default();
        let now = Instant::now();
        for _ in 0..4 {
            fail(&breaker, now, GptError::Server);
        }
        fail(&breaker, now, GptError::Invalid);
        for _ in 0..4 {
            fail(&breaker, now, GptError::Server);
        }
        assert!(!breaker.snapshot(now).open, "the row was interrupted");
        for _ in 0..20 {
            fail(&breaker, now, GptError::Refusal);
        }
        assert!(!breaker.snapshot(now).open);
    }

    #[tokio::test]
    async fn an_abandoned_try_hands_its_turn_back() {
        let breaker = Breaker::default();
        let now = Instant::now();
        fail(&breaker, now, GptError::Auth);
        let later = now + Duration::from_secs(61);
        drop(breaker.admit(later).unwrap());
        assert!(breaker.admit(later).is_some());
    }

    #[tokio::test]
    async fn stragglers_do_not_prolong_the_pause() {
        let breaker = Breaker::default();
        let now = Instant::now();
        let straggler = breaker.admit(now).unwrap();
        fail(&breaker, now, GptError::Auth);
        let later = now + Duration::from_secs(50);
        straggler.finish(later, Err(GptError::Server));
        assert_eq!(
            breaker.snapshot(later).retry_in,
            Some(Duration::from_secs(10))
        );
    }
}
