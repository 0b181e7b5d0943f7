//! References: what is made otherwise, changed, swapped or taken off, and which of the lines are meant.

use crate::parsed::Op;

use super::build::{Edit, Target};
use super::index::{ItemAt, OptionAt};
use super::marks::What;
use super::walk::{Mode, Walk, edit};
use super::words::Class;

impl Walk<'_> {
    pub(super) fn make(&mut self, at: usize) -> usize {
        let next = self.skip(at + 1);
        if self.is(next, Class::With) {
            self.mode = Mode::Add;
            return at + 1;
        }
        let orders = match self.what(next) {
            // "make two of them" and "make two" count what is there.
            Some(What::Number(_)) => {
                let rest = self.skip(next + 1);
                !matches!(self.what(rest), None | Some(What::Stop | What::Comma))
                    && !self.is(rest, Class::Them)
            }
            Some(What::Article) => true,
            _ => false,
        } && self.of_them(next).is_none();
        // "make one cola large" takes one of those there are.
        let one_of = match (self.what(next), self.what(next + 1), self.what(next + 2)) {
            (Some(What::Number(n)), Some(What::Head(items)), Some(What::Option(_))) => items
                .first()
                .filter(|_| items.len() == 1)
                .map(|item| (*n, *item)),
            _ => None,
        };
        if let Some((n, item)) = one_of.filter(|(n, _)| *n > 0) {
            self.split(next, n, Some(item), true);
            return next + 2;
        }
        let element = &self.elements[at];
        if orders && element.to - element.from == 1 {
            self.seam.ask = true;
            self.mode = Mode::Add;
            return at + 1;
        }
        self.flush();
        self.ensure();
        self.mode = Mode::Make(element.to - element.from > 1);
        // "make my", "make the": what is made follows.
        if matches!(self.what(next), Some(What::Head(_)))
            && self.mode == Mode::Make(true)
            && self.is(at, Class::MakeThe)
            && let Some(What::Head(items)) = self.what(next)
            && let [item] = items.as_slice()
        {
            self.refer(at, *item, false);
            return next + 1;
        }
        at + 1
    }

    /// "change X to Y".
    pub(super) fn change(&mut self, at: usize) -> usize {
        self.flush();
        let end = (at + 1..(at + 16).min(self.elements.len()))
            .find(|n| matches!(self.what(*n), Some(What::Stop)))
            .unwrap_or((at + 16).min(self.elements.len()));
        let to = (at + 1..end).find(|n| self.is(*n, Class::To) || self.is(*n, Class::With));
        let Some(to) = to else {
            return self.make(at);
        };
        let old_items: Vec<ItemAt> = (at + 1..to)
            .filter_map(|n| match self.what(n) {
                Some(What::Head(items)) if items.len() == 1 => items.first().copied(),
                _ => None,
            })
            .collect();
        let old_options: Vec<OptionAt> = (at + 1..to)
            .filter_map(|n| match self.what(n) {
                Some(What::Option(said)) => said.options.first().copied(),
                _ => None,
            })
            .collect();
        let new_item = (to + 1..end).find(|n| matches!(self.what(*n), Some(What::Head(_))));
        match (old_items.first(), new_item) {
            (Some(old), Some(_)) => {
                let some = (at + 1..to).find_map(|n| match self.what(n) {
                    Some(What::Number(count)) => Some((*count, n)),
                    _ => None,
                });
                self.seam.number = self.seam.number.or(some);
                let inherited = self.take_off(at, *old);
                if let Some(n) = inherited
                    .or(some.map(|(n, _)| n))
                    .filter(|_| !matches!(self.what(to + 1), Some(What::Number(_))))
                {
                    self.seam.number = Some((n, at));
                }
                self.mode = Mode::Add;
                to + 1
            }
            (Some(old), None) => {
                self.refer(at, *old, false);
                self.mode = Mode::Make(true);
                to + 1
            }
            (None, _) if !old_options.is_empty() => {
                match self.named_behind(to, end) {
                    Some(item) => self.refer(at, item, false),
                    None => self.ensure(),
                }
                for option in old_options {
                    if !self.index.exclusive(option) {
                        let said = super::marks::Said {
                            options: vec![option],
                            named: 1,
                            change: Some(crate::parsed::Change::Without),
                            count: None,
                            part: false,
                            group: false,
                            at: None,
                        };
                        match self.target {
                            Target::Line(l) => {
                                let _ = self.draft.give(self.index, l, &said, false);
                            }
                            Target::Edit(e) => {
                                let _ = self.draft.give_edit(self.index, e, &said);
                            }
                            _ => {}
                        }
                    }
                }
                self.mode = Mode::Make(true);
                to + 1
            }
            _ => {
                self.ensure();
                self.mode = Mode::Make(true);
                at + 1
            }
        }
    }

    /// "swap the ham for bacon on the burger": the burger.
    fn named_behind(&self, from: usize, end: usize) -> Option<ItemAt> {
        let head = (from + 1..end).find(|n| matches!(self.what(*n), Some(What::Head(_))))?;
        let the = head.checked_sub(1)?;
        let on = the
            .checked_sub(1)
            .filter(|_| matches!(self.what(the), Some(What::The)));
        match self.what(head) {
            Some(What::Head(items))
                if items.len() == 1 && on.is_some_and(|b| self.is(b, Class::Prep)) =>
            {
                items.first().copied()
            }
            _ => None,
        }
    }

    pub(super) fn it(&mut self) {
        match self.mode {
            Mode::Remove => {
                self.flush();
                let last = self.draft.live().next_back().map(|(at, _)| at);
                match last.and_then(|l| self.draft.lines.get_mut(l)) {
                    Some(line) => line.dropped = true,
                    None => {
                        self.draft.add_edit(Edit {
                            op: Op::Remove,
                            acts: true,
                            ..edit()
                        });
                    }
                }
                self.mode = Mode::Add;
            }
            Mode::Make(false) => {
                self.ensure();
                self.mode = Mode::Make(true);
            }
            _ => {}
        }
    }

    pub(super) fn all(&mut self, at: usize) {
        let next = self.skip(at + 1);
        let on = self.elements.get(at).is_some_and(|e| e.to - e.from > 1)
            || self.back(at).is_some_and(|b| self.is(b, Class::Prep));
        let opens = matches!(self.what(next), Some(What::Option(_)))
            || [Class::With, Class::Without, Class::Extra, Class::Light]
                .iter()
                .any(|c| self.is(next, *c));
        let several = self.draft.live().next().is_some();
        // "one with both"
        let of_what = self.seam.with
            && at > 0
            && self.is(at - 1, Class::With)
            && matches!(self.what(at + 1), None | Some(What::Stop | What::Comma));
        if of_what {
            self.lost.extend(at - 1..=at);
            return;
        }
        if self.mode == Mode::Remove || !(on || opens) {
            return;
        }
        if on && !opens && !self.pending.is_empty() {
            // "two with ham, one with tofu, no chilli on any": what was said in the same breath.
            let last = self.pending.last().map(|p| p.said.change);
            let from = self
                .pending
                .iter()
                .rposition(|p| Some(p.said.change) != last)
                .map_or(0, |n| n + 1);
            let own = self.pending.split_off(from);
            for p in std::mem::take(&mut self.pending) {
                self.settle(&p, self.target);
            }
            for p in own {
                match several {
                    true => self.settle(&p, Target::All),
                    // "no onions on anything: a burger and a wrap"
                    false if self.head_follows(at) => self.ahead_of_all.push(p),
                    false => {
                        self.draft.unsure = true;
                        self.settle(&p, Target::None);
                    }
                }
            }
            return;
        }
        self.flush();
        match several {
            true => self.target = Target::All,
            // All lines of the cart cannot be named at once.
            false => self.draft.unsure = true,
        }
    }

    /// Whether any item is said after this.
    fn head_follows(&self, at: usize) -> bool {
        self.elements
            .iter()
            .skip(at + 1)
            .take(40)
            .any(|e| matches!(e.what, What::Head(_)))
    }

    /// Takes an item off: from this message's lines, or from the cart. Tells how many there were.
    pub(super) fn take_off(&mut self, at: usize, item: ItemAt) -> Option<u32> {
        let number = self.seam.number.take();
        self.draft.unsure |= !self.pending.is_empty();
        self.pending.clear();
        self.seam = super::gap::Seam::default();
        let line = self
            .draft
            .live()
            .rev()
            .find(|(l, line)| line.item == item && line.element < at && *l < usize::MAX)
            .map(|(l, _)| l);
        if let Some(line) = line.and_then(|l| self.draft.lines.get_mut(l)) {
            let n = number.map_or(line.quantity, |(n, _)| n.min(line.quantity));
            line.quantity -= n;
            line.dropped = line.quantity == 0;
            return Some(n);
        }
        let edit = Edit {
            op: Op::Remove,
            item: Some(item),
            quantity: number.map(|(n, _)| n).filter(|n| *n > 0),
            acts: true,
            ..edit()
        };
        self.draft.add_edit(edit);
        None
    }

    /// "no fries": nothing to do where other things are ordered, else they are taken off.
    pub(super) fn refused(&mut self, at: usize, items: &[ItemAt]) {
        let [item] = items else {
            self.lost.push(at);
            return;
        };
        // "remove everything except the cola"
        let removes = (0..at)
            .rev()
            .take_while(|b| !matches!(self.what(*b), Some(What::Stop | What::Comma)))
            .take(6)
            .any(|b| self.is(b, Class::Cancel) || self.is(b, Class::Remove));
        if removes {
            self.lost.extend(at.saturating_sub(2)..=at);
            return;
        }
        let said = self.draft.live().any(|(_, l)| l.item == *item);
        // "not a burger but a wrap" speaks of none that was ordered.
        let contrast = at > 0
            && matches!(self.what(at - 1), Some(What::Article))
            && self
                .elements
                .iter()
                .any(|e| matches!(e.what, What::Head(_) | What::Both(..)));
        if contrast && !said {
            return;
        }
        let ordered = self.draft.live().next().is_some() || self.head_after(at, false).is_some();
        // "not the soup, the salad": of the cart, or only of what was just said?
        self.draft.unsure |= !said && self.head_follows(at);
        if said || !ordered {
            self.flush();
            self.take_off(at, *item);
        }
    }

    /// "make it a mocha".
    pub(super) fn replace(&mut self, at: usize, item: ItemAt) {
        self.mode = Mode::Add;
        let target = match self.target {
            Target::Line(l) if self.draft.lines.get(l).is_some_and(|l| !l.dropped) => Some(l),
            _ => None,
        };
        let Some(l) = target else {
            let (line, old) = match self.target {
                Target::Edit(e) => self
                    .draft
                    .edits
                    .get(e)
                    .map_or((None, None), |e| (e.line, e.item)),
                _ => (None, None),
            };
            let number = self.seam.number;
            let same = matches!(self.target, Target::Edit(e) if self.draft.edits.get(e).is_some_and(|e| e.item == Some(item)));
            if same || number.is_some_and(|(n, _)| n > 1) {
                // "make it two lattes": how many of them there are to be.
                if let Target::Edit(e) = self.target
                    && let Some(edit) = self.draft.edits.get_mut(e)
                {
                    edit.item = Some(item);
                    edit.quantity = number.map(|(n, _)| n);
                }
                self.seam = super::gap::Seam::default();
                return;
            }
            if let Target::Edit(e) = self.target
                && let Some(edit) = self.draft.edits.get_mut(e)
            {
                edit.said = None;
            }
            self.draft.add_edit(Edit {
                op: Op::Remove,
                item: old,
                line,
                acts: true,
                ..edit()
            });
            self.target = Target::None;
            self.new_line(at, item);
            return;
        };
        let number = self.seam.number.take();
        let quantity = number.map(|n| self.quantity(Some(n)));
        let index = self.index;
        if let Some(line) = self.draft.lines.get_mut(l) {
            line.item = item;
            if let Some(n) = quantity {
                line.quantity = n;
            }
            line.ahead.retain(|p| index.takes(item, p.option));
            line.behind.retain(|p| index.takes(item, p.option));
        }
        self.flush();
    }

    /// "a latte, no wait, a mocha".
    pub(super) fn correct(&mut self, at: usize, item: ItemAt) {
        self.mode = Mode::Add;
        let counted = self.seam.number.is_some() || self.seam.article;
        let last = match self.target {
            Target::Line(l) => {
                Some(l).filter(|l| self.draft.lines.get(*l).is_some_and(|l| !l.dropped))
            }
            _ => None,
        };
        if self.seam.and {
            self.new_line(at, item);
            return;
        }
        let quantity = last.and_then(|l| self.draft.lines.get_mut(l)).map(|line| {
            line.dropped = true;
            line.quantity
        });
        self.target = Target::None;
        self.new_line(at, item);
        if let (Some(n), false) = (quantity, counted)
            && let Some(line) = self.draft.lines.last_mut()
        {
            line.quantity = n;
        }
    }
}
