//! Lanes: one queue a chat, one task a busy queue.

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::Notify;
use tracing::Instrument;

use super::limits::Verdict;
use super::{Engine, Incoming, IncomingKind, lock};
use crate::metrics::{count, level, observe};

/// What is applied in order: a chat's inputs, an order's, or what one of the staff writes in the operator chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Lane {
    Chat(i64),
    Order(u64),
    Staff(u64),
}

/// Inputs that wait in one lane; beyond it they are not read, because no person writes that fast.
const MOST_WAITING: usize = 64;

/// All lanes that are not empty.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    busy: Mutex<HashMap<Lane, VecDeque<Incoming>>>,
    idle: Notify,
}

impl Lanes {
    /// Drops what waits in a chat's lane; what is being handled finds that its update is gone.
    pub(super) fn forget(&self, chat: i64) {
        if let Some(queue) = lock(&self.busy).get_mut(&Lane::Chat(chat)) {
            queue.clear();
        }
    }
}

impl Engine {
    /// Takes an input. Never waits: the input is queued in its lane.
    pub fn submit(self: &Arc<Self>, incoming: Incoming) {
        count(&self.metrics.updates, incoming.kind.as_str());
        let lane = self.lane_of(&incoming);
        let mut busy = lock(&self.lanes.busy);
        if let Some(queue) = busy.get_mut(&lane) {
            if queue.len() < MOST_WAITING {
                queue.push_back(incoming);
            } else {
                drop(busy);
                self.refuse(&incoming, Verdict::Drop);
            }
            return;
        }
        busy.insert(lane, VecDeque::from([incoming]));
        level(&self.metrics.queues, "lanes", busy.len());
        drop(busy);
        tokio::spawn(Arc::clone(self).run_lane(lane));
    }

    fn lane_of(&self, incoming: &Incoming) -> Lane {
        match &incoming.kind {
            IncomingKind::Due(order) => Lane::Order(*order),
            IncomingKind::Tap { data, .. } if self.is_operator_chat(incoming.chat) => self
                .order_of_tap(data)
                .map_or(Lane::Chat(incoming.chat), Lane::Order),
            // In the lane of the taps below that card: a reply written before a rejection is not a reason for it.
            IncomingKind::Text(_) if let Some(order) = self.card_replied_to(incoming) => {
                Lane::Order(order)
            }
            // Telegram waits ten seconds: no model call of the same customer may stand in the way.
            IncomingKind::Checkout(query) => self
                .order_of_payload(&query.payload)
                .map_or(Lane::Chat(incoming.chat), Lane::Order),
            IncomingKind::Paid(message) => self
                .order_of_payload(&message.payload)
                .map_or(Lane::Chat(incoming.chat), Lane::Order),
            _ if !incoming.private && self.is_operator_chat(incoming.chat) => {
                Lane::Staff(incoming.user)
            }
            _ => Lane::Chat(incoming.chat),
        }
    }

    async fn run_lane(self: Arc<Self>, lane: Lane) {
        loop {
            let next = {
                let mut busy = lock(&self.lanes.busy);
                match busy.get_mut(&lane).and_then(VecDeque::pop_front) {
                    Some(incoming) => incoming,
                    None => {
                        busy.remove(&lane);
                        if busy.is_empty() {
                            self.lanes.idle.notify_waiters();
                        }
                        level(&self.metrics.queues, "lanes", busy.len());
                        return;
                    }
                }
            };
            let started = std::time::Instant::now();
            let kind = next.kind.as_str();
            let (update, chat, private) = (next.update, next.chat, next.private);
            let callback = match &next.kind {
                IncomingKind::Tap { callback, .. } => Some(callback.clone()),
                _ => None,
            };
            // Every line about this update bears its id, down to the order that came of it.
            let span = tracing::info_span!("update", update.id = update, update.kind = kind);
            let handling = AssertUnwindSafe(self.handle(next)).catch_unwind();
            if let Err(panic) = handling.instrument(span.clone()).await {
                span.in_scope(|| self.panicked(&*panic, update, chat, private));
                if let Some(callback) = callback {
                    self.answer(&callback, String::new());
                }
            }
            observe(&self.metrics.handling_seconds, kind, started.elapsed());
        }
    }

    /// A defect must cost one message at most: the update is done with, and its writer is told.
    fn panicked(&self, _panic: &(dyn Any + Send), update: Option<u64>, chat: i64, private: bool) {
        count(&self.metrics.errors, "panic");
        tracing::error!("an update could not be handled: a defect in the bot");
        self.fail(update, chat, private);
    }

    /// Waits until all lanes are empty, or the time is up; says how many inputs were left.
    pub async fn drain(&self, limit: Duration) -> usize {
        let empty = async {
            loop {
                let idle = self.lanes.idle.notified();
                if lock(&self.lanes.busy).is_empty() {
                    return;
                }
                idle.await;
            }
        };
        let _ = tokio::time::timeout(limit, empty).await;
        lock(&self.lanes.busy)
            .values()
            .map(|queue| queue.len() + 1)
            .sum()
    }
}
