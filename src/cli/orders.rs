//! `order-bot orders export`: the orders held locally, in the ledger's columns.

use std::io;

use serde_json::{Map, Value};

use super::{Exit, ExportArgs, ExportFormat, Output};
use crate::app;
use crate::engine::row_of;
use crate::ledger::{COLUMNS, Row, spreadsheet_safe};
use crate::settings::{Environment, ToolSettings};

/// Writes the orders of the data folder, also while a bot runs on it.
pub(super) fn export(
    args: &ExportArgs,
    environment: &Environment,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let settings = match ToolSettings::read(environment) {
        Ok(settings) => settings,
        Err(problems) => return output.bad_configuration(&problems),
    };
    let keys = settings.keys();
    let zone = settings.time_zone;
    let since = match args.since.map(|day| day.to_zoned(zone.clone())).transpose() {
        Ok(since) => since.map(|zoned| zoned.timestamp()),
        Err(e) => {
            writeln!(output.err, "--since: {e}")?;
            return Ok(Exit::BadConfiguration);
        }
    };
    let orders = match app::read_orders(&settings.data_dir, &keys) {
        Ok(orders) => orders,
        Err(e) => {
            writeln!(output.err, "orders export: {e}")?;
            return Ok(Exit::Failed);
        }
    };
    let kept = orders
        .iter()
        .filter(|order| since.is_none_or(|since| order.placed_at >= since));
    let rows: Vec<Row> = kept.map(|order| row_of(order, &zone)).collect();
    match args.format {
        ExportFormat::Csv => {
            let mut csv = csv::Writer::from_writer(&mut *output.out);
            csv.write_record(COLUMNS)?;
            for row in &rows {
                csv.write_record(
                    row.cells()
                        .iter()
                        .map(|cell| spreadsheet_safe(cell).into_owned()),
                )?;
            }
            csv.flush()?;
        }
        ExportFormat::Json => {
            let object = |row: &Row| -> Map<String, Value> {
                let cells = COLUMNS.iter().zip(row.cells());
                cells
                    .map(|(name, cell)| ((*name).to_owned(), cell.as_str().into()))
                    .collect()
            };
            let rows: Vec<_> = rows.iter().map(object).collect();
            serde_json::to_writer_pretty(&mut *output.out, &rows)?;
            writeln!(output.out)?;
        }
    }
    Ok(Exit::Ok)
}
