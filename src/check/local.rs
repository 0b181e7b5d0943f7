//! What can be checked without leaving this machine.

use std::any::Any;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::Outcome;
use crate::menu::{Menu, Problem};

/// A lock that is held as long as this lives; none: somebody else holds it.
pub type Held = Option<Box<dyn Any>>;

/// Takes a data folder's lock, as the store does.
///
/// # Errors
/// When the lock's file cannot be opened.
pub fn lock(dir: &Path) -> io::Result<Held> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(dir.join("lock"))?;
    match fs2::FileExt::try_lock_exclusive(&file) {
        Ok(()) => Ok(Some(Box::new(file))),
        Err(e) if e.raw_os_error() == fs2::lock_contended_error().raw_os_error() => Ok(None),
        Err(e) => Err(e),
    }
}

/// Whether the bot can keep things in `dir`: a file is written there, brought to the disk and removed. Where the
/// folder does not exist yet, the nearest one above it is tried, and nothing is created.
///
/// `lock` takes the folder's lock, without which nothing may be written there; where a running bot holds it, the folder
/// is in use and that is all there is to say.
pub fn data_folder(dir: &Path, lock: impl FnOnce(&Path) -> io::Result<Held>) -> Outcome {
    const FIX: &str =
        "let the bot's user own the folder, see that the disk is not full, or set DATA_DIR";
    let failed = |what: &str, e: &io::Error| {
        Outcome::failed(format!("{} {what} ({})", dir.display(), e.kind()), FIX)
    };
    if dir.is_dir() {
        let _held = match lock(dir) {
            Ok(Some(held)) => held,
            Ok(None) => {
                return Outcome::Ok(format!("{} is in use by a running bot", dir.display()));
            }
            Err(e) => return failed("cannot be locked", &e),
        };
        return match write_and_remove(dir) {
            Ok(()) => Outcome::Ok(format!("{} can be written", dir.display())),
            Err(e) => failed("cannot be written", &e),
        };
    }
    let nearest = dir
        .ancestors()
        .map(|dir| match dir.as_os_str().is_empty() {
            true => Path::new("."),
            false => dir,
        })
        .find(|dir| dir.exists());
    match nearest {
        Some(folder) if folder.is_dir() => match write_and_remove(folder) {
            Ok(()) => Outcome::Ok(format!("{} can be created", dir.display())),
            Err(e) => failed("cannot be created", &e),
        },
        _ => Outcome::failed(
            format!("{} is no folder, nor can it be one", dir.display()),
            FIX,
        ),
    }
}

fn write_and_remove(dir: &Path) -> io::Result<()> {
    let path = dir.join(format!(".order-bot-check-{:016x}", fastrand::u64(..)));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)?;
    let written = file.write_all(b"check\n").and_then(|()| file.sync_all());
    drop(file);
    // Removed whether or not it could be written.
    fs::remove_file(&path).and(written)?;
    if cfg!(unix) {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// Reads a menu file.
///
/// # Errors
/// Every problem in it; one without a path where the file itself cannot be read.
pub fn read_menu(path: &Path) -> Result<Menu, Vec<Problem>> {
    let text = fs::read_to_string(path).map_err(|e| {
        vec![Problem {
            path: String::new(),
            message: format!("the file cannot be read ({})", e.kind()),
        }]
    })?;
    Menu::parse(&text)
}

/// Whether the menu is valid.
pub fn menu(path: &Path) -> Outcome {
    match read_menu(path) {
        Ok(menu) => Outcome::Ok(format!("{} has {}", path.display(), summary(&menu))),
        Err(problems) => Outcome::failed(
            match problems.as_slice() {
                [one] => format!("{}: {one}", path.display()),
                [first, rest @ ..] => {
                    format!("{}: {first} (and {} more)", path.display(), rest.len())
                }
                [] => format!("{} is not valid", path.display()),
            },
            format!(
                "correct it, with: order-bot menu check {}; or set MENU_FILE",
                path.display()
            ),
        ),
    }
}

/// What a menu holds, in a few words.
pub(crate) fn summary(menu: &Menu) -> String {
    let (items, groups) = (menu.items().len(), menu.groups().len());
    let code = menu.currency().code();
    format!("{items} items and {groups} option groups, prices in {code}")
}
