//! Opening a folder: lock, load, check the key, and only then put in order what a crash left.

use std::{
    any::Any,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::store::{
    KeyRing, OpenError, backup,
    core::{Core, Shared, Urgency},
    customers,
    disk::Disk,
    keeper::Keeper,
    load::{self, Loaded, Torn, file_name},
    seal::{Fit, KEY_CHECK, KeyCheck, Sealer},
    table::Tables,
    tx::{self, Tx, View},
    writer::Writer,
};

/// The file whose lock means: I alone write here.
pub(super) const LOCK: &str = "lock";
/// How the files begin that keep what was cut off a journal.
const TORN: &str = "torn-";

/// How a folder is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The keys for values at rest; none: the folder stays plain.
    pub keys: KeyRing,
    /// The least time from one refresh of `customers.json` to the next.
    pub customers_interval: Duration,
    /// A segment of the journal that is longer takes no further frame.
    pub segment_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            keys: KeyRing::default(),
            customers_interval: Duration::from_secs(3),
            segment_bytes: 8 << 20,
        }
    }
}

/// What was found at the opening, for the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Values in all tables.
    pub records: u64,
    /// Bytes of journal that were read.
    pub journal_bytes: u64,
    /// Bytes of an unfinished write that were cut off the journal's end. No commit that was
    /// reported durable was in them.
    pub torn_bytes_cut: u64,
    /// `customers.json` was behind and was made complete.
    pub customers_completed: bool,
    /// Values that were brought to the current key.
    pub resealed: usize,
    /// Values that no key opened and that were moved to the quarantine.
    pub quarantined: usize,
}

pub(super) type Lock = Box<dyn Any + Send + Sync>;

/// Opens a folder without starting any thread.
pub(super) fn open(
    disk: Arc<dyn Disk>,
    dir: &Path,
    options: &Options,
) -> Result<(Shared, Lock, Opened), OpenError> {
    let name = dir.display();
    disk.create_dir(dir)
        .map_err(OpenError::io("create", name))?;
    let lock = disk
        .lock(&dir.join(LOCK))
        .map_err(OpenError::io("lock", LOCK))?
        .ok_or_else(|| OpenError::Locked {
            dir: dir.display().to_string(),
        })?;
    backup::finish_restore(&*disk, dir)?;
    let loaded = load::load(&*disk, dir, false)?;
    let sealer = Sealer::new(&options.keys);
    let (check, fit) = check_keys(&loaded.tables, &sealer)?;

    let mut opened = Opened {
        records: loaded.tables.len() as u64,
        journal_bytes: loaded.segments.values().sum(),
        torn_bytes_cut: loaded.torn.iter().map(|torn| torn.bytes.len() as u64).sum(),
        ..Opened::default()
    };
    tidy(&*disk, dir, &loaded);
    let first_time = loaded.customers_bytes == 0;
    let behind = loaded.customers_behind;
    let shared = share(disk, dir.to_path_buf(), sealer, options, loaded);
    if first_time {
        // Before anything else is there, so that a missing file later means a lost one.
        complete_customers(&shared).map_err(OpenError::io("write", customers::FILE))?;
    }
    bring_to_current_key(&shared, check, fit, &mut opened)?;
    if behind && !first_time {
        // If the disk refuses now, the keeper goes on trying.
        let result = complete_customers(&shared);
        opened.customers_completed = result.is_ok();
        shared.report(&result, |health| &mut health.files);
    }
    Ok((shared, lock, opened))
}

fn share(
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    sealer: Sealer,
    options: &Options,
    loaded: Loaded,
) -> Shared {
    let core = Core::new(
        loaded.tables,
        loaded.customers_behind,
        loaded.customers_unmarked,
    );
    let writer = Writer::new(
        Arc::clone(&disk),
        dir.clone(),
        options.segment_bytes,
        loaded.cover,
        loaded.segments,
        loaded.last_frame,
    );
    let keeper = Keeper {
        segment_bytes: options.segment_bytes,
        cover: loaded.cover,
        snapshot_bytes: loaded.snapshot_bytes,
        customers_bytes: loaded.customers_bytes,
    };
    Shared::new(disk, dir, sealer, core, writer, keeper)
}

fn complete_customers(shared: &Shared) -> io::Result<()> {
    shared.keeper().refresh(shared)
}

/// Whether the keys given open the folder.
pub(super) fn check_keys(tables: &Tables, sealer: &Sealer) -> Result<(KeyCheck, Fit), OpenError> {
    let check = View { tables, sealer }
        .get::<KeyCheck>(KEY_CHECK)
        .map_err(|_| OpenError::KeyWrong)?
        .unwrap_or_default();
    match check.fit(sealer) {
        Fit::Missing => Err(OpenError::KeyMissing),
        Fit::Wrong => Err(OpenError::KeyWrong),
        // The check is gone but sealed values are there: a file of another folder was put here.
        _ if !sealer.has_key() && tx::any_sealed(tables) => Err(OpenError::KeyMissing),
        fit => Ok((check, fit)),
    }
}

/// Removes what nothing needs, and keeps the torn end of the journal aside. If the disk refuses,
/// nothing depends on it: the next segment says how much of this one is true.
fn tidy(disk: &dyn Disk, dir: &Path, loaded: &Loaded) {
    for path in &loaded.useless {
        let _ = disk.remove(path);
    }
    for torn in &loaded.torn {
        let _ = cut(disk, dir, torn);
    }
}

fn cut(disk: &dyn Disk, dir: &Path, torn: &Torn) -> io::Result<()> {
    let Torn {
        segment,
        keep,
        bytes,
    } = torn;
    let path = dir.join(file_name(*segment));
    let mut aside = disk.create(&dir.join(format!("{TORN}{segment:08}-{keep}")))?;
    aside.append(bytes)?;
    aside.sync()?;
    disk.sync_dir(dir)?;
    if *keep == 0 {
        disk.remove(&path)
    } else {
        disk.truncate(&path, *keep)
    }
}

/// Deletes what was cut off the journal at earlier starts.
pub(super) fn remove_torn(disk: &dyn Disk, dir: &Path) -> io::Result<()> {
    for name in disk.list(dir)? {
        if name.starts_with(TORN) {
            disk.remove(&dir.join(name))?;
        }
    }
    disk.sync_dir(dir)
}

/// Seals what is plain, or sealed with an older key, and leaves no other copy on the disk.
///
/// First the journal says that the current key is in use, then the files are replaced. A crash in
/// between leaves values of both kinds, which the next start with these keys finds again.
fn bring_to_current_key(
    shared: &Shared,
    check: KeyCheck,
    fit: Fit,
    opened: &mut Opened,
) -> Result<(), OpenError> {
    if !shared.sealer.has_key() {
        return Ok(());
    }
    let failed = |why: &'static str| OpenError::Io {
        doing: "encrypt",
        file: shared.dir.display().to_string(),
        source: io::Error::other(why),
    };
    let check = match fit {
        Fit::Extend => {
            let check = check
                .with_current(&shared.sealer)
                .ok_or_else(|| failed("the system gives no random numbers"))?;
            put_check(shared, &check).map_err(|error| failed(error.why))?;
            let seq = shared.core().last_seq;
            shared
                .flush_until(seq)
                .map_err(OpenError::io("write", load::JOURNAL))?;
            check
        }
        _ => check,
    };
    let (resealed, quarantined) =
        tx::reseal(&mut shared.core().tables, &shared.sealer).map_err(|error| failed(error.why))?;
    opened.resealed = resealed;
    opened.quarantined = quarantined;
    if resealed == 0 && !check.rewriting() {
        return Ok(());
    }
    {
        let check = check.only_current(&shared.sealer);
        let mut core = shared.core();
        let mut tx = Tx::new(&core.tables, &shared.sealer);
        tx.put(KEY_CHECK, &check)
            .map_err(|error| failed(error.why))?;
        for ((table, key), value) in tx.into_writes() {
            core.tables.set(table, key, value);
        }
    }
    rewrite(shared).map_err(OpenError::io("encrypt", shared.dir.display()))
}

fn put_check(shared: &Shared, check: &KeyCheck) -> Result<(), crate::store::Unencodable> {
    let core = shared.core();
    let mut tx = Tx::new(&core.tables, &shared.sealer);
    tx.put(KEY_CHECK, check)?;
    let writes = tx.into_writes();
    let _ = shared.commit(core, writes, Urgency::Now);
    Ok(())
}

/// Writes every file anew from the tables, so that nothing older is left.
pub(super) fn rewrite(shared: &Shared) -> io::Result<()> {
    let mut keeper = shared.keeper();
    let cover = shared.writer().seal();
    remove_torn(&*shared.disk, &shared.dir)?;
    keeper.write_customers(shared)?;
    // The last, because what it holds says that the rest is done.
    keeper.write_snapshot(shared, cover)?;
    let mut writer = shared.writer();
    let result = writer.remove_covered(cover);
    shared.count(&writer);
    result
}
