//! What all threads share: the tables, the queue of commits, and the news about the disk.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use tokio::sync::watch;

use crate::store::{
    Commit, Table, commit::Durability, disk::Disk, journal, keeper::Keeper, seal::Sealer,
    table::Tables, writer::Writer,
};

/// A batch that has this many bytes takes no further commits.
const BATCH_BYTES: usize = 4 << 20;

/// How long a commit that is not urgent may lie before it is written, unless another takes it along.
const SOON: Duration = Duration::from_millis(5);

/// When a commit is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    /// As soon as the disk is free.
    Now,
    /// With the next one that is urgent, within [`SOON`] at the latest.
    Soon,
}

/// Commits that go to the disk together.
pub(super) struct Batch {
    /// The frame, its head still free.
    pub(super) frame: Vec<u8>,
    /// The last commit in it.
    pub(super) last_seq: u64,
}

/// What the mutex guards.
pub(super) struct Core {
    pub(super) tables: Tables,
    pending: VecDeque<Batch>,
    pub(super) last_seq: u64,
    /// The last commit that is urgent.
    urgent_seq: u64,
    /// Since when commits wait for the disk.
    waiting_since: Instant,
    /// The last commit that changed a customer.
    pub(super) customers_changed: u64,
    /// The changes of customers up to this commit stand in `customers.json`.
    pub(super) customers_written: u64,
    /// The journal has changes of customers after its last mark of completeness.
    pub(super) customers_unmarked: bool,
    pub(super) compact_wanted: bool,
    pub(super) closing: bool,
}

impl Core {
    /// What was loaded counts as commit 1.
    pub(super) fn new(tables: Tables, customers_behind: bool, customers_unmarked: bool) -> Self {
        Core {
            tables,
            pending: VecDeque::new(),
            last_seq: 1,
            urgent_seq: 1,
            waiting_since: Instant::now(),
            customers_changed: customers_behind.into(),
            customers_written: 0,
            customers_unmarked,
            compact_wanted: false,
            closing: false,
        }
    }

    pub(super) fn customers_dirty(&self) -> bool {
        self.customers_changed > self.customers_written
    }

    /// Makes the changes visible and queues them as one unit.
    fn apply(&mut self, writes: BTreeMap<(Table, u64), Option<Box<str>>>) {
        self.last_seq += 1;
        let full = |batch: &Batch| batch.frame.len() >= BATCH_BYTES;
        if self.pending.back().is_none_or(full) {
            self.pending.push_back(Batch {
                frame: vec![0; journal::FRAME_HEAD],
                last_seq: 0,
            });
        }
        if let Some(batch) = self.pending.back_mut() {
            batch.last_seq = self.last_seq;
            for (&(table, key), value) in &writes {
                journal::push_change(&mut batch.frame, table, key, value.as_deref());
            }
        }
        for ((table, key), value) in writes {
            if table == Table::Customers {
                self.customers_changed = self.last_seq;
                self.customers_unmarked = true;
            }
            self.tables.set(table, key, value);
        }
    }
}

/// Something that the disk refuses, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The kind of failure, in the system's words; no paths, no values.
    pub class: String,
    /// There is no room left.
    pub full: bool,
    /// When it began.
    pub since: SystemTime,
}

/// News about the disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Commits cannot be made durable. They are kept in memory and tried again.
    pub journal: Option<Trouble>,
    /// `customers.json` or the snapshot cannot be written. Nothing is lost by that.
    pub files: Option<Trouble>,
}

impl Health {
    /// The graver of the two.
    pub fn failing(&self) -> Option<&Trouble> {
        self.journal.as_ref().or(self.files.as_ref())
    }
}

pub(super) struct Shared {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) dir: PathBuf,
    pub(super) sealer: Sealer,
    core: Mutex<Core>,
    /// There are commits to write, or the end.
    work: Condvar,
    /// There are files to refresh, or the end.
    chores: Condvar,
    pub(super) durability: Arc<Durability>,
    // Locks are taken in this order: keeper, writer, core.
    writer: Mutex<Writer>,
    pub(super) keeper: Mutex<Keeper>,
    pub(super) journal_bytes: AtomicU64,
    /// Above this many bytes of journal it is worth writing a snapshot.
    pub(super) compact_at: AtomicU64,
    pub(super) health: watch::Sender<Health>,
}

/// Segments above which a snapshot is worth while, however small they are.
const MANY_SEGMENTS: usize = 64;

impl Shared {
    pub(super) fn new(
        disk: Arc<dyn Disk>,
        dir: PathBuf,
        sealer: Sealer,
        core: Core,
        writer: Writer,
        keeper: Keeper,
    ) -> Self {
        let durability = Arc::new(Durability::default());
        durability.advance(core.last_seq);
        Shared {
            disk,
            dir,
            sealer,
            core: Mutex::new(core),
            work: Condvar::new(),
            chores: Condvar::new(),
            durability,
            journal_bytes: AtomicU64::new(writer.size().0),
            compact_at: AtomicU64::new(keeper.compact_at()),
            writer: Mutex::new(writer),
            keeper: Mutex::new(keeper),
            health: watch::Sender::default(),
        }
    }

    /// The tables. A closure that panicked under this lock has changed nothing: its changes are
    /// applied after it has returned.
    pub(super) fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keeper(&self) -> MutexGuard<'_, Keeper> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn commit(
        &self,
        mut core: MutexGuard<'_, Core>,
        writes: BTreeMap<(Table, u64), Option<Box<str>>>,
        urgency: Urgency,
    ) -> Commit {
        if !writes.is_empty() {
            let was_dirty = core.customers_dirty();
            // The journal thread sleeps only while everything is durable, or nothing is urgent; waking it costs a
            // system call each time.
            let done = self.durability.done();
            let mut wake = core.last_seq <= done;
            if wake {
                core.waiting_since = Instant::now();
            }
            core.apply(writes);
            if urgency == Urgency::Now {
                wake |= core.urgent_seq <= done;
                core.urgent_seq = core.last_seq;
            }
            if wake {
                self.work.notify_one();
            }
            if core.customers_dirty() && !was_dirty {
                self.chores.notify_one();
            }
        }
        Commit {
            durability: Arc::clone(&self.durability),
            seq: core.last_seq,
        }
    }

    /// Publishes how long the journal is.
    pub(super) fn count(&self, writer: &Writer) {
        self.journal_bytes.store(writer.size().0, Ordering::Relaxed);
    }

    /// Makes one batch durable, if there is one.
    pub(super) fn flush_one(&self) -> io::Result<()> {
        let mut writer = self.writer();
        let result = writer.write(|| self.core().pending.pop_front());
        let (bytes, segments) = writer.size();
        self.count(&writer);
        drop(writer);
        self.report(&result, |health| &mut health.journal);
        if let Some(seq) = result? {
            self.durability.advance(seq);
        }
        if bytes > self.compact_at.load(Ordering::Relaxed) || segments > MANY_SEGMENTS {
            self.core().compact_wanted = true;
            self.chores.notify_one();
        }
        Ok(())
    }

    /// Makes everything up to a commit durable.
    pub(super) fn flush_until(&self, seq: u64) -> io::Result<()> {
        while self.durability.done() < seq {
            self.flush_one()?;
        }
        Ok(())
    }

    /// Tells those who watch, once for each change.
    pub(super) fn report<T>(
        &self,
        result: &io::Result<T>,
        part: impl FnOnce(&mut Health) -> &mut Option<Trouble>,
    ) {
        self.health.send_if_modified(|health| {
            let part = part(health);
            match (result, &part) {
                (Ok(_), None) => false,
                (Ok(_), Some(_)) => {
                    *part = None;
                    true
                }
                (Err(error), before) => {
                    let class = class(error);
                    let changed = before.as_ref().is_none_or(|before| before.class != class);
                    let since = before.as_ref().map_or_else(SystemTime::now, |b| b.since);
                    let full = error.kind() == io::ErrorKind::StorageFull;
                    *part = Some(Trouble { class, full, since });
                    changed
                }
            }
        });
    }

    /// Ends both loops.
    pub(super) fn stop(&self) {
        self.core().closing = true;
        self.work.notify_all();
        self.chores.notify_all();
    }

    /// The journal thread: writes as long as the store is open.
    pub(super) fn run_writer(&self) {
        let mut backoff = Backoff::default();
        loop {
            let mut core = self.core();
            loop {
                let done = self.durability.done();
                if core.closing {
                    return;
                }
                if core.urgent_seq > done {
                    break;
                }
                core = if core.last_seq > done {
                    let left = SOON.saturating_sub(core.waiting_since.elapsed());
                    if left.is_zero() {
                        break;
                    }
                    let waited = self.work.wait_timeout(core, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                } else {
                    self.work.wait(core).unwrap_or_else(PoisonError::into_inner)
                };
            }
            drop(core);
            match self.flush_one() {
                Ok(()) => backoff = Backoff::default(),
                Err(_) => self.pause(&self.work, backoff.next()),
            }
        }
    }

    /// The files thread: keeps `customers.json` fresh and the journal short.
    pub(super) fn run_keeper(&self, interval: Duration) {
        let mut backoff = Backoff::default();
        let mut not_before = Instant::now();
        loop {
            let mut core = self.core();
            let compact = loop {
                if core.closing {
                    return;
                }
                let left = not_before.saturating_duration_since(Instant::now());
                let wanted = core.customers_dirty() || core.compact_wanted;
                if wanted && left.is_zero() {
                    break std::mem::take(&mut core.compact_wanted);
                }
                core = if wanted {
                    let waited = self.chores.wait_timeout(core, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                } else {
                    let waited = self.chores.wait(core);
                    waited.unwrap_or_else(PoisonError::into_inner)
                };
            };
            drop(core);
            not_before = Instant::now() + interval;
            let mut keeper = self.keeper();
            let result = if compact {
                keeper.compact(self)
            } else {
                keeper.refresh(self)
            };
            drop(keeper);
            self.report(&result, |health| &mut health.files);
            match result {
                Ok(()) => {
                    backoff = Backoff::default();
                    if compact {
                        // Wished for meanwhile, because the journal was still long.
                        self.core().compact_wanted = false;
                    }
                }
                Err(_) => {
                    self.core().compact_wanted |= compact;
                    not_before = Instant::now() + backoff.next();
                }
            }
        }
    }

    /// Waits out a failure, but not beyond the end.
    fn pause(&self, condvar: &Condvar, time: Duration) {
        let until = Instant::now() + time;
        let mut core = self.core();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || core.closing {
                return;
            }
            let waited = condvar.wait_timeout(core, left);
            core = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// What the system calls an error of the disk, such as "No space left on device (os error 28)": it names no file, and
/// not every error has a kind that says as much.
fn class(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(_) => error.to_string(),
        None => error.kind().to_string(),
    }
}

/// 0.1 s, doubling to 2 s.
pub(super) struct Backoff(Duration);

impl Default for Backoff {
    fn default() -> Self {
        Backoff(Duration::from_millis(100))
    }
}

impl Backoff {
    pub(super) fn next(&mut self) -> Duration {
        let now = self.0;
        self.0 = (now * 2).min(Duration::from_secs(2));
        now
    }
}
