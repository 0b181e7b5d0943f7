//! Customers and operators, and what they see.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use order_bot::standin::{Button, SentMessage, State, Tap};

use super::{
    Canaries, PATIENCE,
    settings::{OPERATOR, OPERATOR_CHAT},
};
use crate::fakes::telegram::Telegram;

/// A customer at their phone. Waiting looks at what came since the customer last did something.
pub struct Customer {
    pub id: i64,
    telegram: Telegram,
    canaries: Canaries,
    mark: AtomicU64,
}

impl Customer {
    pub fn new(id: i64, telegram: Telegram, canaries: Canaries) -> Self {
        Self {
            id,
            telegram,
            canaries,
            mark: AtomicU64::new(0),
        }
    }

    fn mark(&self) {
        let now = self.telegram.with(State::clock);
        self.mark.store(now, Ordering::Relaxed);
    }

    /// Writes to the bot; gives the id of the message.
    pub async fn says(&self, text: &str) -> i64 {
        // One-word messages are words of the menu and of the log alike.
        if text.contains(' ') {
            self.canaries.add("a message's text", text);
        }
        self.mark();
        self.telegram.say(self.id, text).unwrap()
    }

    pub async fn shares_phone(&self, phone: &str) {
        self.canaries.add("a phone number", phone);
        self.mark();
        self.telegram.share_contact(self.id, phone).unwrap();
    }

    pub async fn shares_location(&self, latitude: f64, longitude: f64) {
        self.mark();
        self.telegram
            .share_location(self.id, latitude, longitude)
            .unwrap();
    }

    /// Says where they live.
    pub async fn says_address(&self, address: &str) {
        self.canaries.add("an address", address);
        self.says(address).await;
    }

    pub async fn corrects(&self, message_id: i64, text: &str) {
        self.mark();
        assert!(
            self.telegram.edit(self.id, message_id, text),
            "no message {message_id}"
        );
    }

    /// Taps and waits for the answer to the tap.
    pub async fn taps(&self, message: &impl Tappable, prefix: &str) -> Tap {
        let id = self.taps_and_leaves(message, prefix);
        expect_answer(&self.telegram, &id).await
    }

    /// Taps and does not wait.
    pub fn taps_and_leaves(&self, message: &impl Tappable, prefix: &str) -> String {
        self.mark();
        let message = message.message();
        let button = button(message, prefix);
        self.telegram
            .tap(self.id, message.message_id, &button.data)
            .unwrap()
    }

    /// The newest draft since the last move: a message with a button to confirm.
    pub async fn draft(&self) -> Draft {
        let message = self.sees("a draft", |message| {
            message.button("order:confirm:").is_some()
        });
        Draft(message.await)
    }

    /// Any message since the last move.
    pub async fn reply(&self) -> SentMessage {
        self.sees("a reply", |_| true).await
    }

    /// A message since the last move with this text in it, whatever its case.
    pub async fn reads(&self, text: &str) -> SentMessage {
        let wanted = text.to_lowercase();
        let what = format!("a message with {text:?}");
        self.sees(&what, |message| {
            message.text.to_lowercase().contains(&wanted)
        })
        .await
    }

    /// A message since the last move that `test` likes.
    pub async fn sees(&self, what: &str, test: impl Fn(&SentMessage) -> bool) -> SentMessage {
        let mark = self.mark.load(Ordering::Relaxed);
        let what = format!("{what} for customer {}", self.id);
        let new = |message: &SentMessage| message.touched > mark && test(message);
        self.telegram
            .expect(&what, |state| state.newest(self.id, new).cloned())
            .await
    }

    /// Everything in the chat.
    pub fn history(&self) -> Vec<SentMessage> {
        self.telegram.history(self.id)
    }
}

/// The people in the operators' group.
pub struct Operators {
    telegram: Telegram,
    mark: AtomicU64,
}

impl Operators {
    pub fn new(telegram: Telegram) -> Self {
        Self {
            telegram,
            mark: AtomicU64::new(0),
        }
    }

    /// The next card of an order that this value has not handed out yet.
    pub async fn card(&self) -> Card {
        let mark = self.mark.load(Ordering::Relaxed);
        let find = |state: &State| {
            let mut history = state.history(OPERATOR_CHAT).iter();
            let number = |message: &SentMessage| u64::try_from(message.message_id).unwrap();
            history
                .find(|message| number(message) > mark && message.button("op:accept:").is_some())
                .cloned()
        };
        let message = self.telegram.expect("an order card", find).await;
        let number = u64::try_from(message.message_id).unwrap();
        self.mark.store(number, Ordering::Relaxed);
        let accept = &button(&message, "op:accept:").data;
        let order_id = accept.trim_start_matches("op:accept:").to_owned();
        Card { message, order_id }
    }

    /// The same card as it is now, once it has a button with this prefix.
    pub async fn card_with(&self, card: &Card, prefix: &str) -> Card {
        let id = card.message.message_id;
        let find = |state: &State| {
            let message = state.message(OPERATOR_CHAT, id)?;
            message.button(prefix).map(|_| message.clone())
        };
        let what = format!("a button {prefix} on the card of {}", card.order_id);
        let message = self.telegram.expect(&what, find).await;
        let order_id = card.order_id.clone();
        Card { message, order_id }
    }

    /// The same card as it is now, once its button with this prefix is another than it was.
    pub async fn card_after(&self, card: &Card, prefix: &str) -> Card {
        let id = card.message.message_id;
        let data = |message: &SentMessage| message.button(prefix).map(|b| b.data.clone());
        let was = data(&card.message);
        let find = |state: &State| {
            let message = state.message(OPERATOR_CHAT, id)?;
            let now = data(message)?;
            (Some(now) != was).then(|| message.clone())
        };
        let what = format!("another button {prefix} on the card of {}", card.order_id);
        let message = self.telegram.expect(&what, find).await;
        let order_id = card.order_id.clone();
        Card { message, order_id }
    }

    /// The text of a card once `test` likes it.
    pub async fn card_now(&self, card: &Card, test: impl Fn(&str) -> bool) -> String {
        let id = card.message.message_id;
        let find = |state: &State| {
            let text = &state.message(OPERATOR_CHAT, id)?.text;
            test(text).then(|| text.clone())
        };
        let what = format!("another text on the card of {}", card.order_id);
        self.telegram.expect(&what, find).await
    }

    pub async fn taps(&self, card: &Card, prefix: &str) -> Tap {
        self.taps_as(OPERATOR, card, prefix).await
    }

    pub async fn taps_as(&self, user: i64, card: &Card, prefix: &str) -> Tap {
        let data = &button(&card.message, prefix).data;
        let id = self
            .telegram
            .tap_in(OPERATOR_CHAT, user, card.message.message_id, data);
        expect_answer(&self.telegram, &id.unwrap()).await
    }

    pub async fn says(&self, text: &str) {
        self.telegram.say_in(OPERATOR_CHAT, OPERATOR, text).unwrap();
    }

    /// Somebody of the shop writes; gives the answer: the bot's next message in reply to it.
    pub async fn asks_as(&self, user: i64, text: &str) -> SentMessage {
        self.asks_at(user, text, None, None).await
    }

    pub async fn asks(&self, text: &str) -> SentMessage {
        self.asks_as(OPERATOR, text).await
    }

    /// The same in a topic, or in reply to a message.
    pub async fn asks_at(
        &self,
        user: i64,
        text: &str,
        topic: Option<i64>,
        reply_to: Option<i64>,
    ) -> SentMessage {
        let asked = self
            .telegram
            .say_at(OPERATOR_CHAT, user, text, topic, reply_to)
            .unwrap();
        let find = |state: &State| {
            let answers = |m: &SentMessage| m.reply_to == Some(asked);
            state.newest(OPERATOR_CHAT, answers).cloned()
        };
        self.telegram
            .expect(&format!("an answer to {text:?}"), find)
            .await
    }

    /// The newest message in the operators' group that `test` likes.
    pub async fn sees(&self, what: &str, test: impl Fn(&SentMessage) -> bool) -> SentMessage {
        let find = |state: &State| state.newest(OPERATOR_CHAT, &test).cloned();
        self.telegram.expect(what, find).await
    }

    pub fn history(&self) -> Vec<SentMessage> {
        self.telegram.history(OPERATOR_CHAT)
    }
}

async fn expect_answer(telegram: &Telegram, id: &str) -> Tap {
    let answered = |state: &State| state.tap(id).filter(|tap| tap.answers > 0).cloned();
    telegram.expect("an answer to a tap", answered).await
}

fn button<'a>(message: &'a SentMessage, prefix: &str) -> &'a Button {
    let found = message.button(prefix);
    found.unwrap_or_else(|| {
        panic!(
            "no button {prefix} under {:?}: {:?}",
            message.text, message.buttons
        )
    })
}

/// A message with buttons.
pub trait Tappable {
    fn message(&self) -> &SentMessage;
}

impl Tappable for SentMessage {
    fn message(&self) -> &SentMessage {
        self
    }
}

/// A draft of an order as the customer sees it.
pub struct Draft(pub SentMessage);

impl Tappable for Draft {
    fn message(&self) -> &SentMessage {
        &self.0
    }
}

impl Draft {
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// What stands after "total" on the last line that says so.
    pub fn total(&self) -> String {
        let line = self
            .text()
            .lines()
            .rfind(|line| line.to_lowercase().contains("total"));
        let line = line.unwrap_or_else(|| panic!("no total in {:?}", self.text()));
        let at = line.to_lowercase().rfind("total").unwrap() + "total".len();
        let rest = line.get(at..).unwrap_or_default();
        rest.trim_matches(|c: char| c == ':' || c.is_whitespace())
            .to_owned()
    }

    /// What identifies the order in its buttons.
    pub fn reference(&self) -> String {
        let data = &button(&self.0, "order:confirm:").data;
        data.trim_start_matches("order:confirm:").to_owned()
    }
}

/// An order card in the operators' group.
pub struct Card {
    pub message: SentMessage,
    pub order_id: String,
}

/// Waits for a future, for [`PATIENCE`].
pub async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> T {
    let limit: Duration = PATIENCE;
    let outcome = tokio::time::timeout(limit, future).await;
    outcome.unwrap_or_else(|_| panic!("waited {limit:?} in vain for {what}"))
}
