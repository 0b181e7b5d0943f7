//! What people type instead of a command or a tap, in every language at once.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Language, Texts};

/// Phrases of all languages, and what each means. A customer may write in another language than they are answered in.
#[derive(Debug)]
pub struct Phrases<T>(HashMap<String, T>);

impl<T: Copy + PartialEq> Phrases<T> {
    /// Reads the phrases of these keys from every catalogue; they stand apart by "|". Where two keys have the same
    /// phrase the earlier key has it.
    #[must_use]
    pub fn of(keys: &[(&str, T)]) -> Self {
        let mut phrases = HashMap::new();
        for (key, meaning) in keys {
            for language in Language::ALL {
                for phrase in Texts::of(language).say(key).split('|') {
                    phrases.entry(normalize(phrase)).or_insert(*meaning);
                }
            }
        }
        phrases.remove("");
        Self(phrases)
    }

    /// What a whole text means.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<T> {
        // Longer than any phrase: most messages need not be normalized.
        if text.len() > 200 {
            return None;
        }
        self.0.get(&normalize(text)).copied()
    }
}

/// A phrase without case, accents and signs, its words apart by one space.
#[must_use]
pub fn normalize(text: &str) -> String {
    let mut phrase = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        if !c.is_alphanumeric() {
            // A mark of direction or a lengthening of a letter parts no words.
            let invisible = matches!(
                c,
                '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}' | '\u{fe0f}'
            );
            gap |= !invisible;
            continue;
        }
        if c == '\u{0640}' {
            continue;
        }
        if gap && !phrase.is_empty() {
            phrase.push(' ');
        }
        gap = false;
        phrase.extend(c.to_lowercase());
    }
    phrase
}

/// Least number of words by which a language in Latin script is told.
const LEAST_WORDS: usize = 3;

/// The language that a customer has written in, where it is one of ours and the text is long enough to tell; `code`:
/// what the parser takes it for. "2 cola" is no language, and a dish's name is often another one's.
#[must_use]
pub fn tells(text: &str, code: &str) -> Option<Language> {
    let language = Language::from_tag(code)?;
    let script: fn(char) -> bool = match language {
        Language::Ru => |c| matches!(c, '\u{0400}'..='\u{04ff}'),
        Language::Ar => |c| matches!(c, '\u{0600}'..='\u{06ff}'),
        _ => |c| c.is_alphabetic() && c < '\u{0250}',
    };
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let own = text.chars().filter(|c| script(*c)).count();
    if letters == 0 || own * 2 < letters {
        return None;
    }
    if matches!(language, Language::Ru | Language::Ar) {
        return (own >= 3).then_some(language);
    }
    let text = normalize(text);
    let words = || {
        text.split(' ')
            .filter(|w| w.chars().all(char::is_alphabetic))
    };
    let telling = |of: Language| {
        let own = |word: &&str| TELLING.get(*word).is_some_and(|all| all.contains(&of));
        words().filter(own).count()
    };
    let found = telling(language);
    let others = Language::ALL.into_iter().filter(|other| *other != language);
    let clear = found > 0 && others.map(telling).all(|other| other <= found);
    (clear && words().count() >= LEAST_WORDS).then_some(language)
}

/// Small words, and the languages that have them.
static TELLING: LazyLock<HashMap<String, Vec<Language>>> = LazyLock::new(|| {
    let mut words: HashMap<String, Vec<Language>> = HashMap::new();
    for language in Language::ALL {
        for word in Texts::of(language).say("say-telling").split('|') {
            words.entry(normalize(word)).or_default().push(language);
        }
    }
    words
});
