//! Rows in a CSV file, where no spreadsheet is set up. The same promises: one row an order, through crashes too.
//!
//! New rows are appended and synced to disk before they count as written. A row that a dying process left behind is
//! found by its order id at the next start; half a row at the end is cut off. A changed row makes the whole file be
//! written anew beside the old one, which is then replaced in one step: a reader sees a whole file, always. As that
//! costs more the longer the file is, changes are gathered for at least two seconds.
//!
//! Spreadsheet programs take a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula; what
//! customers write must not become one. Such a cell gets an apostrophe in front: a phone stands as `'+49 …`.
//!
//! The file may be edited while the bot runs, as long as the program that saves it keeps commas and the header; it is
//! read anew when it has changed. An edit saved in the very moment of a rewriting is lost.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use csv::{ByteRecord, ReaderBuilder, WriterBuilder};
use tokio::time::Instant;

use super::Pass;
use super::fault::{Class, Fault};
use super::row::{COLUMNS, Row, Source, Version};

/// Rows taken up in one pass.
const BATCH: usize = 10_000;
/// The least time between two rewritings.
const GATHER: Duration = Duration::from_secs(2);
/// A rewriting may take up this part of the time.
const SHARE: u32 = 20;
/// However long the file, changes wait no longer.
const GATHER_AT_MOST: Duration = Duration::from_secs(60);

/// The writer of one file.
#[derive(Debug)]
pub(super) struct CsvFile {
    /// Used on the threads for blocking work, one at a time.
    inner: Arc<Mutex<Inner>>,
    next_rewrite: Option<Instant>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    known: Option<Known>,
}

/// What the file held when it was last read or written.
#[derive(Debug)]
struct Known {
    /// The order ids, as they stand in the file.
    ids: HashSet<String>,
    stamp: Stamp,
}

/// Tells whether somebody else has changed the file.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
}

impl From<&Metadata> for Stamp {
    fn from(metadata: &Metadata) -> Self {
        Self {
            len: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

/// What one pass over the file has done.
struct Done {
    written: Vec<(String, Version)>,
    waiting: bool,
    rewrote: Option<Duration>,
}

impl CsvFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            inner: Arc::new(Mutex::new(Inner { path, known: None })),
            next_rewrite: None,
        }
    }

    /// One pass: takes up what is pending and writes it. With `hurry`, changed rows do not wait for others.
    pub(super) async fn pass(&mut self, source: &dyn Source, hurry: bool) -> Result<Pass, Fault> {
        let rows = source.pending(BATCH);
        if rows.is_empty() {
            return Ok(Pass::default());
        }
        let full = rows.len() >= BATCH;
        let rewrite = hurry || self.next_rewrite.is_none_or(|at| at <= Instant::now());
        let done = self
            .blocking(move |inner| inner.write(&rows, rewrite))
            .await?;
        if let Some(took) = done.rewrote {
            let gap = took.saturating_mul(SHARE).clamp(GATHER, GATHER_AT_MOST);
            self.next_rewrite = Some(Instant::now() + gap);
        }
        let progress = !done.written.is_empty();
        source.written(&done.written);
        Ok(Pass {
            more: full && progress,
            next: self.next_rewrite.filter(|_| done.waiting),
        })
    }

    /// Opens the file, or makes it, and says what is wrong with it.
    pub(super) async fn probe(&mut self) -> Result<String, Fault> {
        self.blocking(|inner| {
            inner.open()?;
            OpenOptions::new().append(true).open(&inner.path)?;
            Ok(format!("{} can be read and written", inner.name()))
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Inner) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Fault> {
        let inner = Arc::clone(&self.inner);
        let task = tokio::task::spawn_blocking(move || {
            let mut inner = inner.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut inner).map_err(|trouble| {
                // Whatever stands there now is read before anything is written again.
                inner.known = None;
                trouble.into_fault(&inner.name())
            })
        });
        task.await
            .unwrap_or_else(|_| Err(Fault::new(Class::Disk, "writing the file was cut short")))
    }
}

enum Trouble {
    Io(io::Error),
    Header,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<csv::Error> for Trouble {
    fn from(error: csv::Error) -> Self {
        Self::Io(error.into())
    }
}

impl Trouble {
    fn into_fault(self, name: &str) -> Fault {
        match self {
            // Only the kind: the message of a CSV error may hold what stands in the file.
            Self::Io(error) => Fault::new(
                Class::Disk,
                format!(
                    "{name} cannot be written ({}): check DATA_DIR and the free space",
                    error.kind()
                ),
            ),
            Self::Header => Fault::new(
                Class::Header,
                format!(
                    "the first line of {name} is not the header, with commas: restore it or move the file away; nothing \
                     is written until then"
                ),
            ),
        }
    }
}

impl Inner {
    fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    fn write(&mut self, rows: &[(Row, Version)], rewrite: bool) -> Result<Done, Trouble> {
        let mut known = self.open()?;
        let (changed, fresh): (Vec<_>, Vec<_>) = rows
            .iter()
            .partition(|(row, _)| known.ids.contains(&*guarded(row.order_id())));
        let mut done = Done {
            written: Vec::new(),
            waiting: !changed.is_empty() && !rewrite,
            rewrote: None,
        };
        let versions = |rows: &[&(Row, Version)]| -> Vec<(String, Version)> {
            rows.iter()
                .map(|(row, version)| (row.order_id().to_owned(), *version))
                .collect()
        };
        if !fresh.is_empty() {
            known.stamp = self.append(&fresh)?;
            known.ids.extend(
                fresh
                    .iter()
                    .map(|(row, _)| guarded(row.order_id()).into_owned()),
            );
            done.written.extend(versions(&fresh));
        }
        if !changed.is_empty() && rewrite {
            let start = std::time::Instant::now();
            known.stamp = self.replace(&changed)?;
            done.rewrote = Some(start.elapsed());
            done.written.extend(versions(&changed));
        }
        self.known = Some(known);
        Ok(done)
    }

    /// The ids in the file; reads it, mends its end or makes it where necessary.
    fn open(&mut self) -> Result<Known, Trouble> {
        let metadata = match fs::metadata(&self.path) {
            Ok(metadata) if metadata.len() > 0 => metadata,
            Ok(_) => return self.create(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return self.create(),
            Err(error) => return Err(error.into()),
        };
        match self.known.take() {
            Some(known) if known.stamp == Stamp::from(&metadata) => Ok(known),
            _ => self.load(),
        }
    }

    fn create(&self) -> Result<Known, Trouble> {
        let stamp = self.swap(None, |out| {
            let mut writer = WriterBuilder::new().from_writer(out);
            writer.write_record(COLUMNS)?;
            writer.flush()?;
            Ok(())
        })?;
        Ok(Known {
            ids: HashSet::new(),
            stamp,
        })
    }

    fn load(&self) -> Result<Known, Trouble> {
        let mut file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        let mut ids = HashSet::new();
        let mut record = ByteRecord::new();
        let mut reader = reader(BufReader::new(&file));
        if !reader.read_byte_record(&mut record)? || !is_header(&record) {
            return Err(Trouble::Header);
        }
        // Where the last record begins and what it is, as it may be half a one.
        let mut last = (0, None, COLUMNS.len());
        loop {
            let start = reader.position().byte();
            if !reader.read_byte_record(&mut record)? {
                break;
            }
            let id = String::from_utf8_lossy(record.get(0).unwrap_or_default()).into_owned();
            let fresh = ids.insert(id.clone());
            last = (start, fresh.then_some(id), record.len());
        }
        drop(reader);
        let (start, id, fields) = last;
        if fields < COLUMNS.len() && start > 0 {
            // Half a row: a process died while it wrote, so this order is still pending.
            file.set_len(start)?;
            if let Some(id) = id {
                ids.remove(&id);
            }
        }
        // A whole row without its end, or a file that an editor saved like that.
        file.seek(SeekFrom::End(-1))?;
        let mut end = [0];
        file.read_exact(&mut end)?;
        if end != *b"\n" {
            file.write_all(b"\n")?;
        }
        file.sync_all()?;
        Ok(Known {
            ids,
            stamp: Stamp::from(&file.metadata()?),
        })
    }

    fn append(&self, rows: &[&(Row, Version)]) -> Result<Stamp, Trouble> {
        let mut file = OpenOptions::new().append(true).open(&self.path)?;
        let mut writer = WriterBuilder::new().from_writer(Vec::new());
        for (row, _) in rows {
            writer.write_record(cells(row).map(Cow::into_owned).map(String::into_bytes))?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| io::Error::other(error.error().kind().to_string()))?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        Ok(Stamp::from(&file.metadata()?))
    }

    /// Writes the file anew, with these rows in the places of those with the same ids. What an operator has put into
    /// further columns stays.
    fn replace(&self, rows: &[&(Row, Version)]) -> Result<Stamp, Trouble> {
        let rows: HashMap<String, &Row> = rows
            .iter()
            .map(|(row, _)| (guarded(row.order_id()).into_owned(), row))
            .collect();
        let old = File::open(&self.path)?;
        let permissions = old.metadata()?.permissions();
        self.swap(Some(permissions), |out| {
            let mut reader = reader(BufReader::new(old));
            let mut writer = WriterBuilder::new().flexible(true).from_writer(out);
            let mut record = ByteRecord::new();
            while reader.read_byte_record(&mut record)? {
                let id = String::from_utf8_lossy(record.get(0).unwrap_or_default());
                match rows.get(&*id) {
                    Some(row) => {
                        for cell in cells(row) {
                            writer.write_field(cell.as_bytes())?;
                        }
                        for cell in record.iter().skip(COLUMNS.len()) {
                            writer.write_field(cell)?;
                        }
                        writer.write_record(None::<&[u8]>)?;
                    }
                    None => writer.write_byte_record(&record)?,
                }
            }
            writer.flush()?;
            Ok(())
        })
    }

    /// Puts new content into the place of the file in one step, durably. Without `permissions`, only the owner may
    /// read the file: it holds personal data.
    fn swap(
        &self,
        permissions: Option<fs::Permissions>,
        fill: impl FnOnce(&mut BufWriter<&File>) -> Result<(), Trouble>,
    ) -> Result<Stamp, Trouble> {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".tmp");
        let temporary = self.path.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&temporary)?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        let mut out = BufWriter::new(&file);
        fill(&mut out)?;
        out.flush()?;
        drop(out);
        file.sync_all()?;
        fs::rename(&temporary, &self.path)?;
        let folder = self
            .path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(Stamp::from(&file.metadata()?))
    }
}

fn reader<R: Read>(from: R) -> csv::Reader<R> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(from)
}

/// A mark that spreadsheet programs put before the first letter of a file is left out by the reader.
fn is_header(record: &ByteRecord) -> bool {
    record
        .iter()
        .take(COLUMNS.len())
        .eq(COLUMNS.map(str::as_bytes))
}

fn cells(row: &Row) -> impl Iterator<Item = Cow<'_, str>> {
    row.cells().iter().map(|cell| guarded(cell))
}

/// A cell as it may stand in a CSV file: what a spreadsheet would take for a formula gets an apostrophe in front.
#[must_use]
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests;
