//! Rebuilding the tables from the files. Only reads: whatever is wrong is told, and nothing is
//! touched before everything has been understood.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use crate::store::{
    OpenError, Table, backup, customers,
    customers::Customers,
    disk::{self, Disk},
    journal::{self, Header, HeaderError},
    snapshot::{self, Cover},
    table::Tables,
};

/// The folder of the segments within the data folder.
pub(super) const JOURNAL: &str = "journal";

/// The end of the last segment that a crash left unfinished; no commit that was reported durable
/// can be in it.
pub(super) struct Torn {
    pub(super) segment: u64,
    /// What is left of the segment; 0: not even its header was whole.
    pub(super) keep: u64,
    pub(super) bytes: Vec<u8>,
}

/// What the files say.
pub(super) struct Loaded {
    pub(super) tables: Tables,
    pub(super) cover: Cover,
    /// Segments after the cover, with the bytes that are true in each.
    pub(super) segments: BTreeMap<u64, u64>,
    pub(super) last_frame: u64,
    /// Leftovers of the last moment, at most a tail and a segment that was just begun.
    pub(super) torn: Vec<Torn>,
    /// Files that nothing needs: covered segments and unfinished replacements.
    pub(super) useless: Vec<PathBuf>,
    pub(super) snapshot_bytes: u64,
    /// 0: there is no `customers.json`.
    pub(super) customers_bytes: u64,
    /// `customers.json` says something else than the tables, or not in our form.
    pub(super) customers_behind: bool,
    /// The journal holds changes of customers after the last mark of completeness.
    pub(super) customers_unmarked: bool,
}

/// Reads the folder. `beside_writer`: another process may be changing it meanwhile.
pub(super) fn load(disk: &dyn Disk, dir: &Path, beside_writer: bool) -> Result<Loaded, OpenError> {
    // A folder that is being restored holds what is restored, however far that has come.
    if let Some(backup) = backup::interrupted(disk, dir)? {
        return Ok(backup.into_loaded());
    }
    let mut tables = Tables::new();
    let snapshot = snapshot::read(disk, dir, &mut tables)?;
    let (cover, snapshot_bytes) = snapshot.unwrap_or_default();
    let mut file = customers::read(disk, dir)?;
    let names = list(disk, &dir.join(JOURNAL))?;
    let numbers: Vec<u64> = {
        let mut numbers: Vec<u64> = names
            .iter()
            .filter_map(|name| journal::segment_number(name))
            .collect();
        numbers.sort_unstable();
        numbers
    };
    if file.is_none() && (snapshot.is_some() || !numbers.is_empty()) {
        return Err(OpenError::Missing {
            file: customers::FILE.to_owned(),
            why: "there are other files of the store: restore it from a backup, or, to go on \
                  without customers, put {\"version\":1,\"customers\":{}} there"
                .to_owned(),
        });
    }
    let mut useless = leftovers(&list(disk, dir)?, dir);
    let mut replay = Replay::new(&mut tables, cover);
    let mut before: Option<(u64, Vec<u8>, usize)> = None;
    for &number in &numbers {
        let name = file_name(number);
        let path = dir.join(&name);
        if number <= cover.segment {
            useless.push(path);
            continue;
        }
        let bytes = disk::read_all(disk, &path).map_err(OpenError::io("read", &name))?;
        let last = Some(&number) == numbers.last();
        match Header::parse(&bytes) {
            Ok((header, start)) => {
                replay.check_next(number)?;
                replay.finish(before.take(), Some(header.after))?;
                replay.begin(number, header)?;
                before = Some((number, bytes, start));
            }
            Err(HeaderError::Newer(found)) => {
                return Err(OpenError::Newer {
                    file: name,
                    found,
                    supported: journal::VERSION,
                });
            }
            // The crash came while the segment was being begun.
            Err(HeaderError::Damaged) if last && !journal::any_frame(&bytes) => {
                replay.torn.push(Torn {
                    segment: number,
                    keep: 0,
                    bytes,
                });
            }
            Err(HeaderError::Damaged) => {
                return Err(corrupt(number, 0, "no header of a segment"));
            }
        }
    }
    replay.finish(before, None)?;
    let Replay {
        segments,
        last_frame,
        torn,
        customers: changes,
        marked,
        ..
    } = replay;
    if beside_writer && marked {
        // The mark speaks of a file that may be younger than the one read above.
        file = customers::read(disk, dir)?;
    }
    let customers_unmarked = !changes.is_empty();
    let (rows, customers_bytes, ours) = match file {
        Some(Customers { rows, bytes, ours }) => (rows, bytes, ours),
        None => (Vec::new(), 0, false),
    };
    *tables.rows_mut(Table::Customers) = rows.into_iter().collect();
    let mut customers_behind = !ours;
    for (key, value) in changes {
        customers_behind |= tables.get(Table::Customers, key) != value.as_deref();
        tables.set(Table::Customers, key, value);
    }
    Ok(Loaded {
        tables,
        cover,
        segments,
        last_frame,
        torn,
        useless,
        snapshot_bytes,
        customers_bytes,
        customers_behind,
        customers_unmarked,
    })
}

fn list(disk: &dyn Disk, dir: &Path) -> Result<Vec<String>, OpenError> {
    match disk.list(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other.map_err(OpenError::io("list", dir.display())),
    }
}

fn leftovers(names: &[String], dir: &Path) -> Vec<PathBuf> {
    let ours = [customers::FILE, snapshot::FILE].map(disk::temporary);
    let names = names.iter().filter(|name| ours.contains(name));
    names.map(|name| dir.join(name)).collect()
}

/// A segment's path within the data folder.
pub(super) fn file_name(segment: u64) -> String {
    format!("{JOURNAL}/{}", journal::segment_name(segment))
}

fn corrupt(segment: u64, offset: usize, what: &str) -> OpenError {
    OpenError::Corrupt {
        file: file_name(segment),
        offset: offset as u64,
        what: what.to_owned(),
    }
}

struct Replay<'a> {
    tables: &'a mut Tables,
    /// Changes of customers since the last mark: the file may not have them yet.
    customers: BTreeMap<u64, Option<Box<str>>>,
    marked: bool,
    segments: BTreeMap<u64, u64>,
    last_segment: u64,
    last_frame: u64,
    torn: Vec<Torn>,
}

impl<'a> Replay<'a> {
    fn new(tables: &'a mut Tables, cover: Cover) -> Self {
        Replay {
            tables,
            customers: BTreeMap::new(),
            marked: false,
            segments: BTreeMap::new(),
            last_segment: cover.segment,
            last_frame: cover.frame,
            torn: Vec::new(),
        }
    }

    /// Checks that no segment is missing before this one.
    fn check_next(&self, number: u64) -> Result<(), OpenError> {
        if number == self.last_segment + 1 {
            return Ok(());
        }
        Err(OpenError::Missing {
            file: file_name(self.last_segment + 1),
            why: format!("{} goes on after it", file_name(number)),
        })
    }

    /// Checks that a segment goes on where the one before ended.
    fn begin(&mut self, number: u64, header: Header) -> Result<(), OpenError> {
        if header.segment != number {
            return Err(corrupt(number, 0, "the header of another segment"));
        }
        if header.first != self.last_frame + 1 {
            return Err(corrupt(
                number,
                0,
                "it does not go on where the file before it ended",
            ));
        }
        self.last_segment = number;
        Ok(())
    }

    /// Applies the frames of a segment. `until`: how much of it the next segment calls true;
    /// `None`: it is the last, and its end may be torn.
    fn finish(
        &mut self,
        segment: Option<(u64, Vec<u8>, usize)>,
        until: Option<u64>,
    ) -> Result<(), OpenError> {
        let Some((number, mut bytes, start)) = segment else {
            return Ok(());
        };
        if let Some(until) = until {
            let until = usize::try_from(until).unwrap_or(usize::MAX);
            if until > bytes.len() || until < start {
                return Err(corrupt(number, bytes.len(), "its end is missing"));
            }
            bytes.truncate(until);
        }
        let mut offset = start;
        while offset < bytes.len() {
            let Some(frame) = journal::frame(&bytes[offset..]) else {
                // A later frame is written only when this one is safe on the disk.
                if until.is_some() || journal::any_frame(&bytes[offset..]) {
                    return Err(corrupt(
                        number,
                        offset,
                        "a record whose checksum does not fit",
                    ));
                }
                let torn = bytes.split_off(offset);
                self.torn.push(Torn {
                    segment: number,
                    keep: offset as u64,
                    bytes: torn,
                });
                break;
            };
            if frame.number != self.last_frame + 1 {
                return Err(corrupt(number, offset, "a record out of its order"));
            }
            self.apply(frame.payload)
                .map_err(|what| corrupt(number, offset, what))?;
            self.last_frame = frame.number;
            offset += journal::FRAME_HEAD + frame.payload.len();
        }
        self.segments.insert(number, offset as u64);
        Ok(())
    }

    fn apply(&mut self, payload: &[u8]) -> Result<(), &'static str> {
        let text = std::str::from_utf8(payload).map_err(|_| "a record that is no text")?;
        for line in text.lines() {
            if line == journal::CUSTOMERS_COMPLETE {
                self.customers.clear();
                self.marked = true;
                continue;
            }
            let change = journal::parse_change(line)?;
            let value = change.value.map(Into::into);
            if change.table == Table::Customers {
                self.customers.insert(change.key, value);
            } else {
                self.tables.set(change.table, change.key, value);
            }
        }
        Ok(())
    }
}
