//! Words as they were meant: other ways to write them, and two that are written together.

use super::index::Index;
use super::text::{self, Token, TokenKind};
use super::words;

/// The tokens of a text, with every word that only the menu's spelling differs in written as the menu writes it.
pub(super) fn tokens(index: &Index, text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    for mut token in text::tokens(text) {
        if let Some(other) = synonym(index, &token) {
            token.norm = other;
        }
        // Three at most: "and with the".
        for _ in 0..3 {
            let Some(at) = prefix(index, &token) else {
                break;
            };
            let rest = token.split_off(at);
            out.push(std::mem::replace(&mut token, rest));
        }
        let Some(at) = seam(index, &token) else {
            out.push(token);
            continue;
        };
        let rest = token.split_off(at);
        out.push(token);
        out.push(rest);
    }
    out
}

/// "lg" where the menu has "large".
fn synonym(index: &Index, token: &Token) -> Option<String> {
    if token.kind != TokenKind::Word || index.word(token).is_some() {
        return None;
    }
    words::all()
        .iter()
        .filter_map(|language| language.synonym(&token.norm))
        .find(|other| index.knows(other))
        .map(str::to_owned)
}

/// Where a small word ends that is written together with a known one.
fn prefix(index: &Index, token: &Token) -> Option<usize> {
    let known = |word: &str| index.knows(word) || words::all().iter().any(|l| l.knows(word));
    if token.kind != TokenKind::Word || token.norm.is_ascii() || known(&token.norm) {
        return None;
    }
    words::all().iter().find_map(|language| {
        let mut rests = language.without_prefix(&token.norm);
        // What is left may have another one.
        let rest = rests.find(|rest| {
            known(rest)
                || language
                    .without_prefix(rest)
                    .any(|rest| known(rest) || language.without_prefix(rest).any(known))
        })?;
        Some(token.norm.len() - rest.len())
    })
}

/// Where a word that was written together falls into two known ones.
fn seam(index: &Index, token: &Token) -> Option<usize> {
    let n = token.norm.len();
    if token.kind != TokenKind::Word
        || !token.norm.is_ascii()
        || !(6..=24).contains(&n)
        || token.span.len() != n
    {
        return None;
    }
    let english = words::all().first()?;
    if index.word(token).is_some()
        || english.knows(&token.norm)
        || index.joined(&token.norm).is_some()
    {
        return None;
    }
    let mut found = (3..=n - 3).filter(|at| {
        let (Some(a), Some(b)) = (token.norm.get(..*at), token.norm.get(*at..)) else {
            return false;
        };
        let menu = |word: &str| word.len() >= 4 && index.knows(word);
        (menu(a) && (menu(b) || english.knows(b))) || (menu(b) && english.knows(a))
    });
    let at = found.next()?;
    found.next().is_none().then_some(at)
}
