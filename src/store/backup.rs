//! A whole folder as one file, and its way back.
//!
//! ```text
//! order-bot backup 1\n
//! about {"made":1800000000,"live":true,"frame":912,"segment":7}\n
//! orders 17 {…}\n                               a line a value, sealed if it is sealed in the folder
//! file orders.csv 1234\n                        and then as many bytes
//! end entries=1 sha256=…\n                      of everything before this line
//! ```
//!
//! Values are copied in the form they have on disk, so that making a backup needs no key and
//! opens nothing. Restoring has one moment at which it happens: the checked backup appears in the
//! folder under the name `restore`. From then on the folder means what that file says; putting
//! the other files in its order is done by whoever holds the lock next, as often as it takes.

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::store::{
    KeyRing, OpenError, RealDisk, Table, customers,
    disk::{self, AtomicFile, Disk},
    journal,
    load::{JOURNAL, Loaded},
    open, read_only,
    seal::Sealer,
    snapshot::{self, Cover},
    table::Tables,
};

const MAGIC: &str = "order-bot backup ";
const VERSION: u64 = 1;
/// The backup that is being restored, within the data folder.
const RESTORE: &str = "restore";
/// Further files are small; a larger figure is damage.
const MOST_FILE_BYTES: usize = 1 << 30;

/// What a backup says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// When it was made, in seconds since 1970.
    pub made: i64,
    /// Whether a process worked in the folder meanwhile, and went on after it.
    pub live: bool,
    /// How many frames the folder's journal had had. Restoring jumps ahead by far more than
    /// anybody writes, so that a folder with fewer frames is the backup's own past.
    pub frame: u64,
    /// The last segment of the journal.
    pub segment: u64,
}

/// The contents of a folder, as they are on disk.
pub struct Backup {
    about: About,
    tables: Tables,
    /// Names and bytes of files that are not the store's own.
    files: Vec<(String, Vec<u8>)>,
}

/// Why a file is no backup, or a backup cannot be made of it.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It begins otherwise.
    #[error("{0} is no backup made by order-bot")]
    Foreign(String),
    /// It was written by a later version of the program.
    #[error(
        "{file} has backup format {found}, this program knows up to {VERSION}: use the newer order-bot that made it"
    )]
    Newer {
        /// The file.
        file: String,
        /// Its version.
        found: u64,
    },
    /// It is damaged or cut off.
    #[error("{file} is damaged ({what}): nothing was changed")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong; never a value.
        what: &'static str,
    },
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] OpenError),
    /// The disk said no.
    #[error("cannot {doing} {file}: {source}")]
    Io {
        /// The verb.
        doing: &'static str,
        /// The file.
        file: String,
        /// What the system answered.
        source: io::Error,
    },
}

impl Backup {
    /// Reads a folder, also while another process writes in it: everything that was durable when
    /// this began. `files`: names of further files that are taken along where they are there.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn of_folder(
        dir: &Path,
        files: &[&str],
        made: i64,
        live: bool,
    ) -> Result<Backup, BackupError> {
        Backup::of_folder_on(&RealDisk, dir, files, made, live)
    }

    /// The same on any disk.
    pub(super) fn of_folder_on(
        disk: &dyn Disk,
        dir: &Path,
        files: &[&str],
        made: i64,
        live: bool,
    ) -> Result<Backup, BackupError> {
        let loaded = read_only::load_beside_writer(disk, dir)?;
        let segments = loaded.segments.keys().last().copied();
        let about = About {
            made,
            live,
            frame: loaded.last_frame,
            segment: segments.unwrap_or(loaded.cover.segment),
        };
        // After the tables: a row that stands in a file without its order does less harm than an
        // order whose row is thought to stand.
        let mut kept = Vec::new();
        for name in files {
            match disk::read_all(disk, &dir.join(name)) {
                Ok(bytes) => kept.push(((*name).to_owned(), bytes)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(OpenError::io("read", name)(error).into()),
            }
        }
        Ok(Backup {
            about,
            tables: loaded.tables,
            files: kept,
        })
    }

    /// What it says about itself.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// How many values it holds.
    #[must_use]
    pub fn records(&self) -> usize {
        self.tables.len()
    }

    /// Whether any value is sealed, so that it takes a key to use it.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        crate::store::tx::any_sealed(&self.tables)
    }

    /// Whether these keys open it.
    ///
    /// # Errors
    /// The key is missing or another.
    pub fn check_keys(&self, keys: &KeyRing) -> Result<(), OpenError> {
        open::check_keys(&self.tables, &Sealer::new(keys)).map(drop)
    }

    /// A value of [`Table::Meta`], which is never sealed.
    #[must_use]
    pub fn meta(&self, key: u64) -> Option<&str> {
        self.tables.get(Table::Meta, key)
    }

    /// Sets a value of [`Table::Meta`]; `json` must be JSON on one line.
    pub fn set_meta(&mut self, key: u64, json: &str) {
        self.tables.set(Table::Meta, key, Some(json.into()));
    }

    /// Takes all values of a table out; how many there were.
    pub fn clear(&mut self, table: Table) -> usize {
        std::mem::take(self.tables.rows_mut(table)).len()
    }

    /// Moves the mark of how far the journal had come.
    pub fn set_frame(&mut self, frame: u64, segment: u64) {
        self.about.frame = frame;
        self.about.segment = segment;
    }

    /// Writes it to a file that appears under its name only when it is whole; for its owner alone.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn write(&self, path: &Path) -> Result<(), BackupError> {
        let failed = |source| BackupError::Io {
            doing: "write",
            file: path.display().to_string(),
            source,
        };
        let disk = RealDisk;
        let (dir, name) = split(path).map_err(failed)?;
        let temporary = dir.join(format!("{name}.tmp"));
        let written = (|| {
            let mut file = disk.create(&temporary)?;
            self.encode(|bytes| file.append(bytes))?;
            file.sync()?;
            disk.rename(&temporary, path)?;
            disk.sync_dir(&dir)
        })();
        if written.is_err() {
            let _ = disk.remove(&temporary);
        }
        written.map_err(failed)
    }

    /// Whether a file begins like a backup, of whatever version.
    #[must_use]
    pub fn is_one(path: &Path) -> bool {
        let mut start = Vec::new();
        let file = RealDisk.read(path);
        let read = file.and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut start));
        read.is_ok() && start == MAGIC.as_bytes()
    }

    /// Reads and checks a file.
    ///
    /// # Errors
    /// It is no backup, a newer one, or damaged.
    pub fn read(path: &Path) -> Result<Backup, BackupError> {
        let file = path.display().to_string();
        let bytes = disk::read_all(&RealDisk, path).map_err(|source| BackupError::Io {
            doing: "read",
            file: file.clone(),
            source,
        })?;
        decode(&bytes).map_err(|wrong| wrong.of(&file))
    }

    /// Makes a folder hold this and nothing else of the store's; files that are not in it stay.
    /// Whatever happens meanwhile, the folder is either what it was or what this says.
    ///
    /// # Errors
    /// A process works in the folder, or the disk refuses.
    pub fn restore(&self, dir: &Path) -> Result<(), OpenError> {
        self.restore_on(&RealDisk, dir)
    }

    /// The same on any disk.
    pub(super) fn restore_on(&self, disk: &dyn Disk, dir: &Path) -> Result<(), OpenError> {
        disk.create_dir(dir)
            .map_err(OpenError::io("create", dir.display()))?;
        let _lock = disk
            .lock(&dir.join(open::LOCK))
            .map_err(OpenError::io("lock", open::LOCK))?
            .ok_or_else(|| OpenError::Locked {
                dir: dir.display().to_string(),
            })?;
        self.put_into(disk, dir)
            .map_err(OpenError::io("write", RESTORE))?;
        finish_restore(disk, dir)
    }

    /// The moment at which it happens.
    fn put_into(&self, disk: &dyn Disk, dir: &Path) -> io::Result<()> {
        let mut file = AtomicFile::create(disk, dir, RESTORE)?;
        self.encode(|bytes| file.append(bytes))?;
        file.sync()?;
        file.publish()
    }

    fn encode(&self, mut write: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut digest = Sha256::new();
        let mut put = |bytes: &[u8]| {
            digest.update(bytes);
            write(bytes)
        };
        let about = serde_json::to_string(&self.about)?;
        put(format!("{MAGIC}{VERSION}\nabout {about}\n").as_bytes())?;
        let mut piece = Vec::new();
        let mut entries = 0_u64;
        for &table in Table::ALL {
            for (&key, value) in self.tables.rows(table) {
                journal::push_change(&mut piece, table, key, Some(value));
                entries += 1;
                if piece.len() > 1 << 16 {
                    put(&piece)?;
                    piece.clear();
                }
            }
        }
        put(&piece)?;
        for (name, bytes) in &self.files {
            put(format!("file {name} {}\n", bytes.len()).as_bytes())?;
            put(bytes)?;
        }
        let sum = hex(&digest.finalize());
        write(format!("end entries={entries} sha256={sum}\n").as_bytes())
    }

    /// The tables as if they had been loaded from the files that a restored folder has.
    pub(super) fn into_loaded(self) -> Loaded {
        Loaded {
            tables: self.tables,
            cover: cover(&self.about),
            segments: std::collections::BTreeMap::new(),
            last_frame: self.about.frame,
            torn: Vec::new(),
            useless: Vec::new(),
            snapshot_bytes: 1,
            customers_bytes: 1,
            customers_behind: false,
            customers_unmarked: false,
        }
    }
}

fn cover(about: &About) -> Cover {
    Cover {
        segment: about.segment,
        frame: about.frame,
    }
}

fn split(path: &Path) -> io::Result<(PathBuf, String)> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| io::Error::other("it names no file"))?;
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir.to_owned(),
        _ => PathBuf::from("."),
    };
    Ok((dir, name.to_owned()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

enum Wrong {
    Foreign,
    Newer(u64),
    Damaged(&'static str),
}

impl Wrong {
    fn of(self, file: &str) -> BackupError {
        let file = file.to_owned();
        match self {
            Wrong::Foreign => BackupError::Foreign(file),
            Wrong::Newer(found) => BackupError::Newer { file, found },
            Wrong::Damaged(what) => BackupError::Damaged { file, what },
        }
    }
}

/// One line, without its end, and what follows it.
fn line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    let (line, rest) = bytes.split_at_checked(end)?;
    Some((std::str::from_utf8(line).ok()?, rest.get(1..)?))
}

fn decode(bytes: &[u8]) -> Result<Backup, Wrong> {
    use Wrong::{Damaged, Foreign, Newer};
    if !bytes.starts_with(MAGIC.as_bytes()) {
        return Err(Foreign);
    }
    let cut = || Damaged("it is cut off");
    let (first, mut rest) = line(bytes).ok_or_else(cut)?;
    match first.strip_prefix(MAGIC).and_then(|v| v.parse().ok()) {
        Some(VERSION) => {}
        Some(found) if found > VERSION => return Err(Newer(found)),
        _ => return Err(Foreign),
    }
    let (about, after) = line(rest).ok_or_else(cut)?;
    rest = after;
    let about = about.strip_prefix("about ").unwrap_or_default();
    let about = serde_json::from_str(about).map_err(|_| Damaged("it does not say what it is"))?;
    let mut backup = Backup {
        about,
        tables: Tables::new(),
        files: Vec::new(),
    };
    let mut entries = 0_u64;
    loop {
        let (text, after) = line(rest).ok_or_else(cut)?;
        if text.starts_with("end ") {
            let whole = bytes.len() - rest.len();
            let sum = hex(&Sha256::digest(bytes.get(..whole).unwrap_or_default()));
            if text != format!("end entries={entries} sha256={sum}") {
                return Err(Damaged("its checksum does not fit"));
            }
            if !after.is_empty() {
                return Err(Damaged("something stands after its end"));
            }
            return Ok(backup);
        }
        if let Some(file) = text.strip_prefix("file ") {
            let (name, len) = file.rsplit_once(' ').ok_or_else(cut)?;
            let len = len.parse().unwrap_or(usize::MAX);
            if len > MOST_FILE_BYTES || name.contains(['/', '\\']) || name.starts_with('.') {
                return Err(Damaged("a file in it that cannot be"));
            }
            let (content, after) = after.split_at_checked(len).ok_or_else(cut)?;
            backup.files.push((name.to_owned(), content.to_owned()));
            rest = after;
            continue;
        }
        let change = journal::parse_change(text).map_err(Damaged)?;
        let value = change.value.map(Into::into);
        backup.tables.set(change.table, change.key, value);
        entries += 1;
        rest = after;
    }
}

/// The backup that somebody began to restore into this folder.
pub(super) fn interrupted(disk: &dyn Disk, dir: &Path) -> Result<Option<Backup>, OpenError> {
    let bytes = match disk::read_all(disk, &dir.join(RESTORE)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(OpenError::io("read", RESTORE)(error)),
    };
    decode(&bytes).map(Some).map_err(|_| OpenError::Corrupt {
        file: RESTORE.to_owned(),
        offset: 0,
        what: "a backup that was to be restored: restore it again".to_owned(),
    })
}

/// Puts the folder's files in the order of a backup that is being restored. Under the lock.
pub(super) fn finish_restore(disk: &dyn Disk, dir: &Path) -> Result<(), OpenError> {
    let Some(backup) = interrupted(disk, dir)? else {
        return Ok(());
    };
    roll_forward(disk, dir, &backup).map_err(OpenError::io("restore", dir.display()))
}

fn roll_forward(disk: &dyn Disk, dir: &Path, backup: &Backup) -> io::Result<()> {
    let journal = dir.join(JOURNAL);
    disk.create_dir(&journal)?;
    for name in disk.list(&journal)? {
        disk.remove(&journal.join(name))?;
    }
    disk.sync_dir(&journal)?;
    open::remove_torn(disk, dir)?;

    let mut file = AtomicFile::create(disk, dir, customers::FILE)?;
    file.append(customers::START.as_bytes())?;
    let mut piece = Vec::new();
    for (n, (&key, value)) in backup.tables.rows(Table::Customers).iter().enumerate() {
        customers::push_entry(&mut piece, n == 0, key, value);
        file.append(&piece)?;
        piece.clear();
    }
    file.append(customers::END.as_bytes())?;
    file.sync()?;
    file.publish()?;

    let mut file = AtomicFile::create(disk, dir, snapshot::FILE)?;
    let mut hasher = crc32fast::Hasher::new();
    let mut entries = 0;
    let mut put = |bytes: &[u8]| {
        hasher.update(bytes);
        file.append(bytes)
    };
    put(cover(&backup.about).to_line().as_bytes())?;
    for &table in Table::ALL {
        if table == Table::Customers {
            continue;
        }
        for (&key, value) in backup.tables.rows(table) {
            journal::push_change(&mut piece, table, key, Some(value));
            put(&piece)?;
            piece.clear();
            entries += 1;
        }
    }
    let end = snapshot::end_line(entries, hasher.finalize());
    file.append(end.as_bytes())?;
    file.sync()?;
    file.publish()?;

    for (name, bytes) in &backup.files {
        let temporary = dir.join(disk::temporary(name));
        let mut file = disk.create(&temporary)?;
        file.append(bytes)?;
        file.sync()?;
        disk.rename(&temporary, &dir.join(name))?;
    }
    disk.sync_dir(dir)?;
    disk.remove(&dir.join(RESTORE))?;
    disk.sync_dir(dir)
}

impl std::fmt::Debug for Backup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Backup({:?}, {} records)", self.about, self.tables.len())
    }
}
