//! Rewriting, and the mending of rows that late landings or the operator's moves have damaged.

use std::collections::HashSet;
use std::mem;

use tokio::time::Instant;
use tracing::warn;

use super::super::column::{Column, Outcome};
use super::super::fault::Fault;
use super::super::row::{Row, Source, Version};
use super::{Doubt, Sheet, versions};

impl Sheet {
    /// Reads column A and mends what a late landing has done.
    pub(super) async fn look(&mut self, source: &dyn Source) -> Result<(), Fault> {
        let previous = mem::take(&mut self.standing);
        let column = match self.read().await {
            Ok(column) => column,
            Err(fault) => {
                self.standing = previous;
                return Err(fault);
            }
        };
        let now = Instant::now();
        self.watch.looked(now);
        self.doubts.retain(|_, doubt| doubt.until > now);
        let rewritten = self.doubts.iter().filter(|(_, doubt)| doubt.rewrites);
        self.redo.extend(rewritten.map(|(id, _)| id.clone()));

        let starting = self.start_until.is_some_and(|until| until > now);
        let twice: Vec<String> = column
            .repeated()
            .into_iter()
            .filter(|id| starting || self.doubts.contains_key(*id))
            .filter(|id| source.row(id).is_some())
            .map(str::to_owned)
            .collect();
        if twice.is_empty() {
            return Ok(());
        }
        let strayed: Vec<usize> = twice
            .iter()
            .filter(|id| self.doubts.get(*id).is_some_and(|doubt| doubt.rewrites))
            .flat_map(|id| column.rows(id).iter().skip(1).copied())
            .collect();
        let mut lost: Vec<String> = previous
            .into_iter()
            .filter(|id| !column.has(id) && source.row(id).is_some())
            .collect();
        lost.sort_unstable();
        // The row that is kept may be the older one: said before anything is deleted, for neither a call of unknown
        // outcome nor the end of this process may leave it so.
        source.behind(&twice);
        self.redo.extend(twice.iter().cloned());
        if strayed.is_empty() || lost.is_empty() {
            self.remove_second_rows(source, &twice).await
        } else {
            self.put_back(source, lost, &strayed).await
        }
    }

    /// Deletes all rows but the first of each of these ids.
    async fn remove_second_rows(
        &mut self,
        source: &dyn Source,
        twice: &[String],
    ) -> Result<(), Fault> {
        let Some(tab_id) = self.google.tab_id().await? else {
            return Ok(());
        };
        let before = self.read().await?;
        let rows: Vec<usize> = twice
            .iter()
            .flat_map(|id| before.rows(id).iter().skip(1).copied())
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        warn!(
            rows = rows.len(),
            "deletes second rows of orders, left by calls that landed late"
        );
        // Its outcome needs no trust: what stands afterwards is read.
        let deleted = self.google.delete_rows(tab_id, &rows).await;
        let after = self.read().await?;
        self.restore_lost(source, after.lost_since(&before));
        deleted
    }

    fn restore_lost(&mut self, source: &dyn Source, lost: Vec<String>) {
        source.behind(&lost);
        self.restore
            .extend(lost.into_iter().filter(|id| source.row(id).is_some()));
    }

    /// Writes lost orders into the rows in which others were written by mistake; those beyond are appended later.
    async fn put_back(
        &mut self,
        source: &dyn Source,
        lost: Vec<String>,
        strayed: &[usize],
    ) -> Result<(), Fault> {
        let rows: Vec<(usize, Row)> = strayed
            .iter()
            .zip(&lost)
            .filter_map(|(number, id)| Some((*number, source.row(id)?.0)))
            .collect();
        warn!(
            orders = lost.len(),
            "puts back orders that were written over while rows were moved"
        );
        // They are written or appended once more, with all checks, in the next pass.
        self.restore_lost(source, lost);
        let rows: Vec<(usize, &Row)> = rows.iter().map(|(number, row)| (*number, row)).collect();
        // Whether it lands or not: what stands is read first.
        self.certain = false;
        self.in_flight = rows
            .iter()
            .map(|(_, row)| row.order_id().to_owned())
            .collect();
        let result = self.google.update(&rows).await;
        let ids = mem::take(&mut self.in_flight);
        if result.as_ref().is_err_and(|fault| fault.may_have_landed) {
            ids.into_iter().for_each(|id| self.doubt(id, true));
        }
        result
    }

    /// Writes over these rows, in one call, and judges by column A what has come of it.
    pub(super) async fn rewrite_chunk(
        &mut self,
        source: &dyn Source,
        before: &Column,
        chunk: &[(Row, Version)],
    ) -> Result<bool, Fault> {
        let writes: Vec<(usize, &Row)> = chunk
            .iter()
            .flat_map(|(row, _)| {
                before
                    .rows(row.order_id())
                    .iter()
                    .map(move |number| (*number, row))
            })
            .collect();
        let starting = self.start_until.is_some_and(|until| until > Instant::now());
        self.in_flight = chunk
            .iter()
            .map(|(row, _)| row.order_id().to_owned())
            .collect();
        let result = self.google.update(&writes).await;
        let ids = mem::take(&mut self.in_flight);
        if let Err(fault) = result {
            if fault.may_have_landed {
                ids.into_iter().for_each(|id| self.doubt(id, true));
                self.certain = false;
            }
            return Err(fault);
        }
        let after = self.read().await?;
        let wrote: Vec<(&str, &[usize])> = chunk
            .iter()
            .map(|(row, _)| (row.order_id(), before.rows(row.order_id())))
            .collect();
        let outcome = Outcome::judge(before, &wrote, &after);
        let good: HashSet<&String> = outcome.good.iter().collect();
        for id in &outcome.good {
            self.redo.remove(id);
            self.restore.remove(id);
            if starting && !self.doubts.contains_key(id) {
                // The process before may have left an older rewriting of this row behind.
                let until = Instant::now() + self.tempo.watch;
                self.doubts.insert(
                    id.clone(),
                    Doubt {
                        until,
                        rewrites: true,
                        ours: false,
                    },
                );
            }
        }
        let (held, done): (Vec<_>, Vec<_>) = versions(chunk)
            .into_iter()
            .filter(|(id, _)| good.contains(id))
            .partition(|(id, _)| {
                self.doubts
                    .get(id)
                    .is_some_and(|doubt| doubt.rewrites && doubt.ours)
            });
        self.held.extend(held);
        source.written(&done);
        if outcome.again.is_empty() && outcome.lost.is_empty() {
            return Ok(true);
        }
        self.redo.extend(outcome.again.iter().cloned());
        let lost: Vec<String> = outcome
            .lost
            .into_iter()
            .filter(|id| source.row(id).is_some())
            .collect();
        if outcome.strayed.is_empty() {
            self.restore_lost(source, lost);
        } else if lost.is_empty() {
            // Written into a row of nobody: it stands twice, and the next look deletes the second one.
            for id in outcome.again {
                self.doubt(id, false);
            }
            self.certain = false;
        } else {
            self.put_back(source, lost, &outcome.strayed).await?;
        }
        Ok(false)
    }
}
