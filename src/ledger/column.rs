//! Column A as it was read, and what can be concluded from two readings of it. Pure.

use std::collections::{HashMap, HashSet};

use super::row::COLUMNS;

/// Column A at one moment: which order ids stand in which rows.
#[derive(Debug, Default)]
pub(super) struct Column(HashMap<String, Vec<usize>>);

impl Column {
    /// From the texts of row 1 on. The header and empty cells are no ids.
    pub(super) fn new(texts: Vec<String>) -> Self {
        let mut places: HashMap<String, Vec<usize>> = HashMap::with_capacity(texts.len());
        for (above, text) in texts.into_iter().enumerate().skip(1) {
            if !text.is_empty() {
                places.entry(text).or_default().push(above + 1);
            }
        }
        Self(places)
    }

    /// The rows (from 1, ascending) in which the id stands.
    pub(super) fn rows(&self, id: &str) -> &[usize] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// All ids.
    pub(super) fn ids(&self) -> HashSet<String> {
        self.0.keys().cloned().collect()
    }

    /// The ids that stand more than once, in an order that is always the same.
    pub(super) fn repeated(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self
            .0
            .iter()
            .filter(|(_, rows)| rows.len() > 1)
            .map(|(id, _)| id.as_str())
            .collect();
        ids.sort_unstable();
        ids
    }

    /// The ids that stood in `before` and stand here no more, in the order of their former rows.
    pub(super) fn lost_since(&self, before: &Self) -> Vec<String> {
        let mut lost: Vec<(&[usize], &String)> = before
            .0
            .iter()
            .filter(|(id, _)| !self.0.contains_key(*id))
            .map(|(id, rows)| (rows.as_slice(), id))
            .collect();
        lost.sort_unstable();
        lost.into_iter().map(|(_, id)| id.clone()).collect()
    }

    /// Whether the header stands in a row other than the first.
    pub(super) fn header_has_moved(&self) -> bool {
        let [first, ..] = COLUMNS;
        self.has(first)
    }
}

/// What an update has come to, judged by column A right before and right after it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Ids whose rows, all of them, are the ones that were written.
    pub(super) good: Vec<String>,
    /// Written ids for which this cannot be said; they have to be written again.
    pub(super) again: Vec<String>,
    /// Ids that vanished meanwhile: written over, as rows had moved, or deleted by the operator at this very moment.
    pub(super) lost: Vec<String>,
    /// Rows that were written for an id which also stands elsewhere: the place of a lost one, or of nobody.
    pub(super) strayed: Vec<usize>,
}

impl Outcome {
    /// Judges the update that wrote these ids into these rows.
    pub(super) fn judge(before: &Column, wrote: &[(&str, &[usize])], after: &Column) -> Self {
        let mut outcome = Self {
            lost: after.lost_since(before),
            ..Self::default()
        };
        let written: HashSet<&str> = wrote.iter().map(|(id, _)| *id).collect();
        // An id that was written and then vanished is written again anyway.
        outcome.lost.retain(|id| !written.contains(id.as_str()));
        for (id, rows) in wrote {
            let now = after.rows(id);
            if now == *rows {
                outcome.good.push((*id).to_owned());
                continue;
            }
            outcome.again.push((*id).to_owned());
            if now.len() > rows.len() {
                outcome
                    .strayed
                    .extend(now.iter().filter(|row| rows.contains(row)));
            }
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(ids: &[&str]) -> Column {
        Column::new(
            std::iter::once("order_id")
                .chain(ids.iter().copied())
                .map(str::to_owned)
                .collect(),
        )
    }

    #[test]
    fn an_update_of_rows_that_stay_is_good() {
        let before = column(&["1", "2"]);
        let outcome = Outcome::judge(&before, &[("2", &[3])], &column(&["1", "2", "3"]));
        assert_eq!(outcome.good, ["2"]);
        assert!(outcome.lost.is_empty() && outcome.again.is_empty());
    }

    #[test]
    fn an_update_that_hit_another_row_is_seen() {
        // The operator sorted: 2 went to row 2 and 1 to row 3, where 2 was then written.
        let outcome = Outcome::judge(&column(&["1", "2"]), &[("2", &[3])], &column(&["2", "2"]));
        assert_eq!(outcome.again, ["2"]);
        assert_eq!(outcome.lost, ["1"]);
        assert_eq!(outcome.strayed, [3]);
    }

    #[test]
    fn an_update_into_the_place_of_a_deleted_row_is_seen() {
        // The operator deleted 2, 3 moved up to its row and was written over.
        let outcome = Outcome::judge(
            &column(&["1", "2", "3"]),
            &[("2", &[3])],
            &column(&["1", "2"]),
        );
        assert_eq!(outcome.lost, ["3"]);
        assert_eq!(outcome.good, ["2"]);
    }

    #[test]
    fn empty_cells_and_the_header_are_no_ids() {
        let read = column(&["", "7", "", "7"]);
        assert_eq!(read.rows("7"), [3, 5]);
        assert_eq!(read.repeated(), ["7"]);
        assert!(!read.has("") && !read.header_has_moved());
    }
}
