//! When drafts expire.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Engine, Incoming, IncomingKind, lock};
use crate::conversation::Conversation;
use crate::store::Store;

/// Customers by the time at which to look at their draft. An entry may be early, because a draft that is changed lives
/// longer: then the look finds nothing to do, and the change has made a later entry.
#[derive(Debug, Default)]
pub(super) struct Expiry {
    due: Mutex<BTreeSet<(Timestamp, u64)>>,
    wake: Notify,
}

impl Expiry {
    pub(super) fn load(store: &Store) -> Self {
        let mut due = BTreeSet::new();
        store.scan::<Conversation>(|user, conversation| {
            if let Ok(Conversation {
                draft: Some(draft), ..
            }) = conversation
            {
                due.insert((draft.expires_at, user));
            }
        });
        Self {
            due: Mutex::new(due),
            wake: Notify::new(),
        }
    }

    /// Drops a customer's entry.
    pub(super) fn forget(&self, user: u64) {
        lock(&self.due).retain(|(_, of)| *of != user);
    }

    /// Moves a customer's entry from where it was to where it now is.
    pub(super) fn moved(&self, user: u64, before: Option<Timestamp>, after: Option<Timestamp>) {
        if before == after {
            return;
        }
        let mut due = lock(&self.due);
        if let Some(at) = before {
            due.remove(&(at, user));
        }
        if let Some(at) = after {
            due.insert((at, user));
            if due.first() == Some(&(at, user)) {
                self.wake.notify_one();
            }
        }
    }
}

impl Engine {
    /// Lets drafts expire until it is stopped.
    pub async fn run_expiry(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let now = Timestamp::now();
            let (over, next) = {
                let mut due = lock(&self.expiry.due);
                let later = due.split_off(&(now, u64::MAX));
                let over = std::mem::replace(&mut *due, later);
                (over, due.first().map(|(at, _)| *at))
            };
            for (_, user) in over {
                self.submit(Incoming::own(user, IncomingKind::Expired));
            }
            if !rest(next, now, &self.expiry.wake, &stop).await {
                return;
            }
        }
    }
}

/// Rests until something is due or `wake` rings; false: it was stopped meanwhile. For all that waits for a time of day.
pub(super) async fn rest(
    next: Option<Timestamp>,
    now: Timestamp,
    wake: &Notify,
    stop: &CancellationToken,
) -> bool {
    // Looked at every minute at least: the clock may be set forward.
    let wait = next.map_or(Duration::from_secs(60), |at| {
        let left = at.duration_since(now).unsigned_abs();
        left.clamp(Duration::from_millis(5), Duration::from_secs(60))
    });
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(wait) => true,
        () = wake.notified() => true,
    }
}
