//! The menu's phrases as a trie over stemmed words: what a customer may call its items, options and groups.

use std::collections::HashMap;

use crate::menu::{ItemId, Menu};

use super::text::{self, Token, TokenKind};
use super::typo::Typos;

/// An item, by its place in [`Index::items`].
pub(super) type ItemAt = u32;
/// An option, by its place in [`Index::options`].
pub(super) type OptionAt = u32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Item(ItemAt),
    Option(OptionAt),
}

pub(super) struct IndexItem {
    pub(super) id: ItemId,
    pub(super) available: bool,
    pub(super) groups: Vec<u32>,
    /// Word ids of its names and of its category's name.
    words: Vec<u32>,
    pub(super) name_words: Vec<u32>,
}

pub(super) struct IndexOption {
    pub(super) id: String,
    /// Its name in lower case: what stands for it where the item is not known.
    pub(super) name: String,
    pub(super) group: u32,
    pub(super) available: bool,
}

pub(super) struct IndexGroup {
    /// At most one of it can be chosen.
    pub(super) exclusive: bool,
    words: Vec<u32>,
}

/// What a phrase may stand for, surest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Phrase {
    pub(super) names: Vec<Target>,
    pub(super) aliases: Vec<Target>,
    /// By a part of a name.
    pub(super) parts: Vec<Target>,
    /// A word that several items' names share ("pizza"), or a category's name.
    pub(super) generic: bool,
    /// A group's name ("size").
    pub(super) group: bool,
}

impl Phrase {
    fn add(&mut self, rank: Rank, target: Target) {
        let list = match rank {
            Rank::Name => &mut self.names,
            Rank::Alias => &mut self.aliases,
            Rank::Part => &mut self.parts,
        };
        if !list.contains(&target) {
            list.push(target);
        }
    }

    pub(super) fn full(&self) -> impl Iterator<Item = Target> {
        self.names.iter().chain(&self.aliases).copied()
    }
}

#[derive(Clone, Copy)]
enum Rank {
    Name,
    Alias,
    Part,
}

/// A phrase found in a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) len: usize,
    pub(super) node: u32,
    /// By correcting a word's spelling.
    pub(super) fuzzy: bool,
}

#[derive(Default)]
pub(super) struct Index {
    pub(super) items: Vec<IndexItem>,
    pub(super) options: Vec<IndexOption>,
    pub(super) groups: Vec<IndexGroup>,
    ids: HashMap<Box<str>, u32>,
    edges: HashMap<(u32, u32), u32>,
    phrases: Vec<Phrase>,
    /// Phrases written without spaces.
    joined: HashMap<Box<str>, u32>,
    /// What phrases stand for as they are written, plural endings and all.
    surfaces: HashMap<Box<str>, Vec<Target>>,
    typos: Typos,
    /// Items by each word of their names, for suggestions.
    by_word: HashMap<u32, Vec<ItemAt>>,
    longest: usize,
}

impl Index {
    pub(super) fn new(menu: &Menu) -> Self {
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
            self.mark(&words, |p| p.group = true);
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
        let generic: std::collections::HashSet<u32> = shared.into_iter().collect();
        for at in 0..self.items.len() {
            let words = self.items[at].name_words.clone();
            let rest: Vec<u32> = words
                .iter()
                .copied()
                .filter(|w| !generic.contains(w))
                .collect();
            self.part(
                &rest,
                words.len(),
                Target::Item(u32::try_from(at).unwrap_or(u32::MAX)),
            );
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
                let kind =
                    |last: &u32| own.contains(last) && seen.get(last).copied().unwrap_or(0) < 2;
                if let [_, .., last] = words.as_slice()
                    && !kind(last)
                {
                    self.part(&[*last], words.len(), target);
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

    pub(super) fn phrase(&self, node: u32) -> &Phrase {
        self.phrases.get(node as usize).unwrap_or(&self.phrases[0])
    }

    pub(super) fn word(&self, token: &Token) -> Option<u32> {
        self.ids.get(text::stem(&token.norm).as_str()).copied()
    }

    /// The nearest known words to a misspelt one, with their distance.
    pub(super) fn typo(&self, word: &str) -> (Vec<u32>, usize) {
        self.typos.nearest(word)
    }

    /// What bears exactly these words.
    pub(super) fn exact(&self, surface: &str) -> Vec<Target> {
        self.surfaces.get(surface).cloned().unwrap_or_default()
    }

    pub(super) fn joined(&self, word: &str) -> Option<u32> {
        self.joined.get(text::stem(word).as_str()).copied()
    }

    /// The longest phrase at the head of `tokens`, whose word ids are `words`.
    pub(super) fn longest(
        &self,
        tokens: &[Token],
        words: &[Vec<u32>],
        fixed: &[bool],
    ) -> Option<Hit> {
        let mut active: Vec<(u32, bool)> = vec![(0, false)];
        let mut best = None;
        for (at, token) in tokens.iter().enumerate().take(self.longest + 2) {
            if token.is_sign('.') && token.glued && at > 0 {
                continue;
            }
            if matches!(token.kind, TokenKind::Sign(_)) {
                break;
            }
            let mut next: Vec<(u32, bool)> = Vec::new();
            for (node, fuzzy) in &active {
                for id in words.get(at).into_iter().flatten() {
                    if let Some(to) = self.edges.get(&(*node, *id)) {
                        let fuzzy = *fuzzy || fixed.get(at).copied().unwrap_or(false);
                        if next.len() < 8 {
                            next.push((*to, fuzzy));
                        }
                    }
                }
            }
            let ends: Vec<&(u32, bool)> = next
                .iter()
                .filter(|(node, _)| self.is_phrase(*node))
                .collect();
            // Two phrases as near as one another, that mean different things: neither is taken.
            let same = |a: &(u32, bool), b: &(u32, bool)| {
                self.phrase(a.0).full().eq(self.phrase(b.0).full())
            };
            let agree = ends.windows(2).all(|w| same(w[0], w[1]));
            if let Some((node, fuzzy)) = ends.first().filter(|_| agree) {
                best = Some(Hit {
                    len: at + 1,
                    node: *node,
                    fuzzy: *fuzzy,
                });
            }
            if next.is_empty() {
                break;
            }
            active = next;
        }
        best
    }

    pub(super) fn is_phrase(&self, node: u32) -> bool {
        let p = self.phrase(node);
        !(p.names.is_empty() && p.aliases.is_empty() && p.parts.is_empty()) || p.generic || p.group
    }

    pub(super) fn takes(&self, item: ItemAt, option: OptionAt) -> bool {
        match (
            self.items.get(item as usize),
            self.options.get(option as usize),
        ) {
            (Some(item), Some(option)) => item.groups.contains(&option.group),
            _ => false,
        }
    }

    pub(super) fn group_of(&self, option: OptionAt) -> Option<&IndexGroup> {
        self.groups
            .get(self.options.get(option as usize)?.group as usize)
    }

    pub(super) fn same_group(&self, a: OptionAt, b: OptionAt) -> bool {
        match (self.options.get(a as usize), self.options.get(b as usize)) {
            (Some(a), Some(b)) => a.group == b.group,
            _ => false,
        }
    }

    pub(super) fn exclusive(&self, option: OptionAt) -> bool {
        self.group_of(option).is_some_and(|g| g.exclusive)
    }

    /// Whether the word belongs to the item's names or category ("tea" after "oolong").
    pub(super) fn names_item(&self, item: ItemAt, word: u32) -> bool {
        self.items
            .get(item as usize)
            .is_some_and(|i| i.words.binary_search(&word).is_ok())
    }

    pub(super) fn names_group(&self, option: OptionAt, word: u32) -> bool {
        self.group_of(option)
            .is_some_and(|g| g.words.contains(&word))
    }

    /// The items that share most of the phrase's words, likeliest first.
    pub(super) fn nearest(&self, phrase: &str, n: usize) -> Vec<ItemId> {
        let mut scores: HashMap<ItemAt, usize> = HashMap::new();
        for token in text::tokens(phrase).iter().filter(|t| t.is_word()).take(16) {
            let ids = match self.word(token) {
                Some(id) => vec![id],
                None => self.typo(&token.norm).0,
            };
            for item in ids.iter().filter_map(|id| self.by_word.get(id)).flatten() {
                *scores.entry(*item).or_default() += 1;
            }
        }
        let mut ranked: Vec<(usize, usize, ItemAt)> = scores
            .into_iter()
            .filter_map(|(at, score)| {
                let item = self.items.get(at as usize).filter(|i| i.available)?;
                Some((usize::MAX - score, item.name_words.len(), at))
            })
            .collect();
        ranked.sort_unstable();
        ranked
            .into_iter()
            .take(n)
            .filter_map(|(_, _, at)| Some(self.items.get(at as usize)?.id.clone()))
            .collect()
    }
}
