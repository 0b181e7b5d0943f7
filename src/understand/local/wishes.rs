//! Wishes that the menu does not name: remarks, halves, "everything", "a drink".

use super::build::Target;
use super::marks::What;
use super::walk::{Walk, edit};
use super::words::Class;

/// How far halves reach.
const HALVES: usize = 24;

impl Walk<'_> {
    /// "everything large" speaks of all lines; "with everything" of more than the menu tells.
    pub(super) fn everything(&mut self, at: usize) {
        let next = self.skip(at + 1);
        let opens = matches!(self.what(next), Some(What::Option(_)))
            || [Class::With, Class::Without]
                .iter()
                .any(|c| self.is(next, *c));
        let several = self.draft.live().next().is_some();
        if opens && several && !self.seam.with && self.pending.is_empty() {
            self.target = Target::All;
        } else {
            self.lost.push(at);
            if !several {
                self.target = Target::Ghost(at);
            }
        }
    }

    /// "a large drink", "a burger meal": something is wanted, and not said what.
    pub(super) fn sort(&mut self, at: usize) {
        let counts = self.seam.article
            || self.seam.number.is_some()
            || self.pending.last().is_some_and(|p| p.element + 1 == at);
        let names = self
            .back(at)
            .is_some_and(|b| b + 1 == at && matches!(self.what(b), Some(What::Head(_))));
        let goes_on = matches!(self.what(at + 1), Some(What::Head(_) | What::Option(_)));
        let refused = at > 0 && self.is(at - 1, Class::Without);
        if refused {
            return;
        }
        if counts && !goes_on {
            self.ghost(at);
        } else if names {
            self.lost.push(at);
        }
    }

    /// "half ham half olives": only where the menu has such, and then its own words were found.
    pub(super) fn halves(&mut self, at: usize) -> usize {
        let mut end = at + 1;
        let mut last = None;
        let mut twice = false;
        loop {
            if end > at + HALVES {
                break;
            }
            twice |= self.is(end, Class::Half);
            match self.what(end) {
                // "half rice half greens, tofu": the list goes on.
                Some(What::Comma) if twice && last.is_some() => break,
                Some(What::Option(_) | What::Head(_) | What::Both(..)) => last = Some(end + 1),
                Some(
                    What::Unknown
                    | What::Ghost
                    | What::Comma
                    | What::Word(Class::Half | Class::And | Class::Filler),
                ) => {}
                _ => break,
            }
            end += 1;
        }
        let half = (at + 1..end).any(|n| self.is(n, Class::Half));
        let of_one = match self.what(at + 1) {
            Some(What::Article) => self.head_after(at + 1, true),
            _ => self.head_after(at, true),
        }
        .map(|head| head + 1);
        let Some(last) = last.filter(|_| half).or(of_one) else {
            return at + 1;
        };
        self.flush();
        self.lost.extend(at..last);
        self.target = Target::Ghost(at);
        last
    }

    /// "cut in eight": a wish for the line, to the end of the phrase.
    pub(super) fn note(&mut self, at: usize) -> usize {
        let mut end = at + 1;
        while matches!(
            self.what(end),
            Some(What::Number(_) | What::Unknown | What::The)
        ) || self.is(end, Class::Filler)
            || self.is(end, Class::Half)
        {
            end += 1;
        }
        let says = (at + 1..end)
            .rev()
            .find(|n| !self.is(*n, Class::Filler))
            .unwrap_or(at);
        self.remark(at, says + 1);
        end
    }

    pub(super) fn remark(&mut self, from: usize, to: usize) {
        // "a toasted bagel"
        let opens = self.target == Target::None
            || self.seam.article
            || self.seam.number.is_some()
            || self.seam.comma
            || self.seam.and
            || self.seam.ask;
        if opens && matches!(self.what(self.skip(to)), Some(What::Head(_))) {
            self.ahead = Some((from, to));
            return;
        }
        let (Some(first), Some(last)) = (
            self.elements.get(from),
            to.checked_sub(1).and_then(|l| self.elements.get(l)),
        ) else {
            return;
        };
        let words = (first.from, last.to);
        let line = match self.target {
            Target::Line(l) => Some(l),
            _ => self.draft.live().next_back().map(|(at, _)| at),
        };
        match line.and_then(|l| self.draft.lines.get_mut(l)) {
            Some(line) => line.note = Some(words),
            None => {
                let at = match self.target {
                    Target::Edit(at) => at,
                    _ => self.draft.add_edit(edit()),
                };
                self.target = Target::Edit(at);
                if let Some(edit) = self.draft.edits.get_mut(at) {
                    edit.note = Some(words);
                }
            }
        }
    }
}
