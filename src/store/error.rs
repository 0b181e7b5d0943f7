//! What can go wrong, told without paths of secrets or any value.

use std::io;

use crate::store::Table;

/// Why the folder could not be opened. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the folder open for writing.
    #[error(
        "the data folder {dir} is in use by another order-bot process: stop that one first, or give this one another DATA_DIR"
    )]
    Locked {
        /// The folder.
        dir: String,
    },
    /// A file was written by a later version of the program.
    #[error(
        "{file} has format version {found}, this program knows up to {supported}: start the newer order-bot that wrote it"
    )]
    Newer {
        /// The file, relative to the folder.
        file: String,
        /// Its version.
        found: u64,
        /// The newest version known here.
        supported: u64,
    },
    /// A file is damaged where a crash cannot have done it.
    #[error(
        "{file} is damaged at byte {offset} ({what}); nothing was changed: restore the folder from a backup, or repair the file"
    )]
    Corrupt {
        /// The file, relative to the folder.
        file: String,
        /// Where the damage begins, in bytes.
        offset: u64,
        /// What is wrong there; never a value.
        what: String,
    },
    /// A file that must be there is not.
    #[error("{file} is missing from the data folder ({why}); nothing was changed")]
    Missing {
        /// The file, relative to the folder.
        file: String,
        /// How we know, and what to do.
        why: String,
    },
    /// The folder is encrypted and no key was given.
    #[error("the data folder is encrypted and no DATA_KEY is set")]
    KeyMissing,
    /// The folder is encrypted with another key.
    #[error("the data folder is encrypted with another key: the DATA_KEY given does not open it")]
    KeyWrong,
    /// The disk said no.
    #[error("cannot {doing} {file}: {source}")]
    Io {
        /// The verb.
        doing: &'static str,
        /// The file or folder.
        file: String,
        /// What the system answered.
        source: io::Error,
    },
}

impl OpenError {
    pub(super) fn io(doing: &'static str, file: impl ToString) -> impl FnOnce(io::Error) -> Self {
        let file = file.to_string();
        move |source| OpenError::Io {
            doing,
            file,
            source,
        }
    }
}

/// A stored value that does not decode as what was asked for. Tells where, never what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value of key {key} in table {} cannot be decoded: {why}", table.name())]
pub struct Undecodable {
    /// Its table.
    pub table: Table,
    /// Its key.
    pub key: u64,
    /// The kind of failure.
    pub why: &'static str,
}

/// A value that cannot be stored: it is no JSON, or too large. The transaction goes on without it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a value for table {} cannot be stored: {why}", table.name())]
pub struct Unencodable {
    /// Its table.
    pub table: Table,
    /// The kind of failure.
    pub why: &'static str,
}

/// Any failure inside a transaction, for closures that do both.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TxError {
    /// Reading failed.
    #[error(transparent)]
    Undecodable(#[from] Undecodable),
    /// Writing failed.
    #[error(transparent)]
    Unencodable(#[from] Unencodable),
}

/// The store was closed before the change was on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store was closed before the change was durable")]
pub struct Closed;

/// The store could not put everything on the disk before the deadline.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store closed with {commits_lost} commits not on the disk: {why}")]
pub struct CloseError {
    /// Commits that are lost; 0 when only `customers.json` is behind, which the next start mends.
    pub commits_lost: u64,
    /// The kind of failure.
    pub why: String,
}

/// The part of a JSON error that cannot hold any of the text.
pub(super) fn json_class(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Io => "cannot be written as JSON",
        serde_json::error::Category::Syntax => "not JSON",
        serde_json::error::Category::Data => "JSON of another shape",
        serde_json::error::Category::Eof => "JSON that ends too early",
    }
}
