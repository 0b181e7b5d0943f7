//! Numbers and references: how many, which of them, and what is changed, swapped or taken off.

use crate::parsed::Op;

use super::build::{Edit, Line, Target};
use super::index::{ItemAt, OptionAt};
use super::marks::What;
use super::walk::{Mode, Walk, edit};
use super::words::Class;

impl Walk<'_> {
    /// The item that a number or an option at `at` counts, if one follows in the same phrase.
    pub(super) fn head_after(&self, at: usize, options: bool) -> Option<usize> {
        let mut linked = false;
        let mut list = false;
        for n in at + 1..(at + 20).min(self.elements.len()) {
            match self.what(n)? {
                What::Head(_) => return (!list || linked).then_some(n),
                What::Option(_) | What::Both(..) if options || n > at => {}
                What::Unknown | What::The => {}
                What::Word(Class::And) => {
                    let between = matches!(self.what(n - 1), Some(What::Option(_)))
                        && matches!(self.what(n + 1), Some(What::Option(_)));
                    if !between {
                        return None;
                    }
                    linked = true;
                }
                What::Comma => {
                    let between = matches!(self.what(n - 1), Some(What::Option(_)))
                        && matches!(self.what(n + 1), Some(What::Option(_)));
                    if !between {
                        return None;
                    }
                    list = true;
                }
                What::Word(
                    Class::Filler
                    | Class::Plain
                    | Class::Known
                    | Class::Side
                    | Class::Of
                    | Class::More
                    | Class::Extra
                    | Class::Light
                    | Class::Unit
                    | Class::Greet,
                ) => {}
                _ => return None,
            }
        }
        None
    }

    pub(super) fn number(&mut self, at: usize, n: u32) -> usize {
        let next = self.skip(at + 1);
        // "a two topping pizza"
        if self.is(at + 1, Class::Known)
            && (self.seam.number.is_some() || self.seam.article || !self.pending.is_empty())
        {
            return at + 2;
        }
        if self.mode == Mode::Correct {
            if self.seam.number.is_some() {
                self.seam.number = Some((n, at));
                self.mode = Mode::Add;
                return at + 1;
            }
            if self.head_after(at, true).is_none() {
                self.mode = Mode::Add;
                self.set_quantity(at, n);
                return at + 1;
            }
        }
        if let Some((end, item)) = self.of_them(at) {
            let known = item.is_none_or(|item| self.draft.live().any(|(_, l)| l.item == item));
            if known || self.mode != Mode::Add || !self.seam.ask {
                self.split(at, n, item, true);
                return end;
            }
            // "two of the lattes, please"
            self.seam.number = Some((n, at));
            return end - 1;
        }
        if self.head_after(at, true).is_some() {
            if let Some((_, lost)) = self.seam.number.replace((n, at)) {
                self.lost.push(lost);
            }
            return at + 1;
        }
        let more = self.is(next, Class::More) || self.is(next, Class::Another);
        if more {
            self.flush();
            self.one_more(n);
            return next + 1;
        }
        if self.corrected(at + 1) {
            self.seam.number = Some((n, at));
            return at + 1;
        }
        if matches!(self.mode, Mode::Make(_)) {
            self.set_quantity(at, n);
            return at + 1;
        }
        let after_with = self.back(at).is_some_and(|b| {
            self.is(b, Class::With) || self.is(b, Class::Add) || self.is(b, Class::Extra)
        });
        let unit_word = self.is(next, Class::Unit);
        let line = match self.target {
            Target::Line(at) => self
                .draft
                .lines
                .get(at)
                .map(|l| (l.quantity, l.counted, l.element)),
            _ => None,
        };
        let contrast = self.seam.and
            && !self.seam.with
            && n == 1
            && self.pending.is_empty()
            && self.modified();
        let splits = self
            .family
            .and_then(|f| self.draft.lines.get(f))
            .is_some_and(|l| l.quantity >= n && l.behind.is_empty() && l.quantity > 1);
        let exclusive = matches!(self.what(next), Some(What::Option(said)) if said.options.iter().any(|o| self.index.exclusive(*o)));
        match self.what(next) {
            _ if unit_word => self.seam.number = Some((n, at)),
            Some(What::Unknown | What::Ghost) if self.seam.and && !self.in_family() => {
                self.seam.number = Some((n, at))
            }
            _ if (splits || self.in_family()) && (!after_with || exclusive) => {
                self.unit(at, n, None)
            }
            _ if line.is_some() && (contrast || self.is(at + 1, Class::Plain)) => {
                self.unit(at, n, None)
            }
            Some(What::Option(_)) => {
                if !after_with && line.is_some() && exclusive {
                    self.unit(at, n, None);
                } else {
                    self.seam.number = Some((n, at));
                }
            }
            Some(What::Word(
                Class::With | Class::Without | Class::Extra | Class::Light | Class::Make,
            )) if !after_with => {
                self.unit(at, n, None);
            }
            Some(What::Unknown | What::Ghost) => self.seam.number = Some((n, at)),
            _ => {
                let trailing = line.is_some_and(|(_, counted, _)| !counted)
                    && !self.seam.with
                    && !self.seam.and;
                match line {
                    Some(_) if trailing && n > 0 => self.set_quantity(at, n),
                    _ => self.lost.push(at),
                }
            }
        }
        at + 1
    }

    /// "two, no, three": the number is taken back at once.
    fn corrected(&self, mut at: usize) -> bool {
        while matches!(self.what(at), Some(What::Comma)) {
            at += 1;
        }
        self.is(at, Class::Correct)
    }

    /// Whether a word stands between the last item and its number: "one regular latte", "one decaf latte".
    fn modified(&self) -> bool {
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
    fn in_family(&self) -> bool {
        match (self.target, self.family) {
            (Target::Line(l), Some(f)) => l != f,
            _ => false,
        }
    }

    /// "… of them", "… of the lattes": where it ends, and the item named.
    fn of_them(&self, at: usize) -> Option<(usize, Option<ItemAt>)> {
        let mut n = at + 1;
        if self.is(n, Class::Them) {
            return Some((n + 1, None));
        }
        if !self.is(n, Class::Of) {
            return None;
        }
        n += 1;
        if self.is(n, Class::Them) || self.is(n, Class::It) {
            return Some((n + 1, None));
        }
        if !matches!(self.what(n), Some(What::The)) {
            return None;
        }
        match self.what(n + 1) {
            Some(What::Head(items)) if items.len() == 1 => Some((n + 2, items.first().copied())),
            _ => None,
        }
    }

    /// This many units of a line become a line of their own.
    pub(super) fn unit(&mut self, at: usize, n: u32, item: Option<ItemAt>) {
        self.split(at, n, item, false);
    }

    /// The same; `some`: they are units of that line for sure, options and all.
    fn split(&mut self, at: usize, n: u32, item: Option<ItemAt>, some: bool) {
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
                ..edit()
            });
            self.target = Target::Edit(at);
            return;
        };
        let (f, line) = base;
        let own = some || line.behind.is_empty();
        let splits =
            line.quantity >= n && own && (line.quantity > 1 || self.in_family()) && !line.dropped;
        if splits {
            if let Some(whole) = self.draft.lines.get_mut(f) {
                whole.quantity -= n;
                whole.dropped = whole.quantity == 0;
            }
        }
        let new = self.draft.add_line(Line {
            quantity: n,
            counted: true,
            ahead: if splits {
                line.ahead.iter().chain(&line.behind).cloned().collect()
            } else {
                Vec::new()
            },
            behind: Vec::new(),
            dropped: false,
            element: at,
            ..line
        });
        self.target = Target::Line(new);
    }

    fn one_more(&mut self, n: u32) {
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
                    if let Some(line) = self.draft.lines.get(l).cloned() {
                        let new = self.draft.add_line(Line {
                            quantity: 1,
                            ahead: Vec::new(),
                            behind: Vec::new(),
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

    fn unknown_next(&self, at: usize) -> bool {
        matches!(
            self.what(self.skip(at + 1)),
            Some(What::Unknown | What::Ghost)
        )
    }

    fn set_quantity(&mut self, at: usize, n: u32) {
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
    fn ensure(&mut self) {
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

    pub(super) fn make(&mut self, at: usize) -> usize {
        let next = self.skip(at + 1);
        if self.is(next, Class::With) {
            self.mode = Mode::Add;
            return at + 1;
        }
        let orders = matches!(self.what(next), Some(What::Number(_) | What::Article))
            && self.of_them(next).is_none();
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
            && self.speaks_of(at)
        {
            if let Some(What::Head(items)) = self.what(next) {
                if let [item] = items.as_slice() {
                    self.refer(*item, false);
                    return next + 1;
                }
            }
        }
        at + 1
    }

    /// Whether the verb's phrase ends in "the" or "my".
    fn speaks_of(&self, at: usize) -> bool {
        let element = &self.elements[at];
        element.to - element.from == 2 && !self.is(at + 1, Class::It)
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
                let inherited = self.take_off(at, *old);
                if let Some(n) =
                    inherited.filter(|_| !matches!(self.what(to + 1), Some(What::Number(_))))
                {
                    self.seam.number = Some((n, at));
                }
                self.mode = Mode::Add;
                to + 1
            }
            (Some(old), None) => {
                self.refer(*old, false);
                self.mode = Mode::Make(true);
                to + 1
            }
            (None, _) if !old_options.is_empty() => {
                self.ensure();
                for option in old_options {
                    if !self.index.exclusive(option) {
                        let said = super::marks::Said {
                            options: vec![option],
                            named: 1,
                            change: Some(crate::parsed::Change::Without),
                            count: None,
                            part: false,
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
        let several = self.draft.live().count() > 0;
        if self.mode == Mode::Remove || !(on || opens) {
            return;
        }
        if on && !opens && !self.pending.is_empty() {
            for p in std::mem::take(&mut self.pending) {
                self.settle(&p, if several { Target::All } else { Target::None });
            }
            return;
        }
        self.flush();
        if several {
            self.target = Target::All;
        }
    }

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
                        {
                            if self
                                .draft
                                .lines
                                .get(l)
                                .is_some_and(|l| items.contains(&l.item))
                            {
                                next += 1;
                            }
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
        if !the && !one && !numbered {
            return at + 1;
        }
        if one {
            next += 1;
        }
        let mut item = None;
        if let Some(What::Head(items)) = self.what(next) {
            if items.len() == 1 && !one {
                item = items.first().copied();
                next += 1;
            }
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
        if self.mode == Mode::Remove {
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
    fn reference_after_prep(&mut self, at: usize) -> Vec<super::gap::Pending> {
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
    fn trailing(&mut self) -> Vec<super::gap::Pending> {
        let from = self
            .pending
            .iter()
            .rposition(|p| p.seam.comma || p.seam.stop || p.seam.ask)
            .unwrap_or(0);
        self.pending.split_off(from)
    }

    fn give_all(&mut self, pending: Vec<super::gap::Pending>) {
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
    pub(super) fn refer(&mut self, item: ItemAt, take: bool) {
        let pending = if take { self.trailing() } else { Vec::new() };
        self.flush();
        let line = self
            .draft
            .live()
            .rev()
            .find(|(_, l)| l.item == item)
            .map(|(at, _)| at);
        self.target = match line {
            Some(at) => Target::Line(at),
            None => Target::Edit(self.draft.add_edit(Edit {
                item: Some(item),
                ..edit()
            })),
        };
        self.seam = super::gap::Seam::default();
        self.give_all(pending);
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
        let said = self.draft.live().any(|(_, l)| l.item == *item);
        let ordered = self.draft.live().next().is_some() || self.head_after(at, false).is_some();
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
            let line = match self.target {
                Target::Edit(e) => self.draft.edits.get(e).and_then(|e| e.line),
                _ => None,
            };
            let number = self.seam.number;
            let same = matches!(self.target, Target::Edit(e) if self.draft.edits.get(e).is_some_and(|e| e.item == Some(item)));
            if same || number.is_some_and(|(n, _)| n > 1) {
                // "make it two lattes": how many of them there are to be.
                if let Target::Edit(e) = self.target {
                    if let Some(edit) = self.draft.edits.get_mut(e) {
                        edit.item = Some(item);
                        edit.quantity = number.map(|(n, _)| n);
                    }
                }
                self.seam = super::gap::Seam::default();
                return;
            }
            self.draft.add_edit(Edit {
                op: Op::Remove,
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
        if let (Some(n), false) = (quantity, counted) {
            if let Some(line) = self.draft.lines.last_mut() {
                line.quantity = n;
            }
        }
    }
}
