//! Misspelt words: which known words are near, without comparing with all of them.
//!
//! Each known word is filed under every string that one or two deletions make of it; a misspelt word is looked up
//! under its own deletions, and what is found is compared in earnest.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

use super::work;

/// Known words, by what is left of them after deletions.
#[derive(Default)]
pub(super) struct Typos {
    hasher: RandomState,
    filed: HashMap<u64, Vec<u32>>,
    words: Vec<(Box<str>, u32)>,
}

/// Longest word in characters that is corrected.
const LONGEST: usize = 24;
/// Most words that are compared in earnest for one misspelt word.
const COMPARED: usize = 64;

/// How many edits a word of this many characters may be away.
pub(super) const fn bound(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

impl Typos {
    pub(super) fn insert(&mut self, word: &str, id: u32) {
        let length = word.chars().count();
        if bound(length) == 0 || length > LONGEST || word.bytes().any(|b| b.is_ascii_digit()) {
            return;
        }
        let at = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.words.push((word.into(), id));
        for key in self.keys(word, bound(length)) {
            let filed = self.filed.entry(key).or_default();
            if filed.last() != Some(&at) {
                filed.push(at);
            }
        }
    }

    fn hash(&self, chars: &[char], skip: (usize, usize)) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        for (at, c) in chars.iter().enumerate() {
            if at != skip.0 && at != skip.1 {
                hasher.write_u32(u32::from(*c));
            }
        }
        hasher.finish()
    }

    fn keys(&self, word: &str, deletions: usize) -> Vec<u64> {
        let chars: Vec<char> = word.chars().collect();
        let none = usize::MAX;
        let mut keys = vec![self.hash(&chars, (none, none))];
        for first in 0..chars.len() {
            keys.push(self.hash(&chars, (first, none)));
            if deletions > 1 {
                keys.extend(
                    (first + 1..chars.len()).map(|second| self.hash(&chars, (first, second))),
                );
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The ids of the nearest words within the bound, and how far they are.
    pub(super) fn nearest(&self, word: &str) -> (Vec<u32>, usize) {
        let length = word.chars().count();
        let most = bound(length);
        if most == 0 || length > LONGEST {
            return (Vec::new(), 0);
        }
        let mut best = most + 1;
        let mut found: Vec<u32> = Vec::new();
        let mut seen: Vec<u32> = Vec::new();
        for key in self.keys(word, most) {
            work::look();
            for at in self.filed.get(&key).into_iter().flatten() {
                if seen.len() >= COMPARED || seen.contains(at) {
                    continue;
                }
                seen.push(*at);
                work::look();
                let Some((known, id)) = self.words.get(*at as usize) else {
                    continue;
                };
                let distance = strsim::osa_distance(word, known);
                let shorter = length.min(known.chars().count());
                if distance == 0 || distance > bound(shorter) || distance > best {
                    continue;
                }
                if shorter <= 5 && !same_start(word, known) {
                    continue;
                }
                if distance < best {
                    best = distance;
                    found.clear();
                }
                if !found.contains(id) {
                    found.push(*id);
                }
            }
        }
        (found, best)
    }
}

/// A short word is no typo of one that begins otherwise ("price" is not "rice"), unless two letters changed places.
fn same_start(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.chars(), b.chars());
    let (a0, b0) = (a.next(), b.next());
    a0 == b0 || (a0 == b.next() && a.next() == b0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_grows_with_the_word() {
        let mut typos = Typos::default();
        for (id, word) in ["cola", "latte", "rice", "margherita", "cappuccino"]
            .iter()
            .enumerate()
        {
            typos.insert(word, u32::try_from(id).unwrap_or(0));
        }
        assert_eq!(typos.nearest("ltate").0, [1]);
        assert_eq!(typos.nearest("lattee").0, [1]);
        assert_eq!(typos.nearest("margarita").0, [3]);
        assert_eq!(typos.nearest("capuchino").0, [4]);
        assert!(typos.nearest("price").0.is_empty());
        assert!(typos.nearest("col").0.is_empty());
        assert!(typos.nearest("lettuce").0.is_empty());
    }
}
