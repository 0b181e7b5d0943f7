//! What happens in `orders.csv`, told row by row.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The file as it was when it was last looked at.
#[derive(Debug)]
pub(super) struct Rows {
    path: PathBuf,
    /// Cells of each row, by the first cell, the order's id.
    known: BTreeMap<String, Vec<String>>,
}

impl Rows {
    /// What is there already is not told.
    pub(super) fn new(path: &Path) -> Self {
        let mut rows = Self {
            path: path.to_owned(),
            known: BTreeMap::new(),
        };
        rows.changes();
        rows
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn count(&self) -> usize {
        self.known.len()
    }

    /// What has changed since the last look: a new row with its cells, of an old one those that differ.
    pub(super) fn changes(&mut self) -> Vec<String> {
        // No file: no row yet.
        let Ok(mut file) = csv::Reader::from_path(&self.path) else {
            return Vec::new();
        };
        let Ok(header) = file.headers().cloned() else {
            return Vec::new();
        };
        let mut told = Vec::new();
        for row in file.records().flatten() {
            let cells: Vec<String> = row.iter().map(str::to_owned).collect();
            let id = cells.first().cloned().unwrap_or_default();
            let old = self.known.get(&id);
            let differs = |n: usize, cell: &String| {
                old.map_or(!cell.is_empty(), |old| old.get(n) != Some(cell))
            };
            let changed: Vec<_> = header
                .iter()
                .zip(&cells)
                .enumerate()
                .filter(|(n, (_, cell))| differs(*n, cell))
                .map(|(_, (name, cell))| format!("{name}={cell}"))
                .collect();
            if !changed.is_empty() {
                let changed = changed.join(" | ");
                told.push(match old {
                    None => format!("+ {changed}"),
                    Some(_) => format!("{id}: {changed}"),
                });
            }
            self.known.insert(id, cells);
        }
        told
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_new_row_is_told_whole_and_a_changed_one_by_its_changes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("orders.csv");
        let mut rows = Rows::new(&path);
        assert!(rows.changes().is_empty());
        std::fs::write(&path, "order_id,status,note\nA-1,placed,\n").unwrap();
        assert_eq!(rows.changes(), ["+ order_id=A-1 | status=placed"]);
        assert!(rows.changes().is_empty());
        std::fs::write(
            &path,
            "order_id,status,note\nA-1,accepted,\nA-2,placed,\"a, b\"\n",
        )
        .unwrap();
        assert_eq!(
            rows.changes(),
            [
                "A-1: status=accepted",
                "+ order_id=A-2 | status=placed | note=a, b"
            ]
        );
        assert_eq!(rows.count(), 2);
    }
}
