//! Which words of the message stand for what the model makes of it.
//!
//! A model may add what nobody asked for. So each item and option of its answer needs words of the message, and a word
//! that was used for one thing is not left over for another. In this order:
//!
//! 1. **Names.** A word that is like a word of its name, other words or description: misspelt, plural, a part of a
//!    compound, a relative in another language or script. Or the embedded parser read the same item or option.
//! 2. **What else nobody accounts for.** A phrase that asks for something, that the embedded parser does not know and that
//!    no other part of the answer used: "pan de ajo" for garlic bread. It backs one item and its options. So synonyms and
//!    languages other than the menu's work. An answer with an invented id gets no such trust.
//! 3. **What changes nothing**: an option that is in the item anyway.
//!
//! A word that fits several items or options equally ("a pizza") decides for none of them, unless the item is named
//! in full or other words may have decided.

use crate::menu::{Item, MenuOption};
use crate::parsed::{Intent, ParsedOrder};
use crate::understand::gpt::fold::{self, Word};
use crate::understand::local;

/// Most words of a message that are looked at; there are hardly more than 100 in any order.
const MOST_WORDS: usize = 400;

/// The message's words, and for each whether something accounts for it.
pub(super) struct Support<'a> {
    text: &'a str,
    words: Vec<Word>,
    used: Vec<bool>,
    /// Phrases that the embedded parser could not account for, as ranges of words, and what they back.
    lost: Vec<Lost>,
    reading: &'a ParsedOrder,
    /// Words that nobody knows back nothing.
    distrusted: bool,
}

struct Lost {
    from: usize,
    to: usize,
    backs: Option<usize>,
}

/// How well the message supports an item or an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Backing {
    /// It is meant.
    Sure,
    /// These words of the message fit it and others as well.
    Ambiguous(String),
    /// Nothing of the message speaks of it.
    None,
}

impl<'a> Support<'a> {
    pub(super) fn new(text: &'a str, reading: &'a ParsedOrder) -> Self {
        let mut words = fold::words(text);
        words.truncate(MOST_WORDS);
        let mut lost = Vec::new();
        let mut begin = 0;
        for phrase in &reading.unmatched {
            let rest = text.get(begin..).unwrap_or_default();
            let Some(at) = rest.find(phrase.as_str()) else {
                continue;
            };
            let (start, end) = (begin + at, begin + at + phrase.as_str().len());
            begin = end;
            let from = words.partition_point(|word| word.span.start < start);
            let to = words.partition_point(|word| word.span.start < end);
            if from < to {
                lost.push(Lost {
                    from,
                    to,
                    backs: None,
                });
            }
        }
        // Not a word of it is known: then it may be in another language, and is one phrase but for its chatter.
        if reading.intent == Intent::Other && lost.is_empty() {
            let chatter = |word: &Word| local::is_small_talk(&word.folded);
            let from = words.iter().position(|word| !chatter(word));
            let to = words.iter().rposition(|word| !chatter(word));
            if let (Some(from), Some(last)) = (from, to) {
                let to = last + 1;
                lost.push(Lost {
                    from,
                    to,
                    backs: None,
                });
            }
        }
        Self {
            text,
            used: vec![false; words.len()],
            words,
            lost,
            reading,
            distrusted: false,
        }
    }

    /// The words that are like a telling word of one of the names.
    fn like<'n>(&self, names: impl Iterator<Item = &'n str>) -> Vec<usize> {
        let of: Vec<String> = names
            .flat_map(fold::words)
            .map(|word| word.folded)
            .filter(|word| fold::is_telling(word))
            .collect();
        self.like_words(&of)
    }

    fn like_words(&self, of: &[String]) -> Vec<usize> {
        let like = |word: &Word| of.iter().any(|name| fold::alike(&word.folded, name));
        let words = self.words.iter().enumerate();
        words
            .filter(|(_, word)| fold::is_telling(&word.folded) && like(word))
            .map(|(at, _)| at)
            .collect()
    }

    /// From now on only names back what the model adds: its answer has shown that it makes things up.
    pub(super) const fn distrust(&mut self) {
        self.distrusted = true;
    }

    /// Whether every telling word of a name is said.
    fn says(&self, name: &str) -> bool {
        let mut of = fold::words(name);
        of.retain(|word| fold::is_telling(&word.folded));
        let said = |name: &Word| {
            let mut words = self.words.iter();
            words.any(|word| fold::alike(&word.folded, &name.folded))
        };
        !of.is_empty() && of.iter().all(said)
    }

    fn use_words(&mut self, words: &[usize]) {
        for at in words {
            if let Some(used) = self.used.get_mut(*at) {
                *used = true;
            }
        }
    }

    /// Accounts for the words that a text repeats: an address, a note, a phrase that was not understood.
    pub(super) fn account(&mut self, text: &str) {
        let of = fold::words(text);
        let same = |word: &Word| of.iter().any(|w| w.folded == word.folded);
        for (word, used) in self.words.iter().zip(&mut self.used) {
            *used |= same(word);
        }
    }

    /// Accounts for the words that name an item; whether there are any, and whether they decide for it.
    pub(super) fn item_by_name<'m>(
        &mut self,
        item: &'m Item,
        others: impl Iterator<Item = &'m Item>,
    ) -> Backing {
        let read = self.reading.operations.iter();
        let read = read
            .filter_map(|op| op.item.as_deref())
            .any(|id| id == item.id.as_str());
        let said = self.like(names_of(item).chain(item.description.as_deref()));
        if read || names_of(item).any(|name| self.says(name)) {
            self.use_words(&said);
            return Backing::Sure;
        }
        if said.is_empty() {
            return Backing::None;
        }
        let undecided = self.undecided(&said, others.map(|other| self.like(names_of(other))));
        self.verdict(said, undecided)
    }

    /// The same for an option, among those that might be meant instead.
    pub(super) fn option_by_name<'m>(
        &mut self,
        option: &'m MenuOption,
        group: &str,
        others: impl Iterator<Item = &'m MenuOption>,
    ) -> Backing {
        let (id, lower) = (option.id.as_str(), option.name.to_lowercase());
        let read = self.reading.operations.iter().flat_map(|op| &op.options);
        let read = read
            .map(|o| o.option.as_str())
            .any(|o| o == id || o == lower);
        let said = self.like(option_names(option));
        if read || option_names(option).any(|name| self.says(name)) {
            self.use_words(&said);
            let group = self.like(std::iter::once(group));
            self.use_words(&group);
            return Backing::Sure;
        }
        if said.is_empty() {
            return Backing::None;
        }
        let undecided = self.undecided(&said, others.map(|other| self.like(option_names(other))));
        self.verdict(said, undecided)
    }

    /// Whether the same words speak for another as much, and none is left that may have decided.
    fn undecided(&self, said: &[usize], mut others: impl Iterator<Item = Vec<usize>>) -> bool {
        let as_much = |other: Vec<usize>| said.iter().all(|at| other.contains(at));
        others.any(as_much) && !self.lost.iter().any(|lost| self.is_left(lost, said))
    }

    fn verdict(&mut self, said: Vec<usize>, undecided: bool) -> Backing {
        self.use_words(&said);
        if undecided {
            Backing::Ambiguous(self.quote(&said))
        } else {
            Backing::Sure
        }
    }

    /// Whether a phrase has words that nothing accounts for.
    fn is_left(&self, lost: &Lost, also_used: &[usize]) -> bool {
        let mut words = lost.from..lost.to;
        words.any(|at| {
            let word = self.words.get(at);
            self.used.get(at) == Some(&false)
                && !also_used.contains(&at)
                && word.is_some_and(|word| fold::is_telling(&word.folded))
        })
    }

    /// Whether a phrase that nobody accounts for may stand for part `operation` of the answer.
    pub(super) fn back(&mut self, operation: usize) -> bool {
        if self.lost.iter().any(|lost| lost.backs == Some(operation)) {
            return true;
        }
        let free = |lost: &Lost| !self.distrusted && self.is_free(lost);
        let Some(lost) = self.lost.iter().position(free) else {
            return false;
        };
        if let Some(lost) = self.lost.get_mut(lost) {
            lost.backs = Some(operation);
            let words: Vec<usize> = (lost.from..lost.to).collect();
            self.use_words(&words);
        }
        true
    }

    /// Accounts for a word that is the option's name in several groups.
    pub(super) fn word(&mut self, name: &str) -> Backing {
        let read = self.reading.operations.iter().flat_map(|op| &op.options);
        let read = read.map(|option| option.option.as_str()).any(|o| o == name);
        let said = self.like(std::iter::once(name));
        self.use_words(&said);
        if read || !said.is_empty() {
            Backing::Sure
        } else {
            Backing::None
        }
    }

    /// Whether any word of the message is accounted for.
    pub(super) fn accounts_for_anything(&self) -> bool {
        self.used.iter().any(|used| *used)
    }

    /// The phrases of which nothing is accounted for, in the customer's words: those that stand like a wish, or all.
    pub(super) fn residue(&self, all: bool) -> Vec<String> {
        let left = |lost: &&Lost| self.is_free(lost) && (all || self.stands_like_a_wish(lost));
        let left = self.lost.iter().filter(left);
        left.map(|lost| self.quote(&[lost.from, lost.to - 1]))
            .collect()
    }

    fn is_free(&self, lost: &Lost) -> bool {
        let mut used = self.used.get(lost.from..lost.to).into_iter().flatten();
        lost.backs.is_none() && !used.any(|used| *used)
    }

    /// Whether a phrase begins a part of the message, or a number, an article, "and" or "with" leads it in: "2 dragon
    /// rolls", not "my dog".
    fn stands_like_a_wish(&self, lost: &Lost) -> bool {
        let asks = |word: &Word| {
            let folded = word.folded.as_str();
            local::leads_to_a_wish(folded) || folded.bytes().all(|b| b.is_ascii_digit())
        };
        let before = lost.from.checked_sub(1).and_then(|at| self.words.get(at));
        let first = self.words.get(lost.from);
        let parted = before.zip(first).and_then(|(before, first)| {
            let between = self.text.get(before.span.end..first.span.start)?;
            Some(between.contains([',', ';', '\n']))
        });
        before.is_some_and(asks) || first.is_some_and(asks) || parted == Some(true)
    }

    /// Items that the embedded parser found, of which no word is accounted for.
    pub(super) fn overlooked<'m>(&self, items: impl Iterator<Item = &'m Item>) -> Vec<String> {
        items
            .filter_map(|item| {
                let said = self.like(names_of(item));
                let free = said.iter().all(|at| self.used.get(*at) == Some(&false));
                (!said.is_empty() && free).then(|| self.quote(&said))
            })
            .collect()
    }

    /// The message from the first to the last of these words.
    fn quote(&self, words: &[usize]) -> String {
        let span = |at: Option<&usize>| at.and_then(|at| self.words.get(*at)).map(|w| &w.span);
        let (Some(first), Some(last)) = (span(words.iter().min()), span(words.iter().max())) else {
            return String::new();
        };
        let text = self.text.get(first.start..last.end);
        text.unwrap_or_default().to_owned()
    }
}

fn names_of(item: &Item) -> impl Iterator<Item = &str> {
    std::iter::once(item.name.as_str()).chain(item.aliases.iter().map(String::as_str))
}

fn option_names(option: &MenuOption) -> impl Iterator<Item = &str> {
    std::iter::once(option.name.as_str()).chain(option.aliases.iter().map(String::as_str))
}
