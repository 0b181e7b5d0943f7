//! Every access to the disk, behind one small trait, so that a test can break any step of it.
//!
//! **Architecture invariant:** nothing else in the store uses `std::fs`.

use std::{
    any::Any,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
};

/// A file that is being written, from its beginning, once.
pub trait DiskFile: Send {
    /// Appends all of `bytes`. After an error any part of them may have been written.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns when the contents would survive a power cut. After an error nothing may be assumed
    /// of what was appended since the last success, whatever a later call says: the kernel
    /// reports a lost page once and then calls it clean.
    fn sync(&mut self) -> io::Result<()>;
}

/// What the store needs of a file system.
pub trait Disk: Send + Sync + 'static {
    /// Makes a folder, and those above it, unless it is there; durable when this returns.
    fn create_dir(&self, dir: &Path) -> io::Result<()>;

    /// The names in a folder.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;

    /// Opens a file for reading from the start.
    fn read(&self, path: &Path) -> io::Result<Box<dyn Read + Send>>;

    /// Creates a file, or empties the one that is there.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// Shortens a file to `len` bytes; durable when this returns.
    fn truncate(&self, path: &Path, len: u64) -> io::Result<()>;

    /// Renames within one folder, replacing what bears the new name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Deletes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the creations, renames and deletions in a folder durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// Takes the exclusive lock on a file, which ends when the answer is dropped or the process
    /// ends, however it ends. `None`: somebody else holds it.
    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Any + Send + Sync>>>;
}

/// The computer's own file system. Files are made readable for their owner alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl DiskFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

impl Disk for RealDisk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        if dir.is_dir() {
            return Ok(());
        }
        let parent = match dir.parent() {
            Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
            Some(parent) => parent,
            None => Path::new("/"),
        };
        self.create_dir(parent)?;
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(dir) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => Ok(()),
            Err(error) => Err(error),
            Ok(()) => self.sync_dir(parent),
        }
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(dir)? {
            // A name that is not UTF-8 is none of ours.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(File::open(path)?))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(owner_only().truncate(true).open(path)?))
    }

    fn truncate(&self, path: &Path, len: u64) -> io::Result<()> {
        let file = OpenOptions::new().write(true).open(path)?;
        file.set_len(len)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        // Only Unix can open a folder; elsewhere its entries are the file system's own business.
        if cfg!(unix) {
            File::open(dir)?.sync_all()
        } else {
            Ok(())
        }
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Any + Send + Sync>>> {
        let file = owner_only().truncate(false).open(path)?;
        // Called by its full path: the standard library has methods of nearly the same names.
        match fs2::FileExt::try_lock_exclusive(&file) {
            Ok(()) => Ok(Some(Box::new(file))),
            Err(error) if error.raw_os_error() == fs2::lock_contended_error().raw_os_error() => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Reads a whole file.
pub(super) fn read_all(disk: &dyn Disk, path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    disk.read(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A file that appears under its name only when it is whole and on the disk. Dropped before
/// that it goes away: on a full disk its bytes are what the journal needs.
pub(super) struct AtomicFile<'a> {
    disk: &'a dyn Disk,
    dir: &'a Path,
    name: &'static str,
    file: Box<dyn DiskFile>,
    published: bool,
    unsynced: u64,
    /// Bytes written so far.
    pub(super) len: u64,
}

/// A large file goes to the disk in pieces, or the journal's next sync would wait for all of it.
const SYNC_BYTES: u64 = 4 << 20;

/// What the unfinished form of a file is called.
pub(super) fn temporary(name: &str) -> String {
    format!("{name}.tmp")
}

impl<'a> AtomicFile<'a> {
    pub(super) fn create(
        disk: &'a dyn Disk,
        dir: &'a Path,
        name: &'static str,
    ) -> io::Result<Self> {
        let file = disk.create(&dir.join(temporary(name)))?;
        Ok(AtomicFile {
            disk,
            dir,
            name,
            file,
            published: false,
            unsynced: 0,
            len: 0,
        })
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.len += bytes.len() as u64;
        self.unsynced += bytes.len() as u64;
        self.file.append(bytes)?;
        if self.unsynced >= SYNC_BYTES {
            self.sync()?;
        }
        Ok(())
    }

    /// Makes the contents durable, still under the temporary name.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.unsynced = 0;
        self.file.sync()
    }

    /// Takes the place of the old file. Only after [`AtomicFile::sync`].
    pub(super) fn publish(mut self) -> io::Result<()> {
        let temporary = self.dir.join(temporary(self.name));
        self.disk.rename(&temporary, &self.dir.join(self.name))?;
        self.published = true;
        self.disk.sync_dir(self.dir)
    }
}

impl Drop for AtomicFile<'_> {
    fn drop(&mut self) {
        if !self.published {
            let _ = self.disk.remove(&self.dir.join(temporary(self.name)));
        }
    }
}
