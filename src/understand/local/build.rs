//! What the walk over a message collects: new lines, edits of the cart, and what becomes of every word.

use crate::parsed::{Change, Op, Operation, OptionChange};
use crate::privacy::PersonalText;

use super::gap;
use super::index::{Index, ItemAt, OptionAt};
use super::marks::Said;
use super::work;

/// An option that was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picked {
    pub(super) option: OptionAt,
    /// Instead of its id where the item is unknown and others bear the name too.
    pub(super) by_name: bool,
    pub(super) change: Change,
    pub(super) count: Option<u32>,
    /// The element that says it; none: it was taken over from another line.
    pub(super) at: Option<usize>,
}

/// Options of which a line takes one only, and the message names several.
#[derive(Debug, Clone)]
pub(super) struct Clash {
    pub(super) picks: Vec<Picked>,
}

/// New units.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) item: ItemAt,
    pub(super) quantity: u32,
    /// The message says how many.
    pub(super) counted: bool,
    pub(super) ahead: Vec<Picked>,
    pub(super) behind: Vec<Picked>,
    pub(super) clashes: Vec<Clash>,
    /// A wish that is no option: its tokens.
    pub(super) note: Option<(usize, usize)>,
    pub(super) dropped: bool,
    /// Lines before it that share its noun and what follows that: "two small and a large latte with oat milk".
    pub(super) siblings: usize,
    /// Its words: the elements of its number and its name.
    pub(super) element: usize,
}

impl Line {
    /// Its options, for units that are taken from it.
    pub(super) fn inherited(&self) -> Vec<Picked> {
        let own = self.ahead.iter().chain(&self.behind).cloned();
        own.map(|p| Picked { at: None, ..p }).collect()
    }

    pub(super) fn options(&self) -> Vec<OptionAt> {
        self.ahead
            .iter()
            .chain(&self.behind)
            .map(|p| p.option)
            .collect()
    }
}

/// A change to what is in the cart already.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub(super) op: Op,
    pub(super) item: Option<ItemAt>,
    pub(super) line: Option<u32>,
    pub(super) quantity: Option<u32>,
    pub(super) options: Vec<Picked>,
    /// A wish that is no option: its tokens.
    pub(super) note: Option<(usize, usize)>,
    /// It does something even without options or quantity.
    pub(super) acts: bool,
    /// The words that speak of it, to be told where nothing comes of them.
    pub(super) said: Option<usize>,
}

impl Edit {
    /// Nothing comes of it.
    pub(super) fn is_idle(&self) -> bool {
        !self.acts
            && self.options.is_empty()
            && self.note.is_none()
            && (self.quantity.is_none() || self.op == Op::Split)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Line(usize),
    Edit(usize),
}

/// What an option or a number that follows speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    None,
    Line(usize),
    Edit(usize),
    /// All lines of this message.
    All,
    /// Something that is not on the menu: its first element.
    Ghost(usize),
}

/// How many lines back words may speak of: what bounds the time that a very long message takes.
const REACH: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) lines: Vec<Line>,
    pub(super) edits: Vec<Edit>,
    pub(super) acts: Vec<Act>,
    pub(super) unsure: bool,
    /// The elements after which a choice may be changed: "make", "change", "no wait".
    pub(super) turns: Vec<usize>,
}

/// Whether the line was given another option of the same kind, and nothing was said that takes it back. Both are
/// then kept aside.
fn clashes(index: &Index, line: &mut Line, picked: &Picked, turns: &[usize]) -> bool {
    let Some(at) = picked
        .at
        .filter(|_| picked.change == Change::With && index.exclusive(picked.option))
    else {
        return false;
    };
    let other = |p: &Picked| {
        let turned = |before: usize| {
            turns.partition_point(|t| *t < before) != turns.partition_point(|t| *t < at)
        };
        p.option != picked.option
            && p.change == Change::With
            && index.same_group(p.option, picked.option)
            && p.at.is_some_and(|before| !turned(before.min(at)))
    };
    if let Some(clash) = line.clashes.iter_mut().find(|c| c.picks.iter().any(&other)) {
        clash.picks.push(picked.clone());
        return true;
    }
    for list in [&mut line.ahead, &mut line.behind] {
        if let Some(n) = list.iter().position(&other) {
            let first = list.remove(n);
            line.clashes.push(Clash {
                picks: vec![first, picked.clone()],
            });
            return true;
        }
    }
    false
}

/// Adds an option; one of a group of which at most one can be chosen replaces the other.
pub(super) fn put(index: &Index, list: &mut Vec<Picked>, picked: Picked) {
    list.retain(|p| {
        p.option != picked.option
            && !(index.exclusive(picked.option)
                && picked.change != Change::Without
                && index.same_group(p.option, picked.option))
    });
    list.push(picked);
}

impl Draft {
    pub(super) fn add_line(&mut self, line: Line) -> usize {
        self.acts.push(Act::Line(self.lines.len()));
        self.lines.push(line);
        self.unsure |= self.lines.len() > REACH;
        self.lines.len() - 1
    }

    pub(super) fn add_edit(&mut self, edit: Edit) -> usize {
        self.acts.push(Act::Edit(self.edits.len()));
        self.edits.push(edit);
        self.edits.len() - 1
    }

    /// A line beside another, in the place where that one was said.
    pub(super) fn add_beside(&mut self, at: usize, line: Line) {
        let place = self
            .acts
            .iter()
            .position(|a| *a == Act::Line(at))
            .map_or(self.acts.len(), |n| n + 1);
        self.acts.insert(place, Act::Line(self.lines.len()));
        self.lines.push(line);
    }

    /// The lines that words may speak of.
    pub(super) fn live(&self) -> impl DoubleEndedIterator<Item = (usize, &Line)> {
        self.lines
            .iter()
            .enumerate()
            .skip(self.lines.len().saturating_sub(REACH))
            .inspect(|_| work::look())
            .filter(|(_, l)| !l.dropped)
    }

    /// Gives a line an option; whether the words fit exactly one of its item's options.
    pub(super) fn give(&mut self, index: &Index, at: usize, said: &Said, ahead: bool) -> bool {
        let Some(line) = self.lines.get_mut(at) else {
            return false;
        };
        let options = gap::on_item(index, line.item, said);
        if options.is_empty() {
            return false;
        }
        let Some(change) = said.change else {
            return true;
        };
        for option in options {
            let picked = Picked {
                option,
                by_name: false,
                change,
                count: said.count,
                at: said.at,
            };
            // More or less of a size says nothing.
            if matches!(change, Change::Extra | Change::Light)
                && index.exclusive(option)
                && is_size(index, option)
            {
                return false;
            }
            if clashes(index, line, &picked, &self.turns) {
                continue;
            }
            let mut own = std::mem::take(if ahead {
                &mut line.ahead
            } else {
                &mut line.behind
            });
            put(index, &mut own, picked.clone());
            let other = if ahead {
                &mut line.behind
            } else {
                &mut line.ahead
            };
            put(index, other, picked.clone());
            other.retain(|p| *p != picked);
            *(if ahead {
                &mut line.ahead
            } else {
                &mut line.behind
            }) = own;
        }
        true
    }

    /// Gives an edit of the cart an option.
    pub(super) fn give_edit(&mut self, index: &Index, at: usize, said: &Said) -> bool {
        let Some(edit) = self.edits.get_mut(at) else {
            return false;
        };
        let Some(change) = said.change else {
            edit.said = None;
            return true;
        };
        if said.group && edit.item.is_none() {
            return false;
        }
        if let Some(item) = edit.item {
            let options = gap::on_item(index, item, said);
            for option in &options {
                put(
                    index,
                    &mut edit.options,
                    Picked {
                        option: *option,
                        by_name: false,
                        change,
                        count: said.count,
                        at: said.at,
                    },
                );
            }
            return !options.is_empty();
        }
        let name = |o: &OptionAt| index.options.get(*o as usize).map(|o| o.name.as_str());
        let list = match said.named {
            0 => said.options.as_slice(),
            n => said.options.get(..n).unwrap_or(&[]),
        };
        let Some(first) = list.first() else {
            return false;
        };
        if list.iter().any(|o| name(o) != name(first)) {
            if change != Change::Without {
                return false;
            }
            for option in list {
                put(
                    index,
                    &mut edit.options,
                    Picked {
                        option: *option,
                        by_name: false,
                        change,
                        count: said.count,
                        at: said.at,
                    },
                );
            }
            return true;
        }
        let shared = list.len() > 1
            || index
                .options
                .iter()
                .filter(|o| Some(o.name.as_str()) == name(first))
                .count()
                > 1;
        put(
            index,
            &mut edit.options,
            Picked {
                option: *first,
                by_name: shared,
                change,
                count: said.count,
                at: said.at,
            },
        );
        true
    }

    /// The operations, in the order they were said.
    pub(super) fn operations(
        &self,
        index: &Index,
        quote: impl Fn(usize, usize) -> String,
    ) -> Vec<Operation> {
        let note = |words: Option<(usize, usize)>| {
            words.map(|(from, to)| PersonalText::from(quote(from, to)))
        };
        let options = |list: &mut dyn Iterator<Item = &Picked>| -> Vec<OptionChange> {
            list.filter_map(|p| {
                let option = index.options.get(p.option as usize)?;
                Some(OptionChange {
                    option: match p.by_name {
                        true => option.name.clone(),
                        false => option.id.clone(),
                    },
                    change: p.change,
                    count: p.count,
                })
            })
            .collect()
        };
        let id = |item: ItemAt| {
            index
                .items
                .get(item as usize)
                .map(|i| i.id.as_str().to_owned())
        };
        let mut out = Vec::new();
        for act in &self.acts {
            match act {
                Act::Line(at) => {
                    let Some(line) = self.lines.get(*at).filter(|l| !l.dropped && l.quantity > 0)
                    else {
                        continue;
                    };
                    out.push(Operation {
                        op: Op::Add,
                        item: id(line.item),
                        line: None,
                        quantity: Some(line.quantity),
                        options: options(&mut line.ahead.iter().chain(&line.behind)),
                        note: note(line.note),
                    });
                }
                Act::Edit(at) => {
                    let Some(edit) = self.edits.get(*at) else {
                        continue;
                    };
                    if edit.is_idle() {
                        continue;
                    }
                    // "the same again with oat milk": one more, and that one otherwise.
                    let op = match (edit.op, edit.item, edit.options.is_empty()) {
                        (Op::Add, None, false) => {
                            out.push(Operation {
                                op: Op::Add,
                                item: None,
                                line: edit.line,
                                quantity: edit.quantity,
                                options: Vec::new(),
                                note: None,
                            });
                            Op::Split
                        }
                        (op, ..) => op,
                    };
                    out.push(Operation {
                        op,
                        item: edit.item.and_then(id),
                        line: edit.line,
                        quantity: edit.quantity.or((op == Op::Split).then_some(1)),
                        options: options(&mut edit.options.iter()),
                        note: note(edit.note),
                    });
                }
            }
        }
        out
    }
}

pub(super) fn is_size(index: &Index, option: OptionAt) -> bool {
    const SIZES: [&str; 6] = ["small", "medium", "large", "regular", "big", "little"];
    index.options.get(option as usize).is_some_and(|o| {
        SIZES
            .iter()
            .any(|s| o.name.split_whitespace().any(|w| w == *s))
    })
}
