//! Which part of a long menu a message may speak of.
//!
//! Each word of the message is looked up among the words of all names and other words by the letter triples they
//! share, so that plurals, misspellings and relatives in other languages are found too. It is better that much is found in vain
//! than that one thing is missed: the model decides, and the check after it. What a message names in words that share
//! nothing with the menu's is not found; then the model says that it was not understood.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::fold;
use super::offer::{Offer, available};
use crate::menu::{Item, Menu, OptionGroup};
use crate::parsed::ParsedOrder;

/// Menus of at most so many items and options are told whole.
const WHOLE_ITEMS: usize = 100;
const WHOLE_OPTIONS: usize = 300;
/// Most items and options told of a longer one.
const MOST_ITEMS: usize = 50;
const MOST_OPTIONS: usize = 120;
/// Most words of a message that are looked up.
const MOST_WORDS: usize = 200;
/// How many neighbouring words are looked at together, and how far apart such groups begin.
const NEIGHBOURS: usize = 5;
const STRIDE: usize = 2;
/// Most of the menu's words that one word of a message may stand for.
const MOST_ALIKE: usize = 8;
/// Least share of letter triples (Dice's coefficient) for two words to be alike, and to be taken for the same.
const ALIKE: f64 = 0.34;
const SAME: f64 = 0.55;

/// Something with names: an item, or an option of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Entry {
    Item(usize),
    Option(usize, usize),
}

/// One name of an entry.
#[derive(Debug)]
struct Name {
    entry: Entry,
    /// How many telling words it has.
    words: usize,
}

#[derive(Debug)]
struct MenuWord {
    triples: usize,
    /// The names that hold it.
    names: Vec<usize>,
}

/// An index over a long menu's words.
#[derive(Debug)]
pub(super) struct Candidates {
    names: Vec<Name>,
    words: Vec<MenuWord>,
    /// Words by each of their triples.
    by_triple: HashMap<[u8; 3], Vec<usize>>,
}

impl Candidates {
    /// An index over what can be ordered now; none where the menu is short enough to be told whole.
    pub(super) fn new(menu: &Menu) -> Option<Self> {
        let offer = Offer::whole(menu);
        let options: usize = offer.groups.iter().map(|(_, options)| options.len()).sum();
        if offer.items.len() <= WHOLE_ITEMS && options <= WHOLE_OPTIONS {
            return None;
        }
        let mut index = Self {
            names: Vec::new(),
            words: Vec::new(),
            by_triple: HashMap::new(),
        };
        let mut known = HashMap::new();
        for (at, item) in menu.items().iter().enumerate() {
            if item.available {
                index.add(Entry::Item(at), &item.name, &item.aliases, &mut known);
            }
        }
        for (group_at, group) in menu.groups().iter().enumerate() {
            for (at, option) in group.options.iter().enumerate() {
                if option.available {
                    let entry = Entry::Option(group_at, at);
                    index.add(entry, &option.name, &option.aliases, &mut known);
                }
            }
        }
        Some(index)
    }

    fn add(
        &mut self,
        entry: Entry,
        name: &str,
        aliases: &[String],
        known: &mut HashMap<String, usize>,
    ) {
        for name in std::iter::once(name).chain(aliases.iter().map(String::as_str)) {
            let words: HashSet<String> = fold::words(name)
                .into_iter()
                .map(|word| word.folded)
                .filter(|word| fold::is_telling(word))
                .collect();
            if words.is_empty() {
                continue;
            }
            let at = self.names.len();
            self.names.push(Name {
                entry,
                words: words.len(),
            });
            for word in words {
                let triples = triples(&word);
                let word = *known.entry(word).or_insert_with(|| {
                    let at = self.words.len();
                    for triple in &triples {
                        self.by_triple.entry(*triple).or_default().push(at);
                    }
                    self.words.push(MenuWord {
                        triples: triples.len(),
                        names: Vec::new(),
                    });
                    at
                });
                if let Some(word) = self.words.get_mut(word) {
                    word.names.push(at);
                }
            }
        }
    }

    /// The part of the menu that a message may speak of. `sure`: what the embedded parser makes of it.
    pub(super) fn offer<'m>(&self, menu: &'m Menu, text: &str, sure: &ParsedOrder) -> Offer<'m> {
        let ranked = self.ranked(text);
        let mut items: Vec<&Item> = Vec::new();
        let mut add = |item: Option<&'m Item>| {
            if let Some(item) = item.filter(|item| item.available)
                && items.len() < MOST_ITEMS
                && !items.iter().any(|known| known.id == item.id)
            {
                items.push(item);
            }
        };
        for operation in &sure.operations {
            add(operation.item.as_deref().and_then(|id| menu.item(id)));
        }
        for entry in &ranked {
            if let Entry::Item(at) = entry {
                add(menu.items().get(*at));
            }
        }
        let options = options(menu, &items, &ranked, sure);
        let groups = menu
            .groups()
            .iter()
            .enumerate()
            .filter_map(|(at, group)| {
                let told = options.get(&at)?;
                let told = available(group)
                    .filter(|option| told.contains(option.id.as_str()))
                    .collect();
                Some((group, told))
            })
            .collect();
        Offer { items, groups }
    }

    /// What shares words with the text, likeliest first: what a few neighbouring words name whole, then by how much the
    /// words that it shares with them tell. Every part of a long message has its best candidates before any part
    /// has its second best.
    fn ranked(&self, text: &str) -> Vec<Entry> {
        let mut words = fold::words(text);
        words.retain(|word| fold::is_telling(&word.folded));
        words.truncate(MOST_WORDS);
        let mut found: HashMap<&str, Vec<(usize, f64, bool)>> = HashMap::new();
        for word in &words {
            let word = word.folded.as_str();
            found.entry(word).or_insert_with(|| self.look_up(word));
        }
        let mut best: HashMap<Entry, Rank> = HashMap::new();
        for from in (0..words.len()).step_by(STRIDE) {
            let to = words.len().min(from + NEIGHBOURS);
            let window = words.get(from..to).unwrap_or_default();
            let here = window
                .iter()
                .filter_map(|word| found.get(word.folded.as_str()));
            for (place, (whole, score, entry)) in self.of_window(here).into_iter().enumerate() {
                let rank = Rank {
                    place,
                    whole,
                    score,
                };
                let known = best.entry(entry).or_insert(rank);
                if rank.cmp(known).is_lt() {
                    *known = rank;
                }
            }
        }
        let mut ranked: Vec<_> = best.into_iter().collect();
        ranked.sort_by(|(a, one), (b, two)| one.cmp(two).then(a.cmp(b)));
        ranked.into_iter().map(|(entry, _)| entry).collect()
    }

    /// The best candidates of some neighbouring words: how many of them name it whole, a score, and what it is.
    fn of_window<'f>(
        &self,
        found: impl Iterator<Item = &'f Vec<(usize, f64, bool)>>,
    ) -> Vec<(usize, f64, Entry)> {
        let mut names: HashMap<usize, (f64, usize)> = HashMap::new();
        for (name, score, same) in found.flatten() {
            let sum = names.entry(*name).or_default();
            sum.0 += score;
            sum.1 += usize::from(*same);
        }
        let mut entries: HashMap<Entry, (usize, f64)> = HashMap::new();
        for (at, (score, same)) in names {
            let Some(name) = self.names.get(at) else {
                continue;
            };
            let whole = if same >= name.words { name.words } else { 0 };
            // Few words besides those that were said: "lemonade" before "pink lemonade with mint".
            #[allow(clippy::cast_precision_loss, reason = "a name has few words")]
            let score = score * (1.0 + same as f64 / name.words as f64);
            let best = entries.entry(name.entry).or_default();
            best.0 = best.0.max(whole);
            best.1 = best.1.max(score);
        }
        let mut best: Vec<_> = entries.into_iter().map(|(e, (w, s))| (w, s, e)).collect();
        best.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        best.truncate(MOST_ITEMS + MOST_OPTIONS);
        best
    }

    /// The names that one word of the message may belong to: how much that tells, and whether it is the same word.
    #[allow(
        clippy::cast_precision_loss,
        reason = "counts of words and names are small"
    )]
    fn look_up(&self, said: &str) -> Vec<(usize, f64, bool)> {
        let own = triples(said);
        let number = said.bytes().all(|b| b.is_ascii_digit());
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for word in own.iter().filter_map(|triple| self.by_triple.get(triple)) {
            for word in word {
                *shared.entry(*word).or_default() += 1;
            }
        }
        let mut alike: Vec<(f64, usize)> = shared
            .into_iter()
            .filter_map(|(word, shared)| {
                let of = self.words.get(word)?.triples + own.len();
                let dice = 2.0 * shared as f64 / of as f64;
                // Number 123 is not number 124.
                let least = if number { 1.0 } else { ALIKE };
                (dice >= least).then_some((dice, word))
            })
            .collect();
        alike.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        alike.truncate(MOST_ALIKE);
        let mut best: HashMap<usize, (f64, bool)> = HashMap::new();
        for (dice, word) in alike {
            let Some(word) = self.words.get(word) else {
                continue;
            };
            let rare = (1.0 + self.names.len() as f64 / word.names.len() as f64).ln();
            for name in &word.names {
                let best = best.entry(*name).or_default();
                best.0 = best.0.max(dice * dice * rare);
                best.1 |= dice >= SAME;
            }
        }
        best.into_iter()
            .map(|(n, (s, same))| (n, s, same))
            .collect()
    }
}

/// How likely a candidate is: its place among those of its part of the message, then how well it is named there.
#[derive(Debug, Clone, Copy)]
struct Rank {
    place: usize,
    whole: usize,
    score: f64,
}

impl Rank {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let place = self.place.cmp(&other.place);
        let whole = other.whole.cmp(&self.whole);
        place.then(whole).then(other.score.total_cmp(&self.score))
    }
}

/// The ids of the options to tell, by group: those that the message names, what the items come with, then whole
/// groups of the items as long as there is room.
fn options<'m>(
    menu: &'m Menu,
    items: &[&'m Item],
    ranked: &[Entry],
    sure: &'m ParsedOrder,
) -> BTreeMap<usize, HashSet<&'m str>> {
    let mut told: BTreeMap<usize, HashSet<&'m str>> = BTreeMap::new();
    let mut number = 0;
    let mut tell = |group: usize, ids: &[&'m str]| {
        let known = told.entry(group).or_default();
        let new: Vec<&'m str> = ids
            .iter()
            .filter(|id| !known.contains(*id))
            .copied()
            .collect();
        if number + new.len() <= MOST_OPTIONS {
            number += new.len();
            known.extend(new);
        }
    };
    let group_at = |group: &OptionGroup| menu.groups().iter().position(|g| g.id == group.id);
    for change in sure.operations.iter().flat_map(|op| &op.options) {
        if let Some((group, option)) = menu.option(&change.option)
            && let Some(at) = group_at(group)
        {
            tell(at, &[option.id.as_str()]);
        }
    }
    let named = ranked.iter().filter_map(|entry| match entry {
        Entry::Option(group, option) => Some((*group, *option)),
        Entry::Item(_) => None,
    });
    for (group_at, option) in named.take(MOST_OPTIONS / 2) {
        let group = menu.groups().get(group_at);
        if let Some(option) = group.and_then(|group| group.options.get(option)) {
            tell(group_at, &[option.id.as_str()]);
        }
    }
    for item in items {
        for id in &item.included {
            if let Some((group, option)) = menu.option(id.as_str())
                && let Some(at) = group_at(group)
                && option.available
            {
                tell(at, &[option.id.as_str()]);
            }
        }
        for at in &item.groups {
            if let Some(group) = menu.groups().get(*at) {
                let ids: Vec<&str> = available(group).map(|option| option.id.as_str()).collect();
                tell(*at, &ids);
            }
        }
    }
    told.retain(|_, ids| !ids.is_empty());
    told
}

/// The letter triples of a word with its ends marked: those at its beginning count as the others do.
fn triples(word: &str) -> Vec<[u8; 3]> {
    let marked: Vec<u8> = [b'^', b'^']
        .into_iter()
        .chain(word.bytes())
        .chain([b'$'])
        .collect();
    let mut triples: Vec<[u8; 3]> = marked
        .windows(3)
        .filter_map(|three| three.try_into().ok())
        .collect();
    triples.sort_unstable();
    triples.dedup();
    triples
}

#[cfg(test)]
mod tests;
