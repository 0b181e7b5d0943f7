//! What `order-bot check` says: every setting, every problem with its fix, and whether what the bot depends on works.
//!
//! The checks of remote services are given by the caller; those of this machine are here.

mod local;

use std::fmt::Display;
use std::io::{self, Write};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::timeout;

use crate::settings::{Environment, Problem};

pub(crate) use local::summary;
pub use local::{Held, data_folder, lock, menu, read_menu};

/// For one check.
const LIMIT: Duration = Duration::from_secs(30);

/// What a check found. Holds no secret and no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It works; with a word about it.
    Ok(String),
    /// It does not.
    Failed {
        /// What is wrong.
        reason: String,
        /// How to put it right.
        fix: String,
    },
    /// It was not tried, and why.
    Skipped(&'static str),
}

impl Outcome {
    /// It does not work.
    pub fn failed(reason: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::Failed {
            reason: reason.into(),
            fix: fix.into(),
        }
    }
}

/// One thing to try.
pub struct Check<'a> {
    name: &'static str,
    work: BoxFuture<'a, Outcome>,
}

impl<'a> Check<'a> {
    /// A check of this name, which begins when its turn comes.
    pub fn new(name: &'static str, work: impl Future<Output = Outcome> + Send + 'a) -> Self {
        Self {
            name,
            work: Box::pin(work),
        }
    }
}

/// Writes all settings, secrets masked, and what looks like a mistake among the variables.
///
/// # Errors
/// When it cannot be written.
pub fn write_settings(out: &mut dyn Write, environment: &Environment) -> io::Result<()> {
    writeln!(out, "settings")?;
    for (setting, shown) in environment.list() {
        writeln!(out, "  {} = {shown}", setting.name)?;
    }
    for warning in environment.warnings() {
        writeln!(out, "  warning: {warning}")?;
    }
    Ok(())
}

/// Writes problems with the settings, one a line, as every command does that meets them.
///
/// # Errors
/// When it cannot be written.
pub fn write_problems(out: &mut dyn Write, problems: &[Problem]) -> io::Result<()> {
    for problem in problems {
        writeln!(out, "{problem}")?;
    }
    let what = if problems.len() == 1 {
        "problem"
    } else {
        "problems"
    };
    writeln!(out, "{} {what} with the settings", problems.len())
}

/// Tries everything, one after the other, and writes what came of it. True: all well, or skipped.
///
/// # Errors
/// When it cannot be written.
pub async fn run(out: &mut dyn Write, checks: Vec<Check<'_>>) -> io::Result<bool> {
    writeln!(out, "checks")?;
    let mut failed = 0_usize;
    for Check { name, work } in checks {
        let outcome = timeout(LIMIT, work).await.unwrap_or_else(|_| {
            Outcome::failed(
                format!("no result within {} s", LIMIT.as_secs()),
                "see whether it can be reached from this machine",
            )
        });
        match outcome {
            Outcome::Ok(word) => line(out, "ok", name, word)?,
            Outcome::Skipped(why) => line(out, "skipped", name, why)?,
            Outcome::Failed { reason, fix } => {
                failed += 1;
                line(out, "FAILED", name, reason)?;
                writeln!(out, "           fix: {fix}")?;
            }
        }
        // One at a time, as they come: some take seconds.
        out.flush()?;
    }
    match failed {
        0 => writeln!(out, "all well")?,
        1 => writeln!(out, "1 check failed")?,
        n => writeln!(out, "{n} checks failed")?,
    }
    Ok(failed == 0)
}

fn line(out: &mut dyn Write, mark: &str, name: &str, word: impl Display) -> io::Result<()> {
    writeln!(out, "  {mark:<8} {name}: {word}")
}

#[cfg(test)]
mod tests;
