//! Pieces to elements: every option with what is to happen to it, every word that may be two things decided.

mod menu; // phrases of the menu

use crate::parsed::Change;

use super::decide::decide;
use super::index::{Index, ItemAt, OptionAt, Target};
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
    /// "twice".
    Multiple(u32),
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
    /// A group's name.
    pub(super) group: bool,
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
        strange: false,
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
    /// A word that nobody knows was said since the mark: it bore the mark.
    strange: bool,
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
            Kind::Multiple(n) => What::Multiple(n),
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
            // "not very hungry, one small cola"
            What::Comma if piece.kind == Kind::Sign(',') => self.clear(),
            _ => {}
        }
        self.strange |= matches!(what, What::Unknown);
        let part = match piece.kind {
            Kind::Menu(node) => !self
                .index
                .phrase(node)
                .full()
                .any(|t| matches!(t, Target::Item(_)) || !matches!(what, What::Both(..))),
            _ => false,
        };
        self.out.push(Element {
            part,
            fuzzy: piece.fuzzy,
            group: matches!(piece.kind, Kind::Menu(_)),
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
        self.strange = false;
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
            // "hold on, no": nothing is refused.
            Class::HoldOn => {
                let refuses = matches!(
                    self.kind(at + 1),
                    Some(Kind::Menu(_) | Kind::Unknown | Kind::Small(Class::The | Class::Filler))
                );
                if refuses {
                    self.set(Mark::Change(Change::Without));
                    return What::Word(Class::Without);
                }
                self.mark = Mark::None;
                return What::Word(Class::Correct);
            }
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
                if let Some(everything) = self.out.last_mut() {
                    everything.what = What::Unknown;
                }
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
            | Class::MakeThe
            | Class::Change
            | Class::Remove
            | Class::Correct => self.mark = Mark::None,
            Class::Add if !self.refuses() => self.mark = Mark::None,
            Class::Hedge | Class::Vague | Class::If | Class::Sometime => {
                // "only a water" is one.
                let counts = matches!(
                    self.kind(at + 1),
                    Some(Kind::Number(_) | Kind::Small(Class::Article))
                );
                self.unsure |= class != Class::Vague || !counts;
                return What::Word(Class::Filler);
            }
            Class::Times if !self.multiplies(at) => return What::Word(Class::Filler),
            // What did not come to anything more.
            Class::Line | Class::IntroNameWeak | Class::Whether | Class::Far => {
                return What::Word(Class::Filler);
            }
            _ => {}
        }
        What::Word(class)
    }

    /// "cola x2": the number counts what stands before.
    fn multiplies(&self, at: usize) -> bool {
        let number = |kind| matches!(kind, Some(Kind::Number(_)));
        number(self.kind(at + 1)) && !at.checked_sub(1).is_some_and(|b| number(self.kind(b)))
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
            // "two lattes no three lattes", "two lattes, or no, three"
            (Some(Kind::Menu(_)), Some(Kind::Number(_))) => ordered,
            (Some(Kind::Small(Class::Or)), next) if comma(next) => true,
            // "a latte, no two"
            (before, Some(Kind::Number(_))) if comma(before) => ordered,
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
}
