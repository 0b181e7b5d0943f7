//! A disk in memory that knows what a crash may leave of it.

use std::{
    any::Any,
    collections::BTreeMap,
    io::{self, Cursor, Read},
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::store::{Disk, DiskFile};

#[derive(Clone, Default)]
struct Inode {
    /// What a reader sees.
    cache: Vec<u8>,
    /// What a power cut leaves for certain.
    durable: Vec<u8>,
    /// Bytes whose sync failed: the kernel calls them clean and never writes them.
    lost: Vec<Range<usize>>,
}

impl Inode {
    fn sync(&mut self) {
        self.durable = self.cache.clone();
        for range in &self.lost {
            self.durable[range.clone()].fill(0);
        }
    }
}

#[derive(Clone)]
enum DirOp {
    Link(PathBuf, usize),
    Unlink(PathBuf),
    Rename(PathBuf, PathBuf),
}

impl DirOp {
    fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            DirOp::Link(path, inode) => {
                names.insert(path.clone(), *inode);
            }
            DirOp::Unlink(path) => {
                names.remove(path);
            }
            DirOp::Rename(from, to) => {
                if let Some(inode) = names.remove(from) {
                    names.insert(to.clone(), inode);
                }
            }
        }
    }

    fn dir(&self) -> Option<&Path> {
        match self {
            DirOp::Link(path, _) | DirOp::Unlink(path) | DirOp::Rename(path, _) => path.parent(),
        }
    }
}

/// What happens at the chosen operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    CrashBefore,
    /// Half of an append or of a sync has happened.
    CrashHalfway,
    /// The operation fails, with so much of it done.
    Error(Errno, Part),
}

/// What the system says when an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errno {
    /// ENOSPC: no space left on device.
    Full,
    /// EIO: input or output error.
    Broken,
}

impl Errno {
    fn error(self) -> io::Error {
        io::Error::from_raw_os_error(match self {
            Self::Full => 28,
            Self::Broken => 5,
        })
    }
}

/// How much of an operation has happened when it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Nothing,
    /// A short write; half of what was to be made durable. Of what cannot be halved, nothing.
    Half,
    /// All of it: only its success was not heard of.
    All,
}

/// What of the unsynced contents of files is there after a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Data {
    Lost,
    Kept,
    Torn,
    Zeros,
    Garbled,
}

/// What of the unsynced changes of names is there after a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    Lost,
    Kept,
    Half,
}

#[derive(Default)]
struct World {
    inodes: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    unsynced: Vec<DirOp>,
    operations: usize,
    plan: Option<(Range<usize>, Fault)>,
    crashed: bool,
    lock: Arc<AtomicBool>,
}

/// How far to go with an operation.
enum Go {
    All,
    Fail(Part, io::Error),
}

impl World {
    fn go(&mut self) -> Go {
        if self.crashed {
            return Go::Fail(Part::Nothing, io::Error::other("crashed"));
        }
        let operation = self.operations;
        self.operations += 1;
        let fault = match &self.plan {
            Some((range, fault)) if range.contains(&operation) => *fault,
            _ => return Go::All,
        };
        self.crashed = !matches!(fault, Fault::Error(..));
        match fault {
            Fault::CrashBefore => Go::Fail(Part::Nothing, io::Error::other("crashed")),
            Fault::CrashHalfway => Go::Fail(Part::Half, io::Error::other("crashed")),
            Fault::Error(errno, part) => Go::Fail(part, errno.error()),
        }
    }

    /// An operation that happens or not.
    fn run<T>(&mut self, act: impl FnOnce(&mut World) -> io::Result<T>) -> io::Result<T> {
        match self.go() {
            Go::All => act(self),
            Go::Fail(Part::All, error) => act(self).and(Err(error)),
            Go::Fail(_, error) => Err(error),
        }
    }

    fn dir_op(&mut self, op: DirOp) {
        op.apply(&mut self.names);
        self.unsynced.push(op);
    }
}

#[derive(Clone, Default)]
pub(super) struct SimDisk(Arc<Mutex<World>>);

impl SimDisk {
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    /// From now on the operations of that range, counted from here, go wrong.
    pub(super) fn plan(&self, range: Range<usize>, fault: Fault) {
        let mut world = self.world();
        world.operations = 0;
        world.plan = Some((range, fault));
    }

    /// Operations since the plan was made.
    pub(super) fn operations(&self) -> usize {
        self.world().operations
    }

    pub(super) fn crashed(&self) -> bool {
        self.world().crashed
    }

    /// The disk as the next start finds it.
    pub(super) fn after_crash(&self, data: Data, names: Names) -> SimDisk {
        let world = self.world();
        let mut left = world.durable_names.clone();
        let survivors = match names {
            Names::Lost => 0,
            Names::Kept => world.unsynced.len(),
            Names::Half => world.unsynced.len().div_ceil(2),
        };
        for op in &world.unsynced[..survivors] {
            op.apply(&mut left);
        }
        let inodes = world.inodes.iter().map(|inode| {
            let contents = contents_after(inode, data);
            Inode {
                cache: contents.clone(),
                durable: contents,
                lost: Vec::new(),
            }
        });
        SimDisk(Arc::new(Mutex::new(World {
            inodes: inodes.collect(),
            names: left.clone(),
            durable_names: left,
            ..World::default()
        })))
    }

    /// A copy of the disk, all of it durable.
    pub(super) fn copy(&self) -> SimDisk {
        self.after_crash(Data::Kept, Names::Kept)
    }

    pub(super) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let world = self.world();
        let file =
            |(path, inode): (&PathBuf, &usize)| (path.clone(), world.inodes[*inode].cache.clone());
        world.names.iter().map(file).collect()
    }
}

fn contents_after(inode: &Inode, data: Data) -> Vec<u8> {
    let Inode { cache, durable, .. } = inode;
    let mut contents = cache.clone();
    let safe = if cache.starts_with(durable) {
        durable.len()
    } else {
        0
    };
    let middle = safe + (cache.len() - safe) / 2;
    match data {
        Data::Lost => contents.clone_from(durable),
        Data::Kept => {}
        Data::Torn => contents.truncate(middle),
        Data::Zeros => contents[safe..].fill(0),
        Data::Garbled => {
            if let Some(byte) = contents[safe..].get_mut(middle - safe) {
                *byte ^= 0x55;
            }
        }
    }
    contents
}

struct SimFile {
    disk: SimDisk,
    inode: usize,
}

impl DiskFile for SimFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut world = self.disk.world();
        let go = world.go();
        let cache = &mut world.inodes[self.inode].cache;
        match go {
            Go::All => cache.extend_from_slice(bytes),
            Go::Fail(part, error) => {
                let written = match part {
                    Part::Nothing => 0,
                    Part::Half => bytes.len() / 2,
                    Part::All => bytes.len(),
                };
                cache.extend_from_slice(&bytes[..written]);
                return Err(error);
            }
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut world = self.disk.world();
        let go = world.go();
        let crashed = world.crashed;
        let inode = &mut world.inodes[self.inode];
        match go {
            Go::All => inode.sync(),
            Go::Fail(Part::All, error) => {
                inode.sync();
                return Err(error);
            }
            Go::Fail(Part::Nothing, error) if crashed => return Err(error),
            Go::Fail(part, error) => {
                let safe = inode.durable.len().min(inode.cache.len());
                let half = match part {
                    Part::Half => safe + (inode.cache.len() - safe) / 2,
                    _ => safe,
                };
                inode.durable = inode.cache[..half].to_vec();
                if !crashed {
                    inode.lost.push(half..inode.cache.len());
                }
                return Err(error);
            }
        }
        Ok(())
    }
}

impl Disk for SimDisk {
    fn create_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let world = self.world();
        let inside = world.names.keys().filter(|path| path.parent() == Some(dir));
        let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        Ok(inside.map(name).collect())
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        let world = self.world();
        let inode = world.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(world.inodes[*inode].cache.clone())))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let inode = self.world().run(|world| {
            if let Some(&inode) = world.names.get(path) {
                world.inodes[inode].cache.clear();
                world.inodes[inode].lost.clear();
                return Ok(inode);
            }
            let inode = world.inodes.len();
            world.inodes.push(Inode::default());
            world.dir_op(DirOp::Link(path.to_path_buf(), inode));
            Ok(inode)
        })?;
        let disk = self.clone();
        Ok(Box::new(SimFile { disk, inode }))
    }

    fn truncate(&self, path: &Path, len: u64) -> io::Result<()> {
        self.world().run(|world| {
            let inode = *world.names.get(path).ok_or(io::ErrorKind::NotFound)?;
            let inode = &mut world.inodes[inode];
            inode.cache.truncate(usize::try_from(len).unwrap());
            inode.sync();
            Ok(())
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.world().run(|world| {
            world.names.get(from).ok_or(io::ErrorKind::NotFound)?;
            world.dir_op(DirOp::Rename(from.to_path_buf(), to.to_path_buf()));
            Ok(())
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.world().run(|world| {
            world.names.get(path).ok_or(io::ErrorKind::NotFound)?;
            world.dir_op(DirOp::Unlink(path.to_path_buf()));
            Ok(())
        })
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.world().run(|world| {
            let (synced, rest) = std::mem::take(&mut world.unsynced)
                .into_iter()
                .partition(|op| op.dir() == Some(dir));
            world.unsynced = rest;
            let synced: Vec<DirOp> = synced;
            synced
                .iter()
                .for_each(|op| op.apply(&mut world.durable_names));
            Ok(())
        })
    }

    fn lock(&self, _: &Path) -> io::Result<Option<Box<dyn Any + Send + Sync>>> {
        struct Guard(Arc<AtomicBool>);
        impl Drop for Guard {
            fn drop(&mut self) {
                self.0.store(false, Ordering::SeqCst);
            }
        }
        let lock = Arc::clone(&self.world().lock);
        if lock.swap(true, Ordering::SeqCst) {
            return Ok(None);
        }
        Ok(Some(Box::new(Guard(lock))))
    }
}
