//! Items: a new line with the options that belong to it, or something that the menu does not have.

use super::build::{Line, Target};
use super::gap::{self, Before, Pending, Seam};
use super::index::ItemAt;
use super::marks::{Said, What};
use super::walk::{Mode, Walk};
use super::words::{self, Class};

impl Walk<'_> {
    pub(super) fn head(&mut self, at: usize, items: &[ItemAt]) {
        let Some(item) = self.which(items) else {
            self.ghost(at);
            return;
        };
        if self.adding && items.len() == 1 && self.mode == Mode::Add {
            self.adding = false;
        }
        let the = self.back(at).filter(|b| {
            matches!(self.what(*b), Some(What::The))
                || self.is(*b, Class::It)
                || self.is(*b, Class::All)
        });
        let prep = the.and_then(|t| self.back(t)).is_some_and(|b| {
            self.is(b, Class::Prep) || self.is(b, Class::To) || self.is(b, Class::Of)
        });
        let the_only = the.is_some_and(|t| matches!(self.what(t), Some(What::The)));
        // "the latte should be decaf", "swap the ham for bacon on the burger"
        let speaks = the_only
            && !self.seam.ask
            && self.pending.is_empty()
            && self.is(self.skip(at + 1), Class::Make);
        let into = prep && !self.pending.is_empty() && self.mode == Mode::Make(true);
        // "don't add fish sauce to the soup": nothing that the soup takes, and no other soup.
        let strange = prep
            && self.pending.is_empty()
            && the
                .and_then(|t| self.back(t))
                .and_then(|p| self.back(p))
                .is_some_and(|b| self.lost.contains(&b));
        if (speaks || strange) && self.mode == Mode::Add || into {
            self.refer(at, item, into);
            return;
        }
        if self.dish_on(at, item) {
            return;
        }
        match self.mode {
            Mode::Remove if prep && !self.pending.is_empty() => self.refer(at, item, true),
            Mode::Remove => {
                self.take_off(at, item);
            }
            Mode::InsteadOf => {
                self.mode = Mode::Add;
                self.flush();
                // "fries instead of rings" speaks of the menu, "instead of the rings" of the cart.
                let said = self.draft.live().any(|(_, l)| l.item == item);
                let gone = self.draft.lines.iter().any(|l| l.dropped && l.item == item);
                if said || (the.is_some() || self.draft.live().next().is_none()) && !gone {
                    self.take_off(at, item);
                }
            }
            Mode::Make(false) if the.is_some() => {
                self.refer(at, item, false);
                self.mode = Mode::Make(true);
            }
            Mode::Make(true) => self.replace(at, item),
            Mode::Correct => self.correct(at, item),
            Mode::Add
                if self.back(at).is_some_and(|b| self.is(b, Class::All))
                    && self.draft.live().any(|(_, l)| l.item == item) =>
            {
                let take = !self.pending.is_empty();
                self.refer(at, item, take);
            }
            Mode::Add if prep && !self.pending.is_empty() && self.refers(item) => {
                self.refer(at, item, true);
            }
            // "a coffee and a tea, the tea with milk"
            Mode::Add
                if the.is_some_and(|t| matches!(self.what(t), Some(What::The)))
                    && !self.seam.ask
                    && self.pending.is_empty()
                    && self.draft.live().any(|(_, l)| l.item == item)
                    && self.changes(self.skip(at + 1)) =>
            {
                self.refer(at, item, false);
            }
            Mode::Add | Mode::Make(false) => {
                self.mode = Mode::Add;
                self.new_line(at, item);
            }
        }
    }

    /// Whether what stands there changes what is spoken of: an option, or "with".
    pub(super) fn changes(&self, at: usize) -> bool {
        matches!(self.what(at), Some(What::Option(_)))
            || [
                Class::With,
                Class::Without,
                Class::Extra,
                Class::Light,
                Class::Make,
            ]
            .iter()
            .any(|c| self.is(at, *c))
    }

    /// The one of several items that the pending options fit.
    pub(super) fn which(&self, items: &[ItemAt]) -> Option<ItemAt> {
        if let [item] = items {
            return Some(*item);
        }
        let near: Vec<&Pending> = self
            .pending
            .iter()
            .rev()
            .take_while(|p| !p.seam.stop && !p.seam.comma)
            .collect();
        let fit: Vec<ItemAt> = items
            .iter()
            .copied()
            .filter(|i| near.iter().all(|p| gap::takes(self.index, *i, &p.said)))
            .collect();
        match fit.as_slice() {
            [one] if !near.is_empty() => Some(*one),
            _ => None,
        }
    }

    pub(super) fn new_line(&mut self, at: usize, item: ItemAt) {
        let seam = std::mem::take(&mut self.seam);
        let pending = std::mem::take(&mut self.pending);
        let (has, ahead, of) = match self.target {
            Target::Line(l) => {
                self.draft
                    .lines
                    .get(l)
                    .map_or((Vec::new(), Vec::new(), None), |line| {
                        (
                            line.options(),
                            line.ahead.iter().map(|p| p.option).collect(),
                            Some(Some(line.item)),
                        )
                    })
            }
            Target::Ghost(_) => (Vec::new(), Vec::new(), Some(None)),
            _ => (Vec::new(), Vec::new(), None),
        };
        let before = of.map(|item| Before {
            item,
            has: &has,
            ahead: &ahead,
            sizes_after: self.sizes_after,
        });
        let cut = gap::split(self.index, before.as_ref(), &pending, &seam, item);
        let (old, new) = pending.split_at(cut.min(pending.len()));
        let lines = self.draft.lines.len();
        let new = self.ellipses(at, item, new, &seam);
        let siblings = self.draft.lines.len() - lines;
        let stray = self.target == Target::None && self.draft.live().next().is_none();
        for (n, p) in old.iter().enumerate() {
            let seams = pending
                .iter()
                .skip(n + 1)
                .map(|p| &p.seam)
                .chain(std::iter::once(&seam));
            // "carrot and apple juice" changes nothing that was ordered before.
            let bare = p.said.change == Some(crate::parsed::Change::With)
                && !p.seam.with
                && !self.adding
                && !p
                    .said
                    .options
                    .iter()
                    .any(|o| super::build::is_size(self.index, *o));
            if stray
                && !seams
                    .into_iter()
                    .any(|s| s.stop || s.comma || s.and && !bare || s.ask)
            {
                self.lose(p.element);
            } else {
                self.settle(p, self.target);
            }
        }
        let mut number = seam.number;
        for p in new.iter().rev() {
            match (number, p.seam.number) {
                (None, n) => number = n,
                (Some(_), Some((_, lost))) => self.lost.push(lost),
                _ => {}
            }
        }
        if let Some((0, lost)) = number {
            self.lost.extend(lost..=at);
            self.target = Target::Ghost(lost);
            return;
        }
        let (quantity, pieces) = match self.pieces(item, number, new) {
            Some(option) => (1, Some(option)),
            None => (self.quantity(number), None),
        };
        let line = self.draft.add_line(Line {
            item,
            quantity,
            counted: number.is_some() || seam.article,
            ahead: Vec::new(),
            behind: Vec::new(),
            clashes: Vec::new(),
            note: None,
            dropped: false,
            siblings,
            element: at,
        });
        if let Some(option) = pieces {
            let said = Said {
                options: vec![option],
                named: 1,
                change: Some(crate::parsed::Change::With),
                count: None,
                part: true,
                group: false,
                at: Some(at),
            };
            self.draft.unsure = true;
            self.draft.give(self.index, line, &said, true);
        }
        for p in new {
            self.draft.unsure |= p.said.part;
            if !self.draft.give(self.index, line, &p.said, true) {
                self.rescue(p, line);
            }
        }
        self.target = Target::Line(line);
        self.family = Some(line);
        if let Some((from, to)) = self.ahead.take() {
            self.remark(from, to);
        }
    }

    /// "12 wings", where wings are sold by 6 and by 12.
    fn pieces(&self, item: ItemAt, number: Option<(u32, usize)>, said: &[Pending]) -> Option<u32> {
        let n = number.map(|(n, _)| n.to_string()).filter(|n| n != "1")?;
        let counts = |word: &str| {
            words::all()
                .iter()
                .any(|language| language.class_of(word) == Some(Class::Unit))
        };
        let (option, _) = (0_u32..).zip(&self.index.options).find(|(at, o)| {
            o.available
                && o.name.split_whitespace().next() == Some(&n)
                && o.name.split_whitespace().nth(1).is_some_and(counts)
                && self.index.takes(item, *at)
                && self.index.exclusive(*at)
        })?;
        let chosen = said.iter().any(|p| {
            p.said
                .options
                .iter()
                .any(|o| self.index.same_group(*o, option))
        });
        (!chosen).then_some(option)
    }

    /// "one small and two large colas": each number but the last makes a line of its own. Gives the rest back.
    pub(super) fn ellipses<'p>(
        &mut self,
        at: usize,
        item: ItemAt,
        mut new: &'p [Pending],
        last: &Seam,
    ) -> &'p [Pending] {
        loop {
            let Some(n) = new.first().and_then(|p| match p.seam.number {
                Some((n, _)) => Some(n),
                None => p.seam.article.then_some(1),
            }) else {
                return new;
            };
            let next = new
                .iter()
                .skip(1)
                .position(|p| p.seam.number.is_some() || p.seam.article)
                .map(|n| n + 1);
            let end = match next {
                Some(end) => end,
                None if last.number.is_some() || last.article => new.len(),
                None => return new,
            };
            let (group, rest) = new.split_at(end);
            if n == 0 || !group.iter().all(|p| gap::takes(self.index, item, &p.said)) {
                return new;
            }
            let line = self.draft.add_line(Line {
                item,
                quantity: n,
                counted: true,
                ahead: Vec::new(),
                behind: Vec::new(),
                clashes: Vec::new(),
                note: None,
                dropped: false,
                siblings: 0,
                element: at,
            });
            for p in group {
                if !self.draft.give(self.index, line, &p.said, true) {
                    self.lost.push(p.element);
                }
            }
            new = rest;
        }
    }

    /// An option that the item it stands at does not take: the line before may.
    pub(super) fn rescue(&mut self, p: &Pending, line: usize) {
        let earlier: Vec<usize> = self
            .draft
            .live()
            .map(|(at, _)| at)
            .filter(|l| *l < line)
            .collect();
        let given = !self.takes(line, &p.said)
            && earlier
                .iter()
                .rev()
                .any(|l| self.draft.give(self.index, *l, &p.said, false));
        if !given {
            self.lose(p.element);
        }
    }

    /// The number said, 1 without one; nought orders nothing and is told.
    pub(super) fn quantity(&mut self, number: Option<(u32, usize)>) -> u32 {
        match number {
            None => 1,
            Some((0, at)) => {
                self.lost.push(at);
                1
            }
            Some((n, _)) => n,
        }
    }
}
