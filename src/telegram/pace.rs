//! Telegram's limits on what a bot sends: in all, in one chat, in one group. (Bots FAQ, "My bot is hitting limits")

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Messages in a group within [`GROUP_WINDOW`].
const GROUP_MESSAGES: usize = 20;

// A little more than Telegram asks for: what leaves us a second apart may arrive closer together.
const GROUP_WINDOW: Duration = Duration::from_millis(61_000);
const CHAT_SPACING: Duration = Duration::from_millis(1_050);
const SECOND: Duration = Duration::from_millis(1_050);

/// Chats are forgotten that have been quiet for a window when there are this many.
const MOST_CHATS: usize = 10_000;

/// Gives each message its moment. A chat that has to wait holds up no other.
#[derive(Debug)]
pub(super) struct Pacer {
    per_second: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    all: VecDeque<Instant>,
    chats: HashMap<i64, Chat>,
}

#[derive(Debug, Default)]
struct Chat {
    /// When the latest messages went or will go, oldest first.
    slots: VecDeque<Instant>,
    /// Telegram has asked for silence until then.
    silent_until: Option<Instant>,
}

impl Pacer {
    /// A pacer; 0: no limit at all.
    pub(super) fn new(per_second: u32) -> Self {
        Self {
            per_second: per_second as usize,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is no limit at all.
    pub(super) fn is_off(&self) -> bool {
        self.per_second == 0
    }

    /// Waits until a message may go to the chat.
    pub(super) async fn ready(&self, chat: i64) {
        loop {
            if let Some(at) = self.reserve_in_chat(chat) {
                tokio::time::sleep_until(at).await;
            }
            // Telegram may have asked for silence while we waited. Whoever sat it out queues anew, or all who did
            // would speak at once when it ends.
            match self.silent_until(chat) {
                Some(until) => tokio::time::sleep_until(until).await,
                None => break,
            }
        }
        if let Some(at) = self.reserve_in_all() {
            tokio::time::sleep_until(at).await;
        }
    }

    fn silent_until(&self, chat: i64) -> Option<Instant> {
        let state = self.state();
        let until = state.chats.get(&chat)?.silent_until;
        until.filter(|until| *until > Instant::now())
    }

    fn reserve_in_chat(&self, id: i64) -> Option<Instant> {
        if self.per_second == 0 {
            return None;
        }
        let now = Instant::now();
        let mut state = self.state();
        if state.chats.len() >= MOST_CHATS {
            let quiet = |chat: &Chat| chat.slots.back().is_none_or(|at| *at + GROUP_WINDOW < now);
            state.chats.retain(|_, chat| !quiet(chat));
        }
        let chat = state.chats.entry(id).or_default();
        let mut at = chat
            .slots
            .back()
            .map_or(now, |last| now.max(*last + CHAT_SPACING));
        // Groups have negative ids. (Bot API, `Chat.id`)
        if id < 0 && chat.slots.len() >= GROUP_MESSAGES {
            let oldest = chat.slots.get(chat.slots.len() - GROUP_MESSAGES);
            at = oldest.map_or(at, |oldest| at.max(*oldest + GROUP_WINDOW));
        }
        chat.slots.push_back(at);
        if chat.slots.len() > GROUP_MESSAGES {
            chat.slots.pop_front();
        }
        Some(at)
    }

    fn reserve_in_all(&self) -> Option<Instant> {
        if self.per_second == 0 {
            return None;
        }
        let now = Instant::now();
        let mut state = self.state();
        let mut at = now;
        if state.all.len() >= self.per_second {
            let first = state.all.pop_front();
            at = first.map_or(now, |first| now.max(first + SECOND));
        }
        // Never before one that was reserved earlier, so that the window slides in order.
        at = state.all.back().map_or(at, |last| at.max(*last));
        state.all.push_back(at);
        Some(at)
    }

    /// Telegram has asked for silence in a chat.
    pub(super) fn silence(&self, chat: i64, time: Duration) {
        let until = Instant::now() + time;
        let mut state = self.state();
        let chat = state.chats.entry(chat).or_default();
        chat.silent_until = chat.silent_until.max(Some(until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    async fn times(pacer: &Arc<Pacer>, chats: impl Iterator<Item = i64>) -> Vec<Duration> {
        let start = Instant::now();
        let sends: Vec<_> = chats
            .map(|chat| {
                let pacer = Arc::clone(pacer);
                tokio::spawn(async move {
                    pacer.ready(chat).await;
                    start.elapsed()
                })
            })
            .collect();
        let mut times = Vec::new();
        for send in sends {
            times.extend(send.await.ok());
        }
        times.sort();
        times
    }

    /// The most messages that fall into any window of that length.
    fn most_within(times: &[Duration], window: Duration) -> usize {
        let in_window = |from: &Duration| {
            times
                .iter()
                .filter(|t| **t >= *from && **t < *from + window)
                .count()
        };
        times.iter().map(in_window).max().unwrap_or(0)
    }

    #[tokio::test(start_paused = true)]
    async fn a_chat_gets_one_message_a_second() {
        let pacer = Arc::new(Pacer::new(30));
        let times = times(&pacer, std::iter::repeat_n(7, 5)).await;
        assert_eq!(most_within(&times, Duration::from_secs(1)), 1);
        assert!(times.last().is_some_and(|t| *t < Duration::from_secs(5)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_group_gets_twenty_a_minute() {
        let pacer = Arc::new(Pacer::new(30));
        let times = times(&pacer, std::iter::repeat_n(-7, 45)).await;
        assert_eq!(most_within(&times, Duration::from_secs(60)), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn all_chats_together_get_thirty_a_second() {
        let pacer = Arc::new(Pacer::new(30));
        let times = times(&pacer, 1..=200).await;
        assert_eq!(most_within(&times, Duration::from_secs(1)), 30);
        assert!(times.last().is_some_and(|t| *t < Duration::from_secs(8)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiting_chat_holds_up_no_other() {
        let pacer = Arc::new(Pacer::new(30));
        pacer.silence(7, Duration::from_secs(30));
        let quiet = times(&pacer, 8..=9).await;
        assert!(quiet.iter().all(|t| t.is_zero()), "{quiet:?}");
        let start = Instant::now();
        pacer.ready(7).await;
        assert!(start.elapsed() >= Duration::from_secs(30));
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_silence_a_chat_gets_one_message_a_second() {
        let pacer = Arc::new(Pacer::new(30));
        pacer.silence(7, Duration::from_secs(10));
        let times = times(&pacer, std::iter::repeat_n(7, 5)).await;
        assert!(
            times.iter().all(|t| *t >= Duration::from_secs(10)),
            "{times:?}"
        );
        assert_eq!(most_within(&times, Duration::from_secs(1)), 1);
        assert!(
            times.last().is_some_and(|t| *t < Duration::from_secs(20)),
            "{times:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nothing_waits() {
        let pacer = Arc::new(Pacer::new(0));
        assert!(
            times(&pacer, std::iter::repeat_n(7, 500))
                .await
                .iter()
                .all(Duration::is_zero)
        );
    }
}
