//! Options: kept until it is known what they belong to, then given to it.

use super::build::Target;
use super::gap::{self, Pending, Seam};
use super::marks::Said;
use super::walk::{Mode, Walk, edit};
use super::words::Class;

impl Walk<'_> {
    pub(super) fn option(&mut self, at: usize, said: &Said) {
        if self.names_dish(at, said) {
            self.lost.push(at);
            self.target = Target::Ghost(at);
            self.seam = Seam::default();
            return;
        }
        let seam = std::mem::take(&mut self.seam);
        let mut said = said.clone();
        match self.mode {
            Mode::Correct => {
                self.mode = Mode::Add;
                let index = self.index;
                let before = self.pending.len();
                self.pending.retain(|p| {
                    !p.said.options.iter().any(|a| {
                        said.options
                            .iter()
                            .any(|b| index.same_group(*a, *b) && index.exclusive(*a))
                    })
                });
                // "with cheese, no wait, bacon"
                let other = said.change == Some(crate::parsed::Change::With);
                if self.pending.len() == before && other {
                    self.pending.pop();
                }
            }
            Mode::InsteadOf => {
                self.mode = Mode::Add;
                let exclusive = said.options.iter().any(|o| self.index.exclusive(*o));
                if exclusive {
                    return;
                }
                said.change = Some(crate::parsed::Change::Without);
            }
            Mode::Remove => said.change = Some(crate::parsed::Change::Without),
            _ => {}
        }
        self.pending.push(Pending {
            said,
            element: at,
            seam,
        });
    }

    /// Gives what is pending to what the message speaks of.
    pub(super) fn flush(&mut self) {
        self.implied();
        for pending in std::mem::take(&mut self.pending) {
            self.settle(&pending, self.target);
        }
        if let Some((_, at)) = self.seam.number.take() {
            self.lost.push(at);
        }
    }

    /// "a large with tuna": the item goes without saying where only one takes all of it.
    pub(super) fn implied(&mut self) {
        let opens = self
            .pending
            .first()
            .is_some_and(|p| (p.seam.article || p.seam.number.is_some()) && !p.seam.with);
        if !opens
            || self.adding
            || self.mode != Mode::Add
            || self.target != Target::None
            || self.draft.live().next().is_some()
        {
            return;
        }
        let mut fit = (0..self.index.items.len())
            .filter_map(|at| u32::try_from(at).ok())
            .filter(|item| {
                self.index
                    .items
                    .get(*item as usize)
                    .is_some_and(|i| i.available)
                    && self
                        .pending
                        .iter()
                        .all(|p| gap::takes(self.index, *item, &p.said))
            });
        let (first, second) = (fit.next(), fit.next());
        match (first, second) {
            (Some(item), None) => {
                let at = self.pending.last().map_or(0, |p| p.element);
                self.new_line(at, item);
            }
            _ => {
                let pending = std::mem::take(&mut self.pending);
                self.lost.extend(pending.iter().map(|p| p.element));
                self.lost
                    .extend(pending.iter().filter_map(|p| p.seam.number.map(|(_, n)| n)));
            }
        }
    }

    pub(super) fn settle(&mut self, pending: &Pending, target: Target) {
        let mut said = pending.said.clone();
        if let Some((n, _)) = pending.seam.number {
            said.count = Some(n).filter(|n| *n > 0);
        }
        self.draft.unsure |= said.part;
        let live: Vec<usize> = self.draft.live().map(|(at, _)| at).collect();
        let given = match target {
            Target::Line(at) => {
                let siblings = self.draft.lines.get(at).map_or(0, |l| l.siblings);
                for sibling in at.saturating_sub(siblings)..at {
                    self.draft.give(self.index, sibling, &said, false);
                }
                self.draft.give(self.index, at, &said, false)
                    || (!self.takes(at, &said)
                        && live
                            .iter()
                            .rev()
                            .any(|l| *l != at && self.draft.give(self.index, *l, &said, false)))
            }
            Target::Edit(at) => self.draft.give_edit(self.index, at, &said),
            Target::All => {
                let given = live
                    .iter()
                    .filter(|l| self.draft.give(self.index, **l, &said, false))
                    .count();
                given > 0
            }
            Target::Ghost(_) => {
                let earlier = live.last().copied().filter(|_| pending.seam.stop);
                earlier.is_some_and(|l| self.draft.give(self.index, l, &said, false))
            }
            Target::None => match live.last() {
                Some(_) => live
                    .iter()
                    .rev()
                    .any(|l| self.draft.give(self.index, *l, &said, false)),
                None => {
                    let at = self.draft.add_edit(edit());
                    self.target = Target::Edit(at);
                    let given = self.draft.give_edit(self.index, at, &said);
                    if !given {
                        self.target = Target::None;
                    }
                    given
                }
            },
        };
        if !given {
            self.lose(pending.element);
            if let Target::Ghost(from) = target {
                self.lost.extend(from..pending.element);
            }
        }
    }

    pub(super) fn takes(&self, line: usize, said: &Said) -> bool {
        self.draft
            .lines
            .get(line)
            .is_some_and(|l| gap::takes(self.index, l.item, said))
    }

    /// What was said there is not to be had; "extra" before it belongs to it.
    pub(super) fn lose(&mut self, element: usize) {
        self.lost.push(element);
        if let Some(before) = element
            .checked_sub(1)
            .filter(|b| self.is(*b, Class::Extra) || self.is(*b, Class::Light))
        {
            self.lost.push(before);
        }
    }
}
