//! What stands where an item would and is none: dishes that the menu lacks, and kinds that only head a list of items.

use super::build::Target;
use super::gap::{self, Pending, Seam};
use super::index::ItemAt;
use super::marks::{Said, What};
use super::walk::{Mode, Walk};
use super::words::Class;

/// How many strange words are looked over for what follows them.
const FAR: usize = 16;

/// The kind of several items, said before them with their number.
pub(super) struct Heading {
    pub(super) elements: std::ops::RangeInclusive<usize>,
    pub(super) count: u32,
    pub(super) options: Vec<Pending>,
    /// The lines after it begin here.
    pub(super) first_line: usize,
}

impl Walk<'_> {
    /// "eggs on toast", where toast takes no eggs: another dish than toast, so nothing of it is ordered.
    pub(super) fn dish_on(&mut self, at: usize, item: ItemAt) -> bool {
        let Some(before) = at
            .checked_sub(2)
            .filter(|b| self.is(b + 1, Class::Prep) && self.mode == Mode::Add)
        else {
            return false;
        };
        let stray = self.pending.len() == 1
            && self.target == Target::None
            && self
                .pending
                .last()
                .is_some_and(|p| p.element == before && !gap::takes(self.index, item, &p.said));
        if !stray && !self.lost.contains(&before) {
            return false;
        }
        self.lost.extend(self.pending.drain(..).map(|p| p.element));
        self.lost.extend(before..=at);
        self.seam = Seam::default();
        self.target = Target::Ghost(before);
        true
    }

    /// Something stands here as an item would that is none.
    pub(super) fn ghost(&mut self, at: usize) {
        let from = self
            .pending
            .iter()
            .rposition(|p| p.seam.article || p.seam.number.is_some())
            .filter(|_| !self.seam.comma && !self.seam.stop);
        let counted = self.seam.article || self.seam.number.is_some();
        let own = match from {
            Some(from) if !counted => self.pending.split_off(from),
            _ if !counted => {
                let from = self.pending.iter().rposition(|p| {
                    p.seam.comma || p.seam.stop || p.seam.and || p.seam.with || p.seam.ask
                });
                match (from, self.target) {
                    (Some(from), _) if !self.seam.and && !self.seam.comma && !self.seam.with => {
                        self.pending.split_off(from)
                    }
                    (None, Target::None) => std::mem::take(&mut self.pending),
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        };
        let number = self.seam.number.take();
        let seam = std::mem::take(&mut self.seam);
        let _ = seam;
        for pending in std::mem::take(&mut self.pending) {
            self.settle(&pending, self.target);
        }
        let mut first = at;
        for p in &own {
            self.lost.push(p.element);
            first = first.min(p.element);
            if let Some((_, n)) = p.seam.number {
                first = first.min(n);
            }
        }
        if let Some((_, n)) = number {
            first = first.min(n);
        }
        self.lost.extend(first..=at);
        if let (Some((count, _)), Some(What::Ghost)) = (
            number.or_else(|| own.first().and_then(|p| p.seam.number)),
            self.what(at),
        ) {
            self.headings.push(Heading {
                elements: first..=at,
                count,
                options: own,
                first_line: self.draft.lines.len(),
            });
        }
        self.target = Target::Ghost(first);
        self.family = None;
        if self.mode == Mode::Correct || self.mode == Mode::InsteadOf {
            self.mode = Mode::Add;
        }
    }

    pub(super) fn unknown(&mut self, at: usize) {
        if matches!(self.what(at), Some(What::Ghost)) && !self.seam.with {
            self.ghost(at);
            return;
        }
        let mut end = at + 1;
        while end < at + FAR
            && (matches!(self.what(end), Some(What::Unknown))
                || self.is(end, Class::Filler)
                || self.is(end, Class::Plain))
        {
            end += 1;
        }
        let before_item = matches!(self.what(end), Some(What::Head(_)))
            || (matches!(self.what(end), Some(What::Option(_)))
                && self.head_after(end, true).is_some());
        let near = |p: &Pending| p.seam.article || p.seam.number.is_some();
        let counted = (self.seam.article || self.seam.number.is_some()) && !self.seam.with
            || (self.pending.last().is_some_and(|p| near(p) && !p.seam.with)
                && !self.seam.comma
                && !self.seam.and
                && !self.seam.stop
                && !self.seam.with);
        let listed = self.is(end, Class::With)
            && !self.seam.with
            && (self.target == Target::None && self.pending.is_empty()
                || self.seam.comma
                || self.seam.and
                || self.seam.ask);
        // "pizza with ham large, and a latte": what follows a strange word is said of it.
        let first = self.target == Target::None && self.pending.is_empty() && !self.seam.with;
        let described = first
            && self.head_after(at, true).is_none()
            && (at + 1..self.elements.len())
                .take_while(|n| {
                    !matches!(self.what(*n), Some(What::Comma | What::Stop))
                        && !self.is(*n, Class::And)
                })
                .take(12)
                .any(|n| matches!(self.what(n), Some(What::Option(_))));
        let repeated = at > 0 && matches!(self.what(at - 1), Some(What::Unknown | What::Ghost));
        // "a hazelnut dream" on a latte: the hazelnut is one of its options.
        let open = match (self.target, self.pending.last()) {
            (Target::Line(l), Some(last)) => {
                !self.seam.article
                    && self.seam.number.is_none()
                    && self.takes(l, &last.said)
                    && self.pending.iter().any(|p| p.seam.with)
            }
            _ => false,
        };
        if !before_item && !repeated && !open && (counted || listed || described) {
            self.ghost(at);
        } else {
            self.lost.push(at);
        }
    }

    /// "two large pizzas, one margherita, one hawaiian": as many as are named after it, so it only heads the list.
    pub(super) fn headed(&mut self) {
        let headings = std::mem::take(&mut self.headings);
        for (n, heading) in headings.iter().enumerate() {
            let end = headings
                .get(n + 1)
                .map_or(self.draft.lines.len(), |next| next.first_line);
            let own: Vec<usize> = (heading.first_line..end)
                .filter(|l| self.draft.lines.get(*l).is_some_and(|l| !l.dropped))
                .collect();
            let sum: u32 = own
                .iter()
                .filter_map(|l| self.draft.lines.get(*l))
                .fold(0, |sum, l| sum.saturating_add(l.quantity));
            let takes = |p: &Pending| own.iter().all(|l| self.takes(*l, &p.said));
            if sum != heading.count || own.len() < 2 || !heading.options.iter().all(takes) {
                continue;
            }
            self.draft.unsure = true;
            self.lost.retain(|at| !heading.elements.contains(at));
            for p in &heading.options {
                for line in &own {
                    self.draft.give(self.index, *line, &p.said, true);
                }
            }
        }
    }

    /// "udon with prawns": the option is named as if it were a dish.
    pub(super) fn names_dish(&self, at: usize, said: &Said) -> bool {
        self.mode == Mode::Add
            && self.target == Target::None
            && self.pending.is_empty()
            && !self.seam.with
            && !self.adding
            && self.draft.acts.is_empty()
            && said.change == Some(crate::parsed::Change::With)
            && self.is(self.skip(at + 1), Class::With)
            && self.head_after(at, true).is_none()
            && !said
                .options
                .iter()
                .any(|o| super::build::is_size(self.index, *o))
    }
}
