//! The one who keeps the other files: `customers.json` and the snapshot.
//!
//! Both are written from the tables in memory, a piece at a time under the lock, so that no commit
//! waits longer than a piece takes and the memory needed is a piece. They hold only what the
//! journal holds durably, because they take their name after the journal has caught up; and they
//! may be younger than the segments that are read over them, because those hold whole values.

use std::{io, ops::Bound, sync::atomic::Ordering};

use crate::store::{
    Table,
    core::Shared,
    customers,
    disk::AtomicFile,
    journal,
    snapshot::{self, Cover},
};

/// Bytes that are copied in one go under the lock.
const PIECE_BYTES: usize = 64 << 10;
/// Values that are copied in one go under the lock.
const PIECE_VALUES: usize = 512;

pub(super) struct Keeper {
    pub(super) segment_bytes: u64,
    pub(super) cover: Cover,
    pub(super) snapshot_bytes: u64,
    pub(super) customers_bytes: u64,
}

impl Keeper {
    /// Four segments, or half of what is written at each compaction: so that over time each
    /// commit pays for a fixed number of bytes, however many customers there are.
    pub(super) fn compact_at(&self) -> u64 {
        let files = self.snapshot_bytes.saturating_add(self.customers_bytes);
        (4 * self.segment_bytes).max(files / 2)
    }

    /// Writes `customers.json` if it is behind.
    pub(super) fn refresh(&mut self, shared: &Shared) -> io::Result<()> {
        let (dirty, changed) = {
            let core = shared.core();
            (core.customers_dirty(), core.customers_changed)
        };
        if dirty {
            self.write_customers(shared)?;
            shared.core().customers_written = changed;
        }
        Ok(())
    }

    /// Writes `customers.json`.
    pub(super) fn write_customers(&mut self, shared: &Shared) -> io::Result<()> {
        let mut file = AtomicFile::create(&*shared.disk, &shared.dir, customers::FILE)?;
        file.append(customers::START.as_bytes())?;
        let mut first = true;
        dump(
            shared,
            Table::Customers,
            |piece, key, value| {
                customers::push_entry(piece, first, key, value);
                first = false;
            },
            |piece| file.append(piece),
        )?;
        file.append(customers::END.as_bytes())?;
        self.customers_bytes = file.len;
        publish(shared, file)
    }

    /// Puts all of the journal up to now into the files and deletes it.
    pub(super) fn compact(&mut self, shared: &Shared) -> io::Result<()> {
        let cover = shared.writer().seal();
        // First: from now on the covered segments are not needed for the customers.
        self.refresh(shared)?;
        if cover != self.cover {
            self.write_snapshot(shared, cover)?;
        }
        let mut writer = shared.writer();
        let result = writer.remove_covered(cover);
        shared.count(&writer);
        result
    }

    /// Writes the snapshot.
    pub(super) fn write_snapshot(&mut self, shared: &Shared, cover: Cover) -> io::Result<()> {
        let mut file = AtomicFile::create(&*shared.disk, &shared.dir, snapshot::FILE)?;
        let mut hasher = crc32fast::Hasher::new();
        let line = cover.to_line();
        hasher.update(line.as_bytes());
        file.append(line.as_bytes())?;
        let mut entries = 0;
        for &table in Table::ALL {
            if table == Table::Customers {
                continue;
            }
            dump(
                shared,
                table,
                |piece, key, value| {
                    journal::push_change(piece, table, key, Some(value));
                    entries += 1;
                },
                |piece| {
                    hasher.update(piece);
                    file.append(piece)
                },
            )?;
        }
        file.append(snapshot::end_line(entries, hasher.finalize()).as_bytes())?;
        let bytes = file.len;
        publish(shared, file)?;
        self.cover = cover;
        self.snapshot_bytes = bytes;
        shared
            .compact_at
            .store(self.compact_at(), Ordering::Relaxed);
        Ok(())
    }
}

/// Gives a file its name once the journal holds all that the file was made from.
fn publish(shared: &Shared, mut file: AtomicFile<'_>) -> io::Result<()> {
    file.sync()?;
    let seq = shared.core().last_seq;
    shared.flush_until(seq)?;
    file.publish()
}

/// Writes a table piece by piece.
fn dump(
    shared: &Shared,
    table: Table,
    mut push: impl FnMut(&mut Vec<u8>, u64, &str),
    mut write: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut piece = Vec::with_capacity(PIECE_BYTES * 2);
    let mut after = Bound::Unbounded;
    loop {
        let core = shared.core();
        let mut values = 0;
        for (&key, value) in core.tables.rows(table).range((after, Bound::Unbounded)) {
            push(&mut piece, key, value);
            after = Bound::Excluded(key);
            values += 1;
            if values == PIECE_VALUES || piece.len() >= PIECE_BYTES {
                break;
            }
        }
        drop(core);
        if values == 0 {
            return Ok(());
        }
        write(&piece)?;
        piece.clear();
    }
}
