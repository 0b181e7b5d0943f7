//! Pieces to elements: every option with what is to happen to it, every word that may be two things decided.

use crate::parsed::Change;

use super::decide::decide;
use super::index::{Index, ItemAt, OptionAt, Phrase, Target};
use super::lex::{Kind, Piece};
use super::words::Class;

/// An option as it was said.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// What the words may stand for.
    pub(super) options: Vec<OptionAt>,
    /// How many of them bear it as their name, first in the list: a name counts before an alias.
    pub(super) named: usize,
    /// None: it stays as it is ("no extra cheese").
    pub(super) change: Option<Change>,
    pub(super) count: Option<u32>,
    /// By a part of its name only.
    pub(super) part: bool,
    /// By its group's name: "no sauce".
    pub(super) group: bool,
    /// Its element.
    pub(super) at: Option<usize>,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    Number(u32),
    Ordinal(u32),
    Article,
    The,
    Head(Vec<ItemAt>),
    /// An item that is refused.
    NoHead(Vec<ItemAt>),
    Option(Said),
    /// An item or an option.
    Both(Vec<ItemAt>, Said),
    /// Stands where an item would, and is none.
    Ghost,
    Unknown,
    Word(Class),
    Comma,
    Stop,
}

#[derive(Debug, Clone)]
pub(super) struct Element {
    /// An item by a part of its name only.
    pub(super) part: bool,
    /// By correcting its spelling.
    pub(super) fuzzy: bool,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) what: What,
}

impl Element {
    pub(super) fn is(&self, class: Class) -> bool {
        matches!(self.what, What::Word(c) if c == class)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    None,
    Change(Change),
    Keep,
}

/// The elements, and whether any word was decided by less than a full name.
pub(super) fn elements(
    index: &Index,
    pieces: &[Piece],
    word_of: impl Fn(usize) -> Option<u32>,
    surface: impl Fn(&Piece) -> String,
) -> (Vec<Element>, bool) {
    let mut marker = Marker {
        index,
        pieces,
        surface,
        out: Vec::with_capacity(pieces.len()),
        mark: Mark::None,
        used: false,
        unsure: false,
    };
    for at in 0..pieces.len() {
        marker.piece(at);
    }
    let Marker {
        mut out, unsure, ..
    } = marker;
    let guessed = decide(index, &mut out, &word_of);
    (out, unsure || guessed)
}

struct Marker<'a, S> {
    index: &'a Index,
    pieces: &'a [Piece],
    surface: S,
    out: Vec<Element>,
    mark: Mark,
    /// The mark was used by the option just before, and an "or" may hand it on.
    used: bool,
    unsure: bool,
}

impl<S: Fn(&Piece) -> String> Marker<'_, S> {
    fn piece(&mut self, at: usize) {
        let piece = self.pieces[at];
        self.unsure |= piece.fuzzy;
        let what = match piece.kind {
            Kind::Number(n) => What::Number(n),
            Kind::Ordinal(n) => What::Ordinal(n),
            Kind::Unknown => What::Unknown,
            Kind::Gone => What::Comma,
            Kind::Sign(',' | ':' | '-' | '(' | ')' | '/') => What::Comma,
            Kind::Sign(_) => What::Stop,
            Kind::Menu(node) => self.menu(node, &piece),
            Kind::Small(class) => self.small(class, at),
        };
        match &what {
            What::Comma | What::Stop if (self.used || matches!(what, What::Stop)) => self.clear(),
            What::Article | What::Number(_) if self.used => self.clear(),
            _ => {}
        }
        let part = match piece.kind {
            Kind::Menu(node) => self.index.phrase(node).full().next().is_none(),
            _ => false,
        };
        self.out.push(Element {
            part,
            fuzzy: piece.fuzzy,
            from: piece.from,
            to: piece.to,
            what,
        });
    }

    fn clear(&mut self) {
        self.mark = Mark::None;
        self.used = false;
    }

    fn set(&mut self, mark: Mark) {
        self.mark = mark;
        self.used = false;
    }

    /// "no" or "without" was said, and nothing came after it yet.
    fn refuses(&self) -> bool {
        self.mark == Mark::Change(Change::Without) && !self.used
    }

    /// More of an option; "no extra cheese" leaves it as it is.
    fn more(&mut self) {
        let mark = match self.refuses() {
            true => Mark::Keep,
            false => Mark::Change(Change::Extra),
        };
        self.set(mark);
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.pieces.get(at).map(|p| p.kind)
    }

    fn small(&mut self, class: Class, at: usize) -> What {
        match class {
            Class::Article => return What::Article,
            Class::The => return What::The,
            Class::Without => self.set(Mark::Change(Change::Without)),
            Class::Deny => return self.deny(at),
            Class::Extra | Class::Double => {
                self.more();
                return What::Word(Class::Extra);
            }
            Class::More if self.counts_option(at) => {
                self.more();
                return What::Word(Class::Extra);
            }
            Class::Light | Class::Less => {
                self.set(Mark::Change(Change::Light));
                if class == Class::Light
                    || !matches!(self.out.last(), Some(e) if matches!(e.what, What::Number(_)))
                {
                    return What::Word(Class::Light);
                }
            }
            // "everything but onions"
            Class::But if matches!(self.out.last(), Some(e) if e.is(Class::Everything)) => {
                self.set(Mark::Change(Change::Without));
                return What::Word(Class::Without);
            }
            Class::And if self.used && self.mark != Mark::Change(Change::Without) => {
                self.mark = Mark::None;
            }
            Class::With
            | Class::But
            | Class::Also
            | Class::Ask
            | Class::Make
            | Class::Change
            | Class::Remove
            | Class::Correct => self.mark = Mark::None,
            Class::Add if !self.refuses() => self.mark = Mark::None,
            // What did not come to anything more.
            Class::Line | Class::IntroNameWeak => return What::Word(Class::Filler),
            _ => {}
        }
        What::Word(class)
    }

    /// "no": refuses what follows, or takes back what was said.
    fn deny(&mut self, at: usize) -> What {
        let next = self.kind(at + 1);
        let before = at.checked_sub(1).and_then(|b| self.kind(b));
        let comma = |kind| matches!(kind, Some(Kind::Sign(',' | '-' | '.' | '\u{2014}')));
        let ordered = self
            .out
            .iter()
            .any(|e| matches!(e.what, What::Head(_) | What::Both(..)));
        let corrects = match (before, next) {
            // "two, no, three"
            (before, next) if comma(before) && comma(next) => true,
            (Some(Kind::Number(_)), Some(Kind::Number(_))) => true,
            // "a latte no a mocha", "with ham no with bacon"
            (Some(_), Some(Kind::Small(Class::Article | Class::With))) => true,
            // "large no small"
            (Some(Kind::Menu(_)), Some(Kind::Menu(next))) => self.replaces(next),
            // "a latte, sorry, no, mocha"; but "actually no fries" takes fries off.
            (Some(Kind::Small(Class::Correct)), Some(Kind::Number(_))) => true,
            (Some(Kind::Small(Class::Correct)), Some(Kind::Menu(next))) => {
                let mut targets = self.index.phrase(next).full();
                ordered && targets.any(|t| matches!(t, Target::Item(_))) || self.replaces(next)
            }
            _ => false,
        };
        if corrects {
            self.mark = Mark::None;
            return What::Word(Class::Correct);
        }
        let refuses = match next {
            Some(Kind::Menu(_) | Kind::Unknown | Kind::Number(_)) => true,
            Some(Kind::Small(class)) => matches!(
                class,
                Class::Extra
                    | Class::Double
                    | Class::More
                    | Class::The
                    | Class::Filler
                    | Class::Light
                    | Class::Add
            ),
            _ => false,
        };
        if refuses {
            self.set(Mark::Change(Change::Without));
            return What::Word(Class::Without);
        }
        self.mark = Mark::None;
        What::Word(Class::Deny)
    }

    /// Whether a phrase stands for another option of the kind of the one before it, of which there can be one only.
    fn replaces(&self, node: u32) -> bool {
        let last = self.out.iter().rev().take(3).find_map(|e| match &e.what {
            What::Option(said) => Some(said),
            _ => None,
        });
        last.is_some_and(|said| {
            self.index.phrase(node).full().any(|t| match t {
                Target::Option(o) => said.options.iter().any(|before| {
                    *before != o && self.index.exclusive(o) && self.index.same_group(*before, o)
                }),
                Target::Item(_) => false,
            })
        })
    }

    /// "more cheese", but not "two more lattes".
    fn counts_option(&self, at: usize) -> bool {
        let next = self
            .pieces
            .iter()
            .skip(at + 1)
            .find(|p| !p.is(Class::Of) && !p.is(Class::The));
        let option = next.is_some_and(|p| match p.kind {
            Kind::Menu(node) => self
                .index
                .phrase(node)
                .full()
                .any(|t| matches!(t, Target::Option(_))),
            _ => false,
        });
        let counted = at
            .checked_sub(1)
            .is_some_and(|b| matches!(self.kind(b), Some(Kind::Number(_))));
        option && !counted
    }

    /// What a phrase of the menu may stand for now: items, options, how many of these bear it as their name, and
    /// whether there is something that cannot be ordered now.
    fn targets(&self, phrase: &Phrase, piece: &Piece) -> (Vec<ItemAt>, Vec<OptionAt>, usize, bool) {
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

    fn menu(&mut self, node: u32, piece: &Piece) -> What {
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
        match mark {
            Mark::Change(Change::Without) if !said.options.is_empty() => self.used = true,
            _ => self.clear(),
        }
        match (items.is_empty(), said.options.is_empty()) {
            (true, _) => What::Option(said),
            (false, true) if mark == Mark::Change(Change::Without) => What::NoHead(items),
            (false, true) => {
                self.more_of_item(mark);
                What::Head(items)
            }
            (false, false) if mark != Mark::None => What::Option(said),
            (false, false) => What::Both(items, said),
        }
    }

    /// "double" or "light" before an item: nothing that the menu knows. "Extra fries" are fries.
    fn more_of_item(&mut self, mark: Mark) {
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
