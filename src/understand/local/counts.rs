//! Numbers: how many of an item, of an option, or of a line's units.

use super::build::{Edit, Target};
use super::index::ItemAt;
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
        // "we're 4 people"
        if self.is(at + 1, Class::People) {
            return at + 2;
        }
        // "a two topping pizza"
        if self.is(at + 1, Class::Known)
            && (self.seam.number.is_some() || self.seam.article || !self.pending.is_empty())
        {
            return at + 2;
        }
        // "a large latte x2"
        if let Target::Line(l) = self.target
            && at > 0
            && self.is(at - 1, Class::Times)
            && self.draft.lines.get(l).is_some_and(|l| !l.counted)
        {
            self.set_quantity(at, n);
            return at + 1;
        }
        // "no onions on one": of several
        if let Target::Line(l) = self.target
            && !self.pending.is_empty()
            && at > 0
            && self.is(at - 1, Class::Prep)
            && matches!(
                self.what(at + 1),
                None | Some(What::Stop | What::Comma) | Some(What::Word(Class::And))
            )
            && self.draft.lines.get(l).is_some_and(|l| l.quantity > n)
        {
            self.family = Some(l);
            let pending = self.reference_after_prep(at);
            self.split(at, n, None, true);
            self.give_all(pending);
            return at + 1;
        }
        if let Some(end) = self.not_so_many(at, n) {
            return end;
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
            let next = self.skip(end);
            let changes = self.changes(next);
            if known || self.mode != Mode::Add || (changes && !self.seam.ask) {
                self.split(at, n, item, true);
                return end;
            }
            // "two of the lattes, please"
            self.seam.number = Some((n, at));
            return end - 1;
        }
        // "one less cola", "3 colas instead of 2", "two or three"
        if let Some(end) = self
            .fewer(at, n)
            .or_else(|| self.rather(n))
            .or_else(|| self.either(at))
        {
            return end.max(at + 1);
        }
        if self.head_after(at, true).is_some() {
            if let Some((_, lost)) = self.seam.number.replace((n, at)) {
                self.lost.push(lost);
            }
            return at + 1;
        }
        if n == 1 && self.stands_for_item(at) {
            return at + 1;
        }
        // "the small one"
        let back = |n: usize| at.checked_sub(n).and_then(|b| self.what(b));
        if n == 1 && matches!((back(2), back(1)), (Some(What::The), Some(What::Option(_)))) {
            return at + 1;
        }
        // "a soup for two"
        if self.mode == Mode::Add
            && at > 0
            && self.is(at - 1, Class::To)
            && !matches!(self.what(next), Some(What::Unknown))
        {
            return at + 1;
        }
        let before = at.checked_sub(1).is_some_and(|b| self.is(b, Class::More));
        if before && self.draft.live().next().is_none() && self.what(next).is_none() {
            self.one_more(n);
            return at + 1;
        }
        let more = self.is(next, Class::More) || self.is(next, Class::Another);
        if more {
            self.flush();
            self.one_more(n);
            let end = self.of_them(next).map_or(next + 1, |(end, _)| end);
            return match self.is(end, Class::Of) && self.is(end + 1, Class::Same) {
                true => end + 2,
                false => end,
            };
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
                self.seam.number = Some((n, at));
            }
            Some(What::Ghost) if self.seam.comma && !self.in_family() => {
                self.seam.number = Some((n, at));
            }
            _ if (splits || self.in_family()) && (!after_with || exclusive) => {
                self.unit(at, n, None);
            }
            _ if line.is_some() && (contrast || self.is(at + 1, Class::Plain)) => {
                self.unit(at, n, None);
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
                let named = matches!(self.target, Target::Edit(e) if self.draft.edits.get(e).is_some_and(|e| e.line.is_some() && e.is_idle()));
                match line {
                    Some(_) if trailing && n > 0 => self.set_quantity(at, n),
                    None if named && n > 0 => self.set_quantity(at, n),
                    _ => self.lost.push(at),
                }
            }
        }
        at + 1
    }

    /// "one less cola": so many off.
    fn fewer(&mut self, at: usize, n: u32) -> Option<usize> {
        let Some(What::Head(items)) = self.what(at + 2).filter(|_| self.is(at + 1, Class::Less))
        else {
            return None;
        };
        let [item] = items.as_slice() else {
            return None;
        };
        self.flush();
        self.seam.number = Some((n, at));
        self.take_off(at, *item);
        Some(at + 3)
    }

    /// "3 colas, not 2"
    fn not_so_many(&mut self, at: usize, n: u32) -> Option<usize> {
        let refused = at.checked_sub(1).is_some_and(|b| {
            self.is(b, Class::Without) && !matches!(self.what(b), Some(What::Number(_)))
        });
        let alone = matches!(self.what(at + 1), None | Some(What::Stop | What::Comma))
            || self.is(at + 1, Class::And)
            || self.is(at + 1, Class::Filler);
        if !refused || !alone {
            return None;
        }
        self.flush();
        self.mode = Mode::InsteadOf;
        let end = self.rather(n).map(|_| at + 1);
        self.mode = Mode::Add;
        end
    }

    /// "3 colas instead of 2": that many there are to be.
    fn rather(&mut self, n: u32) -> Option<usize> {
        let Target::Line(l) = self.target else {
            return None;
        };
        let line = self.draft.lines.get_mut(l)?;
        if self.mode != Mode::InsteadOf || line.quantity == n || !line.counted {
            return None;
        }
        line.dropped = true;
        let edit = Edit {
            item: Some(line.item),
            quantity: Some(line.quantity),
            ..edit()
        };
        self.mode = Mode::Add;
        self.target = Target::Edit(self.draft.add_edit(edit));
        Some(0)
    }

    /// "two or three": not decided.
    fn either(&mut self, at: usize) -> Option<usize> {
        let choice =
            self.is(at + 1, Class::Or) && matches!(self.what(at + 2), Some(What::Number(_)));
        choice.then(|| {
            self.lost.extend(at..at + 3);
            at + 3
        })
    }

    /// "two, no, three": the number is taken back at once.
    pub(super) fn corrected(&self, mut at: usize) -> bool {
        while matches!(self.what(at), Some(What::Comma | What::Stop)) {
            at += 1;
        }
        self.is(at, Class::Correct)
    }

    /// "… of them", "… of the lattes": where it ends, and the item named.
    pub(super) fn of_them(&self, at: usize) -> Option<(usize, Option<ItemAt>)> {
        let mut n = at + 1;
        let named = |n: usize| match self.what(n) {
            Some(What::Head(items)) if items.len() == 1 => items.first().copied(),
            _ => None,
        };
        if self.is(n, Class::Them) {
            let item = named(n + 1);
            return Some((n + 1 + usize::from(item.is_some()), item));
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

    pub(super) fn unknown_next(&self, at: usize) -> bool {
        matches!(
            self.what(self.skip(at + 1)),
            Some(What::Unknown | What::Ghost)
        )
    }
}
