//! Telegram: the library's stand-in, with a plan of faults and a list of what was left over.

use std::{
    ops::Deref,
    sync::Arc,
    time::{Duration, Instant},
};

use order_bot::standin::{BotApi, Incoming, State};

use super::faults::Faults;

/// The default limit of every wait.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A stand-in for Telegram; clones share it.
#[derive(Clone, Debug)]
pub struct Telegram {
    api: Arc<BotApi>,
    faults: Faults,
}

impl Telegram {
    pub async fn start(token: &str) -> Self {
        let faults = Faults::default();
        let plan = faults.clone();
        let hook = move |call: &Incoming<'_>| {
            let chat = call.params.get("chat_id").map(ToString::to_string);
            let chat = chat.as_deref().map(|chat| chat.trim_matches('"'));
            plan.next_in(call.method, chat)
        };
        let api = BotApi::start_with_hook(token, hook).await.unwrap();
        Self {
            api: Arc::new(api),
            faults,
        }
    }

    /// Faults by method name.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Waits until `look` finds something, for [`PATIENCE`]; `what` says what was waited for.
    pub async fn expect<T>(&self, what: &str, look: impl FnMut(&State) -> Option<T>) -> T {
        match self.api.wait_for(PATIENCE, look).await {
            Some(found) => found,
            None => panic!("waited {PATIENCE:?} in vain for {what}\n{}", self.summary()),
        }
    }

    /// What a test that is over should not have left: taps without an answer, updates that were never
    /// acknowledged, methods that the stand-in does not know.
    pub fn left_over(&self) -> Vec<String> {
        self.with(|state| {
            let mut found = Vec::new();
            for tap in state.taps().iter().filter(|tap| tap.answers == 0) {
                found.push(format!("the tap on {:?} was never answered", tap.data));
            }
            let open = state
                .checkouts()
                .iter()
                .filter(|checkout| checkout.approved.is_none());
            for checkout in open {
                found.push(format!(
                    "the pre-checkout query {} was never answered",
                    checkout.id
                ));
            }
            if state.unacknowledged() > 0 {
                let number = state.unacknowledged();
                found.push(format!("{number} updates were never acknowledged"));
            }
            for method in state.unexpected() {
                found.push(format!("unexpected method {method}"));
            }
            found
        })
    }

    /// The most calls of the kind that Telegram limits (sends, edits) that fell into any `window`: over
    /// all chats, or of one.
    pub fn busiest(&self, window: Duration, chat: Option<i64>) -> usize {
        let times: Vec<Instant> = self.with(|state| {
            let limited = |method: &str| method.starts_with("send") || method.starts_with("edit");
            let calls = state.calls().iter();
            calls
                .filter(|call| limited(&call.method) && (chat.is_none() || call.chat == chat))
                .map(|call| call.at)
                .collect()
        });
        let within = |first: &Instant| {
            let late = times.iter().filter(|time| *time >= first);
            late.filter(|time| time.duration_since(*first) < window)
                .count()
        };
        times.iter().map(within).max().unwrap_or(0)
    }

    fn summary(&self) -> String {
        self.with(|state| {
            let calls = state.calls();
            let tail = calls.iter().skip(calls.len().saturating_sub(12));
            let tail: Vec<String> = tail
                .map(|call| format!("  {} {:?} -> {}", call.method, call.chat, call.status))
                .collect();
            format!("the last calls of {}:\n{}", calls.len(), tail.join("\n"))
        })
    }
}

impl Deref for Telegram {
    type Target = BotApi;

    fn deref(&self) -> &BotApi {
        &self.api
    }
}
