//! Telegram's limits on what a bot sends: in all, in one chat, in one group. (Bots FAQ, "My bot is hitting limits")

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// Messages in a group within [`GROUP_WINDOW`].
const GROUP_MESSAGES: usize = 20;

// A little more than Telegram asks for: what leaves us a second apart may arrive closer together.
const GROUP_WINDOW: Duration = Duration::from_millis(61_000);
const CHAT_SPACING: Duration = Duration::from_millis(1_050);
const SECOND: Duration = Duration::from_millis(1_050);

/// Chats are forgotten that have been quiet for a window when there are this many.
const MOST_CHATS: usize = 10_000;

/// The moment after which no message is begun any more; none until the bot stops.
#[derive(Debug, Default)]
pub(super) struct Closing {
    at: watch::Sender<Option<Instant>>,
}

impl Closing {
    /// From now on everything that would have to wait beyond this moment is left.
    pub(super) fn close(&self, at: Instant) {
        self.at.send_replace(Some(at));
    }

    /// Sleeps until then. False, as soon as it is known, where that is after the closing.
    pub(super) async fn sleep_until(&self, then: Instant) -> bool {
        let mut closing = self.at.subscribe();
        tokio::select! {
            biased;
            _ = closing.wait_for(|at| at.is_some_and(|at| then > at)) => false,
            () = tokio::time::sleep_until(then) => true,
        }
    }

    pub(super) async fn sleep(&self, time: Duration) -> bool {
        self.sleep_until(Instant::now() + time).await
    }

    /// Whether the moment has passed.
    pub(super) fn is_over(&self) -> bool {
        self.at.borrow().is_some_and(|at| at <= Instant::now())
    }
}

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

    /// Waits until a message may go to the chat. False where its moment is after the closing.
    pub(super) async fn ready(&self, chat: i64, closing: &Closing) -> bool {
        loop {
            if let Some(at) = self.reserve_in_chat(chat)
                && !closing.sleep_until(at).await
            {
                return false;
            }
            // Telegram may have asked for silence while we waited. Whoever sat it out queues anew, or all who did
            // would speak at once when it ends.
            match self.silent_until(chat) {
                Some(until) if !closing.sleep_until(until).await => return false,
                Some(_) => {}
                None => break,
            }
        }
        match self.reserve_in_all() {
            Some(at) => closing.sleep_until(at).await,
            None => true,
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
                    pacer.ready(chat, &Closing::default()).await;
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
        pacer.ready(7, &Closing::default()).await;
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
    async fn a_message_whose_moment_is_after_the_closing_does_not_wait_for_it() {
        let (pacer, closing) = (Arc::new(Pacer::new(30)), Arc::new(Closing::default()));
        let sends: Vec<_> = (0..25)
            .map(|_| {
                let (pacer, closing) = (Arc::clone(&pacer), Arc::clone(&closing));
                tokio::spawn(async move { pacer.ready(-7, &closing).await })
            })
            .collect();
        // Three have gone, two more have their turn until then, twenty have not.
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        let start = Instant::now();
        closing.close(start + Duration::from_secs(2));
        let mut sent = 0;
        for send in sends {
            sent += usize::from(send.await.is_ok_and(|ready| ready));
        }
        assert_eq!(sent, 5);
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "{:?}",
            start.elapsed()
        );
        assert!(
            !pacer.ready(-7, &closing).await,
            "nor does one that comes later"
        );
        assert!(
            pacer.ready(8, &closing).await,
            "another chat has its turn at once"
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
