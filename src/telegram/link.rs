//! How the connection to Telegram fares.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What the listener has seen of Telegram; asked by `/health`.
#[derive(Debug)]
pub struct Link(Mutex<State>);

#[derive(Debug)]
struct State {
    since: Instant,
    polled: bool,
    problem: Option<&'static str>,
}

/// How the connection fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkReport {
    /// Whether no orders can come in.
    pub failing: bool,
    /// Class of the last problem, if the last poll failed.
    pub problem: Option<&'static str>,
    /// Since the last poll that Telegram answered, or the start.
    pub silent: Duration,
}

/// Unreachable for longer than this is failing.
const SILENCE: Duration = Duration::from_secs(60);

/// Another process polls with the same token, or the token is wrong: that does not pass by itself.
const AT_ONCE: [&str; 2] = ["conflict", "unauthorized"];

impl Default for Link {
    fn default() -> Self {
        Self(Mutex::new(State {
            since: Instant::now(),
            polled: false,
            problem: None,
        }))
    }
}

impl Link {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Telegram has answered a poll.
    pub fn answered(&self) {
        let mut state = self.state();
        state.since = Instant::now();
        state.polled = true;
        state.problem = None;
    }

    /// A poll has failed.
    pub fn failed(&self, class: &'static str) {
        self.state().problem = Some(class);
    }

    /// How it fares.
    #[must_use]
    pub fn report(&self) -> LinkReport {
        let state = self.state();
        let silent = state.since.elapsed();
        let at_once = state.problem.is_some_and(|class| AT_ONCE.contains(&class));
        LinkReport {
            failing: at_once || silent > SILENCE,
            problem: state.problem,
            silent,
        }
    }
}
