//! What a person with the spreadsheet open sees and does.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{google::Google, grid::Tab, telegram::PATIENCE};

/// One tab of one spreadsheet, as the operator has it before them. Rows count from 1, as on screen.
#[derive(Clone)]
pub struct Sheet {
    google: Google,
    book: String,
    tab: String,
}

/// A row by the names in the header.
pub type Row = HashMap<String, String>;

impl Google {
    pub fn sheet(&self, book: &str, tab: &str) -> Sheet {
        Sheet {
            google: self.clone(),
            book: book.to_owned(),
            tab: tab.to_owned(),
        }
    }
}

fn text(cell: &Value) -> String {
    cell.as_str()
        .map_or_else(|| cell.to_string(), str::to_owned)
}

impl Sheet {
    fn tab<T>(&self, act: impl FnOnce(&mut Tab) -> T) -> Option<T> {
        let done = {
            let mut state = self.google.inner.lock();
            let tabs = state.books.get_mut(&self.book)?;
            act(tabs.iter_mut().find(|tab| tab.title == self.tab)?)
        };
        self.google.inner.changed();
        Some(done)
    }

    /// Looks without telling anybody, so that waiting for a change does not cause one.
    fn cells(&self) -> Vec<Vec<String>> {
        let state = self.google.inner.lock();
        let tabs = state.books.get(&self.book);
        let tab = tabs.and_then(|tabs| tabs.iter().find(|tab| tab.title == self.tab));
        let row = |row: &Vec<Value>| row.iter().map(text).collect();
        tab.map_or_else(Vec::new, |tab| tab.cells.iter().map(row).collect())
    }

    /// The header and all rows below it, cell by cell.
    pub fn grid(&self) -> Vec<Vec<String>> {
        self.cells()
    }

    /// The rows below the header by its names, rows without anything left out.
    pub fn rows(&self) -> Vec<Row> {
        let cells = self.cells();
        let Some((header, rows)) = cells.split_first() else {
            return Vec::new();
        };
        rows.iter()
            .filter(|row| row.iter().any(|cell| !cell.is_empty()))
            .map(|row| {
                let cell = |at| row.get(at).cloned().unwrap_or_default();
                let named = header.iter().enumerate();
                named.map(|(at, name)| (name.clone(), cell(at))).collect()
            })
            .collect()
    }

    /// All rows with this order id: a test wants exactly one.
    pub fn rows_of(&self, order_id: &str) -> Vec<Row> {
        let mut rows = self.rows();
        rows.retain(|row| row.get("order_id").is_some_and(|id| id == order_id));
        rows
    }

    /// Waits for the row of an order; fails where it has two.
    pub async fn row_of(&self, order_id: &str) -> Row {
        let what = format!("a row of order {order_id}");
        self.expect(&what, |sheet| sheet.rows_of(order_id).pop())
            .await
    }

    /// Waits until the row of an order has this status.
    pub async fn status_of(&self, order_id: &str, status: &str) -> Row {
        let what = format!("order {order_id} to be {status}");
        self.expect(&what, |sheet| {
            let row = sheet.rows_of(order_id).pop()?;
            (row["status"] == status).then_some(row)
        })
        .await
    }

    /// Waits until `look` finds something, for [`PATIENCE`]. No order may have two rows meanwhile.
    pub async fn expect<T>(&self, what: &str, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        let mut changes = self.google.inner.changes.subscribe();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            changes.mark_unchanged();
            assert_eq!(
                self.doubled(),
                Vec::<String>::new(),
                "orders with more than one row"
            );
            if let Some(found) = look(self) {
                return found;
            }
            if tokio::time::timeout_at(deadline, changes.changed())
                .await
                .is_err()
            {
                panic!(
                    "waited {PATIENCE:?} in vain for {what}; the sheet is {:#?}",
                    self.cells()
                );
            }
        }
    }

    /// Order ids that stand in more than one row.
    pub fn doubled(&self) -> Vec<String> {
        let mut ids: Vec<String> = self
            .rows()
            .iter_mut()
            .filter_map(|row| row.remove("order_id"))
            .filter(|id| !id.is_empty())
            .collect();
        ids.sort();
        let mut twice: Vec<String> = ids
            .windows(2)
            .filter(|pair| pair[0] == pair[1])
            .map(|pair| pair[0].clone())
            .collect();
        twice.dedup();
        twice
    }

    /// Sorts everything below the header by a column of the header.
    pub fn sort_by(&self, column: &str, descending: bool) {
        let at = self.column(column);
        self.tab(|tab| tab.sort(1..usize::MAX, at, descending));
    }

    /// Takes everything away and writes this from the first cell on.
    pub fn fill(&self, rows: &[Vec<String>]) {
        self.tab(|tab| {
            let row = |row: &Vec<String>| row.iter().map(|cell| json!(cell)).collect();
            tab.cells = rows.iter().map(row).collect();
        });
    }

    pub fn move_row(&self, from: usize, to: usize) {
        self.tab(|tab| {
            let row = tab.cells.remove(from - 1);
            let to = (to - 1).min(tab.cells.len());
            tab.cells.insert(to, row);
        });
    }

    pub fn delete_row(&self, row: usize) {
        self.tab(|tab| tab.delete_rows(row - 1..row));
    }

    pub fn insert_blank_row(&self, before: usize) {
        self.tab(|tab| tab.insert_row(before - 1));
    }

    /// Types into one cell; `column` is a name of the header.
    pub fn edit_cell(&self, row: usize, column: &str, value: &str) {
        let at = self.column(column);
        self.tab(|tab| {
            let cells = &mut tab.cells[row - 1];
            cells.resize(cells.len().max(at + 1), json!(""));
            cells[at] = json!(value);
        });
    }

    pub fn rename_header(&self, old: &str, new: &str) {
        self.edit_cell(1, old, new);
    }

    /// Renames the tab itself; gives it under its new name.
    pub fn rename_tab(&self, new: &str) -> Self {
        self.tab(|tab| new.clone_into(&mut tab.title));
        self.google.sheet(&self.book, new)
    }

    /// Number on screen of the row of an order.
    pub fn row_number(&self, order_id: &str) -> Option<usize> {
        let has_id = |row: &Vec<String>| row.iter().any(|cell| cell == order_id);
        self.cells().iter().position(has_id).map(|at| at + 1)
    }

    fn column(&self, name: &str) -> usize {
        let header = self.cells().into_iter().next().unwrap_or_default();
        let at = header.iter().position(|cell| cell == name);
        at.unwrap_or_else(|| panic!("no column {name:?} in {header:?}"))
    }
}
