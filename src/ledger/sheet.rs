//! How a spreadsheet, which knows neither keys nor transactions and in which a person works, comes to hold exactly one
//! row an order.
//!
//! **Appending** is not idempotent. It is done without reading first only where no earlier attempt for these ids can
//! have landed: column A was read in this process, and since then every append is known to have landed or not
//! (`certain`). At the start, and after a call whose outcome is unknown, column A is read first: what stands is written
//! over, the rest is appended.
//!
//! **A late landing** (a call that was given up, by this process or by one that was killed, and that Google applies
//! afterwards) can still add a second row or write an old row over a newer one, or over the one that stands there now.
//! Google ends a call after 180 s. So for a little longer after each unknown outcome, and after each start, column A is
//! looked at in growing intervals (`Watch`): of an order in doubt that stands twice the lower row is deleted, and
//! orders whose rewriting is in doubt are written once more, and only called written at the end of it, so that a
//! process that is started meanwhile writes them again. Beyond that time, and for orders not in doubt, a second
//! row with the same id is the operator's own, who perhaps moves rows by copying: it is left alone, and changes are
//! written to each of them.
//!
//! **Rewriting** reads column A right before, to find the row wherever it is, and right after. If the operator moved
//! rows in between, another order was written over: it is missing afterwards and is put back from the source, at its
//! place where the id that was written there now stands twice, else at the end. What vanished just then because the
//! operator deleted it cannot be told apart and comes back too: better once too often than lost. An order counts as
//! written only when its rows after the write are the rows that were written.
//!
//! **Deleting** a second row is checked in the same way.
//!
//! **Not covered**: a process that is killed in the fraction of a second between writing over a row which the operator
//! has just moved there and putting that row back; and, while a killed process's rewriting is still in the air, rows
//! that the operator moves before the next process has looked. The order then lacks its row until it changes again.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::info;

use super::Pass;
use super::column::Column;
use super::fault::{Class, Fault};
use super::google::Google;
use super::pace;
use super::row::{COLUMNS, Row, Source, Version};
use super::watch::Watch;

mod mend;

/// Rows taken up in one pass: with under one call a second, this is what bounds the rows a second. About 0.5 MB.
const BATCH: usize = 2_000;
/// Bytes of cells in one call; Google advises to stay below 2 MB a call.
const BATCH_BYTES: usize = 1_200_000;

/// Times that tests shorten.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tempo {
    /// The limit of one call.
    pub(super) call: Duration,
    /// How long a late landing is possible: Google's 180 s, and the way.
    pub(super) watch: Duration,
    /// The pause before the first look after a doubt; it doubles.
    pub(super) first_look: Duration,
    /// How long the header is taken for granted.
    pub(super) header: Duration,
    /// Calls of a kind that may follow one another at once.
    pub(super) burst: f64,
}

impl Default for Tempo {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(10),
            watch: Duration::from_secs(200),
            first_look: Duration::from_secs(2),
            header: Duration::from_secs(10),
            burst: pace::BURST,
        }
    }
}

/// An order for which a call may land late.
#[derive(Debug, Clone, Copy)]
struct Doubt {
    until: Instant,
    /// The call would write over a row, rather than add one.
    rewrites: bool,
    /// A call of this process, and not only one that the process before may have left.
    ours: bool,
}

/// The writer of one tab. There is only one, so its calls never race with one another.
#[derive(Debug)]
pub(super) struct Sheet {
    google: Arc<Google>,
    tempo: Tempo,
    /// When the header was last seen to be right.
    opened: Option<Instant>,
    /// Ids in column A when it was last read, and those appended since.
    standing: HashSet<String>,
    /// No append can have landed that `standing` does not know of.
    certain: bool,
    /// Ids whose call is under way; still set at the next pass if this one was dropped in the middle.
    in_flight: Vec<String>,
    doubts: HashMap<String, Doubt>,
    watch: Watch,
    /// Until then every order of the source is in doubt: the process before may have left calls behind.
    start_until: Option<Instant>,
    /// Ids to write once more where they stand.
    redo: HashSet<String>,
    /// Ids that must be put back.
    restore: HashSet<String>,
    /// Orders that are right as of this version, but not yet called written: an old rewriting may still land, and if
    /// this process dies before, the next one must write them again.
    held: HashMap<String, Version>,
}

type Pending = Vec<(Row, Version)>;

impl Sheet {
    pub(super) fn new(google: Arc<Google>, tempo: Tempo) -> Self {
        Self {
            google,
            tempo,
            opened: None,
            standing: HashSet::new(),
            certain: false,
            in_flight: Vec::new(),
            doubts: HashMap::new(),
            watch: Watch::default(),
            start_until: None,
            redo: HashSet::new(),
            restore: HashSet::new(),
            held: HashMap::new(),
        }
    }

    /// One pass: takes up what is pending and writes it, in a handful of calls.
    pub(super) async fn pass(&mut self, source: &dyn Source) -> Result<Pass, Fault> {
        let now = Instant::now();
        if self.start_until.is_none() {
            self.start_until = Some(now + self.tempo.watch);
            self.watch.begin(now, self.tempo);
        }
        for id in mem::take(&mut self.in_flight) {
            self.doubt(id, true);
        }
        let look = !self.certain || self.watch.due(now);
        let mut pending = self.pending(source);
        if pending.is_empty() && !look && self.redo.is_empty() && self.restore.is_empty() {
            return Ok(self.rest(false));
        }
        self.open().await.inspect_err(|_| self.opened = None)?;
        let result = self.write(source, &mut pending, look).await;
        if result
            .as_ref()
            .is_err_and(|fault| matches!(fault.class, Class::Config | Class::NotFound))
        {
            // Perhaps the tab was deleted or renamed.
            self.opened = None;
            self.certain = false;
        }
        result
    }

    async fn write(
        &mut self,
        source: &dyn Source,
        pending: &mut Pending,
        look: bool,
    ) -> Result<Pass, Fault> {
        let full = pending.len() >= BATCH;
        if look {
            self.look(source).await?;
            self.release_held(source);
            if !self.certain {
                // It has mended rows; what stands now is read before anything is added.
                return Ok(self.rest(true));
            }
        }
        let taken: HashSet<String> = pending
            .iter()
            .map(|(row, _)| row.order_id().to_owned())
            .collect();
        for ids in [&mut self.redo, &mut self.restore] {
            let gone = |id: &String| taken.contains(id) || source.row(id).is_none();
            ids.retain(|id| !gone(id));
        }
        let extra = self.redo.iter().filter(|id| self.standing.contains(*id));
        pending.extend(extra.chain(&self.restore).filter_map(|id| source.row(id)));
        // What no longer stands need not be written once more: the operator deleted it.
        self.redo.retain(|id| self.standing.contains(id));

        let (changed, fresh): (Pending, Pending) = mem::take(pending)
            .into_iter()
            .partition(|(row, _)| self.standing.contains(row.order_id()));
        self.append(source, fresh).await?;
        let settled = self.rewrite(source, changed).await?;
        let more = full || !settled || !self.redo.is_empty() || !self.restore.is_empty();
        Ok(self.rest(more))
    }

    /// What is to be written: pending, and not only held back from being called written.
    fn pending(&self, source: &dyn Source) -> Pending {
        let mut pending = source.pending(BATCH + self.held.len());
        pending.retain(|(row, version)| self.held.get(row.order_id()) != Some(version));
        pending.truncate(BATCH);
        pending
    }

    /// Calls written what nothing can undo any more.
    fn release_held(&mut self, source: &dyn Source) {
        let doubts = &self.doubts;
        let done: Vec<_> = self
            .held
            .extract_if(|id, _| !doubts.contains_key(id))
            .collect();
        source.written(&done);
    }

    const fn rest(&self, more: bool) -> Pass {
        Pass {
            more,
            next: self.watch.next(),
        }
    }

    /// Makes sure that the tab stands and that its first row is our header; makes both where they are missing.
    async fn open(&mut self) -> Result<(), Fault> {
        if self
            .opened
            .is_some_and(|at| at.elapsed() < self.tempo.header)
        {
            return Ok(());
        }
        match self.google.header().await {
            Ok(header) => self.check_header(&header).await?,
            Err(fault) if matches!(fault.class, Class::Config | Class::NotFound) => {
                // Google answers 400 where the range names no tab of the spreadsheet.
                if self.google.tab_id().await?.is_some() {
                    return Err(fault);
                }
                Box::pin(self.google.add_tab()).await?;
                self.google.write_header().await?;
                info!(tab = self.google.tab(), "made the tab for orders");
            }
            Err(fault) => return Err(fault),
        }
        self.opened = Some(Instant::now());
        Ok(())
    }

    async fn check_header(&self, header: &[String]) -> Result<(), Fault> {
        let wrong = header
            .iter()
            .zip(COLUMNS)
            .position(|(cell, name)| cell.trim() != name);
        let tab = self.google.tab();
        match wrong {
            // What stands there is not repeated: if the header was deleted, it is a customer's.
            Some(column) => {
                let cell = char::from(b'A' + u8::try_from(column).unwrap_or_default());
                let name = COLUMNS.get(column).copied().unwrap_or_default();
                Err(Fault::new(
                    Class::Header,
                    format!(
                        "{tab}!{cell}1 must say `{name}`: restore the header in row 1 (or rename this tab, and a new one \
                         is made); nothing is written until then"
                    ),
                ))
            }
            None if header.len() >= COLUMNS.len() => Ok(()),
            // An empty tab, or one of which the last headings are missing.
            None => {
                if Column::new(self.google.column().await?).header_has_moved() {
                    return Err(Fault::new(
                        Class::Header,
                        format!(
                            "the header of {tab} must stand in row 1: delete what is above it; nothing is written until then"
                        ),
                    ));
                }
                self.google.write_header().await
            }
        }
    }

    /// Reads column A.
    async fn read(&mut self) -> Result<Column, Fault> {
        let texts = self.google.column().await?;
        if texts.is_empty() {
            // Our header stands there, so this is no answer of Google's, but of something in between; or the operator
            // has emptied the tab. Taken for an empty column it would add every row once more.
            self.opened = None;
            return Err(Fault::new(
                Class::Unavailable,
                "Google's answer holds not even the header; looked after by itself",
            ));
        }
        let column = Column::new(texts);
        self.standing = column.ids();
        self.certain = true;
        Ok(column)
    }

    fn doubt(&mut self, id: String, rewrites: bool) {
        let now = Instant::now();
        let until = now + self.tempo.watch;
        let rewrites = rewrites || self.doubts.get(&id).is_some_and(|doubt| doubt.rewrites);
        let ours = true;
        self.doubts.insert(
            id,
            Doubt {
                until,
                rewrites,
                ours,
            },
        );
        self.watch.begin(now, self.tempo);
    }

    /// Appends rows of orders that stand nowhere.
    async fn append(&mut self, source: &dyn Source, rows: Pending) -> Result<(), Fault> {
        let mut rest = rows.as_slice();
        while !rest.is_empty() {
            let (chunk, later) = rest.split_at(fitting(rest));
            rest = later;
            let refs: Vec<&Row> = chunk.iter().map(|(row, _)| row).collect();
            let ids = || refs.iter().map(|row| row.order_id().to_owned());
            // Said before the call, so that it holds should this future be dropped in the middle of it.
            self.certain = false;
            self.in_flight = ids().collect();
            let result = self.google.append(&refs).await;
            self.in_flight.clear();
            match result {
                Ok(()) => {
                    self.certain = true;
                    self.standing.extend(ids());
                    for id in ids() {
                        self.restore.remove(&id);
                    }
                    source.written(&versions(chunk));
                }
                Err(fault) => {
                    self.certain = !fault.may_have_landed;
                    if fault.may_have_landed {
                        ids().for_each(|id| self.doubt(id, false));
                    }
                    return Err(fault);
                }
            }
        }
        Ok(())
    }

    /// Writes over the rows of orders that stand, wherever they are now. Returns whether all are known to be right.
    async fn rewrite(&mut self, source: &dyn Source, rows: Pending) -> Result<bool, Fault> {
        if rows.is_empty() {
            return Ok(true);
        }
        let before = self.read().await?;
        let (present, absent): (Pending, Pending) = rows
            .into_iter()
            .partition(|(row, _)| before.has(row.order_id()));
        let mut settled = true;
        let mut rest = present.as_slice();
        while !rest.is_empty() {
            let (chunk, later) = rest.split_at(fitting(rest));
            rest = later;
            settled &= self.rewrite_chunk(source, &before, chunk).await?;
            if !settled {
                // Rows move under our hands: `before` is not true any more.
                return Ok(false);
            }
        }
        // The operator deleted these since the last look; a change brings them back, once. Who is only written once
        // more stays deleted.
        let absent = absent
            .into_iter()
            .filter(|(row, _)| {
                !self.redo.remove(row.order_id()) || self.restore.contains(row.order_id())
            })
            .collect();
        self.append(source, absent).await?;
        Ok(settled)
    }

    /// Tries what [`Self::pass`] needs, without an order: makes tab and header where missing, else writes the header
    /// over itself, as only that shows whether the service account may write.
    pub(super) async fn probe(&mut self) -> Result<String, Fault> {
        let stood = self
            .google
            .header()
            .await
            .is_ok_and(|header| header.len() >= COLUMNS.len());
        self.opened = None;
        self.open().await?;
        if stood {
            self.google.write_header().await?;
        }
        Ok(format!(
            "tab {} can be read and written by {}",
            self.google.tab(),
            self.google.editor()
        ))
    }
}

fn versions(rows: &[(Row, Version)]) -> Vec<(String, Version)> {
    rows.iter()
        .map(|(row, version)| (row.order_id().to_owned(), *version))
        .collect()
}

/// How many of the first rows fit into one call; at least one.
fn fitting(rows: &[(Row, Version)]) -> usize {
    let mut bytes = 0;
    rows.iter()
        .take(BATCH)
        .take_while(|(row, _)| {
            // Escaped in JSON a text grows; what is around a row in an update is some 60 bytes.
            bytes += 100 + row.cells().iter().map(|cell| cell.len() + 4).sum::<usize>();
            bytes <= BATCH_BYTES
        })
        .count()
        .max(1)
}
