//! Pieces to elements: every option with what is to happen to it, every word that may be two things decided.

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
    let mut out: Vec<Element> = Vec::with_capacity(pieces.len());
    let mut unsure = false;
    let mut mark = Mark::None;
    // The mark was used by the option just before, and an "or" may hand it on.
    let mut used = false;
    for (at, piece) in pieces.iter().enumerate() {
        unsure |= piece.fuzzy;
        let what = match piece.kind {
            Kind::Number(n) => What::Number(n),
            Kind::Ordinal(n) => What::Ordinal(n),
            Kind::Unknown => What::Unknown,
            Kind::Gone => What::Comma,
            Kind::Sign(',' | ':' | '-' | '(' | ')' | '/') => What::Comma,
            Kind::Sign(_) => What::Stop,
            Kind::Menu(node) => menu(
                index,
                node,
                piece,
                &out,
                &mut mark,
                &mut used,
                &mut unsure,
                &surface,
            ),
            Kind::Small(class) => small(index, class, pieces, at, &mut mark, &mut used),
        };
        match &what {
            What::Comma | What::Stop if (used || matches!(what, What::Stop)) => {
                mark = Mark::None;
                used = false;
            }
            What::Article | What::Number(_) if used => {
                mark = Mark::None;
                used = false;
            }
            _ => {}
        }
        let part = match piece.kind {
            Kind::Menu(node) => index.phrase(node).full().next().is_none(),
            _ => false,
        };
        out.push(Element {
            part,
            from: piece.from,
            to: piece.to,
            what,
        });
    }
    decide(index, &mut out, &word_of);
    (out, unsure)
}

fn small(
    index: &Index,
    class: Class,
    pieces: &[Piece],
    at: usize,
    mark: &mut Mark,
    used: &mut bool,
) -> What {
    let was = *used;
    let negative = |mark: &Mark| *mark == Mark::Change(Change::Without) && !was;
    match class {
        Class::Article => return What::Article,
        Class::The => return What::The,
        Class::Without => {
            *mark = Mark::Change(Change::Without);
            *used = false;
        }
        Class::Deny => {
            let next = pieces.get(at + 1).map(|p| p.kind);
            let before = at
                .checked_sub(1)
                .and_then(|b| pieces.get(b))
                .map(|p| p.kind);
            let comma = |kind| matches!(kind, Some(Kind::Sign(',' | '-' | '.' | '\u{2014}')));
            // "two, no, three", "a latte no a mocha"
            if (comma(before) && comma(next))
                || (matches!(before, Some(Kind::Number(_)))
                    && matches!(next, Some(Kind::Number(_))))
                || (at > 0 && matches!(next, Some(Kind::Small(Class::Article))))
            {
                *mark = Mark::None;
                return What::Word(Class::Correct);
            }
            if matches!(next, Some(Kind::Menu(_) | Kind::Unknown | Kind::Number(_)))
                || matches!(next, Some(Kind::Small(c)) if matches!(c, Class::Extra | Class::More | Class::The | Class::Filler | Class::Light | Class::Add))
            {
                *mark = Mark::Change(Change::Without);
                *used = false;
                return What::Word(Class::Without);
            }
            *mark = Mark::None;
        }
        Class::Extra => {
            *mark = match negative(mark) {
                true => Mark::Keep,
                false => Mark::Change(Change::Extra),
            };
            *used = false;
        }
        Class::More => {
            let option = pieces
                .iter()
                .skip(at + 1)
                .find(|p| !p.is(Class::Of) && !p.is(Class::The));
            let is_option = option.is_some_and(|p| match p.kind {
                Kind::Menu(node) => index
                    .phrase(node)
                    .full()
                    .any(|t| matches!(t, Target::Option(_))),
                _ => false,
            });
            if is_option
                && !matches!(
                    pieces.get(at.wrapping_sub(1)).map(|p| p.kind),
                    Some(Kind::Number(_))
                )
            {
                *mark = match negative(mark) {
                    true => Mark::Keep,
                    false => Mark::Change(Change::Extra),
                };
                *used = false;
                return What::Word(Class::Extra);
            }
        }
        Class::Light => {
            *mark = Mark::Change(Change::Light);
            *used = false;
        }
        Class::Or => {}
        Class::And if *used && *mark != Mark::Change(Change::Without) => {
            *mark = Mark::None;
        }
        Class::With
        | Class::But
        | Class::Also
        | Class::Ask
        | Class::Make
        | Class::Change
        | Class::Remove
        | Class::Correct => {
            *mark = Mark::None;
        }
        Class::Add if !negative(mark) => *mark = Mark::None,
        _ => {}
    }
    What::Word(class)
}

#[expect(clippy::too_many_arguments, reason = "one step of the loop above")]
fn menu(
    index: &Index,
    node: u32,
    piece: &Piece,
    before: &[Element],
    mark: &mut Mark,
    used: &mut bool,
    unsure: &mut bool,
    surface: &impl Fn(&Piece) -> String,
) -> What {
    let phrase = index.phrase(node);
    let part = phrase.full().next().is_none();
    let (mut items, mut options) = (Vec::new(), Vec::new());
    let mut gone = false;
    let mut named = None;
    let lists: [&[Target]; 2] = match part {
        false => [&phrase.names, &phrase.aliases],
        true => [&phrase.parts, &[]],
    };
    // "veggies" and "veggie" may be two things.
    let exact: Vec<Target> = match !part && phrase.full().nth(1).is_some() {
        true => index.exact(&surface(piece)),
        false => Vec::new(),
    };
    for list in lists {
        let (mut some_items, mut some_options) = (Vec::new(), Vec::new());
        for target in list
            .iter()
            .filter(|t| exact.is_empty() || exact.contains(t))
        {
            match *target {
                Target::Item(at) => match index.items.get(at as usize).is_some_and(|i| i.available)
                {
                    true => some_items.push(at),
                    false => gone = true,
                },
                Target::Option(at) => {
                    match index.options.get(at as usize).is_some_and(|o| o.available) {
                        true => some_options.push(at),
                        false => gone = true,
                    }
                }
            }
        }
        if items.is_empty() {
            items = some_items;
        }
        options.extend(some_options);
        named.get_or_insert(options.len());
    }
    if part && !items.is_empty() {
        if !options.is_empty() || items.len() > 1 || phrase.generic {
            items.clear();
        }
        *unsure = true;
    }
    let refuses = *mark == Mark::Change(Change::Without) && !*used;
    if items.is_empty() && !phrase.groups.is_empty() && part && refuses {
        *mark = Mark::None;
        return What::Option(Said {
            options: index.options_of(&phrase.groups),
            named: 0,
            change: Some(Change::Without),
            count: None,
            part: false,
            group: true,
        });
    }
    // A mark that the last option used goes on only over "or" and "and".
    let link = before
        .last()
        .is_some_and(|e| e.is(Class::Or) || e.is(Class::And));
    if *used && !link {
        *mark = Mark::None;
    }
    if items.is_empty() && options.is_empty() {
        *mark = Mark::None;
        *used = false;
        if gone {
            return What::Ghost;
        }
        return match phrase.generic {
            true => What::Ghost,
            false if !phrase.groups.is_empty() => What::Word(Class::Known),
            false => What::Unknown,
        };
    }
    if !options.is_empty() && part {
        *unsure = true;
    }
    let said = Said {
        change: match *mark {
            Mark::None => Some(Change::With),
            Mark::Change(change) => Some(change),
            Mark::Keep => None,
        },
        count: None,
        part,
        group: false,
        named: named.unwrap_or(0),
        options,
    };
    let marked = *mark != Mark::None;
    let refused = *mark == Mark::Change(Change::Without);
    if !said.options.is_empty() {
        match *mark {
            Mark::Change(Change::Without) => *used = true,
            _ => {
                *mark = Mark::None;
                *used = false;
            }
        }
    } else {
        *mark = Mark::None;
        *used = false;
    }
    match (items.is_empty(), said.options.is_empty()) {
        (true, _) => What::Option(said),
        (false, true) if refused => What::NoHead(items),
        (false, true) => What::Head(items),
        (false, false) if marked => What::Option(said),
        (false, false) => What::Both(items, said),
    }
}
