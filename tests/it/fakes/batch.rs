//! `spreadsheets.batchUpdate`: all of its requests or none.

use serde_json::{Value, json};

use super::grid::Tab;

/// Requests that only change how cells look: accepted, nothing kept.
const LOOKS: [&str; 12] = [
    "repeatCell",
    "autoResizeDimensions",
    "updateDimensionProperties",
    "setBasicFilter",
    "clearBasicFilter",
    "updateBorders",
    "addConditionalFormatRule",
    "setDataValidation",
    "addProtectedRange",
    "addBanding",
    "createDeveloperMetadata",
    "updateSpreadsheetProperties",
];

/// Applies the requests to the tabs; an error leaves half of them done, so work on a copy.
pub fn apply(tabs: &mut Vec<Tab>, requests: &[Value]) -> Result<Vec<Value>, String> {
    requests
        .iter()
        .enumerate()
        .map(|(at, request)| {
            one(tabs, at, request).map_err(|why| format!("Invalid requests[{at}].{why}"))
        })
        .collect()
}

fn one(tabs: &mut Vec<Tab>, at: usize, request: &Value) -> Result<Value, String> {
    let map = request.as_object().filter(|map| map.len() == 1);
    let Some((kind, body)) = map.and_then(|map| map.iter().next()) else {
        return Err("request: must be one request".into());
    };
    match kind.as_str() {
        "addSheet" => {
            let title = body["properties"]["title"].as_str();
            let title = title.map_or_else(|| format!("Sheet{}", tabs.len() + 1), str::to_owned);
            if tabs.iter().any(|tab| tab.title == title) {
                return Err(format!(
                    "addSheet: A sheet with the name \"{title}\" already exists. Please enter another name."
                ));
            }
            let id = body["properties"]["sheetId"].as_i64();
            let id = id.unwrap_or_else(|| i64::from(fastrand::u32(1..2_000_000_000)));
            let mut tab = Tab::new(id, &title);
            properties(&mut tab, &body["properties"]);
            tabs.push(tab);
            let index = tabs.len() - 1;
            Ok(json!({"addSheet": tabs[index].properties(index)}))
        }
        "deleteSheet" => {
            let id = find(tabs, &body["sheetId"], kind)?.sheet_id;
            tabs.retain(|tab| tab.sheet_id != id);
            Ok(json!({}))
        }
        "updateSheetProperties" => {
            if body["fields"].as_str().is_none_or(str::is_empty) {
                return Err(
                    "updateSheetProperties: At least one field must be listed in 'fields'.".into(),
                );
            }
            let tab = find(tabs, &body["properties"]["sheetId"], kind)?;
            properties(tab, &body["properties"]);
            Ok(json!({}))
        }
        "deleteDimension" | "insertDimension" | "appendDimension" => {
            let range = if kind == "appendDimension" {
                body
            } else {
                &body["range"]
            };
            let tab = find(tabs, &range["sheetId"], kind)?;
            dimension(tab, kind, range)?;
            Ok(json!({}))
        }
        "moveDimension" => {
            let tab = find(tabs, &body["source"]["sheetId"], kind)?;
            let (from, until) = (
                number(&body["source"]["startIndex"]),
                number(&body["source"]["endIndex"]),
            );
            let to = number(&body["destinationIndex"]);
            tab.cells
                .resize(tab.cells.len().max(until).max(to), Vec::new());
            let moved: Vec<_> = tab.cells.drain(from..until).collect();
            let to = if to > from { to - moved.len() } else { to };
            tab.cells.splice(to..to, moved);
            Ok(json!({}))
        }
        "appendCells" => {
            let rows = cells(&body["rows"]);
            find(tabs, &body["sheetId"], kind)?.append_cells(&rows);
            Ok(json!({}))
        }
        "updateCells" => {
            let rows = cells(&body["rows"]);
            let (id, top, left) = if body["start"].is_object() {
                let start = &body["start"];
                (
                    &start["sheetId"],
                    number(&start["rowIndex"]),
                    number(&start["columnIndex"]),
                )
            } else {
                let range = &body["range"];
                (
                    &range["sheetId"],
                    number(&range["startRowIndex"]),
                    number(&range["startColumnIndex"]),
                )
            };
            let range = super::a1::Range {
                tab: None,
                rows: (top, None),
                columns: (left, None),
            };
            let tab = find(tabs, id, kind)?;
            tab.write(&range, &rows, true)
                .map_err(|why| format!("{kind}: {why}"))?;
            Ok(json!({}))
        }
        "sortRange" => {
            let range = &body["range"];
            let spec = &body["sortSpecs"][0];
            let tab = find(tabs, &range["sheetId"], kind)?;
            let end = range["endRowIndex"]
                .as_u64()
                .map_or(tab.rows, |end| usize::try_from(end).unwrap());
            let descending = spec["sortOrder"] == "DESCENDING";
            tab.sort(
                number(&range["startRowIndex"])..end,
                number(&spec["dimensionIndex"]),
                descending,
            );
            Ok(json!({}))
        }
        looks if LOOKS.contains(&looks) => Ok(json!({})),
        other => Err(format!(
            "{other}: the stand-in does not know this request ({at})"
        )),
    }
}

fn properties(tab: &mut Tab, given: &Value) {
    if let Some(title) = given["title"].as_str() {
        title.clone_into(&mut tab.title);
    }
    let grid = &given["gridProperties"];
    if let Some(rows) = grid["rowCount"].as_u64() {
        tab.rows = usize::try_from(rows).unwrap();
    }
    if let Some(columns) = grid["columnCount"].as_u64() {
        tab.columns = usize::try_from(columns).unwrap();
    }
    if let Some(rows) = grid["frozenRowCount"].as_u64() {
        tab.frozen_rows = usize::try_from(rows).unwrap();
    }
}

fn dimension(tab: &mut Tab, kind: &str, range: &Value) -> Result<(), String> {
    let (start, end) = (number(&range["startIndex"]), number(&range["endIndex"]));
    let rows = match range["dimension"].as_str() {
        Some("ROWS") => true,
        Some("COLUMNS") => false,
        _ => return Err(format!("{kind}.range: No dimension specified")),
    };
    if kind == "appendDimension" {
        let more = number(&range["length"]);
        if rows {
            tab.rows += more;
        } else {
            tab.columns += more;
        }
        return Ok(());
    }
    let size = if rows { tab.rows } else { tab.columns };
    if start >= end || start > size || (kind == "deleteDimension" && end > size) {
        return Err(format!(
            "{kind}: Cannot work on {start}..{end}, the grid has {size}"
        ));
    }
    match (kind, rows) {
        ("deleteDimension", true) => tab.delete_rows(start..end),
        ("deleteDimension", false) => {
            for row in &mut tab.cells {
                let used = start.min(row.len())..end.min(row.len());
                row.drain(used);
            }
            tab.columns -= end - start;
        }
        (_, true) => (start..end).for_each(|at| tab.insert_row(at)),
        (_, false) => {
            for row in tab.cells.iter_mut().filter(|row| row.len() > start) {
                row.splice(start..start, (start..end).map(|_| json!("")));
            }
            tab.columns += end - start;
        }
    }
    Ok(())
}

fn cells(rows: &Value) -> Vec<Vec<Value>> {
    let cell = |cell: &Value| {
        let entered = &cell["userEnteredValue"];
        ["stringValue", "numberValue", "boolValue", "formulaValue"]
            .iter()
            .map(|kind| &entered[*kind])
            .find(|value| !value.is_null())
            .map_or_else(|| json!(""), Value::clone)
    };
    let row = |row: &Value| {
        row["values"]
            .as_array()
            .into_iter()
            .flatten()
            .map(cell)
            .collect()
    };
    rows.as_array().into_iter().flatten().map(row).collect()
}

fn find<'a>(tabs: &'a mut [Tab], id: &Value, kind: &str) -> Result<&'a mut Tab, String> {
    let id = id.as_i64().unwrap_or(0);
    tabs.iter_mut()
        .find(|tab| tab.sheet_id == id)
        .ok_or_else(|| format!("{kind}: No grid with id: {id}"))
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap_or(0)).unwrap()
}
