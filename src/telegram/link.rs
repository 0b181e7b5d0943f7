//! How the connection to Telegram fares.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::health::TelegramContact;

/// What the listener has seen of Telegram; asked by `/health`.
#[derive(Debug)]
pub struct Link(Mutex<State>);

#[derive(Debug)]
struct State {
    since: Instant,
    problem: Option<&'static str>,
}

impl Default for Link {
    fn default() -> Self {
        Self(Mutex::new(State {
            since: Instant::now(),
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
        state.problem = None;
    }

    /// A poll has failed.
    pub fn failed(&self, class: &'static str) {
        self.state().problem = Some(class);
    }

    /// How things stand.
    #[must_use]
    pub fn contact(&self) -> TelegramContact {
        let state = self.state();
        TelegramContact {
            silence: state.since.elapsed(),
            failed: state.problem.is_some(),
            conflict: state.problem == Some("conflict"),
            refused: state.problem == Some("unauthorized"),
        }
    }
}
