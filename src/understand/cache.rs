//! Answers kept for a while, by message. Equal messages that arrive together make one call.
//!
//! **Invariant:** an order with anything personal in it is found by no other customer, in the cache or in a call
//! under way. The key is a digest, so the cache holds nobody's message.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::gpt::GptError;
use crate::parsed::ParsedOrder;

/// Beyond this an answer is kept as long as there is room; the cache refuses very long times.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// How long and how many answers are kept.
#[derive(Debug, Clone, Copy)]
pub struct CacheSettings {
    /// How long an answer is kept; zero: none is.
    pub ttl: Duration,
    /// How many; zero: none.
    pub entries: u64,
}

pub(super) type Key = [u8; 32];

#[derive(Debug, Clone)]
enum Entry {
    Order(Arc<ParsedOrder>),
    /// This message's order is personal: every customer has their own, under their own key.
    Personal,
}

/// An order, and whether it was made for this very call.
pub(super) struct Found {
    pub(super) order: Arc<ParsedOrder>,
    pub(super) fresh: bool,
}

#[derive(Debug)]
pub(super) struct ParseCache {
    entries: Option<Cache<Key, Entry>>,
    /// Digest of what the answers depend on beside the message, to be continued with the message.
    context: Sha256,
}

impl ParseCache {
    /// `context`: all that an answer depends on beside the message.
    pub(super) fn new(settings: CacheSettings, context: &[&str]) -> Self {
        let CacheSettings { ttl, entries } = settings;
        let on = entries > 0 && !ttl.is_zero();
        Self {
            entries: on.then(|| {
                Cache::builder()
                    .max_capacity(entries)
                    .time_to_live(ttl.min(LONGEST))
                    .build()
            }),
            context: digest_of(context),
        }
    }

    /// The same store of answers for another context: neither finds the other's.
    pub(super) fn for_context(&self, context: &[&str]) -> Self {
        Self {
            entries: self.entries.clone(),
            context: digest_of(context),
        }
    }

    /// Drops everything.
    pub(super) fn forget(&self) {
        if let Some(entries) = &self.entries {
            entries.invalidate_all();
        }
    }

    /// The order kept for this message; else the one that `ask` makes. A failure is told to all who wait for the
    /// same call and is not kept.
    pub(super) async fn get_or_ask<A, F>(
        &self,
        customer: u64,
        text: &str,
        ask: A,
    ) -> Result<Found, GptError>
    where
        A: Fn() -> F,
        F: Future<Output = Result<ParsedOrder, GptError>>,
    {
        let Some(entries) = &self.entries else {
            let order = Arc::new(ask().await?);
            return Ok(Found { order, fresh: true });
        };
        let shared = self.key(text);
        let own = own_key(&shared, customer);
        let mut made = None;
        let entry = entries
            .try_get_with(shared, async {
                let order = Arc::new(ask().await?);
                made = Some(order.clone());
                if !order.is_personal() {
                    return Ok(Entry::Order(order));
                }
                entries.insert(own, Entry::Order(order)).await;
                Ok(Entry::Personal)
            })
            .await
            .map_err(|error: Arc<GptError>| *error)?;
        match (made, entry) {
            (Some(order), _) => Ok(Found { order, fresh: true }),
            (None, Entry::Order(order)) => Ok(Found {
                order,
                fresh: false,
            }),
            (None, Entry::Personal) => self.own(entries, own, ask).await,
        }
    }

    async fn own<A, F>(
        &self,
        entries: &Cache<Key, Entry>,
        key: Key,
        ask: A,
    ) -> Result<Found, GptError>
    where
        A: Fn() -> F,
        F: Future<Output = Result<ParsedOrder, GptError>>,
    {
        let mut fresh = false;
        let entry = entries
            .try_get_with(key, async {
                let order = ask().await?;
                fresh = true;
                Ok(Entry::Order(Arc::new(order)))
            })
            .await
            .map_err(|error: Arc<GptError>| *error)?;
        match entry {
            Entry::Order(order) => Ok(Found { order, fresh }),
            // Nobody puts this under a customer's key.
            Entry::Personal => Err(GptError::Invalid),
        }
    }

    /// Messages that differ only in letter case, white space or Unicode form are one message.
    pub(super) fn key(&self, text: &str) -> Key {
        let mut digest = self.context.clone();
        let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
        for (n, word) in folded.split_whitespace().enumerate() {
            if n > 0 {
                digest.update(b" ");
            }
            digest.update(word.as_bytes());
        }
        digest.finalize().into()
    }
}

fn digest_of(context: &[&str]) -> Sha256 {
    let mut digest = Sha256::new();
    for part in context {
        add(&mut digest, part.as_bytes());
    }
    digest
}

fn own_key(shared: &Key, customer: u64) -> Key {
    let mut digest = Sha256::new();
    add(&mut digest, shared);
    add(&mut digest, &customer.to_be_bytes());
    digest.finalize().into()
}

/// With its length, so that no two lists of parts have one digest.
fn add(digest: &mut Sha256, part: &[u8]) {
    digest.update((part.len() as u64).to_be_bytes());
    digest.update(part);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::parsed::Intent;

    fn cache(seconds: u64, entries: u64) -> ParseCache {
        let ttl = Duration::from_secs(seconds);
        ParseCache::new(CacheSettings { ttl, entries }, &["menu", "model"])
    }

    fn order(address: Option<String>) -> ParsedOrder {
        let mut order = ParsedOrder::empty(Intent::Order);
        order.details.address = address.map(Into::into);
        order
    }

    #[test]
    fn the_same_words_have_the_same_key() {
        let cache = cache(60, 10);
        let key = cache.key("2 ＣＯＬＡＳ  and\n1 Café ");
        assert_eq!(key, cache.key("2 colas and 1 cafe\u{301}"));
        assert_ne!(key, cache.key("2 colas and 1 cafe"));
        let other = ParseCache::new(
            CacheSettings {
                ttl: Duration::from_secs(60),
                entries: 10,
            },
            &["menum", "odel"],
        );
        assert_ne!(key, other.key("2 colas and 1 café"));
        assert_ne!(own_key(&key, 1), own_key(&key, 2));
    }

    #[tokio::test]
    async fn fifty_equal_messages_at_once_make_one_call() {
        let cache = cache(60, 10);
        let calls = AtomicUsize::new(0);
        let ask = || async {
            calls.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(order(None))
        };
        let all = (0..50).map(|customer| cache.get_or_ask(customer, "a cola", ask));
        let found = futures_util::future::join_all(all).await;
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        let fresh = found.iter().filter(|f| f.as_ref().is_ok_and(|f| f.fresh));
        assert_eq!(fresh.count(), 1);
    }

    #[tokio::test]
    async fn a_personal_order_is_nobody_elses_even_of_a_call_under_way() {
        let cache = cache(60, 100);
        let calls = AtomicUsize::new(0);
        let (cache, calls) = (&cache, &calls);
        let parse = |customer: u64| async move {
            let ask = || async move {
                calls.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Ok(order(Some(format!("house of {customer}"))))
            };
            let found = cache
                .get_or_ask(customer, "to my house", ask)
                .await
                .unwrap();
            let address = found.order.details.address.clone().unwrap();
            assert_eq!(address.as_str(), format!("house of {customer}"));
        };
        // Twice each: the second of a customer may wait for the first.
        futures_util::future::join_all((0..20).map(|n| parse(n % 10))).await;
        assert_eq!(calls.load(Ordering::SeqCst), 10);
        futures_util::future::join_all((0..10).map(parse)).await;
        assert_eq!(calls.load(Ordering::SeqCst), 10, "each has their own kept");
    }

    #[tokio::test]
    async fn a_failure_is_told_to_all_who_wait_and_not_kept() {
        let cache = cache(60, 10);
        let calls = AtomicUsize::new(0);
        let ask = || async {
            tokio::task::yield_now().await;
            match calls.fetch_add(1, Ordering::SeqCst) {
                0 => Err(GptError::Server),
                _ => Ok(order(None)),
            }
        };
        let all = (0..20).map(|customer| cache.get_or_ask(customer, "a cola", ask));
        let found = futures_util::future::join_all(all).await;
        assert!(found.iter().all(|f| matches!(f, Err(GptError::Server))));
        assert_eq!(calls.load(Ordering::SeqCst), 1, "no herd");
        assert!(cache.get_or_ask(1, "a cola", ask).await.unwrap().fresh);
    }

    #[tokio::test]
    async fn a_call_that_is_given_up_is_taken_over() {
        let cache = cache(60, 10);
        let never = || std::future::pending::<Result<ParsedOrder, GptError>>();
        let ready = || async { Ok(order(None)) };
        let mut first = Box::pin(cache.get_or_ask(1, "a cola", never));
        assert!(futures_util::poll!(&mut first).is_pending());
        let mut second = Box::pin(cache.get_or_ask(2, "a cola", ready));
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        assert!(second.await.unwrap().fresh);
    }

    #[tokio::test]
    async fn a_cache_of_no_size_or_time_keeps_nothing() {
        for cache in [cache(0, 10), cache(60, 0)] {
            let ask = || async { Ok(order(None)) };
            assert!(cache.get_or_ask(1, "a cola", ask).await.unwrap().fresh);
            assert!(cache.get_or_ask(1, "a cola", ask).await.unwrap().fresh);
        }
    }

    #[tokio::test]
    async fn an_entry_ends_with_its_time() {
        let ttl = Duration::from_millis(20);
        let cache = ParseCache::new(CacheSettings { ttl, entries: 10 }, &[]);
        let ask = || async { Ok(order(None)) };
        assert!(cache.get_or_ask(1, "a cola", ask).await.unwrap().fresh);
        // The cache has its own clock, which cannot be paused.
        let again = async { while !cache.get_or_ask(1, "a cola", ask).await.unwrap().fresh {} };
        tokio::time::timeout(Duration::from_secs(5), again)
            .await
            .unwrap();
    }

    #[test]
    fn a_very_long_time_is_no_panic() {
        let ttl = Duration::from_secs(u64::MAX);
        ParseCache::new(CacheSettings { ttl, entries: 1 }, &[]);
    }
}
