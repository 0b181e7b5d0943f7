//! Items: a new line with the options that belong to it, or something that the menu does not have.

use super::build::{Line, Target};
use super::gap::{self, Before, Pending, Seam};
use super::index::ItemAt;
use super::marks::What;
use super::walk::{Mode, Walk};
use super::words::Class;

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
        match self.mode {
            Mode::Remove if prep && !self.pending.is_empty() => self.refer(item, true),
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
                self.refer(item, false);
                self.mode = Mode::Make(true);
            }
            Mode::Make(true) => self.replace(at, item),
            Mode::Correct => self.correct(at, item),
            Mode::Add
                if self.back(at).is_some_and(|b| self.is(b, Class::All))
                    && self.draft.live().any(|(_, l)| l.item == item) =>
            {
                let take = !self.pending.is_empty();
                self.refer(item, take);
            }
            Mode::Add if prep && !self.pending.is_empty() && self.refers(item) => {
                self.refer(item, true);
            }
            // "a coffee and a tea, the tea with milk"
            Mode::Add
                if the.is_some_and(|t| matches!(self.what(t), Some(What::The)))
                    && !self.seam.ask
                    && self.pending.is_empty()
                    && self.draft.live().any(|(_, l)| l.item == item)
                    && self.changes(self.skip(at + 1)) =>
            {
                self.refer(item, false);
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
            if stray
                && !seams
                    .into_iter()
                    .any(|s| s.stop || s.comma || s.and || s.ask)
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
        let quantity = self.quantity(number);
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
        while matches!(self.what(end), Some(What::Unknown))
            || self.is(end, Class::Filler)
            || self.is(end, Class::Plain)
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
}
