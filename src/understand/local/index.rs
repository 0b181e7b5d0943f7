//! The menu's phrases as a trie over stemmed words: what a customer may call its items, options and groups.

mod build; // from a menu

use std::collections::HashMap;

use crate::menu::ItemId;

use super::text::{self, Token, TokenKind};
use super::typo::Typos;
use super::work;

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
    /// Options that are in it unless they are refused.
    pub(super) included: Vec<OptionAt>,
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
    /// The end of a name: "cream" of "Whipped cream".
    pub(super) tail: bool,
    /// The groups that bear it as their name ("size").
    pub(super) groups: Vec<u32>,
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

    /// Whether it is more than the name of a kind.
    fn stands_for(&self) -> bool {
        !(self.names.is_empty() && self.aliases.is_empty() && self.parts.is_empty())
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
    pub(super) fn phrase(&self, node: u32) -> &Phrase {
        self.phrases.get(node as usize).unwrap_or(&self.phrases[0])
    }

    pub(super) fn word(&self, token: &Token) -> Option<u32> {
        self.ids.get(text::stem(&token.norm).as_str()).copied()
    }

    pub(super) fn knows(&self, word: &str) -> bool {
        word.split(' ')
            .all(|word| self.ids.contains_key(text::stem(word).as_str()))
    }

    /// The nearest known words to a misspelt one, plural or not, with their distance.
    pub(super) fn typo(&self, word: &str) -> (Vec<u32>, usize) {
        let found = self.typos.nearest(word);
        let stem = text::stem(word);
        match found.0.is_empty() && stem != word {
            true => self.typos.nearest(&stem),
            false => found,
        }
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
        self.longest_of(tokens, words, fixed, |phrase| {
            phrase.stands_for() || phrase.generic
        })
        .or_else(|| self.longest_of(tokens, words, fixed, |_| true))
    }

    /// The longest name of a group at the head of `tokens`.
    pub(super) fn longest_group(
        &self,
        tokens: &[Token],
        words: &[Vec<u32>],
        fixed: &[bool],
    ) -> Option<Hit> {
        self.longest_of(tokens, words, fixed, |phrase| !phrase.groups.is_empty())
    }

    fn longest_of(
        &self,
        tokens: &[Token],
        words: &[Vec<u32>],
        fixed: &[bool],
        counts: impl Fn(&Phrase) -> bool,
    ) -> Option<Hit> {
        let mut active: Vec<(u32, bool)> = vec![(0, false)];
        let mut best = None;
        for (at, token) in tokens.iter().enumerate().take(self.longest + 2) {
            work::look();
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
                .filter(|(node, _)| self.is_phrase(*node) && counts(self.phrase(*node)))
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

    pub(super) fn available(&self, target: Target) -> bool {
        match target {
            Target::Item(at) => self.items.get(at as usize).is_some_and(|i| i.available),
            Target::Option(at) => self.options.get(at as usize).is_some_and(|o| o.available),
        }
    }

    pub(super) fn is_phrase(&self, node: u32) -> bool {
        let p = self.phrase(node);
        !(p.names.is_empty() && p.aliases.is_empty() && p.parts.is_empty())
            || p.generic
            || !p.groups.is_empty()
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

    /// The options of some groups.
    pub(super) fn options_of(&self, groups: &[u32]) -> Vec<OptionAt> {
        (0_u32..)
            .zip(&self.options)
            .filter(|(_, option)| groups.contains(&option.group))
            .map(|(at, _)| at)
            .collect()
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

    /// Whether some item's name has the word.
    pub(super) fn is_item_word(&self, word: u32) -> bool {
        self.by_word.contains_key(&word)
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
