//! `order-bot backup`, `order-bot restore` and `order-bot rekey`.

use std::io;
use std::path::Path;

use super::{Exit, Output, RestoreArgs};
use crate::rights::{self, CopyError, control};
use crate::settings::{Environment, Problem, ToolSettings};
use crate::store::OpenError;

/// Copies the data folder.
pub(super) async fn backup(
    file: &Path,
    environment: &Environment,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let settings = match ToolSettings::read(environment) {
        Ok(settings) => settings,
        Err(problems) => return output.bad_configuration(&problems),
    };
    let dir = &settings.data_dir;
    // One that does not answer in time is there all the same.
    let live = !matches!(control::ask(dir, control::Question::Ping).await, Ok(None));
    match rights::backup(dir, file, live) {
        Ok(records) => {
            writeln!(output.out, "{}: {records} records", file.display())?;
            Ok(Exit::Ok)
        }
        Err(e) => {
            writeln!(output.err, "backup: {e}")?;
            Ok(Exit::Failed)
        }
    }
}

/// Puts a backup back.
pub(super) fn restore(
    args: &RestoreArgs,
    environment: &Environment,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let settings = match ToolSettings::read(environment) {
        Ok(settings) => settings,
        Err(problems) => return output.bad_configuration(&problems),
    };
    let restored = rights::restore(&args.file, &settings.data_dir, &settings.keys(), args.force);
    let restored = match restored {
        Ok(restored) => restored,
        Err(e) => {
            writeln!(output.err, "restore: {e}")?;
            return Ok(Exit::Failed);
        }
    };
    let dir = settings.data_dir.display();
    writeln!(output.out, "{dir}: {} records put back", restored.records)?;
    if let Some(number) = restored.orders_after {
        writeln!(
            output.out,
            "order numbers go on after {number}, so that none is given out twice"
        )?;
    }
    if restored.left_out > 0 {
        writeln!(
            output.out,
            "{} messages that the bot had in hand then were left out, for it dealt with them afterwards",
            restored.left_out
        )?;
    }
    if restored.sealed && settings.data_key.is_none() {
        writeln!(output.out, "it is encrypted: the bot needs its DATA_KEY")?;
    }
    Ok(Exit::Ok)
}

/// Changes the key.
pub(super) fn rekey(environment: &Environment, output: &mut Output<'_>) -> io::Result<Exit> {
    let settings = match ToolSettings::read(environment) {
        Ok(settings) => settings,
        Err(problems) => return output.bad_configuration(&problems),
    };
    if settings.data_key.is_none() {
        let problem = Problem::new(
            "DATA_KEY",
            "is not set",
            "set the new key as DATA_KEY and the one before as DATA_KEY_OLD",
        );
        return output.bad_configuration(&[problem]);
    }
    match rights::rekey(&settings.data_dir, settings.keys()) {
        Ok(opened) => {
            match opened.resealed {
                0 => writeln!(output.out, "nothing to do: all records have this DATA_KEY")?,
                n => writeln!(
                    output.out,
                    "{n} records are encrypted with the new DATA_KEY"
                )?,
            }
            if opened.quarantined > 0 {
                let n = opened.quarantined;
                writeln!(output.out, "{n} records did not open and were set aside")?;
            }
            Ok(Exit::Ok)
        }
        Err(e) => {
            writeln!(output.err, "rekey: {e}")?;
            if matches!(e, CopyError::Folder(OpenError::KeyWrong)) {
                writeln!(
                    output.err,
                    "rekey: set the key before it as DATA_KEY_OLD; nothing was changed"
                )?;
            }
            Ok(Exit::Failed)
        }
    }
}
