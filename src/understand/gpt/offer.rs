//! What of the menu the model is told for a message: what can be ordered now, or the likely part of a long menu.

use std::collections::{BTreeMap, BTreeSet};

use crate::menu::{Item, Menu, MenuOption, OptionGroup};

/// Items, and option groups with those of their options that are told.
pub(super) struct Offer<'m> {
    pub(super) items: Vec<&'m Item>,
    pub(super) groups: Vec<(&'m OptionGroup, Vec<&'m MenuOption>)>,
}

impl<'m> Offer<'m> {
    /// All that can be ordered now.
    pub(super) fn whole(menu: &'m Menu) -> Self {
        Self {
            items: menu.items().iter().filter(|item| item.available).collect(),
            groups: menu
                .groups()
                .iter()
                .map(|group| (group, available(group).collect()))
                .collect(),
        }
    }

    /// The ids of an item's option groups, of those that are told.
    pub(super) fn groups_of(&self, menu: &'m Menu, item: &'m Item) -> Vec<&'m str> {
        let told = |id: &str| self.groups.iter().any(|(group, _)| group.id.as_str() == id);
        menu.groups_of(item)
            .map(|group| group.id.as_str())
            .filter(|id| told(id))
            .collect()
    }

    /// Lower-case names of options that several groups have.
    pub(super) fn shared_names(&self) -> BTreeSet<String> {
        let mut groups_with: BTreeMap<String, usize> = BTreeMap::new();
        for (_, options) in &self.groups {
            let names: BTreeSet<String> = options.iter().map(|o| o.name.to_lowercase()).collect();
            for name in names {
                *groups_with.entry(name).or_default() += 1;
            }
        }
        let shared = groups_with.into_iter().filter(|(_, groups)| *groups > 1);
        shared.map(|(name, _)| name).collect()
    }
}

pub(super) fn available(group: &OptionGroup) -> impl Iterator<Item = &MenuOption> {
    group.options.iter().filter(|option| option.available)
}
