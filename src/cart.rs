//! The cart: lines of items with options, changed by [`Operation`]s and priced by the menu.
//!
//! Operations may come from a model or from a button, so nothing in them is trusted: every id, line number and
//! quantity is checked here, and what does not hold is refused by name instead of guessed.

mod price;

use serde::{Deserialize, Serialize};

use crate::menu::{Item, ItemId, Menu, MenuOption, OptionGroup, OptionId};
use crate::parsed::{Change, Op, Operation, OptionChange};
use crate::privacy::PersonalText;
use crate::shop;

pub use price::{Priced, PricedLine, PricedOption, describe};

/// Most units on one line and most of one option: beyond it a figure is taken for a slip of the pen.
pub const MOST_UNITS: u32 = 999;

/// Most lines in a cart, so that a draft stays one message.
pub const MOST_LINES: usize = 50;

/// What a customer has chosen so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    lines: Vec<Line>,
    /// The line spoken of last, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<u32>,
    /// The next line's id.
    #[serde(default)]
    next: u32,
}

/// Some units of one item with the same options.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Names the line as long as it stands, also when lines before it go.
    pub id: u32,
    /// What is ordered.
    pub item: ItemId,
    /// How many.
    pub quantity: u32,
    /// What was said about its options; what was not said stands in the menu.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Chosen>,
    /// A wish that is no option.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<PersonalText>,
}

/// What was said about one option of a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Chosen {
    /// The option.
    pub option: OptionId,
    /// What happens to it.
    pub change: Change,
    /// How many times; its price counts that often.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: u32,
}

const fn one() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
const fn is_one(n: &u32) -> bool {
    *n == 1
}

/// What may take the place of something that is sold out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instead {
    /// Its name.
    pub name: String,
    /// The item, for a button that adds it; none for an option.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemId>,
}

/// Why an operation, or a part of it, was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Refusal {
    /// The menu has no such item.
    NoItem,
    /// The item is not to be had now.
    SoldOut {
        /// Its name.
        name: String,
        /// What may take its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<Instead>,
    },
    /// There is no line that was meant.
    NoLine,
    /// The item has no such option.
    NoOption {
        /// The item's name.
        item: String,
    },
    /// More options of a group than may be chosen.
    TooManyOptions {
        /// The item's name.
        item: String,
        /// The group's name.
        group: String,
        /// How many may be chosen.
        max: u32,
    },
    /// A quantity of none or beyond all reason.
    Quantity {
        /// The item's name.
        item: String,
    },
    /// The cart has as many lines as it may.
    Full,
}

/// A group of which something must still be chosen on a line.
#[derive(Debug, Clone, Copy)]
pub struct MissingChoice<'a> {
    /// The line's id.
    pub line: u32,
    /// Its item.
    pub item: &'a Item,
    /// The group.
    pub group: &'a OptionGroup,
}

impl Cart {
    /// New lines get ids from here on.
    pub fn number_from(&mut self, first: u32) {
        self.next = first;
    }

    /// Adds the lines of an earlier cart as they can be had today; says what cannot, by name or, where the menu does not
    /// know it any more, by id.
    pub fn add_again(&mut self, earlier: &Self, menu: &Menu) -> Vec<String> {
        let mut again = earlier.clone();
        let gone = again.drop_unorderable(menu);
        for mut line in again.lines {
            if self.lines.len() < MOST_LINES {
                line.id = self.next;
                self.push(line);
            }
        }
        self.join_equal();
        gone
    }

    /// Drops what the customer said in their own words.
    pub fn forget_notes(&mut self) {
        for line in &mut self.lines {
            line.note = None;
        }
    }

    /// The lines, in the order shown.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many units it holds.
    #[must_use]
    pub fn units(&self) -> u32 {
        self.lines
            .iter()
            .fold(0, |sum, line| sum.saturating_add(line.quantity))
    }

    /// The line of this id.
    #[must_use]
    pub fn line(&self, id: u32) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// The line spoken of last.
    #[must_use]
    pub fn last(&self) -> Option<u32> {
        self.last
    }

    /// Carries out one message's operations, then joins lines that have become equal.
    pub fn apply(&mut self, operations: &[Operation], menu: &Menu) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for operation in operations {
            if let Err(refusal) = self.apply_one(operation, menu, &mut refusals) {
                refusals.push(refusal);
            }
        }
        self.join_equal();
        refusals
    }

    fn apply_one(
        &mut self,
        operation: &Operation,
        menu: &Menu,
        refusals: &mut Vec<Refusal>,
    ) -> Result<(), Refusal> {
        if let (Op::Add, Some(id)) = (operation.op, operation.item.as_deref()) {
            let item = orderable(menu, id)?;
            let quantity = units(operation.quantity.unwrap_or(1), item)?;
            if self.lines.len() >= MOST_LINES {
                return Err(Refusal::Full);
            }
            let mut line = Line {
                id: self.next,
                item: item.id.clone(),
                quantity,
                options: Vec::new(),
                note: operation.note.clone(),
            };
            merge(&mut line, &operation.options, item, menu, refusals);
            self.push(line);
            return Ok(());
        }
        let at = self.target(operation, menu)?;
        let line = self.lines.get(at).ok_or(Refusal::NoLine)?;
        let item = menu.item(line.item.as_str()).ok_or(Refusal::NoItem)?;
        let (id, had) = (line.id, line.quantity);
        match operation.op {
            Op::Add if operation.options.is_empty() => {
                let more = units(operation.quantity.unwrap_or(1), item)?;
                self.set_quantity(at, units(had.saturating_add(more), item)?);
            }
            // "Another one, but large": new units with their own options.
            Op::Add => {
                let quantity = units(operation.quantity.unwrap_or(1), item)?;
                return self.branch(at, quantity, operation, item, menu, refusals);
            }
            Op::Remove => {
                let gone = operation.quantity.unwrap_or(had);
                self.set_quantity(at, had.saturating_sub(gone));
            }
            Op::Set => {
                if let Some(quantity) = operation.quantity {
                    self.set_quantity(at, units(quantity, item)?);
                }
                if let Some(line) = self.lines.iter_mut().find(|line| line.id == id) {
                    merge(line, &operation.options, item, menu, refusals);
                    if operation.note.is_some() {
                        line.note.clone_from(&operation.note);
                    }
                }
            }
            Op::Split => {
                let quantity = units(operation.quantity.unwrap_or(1), item)?.min(had);
                let lines = self.lines.len();
                self.branch(at, quantity, operation, item, menu, refusals)?;
                debug_assert_eq!(self.lines.len(), lines + 1);
                self.set_quantity(at, had - quantity);
                return Ok(());
            }
        }
        self.last = self
            .line(id)
            .map(|line| line.id)
            .or_else(|| self.lines.last().map(|l| l.id));
        Ok(())
    }

    /// Adds a line like the one at `at`, with the operation's options on top.
    fn branch(
        &mut self,
        at: usize,
        quantity: u32,
        operation: &Operation,
        item: &Item,
        menu: &Menu,
        refusals: &mut Vec<Refusal>,
    ) -> Result<(), Refusal> {
        if self.lines.len() >= MOST_LINES {
            return Err(Refusal::Full);
        }
        let mut line = self.lines.get(at).ok_or(Refusal::NoLine)?.clone();
        line.id = self.next;
        line.quantity = quantity;
        if operation.note.is_some() {
            line.note.clone_from(&operation.note);
        }
        merge(&mut line, &operation.options, item, menu, refusals);
        self.push(line);
        Ok(())
    }

    fn push(&mut self, line: Line) {
        self.next = self.next.wrapping_add(1);
        self.last = Some(line.id);
        self.lines.push(line);
    }

    /// Sets a line's quantity; none left takes the line off.
    fn set_quantity(&mut self, at: usize, quantity: u32) {
        if quantity == 0 && at < self.lines.len() {
            self.lines.remove(at);
        } else if let Some(line) = self.lines.get_mut(at) {
            line.quantity = quantity;
        }
    }

    /// The line that an operation speaks of.
    fn target(&self, operation: &Operation, menu: &Menu) -> Result<usize, Refusal> {
        let of_item = |line: &Line| operation.item.as_deref() == Some(line.item.as_str());
        let found = match (operation.line, operation.item.as_deref()) {
            (Some(line), item) => {
                let at = (line as usize).checked_sub(1);
                let shown = at.filter(|at| {
                    self.lines
                        .get(*at)
                        .is_some_and(|line| item.is_none() || of_item(line))
                });
                // "The second burger" may count burgers where the second line is something else.
                shown.or_else(|| {
                    let mut lines = self.lines.iter().enumerate();
                    let nth = lines.by_ref().filter(|(_, line)| of_item(line)).nth(at?);
                    nth.map(|(at, _)| at)
                })
            }
            (None, Some(item)) => {
                if menu.item(item).is_none() {
                    return Err(Refusal::NoItem);
                }
                self.lines.iter().rposition(of_item)
            }
            (None, None) => self
                .last
                .and_then(|last| self.lines.iter().position(|line| line.id == last))
                .or_else(|| self.lines.len().checked_sub(1)),
        };
        found.ok_or(Refusal::NoLine)
    }

    /// Joins lines with the same item, options and note, so that the customer reads "2 x" and not the same line twice.
    fn join_equal(&mut self) {
        let mut joined: Vec<Line> = Vec::with_capacity(self.lines.len());
        for line in self.lines.drain(..) {
            let twin = joined.iter_mut().find(|other| {
                other.item == line.item && other.options == line.options && other.note == line.note
            });
            match twin {
                Some(twin) if twin.quantity.saturating_add(line.quantity) <= MOST_UNITS => {
                    twin.quantity += line.quantity;
                    if self.last == Some(line.id) {
                        self.last = Some(twin.id);
                    }
                }
                _ => joined.push(line),
            }
        }
        self.lines = joined;
    }

    /// Notes that a line is spoken of, so that the next words without an item mean it.
    pub fn speak_of(&mut self, id: u32) {
        if self.lines.iter().any(|line| line.id == id) {
            self.last = Some(id);
        }
    }

    /// Takes a line off, or changes its quantity by a button; false where there is no such line.
    pub fn change_units(&mut self, id: u32, by: i32) -> bool {
        let Some(at) = self.lines.iter().position(|line| line.id == id) else {
            return false;
        };
        let had = self.lines.get(at).map_or(0, |line| line.quantity);
        self.last = Some(id);
        self.set_quantity(at, had.saturating_add_signed(by).min(MOST_UNITS));
        true
    }

    /// Chooses an option of a line by a button: one of a group that allows one replaces the other, another tap on a
    /// chosen one takes it back.
    pub fn toggle(&mut self, id: u32, option: &str, menu: &Menu) -> Result<(), Refusal> {
        let line = self
            .lines
            .iter_mut()
            .find(|line| line.id == id)
            .ok_or(Refusal::NoLine)?;
        let item = menu.item(line.item.as_str()).ok_or(Refusal::NoItem)?;
        let (group, found) = menu.option_of(item, option).ok_or(Refusal::NoOption {
            item: item.name.clone(),
        })?;
        self.last = Some(id);
        if let Some(at) = line.options.iter().position(|c| c.option == found.id) {
            line.options.remove(at);
            return Ok(());
        }
        let change = if item.included.contains(&found.id) {
            Change::Without
        } else {
            Change::With
        };
        let mut refusals = Vec::new();
        // Where one must be chosen, the other choice is the only way to take one back.
        let _ = group;
        let wish = OptionChange {
            option: option.to_owned(),
            change,
            count: None,
        };
        merge(line, &[wish], item, menu, &mut refusals);
        refusals.pop().map_or(Ok(()), Err)
    }

    /// Takes off what the menu no longer offers and says the names: a menu may change while a cart is open.
    pub fn drop_unorderable(&mut self, menu: &Menu) -> Vec<String> {
        let mut gone = Vec::new();
        self.lines.retain_mut(|line| {
            let Some(item) = menu.item(line.item.as_str()).filter(|item| item.available) else {
                let name = menu
                    .item(line.item.as_str())
                    .map_or(line.item.as_str(), |i| &i.name);
                gone.push(name.to_owned());
                return false;
            };
            line.options.retain(|chosen| {
                let option = menu.option_of(item, chosen.option.as_str());
                let keep =
                    chosen.change == Change::Without || option.is_some_and(|(_, o)| o.available);
                if !keep {
                    let name = option.map_or(chosen.option.as_str(), |(_, o)| &o.name);
                    gone.push(format!("{} ({name})", item.name));
                }
                keep
            });
            true
        });
        gone
    }

    /// The groups of which something must still be chosen.
    pub fn missing_choices<'a>(
        &'a self,
        menu: &'a Menu,
    ) -> impl Iterator<Item = MissingChoice<'a>> {
        self.lines.iter().flat_map(move |line| {
            let item = menu.item(line.item.as_str());
            item.into_iter().flat_map(move |item| {
                menu.groups_of(item).filter_map(move |group| {
                    let chosen = price::effective(line, item, group).count();
                    (chosen < group.min as usize).then_some(MissingChoice {
                        line: line.id,
                        item,
                        group,
                    })
                })
            })
        })
    }
}

/// A menu item that can be ordered now.
fn orderable<'a>(menu: &'a Menu, id: &str) -> Result<&'a Item, Refusal> {
    let item = menu.item(id).ok_or(Refusal::NoItem)?;
    if item.available {
        Ok(item)
    } else {
        Err(Refusal::sold_out(menu, item))
    }
}

impl Refusal {
    /// An item that is sold out, with what may take its place.
    #[must_use]
    pub fn sold_out(menu: &Menu, item: &Item) -> Self {
        let instead = shop::instead_of(menu, item).map(|other| Instead {
            name: other.name.clone(),
            item: Some(other.id.clone()),
        });
        Self::SoldOut {
            name: item.name.clone(),
            instead,
        }
    }

    /// An option that is sold out, with what may take its place.
    #[must_use]
    pub fn sold_out_option(group: &OptionGroup, option: &MenuOption) -> Self {
        let instead = shop::instead_of_option(group, option).map(|other| Instead {
            name: other.name.clone(),
            item: None,
        });
        Self::SoldOut {
            name: option.name.clone(),
            instead,
        }
    }
}

/// A quantity that can be meant.
fn units(quantity: u32, item: &Item) -> Result<u32, Refusal> {
    if (1..=MOST_UNITS).contains(&quantity) {
        Ok(quantity)
    } else {
        Err(Refusal::Quantity {
            item: item.name.clone(),
        })
    }
}

/// The option that an id, or a name in lower case, means on this item.
fn resolve<'a>(
    menu: &'a Menu,
    item: &'a Item,
    word: &str,
) -> Option<(&'a OptionGroup, &'a MenuOption)> {
    menu.option_of(item, word).or_else(|| {
        menu.groups_of(item).find_map(|group| {
            let option = group
                .options
                .iter()
                .find(|option| option.name.to_lowercase() == word)?;
            Some((group, option))
        })
    })
}

/// Puts options on top of a line's own: one of a group of which at most one can be chosen replaces the other.
fn merge(
    line: &mut Line,
    changes: &[OptionChange],
    item: &Item,
    menu: &Menu,
    refusals: &mut Vec<Refusal>,
) {
    for change in changes {
        let Some((group, option)) = resolve(menu, item, &change.option) else {
            // What an item never has need not be taken out of it ("no cheese" may mean any of several cheeses).
            if change.change == Change::Without && menu.option(&change.option).is_some() {
                continue;
            }
            refusals.push(Refusal::NoOption {
                item: item.name.clone(),
            });
            continue;
        };
        if !option.available && change.change != Change::Without {
            refusals.push(Refusal::sold_out_option(group, option));
            continue;
        }
        let count = change.count.unwrap_or(1);
        if !(1..=MOST_UNITS).contains(&count) {
            refusals.push(Refusal::Quantity {
                item: option.name.clone(),
            });
            continue;
        }
        let adds = change.change != Change::Without;
        let in_group = |chosen: &Chosen| group.options.iter().any(|o| o.id == chosen.option);
        line.options.retain(|chosen| {
            chosen.option != option.id && !(adds && group.max == Some(1) && in_group(chosen))
        });
        let chosen = line
            .options
            .iter()
            .filter(|c| {
                in_group(c) && c.change != Change::Without && !item.included.contains(&c.option)
            })
            .count();
        if let Some(max) = group.max
            && adds
            && !item.included.contains(&option.id)
            && chosen >= max as usize
        {
            refusals.push(Refusal::TooManyOptions {
                item: item.name.clone(),
                group: group.name.clone(),
                max,
            });
            continue;
        }
        line.options.push(Chosen {
            option: option.id.clone(),
            change: change.change,
            count,
        });
    }
    line.options.sort();
}

#[cfg(test)]
mod tests;
