//! When the customer wants it.

use crate::privacy::PersonalText;

use super::{Class, Kind, Taker};

impl Taker<'_> {
    /// Where a time of day ends that begins here.
    pub(super) fn clock(&self, at: usize, said: bool) -> Option<usize> {
        let hour = match self.kind(at) {
            Some(Kind::Number(0)) => match self.token(at).map(|t| t.norm.as_str()) {
                Some("0" | "00") => 0,
                // "7.30"
                Some(norm) => norm
                    .split_once('.')
                    .filter(|(_, m)| m.len() == 2)?
                    .0
                    .parse()
                    .ok()?,
                None => return None,
            },
            Some(Kind::Number(n)) if self.is_digits(at) || said => n,
            Some(Kind::Small(Class::TimeHalf)) => {
                return matches!(self.kind(at + 1), Some(Kind::Number(_))).then_some(at + 2);
            }
            // "at half 7", "um halb 7"
            Some(Kind::Small(Class::Half)) if said => {
                return matches!(self.kind(at + 1), Some(Kind::Number(1..=12))).then_some(at + 2);
            }
            _ => return None,
        };
        let minutes = matches!(self.kind(at + 1), Some(Kind::Sign(':' | '.')))
            && self.token(at + 1).is_some_and(|t| t.glued)
            && self
                .token(at + 2)
                .is_some_and(|t| t.glued && t.norm.len() == 2)
            && self.is_digits(at + 2);
        let mut end = if minutes { at + 3 } else { at + 1 };
        let suffix = self.is(end, Class::AmPm);
        if suffix {
            end += 1;
            if self.is_digits(end) && self.token(end).is_some_and(|t| t.glued) {
                end += 1;
            }
        }
        let colon = minutes && self.kind(at + 1) == Some(Kind::Sign(':'));
        let free = !matches!(
            self.kind(end),
            Some(Kind::Menu(_) | Kind::Unknown | Kind::Number(_))
        );
        (hour <= 24 && (suffix || colon || (said && free))).then_some(end)
    }

    pub(super) fn time(&mut self) {
        let mut at = 0;
        while at < self.pieces.len() {
            let Some((open, from, end)) = self.time_at(at) else {
                at += 1;
                continue;
            };
            let mut end = end;
            while let Some((_, _, more)) = self.time_at(end).filter(|(open, _, _)| *open == end) {
                end = more;
            }
            let said = self.quote(from, end);
            self.found.details.time = match (self.found.details.time.take(), said) {
                // "on sunday, for Ann, about 6"
                (Some(before), Some(said)) if !before.as_str().contains(said.as_str()) => Some(
                    PersonalText::from(format!("{}, {}", before.as_str(), said.as_str())),
                ),
                (before, said) => before.or(said),
            };
            self.found.far |= (open..end).any(|n| self.is(n, Class::Far));
            self.found.times.push(open);
            self.gone(open, end);
            at = end;
        }
    }

    fn names_time(&self, at: usize) -> bool {
        self.is(at, Class::Time) || self.is(at, Class::Far)
    }

    /// A time that begins here: with the words that open it, without those that say nothing, and where it ends.
    pub(super) fn time_at(&self, at: usize) -> Option<(usize, usize, usize)> {
        if self.names_time(at) {
            return Some((at, at, at + 1));
        }
        let opens =
            self.is(at, Class::TimeAt) || self.is(at, Class::Prep) || self.is(at, Class::To);
        if opens {
            let word = self.token(at).map(|t| t.norm.as_str()).unwrap_or_default();
            if self.names_time(at + 1) {
                return Some((at, at, at + 2));
            }
            let clock = matches!(
                word,
                "at" | "by" | "around" | "about" | "before" | "after" | "until" | "till"
            ) || self.is(at, Class::TimeAt);
            if let Some(end) = self.clock(at + 1, clock) {
                let from = if matches!(word, "at" | "for")
                    && self.pieces.get(at).is_some_and(|p| p.len() == 1)
                {
                    at + 1
                } else {
                    at
                };
                return Some((at, from, end));
            }
        }
        let inside = self.is(at, Class::TimeIn)
            || (opens
                && self
                    .token(at)
                    .is_some_and(|t| matches!(t.norm.as_str(), "in" | "en" | "dans")));
        if inside {
            let mut n = at + 1;
            while self.is(n, Class::TimeAt) || self.is(n, Class::Filler) {
                n += 1;
            }
            if matches!(
                self.kind(n),
                Some(Kind::Number(_)) | Some(Kind::Small(Class::Article))
            ) && self.is(n + 1, Class::TimeUnit)
            {
                return Some((at, at, n + 2));
            }
        }
        self.clock(at, false).map(|end| (at, at, end))
    }
}
