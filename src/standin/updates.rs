//! The queue of updates with Telegram's rules for offsets.
//!
//! An offset confirms, once and for all, every update below it. An offset far beyond the newest update
//! (Telegram may restart the numbering after a quiet week) confirms nothing.

use std::collections::VecDeque;

use serde_json::{Value, json};

/// Kinds that Telegram leaves out unless `allowed_updates` names them.
const OPT_IN: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

#[derive(Clone)]
pub(super) struct Update {
    id: u32,
    /// The finished JSON object, with `update_id`.
    json: String,
}

pub(super) struct Queue {
    pending: VecDeque<Update>,
    next_id: u32,
    restarted: bool,
    allowed: Vec<String>,
    /// The last batch that was handed out and not empty.
    last_batch: Vec<Update>,
    /// Batches that go out as they are, whatever the offset.
    forced: VecDeque<Vec<Update>>,
    /// Counts `getUpdates` calls: only the newest may wait.
    pub(super) poller: u64,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self {
            pending: VecDeque::new(),
            next_id: fastrand::u32(100_000_000..900_000_000),
            restarted: false,
            allowed: Vec::new(),
            last_batch: Vec::new(),
            forced: VecDeque::new(),
            poller: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    pub(super) fn allow(&mut self, kinds: Vec<String>) {
        self.allowed = kinds;
    }

    pub(super) fn allowed(&self) -> &[String] {
        &self.allowed
    }

    pub(super) fn restart_at(&mut self, next_id: u32) {
        self.next_id = next_id;
        self.restarted = true;
    }

    /// Queues `{kind: body}`; `None` when the bot has not asked for that kind.
    pub(super) fn push(&mut self, kind: &str, body: &Value) -> Option<u32> {
        let wanted = if self.allowed.is_empty() {
            !OPT_IN.contains(&kind)
        } else {
            self.allowed.iter().any(|allowed| allowed == kind)
        };
        if !wanted {
            return None;
        }
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        let json = json!({"update_id": id, kind: body}).to_string();
        self.pending.push_back(Update { id, json });
        Some(id)
    }

    /// Queues a whole batch that the next poll gets, in this order and with these ids.
    pub(super) fn force(&mut self, batch: &[Value]) {
        let batch = batch
            .iter()
            .map(|update| Update {
                id: update
                    .get("update_id")
                    .and_then(Value::as_u64)
                    .and_then(|id| u32::try_from(id).ok())
                    .unwrap_or_default(),
                json: update.to_string(),
            })
            .collect();
        self.forced.push_back(batch);
    }

    /// Hands the last batch out once more.
    pub(super) fn repeat_last(&mut self) -> usize {
        let batch = self.last_batch.clone();
        let size = batch.len();
        self.forced.push_back(batch);
        size
    }

    pub(super) fn last_ids(&self) -> Vec<u32> {
        self.last_batch.iter().map(|update| update.id).collect()
    }

    pub(super) fn clear(&mut self) {
        self.pending.clear();
    }

    /// Drops what `offset` confirms.
    pub(super) fn confirm(&mut self, offset: i64) {
        if !self.forced.is_empty() || offset == 0 {
            return;
        }
        if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            let excess = self.pending.len().saturating_sub(keep);
            self.pending.drain(..excess);
        } else if offset <= i64::from(self.next_id) + 10 {
            let confirmed = |update: &Update| i64::from(update.id) < offset;
            while self.pending.front().is_some_and(confirmed) {
                self.pending.pop_front();
            }
            // Ids ascend, unless the numbering was restarted; then the whole queue is looked through.
            if self.restarted {
                self.pending.retain(|update| !confirmed(update));
            }
        }
    }

    /// The answer's `result`, or `None` when there is nothing to hand out.
    pub(super) fn batch(&mut self, limit: usize) -> Option<String> {
        if let Some(forced) = self.forced.pop_front() {
            self.last_batch = forced;
        } else {
            if self.pending.is_empty() {
                return None;
            }
            self.last_batch = self.pending.iter().take(limit).cloned().collect();
        }
        let texts: Vec<&str> = self
            .last_batch
            .iter()
            .map(|update| update.json.as_str())
            .collect();
        Some(format!("[{}]", texts.join(",")))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn ids(batch: Option<String>) -> Vec<u64> {
        let batch: Vec<Value> = serde_json::from_str(&batch.unwrap()).unwrap();
        batch
            .iter()
            .map(|update| update["update_id"].as_u64().unwrap())
            .collect()
    }

    fn three() -> (Queue, u64) {
        let mut queue = Queue::new();
        let first = queue.push("message", &json!({})).unwrap();
        queue.push("message", &json!({})).unwrap();
        queue.push("message", &json!({})).unwrap();
        (queue, first.into())
    }

    #[test]
    fn an_offset_confirms_everything_below_it() {
        let (mut queue, first) = three();
        queue.confirm(0);
        assert_eq!(ids(queue.batch(2)), [first, first + 1]);
        queue.confirm(i64::try_from(first).unwrap() + 2);
        assert_eq!(ids(queue.batch(100)), [first + 2]);
        assert_eq!(queue.len(), 1);
    }

    #[test]
    fn a_negative_offset_keeps_the_newest() {
        let (mut queue, first) = three();
        queue.confirm(-1);
        assert_eq!(ids(queue.batch(100)), [first + 2]);
    }

    #[test]
    fn an_offset_beyond_a_restarted_numbering_confirms_nothing() {
        let mut queue = Queue::new();
        queue.restart_at(500);
        queue.push("message", &json!({})).unwrap();
        queue.confirm(900_000_000);
        assert_eq!(ids(queue.batch(100)), [500]);
    }

    #[test]
    fn a_repeated_batch_survives_the_offset_that_confirms_it() {
        let (mut queue, first) = three();
        ids(queue.batch(100));
        queue.repeat_last();
        queue.confirm(i64::try_from(first).unwrap() + 3);
        assert_eq!(ids(queue.batch(100)).len(), 3);
        queue.confirm(i64::try_from(first).unwrap() + 3);
        assert!(queue.batch(100).is_none());
    }

    #[test]
    fn kinds_that_were_not_asked_for_do_not_come() {
        let mut queue = Queue::new();
        assert!(queue.push("chat_member", &json!({})).is_none());
        queue.allow(vec!["message".into()]);
        assert!(queue.push("callback_query", &json!({})).is_none());
        assert!(queue.push("message", &json!({})).is_some());
    }
}
