//! The durable store: keyed tables of JSON values with one writer.
//!
//! All values are in memory. A transaction changes them at once and is appended to a journal; a
//! [`Commit`] tells when it is on the disk. Commits that come while the disk
//! is busy share its next sync. What is durable is at any time a prefix of the commits.
//!
//! In the folder:
//! - `lock`: whoever holds its lock is the one who writes here
//! - `journal/00000001.log`…: every change, in checksummed frames (see `journal`)
//! - `snapshot`: what older segments held, except for the customers (see `snapshot`)
//! - `customers.json`: the customers, for others to read; always a whole file
//! - `restore`: a backup that is being restored; what else is there is of no account meanwhile
//! - `torn-…`: what was cut off the journal's end after a crash, kept for inspection
//!
//! **Architecture invariants:** the store knows nothing of orders, chats or Telegram. It never
//! changes a file that it could not read. No lock is held while the disk works, except the
//! disk's own.

mod backup;
mod commit;
mod core;
mod customers;
mod disk;
mod error;
mod journal;
mod keeper;
mod load;
mod open;
mod read_only;
mod seal;
mod snapshot;
mod table;
#[cfg(test)]
mod tests;
mod tx;
mod writer;

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tokio::sync::watch;

use crate::store::core::{Backoff, Shared, Urgency};
pub use crate::store::{
    backup::{About, Backup, BackupError},
    commit::Commit,
    core::{Health, Trouble},
    disk::{Disk, DiskFile, RealDisk},
    error::{CloseError, Closed, OpenError, TxError, Undecodable, Unencodable},
    open::{Opened, Options},
    read_only::ReadOnly,
    seal::{BadDataKey, DataKey, KeyRing},
    table::{Record, Table},
    tx::{Quarantined, Tx, View},
};

/// A folder that is open for writing. Clones are the same store.
///
/// Use [`Store::close`] at the end. If the last clone is dropped without it, the same is tried
/// for a few seconds.
#[derive(Clone)]
pub struct Store(Arc<Handle>);

struct Handle {
    shared: Arc<Shared>,
    /// `None` once closed.
    running: Mutex<Option<Running>>,
}

struct Running {
    threads: Vec<JoinHandle<()>>,
    _lock: open::Lock,
}

/// How the store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What the disk refuses.
    pub health: Health,
    /// Bytes of journal that no snapshot covers.
    pub journal_bytes: u64,
    /// Commits that are not on the disk yet.
    pub pending_commits: u64,
    /// The last commit that is.
    pub durable_seq: u64,
    /// Values in all tables.
    pub records: u64,
}

impl Store {
    /// Opens a folder, creating it if need be, and brings it to the state of the last durable
    /// commit. Blocks for as long as reading the files takes.
    pub fn open(dir: &Path, options: Options) -> Result<(Store, Opened), OpenError> {
        Store::open_on(Arc::new(RealDisk), dir, options)
    }

    /// The same on any disk.
    pub fn open_on(
        disk: Arc<dyn Disk>,
        dir: &Path,
        options: Options,
    ) -> Result<(Store, Opened), OpenError> {
        let (shared, lock, opened) = open::open(disk, dir, &options)?;
        let shared = Arc::new(shared);
        let (writing, keeping) = (Arc::clone(&shared), Arc::clone(&shared));
        let interval = options.customers_interval;
        let mut running = Running {
            threads: Vec::new(),
            _lock: lock,
        };
        let spawned = spawn("store-journal", move || writing.run_writer()).and_then(|thread| {
            running.threads.push(thread);
            spawn("store-files", move || keeping.run_keeper(interval))
        });
        let spawned = spawned.map(|thread| running.threads.push(thread));
        let store = Store(Arc::new(Handle {
            shared,
            running: Mutex::new(Some(running)),
        }));
        spawned.map_err(OpenError::io("start the threads for", dir.display()))?;
        Ok((store, opened))
    }

    /// Opens a folder for reading alone, also while another process writes there. See
    /// [`ReadOnly`].
    pub fn open_read_only(dir: &Path, keys: &KeyRing) -> Result<ReadOnly, OpenError> {
        ReadOnly::open(&RealDisk, dir, keys)
    }

    /// Runs a transaction. Its changes are visible at once to whoever comes after; nobody may be
    /// promised anything before [`Commit::durable`]. Everybody else waits while `change` runs,
    /// so it must be brief. If it panics, nothing has changed.
    pub fn transact<R>(&self, change: impl FnOnce(&mut Tx<'_>) -> R) -> (R, Commit) {
        let shared = &self.0.shared;
        let core = shared.core();
        let mut tx = Tx::new(&core.tables, &shared.sealer);
        let answer = change(&mut tx);
        let writes = tx.into_writes();
        (answer, shared.commit(core, writes, Urgency::Now))
    }

    /// The same, but an error changes nothing.
    pub fn try_transact<R, E>(
        &self,
        change: impl FnOnce(&mut Tx<'_>) -> Result<R, E>,
    ) -> Result<(R, Commit), E> {
        self.change(Urgency::Now, change)
    }

    /// The same for what more is about to follow: it goes to the disk with the next commit, within 5 ms at the latest. Each flush of the disk that is spared so is time that others need not wait.
    pub fn try_transact_soon<R, E>(
        &self,
        change: impl FnOnce(&mut Tx<'_>) -> Result<R, E>,
    ) -> Result<(R, Commit), E> {
        self.change(Urgency::Soon, change)
    }

    fn change<R, E>(
        &self,
        urgency: Urgency,
        change: impl FnOnce(&mut Tx<'_>) -> Result<R, E>,
    ) -> Result<(R, Commit), E> {
        let shared = &self.0.shared;
        let core = shared.core();
        let mut tx = Tx::new(&core.tables, &shared.sealer);
        let answer = change(&mut tx)?;
        let writes = tx.into_writes();
        Ok((answer, shared.commit(core, writes, urgency)))
    }

    /// Looks at the tables; what is seen may not be durable yet. Everybody else waits meanwhile.
    pub fn read<R>(&self, look: impl FnOnce(View<'_>) -> R) -> R {
        let shared = &self.0.shared;
        let core = shared.core();
        look(View {
            tables: &core.tables,
            sealer: &shared.sealer,
        })
    }

    /// The value of a key.
    pub fn get<T: Record>(&self, key: u64) -> Result<Option<T>, Undecodable> {
        self.read(|view| view.get(key))
    }

    /// Every value of a table, in the order of the keys.
    pub fn scan<T: Record>(&self, each: impl FnMut(u64, Result<T, Undecodable>)) {
        self.read(|view| view.scan(each));
    }

    /// How the store is now.
    pub fn status(&self) -> Status {
        let shared = &self.0.shared;
        let (last, records) = {
            let core = shared.core();
            (core.last_seq, core.tables.len() as u64)
        };
        let durable_seq = shared.durability.done();
        Status {
            health: shared.health.borrow().clone(),
            journal_bytes: shared.journal_bytes.load(Ordering::Relaxed),
            pending_commits: last.saturating_sub(durable_seq),
            durable_seq,
            records,
        }
    }

    /// Told whenever the disk begins or ceases to refuse something.
    pub fn watch_health(&self) -> watch::Receiver<Health> {
        self.0.shared.health.subscribe()
    }

    /// Writes every file anew from memory, so that nothing that was deleted or replaced is left
    /// anywhere in the folder, nor in what was cut off the journal. Blocks.
    pub fn scrub(&self) -> io::Result<()> {
        open::rewrite(&self.0.shared)
    }

    /// Puts everything on the disk, completes `customers.json` and releases the folder. Later
    /// commits never become durable. Must run inside a Tokio runtime.
    pub async fn close(&self, deadline: Duration) -> Result<(), CloseError> {
        let store = self.clone();
        let closing = tokio::task::spawn_blocking(move || store.close_blocking(deadline));
        // A disk that hangs holds the thread, but not us.
        match tokio::time::timeout(deadline, closing).await {
            Ok(Ok(result)) => result,
            _ => Err(self.0.lost("the disk does not answer".to_owned())),
        }
    }

    /// The same for a thread outside of the runtime.
    pub fn close_blocking(&self, deadline: Duration) -> Result<(), CloseError> {
        self.0.close(deadline)
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(run)
}

impl Handle {
    fn close(&self, deadline: Duration) -> Result<(), CloseError> {
        let until = Instant::now() + deadline;
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Running { threads, _lock }) = running.take() else {
            return Ok(());
        };
        self.shared.stop();
        for thread in threads {
            // A thread that panicked has nothing more to say.
            let _ = thread.join();
        }
        let mut backoff = Backoff::default();
        let result = loop {
            let Err(error) = finish(&self.shared) else {
                break Ok(());
            };
            let pause = backoff.next();
            if Instant::now() + pause >= until {
                break Err(self.lost(error.kind().to_string()));
            }
            thread::sleep(pause);
        };
        self.shared.durability.close();
        result
    }

    fn lost(&self, why: String) -> CloseError {
        let last = self.shared.core().last_seq;
        CloseError {
            commits_lost: last.saturating_sub(self.shared.durability.done()),
            why,
        }
    }
}

/// The last writes.
fn finish(shared: &Shared) -> io::Result<()> {
    let seq = shared.core().last_seq;
    shared.flush_until(seq)?;
    shared.keeper().refresh(shared)?;
    let mut writer = shared.writer();
    // Without changes after the file was written, the file is right even if it is edited later.
    let mut core = shared.core();
    let complete = core.last_seq <= shared.durability.done() && !core.customers_dirty();
    if complete && std::mem::take(&mut core.customers_unmarked) {
        drop(core);
        let result = writer.mark_customers();
        shared.core().customers_unmarked = result.is_err();
        return result;
    }
    Ok(())
}

impl Drop for Handle {
    fn drop(&mut self) {
        let _ = self.close(Duration::from_secs(5));
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({:?})", self.status())
    }
}
