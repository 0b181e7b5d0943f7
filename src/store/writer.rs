//! The one who appends to the journal.

use std::{collections::BTreeMap, io, path::PathBuf, sync::Arc};

use crate::store::{
    core::Batch,
    disk::{Disk, DiskFile},
    journal::{self, Header},
    load::{JOURNAL, file_name},
    snapshot::Cover,
};

/// A segment that is being written.
struct Open {
    file: Box<dyn DiskFile>,
    len: u64,
}

/// Appends batches to the journal, one frame and one sync each.
///
/// After any failure the file at hand is never touched again: the batch is written anew into the
/// next segment, whose header says how much of the one before is true.
pub(super) struct Writer {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    segment_bytes: u64,
    open: Option<Open>,
    /// The last segment with anything durable in it, and its true bytes.
    last_segment: u64,
    last_len: u64,
    last_frame: u64,
    /// True bytes of every segment that no snapshot covers.
    segments: BTreeMap<u64, u64>,
    /// Taken from the queue and not yet durable.
    in_hand: Option<Batch>,
}

impl Writer {
    pub(super) fn new(
        disk: Arc<dyn Disk>,
        dir: PathBuf,
        segment_bytes: u64,
        cover: Cover,
        segments: BTreeMap<u64, u64>,
        last_frame: u64,
    ) -> Self {
        let last = segments.last_key_value();
        let (last_segment, last_len) = last.map_or((cover.segment, 0), |(&n, &len)| (n, len));
        Writer {
            disk,
            dir,
            segment_bytes,
            open: None,
            last_segment,
            last_len,
            last_frame,
            segments,
            in_hand: None,
        }
    }

    /// Writes one batch: the one that failed before, or what `next` gives. Answers the number of
    /// the last commit that is durable by that; `None`: there was nothing to write.
    pub(super) fn write(
        &mut self,
        next: impl FnOnce() -> Option<Batch>,
    ) -> io::Result<Option<u64>> {
        let Some(mut batch) = self.in_hand.take().or_else(next) else {
            return Ok(None);
        };
        journal::finish_frame(&mut batch.frame, self.last_frame + 1);
        match self.append(&batch.frame) {
            Ok(()) => Ok(Some(batch.last_seq)),
            Err(error) => {
                self.in_hand = Some(batch);
                Err(error)
            }
        }
    }

    /// Writes down that `customers.json` holds everything up to here. Only when nothing waits.
    pub(super) fn mark_customers(&mut self) -> io::Result<()> {
        let mut frame = vec![0; journal::FRAME_HEAD];
        frame.extend_from_slice(journal::CUSTOMERS_COMPLETE.as_bytes());
        frame.push(b'\n');
        journal::finish_frame(&mut frame, self.last_frame + 1);
        self.append(&frame)
    }

    fn append(&mut self, frame: &[u8]) -> io::Result<()> {
        // Taken, and put back only when all went well.
        let open = self.open.take();
        let open = match open.filter(|open| open.len < self.segment_bytes) {
            Some(mut open) => {
                open.file.append(frame)?;
                open.file.sync()?;
                open.len += frame.len() as u64;
                open
            }
            None => self.begin(frame)?,
        };
        self.last_frame += 1;
        self.last_len = open.len;
        self.segments.insert(self.last_segment, open.len);
        self.open = Some(open);
        Ok(())
    }

    /// Begins the next segment with its first frame. What an earlier attempt left there is
    /// overwritten: nothing in it was ever reported durable.
    fn begin(&mut self, frame: &[u8]) -> io::Result<Open> {
        let segment = self.last_segment + 1;
        let header = Header {
            segment,
            first: self.last_frame + 1,
            after: self.last_len,
        };
        let line = header.to_line();
        let journal = self.dir.join(JOURNAL);
        self.disk.create_dir(&journal)?;
        let mut file = self.disk.create(&self.dir.join(file_name(segment)))?;
        // The header is safe before a frame follows, so a damaged one before frames is no crash.
        file.append(line.as_bytes())?;
        file.sync()?;
        self.disk.sync_dir(&journal)?;
        file.append(frame)?;
        file.sync()?;
        self.last_segment = segment;
        Ok(Open {
            file,
            len: (line.len() + frame.len()) as u64,
        })
    }

    /// Ends the segment at hand: what follows goes into the next.
    pub(super) fn seal(&mut self) -> Cover {
        self.open = None;
        Cover {
            segment: self.last_segment,
            frame: self.last_frame,
        }
    }

    /// Deletes the segments that a published snapshot covers.
    pub(super) fn remove_covered(&mut self, cover: Cover) -> io::Result<()> {
        let before = self.segments.len();
        while let Some(entry) = self.segments.first_entry() {
            if *entry.key() > cover.segment {
                break;
            }
            match self.disk.remove(&self.dir.join(file_name(*entry.key()))) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => entry.remove(),
            };
        }
        if self.segments.len() == before {
            return Ok(());
        }
        self.disk.sync_dir(&self.dir.join(JOURNAL))
    }

    /// Bytes and number of the segments that no snapshot covers.
    pub(super) fn size(&self) -> (u64, usize) {
        (self.segments.values().sum(), self.segments.len())
    }
}
