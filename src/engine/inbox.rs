//! Updates on their way in: on disk before Telegram may forget them, applied once however often they come.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::customer::Outcome;
use super::{Engine, InboxEntry, Release, lock};
use crate::privacy::Personal;
use crate::store::{Commit, Record, Table, Tx, TxError};

/// An update as Telegram sent it.
#[derive(Debug)]
pub struct RawUpdate {
    /// Its id.
    pub id: u64,
    /// Its JSON, as far as it matters to us.
    pub json: Personal<Box<RawValue>>,
    /// Whether nothing in it is for us, so that it is only noted as received.
    pub ignored: bool,
}

/// The ids of the updates that were received, as ranges: Telegram counts up, so that there is nearly always one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// First and last id of each range, ascending and apart.
    ranges: Vec<(u64, u64)>,
    /// What the next `getUpdates` asks for.
    offset: u64,
    /// When the last batch came, in seconds since 1970.
    at: i64,
}

impl Record for Seen {
    const TABLE: Table = Table::Meta;
}

/// More ranges than ever are kept: the lowest go first. Telegram keeps updates for a day only, so that what was
/// received long ago does not come again.
const MOST_RANGES: usize = 512;

/// Updates that may wait at a time; the rest stays with Telegram, which keeps it for a day.
const MOST_UNFINISHED: usize = 20_000;

/// Messages that may wait for Telegram at a time, before no further updates are fetched: answers to them could not be
/// given either.
const MOST_UNSENT: usize = 20_000;

/// After a week without updates Telegram may count from another number, also a lower one: an offset that old would
/// hide what comes. (Bot API, `Update.update_id`)
const OFFSET_HOLDS_SECONDS: i64 = 6 * 24 * 3600;

impl Seen {
    pub(super) const KEY: u64 = 2;

    fn contains(&self, id: u64) -> bool {
        let at = self.ranges.partition_point(|(_, last)| *last < id);
        self.ranges.get(at).is_some_and(|(first, _)| *first <= id)
    }

    fn insert(&mut self, id: u64) {
        let at = self
            .ranges
            .partition_point(|(_, last)| last.saturating_add(1) < id);
        match self.ranges.get_mut(at) {
            Some((first, last)) if *first <= id.saturating_add(1) => {
                *first = id.min(*first);
                *last = id.max(*last);
                let last = *last;
                if let Some((next, end)) = self.ranges.get(at + 1).copied()
                    && next <= last.saturating_add(1)
                {
                    self.ranges.remove(at + 1);
                    if let Some(range) = self.ranges.get_mut(at) {
                        range.1 = end.max(last);
                    }
                }
            }
            _ => self.ranges.insert(at, (id, id)),
        }
        if self.ranges.len() > MOST_RANGES {
            self.ranges.remove(0);
        }
    }
}

/// Takes an update out of the inbox, in the transaction that applies it; false: it was applied before. What no update
/// brought is always to be applied.
pub(super) fn take_up(tx: &mut Tx<'_>, update: Option<u64>) -> bool {
    let Some(update) = update else {
        return true;
    };
    let waits = tx.contains(Table::Inbox, update);
    tx.delete::<InboxEntry>(update);
    waits
}

impl Engine {
    /// One transaction that an update asks for; none: it was applied before.
    pub(super) fn of_update(
        &self,
        update: Option<u64>,
        change: impl FnOnce(&mut Tx<'_>, &mut Outcome, Timestamp) -> Result<(), TxError>,
    ) -> Result<Option<(Outcome, Commit)>, TxError> {
        let now = Timestamp::now();
        let (outcome, commit) = self.transact(|tx| {
            if !take_up(tx, update) {
                return Ok(None);
            }
            let mut outcome = Outcome::default();
            change(tx, &mut outcome, now)?;
            Ok(Some(outcome))
        })?;
        Ok(outcome.map(|outcome| (outcome, commit)))
    }

    /// Lets out what a transaction has decided, once it is on disk; none: it decided nothing.
    pub(super) async fn let_out(&self, done: Option<(Outcome, Commit)>) {
        if let Some((outcome, commit)) = done
            && commit.durable().await.is_ok()
        {
            self.settle(outcome, None);
        }
    }

    /// The offset for the next `getUpdates`: what lies below it is on disk. None: take whatever there is.
    #[must_use]
    pub fn offset(&self, now: i64) -> Option<u64> {
        let seen = lock(&self.seen);
        (seen.offset > 0 && now - seen.at < OFFSET_HOLDS_SECONDS).then_some(seen.offset)
    }

    /// Puts a batch of updates into the inbox and gives back those that were not received before. They may be handled
    /// at once, since whatever that changes is durable only after them; they may be acknowledged when the commit is
    /// durable.
    ///
    /// # Errors
    /// The store refused the record, which is a defect.
    pub fn receive(
        &self,
        batch: Vec<RawUpdate>,
        now: i64,
    ) -> Result<(Vec<RawUpdate>, Commit), TxError> {
        let mut guard = lock(&self.seen);
        let mut seen = guard.clone();
        if seen.offset > 0 && now - seen.at >= OFFSET_HOLDS_SECONDS {
            // The count may begin anew at any number, also at one that was seen: what was received so long ago is no
            // longer handed out a second time.
            seen.ranges.clear();
        }
        let mut fresh = Vec::with_capacity(batch.len());
        for update in batch {
            // The last of a batch decides, not the largest: the count may have begun anew at a lower number.
            seen.offset = update.id + 1;
            if !seen.contains(update.id) {
                seen.insert(update.id);
                if !update.ignored {
                    fresh.push(update);
                }
            }
        }
        seen.at = now;
        // What the updates lead to follows at once, as a rule, and takes this along to the disk.
        let (fresh, commit) = self.transact_soon(|tx| {
            for update in &fresh {
                tx.put(
                    update.id,
                    &InboxEntry {
                        json: update.json.clone(),
                    },
                )?;
            }
            tx.put(Seen::KEY, &seen)?;
            Ok(fresh)
        })?;
        *guard = seen;
        Ok((fresh, commit))
    }

    /// Waits until so few updates are unfinished, and so few messages unsent, that more may be fetched.
    pub async fn room(&self) {
        const LOOK: std::time::Duration = std::time::Duration::from_millis(50);
        while self.store.read(|view| {
            view.len(Table::Inbox) >= MOST_UNFINISHED || view.len(Table::Outbox) >= MOST_UNSENT
        }) {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The updates that a previous process received and did not finish, oldest first.
    #[must_use]
    pub fn unfinished(&self) -> Vec<RawUpdate> {
        let mut left = Vec::new();
        self.store.scan::<InboxEntry>(|id, entry| {
            if let Ok(entry) = entry {
                left.push(RawUpdate {
                    id,
                    json: entry.json,
                    ignored: false,
                });
            }
        });
        left
    }

    /// Marks an update as done that asks for nothing.
    pub fn skip(&self, update: u64) {
        if let Err(e) = self.transact(|tx| {
            tx.delete::<InboxEntry>(update);
            Ok(())
        }) {
            tracing::error!(error = %e, "an update could not be marked as done");
        }
    }

    /// Tells the writers of a batch that waits for the disk that nothing is lost, each once.
    pub fn tell_trouble(self: &Arc<Self>, batch: &[i64]) {
        let mut chats = batch.to_vec();
        chats.sort_unstable();
        chats.dedup();
        for chat in chats {
            self.release(Release::Unkept { chat });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn the_ranges_hold_what_was_put_in(ids in prop::collection::vec(0_u64..60, 0..60)) {
            let mut seen = Seen::default();
            let mut model = BTreeSet::new();
            for id in ids {
                prop_assert_eq!(seen.contains(id), model.contains(&id));
                seen.insert(id);
                model.insert(id);
                prop_assert!((0..62).all(|i| seen.contains(i) == model.contains(&i)));
                prop_assert!(seen.ranges.windows(2).all(|w| w[0].1 + 1 < w[1].0), "{:?}", seen.ranges);
            }
        }
    }
}
