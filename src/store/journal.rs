//! The form of the journal: what bytes stand in a segment.
//!
//! A segment is a header line and frames. A frame is one group of commits, written with one
//! append and made durable before the next begins, so a frame is on the disk whole or its commits
//! were never reported durable. Its payload is text, a line for each change:
//! `customers 17 {"name":…}` puts, `customers 17 -` deletes.
//!
//! ```text
//! order-bot journal 1 segment=2 first=57 after=8123 check=1f0a77c2\n
//! [F5 FE C0 8E][length u32][number u64][crc32 u32][payload]   little-endian
//! ```
//!
//! `first` is the number of the first frame; numbers go on from segment to segment without a gap.
//! `after` is how many bytes of the segment before are true: when a write failed there, what
//! it left behind is ignored.

use std::io::Write as _;

use crate::store::Table;

/// The newest version of the form that this program reads, and the one it writes.
pub(super) const VERSION: u64 = 1;
const MAGIC: &str = "order-bot journal ";
/// Bytes that UTF-8 cannot contain, so no payload imitates a frame.
const MARKER: [u8; 4] = [0xf5, 0xfe, 0xc0, 0x8e];
/// Bytes before a frame's payload.
pub(super) const FRAME_HEAD: usize = 20;
/// No frame is longer; a greater length is damage.
const MAX_PAYLOAD: usize = 256 << 20;

/// The line that says: `customers.json` holds everything up to here.
pub(super) const CUSTOMERS_COMPLETE: &str = "!customers.json is complete";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) segment: u64,
    pub(super) first: u64,
    pub(super) after: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeaderError {
    Newer(u64),
    Damaged,
}

impl Header {
    pub(super) fn to_line(self) -> String {
        let Header {
            segment,
            first,
            after,
        } = self;
        let line = format!("{MAGIC}{VERSION} segment={segment} first={first} after={after}");
        let check = crc32fast::hash(line.as_bytes());
        format!("{line} check={check:08x}\n")
    }

    /// The header at the start of a segment, and its length.
    pub(super) fn parse(bytes: &[u8]) -> Result<(Header, usize), HeaderError> {
        let head = &bytes[..bytes.len().min(200)];
        let end = head.iter().position(|&byte| byte == b'\n');
        let line = end
            .and_then(|end| std::str::from_utf8(&bytes[..end]).ok())
            .ok_or(HeaderError::Damaged)?;
        let mut words = line
            .strip_prefix(MAGIC)
            .ok_or(HeaderError::Damaged)?
            .split(' ');
        let version: Option<u64> = words.next().and_then(|word| word.parse().ok());
        match version {
            Some(VERSION) => {}
            Some(newer) if newer > VERSION => return Err(HeaderError::Newer(newer)),
            _ => return Err(HeaderError::Damaged),
        }
        let mut field = |name: &str| {
            let value = words.next()?.strip_prefix(name)?.strip_prefix('=')?;
            value.parse::<u64>().ok()
        };
        let fields = (|| Some((field("segment")?, field("first")?, field("after")?)))();
        let (segment, first, after) = fields.ok_or(HeaderError::Damaged)?;
        let header = Header {
            segment,
            first,
            after,
        };
        // Compared as a whole, which checks the sum and leaves no second way to write it.
        if header.to_line().as_bytes().strip_suffix(b"\n") != Some(line.as_bytes()) {
            return Err(HeaderError::Damaged);
        }
        Ok((header, line.len() + 1))
    }
}

/// Completes a frame whose first [`FRAME_HEAD`] bytes were left free.
pub(super) fn finish_frame(frame: &mut [u8], number: u64) {
    let Some((head, payload)) = frame.split_at_mut_checked(FRAME_HEAD) else {
        return;
    };
    let length = (payload.len() as u32).to_le_bytes();
    let number = number.to_le_bytes();
    let sum = checksum(&length, &number, payload).to_le_bytes();
    let parts = MARKER.iter().chain(&length).chain(&number).chain(&sum);
    head.iter_mut()
        .zip(parts)
        .for_each(|(to, from)| *to = *from);
}

fn checksum(length: &[u8], number: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(length);
    hasher.update(number);
    hasher.update(payload);
    hasher.finalize()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) number: u64,
    pub(super) payload: &'a [u8],
}

/// The frame at the start of `bytes`, if an undamaged one stands there.
pub(super) fn frame(bytes: &[u8]) -> Option<Frame<'_>> {
    let rest = bytes.strip_prefix(&MARKER)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (number, rest) = rest.split_first_chunk::<8>()?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let len = u32::from_le_bytes(*length) as usize;
    if len > MAX_PAYLOAD {
        return None;
    }
    let payload = rest.get(..len)?;
    if checksum(length, number, payload) != u32::from_le_bytes(*sum) {
        return None;
    }
    Some(Frame {
        number: u64::from_le_bytes(*number),
        payload,
    })
}

/// Whether an undamaged frame begins anywhere in `bytes`.
pub(super) fn any_frame(bytes: &[u8]) -> bool {
    let starts = bytes.windows(MARKER.len()).enumerate();
    starts
        .filter(|(_, window)| *window == MARKER)
        .any(|(at, _)| frame(&bytes[at..]).is_some())
}

/// Appends one change to a payload.
pub(super) fn push_change(out: &mut Vec<u8>, table: Table, key: u64, value: Option<&str>) {
    out.extend_from_slice(table.name().as_bytes());
    out.push(b' ');
    // Writing to a vector cannot fail.
    let _ = write!(out, "{key}");
    out.push(b' ');
    out.extend_from_slice(value.unwrap_or("-").as_bytes());
    out.push(b'\n');
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change<'a> {
    pub(super) table: Table,
    pub(super) key: u64,
    pub(super) value: Option<&'a str>,
}

/// Reads one line of a payload, or of a snapshot.
pub(super) fn parse_change(line: &str) -> Result<Change<'_>, &'static str> {
    let mut words = line.splitn(3, ' ');
    let (Some(table), Some(key), Some(value)) = (words.next(), words.next(), words.next()) else {
        return Err("a line that is no change");
    };
    let table =
        Table::from_name(table).ok_or("a table that this version of the program does not know")?;
    let key = key.parse().map_err(|_| "a key that is no number")?;
    let value = (value != "-").then_some(value);
    Ok(Change { table, key, value })
}

/// The name of a segment's file.
pub(super) fn segment_name(segment: u64) -> String {
    format!("{segment:08}.log")
}

/// The segment that a file name means.
pub(super) fn segment_number(name: &str) -> Option<u64> {
    let number = name.strip_suffix(".log")?.parse().ok()?;
    (segment_name(number) == name).then_some(number)
}
