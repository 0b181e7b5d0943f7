//! The form of the snapshot: every table but the customers, as the journal had it up to some
//! segment.
//!
//! ```text
//! order-bot snapshot 1 covers=7 frame=912\n
//! orders 17 {…}\n                               sorted by table and key
//! end entries=1 check=1f0a77c2\n
//! ```
//!
//! Some values may be younger than the covered segments: commits go on while it is written. The
//! later segments, read over it, bring every such value to the same end, because they hold whole
//! values and deletions in order.

use std::{
    io::{self, BufRead, BufReader},
    path::Path,
};

use crate::store::{OpenError, disk::Disk, journal, table::Tables};

pub(super) const FILE: &str = "snapshot";
pub(super) const VERSION: u64 = 1;
const MAGIC: &str = "order-bot snapshot ";

/// How far into the journal a snapshot reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cover {
    /// The last segment that is no longer needed; 0: none.
    pub(super) segment: u64,
    /// The last frame in it; 0: none.
    pub(super) frame: u64,
}

impl Cover {
    pub(super) fn to_line(self) -> String {
        let Cover { segment, frame } = self;
        format!("{MAGIC}{VERSION} covers={segment} frame={frame}\n")
    }

    fn parse(line: &str) -> Option<Cover> {
        let (segment, frame) = line
            .strip_prefix(MAGIC)?
            .split_once(" covers=")?
            .1
            .split_once(" frame=")?;
        let cover = Cover {
            segment: segment.parse().ok()?,
            frame: frame.parse().ok()?,
        };
        (cover.to_line().trim_end() == line).then_some(cover)
    }
}

/// The last line, after `entries` lines whose bytes, with the first line's, have this sum.
pub(super) fn end_line(entries: u64, check: u32) -> String {
    format!("end entries={entries} check={check:08x}\n")
}

/// Reads the snapshot into the tables; its cover and its length in bytes. `None`: there is none.
pub(super) fn read(
    disk: &dyn Disk,
    dir: &Path,
    tables: &mut Tables,
) -> Result<Option<(Cover, u64)>, OpenError> {
    let reader = match disk.read(&dir.join(FILE)) {
        Ok(reader) => reader,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(OpenError::io("read", FILE)(error)),
    };
    let mut reader = BufReader::with_capacity(1 << 18, reader);
    let mut line = Vec::new();
    let mut offset = 0;
    let mut next = |line: &mut Vec<u8>| -> Result<u64, OpenError> {
        line.clear();
        let len = reader.read_until(b'\n', line);
        let start = offset;
        offset += len.map_err(OpenError::io("read", FILE))? as u64;
        Ok(start)
    };
    next(&mut line)?;
    let cover = parse_first(&line)?;
    let mut hasher = crc32fast::Hasher::new();
    let mut entries = 0;
    loop {
        hasher.update(&line);
        let start = next(&mut line)?;
        if line.starts_with(b"end ") {
            let check = hasher.finalize();
            if line != end_line(entries, check).as_bytes() {
                return Err(corrupt(start, "the checksum does not fit"));
            }
            let start = next(&mut line)?;
            if !line.is_empty() {
                return Err(corrupt(start, "something stands after the end"));
            }
            return Ok(Some((cover, start)));
        }
        let text = line.strip_suffix(b"\n").map(std::str::from_utf8);
        let Some(Ok(text)) = text else {
            return Err(corrupt(start, "no whole line of text"));
        };
        let change = journal::parse_change(text).map_err(|what| corrupt(start, what))?;
        tables.set(change.table, change.key, change.value.map(Into::into));
        entries += 1;
    }
}

fn parse_first(line: &[u8]) -> Result<Cover, OpenError> {
    let line = std::str::from_utf8(line).unwrap_or_default().trim_end();
    let version: Option<u64> = line
        .strip_prefix(MAGIC)
        .and_then(|rest| rest.split(' ').next())
        .and_then(|word| word.parse().ok());
    match version {
        Some(found) if found > VERSION => Err(OpenError::Newer {
            file: FILE.to_owned(),
            found,
            supported: VERSION,
        }),
        _ => Cover::parse(line).ok_or_else(|| corrupt(0, "no header of a snapshot")),
    }
}

fn corrupt(offset: u64, what: &str) -> OpenError {
    OpenError::Corrupt {
        file: FILE.to_owned(),
        offset,
        what: what.to_owned(),
    }
}
