//! Our own listener: each batch of updates is on disk before Telegram is told that it arrived.
//!
//! teloxide's own polling acknowledges a batch as soon as it has been handed to in-memory queues, so that a crash
//! loses orders. Here the offset moves only after the engine's inbox is durable, and what a previous process left
//! unfinished comes first. Handling begins before that: its effects leave only after they are durable, and the journal
//! keeps the order, so that they are never there without their update.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use teloxide::Bot;
use teloxide::stop::{StopFlag, StopToken, mk_stop_token};
use teloxide::types::{Update, UpdateKind};
use teloxide::update_listeners::{AsUpdateStream, UpdateListener};

use super::link::Link;
use super::reduce::{ALLOWED, reduce};
use super::{CALL_TIMEOUT, POLL_SECONDS};
use crate::engine::{Engine, RawUpdate};
use crate::metrics::count;
use crate::store::Commit;

/// Updates in one batch, the most that Telegram gives. (Bot API, `getUpdates`, `limit`)
const BATCH: u32 = 100;

/// Customers who wait this long for the disk are told so.
const PATIENCE: Duration = Duration::from_secs(2);

/// A batch of updates that is in the inbox and not yet acknowledged.
struct Receipt {
    commit: Commit,
    /// The offset that the batch answered.
    asked: Option<u64>,
    /// Whose updates they are.
    chats: Vec<i64>,
}

pub(super) struct Listener {
    bot: Bot,
    engine: Arc<Engine>,
    link: Arc<Link>,
    ready: VecDeque<Update>,
    /// The last batch, until it is on disk.
    receipt: Option<Receipt>,
    failures: u32,
    stop: (StopToken, StopFlag),
}

impl Listener {
    pub(super) fn new(bot: Bot, engine: Arc<Engine>, link: Arc<Link>) -> Self {
        let mut listener = Self {
            bot,
            link,
            ready: VecDeque::new(),
            receipt: None,
            failures: 0,
            stop: mk_stop_token(),
            engine: Arc::clone(&engine),
        };
        let left = engine.unfinished();
        if !left.is_empty() {
            tracing::info!(
                updates = left.len(),
                "updates that a previous run did not finish are handled first"
            );
        }
        listener.make_ready(left);
        listener
    }

    pub(super) fn stop(&self) -> StopToken {
        self.stop.0.clone()
    }

    /// The next update; none when the listener was stopped.
    async fn next(&mut self) -> Option<Update> {
        loop {
            if let Some(update) = self.ready.pop_front() {
                return Some(update);
            }
            let stopped = self.stop.1.clone();
            tokio::select! {
                biased;
                () = stopped => return None,
                () = self.fill() => {}
            }
        }
    }

    /// Waits until the last batch is on disk, so that it may be acknowledged by the next question.
    async fn settle(&mut self) {
        let Some(receipt) = &self.receipt else {
            return;
        };
        let (commit, asked) = (receipt.commit.clone(), receipt.asked);
        let mut chats = receipt.chats.clone();
        let mut told = HashSet::new();
        loop {
            match tokio::time::timeout(PATIENCE, commit.durable()).await {
                Ok(Ok(())) => break,
                // The store is closed: what is not on disk must never be acknowledged, and the stop is near.
                Ok(Err(_)) => return std::future::pending().await,
                Err(_) => {}
            }
            chats.retain(|chat| told.insert(*chat));
            self.engine.tell_trouble(&chats);
            // Whoever writes meanwhile is told too. The same offset acknowledges nothing, so all of it comes again.
            if let Ok(batch) = self.poll(asked, 0).await {
                self.link.answered();
                let reduced = batch.iter().filter_map(|raw| reduce(raw));
                chats = reduced.filter_map(|r| r.private_chat).collect();
            }
        }
        self.receipt = None;
    }

    /// One poll, from the disk to the next updates.
    async fn fill(&mut self) {
        self.settle().await;
        self.engine.room().await;
        let offset = self.engine.offset(jiff::Timestamp::now().as_second());
        // After a failure an answer is wanted at once, also when there is nothing new: health waits for it.
        let wait = if self.failures == 0 { POLL_SECONDS } else { 0 };
        match self.poll(offset, wait).await {
            Ok(batch) => {
                self.link.answered();
                self.failures = 0;
                if !batch.is_empty() && !self.receive(&batch, offset).await {
                    // The same would come again at once, and again.
                    tokio::time::sleep(backoff("bad_answer", 0)).await;
                }
            }
            Err(trouble) => {
                self.link.failed(trouble.class);
                count(&self.engine.metrics().errors, trouble.class);
                let wait = trouble
                    .wait
                    .unwrap_or_else(|| backoff(trouble.class, self.failures));
                self.failures = self.failures.saturating_add(1);
                tracing::warn!(
                    class = trouble.class,
                    attempt = self.failures,
                    wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                    "Telegram could not be asked for updates"
                );
                tokio::time::sleep(wait).await;
            }
        }
    }

    async fn poll(&self, offset: Option<u64>, wait: u32) -> Result<Vec<Box<RawValue>>, Trouble> {
        let url = super::call::url(&self.bot, "GetUpdates");
        let mut body = json!({"limit": BATCH, "timeout": wait, "allowed_updates": ALLOWED});
        if let (Some(offset), Some(body)) = (offset, body.as_object_mut()) {
            body.insert("offset".into(), offset.into());
        }
        let call = async {
            let answer = self
                .bot
                .client()
                .post(url)
                .json(&body)
                .send()
                .await
                .map_err(|e| {
                    // Nothing of the error itself: it names the URL, and the URL holds the token.
                    Trouble::of(if e.is_timeout() {
                        "timeout"
                    } else {
                        "unreachable"
                    })
                })?;
            let status = answer.status().as_u16();
            let body = answer.bytes().await.map_err(|_| Trouble::of("cut"))?;
            let answer: Answer = serde_json::from_slice(&body).map_err(|_| match status {
                200 => Trouble::of("bad_answer"),
                _ => Trouble::of_status(status),
            })?;
            match answer.result {
                Some(batch) if answer.ok => Ok(batch),
                _ => Err(Trouble {
                    wait: answer
                        .parameters
                        .and_then(|p| p.retry_after)
                        .map(Duration::from_secs),
                    ..Trouble::of_status(answer.error_code.unwrap_or(status))
                }),
            }
        };
        tokio::time::timeout(CALL_TIMEOUT, call)
            .await
            .unwrap_or_else(|_| Err(Trouble::of("timeout")))
    }

    /// Puts a batch into the inbox and makes it ready to be handled; false: there is no update in it.
    ///
    /// `asked`: the offset that this batch answered.
    async fn receive(&mut self, batch: &[Box<RawValue>], asked: Option<u64>) -> bool {
        let reduced: Vec<_> = batch.iter().filter_map(|raw| reduce(raw)).collect();
        if reduced.is_empty() {
            count(&self.engine.metrics().errors, "bad_answer");
            return false;
        }
        let chats: Vec<i64> = reduced.iter().filter_map(|r| r.private_chat).collect();
        let updates = reduced.into_iter().map(|r| r.update).collect();
        let now = jiff::Timestamp::now().as_second();
        let (fresh, commit) = match self.engine.receive(updates, now) {
            Ok(received) => received,
            Err(e) => {
                count(&self.engine.metrics().errors, "store");
                tracing::error!(error = %e, "a batch of updates could not be kept");
                tokio::time::sleep(PATIENCE).await;
                return true;
            }
        };
        for update in &fresh {
            tracing::debug!(update.id = update.id, "an update is in the inbox");
        }
        self.make_ready(fresh);
        self.receipt = Some(Receipt {
            commit,
            asked,
            chats,
        });
        true
    }

    fn make_ready(&mut self, updates: Vec<RawUpdate>) {
        for raw in updates {
            match serde_json::from_str::<Update>(raw.json.expose().get()) {
                Ok(update) if !matches!(update.kind, UpdateKind::Error(_)) => {
                    self.ready.push_back(update);
                }
                _ => {
                    count(&self.engine.metrics().errors, "undecodable");
                    tracing::warn!(
                        update.id = raw.id,
                        "an update could not be decoded and is left out"
                    );
                    self.engine.skip(raw.id);
                }
            }
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    result: Option<Vec<Box<RawValue>>>,
    error_code: Option<u16>,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
}

/// Why a poll failed.
#[derive(Debug)]
struct Trouble {
    class: &'static str,
    wait: Option<Duration>,
}

impl Trouble {
    const fn of(class: &'static str) -> Self {
        Self { class, wait: None }
    }

    const fn of_status(status: u16) -> Self {
        match status {
            409 => Self::of("conflict"),
            401 | 404 => Self::of("unauthorized"),
            429 => Self::of("too_many_requests"),
            500..=599 => Self::of("server_error"),
            _ => Self::of("refused"),
        }
    }
}

/// 0.25 s, doubled with each failure up to 16 s, with up to a quarter more so that many bots do not return at once.
/// What only a person can mend is asked for less often from the start.
fn backoff(class: &str, failures: u32) -> Duration {
    let first = match class {
        "conflict" | "unauthorized" => 1_000,
        _ => 250,
    };
    let base = Duration::from_millis(first << failures.min(6)).min(Duration::from_secs(16));
    base.mul_f64(1.0 + fastrand::f64() / 4.0)
}

impl UpdateListener for Listener {
    type Err = std::convert::Infallible;

    fn stop_token(&mut self) -> StopToken {
        self.stop()
    }
}

impl<'a> AsUpdateStream<'a> for Listener {
    type StreamErr = std::convert::Infallible;
    type Stream =
        std::pin::Pin<Box<dyn Stream<Item = Result<Update, Self::StreamErr>> + Send + 'a>>;

    fn as_stream(&'a mut self) -> Self::Stream {
        Box::pin(stream::unfold(self, |listener| async move {
            let update = listener.next().await?;
            Some((Ok(update), listener))
        }))
    }
}
