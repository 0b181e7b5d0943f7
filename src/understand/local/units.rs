//! Units: some of a line's become a line of their own, or there are to be more of them.

use crate::parsed::Op;

use super::build::{Edit, Line, Picked, Target};
use super::index::{ItemAt, OptionAt};
use super::marks::What;
use super::walk::{Mode, Walk, edit};
use super::words::Class;

impl Walk<'_> {
    /// "and a small one", "two large ones": as many more of the item before.
    pub(super) fn stands_for_item(&mut self, at: usize) -> bool {
        let Target::Line(l) = self.target else {
            return false;
        };
        let counted = self
            .pending
            .last()
            .is_some_and(|p| p.element + 1 == at && (p.seam.article || p.seam.number.is_some()));
        let fits = self.pending.last().is_some_and(|p| self.takes(l, &p.said));
        match self.draft.lines.get(l).map(|line| line.item) {
            // "a large cola, no, a small one"
            Some(_) if counted && fits && self.turned_since(l) => true,
            Some(item) if counted && fits => {
                self.new_line(at, item);
                true
            }
            _ => false,
        }
    }

    /// Whether something was said since a line's item that takes back what was said of it.
    pub(super) fn turned_since(&self, line: usize) -> bool {
        let from = self.draft.lines.get(line).map_or(0, |l| l.element);
        self.draft
            .turns
            .last()
            .is_some_and(|turn| *turn > from && self.pending.iter().any(|p| p.element > *turn))
    }

    /// "half of them large"
    pub(super) fn half_of_them(&mut self, at: usize) -> usize {
        let end = self.of_them(at).map_or(at + 1, |(end, _)| end);
        let units = match self.target {
            Target::Line(l) => self.draft.lines.get(l).map_or(0, |l| l.quantity),
            _ => 0,
        };
        match units % 2 {
            0 if units > 0 => self.split(at, units / 2, None, true),
            _ => {
                self.lost.extend(at..end);
                self.target = Target::Ghost(at);
            }
        }
        end
    }

    /// Whether a word stands between the last item and its number: "one regular latte", "one decaf latte".
    pub(super) fn modified(&self) -> bool {
        let Target::Line(l) = self.target else {
            return false;
        };
        let Some(line) = self.draft.lines.get(l).filter(|l| l.behind.is_empty()) else {
            return false;
        };
        let counted = |n: usize| matches!(self.what(n), Some(What::Number(1)));
        (line.element.saturating_sub(4)..line.element.saturating_sub(1)).any(counted)
    }

    /// Units were already taken from the last line of several.
    pub(super) fn in_family(&self) -> bool {
        match (self.target, self.family) {
            (Target::Line(l), Some(f)) => l != f,
            _ => false,
        }
    }

    /// This many units of a line become a line of their own.
    pub(super) fn unit(&mut self, at: usize, n: u32, item: Option<ItemAt>) {
        let choice: &[OptionAt] = match self.what(self.skip(at + 1)) {
            Some(What::Option(said)) => &said.options,
            _ => &[],
        };
        let base = self.family.and_then(|f| self.draft.lines.get(f));
        let has = |o: &OptionAt| {
            let same = |p: &Picked| {
                p.at.is_some() && p.option != *o && self.index.same_group(p.option, *o)
            };
            base.is_some_and(|l| l.ahead.iter().chain(&l.behind).any(same))
        };
        let exclusive = choice.iter().any(|o| self.index.exclusive(*o));
        // "two large colas and one small" are three.
        if let Some(line) = base.filter(|_| exclusive && choice.iter().any(has)) {
            let line = Line {
                quantity: n.max(1),
                counted: true,
                ahead: Vec::new(),
                behind: Vec::new(),
                clashes: Vec::new(),
                dropped: false,
                siblings: 0,
                element: at,
                note: None,
                ..line.clone()
            };
            self.flush();
            self.seam = super::gap::Seam::default();
            self.target = Target::Line(self.draft.add_line(line));
            return;
        }
        // "two burgers with bacon, one without pickles", "…, one large and one small" are two.
        let less = !self.seam.and
            && [Class::Without, Class::Light]
                .iter()
                .any(|c| self.is(at + 1, *c));
        let one_each = exclusive && (self.in_family() || !self.seam.and);
        self.split(at, n, item, less || one_each);
    }

    /// The same; `some`: they are units of that line for sure, options and all.
    pub(super) fn split(&mut self, at: usize, n: u32, item: Option<ItemAt>, some: bool) {
        self.flush();
        self.seam = super::gap::Seam::default();
        let n = n.max(1);
        let family = match item {
            Some(item) => self
                .draft
                .live()
                .rev()
                .find(|(_, l)| l.item == item)
                .map(|(at, _)| at),
            None => self.family,
        };
        let Some(base) = family.and_then(|f| self.draft.lines.get(f).cloned().map(|l| (f, l)))
        else {
            if self.mode == Mode::Remove {
                let at = self.draft.add_edit(Edit {
                    op: Op::Remove,
                    item,
                    quantity: Some(n),
                    acts: true,
                    ..edit()
                });
                self.target = Target::Edit(at);
                return;
            }
            let at = self.draft.add_edit(Edit {
                op: Op::Split,
                item,
                quantity: Some(n),
                said: Some(at),
                ..edit()
            });
            self.target = Target::Edit(at);
            return;
        };
        let (f, line) = base;
        let own = some || line.behind.is_empty();
        let splits =
            line.quantity >= n && own && (line.quantity > 1 || self.in_family()) && !line.dropped;
        if splits && let Some(whole) = self.draft.lines.get_mut(f) {
            whole.quantity -= n;
            whole.dropped = whole.quantity == 0;
        }
        let new = self.draft.add_line(Line {
            quantity: n,
            counted: true,
            ahead: if splits { line.inherited() } else { Vec::new() },
            behind: Vec::new(),
            clashes: Vec::new(),
            dropped: false,
            siblings: 0,
            element: at,
            ..line
        });
        self.target = Target::Line(new);
    }

    pub(super) fn one_more(&mut self, n: u32) {
        let n = n.max(1);
        let at = self.draft.add_edit(Edit {
            op: Op::Add,
            quantity: Some(n),
            acts: true,
            ..edit()
        });
        self.target = Target::Edit(at);
    }

    pub(super) fn another(&mut self, at: usize) -> usize {
        if self.head_after(at, true).is_some() {
            self.seam.number = Some((1, at));
            return at + 1;
        }
        self.flush();
        match self.target {
            Target::Line(l) if self.draft.lines.get(l).is_some_and(|l| !l.dropped) => {
                let next = self.skip(at + 1);
                if matches!(self.what(next), Some(What::Option(_)))
                    || self.is(next, Class::With)
                    || self.is(next, Class::Without)
                {
                    let left = self.family.and_then(|f| self.draft.lines.get(f));
                    if self.in_family() && left.is_some_and(|l| !l.dropped) {
                        // "two lattes, one with oat milk, another with soy"
                        self.unit(at, 1, None);
                    } else if let Some(line) = self.draft.lines.get(l).cloned() {
                        let new = self.draft.add_line(Line {
                            quantity: 1,
                            siblings: 0,
                            ahead: Vec::new(),
                            behind: Vec::new(),
                            clashes: Vec::new(),
                            ..line
                        });
                        self.target = Target::Line(new);
                    }
                } else if let Some(line) = self.draft.lines.get_mut(l) {
                    line.quantity = line.quantity.saturating_add(1);
                }
            }
            _ if self.unknown_next(at) => self.seam.number = Some((1, at)),
            _ => self.one_more(1),
        }
        at + 1
    }

    pub(super) fn set_quantity(&mut self, at: usize, n: u32) {
        if n == 0 {
            self.lost.push(at);
            return;
        }
        self.flush();
        self.ensure();
        match self.target {
            Target::Line(l) => {
                if let Some(line) = self.draft.lines.get_mut(l) {
                    line.quantity = n;
                    line.counted = true;
                }
            }
            Target::Edit(e) => {
                if let Some(edit) = self.draft.edits.get_mut(e) {
                    edit.quantity = Some(n);
                }
            }
            _ => self.lost.push(at),
        }
    }

    /// Something to speak of: the message's last line, or the cart's.
    pub(super) fn ensure(&mut self) {
        let usable = match self.target {
            Target::Line(l) => self.draft.lines.get(l).is_some_and(|l| !l.dropped),
            Target::Edit(e) => self
                .draft
                .edits
                .get(e)
                .is_some_and(|e| e.op != Op::Remove && e.op != Op::Add),
            Target::All => true,
            Target::Ghost(_) => true,
            Target::None => false,
        };
        if usable {
            return;
        }
        let last = self.draft.live().next_back().map(|(at, _)| at);
        self.target = match last {
            Some(at) => Target::Line(at),
            None => Target::Edit(self.draft.add_edit(edit())),
        };
    }
}
