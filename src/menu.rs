//! The menu: what can be ordered and what it costs. Only the menu sets a price.
//!
//! A [`Menu`] is valid by construction: [`Menu::parse`] reads a file of the shape `menu.schema.json` or names every
//! problem in it with its JSON path.

mod file;
mod hours;
mod tabs;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money};

pub use file::Problem;
pub use hours::{Hours, SpecialDays, Window};
pub use tabs::{
    CellProblem, HOURS_TAB, MENU_TAB, OPTIONS_TAB, Rows, TabMenu, Tabs, read as read_tabs,
    write as write_tabs,
};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as it stands in the menu file.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

id!(
    /// A menu item's id.
    ItemId
);
id!(
    /// An option's id, unique in the whole menu.
    OptionId
);
id!(
    /// An option group's id.
    GroupId
);
id!(
    /// A category's id.
    CategoryId
);

/// A valid menu.
#[derive(Debug, Clone)]
pub struct Menu {
    shop: String,
    currency: Currency,
    delivery: Delivery,
    hours: Option<Hours>,
    special_days: SpecialDays,
    categories: Vec<Category>,
    groups: Vec<OptionGroup>,
    items: Vec<Item>,
    item_index: HashMap<ItemId, usize>,
    option_index: HashMap<OptionId, (usize, usize)>,
    version: String,
}

/// Whether and for how much the shop delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// Whether it delivers at all.
    pub offered: bool,
    /// What is added to an order that is delivered.
    pub fee: Money,
    /// Least sum of the lines for a delivery.
    pub minimum: Money,
}

/// A heading of the menu.
#[derive(Debug, Clone)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// Its name, as customers read it.
    pub name: String,
}

/// Options of which a customer chooses.
#[derive(Debug, Clone)]
pub struct OptionGroup {
    /// Its id.
    pub id: GroupId,
    /// Its name, as customers read it.
    pub name: String,
    /// Least number to choose; 1 and more: the customer must choose.
    pub min: u32,
    /// Most to choose; none: no limit.
    pub max: Option<u32>,
    /// The option that is taken when the customer names none.
    pub default: Option<OptionId>,
    /// What there is to choose.
    pub options: Vec<MenuOption>,
}

/// One thing to choose in a group.
#[derive(Debug, Clone)]
pub struct MenuOption {
    /// Its id.
    pub id: OptionId,
    /// Its name, as customers read it.
    pub name: String,
    /// What it adds to the item's price.
    pub price: Money,
    /// Other words for it, which may be shared with other options or items.
    pub aliases: Vec<String>,
    /// Whether it can be ordered now.
    pub available: bool,
}

/// Something to order.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// Its name, as customers read it.
    pub name: String,
    /// More about it.
    pub description: Option<String>,
    /// The heading it stands under.
    pub category: Option<CategoryId>,
    /// Price of one, without options.
    pub price: Money,
    /// Other words for it.
    pub aliases: Vec<String>,
    /// Its option groups, as indexes into [`Menu::groups`].
    pub groups: Vec<usize>,
    /// Options that are in it unless taken out, at no price.
    pub included: Vec<OptionId>,
    /// What it holds that people may not stand.
    pub allergens: Vec<String>,
    /// Whether it can be ordered now.
    pub available: bool,
}

impl Menu {
    /// Reads a menu file.
    ///
    /// # Errors
    /// Every problem found, each with its JSON path.
    pub fn parse(json: &str) -> Result<Self, Vec<Problem>> {
        file::read(json)
    }

    /// The shop's name.
    #[must_use]
    pub fn shop(&self) -> &str {
        &self.shop
    }

    /// The currency of all its prices.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Delivery: whether, for how much, from how much.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// Opening hours; none: always open.
    #[must_use]
    pub fn hours(&self) -> Option<&Hours> {
        self.hours.as_ref()
    }

    /// Days whose hours differ, where they are kept with the menu.
    #[must_use]
    pub fn special_days(&self) -> &SpecialDays {
        &self.special_days
    }

    /// The menu with days whose hours differ, which a menu file cannot name.
    #[must_use]
    pub fn with_special_days(mut self, days: SpecialDays) -> Self {
        if !days.is_empty() {
            self.version = file::digest(&format!("{} {days:?}", self.version));
        }
        self.special_days = days;
        self
    }

    /// The menu without what is sold out. With something taken out it has another version, so that nothing that was
    /// understood by the one is taken for the other.
    #[must_use]
    pub fn without(&self, item: impl Fn(&str) -> bool, option: impl Fn(&str) -> bool) -> Self {
        let mut menu = self.clone();
        let mut gone = String::new();
        for entry in menu.items.iter_mut().filter(|entry| entry.available) {
            if item(entry.id.as_str()) {
                entry.available = false;
                gone.push_str(&format!(" item {}", entry.id));
            }
        }
        let options = menu.groups.iter_mut().flat_map(|group| &mut group.options);
        for entry in options.filter(|entry| entry.available) {
            if option(entry.id.as_str()) {
                entry.available = false;
                gone.push_str(&format!(" option {}", entry.id));
            }
        }
        if !gone.is_empty() {
            menu.version = file::digest(&format!("{}{gone}", menu.version));
        }
        menu
    }

    /// The headings, in the file's order.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// All option groups, in the file's order.
    #[must_use]
    pub fn groups(&self) -> &[OptionGroup] {
        &self.groups
    }

    /// All items, in the file's order.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Hex digest of the menu's content: equal menus have equal versions.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The item of this id.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.get(*self.item_index.get(id)?)
    }

    /// The option of this id, with its group.
    #[must_use]
    pub fn option(&self, id: &str) -> Option<(&OptionGroup, &MenuOption)> {
        let (group, option) = *self.option_index.get(id)?;
        let group = self.groups.get(group)?;
        Some((group, group.options.get(option)?))
    }

    /// The option groups of an item, in its order.
    pub fn groups_of<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = &'a OptionGroup> {
        item.groups.iter().filter_map(|at| self.groups.get(*at))
    }

    /// The option of this id if the item has it, with its group.
    #[must_use]
    pub fn option_of(&self, item: &Item, id: &str) -> Option<(&OptionGroup, &MenuOption)> {
        let (group, _) = *self.option_index.get(id)?;
        item.groups
            .contains(&group)
            .then(|| self.option(id))
            .flatten()
    }

    /// The items of a category that can be ordered now, in the file's order; `None`: those without a category.
    pub fn items_in<'a>(&'a self, category: Option<&'a str>) -> impl Iterator<Item = &'a Item> {
        self.items.iter().filter(move |item| {
            item.available && item.category.as_ref().map(CategoryId::as_str) == category
        })
    }
}

#[cfg(test)]
mod tests;
