//! The walk over a message's elements: numbers, items and options become lines, verbs become edits.

use crate::parsed::Op;

use super::build::{Draft, Edit, Target};
use super::gap::{Pending, Seam};
use super::index::Index;
use super::marks::{Element, What};
use super::strange::Heading;
use super::words::Class;
use super::work;

/// What the next words are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Add,
    Remove,
    /// "make …": the flag tells that what is made is known already.
    Make(bool),
    InsteadOf,
    /// What follows replaces what was said last.
    Correct,
}

pub(super) struct Walk<'a> {
    pub(super) index: &'a Index,
    pub(super) elements: &'a [Element],
    pub(super) draft: Draft,
    pub(super) pending: Vec<Pending>,
    pub(super) seam: Seam,
    pub(super) target: Target,
    pub(super) mode: Mode,
    /// A line of several units that a later "one with …" takes units from.
    pub(super) family: Option<usize>,
    /// Elements that asked for something that is not to be had.
    pub(super) lost: Vec<usize>,
    /// A wish for the next item: its elements.
    pub(super) ahead: Option<(usize, usize)>,
    /// What was said of all items before any of them was named.
    pub(super) ahead_of_all: Vec<Pending>,
    /// "three pizzas": what may turn out to be the sum of the items that follow.
    pub(super) headings: Vec<Heading>,
    pub(super) sizes_after: bool,
    /// Said "add": a bare word that may be an item or an option is not decided.
    pub(super) adding: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(index: &'a Index, elements: &'a [Element]) -> Self {
        Self {
            index,
            elements,
            draft: Draft {
                turns: turns(elements),
                ..Draft::default()
            },
            pending: Vec::new(),
            seam: Seam::default(),
            target: Target::None,
            mode: Mode::Add,
            family: None,
            lost: Vec::new(),
            ahead: None,
            ahead_of_all: Vec::new(),
            headings: Vec::new(),
            sizes_after: sizes_after(index, elements),
            adding: false,
        }
    }

    pub(super) fn run(&mut self) {
        let mut at = 0;
        while at < self.elements.len() {
            let next = self.step(at);
            at = next.max(at + 1);
        }
        self.flush();
        for p in std::mem::take(&mut self.ahead_of_all) {
            self.settle(&p, Target::All);
        }
        self.headed();
        self.clashes();
        let idle = self.draft.edits.iter().filter(|e| e.is_idle());
        if self.lost.is_empty() {
            self.lost.extend(idle.filter_map(|e| e.said));
        }
    }

    /// "two colas, a small and a large": as many as there are options, so one each; else it is not decided.
    fn clashes(&mut self) {
        for at in 0..self.draft.lines.len() {
            let Some(line) = self.draft.lines.get_mut(at).filter(|l| !l.dropped) else {
                continue;
            };
            let clashes = std::mem::take(&mut line.clashes);
            let units = line.quantity as usize;
            match clashes.as_slice() {
                [clash]
                    if line.counted
                        && clash.picks.len() == units
                        && clash.picks.iter().all(|p| p.count.is_none()) =>
                {
                    line.quantity = 1;
                    let plain = line.clone();
                    for (n, pick) in clash.picks.iter().enumerate().rev() {
                        let mut one = plain.clone();
                        one.behind.push(pick.clone());
                        match self.draft.lines.get_mut(at).filter(|_| n == 0) {
                            Some(first) => *first = one,
                            None => self.draft.add_beside(at, one),
                        }
                    }
                }
                _ => self
                    .lost
                    .extend(clashes.iter().flat_map(|c| &c.picks).filter_map(|p| p.at)),
            }
        }
    }

    pub(super) fn what(&self, at: usize) -> Option<&'a What> {
        work::look();
        self.elements.get(at).map(|e| &e.what)
    }

    pub(super) fn is(&self, at: usize, class: Class) -> bool {
        work::look();
        self.elements.get(at).is_some_and(|e| e.is(class))
    }

    /// The next element that says something.
    pub(super) fn skip(&self, mut at: usize) -> usize {
        while [
            Class::Filler,
            Class::Plain,
            Class::Known,
            Class::Greet,
            Class::People,
        ]
        .iter()
        .any(|c| self.is(at, *c))
        {
            at += 1;
        }
        at
    }

    /// The element before that says something.
    pub(super) fn back(&self, at: usize) -> Option<usize> {
        (0..at)
            .rev()
            .take(4)
            .find(|b| !self.is(*b, Class::Filler) && !self.is(*b, Class::Plain))
    }

    pub(super) fn step(&mut self, at: usize) -> usize {
        let elements = self.elements;
        let Some(element) = elements.get(at) else {
            return at + 1;
        };
        match &element.what {
            What::Comma => self.seam.comma = true,
            What::Stop => {
                if self.mode != Mode::Add && self.mode != Mode::Correct {
                    self.flush();
                    self.mode = Mode::Add;
                }
                self.adding = false;
                self.seam.stop = true;
            }
            What::Article => self.seam.article = true,
            What::The => {}
            What::Number(n) => return self.number(at, *n),
            What::Ordinal(n) => return self.ordinal(at, *n),
            What::Multiple(n) => match self.target {
                Target::Line(l) if self.draft.lines.get(l).is_some_and(|l| !l.counted) => {
                    self.set_quantity(at, *n);
                }
                _ => self.lost.push(at),
            },
            What::Head(items) => self.head(at, items),
            What::NoHead(items) => self.refused(at, items),
            What::Option(said) | What::Both(_, said) => self.option(at, said),
            What::Ghost | What::Unknown => self.unknown(at),
            What::Word(class) => return self.word(at, *class),
        }
        at + 1
    }

    pub(super) fn word(&mut self, at: usize, class: Class) -> usize {
        match class {
            Class::Or if self.is(at + 1, Class::Without) && !self.changes(at + 2) => {
                self.lost.extend(at..at + 2);
            }
            Class::And | Class::Or => self.seam.and = true,
            Class::With => {
                self.seam.with = true;
                let at_once = at > 0 && self.is(at - 1, Class::Correct);
                if self.mode == Mode::Correct && !at_once {
                    self.mode = Mode::Add;
                }
            }
            Class::But => self.seam.comma = true,
            Class::Ask | Class::Also | Class::Add => {
                if matches!(self.mode, Mode::Remove) {
                    self.flush();
                }
                if class == Class::Add {
                    self.adding = true;
                }
                if self.mode != Mode::Correct || class != Class::Ask {
                    self.mode = Mode::Add;
                }
                self.seam.ask = true;
            }
            Class::Cancel if self.head_after(at, true).is_none() => {}
            Class::Remove | Class::Cancel => {
                self.flush();
                self.mode = Mode::Remove;
            }
            Class::Make | Class::MakeThe => return self.make(at),
            Class::Change => return self.change(at),
            Class::InsteadOf => self.mode = Mode::InsteadOf,
            Class::Correct
                if (self.draft.live().next().is_some()
                    || !self.pending.is_empty()
                    || self.seam.number.is_some()) =>
            {
                self.mode = Mode::Correct;
            }
            Class::It | Class::Them => self.it(),
            Class::OneOf => {
                self.stands_for_item(at);
            }
            Class::Half if self.of_them(at).is_some() => return self.half_of_them(at),
            Class::Other | Class::Last => return self.other(at, class),
            Class::All => self.all(at),
            // With anything beside it it speaks of an order that is not known here.
            Class::Usual | Class::Same if self.head_after(at, true) == Some(self.skip(at + 1)) => {
                self.draft.unsure = true;
            }
            Class::Usual if !self.alone(at) => {
                self.flush();
                self.lost.push(at);
                self.target = Target::Ghost(at);
            }
            Class::Same if self.seam.with => self.lost.push(at),
            Class::Same if self.head_after(at, true).is_some() => {}
            // "sprinkles on half"
            Class::Half
                if at > 0
                    && self.is(at - 1, Class::Prep)
                    && matches!(self.what(at + 1), None | Some(What::Stop | What::Comma)) =>
            {
                self.lost.extend(at - 1..=at);
            }
            Class::Same | Class::Usual => {
                self.flush();
                let again = self.draft.add_edit(Edit {
                    op: Op::Add,
                    acts: true,
                    ..edit()
                });
                self.target = Target::Edit(again);
            }
            Class::Everything => self.everything(at),
            Class::Sort => self.sort(at),
            Class::Another => return self.another(at),
            Class::Half => return self.halves(at),
            Class::NoteLine => return self.note(at),
            Class::OnSide
                if self.pending.last().is_some_and(|p| {
                    p.element + 1 == at
                        && matches!(self.target, Target::Line(l) if self.takes(l, &p.said))
                }) =>
            {
                self.remark(at - 1, at + 1);
            }
            _ => {}
        }
        at + 1
    }

    /// Whether nothing else of weight is said.
    fn alone(&self, at: usize) -> bool {
        self.elements.iter().enumerate().all(|(n, e)| {
            n == at
                || matches!(e.what, What::Comma | What::Stop | What::Article | What::The)
                || [Class::Filler, Class::Greet, Class::Ask, Class::Confirm]
                    .iter()
                    .any(|c| e.is(*c))
        })
    }
}

/// An edit that does nothing yet.
pub(super) const fn edit() -> Edit {
    Edit {
        op: Op::Set,
        item: None,
        line: None,
        quantity: None,
        options: Vec::new(),
        note: None,
        acts: false,
        said: None,
    }
}

/// Where what was said may be changed.
fn turns(elements: &[Element]) -> Vec<usize> {
    let turns = |e: &Element| {
        [
            Class::Make,
            Class::MakeThe,
            Class::Change,
            Class::Correct,
            Class::InsteadOf,
        ]
        .iter()
        .any(|c| e.is(*c))
    };
    (0..elements.len())
        .filter(|at| turns(&elements[*at]))
        .collect()
}

/// Whether sizes follow their items in this message: none stands before the first item, one after the last.
fn sizes_after(index: &Index, elements: &[Element]) -> bool {
    let is_size = |e: &Element| matches!(&e.what, What::Option(s) if s.options.iter().any(|o| index.exclusive(*o)));
    let is_head = |e: &Element| matches!(e.what, What::Head(_));
    let (Some(first), Some(last)) = (
        elements.iter().position(is_head),
        elements.iter().rposition(is_head),
    ) else {
        return false;
    };
    first != last
        && !elements[..first].iter().any(is_size)
        && elements.get(last + 1).is_some_and(is_size)
        && elements.get(first + 1).is_some_and(is_size)
}
