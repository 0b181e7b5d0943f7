//! A language's small words, read from `words/*.json`: a language is added by a file and its name in [`FILES`].

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::text::{self, Token, TokenKind};
use super::typo::Typos;
use super::work;

const FILES: [(&str, &str); 6] = [
    ("en", include_str!("words/en.json")),
    ("es", include_str!("words/es.json")),
    ("de", include_str!("words/de.json")),
    ("fr", include_str!("words/fr.json")),
    ("ru", include_str!("words/ru.json")),
    ("ar", include_str!("words/ar.json")),
];

/// What a small word does in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Class {
    /// "a", "an".
    Article,
    /// "the", "my".
    The,
    And,
    Or,
    But,
    Also,
    With,
    Without,
    Extra,
    /// "double": more of an option; of an item it says nothing that the menu knows.
    Double,
    Light,
    /// "less": light of an option, fewer of an item.
    Less,
    /// "more": of an option, or of what was ordered.
    More,
    /// "another", "one more".
    Another,
    /// "i'd like", "can i get": a new wish begins.
    Ask,
    /// "wants", "will have": someone's wish, after whoever has it.
    Wants,
    Add,
    Remove,
    Make,
    /// "make the": the line that is to be changed follows.
    MakeThe,
    /// "hold on": waits, or refuses what follows.
    HoldOn,
    Change,
    /// "instead of", "rather than".
    InsteadOf,
    /// "no wait", "i mean": what follows replaces what was said.
    Correct,
    It,
    Them,
    /// "one", after an ordinal or "which".
    OneOf,
    Other,
    Last,
    All,
    /// "everything": all lines, or all that an item could take.
    Everything,
    /// "line", "number": the number after it names a line.
    Line,
    /// "drink", "meal": something is wanted, but not said which.
    Sort,
    Same,
    /// "side of", "order of": what follows is an item.
    Side,
    OnSide,
    /// "pump", "scoop": counts an option.
    Unit,
    Of,
    /// "to", "into", "for": may tell what something is changed to.
    To,
    /// "on", "in", "from".
    Prep,
    Half,
    /// "regular", where that is no option: nothing chosen.
    Plain,
    /// Says nothing by itself.
    Filler,
    /// Common words that stand for nothing here and are no typos of a dish.
    Known,
    Greet,
    Question,
    Confirm,
    Cancel,
    /// "no" as an answer.
    Deny,
    Delivery,
    Pickup,
    DineIn,
    IntroName,
    /// Introduces a name only where one clearly follows.
    IntroNameWeak,
    IntroPhone,
    IntroAddress,
    /// "deliver to": address and delivery in one.
    IntroDelivery,
    Street,
    /// "flat", "floor": part of an address.
    Place,
    AllergyTo,
    AllergyAfter,
    AllergyWord,
    Time,
    TimeAt,
    TimeIn,
    TimeUnit,
    TimeHalf,
    AmPm,
    NoteLine,
    NoteOrder,
    /// "was", "yesterday": tells of something, orders nothing.
    Story,
    /// "i love".
    Fond,
    /// "is", "are": tells of something, or asks where it opens a sentence.
    Be,
    /// "people": the number before it counts nothing that is ordered.
    People,
    /// "if", "otherwise": what follows is wanted only where something holds that is not known here.
    If,
    /// "maybe", "might": it is not sure that it is wanted.
    Hedge,
    /// "only", "something": says nothing that the cart could hold, yet may mean more.
    Vague,
    /// "one day", "later": not now.
    Sometime,
    /// "tomorrow", "on friday": a time that is not today's.
    Far,
    /// "x" in "2 x cola": multiplies.
    Times,
    /// "wondering if": asks, unless a wish follows ("wondering if i could").
    Whether,
    /// "the usual", "same as last time": an earlier order, which is not known here.
    Usual,
}

/// What a phrase of small words is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Small {
    Class(Class),
    Number(u32),
    /// 20, 30 …: takes a following unit.
    Tens(u32),
    Ordinal(u32),
    /// "twice".
    Multiple(u32),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    numbers: HashMap<String, u32>,
    #[serde(default)]
    tens: HashMap<String, u32>,
    ordinals: HashMap<String, u32>,
    /// "twice": counts what stands before it.
    #[serde(default)]
    multiples: HashMap<String, u32>,
    /// Verbs whose second half follows the object: "take … off".
    #[serde(default)]
    apart: Vec<(String, String)>,
    /// Other ways to write a word: "lg" for "large". They count where the menu knows the second and not the first.
    #[serde(default)]
    synonyms: HashMap<String, String>,
    /// Small words that are written together with the next one: the Arabic "and", "the", "with".
    #[serde(default)]
    prefixes: Vec<String>,
    classes: HashMap<Class, Vec<String>>,
}

/// One language's small words.
pub(super) struct Words {
    pub(super) code: &'static str,
    ids: HashMap<Box<str>, u32>,
    edges: HashMap<(u32, u32), u32>,
    ends: Vec<Option<Small>>,
    apart: HashMap<(Box<str>, Box<str>), ()>,
    synonyms: HashMap<String, String>,
    prefixes: Vec<String>,
    streets: Vec<String>,
    /// Words that are phrases by themselves.
    whole: HashSet<u32>,
    typos: Typos,
}

static ALL: LazyLock<Vec<Words>> = LazyLock::new(|| {
    FILES
        .iter()
        .filter_map(|(code, json)| Words::read(code, json).ok())
        .collect()
});

/// Every language, English first.
pub(super) fn all() -> &'static [Words] {
    &ALL
}

impl Words {
    fn read(code: &'static str, json: &str) -> Result<Self, serde_json::Error> {
        let file: File = serde_json::from_str(json)?;
        let mut words = Self {
            code,
            ids: HashMap::new(),
            edges: HashMap::new(),
            ends: vec![None],
            apart: HashMap::new(),
            synonyms: file.synonyms,
            prefixes: file.prefixes,
            streets: file
                .classes
                .get(&Class::Street)
                .into_iter()
                .flatten()
                .filter(|word| word.len() > 4 && !word.contains(' '))
                .cloned()
                .collect(),
            whole: HashSet::new(),
            typos: Typos::default(),
        };
        for (class, phrases) in &file.classes {
            for phrase in phrases {
                words.insert(phrase, Small::Class(*class));
            }
        }
        for (phrase, n) in &file.numbers {
            words.insert(phrase, Small::Number(*n));
        }
        for (phrase, n) in &file.tens {
            words.insert(phrase, Small::Tens(*n));
        }
        for (phrase, n) in &file.ordinals {
            words.insert(phrase, Small::Ordinal(*n));
        }
        for (phrase, n) in &file.multiples {
            words.insert(phrase, Small::Multiple(*n));
        }
        for (a, b) in file.apart {
            words.apart.insert((a.into(), b.into()), ());
        }
        let mut all: Vec<(&str, u32)> = words.ids.iter().map(|(w, id)| (&**w, *id)).collect();
        all.sort_unstable();
        let mut typos = Typos::default();
        for (word, id) in all {
            typos.insert(word, id);
        }
        words.typos = typos;
        Ok(words)
    }

    fn insert(&mut self, phrase: &str, small: Small) {
        let mut node = 0;
        let tokens = text::tokens(phrase);
        let single = tokens.len() == 1;
        for token in tokens {
            if !token.is_word() {
                continue;
            }
            let next_id = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
            let id = *self.ids.entry(token.norm.into()).or_insert(next_id);
            if single {
                self.whole.insert(id);
            }
            let next = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
            node = *self.edges.entry((node, id)).or_insert(next);
            if node == next {
                self.ends.push(None);
            }
        }
        if let Some(end) = self.ends.get_mut(node as usize).filter(|_| node != 0) {
            *end = Some(small);
        }
    }

    pub(super) fn knows(&self, word: &str) -> bool {
        self.ids.contains_key(word)
    }

    /// The likeliest misspelt word, with its distance.
    pub(super) fn typo(&self, word: &str) -> Option<(u32, usize)> {
        let (found, distance) = self.typos.nearest(word);
        match found.as_slice() {
            [only] => Some((*only, distance)),
            _ => None,
        }
    }

    /// What a word is by itself.
    pub(super) fn class_of(&self, word: &str) -> Option<Class> {
        let node = self.edges.get(&(0, *self.ids.get(word)?))?;
        match self.ends.get(*node as usize).copied().flatten()? {
            Small::Class(class) => Some(class),
            _ => None,
        }
    }

    /// How surely a word is of this language: 2 where it stands for something by itself, 1 as part of a phrase.
    fn weight(&self, word: &str) -> usize {
        match self.ids.get(word) {
            Some(id) if self.whole.contains(id) => 2,
            Some(_) => 1,
            None => 0,
        }
    }

    /// Whether a word is a street's name written together with what it is: "Hauptstraße".
    pub(super) fn is_street_name(&self, word: &str) -> bool {
        self.streets
            .iter()
            .any(|street| word.len() > street.len() + 2 && word.ends_with(street.as_str()))
    }

    /// What is left of a word without a small word that was written together with it.
    pub(super) fn without_prefix<'w>(&self, word: &'w str) -> impl Iterator<Item = &'w str> {
        self.prefixes
            .iter()
            .filter_map(|p| word.strip_prefix(p.as_str()))
            .filter(|rest| !rest.is_empty())
    }

    pub(super) fn synonym(&self, word: &str) -> Option<&str> {
        self.synonyms.get(word).map(String::as_str)
    }

    pub(super) fn are_apart(&self, first: &str, second: &str) -> bool {
        self.apart.contains_key(&(first.into(), second.into()))
    }

    pub(super) fn apart_firsts(&self, first: &str) -> bool {
        self.apart.keys().any(|(a, _)| &**a == first)
    }

    /// The longest phrase of at most `most` tokens at the head of `tokens`; `fixed` gives a misspelt token's word.
    pub(super) fn longest(
        &self,
        tokens: &[Token],
        fixed: impl Fn(usize) -> Option<u32>,
        most: usize,
    ) -> Option<(usize, Small)> {
        let mut node = 0;
        let mut best = None;
        for (at, token) in tokens.iter().enumerate().take(most) {
            work::look();
            let id = match token.kind {
                TokenKind::Sign(_) => None,
                _ => self
                    .ids
                    .get(token.norm.as_str())
                    .copied()
                    .or_else(|| fixed(at)),
            };
            let Some(next) = id.and_then(|id| self.edges.get(&(node, id)).copied()) else {
                break;
            };
            node = next;
            if let Some(small) = self.ends.get(node as usize).copied().flatten() {
                best = Some((at + 1, small));
            }
        }
        best
    }
}

/// The language most of a message's small words belong to; English where none does.
pub(super) fn language(tokens: &[Token], is_menu: impl Fn(&Token) -> bool) -> &'static Words {
    let all = all();
    let mut counts = vec![0_usize; all.len()];
    for token in tokens
        .iter()
        .filter(|t| t.kind == TokenKind::Word)
        .take(200)
    {
        let script = match token.norm.chars().next() {
            Some('а'..='я') => Some("ru"),
            Some('\u{0600}'..='\u{06ff}') => Some("ar"),
            _ => None,
        };
        if is_menu(token) && script.is_none() {
            continue;
        }
        for (count, words) in counts.iter_mut().zip(all) {
            *count += words.weight(&token.norm) + usize::from(script == Some(words.code)) * 3;
        }
    }
    let best = counts.iter().copied().max().unwrap_or(0);
    let at = counts.iter().position(|n| *n == best).unwrap_or(0);
    all.get(at).unwrap_or(&all[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_file_is_read() {
        assert_eq!(all().len(), FILES.len());
        for (code, json) in FILES {
            assert!(Words::read(code, json).is_ok(), "{code}");
        }
    }
}
