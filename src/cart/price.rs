//! What a cart costs and how it reads: integer arithmetic over the menu's prices, nothing else.

use super::{Cart, Chosen, Line};
use crate::menu::{Item, Menu, MenuOption, OptionGroup};
use crate::money::Money;
use crate::parsed::Change;
use crate::privacy::PersonalText;

/// A cart with its prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// The lines, in the cart's order.
    pub lines: Vec<PricedLine>,
    /// Sum of the lines.
    pub subtotal: Money,
}

/// A line with its prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// The line's id in the cart.
    pub id: u32,
    /// The item's name.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// What is said about its options.
    pub options: Vec<PricedOption>,
    /// A wish that is no option.
    pub note: Option<PersonalText>,
    /// Price of one, options included.
    pub unit: Money,
    /// Price of all.
    pub total: Money,
}

/// An option of a line, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedOption {
    /// The option's name.
    pub name: String,
    /// What happens to it.
    pub change: Change,
    /// How many times.
    pub count: u32,
    /// What it adds to one unit.
    pub price: Money,
}

impl Cart {
    /// The cart with the menu's prices. Lines that the menu no longer has are left out: see
    /// [`Cart::drop_unorderable`].
    #[must_use]
    pub fn priced(&self, menu: &Menu) -> Priced {
        let lines: Vec<_> = self
            .lines
            .iter()
            .filter_map(|line| Some(priced_line(line, menu.item(line.item.as_str())?, menu)))
            .collect();
        let subtotal = lines.iter().map(|line| line.total).sum();
        Priced { lines, subtotal }
    }
}

fn priced_line(line: &Line, item: &Item, menu: &Menu) -> PricedLine {
    let mut unit = item.price;
    let mut options = Vec::new();
    for group in menu.groups_of(item) {
        for option in &group.options {
            let Some(chosen) = line.options.iter().find(|c| c.option == option.id) else {
                continue;
            };
            let price = surcharge(chosen, option, item);
            unit = unit.plus(price);
            options.push(PricedOption {
                name: option.name.clone(),
                change: chosen.change,
                count: chosen.count,
                price,
            });
        }
        if let Some(option) = default_of(line, item, group) {
            unit = unit.plus(option.price);
            // A choice that costs or had to be made is named; a free habit of the kitchen is not.
            if option.price != Money::ZERO || group.min > 0 {
                options.push(PricedOption {
                    name: option.name.clone(),
                    change: Change::With,
                    count: 1,
                    price: option.price,
                });
            }
        }
    }
    PricedLine {
        id: line.id,
        name: item.name.clone(),
        quantity: line.quantity,
        options,
        note: line.note.clone(),
        unit,
        total: unit.times(line.quantity),
    }
}

/// What an option adds to one unit. The first portion of an included option is free; what is left out costs nothing
/// and gives nothing back.
fn surcharge(chosen: &Chosen, option: &MenuOption, item: &Item) -> Money {
    let included = item.included.contains(&option.id);
    match chosen.change {
        Change::Without => Money::ZERO,
        Change::With | Change::Light if included => option.price.times(chosen.count - 1),
        Change::With | Change::Light | Change::Extra => option.price.times(chosen.count),
    }
}

/// The option that a group's default adds to a line, where the customer chose none of the group.
fn default_of<'a>(line: &Line, item: &Item, group: &'a OptionGroup) -> Option<&'a MenuOption> {
    let default = group.default.as_ref()?;
    let spoken = |option: &MenuOption| {
        let said = line.options.iter().find(|c| c.option == option.id);
        match said {
            Some(chosen) => chosen.change != Change::Without || option.id == *default,
            None => item.included.contains(&option.id),
        }
    };
    if group.options.iter().any(spoken) {
        return None;
    }
    group.options.iter().find(|o| o.id == *default)
}

/// The options of a group that a line really has: chosen, included or by default.
pub(super) fn effective<'a>(
    line: &'a Line,
    item: &'a Item,
    group: &'a OptionGroup,
) -> impl Iterator<Item = &'a MenuOption> {
    let default = default_of(line, item, group).map(|o| &o.id);
    group.options.iter().filter(move |option| {
        match line.options.iter().find(|c| c.option == option.id) {
            Some(chosen) => chosen.change != Change::Without,
            None => item.included.contains(&option.id) || default == Some(&option.id),
        }
    })
}

/// An option in words: `extra cheese`, `no onions`, `2 x vanilla`.
#[must_use]
pub fn describe(option: &PricedOption) -> String {
    let name = option.name.to_lowercase();
    let many = if option.count > 1 {
        format!("{} x {name}", option.count)
    } else {
        name.clone()
    };
    match option.change {
        Change::With => many,
        Change::Without => format!("no {many}"),
        // An option that is called so already is not "extra extra cheese".
        Change::Extra if name.starts_with("extra ") => many,
        Change::Extra => format!("extra {many}"),
        Change::Light => format!("light {many}"),
    }
}
