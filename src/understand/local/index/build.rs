//! The index's making: every name, alias and part of a name into the trie.

use std::collections::HashMap;

use crate::menu::Menu;

use super::super::text::{self, Token};
use super::super::words::{self, Class};
use super::{Index, IndexGroup, IndexItem, IndexOption, Phrase, Rank, Target};

/// "and", "with", "of": what joins two words of a name.
fn links(word: &str) -> bool {
    words::all().iter().any(|language| {
        matches!(
            language.class_of(word),
            Some(Class::And | Class::Or | Class::With | Class::Of | Class::To | Class::Prep)
        )
    })
}

impl Index {
    pub(in super::super) fn new(menu: &Menu) -> Self {
        let mut index = Self {
            phrases: vec![Phrase::default()],
            ..Self::default()
        };
        index.add_groups(menu);
        index.add_items(menu);
        index.add_parts(menu);
        index
    }

    fn id(&mut self, token: &Token) -> u32 {
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let stem = text::stem(&token.norm);
        if let Some(id) = self.ids.get(stem.as_str()) {
            return *id;
        }
        self.typos.insert(&token.norm, next);
        if stem != token.norm {
            self.typos.insert(&stem, next);
        }
        self.ids.insert(stem.into(), next);
        next
    }

    fn ids_of(&mut self, phrase: &str) -> Vec<u32> {
        text::tokens(phrase)
            .iter()
            .filter(|t| t.is_word())
            .map(|t| self.id(t))
            .collect()
    }

    fn node(&mut self, words: &[u32]) -> Option<u32> {
        let mut node = 0;
        for id in words {
            let next = u32::try_from(self.phrases.len()).unwrap_or(u32::MAX);
            node = *self.edges.entry((node, *id)).or_insert(next);
            if node == next {
                self.phrases.push(Phrase::default());
            }
        }
        self.longest = self.longest.max(words.len());
        (node != 0).then_some(node)
    }

    fn insert(&mut self, phrase: &str, rank: Rank, target: Target) {
        let words = self.ids_of(phrase);
        let Some(node) = self.node(&words) else {
            return;
        };
        if let Some(phrase) = self.phrases.get_mut(node as usize) {
            phrase.add(rank, target);
        }
        self.surfaces
            .entry(text::surface(&text::tokens(phrase)).into())
            .or_default()
            .push(target);
        let joined: String = text::tokens(phrase).into_iter().map(|t| t.norm).collect();
        if joined.len() >= 5 && joined.bytes().any(|b| !b.is_ascii_digit()) {
            self.joined
                .entry(text::stem(&joined).into())
                .or_insert(node);
        }
    }

    fn mark(&mut self, words: &[u32], set: impl Fn(&mut Phrase)) {
        if let Some(phrase) = self
            .node(words)
            .and_then(|n| self.phrases.get_mut(n as usize))
        {
            set(phrase);
        }
    }

    fn add_groups(&mut self, menu: &Menu) {
        for (at, group) in menu.groups().iter().enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            let words = self.ids_of(&group.name);
            self.groups.push(IndexGroup {
                exclusive: group.max == Some(1),
                words: words.clone(),
            });
            for option in &group.options {
                let target = Target::Option(u32::try_from(self.options.len()).unwrap_or(u32::MAX));
                self.options.push(IndexOption {
                    id: option.id.as_str().to_owned(),
                    name: option.name.to_lowercase(),
                    group: at,
                    available: option.available,
                });
                self.insert(&option.name, Rank::Name, target);
                for alias in &option.aliases {
                    self.insert(alias, Rank::Alias, target);
                }
            }
            self.mark(&words, |p| p.groups.push(at));
        }
    }

    fn add_items(&mut self, menu: &Menu) {
        for (at, item) in menu.items().iter().enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            let name_words = self.ids_of(&item.name);
            let mut words = name_words.clone();
            for alias in &item.aliases {
                words.extend(self.ids_of(alias));
            }
            let category = menu
                .categories()
                .iter()
                .find(|c| Some(&c.id) == item.category.as_ref());
            if let Some(category) = category {
                words.extend(self.ids_of(&category.name));
            }
            words.sort_unstable();
            words.dedup();
            for word in &words {
                self.by_word.entry(*word).or_default().push(at);
            }
            self.items.push(IndexItem {
                id: item.id.clone(),
                available: item.available,
                groups: item
                    .groups
                    .iter()
                    .filter_map(|g| u32::try_from(*g).ok())
                    .collect(),
                included: item
                    .included
                    .iter()
                    .filter_map(|id| self.options.iter().position(|o| o.id == id.as_str()))
                    .filter_map(|at| u32::try_from(at).ok())
                    .collect(),
                words,
                name_words,
            });
            self.insert(&item.name, Rank::Name, Target::Item(at));
            for alias in &item.aliases {
                self.insert(alias, Rank::Alias, Target::Item(at));
            }
        }
        for category in menu.categories() {
            let words = self.ids_of(&category.name);
            if let [word] = words.as_slice() {
                self.mark(&[*word], |p| p.generic = true);
            }
        }
    }

    /// Parts of names that stand for the whole where no other name has them: "thin" of "Thin crust", "Margherita" of
    /// "Margherita pizza". A last word that several share ("beans") stands for all of them, so that it is asked about.
    fn add_parts(&mut self, menu: &Menu) {
        let mut lasts: HashMap<u32, usize> = HashMap::new();
        for item in &self.items {
            if let [_, .., last] = item.name_words.as_slice() {
                *lasts.entry(*last).or_default() += 1;
            }
        }
        let shared: Vec<u32> = lasts
            .iter()
            .filter(|(_, n)| **n > 1)
            .map(|(w, _)| *w)
            .collect();
        for word in &shared {
            self.mark(&[*word], |p| p.generic = true);
        }
        // "and chips" is no part of "cod and chips".
        let links: std::collections::HashSet<u32> = self
            .ids
            .iter()
            .filter(|(word, _)| links(word))
            .map(|(_, id)| *id)
            .collect();
        let generic: std::collections::HashSet<u32> = shared.into_iter().collect();
        for at in 0..self.items.len() {
            let words = self.items[at].name_words.clone();
            let rest: Vec<u32> = words
                .iter()
                .copied()
                .filter(|w| !generic.contains(w))
                .collect();
            self.part(
                words
                    .get(1..)
                    .filter(|w| w.len() > 1 && w.first().is_some_and(|w| !links.contains(w)))
                    .unwrap_or(&[]),
                words.len(),
                Target::Item(u32::try_from(at).unwrap_or(u32::MAX)),
            );
            // "chocolate" where there are chocolate muffins and hot chocolate stands for none of them alone.
            let bearers = match rest.as_slice() {
                [word] => self.by_word.get(word).cloned().unwrap_or_default(),
                _ => vec![u32::try_from(at).unwrap_or(u32::MAX)],
            };
            for bearer in bearers {
                self.part(&rest, words.len(), Target::Item(bearer));
            }
        }
        let mut at = 0;
        for (g, group) in menu.groups().iter().enumerate() {
            let names: Vec<Vec<u32>> = group.options.iter().map(|o| self.ids_of(&o.name)).collect();
            let mut seen: HashMap<u32, usize> = HashMap::new();
            for last in names.iter().filter_map(|n| n.last()) {
                *seen.entry(*last).or_default() += 1;
            }
            let own = self.groups[g].words.clone();
            for words in &names {
                let target = Target::Option(at);
                at += 1;
                let rest: Vec<u32> = words
                    .iter()
                    .copied()
                    .filter(|w| seen.get(w).copied().unwrap_or(0) < 2 && !own.contains(w))
                    .collect();
                self.part(&rest, words.len(), target);
                // "chili sauce" of "Hot chili sauce"
                self.part(
                    words.get(1..).filter(|w| w.len() > 1).unwrap_or(&[]),
                    words.len(),
                    target,
                );
                let kind =
                    |last: &u32| own.contains(last) && seen.get(last).copied().unwrap_or(0) < 2;
                if let [_, .., last] = words.as_slice()
                    && !kind(last)
                {
                    self.part(&[*last], words.len(), target);
                    self.mark(&[*last], |p| p.tail = true);
                }
            }
        }
    }

    fn part(&mut self, words: &[u32], whole: usize, target: Target) {
        if words.is_empty() || words.len() >= whole {
            return;
        }
        self.mark(words, |p| p.add(Rank::Part, target));
    }
}
