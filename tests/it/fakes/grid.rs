//! The cells of one tab and Google's rules for reading, writing and appending them.

use std::ops::Range as Span;

use serde_json::{Value, json};

use super::a1::{self, Range};

/// One tab.
#[derive(Clone, Debug)]
pub struct Tab {
    pub sheet_id: i64,
    pub title: String,
    /// Rows of cells; an empty cell is an empty string. Rows differ in length.
    pub cells: Vec<Vec<Value>>,
    /// Size of the grid.
    pub rows: usize,
    pub columns: usize,
    pub frozen_rows: usize,
}

/// What a write did.
#[derive(Debug)]
pub struct Written {
    pub range: String,
    pub rows: usize,
    pub columns: usize,
    pub cells: usize,
}

impl Written {
    pub fn json(&self, spreadsheet: &str) -> Value {
        json!({
            "spreadsheetId": spreadsheet, "updatedRange": self.range, "updatedRows": self.rows,
            "updatedColumns": self.columns, "updatedCells": self.cells,
        })
    }
}

pub fn is_empty(cell: &Value) -> bool {
    cell.is_null() || cell.as_str().is_some_and(str::is_empty)
}

fn cut_tail(row: &mut Vec<Value>) {
    while row.last().is_some_and(is_empty) {
        row.pop();
    }
}

/// As a cell looks in a client: everything is text.
fn formatted(cell: &Value) -> Value {
    match cell {
        Value::Number(number) => json!(number.to_string()),
        Value::Bool(flag) => json!(flag.to_string().to_uppercase()),
        other => other.clone(),
    }
}

/// What a client makes of input that is not `RAW`.
fn as_typed(cell: &Value) -> Value {
    match cell.as_str() {
        // Marks a value that a spreadsheet would have run as a formula.
        Some(text) if text.starts_with('=') || text.starts_with('+') => {
            json!(format!("#RAN {text}"))
        }
        Some(text) => text
            .parse::<f64>()
            .map_or_else(|_| cell.clone(), |number| json!(number)),
        None => cell.clone(),
    }
}

impl Tab {
    pub fn new(sheet_id: i64, title: &str) -> Self {
        Self {
            sheet_id,
            title: title.to_owned(),
            cells: Vec::new(),
            rows: 1000,
            columns: 26,
            frozen_rows: 0,
        }
    }

    pub fn properties(&self, index: usize) -> Value {
        json!({"properties": {
            "sheetId": self.sheet_id, "title": self.title, "index": index, "sheetType": "GRID",
            "gridProperties": {"rowCount": self.rows, "columnCount": self.columns,
                               "frozenRowCount": self.frozen_rows},
        }})
    }

    /// The bounds of a range within the grid; an error when it starts or ends outside.
    fn bounds(&self, range: &Range) -> Result<(Span<usize>, Span<usize>), String> {
        let rows = range.rows.0..range.rows.1.unwrap_or(self.rows);
        let columns = range.columns.0..range.columns.1.unwrap_or(self.columns);
        if rows.end > self.rows || columns.end > self.columns {
            return Err(format!(
                "Range ({}) exceeds grid limits. Max rows: {}, max columns: {}",
                a1::name(
                    &self.title,
                    (rows.start, rows.end),
                    (columns.start, columns.end)
                ),
                self.rows,
                self.columns
            ));
        }
        Ok((rows, columns))
    }

    /// Values of a range: empty cells at the end of a row and empty rows at the end are cut.
    pub fn read(&self, range: &Range, by_column: bool, raw: bool) -> Result<Value, String> {
        // A range that ends outside is cut, one that starts outside is an error.
        let mut range = range.clone();
        range.rows.1 = range
            .rows
            .1
            .map(|end| end.min(self.rows).max(range.rows.0 + 1));
        range.columns.1 = range
            .columns
            .1
            .map(|end| end.min(self.columns).max(range.columns.0 + 1));
        let (rows, columns) = self.bounds(&range)?;
        let cell = |row: usize, column: usize| {
            let cell = self.cells.get(row).and_then(|row| row.get(column));
            cell.map_or_else(
                || json!(""),
                |cell| if raw { cell.clone() } else { formatted(cell) },
            )
        };
        let used_rows = rows.start..rows.end.min(self.cells.len()).max(rows.start);
        let mut values: Vec<Vec<Value>> = if by_column {
            let line = |column| used_rows.clone().map(|row| cell(row, column)).collect();
            columns.clone().map(line).collect()
        } else {
            let line = |row| columns.clone().map(|column| cell(row, column)).collect();
            used_rows.map(line).collect()
        };
        values.iter_mut().for_each(cut_tail);
        while values.last().is_some_and(Vec::is_empty) {
            values.pop();
        }
        let name = a1::name(
            &self.title,
            (rows.start, rows.end),
            (columns.start, columns.end),
        );
        let dimension = if by_column { "COLUMNS" } else { "ROWS" };
        let mut answer = json!({"range": name, "majorDimension": dimension});
        if !values.is_empty() {
            answer["values"] = json!(values);
        }
        Ok(answer)
    }

    /// Writes rows from the range's first cell on. `null` leaves a cell as it is, `""` empties it.
    pub fn write(
        &mut self,
        range: &Range,
        rows: &[Vec<Value>],
        raw: bool,
    ) -> Result<Written, String> {
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let (top, left) = (range.rows.0, range.columns.0);
        let over = |end: Option<usize>, start: usize, size: usize| {
            end.is_some_and(|end| size > end - start)
        };
        // A single cell names where to begin; a larger range must hold what is written.
        let one_cell = range.rows.1 == Some(top + 1) && range.columns.1 == Some(left + 1);
        if !one_cell && (over(range.rows.1, top, rows.len()) || over(range.columns.1, left, width))
        {
            return Err(
                "Requested writing within range, but tried writing to row or column outside it"
                    .into(),
            );
        }
        let target = Range {
            tab: None,
            rows: (top, Some(top + rows.len().max(1))),
            columns: (left, Some(left + width.max(1))),
        };
        self.bounds(&target)?;
        Ok(self.put(top, left, rows, raw))
    }

    fn put(&mut self, top: usize, left: usize, rows: &[Vec<Value>], raw: bool) -> Written {
        let mut cells = 0;
        for (offset, values) in rows.iter().enumerate() {
            let at = top + offset;
            if self.cells.len() <= at {
                self.cells.resize(at + 1, Vec::new());
            }
            let row = &mut self.cells[at];
            for (offset, value) in values.iter().enumerate() {
                if value.is_null() {
                    continue;
                }
                let at = left + offset;
                if row.len() <= at {
                    row.resize(at + 1, json!(""));
                }
                row[at] = if raw { value.clone() } else { as_typed(value) };
                cells += 1;
            }
        }
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        Written {
            range: a1::name(&self.title, (top, top + rows.len()), (left, left + width)),
            rows: rows.len(),
            columns: width,
            cells,
        }
    }

    fn used(&self, row: usize) -> bool {
        self.cells
            .get(row)
            .is_some_and(|row| !row.iter().all(is_empty))
    }

    /// The last table that touches the range: rows without an empty row between them.
    fn table(&self, range: &Range) -> Option<(Span<usize>, Span<usize>)> {
        let until = range.rows.1.unwrap_or(self.rows).min(self.cells.len());
        let last = (range.rows.0..until).rev().find(|row| self.used(*row))?;
        let mut rows = last..last + 1;
        while rows.start > 0 && self.used(rows.start - 1) {
            rows.start -= 1;
        }
        while self.used(rows.end) {
            rows.end += 1;
        }
        let used = |row: &Vec<Value>| row.iter().position(|cell| !is_empty(cell));
        let left = self.cells[rows.clone()].iter().filter_map(used).min()?;
        let end = |row: &Vec<Value>| row.iter().rposition(|cell| !is_empty(cell));
        let right = self.cells[rows.clone()].iter().filter_map(end).max()?;
        Some((rows, left..right + 1))
    }

    /// Appends below the last table that the range touches; gives the table's name, too.
    pub fn append(
        &mut self,
        range: &Range,
        rows: &[Vec<Value>],
        raw: bool,
        insert: bool,
    ) -> (Option<String>, Written) {
        let table = self.table(range);
        let (top, left) = table
            .as_ref()
            .map_or((range.rows.0, range.columns.0), |(rows, columns)| {
                (rows.end, columns.start)
            });
        let name = table.map(|(rows, columns)| {
            a1::name(
                &self.title,
                (rows.start, rows.end),
                (columns.start, columns.end),
            )
        });
        if insert {
            for _ in rows {
                self.insert_row(top);
            }
        }
        self.rows = self.rows.max(top + rows.len());
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        self.columns = self.columns.max(left + width);
        (name, self.put(top, left, rows, raw))
    }

    pub fn insert_row(&mut self, at: usize) {
        if at < self.cells.len() {
            self.cells.insert(at, Vec::new());
        }
        self.rows += 1;
    }

    pub fn delete_rows(&mut self, rows: Span<usize>) {
        let used = rows.start.min(self.cells.len())..rows.end.min(self.cells.len());
        self.cells.drain(used);
        self.rows = self.rows.saturating_sub(rows.len()).max(1);
    }

    /// Appends after the last row that has anything in it, as `appendCells` does.
    pub fn append_cells(&mut self, rows: &[Vec<Value>]) {
        let top = (0..self.cells.len())
            .rev()
            .find(|row| self.used(*row))
            .map_or(0, |row| row + 1);
        self.rows = self.rows.max(top + rows.len());
        self.put(top, 0, rows, true);
    }

    pub fn clear(&mut self, range: &Range) -> Result<String, String> {
        let (rows, columns) = self.bounds(range)?;
        let name = a1::name(
            &self.title,
            (rows.start, rows.end),
            (columns.start, columns.end),
        );
        for row in self.cells.iter_mut().take(rows.end).skip(rows.start) {
            for cell in row.iter_mut().take(columns.end).skip(columns.start) {
                *cell = json!("");
            }
        }
        Ok(name)
    }

    /// Sorts rows by one column, as text; empty cells come last.
    pub fn sort(&mut self, rows: Span<usize>, column: usize, descending: bool) {
        let rows = rows.start.min(self.cells.len())..rows.end.min(self.cells.len());
        let key = |row: &Vec<Value>| {
            let cell = row.get(column).cloned().unwrap_or_default();
            match formatted(&cell) {
                Value::String(text) => text,
                _ => String::new(),
            }
        };
        self.cells[rows].sort_by(|a, b| {
            let (a, b) = (key(a), key(b));
            let order = if descending { b.cmp(&a) } else { a.cmp(&b) };
            a.is_empty().cmp(&b.is_empty()).then(order)
        });
    }
}
