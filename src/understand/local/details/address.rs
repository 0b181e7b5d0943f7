//! Where to deliver.

use crate::parsed::Fulfilment;

use super::super::words;
use super::{Class, Kind, Taker};

impl Taker<'_> {
    pub(super) fn is_street(&self, at: usize) -> bool {
        self.is(at, Class::Street)
            || (self.kind(at) == Some(Kind::Unknown)
                && self
                    .token(at)
                    .is_some_and(|t| words::all().iter().any(|l| l.is_street_name(&t.norm))))
    }

    /// "calle Mayor 5", "Hauptstraße 12": where an address begins whose street stands before its number.
    fn street_first(&self, at: usize) -> Option<usize> {
        if !self.is_street(at) {
            return None;
        }
        let end = (at + 1..at + 5)
            .take_while(|n| !matches!(self.kind(*n), Some(Kind::Sign(_) | Kind::Gone) | None))
            .find(|n| self.is_digits(*n))?;
        if matches!(self.kind(end + 1), Some(Kind::Menu(_) | Kind::Unknown)) {
            return None;
        }
        let mut from = at;
        while from > 0
            && at - from < 3
            && self.kind(from - 1) == Some(Kind::Unknown)
            && self.token(from - 1).is_some_and(|t| t.capital)
        {
            from -= 1;
        }
        Some(from)
    }

    pub(super) fn address(&mut self) {
        let mut at = 0;
        while at < self.pieces.len() && self.found.details.address.is_none() {
            let intro = self.is(at, Class::IntroAddress) || self.is(at, Class::IntroDelivery);
            if intro {
                let mut from = at + 1;
                while self.kind(from) == Some(Kind::Sign(':'))
                    || self.is(from, Class::Filler)
                    || self.is(from, Class::To)
                {
                    from += 1;
                }
                let end = self.address_end(from, true);
                let weak = self.pieces.get(at).is_some_and(|p| {
                    p.is(Class::IntroAddress)
                        && p.len() == 2
                        && self.tokens.get(p.to - 1).is_some_and(|t| t.norm == "at")
                });
                let holds = (from..end).any(|n| self.is_digits(n) || self.is_street(n));
                if end > from && (holds || !weak) {
                    if self.is(at, Class::IntroDelivery) {
                        self.found.details.fulfilment = Some(Fulfilment::Delivery);
                    }
                    self.found.details.address = self.quote(from, end);
                    self.gone(at, end);
                }
            } else if let Some(from) = self.street_first(at) {
                let end = self.address_end(from, true);
                self.found.details.address = self.quote(from, end);
                let opens = from > 0
                    && [Class::To, Class::Prep, Class::Filler]
                        .iter()
                        .any(|c| self.is(from - 1, *c));
                self.gone(from - usize::from(opens), end);
            } else if self.is_digits(at) && self.kind(at) != Some(Kind::Gone) {
                // 12 Baker Street
                let street = (at + 1..at + 6)
                    .take_while(|n| {
                        matches!(
                            self.kind(*n),
                            Some(Kind::Unknown | Kind::Menu(_) | Kind::Ordinal(_) | Kind::Small(_))
                        ) && !self.is(*n, Class::And)
                            && !self.is(*n, Class::With)
                    })
                    .find(|n| self.is_street(*n));
                if let Some(street) = street.filter(|s| *s > at + 1) {
                    let end = self.address_end(street + 1, false).max(street + 1);
                    self.found.details.address = self.quote(at, end);
                    let open = if at > 0
                        && (self.is(at - 1, Class::To)
                            || self.is(at - 1, Class::Prep)
                            || self.is(at - 1, Class::TimeAt))
                    {
                        at - 1
                    } else {
                        at
                    };
                    self.gone(open, end);
                }
            }
            at += 1;
        }
    }

    /// Where an address ends: it goes over a comma only where what follows looks like one.
    pub(super) fn address_end(&self, from: usize, start: bool) -> usize {
        let mut n = from;
        let mut street = !start;
        // "12 Main Street": whatever the words before it mean elsewhere.
        let named = (from + 1..from + 6)
            .take_while(|n| !matches!(self.kind(*n), Some(Kind::Sign(_) | Kind::Gone) | None))
            .find(|n| self.is_street(*n));
        if let Some(at) = named.filter(|_| start) {
            n = at + 1;
            street = true;
        }
        while n < self.pieces.len() && n < from + 24 {
            match self.kind(n) {
                Some(Kind::Sign(',')) => {
                    let next = n + 1;
                    let digits =
                        self.is_digits(next) && !matches!(self.kind(next + 1), Some(Kind::Menu(_)));
                    let named = matches!(self.kind(next), Some(Kind::Unknown))
                        && (self.token(next).is_some_and(|t| t.capital) || !street);
                    // "…, Anna, 555 0123"
                    let name = street
                        && named
                        && matches!(self.kind(next + 1), Some(Kind::Sign(',') | Kind::Gone))
                        && self.found.details.phone.is_some()
                        && (next + 1..next + 3).any(|n| self.kind(n) == Some(Kind::Gone));
                    if name {
                        break;
                    }
                    if !(digits || named || self.is_street(next) || self.is(next, Class::Place))
                        || self.kind(next) == Some(Kind::Gone)
                    {
                        break;
                    }
                }
                Some(Kind::Sign('-' | '/' | '\'')) => {}
                Some(Kind::Sign('.')) => {
                    // "12 High St. Springfield", but not the sentence's end.
                    if !(n > from && self.is_street(n - 1) && self.is_digits(n + 1)) {
                        break;
                    }
                }
                Some(Kind::Sign(_) | Kind::Gone) | None => break,
                Some(Kind::Small(class)) => match class {
                    Class::Street => street = true,
                    Class::Prep if street && self.is_digits(n + 1) => break,
                    Class::The
                    | Class::Prep
                    | Class::Of
                    | Class::Place
                    | Class::Half
                    | Class::Known
                    | Class::Last
                    | Class::Article => {}
                    Class::Filler | Class::To | Class::TimeAt if !street && n > from => {}
                    Class::Filler if n == from => {}
                    _ => break,
                },
                Some(Kind::Number(_))
                    if street
                        && n > from
                        && self.kind(n - 1) != Some(Kind::Sign(','))
                        && matches!(self.kind(n + 1), Some(Kind::Menu(_))) =>
                {
                    break;
                }
                Some(_) => {}
            }
            n += 1;
        }
        while n > from
            && self.pieces.get(n - 1).is_some_and(|p| {
                matches!(p.kind, Kind::Sign(_))
                    || p.is(Class::Prep)
                    || p.is(Class::TimeAt)
                    || p.is(Class::To)
                    || p.is(Class::Filler)
            })
        {
            n -= 1;
        }
        n
    }
}
