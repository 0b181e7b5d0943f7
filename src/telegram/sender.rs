//! Messages out: one queue a chat (for cards: an order), paced to Telegram's limits, repeated until Telegram has them.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use teloxide::payloads::{
    AnswerCallbackQuerySetters, AnswerPreCheckoutQuerySetters, EditMessageTextSetters,
    SendInvoiceSetters, SendMessageSetters,
};
use teloxide::prelude::Requester;
use teloxide::types::{
    ButtonRequest, CallbackQueryId, ChatId, InlineKeyboardButton, InlineKeyboardMarkup,
    KeyboardButton, KeyboardMarkup, KeyboardRemove, LabeledPrice, LinkPreviewOptions, MessageId,
    ParseMode, PreCheckoutQueryId, ReplyMarkup, ReplyParameters, ThreadId,
};
use teloxide::{ApiError, Bot, RequestError};
use tokio::sync::{Notify, Semaphore, mpsc};

use super::CALL_TIMEOUT;
use super::call::post;
use super::pace::{Closing, Pacer};
use crate::engine::{CheckoutAnswer, Delivery, Engine, Outgoing, Place, Priority, Release, What};
use crate::metrics::{count, level};
use crate::money::Money;
use crate::privacy::{ExposeSecret, SecretString};
use crate::text::{self, Invoice, Keyboard, Message};

/// Calls to Telegram at the same time, each on a connection of its own. Enough for Telegram's thirty messages a second
/// where each call takes two seconds.
pub(super) const MOST_CALLS: usize = 64;

/// An answer to a tap is tried so often, each time for so long, with a pause that grows by so much: all within the
/// time for which Telegram's clients wait.
const ANSWER_TRIES: u32 = 4;
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_PAUSE: Duration = Duration::from_millis(300);

/// Longest wait between two tries of one message.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What has its turn so soon after the bot was told to stop is still sent. The rest is in the outbox: the next start
/// sends it, and a deployment does not wait for Telegram's pace.
const LAST_CALLS: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Lane {
    Chat(i64),
    Card(u64),
}

struct Job {
    keys: Vec<u64>,
    outgoing: Outgoing,
}

/// Sends what the engine releases.
pub struct Sender {
    bot: Bot,
    /// For invoices.
    provider: Option<SecretString>,
    engine: Arc<Engine>,
    pacer: Pacer,
    closing: Closing,
    calls: Semaphore,
    lanes: Mutex<HashMap<Lane, Queue>>,
    /// Answers to taps under way.
    answering: AtomicUsize,
    /// The operator chat was out of reach for the last card.
    blind: AtomicBool,
    idle: Notify,
}

/// What one lane has to send.
struct Queue {
    waiting: VecDeque<Job>,
    /// When the job under way was decided.
    under_way: Option<Timestamp>,
    /// The bot stops, and what is here is left for the next start.
    left: bool,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl Verdict {
    /// The word for logs and metrics.
    const fn class(&self) -> &'static str {
        match self {
            Self::Shown(_) => "ok",
            Self::Gone => "gone",
            Self::Silence(_) => "too_many_requests",
            Self::Retry(class) | Self::GiveUp(class) => class,
            Self::BadForm => "bad_form",
            Self::Moved(_) => "moved",
        }
    }
}

/// What is to be done after a call.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// Telegram shows it, in this message if it is a new one.
    Shown(Option<i32>),
    /// The message that was to be changed is gone: a new one takes its place.
    Gone,
    /// The chat wants silence first.
    Silence(Duration),
    /// It may work later.
    Retry(&'static str),
    /// It will never work.
    GiveUp(&'static str),
    /// Telegram does not like the text's form.
    BadForm,
    /// The group has another id now.
    Moved(i64),
}

impl Sender {
    /// A sender; `per_second`: messages to all chats together, 0 for no limit at all; `provider`: the payment
    /// provider's token, for invoices.
    #[must_use]
    pub fn new(
        bot: Bot,
        engine: Arc<Engine>,
        per_second: u32,
        provider: Option<SecretString>,
    ) -> Arc<Self> {
        Arc::new(Self {
            bot,
            provider,
            engine,
            pacer: Pacer::new(per_second),
            closing: Closing::default(),
            calls: Semaphore::new(MOST_CALLS),
            lanes: Mutex::default(),
            answering: AtomicUsize::new(0),
            blind: AtomicBool::new(false),
            idle: Notify::new(),
        })
    }

    fn lanes(&self) -> std::sync::MutexGuard<'_, HashMap<Lane, Queue>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends what comes until the engine is gone.
    pub async fn run(self: Arc<Self>, mut releases: mpsc::UnboundedReceiver<Release>) {
        while let Some(release) = releases.recv().await {
            match release {
                Release::Job { key, outgoing } => self.push(key, outgoing),
                Release::Answer { callback, text } => {
                    self.answering.fetch_add(1, Ordering::AcqRel);
                    tokio::spawn(Arc::clone(&self).answer(callback, text));
                }
                Release::Checkout(answer) => {
                    self.answering.fetch_add(1, Ordering::AcqRel);
                    tokio::spawn(Arc::clone(&self).answer_checkout(answer));
                }
                Release::Unkept { chat } => {
                    tokio::spawn(Arc::clone(&self).tell_trouble(chat));
                }
                Release::Mark(passed) => {
                    // Whoever asked has given up where nobody hears it.
                    let _ = passed.send(());
                }
            }
        }
    }

    fn push(self: &Arc<Self>, key: u64, outgoing: Outgoing) {
        let lane = match outgoing.what {
            What::Card { order } => Lane::Card(order),
            _ => Lane::Chat(outgoing.chat),
        };
        let job = Job {
            keys: vec![key],
            outgoing,
        };
        let mut lanes = self.lanes();
        if let Some(queue) = lanes.get_mut(&lane) {
            queue.waiting.push_back(job);
            return;
        }
        let queue = Queue {
            waiting: VecDeque::from([job]),
            under_way: None,
            left: false,
        };
        lanes.insert(lane, queue);
        level(&self.engine.metrics().queues, "sending", lanes.len());
        drop(lanes);
        tokio::spawn(Arc::clone(self).run_lane(lane));
    }

    async fn run_lane(self: Arc<Self>, lane: Lane) {
        loop {
            let job = {
                let mut lanes = self.lanes();
                let queue = lanes.get_mut(&lane);
                let next = queue.and_then(|queue| {
                    let job = queue.waiting.pop_front()?;
                    queue.under_way = Some(job.outgoing.at);
                    Some(job)
                });
                match next {
                    Some(job) => job,
                    None => {
                        lanes.remove(&lane);
                        self.idle.notify_waiters();
                        level(&self.engine.metrics().queues, "sending", lanes.len());
                        return;
                    }
                }
            };
            // A defect in rendering costs one message; it stays in the outbox, for a version that has mended it.
            let delivery = AssertUnwindSafe(self.deliver(lane, job)).catch_unwind();
            match delivery.await {
                Ok(Some(())) => {}
                // Nor what is behind it: it would overtake.
                Ok(None) => {
                    if let Some(queue) = self.lanes().get_mut(&lane) {
                        queue.left = true;
                    }
                    self.idle.notify_waiters();
                    return;
                }
                Err(_) => {
                    count(&self.engine.metrics().errors, "panic");
                    tracing::error!("a message could not be sent: a defect in the bot");
                }
            }
        }
    }

    /// Takes the jobs behind this one that would show the same once more: what is shown is the state of the moment.
    fn absorb(&self, lane: Lane, job: &mut Job) {
        let mut lanes = self.lanes();
        let Some(queue) = lanes.get_mut(&lane) else {
            return;
        };
        queue.waiting.retain(|later| {
            let same = later.outgoing.what.shows_same_as(&job.outgoing.what);
            if same {
                job.keys.extend(&later.keys);
            }
            !same
        });
    }

    /// None: the bot stops, and it is left for the next start.
    async fn deliver(&self, lane: Lane, mut job: Job) -> Option<()> {
        let mut tries: u32 = 0;
        let mut place = None;
        let mut plain = false;
        let mut topic_gone = false;
        let mut chat = job.outgoing.chat;
        let job_name = job.outgoing.what.as_str();
        let order = self.engine.order_shown(&job.outgoing.what);
        let order = order.as_ref().map(tracing::field::display);
        loop {
            let priority = self.engine.priority(&job.outgoing);
            if !self.pacer.ready(chat, priority, &self.closing).await {
                return None;
            }
            self.absorb(lane, &mut job);
            if !job.keys.iter().any(|key| self.engine.is_waiting(*key)) {
                // Its customer was forgotten meanwhile.
                return Some(());
            }
            let Some(mut delivery) = self.engine.render(&job.outgoing) else {
                self.engine.delivered(&job.keys, &job.outgoing, None);
                return Some(());
            };
            delivery.place = place.unwrap_or(delivery.place);
            if topic_gone {
                delivery.topic = None;
            }
            let verdict = self.call(chat, &delivery, plain).await?;
            let metrics = self.engine.metrics();
            let failed = |class| {
                count(&metrics.telegram_calls, class);
                tracing::warn!(
                    class,
                    tries,
                    job = job_name,
                    order.id = order,
                    "a message could not be sent"
                );
            };
            match verdict {
                Verdict::Shown(message) => {
                    if matches!(lane, Lane::Card(_)) {
                        self.blind.store(false, Ordering::Release);
                    }
                    count(&metrics.telegram_calls, "ok");
                    tracing::debug!(job = job_name, order.id = order, "a message is sent");
                    self.engine.delivered(&job.keys, &job.outgoing, message);
                    return Some(());
                }
                Verdict::GiveUp("refused") if matches!(delivery.place, Place::Edit(_)) => {
                    failed("refused");
                    place = Some(Place::New);
                }
                // The topic was closed or deleted: the chat itself is still there.
                Verdict::GiveUp("refused") if delivery.topic.is_some() => {
                    failed("refused");
                    topic_gone = true;
                }
                Verdict::GiveUp("unreachable_chat") if matches!(lane, Lane::Card(_)) => {
                    // A customer who has blocked the bot wants no message. The shop must see every order: it finds
                    // the cards when it has let the bot in again.
                    failed("unreachable_chat");
                    self.blind.store(true, Ordering::Release);
                    tracing::error!(
                        "the operator chat cannot be reached, so its cards wait: see that OPERATOR_CHAT_ID is right \
                         and that the bot is in that chat"
                    );
                    self.pacer.silence(chat, pause(tries));
                }
                Verdict::GiveUp(class) => {
                    failed(class);
                    if let What::Invoice { order } = job.outgoing.what {
                        tracing::error!(
                            order.number = order,
                            "Telegram takes no invoice for an order: see whether PAYMENT_PROVIDER_TOKEN holds, and its least and largest amount for this currency"
                        );
                        self.engine.invoice_failed(order).await;
                    }
                    self.engine.delivered(&job.keys, &job.outgoing, None);
                    return Some(());
                }
                Verdict::Gone => place = Some(Place::New),
                Verdict::BadForm if !plain => {
                    failed("bad_form");
                    plain = true;
                }
                Verdict::BadForm => {
                    self.engine.delivered(&job.keys, &job.outgoing, None);
                    return Some(());
                }
                Verdict::Silence(time) => {
                    failed("too_many_requests");
                    self.pacer.silence(chat, time);
                    if self.pacer.is_off() && !self.closing.sleep(time).await {
                        return None;
                    }
                }
                Verdict::Moved(to) => {
                    tracing::error!(
                        "the operator chat has become a supergroup: set OPERATOR_CHAT_ID to its new id"
                    );
                    self.engine.operator_chat_moved(chat, to);
                    chat = to;
                }
                Verdict::Retry(class) => {
                    failed(class);
                    if !self.closing.sleep(pause(tries)).await {
                        return None;
                    }
                }
            }
            tries = tries.saturating_add(1);
        }
    }

    /// None: the bot stops, and the call was not begun.
    async fn call(&self, chat: i64, delivery: &Delivery, plain: bool) -> Option<Verdict> {
        // The semaphore is never closed; without a permit the call would go all the same.
        let _permit = self.calls.acquire().await;
        if self.closing.is_over() {
            return None;
        }
        let call = async {
            match delivery.place {
                Place::New => match &delivery.invoice {
                    Some(invoice) => self.send_invoice(chat, invoice).await,
                    None => self.send(chat, delivery, plain).await,
                },
                Place::Edit(message) => self.edit(chat, message, &delivery.message, plain).await,
            }
        };
        Some(match tokio::time::timeout(CALL_TIMEOUT, call).await {
            Err(_) => Verdict::Retry("timeout"),
            Ok(Ok(message)) => Verdict::Shown(Some(message)),
            Ok(Err(e)) => judge(&e),
        })
    }

    async fn send(&self, chat: i64, delivery: &Delivery, plain: bool) -> Result<i32, RequestError> {
        let message = &delivery.message;
        let mut request = self.bot.send_message(ChatId(chat), shown(message, plain));
        if !plain {
            request = request.parse_mode(ParseMode::Html);
        }
        request = request.link_preview_options(no_preview());
        if let Some(topic) = delivery.topic {
            request = request.message_thread_id(ThreadId(MessageId(topic)));
        }
        if let Some(replied) = delivery.reply_to {
            // The message may be gone: what is said must be said all the same.
            let replied = ReplyParameters::new(MessageId(replied)).allow_sending_without_reply();
            request = request.reply_parameters(replied);
        }
        if let Some(markup) = markup(&message.keyboard) {
            request = request.reply_markup(markup);
        }
        let sent = post(&self.bot, &request).await?;
        let id = sent.get("message_id").and_then(serde_json::Value::as_i64);
        // Never seen of Telegram. A message without a number is no reason to send it again; it is never edited.
        Ok(id.and_then(|id| i32::try_from(id).ok()).unwrap_or_default())
    }

    async fn send_invoice(&self, chat: i64, invoice: &Invoice) -> Result<i32, RequestError> {
        let refused = || RequestError::Api(ApiError::Unknown("the amount has no form".to_owned()));
        let amount = |money: Money| u32::try_from(money.minor()).map_err(|_| refused());
        let mut prices = Vec::with_capacity(invoice.prices.len());
        for (label, price) in &invoice.prices {
            prices.push(LabeledPrice::new(label.clone(), amount(*price)?));
        }
        let tips: Result<Vec<u32>, _> = invoice.tips.iter().map(|tip| amount(*tip)).collect();
        let tips = tips?;
        let provider = self.provider.as_ref().ok_or_else(refused)?;
        let mut request = self
            .bot
            .send_invoice(
                ChatId(chat),
                invoice.title.clone(),
                invoice.description.clone(),
                invoice.payload.clone(),
                invoice.currency.clone(),
                prices,
            )
            .provider_token(provider.expose_secret().trim())
            // With it, copies that are forwarded cannot be paid by somebody else. (Bot API, `start_parameter`)
            .start_parameter("pay");
        if let Some(largest) = tips.last() {
            request = request.max_tip_amount(*largest).suggested_tip_amounts(tips);
        }
        let sent = post(&self.bot, &request).await?;
        let id = sent.get("message_id").and_then(serde_json::Value::as_i64);
        Ok(id.and_then(|id| i32::try_from(id).ok()).unwrap_or_default())
    }

    async fn edit(
        &self,
        chat: i64,
        id: i32,
        message: &Message,
        plain: bool,
    ) -> Result<i32, RequestError> {
        let mut request =
            self.bot
                .edit_message_text(ChatId(chat), MessageId(id), shown(message, plain));
        if !plain {
            request = request.parse_mode(ParseMode::Html);
        }
        request = request.link_preview_options(no_preview());
        // Only buttons can stand below a message that is edited; none: they are taken away.
        if let Keyboard::Buttons(rows) = &message.keyboard {
            request = request.reply_markup(inline(rows));
        }
        post(&self.bot, &request).await?;
        Ok(id)
    }

    /// Answers a tap. Repeated only a few times: Telegram takes answers for a short time.
    async fn answer(self: Arc<Self>, callback: String, text: String) {
        for tries in 0..ANSWER_TRIES {
            let verdict = {
                let _permit = self.calls.acquire().await;
                let mut request = self
                    .bot
                    .answer_callback_query(CallbackQueryId(callback.clone()));
                if !text.is_empty() {
                    request = request.text(text.clone());
                }
                let call = async { post(&self.bot, &request).await };
                match tokio::time::timeout(ANSWER_TIMEOUT, call).await {
                    Err(_) => Verdict::Retry("timeout"),
                    Ok(Ok(_)) => Verdict::Shown(None),
                    Ok(Err(e)) => judge(&e),
                }
            };
            count(&self.engine.metrics().telegram_calls, verdict.class());
            match verdict {
                Verdict::Retry(_) => tokio::time::sleep(ANSWER_PAUSE * (tries + 1)).await,
                Verdict::Silence(time) if time <= ANSWER_TIMEOUT => tokio::time::sleep(time).await,
                _ => break,
            }
        }
        if self.answering.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.idle.notify_waiters();
        }
    }

    /// Answers Telegram's question before money moves, while Telegram waits.
    async fn answer_checkout(self: Arc<Self>, answer: CheckoutAnswer) {
        let id = PreCheckoutQueryId(answer.query.clone());
        let until = tokio::time::Instant::from_std(answer.until);
        for tries in 0..ANSWER_TRIES {
            if tries > 0 && tokio::time::Instant::now() >= until {
                break;
            }
            let mut request = self
                .bot
                .answer_pre_checkout_query(id.clone(), answer.refused.is_none());
            if let Some(why) = &answer.refused {
                request = request.error_message(why.clone());
            }
            // Not after all the messages that wait for a free connection.
            let call = async { post(&self.bot, &request).await };
            let verdict = match tokio::time::timeout(ANSWER_TIMEOUT, call).await {
                Err(_) => Verdict::Retry("timeout"),
                Ok(Ok(_)) => Verdict::Shown(None),
                Ok(Err(e)) => judge(&e),
            };
            count(&self.engine.metrics().telegram_calls, verdict.class());
            match verdict {
                Verdict::Retry(_) => tokio::time::sleep(ANSWER_PAUSE * (tries + 1)).await,
                Verdict::Shown(_) => break,
                _ => {
                    // Telegram has not taken it, so that no money moves. After a try without an answer nobody knows.
                    if let Some(order) = answer.order.filter(|_| tries == 0) {
                        self.engine.checkout_failed(order, &answer.query);
                    }
                    break;
                }
            }
        }
        if self.answering.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.idle.notify_waiters();
        }
    }

    async fn tell_trouble(self: Arc<Self>, chat: i64) {
        let ready = self.pacer.ready(chat, Priority::Draft, &self.closing);
        if !ready.await {
            return;
        }
        let message = text::store_trouble(self.engine.texts_for(chat, None));
        let delivery = Delivery::new(message, Place::New);
        let _ = self.call(chat, &delivery, false).await;
    }

    /// Whether the shop does not see its orders, because the operator chat does not let the bot in.
    #[must_use]
    pub fn is_blind(&self) -> bool {
        self.blind.load(Ordering::Acquire)
    }

    /// Waits until everything is sent that has its turn soon, and until what was begun has ended, or the time is up; says
    /// how many messages were left for the next start.
    pub async fn drain(&self, limit: Duration) -> usize {
        self.closing
            .close(tokio::time::Instant::now() + LAST_CALLS.min(limit));
        let empty = async {
            // What was released before is in the lanes then.
            let _ = self.engine.mark_releases().await;
            loop {
                let idle = self.idle.notified();
                let at_rest = self.lanes().values().all(|queue| queue.left);
                if at_rest && self.answering.load(Ordering::Acquire) == 0 {
                    return;
                }
                idle.await;
            }
        };
        let _ = tokio::time::timeout(limit, empty).await;
        self.waiting().0
    }

    /// How many messages are not sent yet, and for how long the oldest has been waiting; for the metrics.
    #[must_use]
    pub fn waiting(&self) -> (usize, Duration) {
        let lanes = self.lanes();
        let jobs = |queue: &Queue| queue.waiting.len() + usize::from(queue.under_way.is_some());
        let oldest = lanes.values().filter_map(|queue| {
            let next = queue.waiting.front().map(|job| job.outgoing.at);
            queue.under_way.or(next)
        });
        let age = oldest.min().map_or(Duration::ZERO, |at| {
            let age = Timestamp::now().duration_since(at);
            age.unsigned_abs() * u32::from(age.is_positive())
        });
        (lanes.values().map(jobs).sum(), age)
    }
}

/// The pause after a failed try: half a second, doubled with each, up to a quarter more.
fn pause(tries: u32) -> Duration {
    let wait = Duration::from_millis(500 << tries.min(6)).min(LONGEST_WAIT);
    wait.mul_f64(1.0 + fastrand::f64() / 4.0)
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

/// The text as it is sent. Plain, when Telegram refused the form: with its tags taken away.
fn shown(message: &Message, plain: bool) -> String {
    if !plain {
        return message.html.clone();
    }
    let mut text = String::with_capacity(message.html.len());
    let mut inside = false;
    for c in message.html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

fn inline(rows: &[Vec<text::Button>]) -> InlineKeyboardMarkup {
    InlineKeyboardMarkup::new(rows.iter().map(|row| {
        row.iter()
            .map(|button| InlineKeyboardButton::callback(button.label.clone(), button.data.clone()))
    }))
}

fn markup(keyboard: &Keyboard) -> Option<ReplyMarkup> {
    let ask = |label: &str, request| {
        let button = KeyboardButton::new(label).request(request);
        KeyboardMarkup::new([[button]])
            .resize_keyboard()
            .one_time_keyboard()
            .into()
    };
    match keyboard {
        Keyboard::None => None,
        Keyboard::Buttons(rows) if rows.is_empty() => None,
        Keyboard::Buttons(rows) => Some(inline(rows).into()),
        Keyboard::AskContact(label) => Some(ask(label, ButtonRequest::Contact)),
        Keyboard::AskLocation(label) => Some(ask(label, ButtonRequest::Location)),
        Keyboard::Remove => Some(ReplyMarkup::KeyboardRemove(KeyboardRemove::new())),
    }
}

fn judge(error: &RequestError) -> Verdict {
    match error {
        RequestError::RetryAfter(seconds) => Verdict::Silence(seconds.duration()),
        RequestError::MigrateToChatId(chat) => Verdict::Moved(chat.0),
        RequestError::Api(api) => match api {
            ApiError::MessageNotModified => Verdict::Shown(None),
            ApiError::MessageToEditNotFound
            | ApiError::MessageCantBeEdited
            | ApiError::MessageIdInvalid => Verdict::Gone,
            ApiError::CantParseEntities(_) => Verdict::BadForm,
            ApiError::BotBlocked
            | ApiError::UserDeactivated
            | ApiError::ChatNotFound
            | ApiError::BotKicked
            | ApiError::BotKickedFromSupergroup
            | ApiError::GroupDeactivated
            | ApiError::CantInitiateConversation => Verdict::GiveUp("unreachable_chat"),
            ApiError::InvalidToken => Verdict::Retry("unauthorized"),
            ApiError::Unknown(text) if is_transient(text) => Verdict::Retry("server_error"),
            // A chat that does not want us says so in many words; those of a bad request have no future either.
            _ => Verdict::GiveUp("refused"),
        },
        RequestError::InvalidJson { .. } => Verdict::Retry("bad_answer"),
        RequestError::Network(_) | RequestError::Io(_) => Verdict::Retry("unreachable"),
    }
}

/// teloxide tells the API's errors apart by their text alone, the code is dropped.
fn is_transient(text: &str) -> bool {
    [
        "Internal Server Error",
        "Bad Gateway",
        "Service Unavailable",
        "Gateway Timeout",
        "Too Many Requests",
    ]
    .iter()
    .any(|transient| text.contains(transient))
}

/// The class of an error, for logs and metrics: nothing of its text, which may hold a URL or a customer's words.
pub(super) fn class(error: &RequestError) -> &'static str {
    judge(error).class()
}
