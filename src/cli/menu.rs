//! `order-bot menu push`: the file's menu goes into the spreadsheet, once.

use std::io;
use std::path::Path;

use super::{Exit, Output};
use crate::app;
use crate::check;
use crate::ledger::{Fault, Spreadsheet};
use crate::menu::write_tabs;
use crate::metrics::Metrics;
use crate::settings::{Environment, Settings};

/// Writes the menu file to the tabs `Menu`, `Options` and `Hours`.
pub(super) async fn push(
    force: bool,
    environment: &Environment,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let settings = match Settings::read(environment) {
        Ok(settings) => settings,
        Err(problems) => return output.bad_configuration(&problems),
    };
    let file: &Path = &settings.menu_file;
    let menu = match check::read_menu(file) {
        Ok(menu) => menu,
        Err(problems) => {
            for problem in problems {
                writeln!(output.err, "MENU_FILE: {}: {problem}", file.display())?;
            }
            return Ok(Exit::BadConfiguration);
        }
    };
    let Some(google) = app::google(&settings) else {
        writeln!(
            output.err,
            "GOOGLE_SERVICE_ACCOUNT_JSON: is not set: there is no spreadsheet to write to"
        )?;
        return Ok(Exit::BadConfiguration);
    };
    let spreadsheet = match Spreadsheet::new(google, Metrics::new()).await {
        Ok(spreadsheet) => spreadsheet,
        Err(problems) => {
            for problem in problems {
                writeln!(output.err, "{problem}")?;
            }
            return Ok(Exit::BadConfiguration);
        }
    };
    match write(&spreadsheet, &write_tabs(&menu), force).await {
        Ok(Ok(())) => {
            let summary = check::summary(&menu);
            writeln!(
                output.out,
                "the spreadsheet has the menu of {}: {summary}",
                file.display()
            )?;
            Ok(Exit::Ok)
        }
        Ok(Err(tab)) => {
            writeln!(
                output.err,
                "the tab {tab} holds something already: nothing was written; use --force to write over it"
            )?;
            Ok(Exit::Failed)
        }
        Err(fault) => {
            writeln!(output.err, "Google Sheets: {fault}")?;
            Ok(Exit::Failed)
        }
    }
}

/// Writes all tabs, or names the one that stands in the way. All are looked at before any is written.
async fn write(
    spreadsheet: &Spreadsheet,
    tabs: &[(&'static str, Vec<Vec<String>>)],
    force: bool,
) -> Result<Result<(), &'static str>, Fault> {
    let names = spreadsheet.tabs().await?;
    let mut heights = Vec::new();
    for (tab, _) in tabs {
        let there = names.iter().any(|name| name.eq_ignore_ascii_case(tab));
        let rows = if there {
            spreadsheet.read(tab).await?
        } else {
            Vec::new()
        };
        if !rows.is_empty() && !force {
            return Ok(Err(tab));
        }
        heights.push((there, rows.len()));
    }
    for ((tab, rows), (there, height)) in tabs.iter().zip(heights) {
        if !there {
            spreadsheet.make(tab).await?;
        }
        spreadsheet.write(tab, rows, height).await?;
    }
    Ok(Ok(()))
}
