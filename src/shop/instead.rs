//! Names of the menu in a text, and what to offer in place of what is sold out.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::menu::{Item, Menu, MenuOption, OptionGroup};

/// Something that a text names.
#[derive(Debug, Clone, Copy)]
pub enum Named<'m> {
    /// An item.
    Item(&'m Item),
    /// An option.
    Option(&'m MenuOption),
}

impl<'m> Named<'m> {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'m str {
        match self {
            Self::Item(item) => &item.name,
            Self::Option(option) => &option.name,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(self) -> &'m str {
        match self {
            Self::Item(item) => item.id.as_str(),
            Self::Option(option) => option.id.as_str(),
        }
    }

    /// Whether it can be ordered now.
    #[must_use]
    pub fn available(self) -> bool {
        match self {
            Self::Item(item) => item.available,
            Self::Option(option) => option.available,
        }
    }
}

/// The words of a text, in lower case, without the plural's `s`.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let word = |word: &str| {
        let plain = word
            .strip_suffix('s')
            .filter(|rest| rest.chars().count() > 2);
        plain.unwrap_or(word).to_owned()
    };
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(word)
        .collect()
}

/// Everything of the menu, each with its names.
fn all(menu: &Menu) -> impl Iterator<Item = (Named<'_>, impl Iterator<Item = &str>)> {
    let items = menu
        .items()
        .iter()
        .map(|item| (Named::Item(item), &item.name, &item.aliases));
    let options = menu.groups().iter().flat_map(|group| &group.options);
    let options = options.map(|option| (Named::Option(option), &option.name, &option.aliases));
    items.chain(options).map(|(named, name, aliases)| {
        let names = std::iter::once(name.as_str()).chain(aliases.iter().map(String::as_str));
        (named, names)
    })
}

/// What a whole text names: by its id or exact name where there is one, else by an alias, else everything whose name
/// holds all its words.
#[must_use]
pub fn named<'m>(menu: &'m Menu, text: &str) -> Vec<Named<'m>> {
    let wanted = words(text);
    if wanted.is_empty() {
        return Vec::new();
    }
    let id = text.trim();
    let mut best: Vec<Named<'m>> = Vec::new();
    let mut best_rank = 3;
    for (named, names) in all(menu) {
        let rank = |(n, name): (usize, &str)| {
            let name = words(name);
            if name == wanted {
                n.min(1)
            } else if n == 0 && wanted.iter().all(|word| name.contains(word)) {
                2
            } else {
                3
            }
        };
        let mut rank = names.enumerate().map(rank).min().unwrap_or(3);
        if named.id() == id {
            rank = 0;
        }
        if rank < best_rank {
            best.clear();
            best_rank = rank;
        }
        if rank == best_rank && rank < 3 {
            best.push(named);
        }
    }
    best
}

/// What of a text is on the menu and not to be had now: the one with the longest name in it.
#[must_use]
pub fn sold_out_in<'m>(menu: &'m Menu, text: &str) -> Option<Named<'m>> {
    let text = words(text);
    let mut best: Option<(usize, Named<'m>)> = None;
    for (named, names) in all(menu) {
        for name in names {
            let name = words(name);
            let there = !name.is_empty() && text.windows(name.len()).any(|part| *part == *name);
            if there
                && best.is_none_or(|(length, had)| {
                    name.len() > length
                        || (name.len() == length && !named.available() && had.available())
                })
            {
                best = Some((name.len(), named));
            }
        }
    }
    best.map(|(_, named)| named)
        .filter(|named| !named.available())
}

/// What to offer in place of an item: of its category, the one with most words in common, then of the nearest price.
#[must_use]
pub fn instead_of<'m>(menu: &'m Menu, item: &Item) -> Option<&'m Item> {
    let of = |item: &Item| -> BTreeSet<String> {
        let said = [&item.name].into_iter().chain(&item.aliases);
        said.chain(&item.description)
            .flat_map(|text| words(text))
            .collect()
    };
    let own = of(item);
    menu.items()
        .iter()
        .filter(|other| other.available && other.id != item.id && other.category == item.category)
        .min_by_key(|other| {
            let common = of(other).intersection(&own).count();
            (
                Reverse(common),
                (other.price.minor() - item.price.minor()).abs(),
            )
        })
}

/// What to offer in place of an option: of its group, the one of the nearest price.
#[must_use]
pub fn instead_of_option<'m>(
    group: &'m OptionGroup,
    option: &MenuOption,
) -> Option<&'m MenuOption> {
    group
        .options
        .iter()
        .filter(|other| other.available && other.id != option.id)
        .min_by_key(|other| (other.price.minor() - option.price.minor()).abs())
}
