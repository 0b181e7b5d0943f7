//! A phrase of the menu becomes an item, an option, or a word that may be both.

use crate::parsed::Change;

use super::super::index::{ItemAt, OptionAt, Phrase, Target};
use super::super::lex::Piece;
use super::super::words::Class;
use super::{Mark, Marker, Said, What};

impl<S: Fn(&Piece) -> String> Marker<'_, S> {
    /// What a phrase of the menu may stand for now: items, options, how many of these bear it as their name, and
    /// whether there is something that cannot be ordered now.
    pub(super) fn targets(
        &self,
        phrase: &Phrase,
        piece: &Piece,
    ) -> (Vec<ItemAt>, Vec<OptionAt>, usize, bool) {
        let part = phrase.full().next().is_none();
        let lists: [&[Target]; 2] = match part {
            false => [&phrase.names, &phrase.aliases],
            true => [&phrase.parts, &[]],
        };
        // "veggies" and "veggie" may be two things.
        let exact: Vec<Target> = match !part && phrase.full().nth(1).is_some() {
            true => self.index.exact(&(self.surface)(piece)),
            false => Vec::new(),
        };
        let (mut items, mut options) = (Vec::new(), Vec::new());
        let mut named = None;
        let mut gone = false;
        for list in lists {
            let mut some_items = Vec::new();
            for target in list
                .iter()
                .filter(|t| exact.is_empty() || exact.contains(t))
            {
                let available = self.index.available(*target);
                gone |= !available;
                match *target {
                    Target::Item(at) if available => some_items.push(at),
                    Target::Option(at) if available => options.push(at),
                    _ => {}
                }
            }
            if items.is_empty() {
                items = some_items;
            }
            named.get_or_insert(options.len());
        }
        (items, options, named.unwrap_or(0), gone)
    }

    pub(super) fn menu(&mut self, node: u32, piece: &Piece) -> What {
        let index = self.index;
        let phrase = index.phrase(node);
        let part = phrase.full().next().is_none();
        // "chicken meat", where meat is what is chosen.
        if let (true, Some(What::Option(before))) = (part, self.out.last().map(|e| &e.what))
            && before.options.iter().any(|o| {
                index
                    .options
                    .get(*o as usize)
                    .is_some_and(|o| phrase.groups.contains(&o.group))
            })
        {
            return What::Word(Class::Filler);
        }
        let (mut items, options, named, gone) = self.targets(phrase, piece);
        if part && !items.is_empty() {
            if !options.is_empty() || items.len() > 1 || phrase.generic {
                items.clear();
            }
            self.unsure = true;
        }
        if items.is_empty() && !phrase.groups.is_empty() && part && self.refuses() {
            self.mark = Mark::None;
            return What::Option(Said {
                options: index.options_of(&phrase.groups),
                named: 0,
                change: Some(Change::Without),
                count: None,
                part: false,
                group: true,
                at: Some(self.out.len()),
            });
        }
        // A mark that the last option used goes on only over "or" and "and".
        let link = self
            .out
            .last()
            .is_some_and(|e| e.is(Class::Or) || e.is(Class::And));
        if self.used && !link {
            self.mark = Mark::None;
        }
        if items.is_empty() && options.is_empty() {
            let refuses = self.refuses();
            self.clear();
            return match phrase.groups.is_empty() {
                _ if gone => What::Ghost,
                // "no drinks"
                _ if phrase.generic && refuses => What::Word(Class::Filler),
                _ if phrase.generic => What::Ghost,
                false => What::Word(Class::Known),
                true => What::Unknown,
            };
        }
        self.unsure |= !options.is_empty() && part;
        let said = Said {
            change: match self.mark {
                Mark::None => Some(Change::With),
                Mark::Change(change) => Some(change),
                Mark::Keep => None,
            },
            count: None,
            part,
            group: false,
            at: Some(self.out.len()),
            named,
            options,
        };
        let mark = self.mark;
        // "no onions and a roll": what was refused is the onions.
        let beside = self.used && self.out.last().is_some_and(|e| e.is(Class::And));
        match mark {
            Mark::Change(Change::Without) if !said.options.is_empty() => self.used = true,
            _ => self.clear(),
        }
        match (items.is_empty(), said.options.is_empty()) {
            // "a caesar" is the salad, "with caesar" the dressing.
            (true, _) if mark == Mark::None && !part => match self.called(phrase) {
                Some(item) => What::Both(vec![item], said),
                None => What::Option(said),
            },
            (true, _) => What::Option(said),
            (false, true) if mark == Mark::Change(Change::Without) && !self.strange && !beside => {
                What::NoHead(items)
            }
            (false, true) => {
                self.more_of_item(mark);
                What::Head(items)
            }
            (false, false) if mark != Mark::None => {
                // "no peas": the side, or what comes with the pie?
                self.unsure |= mark == Mark::Change(Change::Without);
                What::Option(said)
            }
            (false, false) => What::Both(items, said),
        }
    }

    /// The only item of whose name the phrase is a part.
    fn called(&self, phrase: &Phrase) -> Option<ItemAt> {
        let mut items = phrase.parts.iter().filter_map(|t| match t {
            Target::Item(at) if self.index.available(*t) => Some(*at),
            _ => None,
        });
        match (items.next(), items.next()) {
            (Some(item), None) if !phrase.generic => Some(item),
            _ => None,
        }
    }

    /// "double" or "light" before an item: nothing that the menu knows. "Extra fries" are fries.
    pub(super) fn more_of_item(&mut self, mark: Mark) {
        if !matches!(mark, Mark::Change(Change::Extra | Change::Light)) {
            return;
        }
        self.unsure = true;
        let at = self.out.len();
        let says = self
            .pieces
            .get(at.wrapping_sub(1))
            .is_some_and(|p| p.is(Class::Double) || p.is(Class::Light));
        if let Some(last) = self.out.last_mut().filter(|_| says) {
            last.what = What::Unknown;
        }
    }
}
