//! Words as they were meant: other ways to write them, and two that are written together.

use std::ops::Range;

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
        let Some(at) = seam(index, &token) else {
            out.push(token);
            continue;
        };
        let (a, b) = token.norm.split_at(at);
        let middle = token.span.start + at;
        let half = |norm: &str, span: Range<usize>, first: bool| Token {
            norm: norm.to_owned(),
            span,
            kind: TokenKind::Word,
            glued: !first || token.glued,
            capital: first && token.capital,
        };
        out.push(half(a, token.span.start..middle, true));
        out.push(half(b, middle..token.span.end, false));
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
