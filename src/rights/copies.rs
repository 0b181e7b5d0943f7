//! Copies of the data folder, their return, and a change of its key.
//!
//! After a restore no order number is given out twice: what was placed after the backup may stand in the spreadsheet
//! and on cards, so the count goes on well beyond it. And nothing is done twice: messages that a bot had in hand while
//! the backup was made were handled by it right afterwards, so they are left out.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::CSV;
use crate::check;
use crate::engine::Numbers;
use crate::store::{
    Backup, BackupError, CloseError, KeyRing, OpenError, Opened, Options, Store, Table,
};

/// Why a copy was not made, not put back, or a key not changed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The backup's file.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] OpenError),
    /// The target lies in the data folder.
    #[error(
        "{0} lies in the data folder itself: a backup belongs elsewhere, at best on another disk"
    )]
    Inside(PathBuf),
    /// The target exists and is something else.
    #[error("{0} exists and is no backup: name another file")]
    Occupied(PathBuf),
    /// The folder holds what the backup does not.
    #[error(
        "the data folder {dir} holds changes that the backup does not: make a backup of it first, then use --force to \
         put this one in its place"
    )]
    NotContained {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder holds something that cannot be compared.
    #[error(
        "the data folder cannot be compared with the backup ({0}): use --force to put the backup in its place"
    )]
    Unreadable(OpenError),
    /// There is no data folder.
    #[error("{0} is no data folder of order-bot: see DATA_DIR")]
    NoFolder(PathBuf),
    /// The last writes.
    #[error(transparent)]
    Close(#[from] CloseError),
    /// The disk said no.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
}

/// Copies a data folder into one file, also while a bot works in it (`live`). How many records it holds.
///
/// # Errors
/// See [`CopyError`].
pub fn backup(dir: &Path, file: &Path, live: bool) -> Result<usize, CopyError> {
    if !is_folder(dir) {
        return Err(CopyError::NoFolder(dir.to_owned()));
    }
    let parent = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let real = |path: &Path| {
        path.canonicalize().map_err(|source| CopyError::Io {
            file: path.to_owned(),
            source,
        })
    };
    if real(parent)?.starts_with(real(dir)?) {
        return Err(CopyError::Inside(file.to_owned()));
    }
    if file.exists() && !Backup::is_one(file) {
        return Err(CopyError::Occupied(file.to_owned()));
    }
    let made = Timestamp::now().as_second();
    let backup = Backup::of_folder(dir, &[CSV], made, live)?;
    backup.write(file)?;
    Ok(backup.records())
}

fn is_folder(dir: &Path) -> bool {
    ["customers.json", "restore"]
        .iter()
        .any(|name| dir.join(name).is_file())
}

/// What was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Records.
    pub records: usize,
    /// Messages that were left out because the bot that had them in hand went on after the backup.
    pub left_out: usize,
    /// Order numbers go on after this one; none: from where they were.
    pub orders_after: Option<u64>,
    /// Whether `run` needs the `DATA_KEY` of the backup.
    pub sealed: bool,
}

/// Makes a data folder hold what a backup holds.
///
/// # Errors
/// See [`CopyError`].
pub fn restore(
    file: &Path,
    dir: &Path,
    keys: &KeyRing,
    force: bool,
) -> Result<Restored, CopyError> {
    let mut backup = Backup::read(file)?;
    if keys.current.is_some() {
        backup.check_keys(keys)?;
    }
    let locked = check::lock(dir);
    if matches!(locked, Ok(None)) {
        let dir = dir.display().to_string();
        return Err(OpenError::Locked { dir }.into());
    }
    drop(locked);
    let now = Timestamp::now();
    let there = if is_folder(dir) {
        match Backup::of_folder(dir, &[], now.as_second(), false) {
            Ok(there) => Some(there).filter(|there| there.records() > 0),
            Err(_) if force => None,
            Err(BackupError::Folder(e)) => return Err(CopyError::Unreadable(e)),
            Err(e) => return Err(e.into()),
        }
    } else {
        None
    };
    let numbers = |backup: &Backup| Numbers::read(backup.meta(Numbers::KEY)?);
    let (own, theirs) = (numbers(&backup), there.as_ref().and_then(numbers));
    let (made, frame) = (backup.about().made, backup.about().frame);
    let mut segment = backup.about().segment;
    let mut latest = frame;
    let mut newer = false;
    let mut same = false;
    if let Some(there) = &there {
        // Within one folder's life the count of frames says which of two states came first.
        let lineage = own.as_ref().map(Numbers::tag) == theirs.as_ref().map(Numbers::tag);
        newer = !lineage || there.about().frame > frame;
        same = lineage && there.about().frame == frame;
        if newer && !force {
            return Err(CopyError::NotContained {
                dir: dir.to_owned(),
            });
        }
        segment = segment.max(there.about().segment);
        latest = latest.max(there.about().frame);
    }
    let mut left_out = 0;
    if (backup.about().live && !same) || newer {
        left_out = backup.clear(Table::Inbox) + backup.clear(Table::Outbox);
    }
    let mut orders_after = None;
    if let Some(mut own) = own.filter(|_| !same) {
        let elapsed = u64::try_from(now.as_second().saturating_sub(made)).unwrap_or_default();
        let last = theirs.filter(|there| there.tag() == own.tag());
        let last = last.map_or(own.orders(), |there| there.orders().max(own.orders()));
        orders_after = Some(own.go_on_after(last, elapsed));
        backup.set_meta(Numbers::KEY, &own.to_json());
    }
    // Milliseconds run ahead of any journal, so that of two states that began with the same backup the one that was
    // restored later counts as the later one.
    let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
    backup.set_frame(latest.saturating_add(1).max(millis), segment);
    backup.restore(dir)?;
    Ok(Restored {
        records: backup.records(),
        left_out,
        orders_after,
        sealed: backup.is_sealed(),
    })
}

/// Brings a data folder to another key.
///
/// # Errors
/// See [`CopyError`].
pub fn rekey(dir: &Path, keys: KeyRing) -> Result<Opened, CopyError> {
    if !is_folder(dir) {
        return Err(CopyError::NoFolder(dir.to_owned()));
    }
    let options = Options {
        keys,
        ..Options::default()
    };
    let (store, opened) = Store::open(dir, options)?;
    store.close_blocking(Duration::from_secs(30))?;
    Ok(opened)
}
