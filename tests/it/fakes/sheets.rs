//! The methods of the Sheets API, on the tabs of one spreadsheet.

use axum::http::Method;
use order_bot::standin::{percent_decode, wire::Answer};
use serde_json::{Value, json};

use super::{a1::Range, batch, faults::google_answer, grid::Tab};

/// A request, once its address is understood.
pub(super) struct Wanted {
    pub(super) name: &'static str,
    pub(super) book: String,
    pub(super) range: String,
    pub(super) write: bool,
}

/// Which method of the API a request is for.
pub(super) fn route(method: &Method, path: &str) -> Option<Wanted> {
    let rest = path.strip_prefix("/v4/spreadsheets/")?;
    let wanted = |name, book: &str, range: &str, write| {
        let decode = |text: &str| percent_decode(text.as_bytes(), false);
        Some(Wanted {
            name,
            book: decode(book),
            range: decode(range),
            write,
        })
    };
    let get = method == Method::GET;
    let Some((book, rest)) = rest.split_once('/') else {
        return match rest.rsplit_once(':') {
            Some((book, "batchUpdate")) if !get => {
                wanted("spreadsheets.batchUpdate", book, "", true)
            }
            None if get => wanted("spreadsheets.get", rest, "", false),
            _ => None,
        };
    };
    match (rest, get) {
        ("values:batchGet", true) => return wanted("values.batchGet", book, "", false),
        ("values:batchUpdate", false) => return wanted("values.batchUpdate", book, "", true),
        ("values:batchClear", false) => return wanted("values.batchClear", book, "", true),
        _ => {}
    }
    let range = rest.strip_prefix("values/")?;
    match (method, range.rsplit_once(':')) {
        (&Method::POST, Some((range, "append"))) => wanted("values.append", book, range, true),
        (&Method::POST, Some((range, "clear"))) => wanted("values.clear", book, range, true),
        (&Method::PUT, _) => wanted("values.update", book, range, true),
        (&Method::GET, _) => wanted("values.get", book, range, false),
        _ => None,
    }
}

pub(super) type Query = Vec<(String, String)>;

fn param<'a>(query: &'a Query, name: &str) -> Option<&'a str> {
    query
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

type Reply = Result<Value, Answer>;

fn invalid(why: impl AsRef<str>) -> Answer {
    google_answer(400, "INVALID_ARGUMENT", why.as_ref())
}

fn place(tabs: &[Tab], text: &str) -> Result<(usize, Range), Answer> {
    let unparsable = || invalid(format!("Unable to parse range: {text}"));
    let range = Range::parse(text, |name| tabs.iter().any(|tab| tab.title == name));
    let range = range.ok_or_else(unparsable)?;
    let at = match &range.tab {
        None => Some(0),
        // Google does not mind the case of a tab's name.
        Some(name) => tabs
            .iter()
            .position(|tab| tab.title.to_lowercase() == name.to_lowercase()),
    };
    at.map(|at| (at, range)).ok_or_else(unparsable)
}

fn rows(range: &Value) -> Result<Vec<Vec<Value>>, Answer> {
    let by_column = range["majorDimension"] == "COLUMNS";
    let values: Vec<Vec<Value>> = match &range["values"] {
        Value::Null => Vec::new(),
        values => serde_json::from_value(values.clone()).map_err(|_| invalid("Invalid values"))?,
    };
    if values
        .iter()
        .flatten()
        .any(|cell| cell.is_array() || cell.is_object())
    {
        return Err(invalid("Invalid values[0][0]: struct_value"));
    }
    if !by_column {
        return Ok(values);
    }
    let height = values.iter().map(Vec::len).max().unwrap_or(0);
    let row = |row| {
        values
            .iter()
            .map(|column| column.get(row).cloned().unwrap_or_default())
            .collect()
    };
    Ok((0..height).map(row).collect())
}

fn is_raw(option: Option<&str>) -> Result<bool, Answer> {
    match option {
        Some("RAW") => Ok(true),
        Some("USER_ENTERED") => Ok(false),
        _ => Err(invalid("'valueInputOption' is required but not specified")),
    }
}

pub(super) fn apply(tabs: &mut Vec<Tab>, wanted: &Wanted, query: &Query, body: &Value) -> Reply {
    let book = wanted.book.as_str();
    let by_column = param(query, "majorDimension") == Some("COLUMNS");
    let unformatted = param(query, "valueRenderOption") == Some("UNFORMATTED_VALUE");
    let read = |tabs: &[Tab], range: &str| -> Reply {
        let (at, range) = place(tabs, range)?;
        tabs[at]
            .read(&range, by_column, unformatted)
            .map_err(invalid)
    };
    match wanted.name {
        "spreadsheets.get" => {
            let sheets: Vec<Value> = tabs
                .iter()
                .enumerate()
                .map(|(at, tab)| tab.properties(at))
                .collect();
            Ok(
                json!({"spreadsheetId": book, "properties": {"title": "Orders", "timeZone": "Etc/GMT"},
                      "sheets": sheets}),
            )
        }
        "spreadsheets.batchUpdate" => {
            let requests = body["requests"].as_array().filter(|list| !list.is_empty());
            let requests = requests.ok_or_else(|| invalid("Must specify at least one request."))?;
            let mut copy = tabs.clone();
            let replies = batch::apply(&mut copy, requests).map_err(invalid)?;
            *tabs = copy;
            Ok(json!({"spreadsheetId": book, "replies": replies}))
        }
        "values.get" => read(tabs, &wanted.range),
        "values.batchGet" => {
            let ranges = query.iter().filter(|(name, _)| name == "ranges");
            let answers: Result<Vec<Value>, Answer> =
                ranges.map(|(_, range)| read(tabs, range)).collect();
            Ok(json!({"spreadsheetId": book, "valueRanges": answers?}))
        }
        "values.append" => {
            let raw = is_raw(param(query, "valueInputOption"))?;
            let insert = param(query, "insertDataOption") == Some("INSERT_ROWS");
            let (at, range) = place(tabs, &wanted.range)?;
            let (table, written) = tabs[at].append(&range, &rows(body)?, raw, insert);
            let mut answer = json!({"spreadsheetId": book, "updates": written.json(book)});
            if let Some(table) = table {
                answer["tableRange"] = json!(table);
            }
            Ok(answer)
        }
        "values.update" => {
            let raw = is_raw(param(query, "valueInputOption"))?;
            let (at, range) = place(tabs, &wanted.range)?;
            let written = tabs[at].write(&range, &rows(body)?, raw).map_err(invalid)?;
            Ok(written.json(book))
        }
        "values.batchUpdate" => {
            let raw = is_raw(body["valueInputOption"].as_str())?;
            let mut copy = tabs.clone();
            let mut responses = Vec::new();
            let (mut cells, mut lines) = (0, 0);
            for data in body["data"].as_array().into_iter().flatten() {
                let (at, range) = place(&copy, data["range"].as_str().unwrap_or_default())?;
                let written = copy[at].write(&range, &rows(data)?, raw).map_err(invalid)?;
                cells += written.cells;
                lines += written.rows;
                responses.push(written.json(book));
            }
            *tabs = copy;
            Ok(
                json!({"spreadsheetId": book, "totalUpdatedRows": lines, "totalUpdatedCells": cells,
                      "responses": responses}),
            )
        }
        "values.clear" => {
            let (at, range) = place(tabs, &wanted.range)?;
            let cleared = tabs[at].clear(&range).map_err(invalid)?;
            Ok(json!({"spreadsheetId": book, "clearedRange": cleared}))
        }
        _ => {
            let mut cleared = Vec::new();
            for range in body["ranges"].as_array().into_iter().flatten() {
                let (at, range) = place(tabs, range.as_str().unwrap_or_default())?;
                cleared.push(tabs[at].clear(&range).map_err(invalid)?);
            }
            Ok(json!({"spreadsheetId": book, "clearedRanges": cleared}))
        }
    }
}
