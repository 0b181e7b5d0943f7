//! Telegram's limits on what a bot sends: in all, in one chat, in one group. (Bots FAQ, "My bot is hitting limits")
//!
//! Where more is to be said than goes out in all, as in a flood, the more important goes first, and within that who
//! has waited longest. A sixth of the second is kept for orders, so that they find room at once; every tenth message
//! is the one that has waited longest of all, so that nobody waits for ever.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::engine::Priority;

/// Messages in a group within [`GROUP_WINDOW`].
const GROUP_MESSAGES: usize = 20;

// A little more than Telegram asks for: what leaves us a second apart may arrive closer together.
const GROUP_WINDOW: Duration = Duration::from_millis(61_000);
const CHAT_SPACING: Duration = Duration::from_millis(1_050);
const SECOND: Duration = Duration::from_millis(1_050);

/// One message in so many is the one that has waited longest, whatever it is.
const TURNS: u64 = 10;

/// This part of a second is kept for orders.
const KEPT_PART: usize = 6;

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

    /// Waits until the moment has passed.
    async fn over(&self) {
        let mut closing = self.at.subscribe();
        let at = closing.wait_for(Option::is_some).await;
        match at.ok().and_then(|at| *at) {
            Some(at) => tokio::time::sleep_until(at).await,
            // Nobody is left who could close.
            None => std::future::pending().await,
        }
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
    /// When messages of the last second went, oldest first.
    all: VecDeque<Instant>,
    /// Who waits for a place among them, in the order in which they go.
    waiting: BTreeMap<Ticket, Arc<Notify>>,
    drawn: u64,
    gone: u64,
    chats: HashMap<i64, Chat>,
}

/// A place in the queue: what is more important goes first, then what was there first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ticket {
    priority: Priority,
    number: u64,
}

/// What the holder of a ticket does next.
enum Turn {
    /// It goes.
    Now,
    /// It is the next, at that time.
    At(Instant),
    /// It waits until it is called.
    Wait,
}

impl State {
    /// Whether the next message is the one that has waited longest.
    const fn is_for_oldest(&self) -> bool {
        self.gone % TURNS == TURNS - 1
    }

    /// Who goes next.
    fn next(&self) -> Option<Ticket> {
        if !self.is_for_oldest() {
            return self.waiting.keys().next().copied();
        }
        let first_of = |priority| {
            let from = Ticket {
                priority,
                number: 0,
            };
            let ticket = self.waiting.range(from..).next()?.0;
            (ticket.priority == priority).then_some(*ticket)
        };
        let first = [Priority::Order, Priority::Draft, Priority::Talk].map(first_of);
        let first = first.into_iter().flatten();
        first.min_by_key(|ticket| ticket.number)
    }

    fn call_next(&self) {
        if let Some(notify) = self.next().and_then(|ticket| self.waiting.get(&ticket)) {
            notify.notify_one();
        }
    }

    /// Lets a message go if it is the next and there is room for it.
    fn turn(&mut self, ticket: Ticket, per_second: usize) -> Turn {
        if self.next() != Some(ticket) {
            return Turn::Wait;
        }
        let kept = match ticket.priority {
            Priority::Draft | Priority::Talk if !self.is_for_oldest() => per_second / KEPT_PART,
            _ => 0,
        };
        let now = Instant::now();
        while self.all.front().is_some_and(|at| *at + SECOND <= now) {
            self.all.pop_front();
        }
        let room = per_second - kept;
        if let Some(at) = self.all.len().checked_sub(room) {
            // So many must have gone out of the second first.
            return Turn::At(self.all.get(at).map_or(now, |at| *at + SECOND));
        }
        self.all.push_back(now);
        self.gone += 1;
        self.waiting.remove(&ticket);
        self.call_next();
        Turn::Now
    }
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
    pub(super) async fn ready(&self, chat: i64, priority: Priority, closing: &Closing) -> bool {
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
        if self.is_off() {
            return true;
        }
        if !self.queue_for_all(priority, closing).await {
            return false;
        }
        // It went later than its chat would have let it: what follows it there keeps its distance.
        let mut state = self.state();
        let last = state
            .chats
            .get_mut(&chat)
            .and_then(|chat| chat.slots.back_mut());
        if let Some(last) = last {
            *last = Instant::now().max(*last);
        }
        true
    }

    /// Waits for a place among the messages to all chats. False where it has none before the closing.
    async fn queue_for_all(&self, priority: Priority, closing: &Closing) -> bool {
        let place = Place::take(self, priority);
        loop {
            let turn = self.state().turn(place.ticket, self.per_second);
            match turn {
                Turn::Now => return true,
                Turn::At(at) if !closing.sleep_until(at).await => return false,
                Turn::At(_) => {}
                Turn::Wait => tokio::select! {
                    () = place.called.notified() => {}
                    () = closing.over() => return false,
                },
            }
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

    /// Telegram has asked for silence in a chat.
    pub(super) fn silence(&self, chat: i64, time: Duration) {
        let until = Instant::now() + time;
        let mut state = self.state();
        let chat = state.chats.entry(chat).or_default();
        chat.silent_until = chat.silent_until.max(Some(until));
    }
}

/// A place in the queue; whoever gives up waiting leaves it.
struct Place<'a> {
    pacer: &'a Pacer,
    ticket: Ticket,
    called: Arc<Notify>,
}

impl<'a> Place<'a> {
    fn take(pacer: &'a Pacer, priority: Priority) -> Self {
        let called = Arc::new(Notify::new());
        let mut state = pacer.state();
        let number = state.drawn;
        state.drawn += 1;
        let ticket = Ticket { priority, number };
        state.waiting.insert(ticket, Arc::clone(&called));
        drop(state);
        Self {
            pacer,
            ticket,
            called,
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.pacer.state();
        if state.waiting.remove(&self.ticket).is_some() {
            state.call_next();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn times(pacer: &Arc<Pacer>, chats: impl Iterator<Item = i64>) -> Vec<Duration> {
        times_of(pacer, chats.map(|chat| (chat, Priority::Order))).await
    }

    async fn times_of(
        pacer: &Arc<Pacer>,
        chats: impl Iterator<Item = (i64, Priority)>,
    ) -> Vec<Duration> {
        let start = Instant::now();
        let sends: Vec<_> = chats
            .map(|(chat, priority)| {
                let pacer = Arc::clone(pacer);
                tokio::spawn(async move {
                    pacer.ready(chat, priority, &Closing::default()).await;
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
        pacer.ready(7, Priority::Talk, &Closing::default()).await;
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
                tokio::spawn(async move { pacer.ready(-7, Priority::Order, &closing).await })
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
            !pacer.ready(-7, Priority::Order, &closing).await,
            "nor does one that comes later"
        );
        assert!(
            pacer.ready(8, Priority::Order, &closing).await,
            "another chat has its turn at once"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_all_chats_gives_up_at_the_closing() {
        let (pacer, closing) = (Arc::new(Pacer::new(30)), Arc::new(Closing::default()));
        let sends: Vec<_> = (0..500)
            .map(|chat| {
                let (pacer, closing) = (Arc::clone(&pacer), Arc::clone(&closing));
                tokio::spawn(async move { pacer.ready(chat, Priority::Talk, &closing).await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(100)).await;
        let start = Instant::now();
        closing.close(start + Duration::from_secs(2));
        let mut sent = 0;
        for send in sends {
            sent += usize::from(send.await.is_ok_and(|ready| ready));
        }
        assert!((50..=90).contains(&sent), "{sent}");
        assert!(start.elapsed() <= Duration::from_secs(2));
        assert!(pacer.state().waiting.is_empty());
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

    /// Lets so many strangers wait.
    async fn flood(pacer: &Arc<Pacer>, strangers: i64, priority: Priority) {
        for chat in 0..strangers {
            let pacer = Arc::clone(pacer);
            tokio::spawn(async move {
                pacer
                    .ready(1_000 + chat, priority, &Closing::default())
                    .await
            });
        }
        // The first of them have gone.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_flood_of_strangers_orders_wait_for_nothing() {
        let pacer = Arc::new(Pacer::new(30));
        for strangers in [Priority::Talk, Priority::Draft] {
            flood(&pacer, 5_000, strangers).await;
            for chat in 1..=100 {
                // Two orders a second.
                tokio::time::sleep(Duration::from_millis(500)).await;
                let began = Instant::now();
                pacer
                    .ready(chat, Priority::Order, &Closing::default())
                    .await;
                assert!(began.elapsed() < Duration::from_millis(50), "{chat}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn drafts_go_before_talk_and_talk_is_never_forgotten() {
        let pacer = Arc::new(Pacer::new(30));
        flood(&pacer, 5_000, Priority::Draft).await;
        let began = Instant::now();
        let talk = times_of(&pacer, (1..=10).map(|chat| (chat, Priority::Talk))).await;
        // One in ten is for who has waited longest, and the drafts were there first.
        assert!(talk[0] > Duration::from_secs(150), "{talk:?}");
        assert!(began.elapsed() < Duration::from_secs(250), "{talk:?}");
        flood(&pacer, 5_000, Priority::Talk).await;
        let draft = times_of(&pacer, [(11, Priority::Draft)].into_iter()).await;
        assert!(draft[0] < Duration::from_millis(1_100), "{draft:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn orders_without_end_leave_one_message_in_ten_to_the_others() {
        let pacer = Arc::new(Pacer::new(30));
        flood(&pacer, 3_000, Priority::Order).await;
        let began = Instant::now();
        pacer.ready(1, Priority::Talk, &Closing::default()).await;
        // It is the youngest, so all who were there before it go first, and no more.
        assert!(began.elapsed() < Duration::from_secs(110));
        flood(&pacer, 30, Priority::Talk).await;
        for wave in 0..5 {
            let chats = (1..=300).map(|chat| (wave * 1_000 + chat, Priority::Order));
            times_of(&pacer, chats).await;
        }
        assert_eq!(
            pacer.state().waiting.len(),
            0,
            "the strangers have been heard"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_holds_up_nobody() {
        let pacer = Arc::new(Pacer::new(1));
        pacer.ready(1, Priority::Order, &Closing::default()).await;
        let first = Arc::clone(&pacer);
        let first =
            tokio::spawn(async move { first.ready(2, Priority::Order, &Closing::default()).await });
        tokio::time::sleep(Duration::from_millis(10)).await;
        let second = Arc::clone(&pacer);
        let second =
            tokio::spawn(async move { second.ready(3, Priority::Talk, &Closing::default()).await });
        tokio::time::sleep(Duration::from_millis(10)).await;
        first.abort();
        let went = tokio::time::timeout(Duration::from_secs(3), second).await;
        assert!(went.is_ok_and(|went| went.is_ok()));
        assert!(first.await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn what_waited_long_keeps_its_chats_distance() {
        let pacer = Arc::new(Pacer::new(30));
        flood(&pacer, 500, Priority::Talk).await;
        pacer.ready(1, Priority::Talk, &Closing::default()).await;
        let began = Instant::now();
        pacer.ready(1, Priority::Order, &Closing::default()).await;
        assert!(began.elapsed() >= Duration::from_secs(1));
    }
}
