//! References: "the second one", "the other", "the burger", and what is said of them.

use crate::parsed::Op;

use super::build::{Edit, Target};
use super::index::ItemAt;
use super::marks::What;
use super::walk::{Mode, Walk, edit};
use super::words::Class;

impl Walk<'_> {
    pub(super) fn other(&mut self, at: usize, class: Class) -> usize {
        let mut next = self.skip(at + 1);
        if matches!(self.what(next), Some(What::Number(1))) {
            next += 1;
        }
        match class {
            Class::Other => {
                let left = self
                    .family
                    .and_then(|f| self.draft.lines.get(f))
                    .filter(|l| !l.dropped)
                    .map(|l| l.quantity);
                match left {
                    Some(n) if self.in_family() || n > 1 => {
                        let n = if self.in_family() { n } else { n - 1 };
                        let pending = self.reference_after_prep(at);
                        self.split(at, n, None, true);
                        self.give_all(pending);
                        if let (Some(What::Head(items)), Target::Line(l)) =
                            (self.what(next), self.target)
                            && self
                                .draft
                                .lines
                                .get(l)
                                .is_some_and(|l| items.contains(&l.item))
                        {
                            next += 1;
                        }
                    }
                    _ => self.lost.push(at),
                }
            }
            _ => {
                let last = self.draft.live().next_back().map(|(at, _)| at);
                let pending = self.reference_after_prep(at);
                self.flush();
                self.target = match last {
                    Some(l) => Target::Line(l),
                    None => Target::Edit(self.draft.add_edit(edit())),
                };
                self.give_all(pending);
                if self.mode == Mode::Remove {
                    self.it();
                }
                if self.mode == Mode::Make(false) {
                    self.mode = Mode::Make(true);
                }
            }
        }
        next
    }

    pub(super) fn ordinal(&mut self, at: usize, n: u32) -> usize {
        let mut next = self.skip(at + 1);
        let the = self
            .back(at)
            .is_some_and(|b| matches!(self.what(b), Some(What::The)));
        let one = matches!(self.what(next), Some(What::Number(1))) || self.is(next, Class::OneOf);
        let numbered = self.elements.get(at).is_some_and(|e| e.to - e.from > 1);
        let names = matches!(self.what(at + 1), Some(What::Head(_)));
        if !the && !one && !numbered && !names {
            return at + 1;
        }
        if one {
            next += 1;
        }
        let mut item = None;
        match self.what(next) {
            Some(What::Head(items)) if items.len() == 1 && !one => {
                item = items.first().copied();
                next += 1;
            }
            // "the second pizza", of whatever kind
            Some(What::Ghost) if !one && the => next += 1,
            _ => {}
        }
        let pending = self.reference_after_prep(at);
        self.flush();
        let live: Vec<usize> = self
            .draft
            .live()
            .map(|(at, _)| at)
            .filter(|l| item.is_none_or(|i| self.draft.lines[*l].item == i))
            .collect();
        let family = self
            .family
            .and_then(|f| self.draft.lines.get(f))
            .is_some_and(|l| l.quantity > 1 && !l.dropped);
        if self.mode == Mode::Remove && pending.is_empty() {
            let target = live.get(n.saturating_sub(1) as usize).copied();
            match target {
                Some(l) => self.draft.lines[l].dropped = true,
                None => {
                    self.draft.add_edit(Edit {
                        op: Op::Remove,
                        item,
                        line: Some(n),
                        acts: true,
                        ..edit()
                    });
                }
            }
            return next;
        }
        match live.get(n.saturating_sub(1) as usize) {
            _ if !live.is_empty() && (family || self.in_family()) => self.unit(at, 1, item),
            Some(l) => self.target = Target::Line(*l),
            None => {
                self.target = Target::Edit(self.draft.add_edit(Edit {
                    item,
                    line: Some(n),
                    said: Some(at),
                    ..edit()
                }));
            }
        }
        if matches!(self.mode, Mode::Make(_)) {
            self.mode = Mode::Make(true);
        }
        self.give_all(pending);
        next
    }

    /// The options just said, where "on the second one" follows them.
    pub(super) fn reference_after_prep(&mut self, at: usize) -> Vec<super::gap::Pending> {
        let the = self
            .back(at)
            .filter(|b| matches!(self.what(*b), Some(What::The)))
            .unwrap_or(at);
        let prep = self.back(the).is_some_and(|b| {
            self.is(b, Class::Prep) || self.is(b, Class::To) || self.is(b, Class::With)
        });
        let prep = prep || self.is(at.saturating_sub(1), Class::Prep);
        if !prep || self.seam.comma || self.seam.stop || self.seam.and || self.seam.ask {
            return Vec::new();
        }
        self.seam = super::gap::Seam::default();
        self.trailing()
    }

    /// The pending options since the last comma.
    pub(super) fn trailing(&mut self) -> Vec<super::gap::Pending> {
        let from = self
            .pending
            .iter()
            .rposition(|p| p.seam.comma || p.seam.stop || p.seam.ask)
            .unwrap_or(0);
        self.pending.split_off(from)
    }

    pub(super) fn give_all(&mut self, pending: Vec<super::gap::Pending>) {
        for p in pending {
            self.settle(&p, self.target);
        }
    }

    /// Whether "the burger" speaks of one that is there already.
    pub(super) fn refers(&self, item: ItemAt) -> bool {
        let mut live = self.draft.live().peekable();
        live.peek().is_none() || live.any(|(_, l)| l.item == item)
    }

    /// The message's line of this item, or the cart's, is what is spoken of; `take`: with the options just said.
    pub(super) fn refer(&mut self, at: usize, item: ItemAt, take: bool) {
        let pending = if take { self.trailing() } else { Vec::new() };
        self.flush();
        let line = self
            .draft
            .live()
            .rev()
            .find(|(_, l)| l.item == item)
            .map(|(at, _)| at);
        let own = |e: &Edit| e.op == Op::Set && e.item == Some(item) && e.line.is_none();
        self.target = match (line, self.draft.edits.iter().rposition(own)) {
            (Some(at), _) => Target::Line(at),
            (None, Some(at)) => Target::Edit(at),
            (None, None) => Target::Edit(self.draft.add_edit(Edit {
                item: Some(item),
                said: Some(at),
                ..edit()
            })),
        };
        self.seam = super::gap::Seam::default();
        self.give_all(pending);
    }
}
