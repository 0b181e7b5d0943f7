//! Reading a folder beside the process that writes in it.

use std::{fmt, io, path::Path, thread, time::Duration};

use crate::store::{
    KeyRing, OpenError, Record, Undecodable,
    disk::Disk,
    load::{self, Loaded},
    open,
    seal::Sealer,
    table::Tables,
    tx::View,
};

/// How often reading begins anew because the files were replaced meanwhile.
const ATTEMPTS: u32 = 8;

/// The contents of a folder at some moment, in memory. Takes no lock and writes nothing.
pub struct ReadOnly {
    tables: Tables,
    sealer: Sealer,
}

impl ReadOnly {
    /// Reads a folder. Everything is seen that was durable when this began.
    pub fn open(disk: &dyn Disk, dir: &Path, keys: &KeyRing) -> Result<ReadOnly, OpenError> {
        let loaded = load_beside_writer(disk, dir)?;
        let sealer = Sealer::new(keys);
        open::check_keys(&loaded.tables, &sealer)?;
        Ok(ReadOnly {
            tables: loaded.tables,
            sealer,
        })
    }

    /// The tables.
    pub fn view(&self) -> View<'_> {
        View {
            tables: &self.tables,
            sealer: &self.sealer,
        }
    }

    /// Every value of a table, in the order of the keys.
    pub fn scan<T: Record>(&self, each: impl FnMut(u64, Result<T, Undecodable>)) {
        self.view().scan(each);
    }
}

/// Reads the files of a folder in which another process may be writing.
pub(super) fn load_beside_writer(disk: &dyn Disk, dir: &Path) -> Result<Loaded, OpenError> {
    disk.list(dir)
        .map_err(OpenError::io("read the data folder", dir.display()))?;
    let mut attempt = 1;
    loop {
        match load::load(disk, dir, true) {
            Err(error) if attempt < ATTEMPTS && may_pass(&error) => attempt += 1,
            other => return other,
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a writer that replaces files under our eyes may be the cause.
fn may_pass(error: &OpenError) -> bool {
    match error {
        OpenError::Missing { .. } | OpenError::Corrupt { .. } => true,
        OpenError::Io { source, .. } => source.kind() == io::ErrorKind::NotFound,
        _ => false,
    }
}

impl fmt::Debug for ReadOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReadOnly({} records)", self.tables.len())
    }
}
