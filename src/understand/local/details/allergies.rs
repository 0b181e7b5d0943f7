//! What the customer cannot eat.

use crate::privacy::PersonalText;

use super::{Class, Kind, Taker};

impl Taker<'_> {
    pub(super) fn allergies(&mut self) {
        let mut at = 0;
        while at < self.pieces.len() {
            if self.is(at, Class::AllergyWord) {
                let quote = self.quote(at, at + 1);
                self.found.allergies.extend(quote);
                self.gone(at, at + 1);
            } else if self.is(at, Class::AllergyTo) || self.is(at, Class::AllergyAfter) {
                at = self.allergy(at);
                continue;
            }
            at += 1;
        }
    }

    pub(super) fn names_food(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(Kind::Menu(_) | Kind::Unknown)) && !self.is_digits(at)
    }

    pub(super) fn allergy(&mut self, at: usize) -> usize {
        let (before, start, said) = self.allergens_before(at);
        // "no nuts, i'm allergic" wants none; "no nut allergy" has none.
        let asks = said < at;
        let none = !asks
            && start > 0
            && (self.is(start - 1, Class::Deny) || self.is(start - 1, Class::Without));
        let (found, end) =
            match before.is_empty() || self.is(at, Class::AllergyTo) && self.follows(at) {
                true => self.allergens_after(at),
                false => (before, at + 1),
            };
        let mut open = if end > at + 1 { at } else { start };
        if !none {
            self.found.allergies.extend(found);
        }
        while open > 0
            && [
                Class::Article,
                Class::Filler,
                Class::Ask,
                Class::IntroNameWeak,
                Class::Deny,
            ]
            .iter()
            .any(|c| self.is(open - 1, *c))
        {
            open -= 1;
        }
        if asks && end == at + 1 {
            // What is refused is still refused where the menu knows it.
            for n in start..said {
                if self.kind(n) == Some(Kind::Unknown) {
                    self.gone(n, n + 1);
                    if self.is(start - 1, Class::Deny) || self.is(start - 1, Class::Without) {
                        self.gone(start - 1, start);
                    }
                }
            }
            open = said;
        }
        self.gone(open, end.max(at + 1));
        end.max(at + 1)
    }

    /// Whether "allergy" is followed by what it is to, as "allergic to" is.
    pub(super) fn follows(&self, at: usize) -> bool {
        self.pieces.get(at).is_some_and(|p| p.len() > 1)
    }

    /// "allergic to nuts and eggs": what is named after the word, and where that ends.
    pub(super) fn allergens_after(&self, at: usize) -> (Vec<PersonalText>, usize) {
        let mut n = at + 1;
        while self.is(n, Class::The)
            || self.is(n, Class::Filler)
            || self.is(n, Class::All)
            || self.is(n, Class::To)
            || self.kind(n) == Some(Kind::Sign(':'))
        {
            n += 1;
        }
        let mut found = Vec::new();
        let mut end = n;
        while self.names_food(n) {
            let from = n;
            while self.names_food(n) && n < from + 3 {
                n += 1;
            }
            found.extend(self.quote(from, n));
            end = n;
            let mut next = n;
            while self.kind(next) == Some(Kind::Sign(','))
                || self.is(next, Class::And)
                || self.is(next, Class::Or)
                || self.is(next, Class::To)
            {
                next += 1;
            }
            if next == n || !self.names_food(next) {
                break;
            }
            n = next;
        }
        (found, end)
    }

    /// "nut and egg allergies", "no nuts, i'm allergic": what is named before the word, where that begins, and where
    /// it ends.
    pub(super) fn allergens_before(&self, at: usize) -> (Vec<PersonalText>, usize, usize) {
        let mut said = at;
        let skips = |n: usize| {
            matches!(self.kind(n), Some(Kind::Sign(',' | '.' | '!' | '-')))
                || [Class::IntroNameWeak, Class::Filler, Class::Ask]
                    .iter()
                    .any(|c| self.is(n, *c))
        };
        while said > 0 && at - said < 4 && skips(said - 1) {
            said -= 1;
        }
        let refused =
            |n: usize| n > 0 && (self.is(n - 1, Class::Without) || self.is(n - 1, Class::Deny));
        let back = |said: usize| {
            let mut back = said;
            while back > 0 && said - back < 6 {
                let prev = back - 1;
                if self.names_food(prev) {
                    back = prev;
                } else if (self.is(prev, Class::And) || self.is(prev, Class::Or))
                    && prev > 0
                    && self.names_food(prev - 1)
                    && back < said
                {
                    back = prev - 1;
                } else {
                    break;
                }
            }
            back
        };
        let mut start = back(said);
        if said < at && !(start < said && refused(start)) {
            // Only what was refused is spoken of from so far.
            said = at;
            start = back(at);
        }
        let mut found = Vec::new();
        let mut from = start;
        for n in start..=said {
            if n == said || self.is(n, Class::And) || self.is(n, Class::Or) {
                if n > from {
                    found.extend(self.quote(from, n));
                }
                from = n + 1;
            }
        }
        (found, start, said)
    }
}
