//! Tokens to pieces: the longest phrases of the menu and of the language's small words.

mod lists; // numbers that only number

use super::index::{Hit, Index, Phrase, Target};
use super::text::{Token, TokenKind};
use super::words::{self, Class, Small, Words};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number(u32),
    Ordinal(u32),
    /// "twice".
    Multiple(u32),
    Small(Class),
    /// A node of the menu's trie.
    Menu(u32),
    Unknown,
    Sign(char),
    /// Already understood as something else (a detail, a question).
    Gone,
}

/// A phrase of the message: tokens `from..to`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: Kind,
    pub(super) fuzzy: bool,
}

impl Piece {
    pub(super) fn is(&self, class: Class) -> bool {
        self.kind == Kind::Small(class)
    }

    pub(super) fn len(&self) -> usize {
        self.to - self.from
    }
}

/// Most spelling corrections tried in one message.
const CORRECTIONS: usize = 120;

struct Lexer<'a> {
    index: &'a Index,
    languages: Vec<&'static Words>,
    tokens: &'a [Token],
    ids: Vec<Vec<u32>>,
    fixed: Vec<bool>,
    /// Misspelt small words: which language's, and the word.
    small_fixed: Vec<Option<(usize, u32)>>,
}

/// The pieces of a message, and its language.
pub(super) fn pieces(index: &Index, tokens: &[Token]) -> (Vec<Piece>, &'static Words) {
    let own = words::language(tokens, |t| index.word(t).is_some());
    let english = words::all().first().filter(|w| w.code != own.code);
    let mut lexer = Lexer {
        index,
        languages: std::iter::once(own).chain(english).collect(),
        tokens,
        ids: Vec::with_capacity(tokens.len()),
        fixed: vec![false; tokens.len()],
        small_fixed: vec![None; tokens.len()],
    };
    lexer.look_up();
    (lexer.run(), own)
}

impl Lexer<'_> {
    fn look_up(&mut self) {
        let mut corrections = 0;
        for (at, token) in self.tokens.iter().enumerate() {
            let mut ids = Vec::new();
            if token.is_word() {
                ids.extend(self.index.word(token));
            }
            let known = !ids.is_empty()
                || token.kind != TokenKind::Word
                || self.languages.iter().any(|l| l.knows(&token.norm))
                || self.joined(at).is_some();
            if !known && corrections < CORRECTIONS {
                corrections += 1;
                let (menu, distance) = self.index.typo(&token.norm);
                let small = self
                    .languages
                    .iter()
                    .enumerate()
                    .find_map(|(l, words)| words.typo(&token.norm).map(|(id, d)| (l, id, d)));
                match small {
                    Some((language, id, d)) if menu.is_empty() || d < distance => {
                        self.small_fixed[at] = Some((language, id));
                    }
                    _ if !menu.is_empty() && menu.len() <= 4 => {
                        ids = menu;
                        self.fixed[at] = true;
                    }
                    _ => {}
                }
            }
            self.ids.push(ids);
        }
    }

    /// A phrase that is written together or apart otherwise than in the menu.
    fn joined(&self, at: usize) -> Option<Hit> {
        let mut text = String::new();
        let mut best = None;
        for (n, token) in self.tokens.iter().skip(at).take(3).enumerate() {
            if token.kind != TokenKind::Word || text.len() > 40 {
                break;
            }
            text.push_str(&token.norm);
            if let Some(node) = self.index.joined(&text) {
                best = Some(Hit {
                    len: n + 1,
                    node,
                    fuzzy: false,
                });
            }
        }
        best
    }

    fn menu(&self, at: usize) -> Option<Hit> {
        if at >= self.tokens.len() {
            return None;
        }
        let hit = self
            .index
            .longest(&self.tokens[at..], &self.ids[at..], &self.fixed[at..]);
        match (hit, self.joined(at)) {
            (Some(a), Some(b)) if b.len > a.len || (a.fuzzy && b.len == a.len) => Some(b),
            (None, b) => b,
            (a, _) => a,
        }
    }

    /// "a single espresso shot", where a group is called "Espresso shots" and the single one is of it.
    fn group_of(&self, at: usize, before: Option<&Piece>) -> Option<Piece> {
        let Kind::Menu(before) = before?.kind else {
            return None;
        };
        let hit =
            self.index
                .longest_group(&self.tokens[at..], &self.ids[at..], &self.fixed[at..])?;
        let groups = &self.index.phrase(hit.node).groups;
        let of_it = |t: Target| match t {
            Target::Option(o) => self
                .index
                .options
                .get(o as usize)
                .is_some_and(|o| groups.contains(&o.group)),
            Target::Item(_) => false,
        };
        let longer = self.menu(at).is_none_or(|other| other.len < hit.len);
        (longer && self.index.phrase(before).full().any(of_it)).then_some(Piece {
            from: at,
            to: at + hit.len,
            kind: Kind::Small(Class::Filler),
            fuzzy: hit.fuzzy,
        })
    }

    fn small(&self, at: usize, most: usize) -> Option<(usize, Small)> {
        let mut best: Option<(usize, Small)> = None;
        for (l, words) in self.languages.iter().enumerate() {
            let fixed = |n: usize| {
                self.small_fixed
                    .get(at + n)
                    .copied()
                    .flatten()
                    .filter(|(language, _)| *language == l)
                    .map(|(_, id)| id)
            };
            let found = words.longest(&self.tokens[at..], fixed, most);
            if found.is_some_and(|(n, _)| best.is_none_or(|(m, _)| n > m)) {
                best = found;
            }
        }
        best
    }

    fn run(&self) -> Vec<Piece> {
        let mut out: Vec<Piece> = Vec::with_capacity(self.tokens.len());
        let mut at = 0;
        while at < self.tokens.len() {
            let piece = self
                .group_of(at, out.last())
                .unwrap_or_else(|| self.piece(at));
            at = piece.to.max(at + 1);
            // "line 2"
            if let (Kind::Number(n @ 1..=99), Some(last)) = (piece.kind, out.last_mut())
                && last.is(Class::Line)
            {
                last.kind = Kind::Ordinal(n);
                last.to = piece.to;
                continue;
            }
            // Twenty-one.
            if let (Kind::Number(unit @ 1..=9), Some(last)) = (piece.kind, out.last_mut())
                && let Kind::Number(tens @ (20 | 30 | 40 | 50 | 60 | 70 | 80 | 90)) = last.kind
                && self.tokens[last.from].kind == TokenKind::Word
            {
                last.kind = Kind::Number(tens + unit);
                last.to = piece.to;
                continue;
            }
            out.push(piece);
        }
        self.pair_apart(&mut out);
        lists::numbered_list(&mut out);
        lists::bracketed(&mut out);
        out
    }

    fn piece(&self, at: usize) -> Piece {
        let token = &self.tokens[at];
        let piece = |to: usize, kind: Kind, fuzzy: bool| Piece {
            from: at,
            to,
            kind,
            fuzzy,
        };
        if let TokenKind::Sign(sign) = token.kind {
            return match sign {
                '+' => piece(at + 1, Kind::Small(Class::And), false),
                _ => piece(at + 1, Kind::Sign(sign), false),
            };
        }
        let mut small = self.small(at, usize::MAX);
        let menu = self.menu(at);
        // A phrase of small words must not eat the head of a longer dish ("a side of" | "side of guacamole").
        if let Some((len, _)) = small.filter(|(len, _)| *len > 1) {
            let cut = (at + 1..at + len).find(|j| {
                self.menu(*j)
                    .is_some_and(|hit| hit.len > 1 && !hit.fuzzy && j + hit.len > at + len)
            });
            if let Some(cut) = cut {
                small = self.small(at, cut - at);
            }
        }
        // "warmed up" is an option where the menu has "warmed".
        if let (Some((len, Small::Class(Class::NoteLine))), Some(hit)) = (small, menu)
            && hit.len < len
            && self.index.phrase(hit.node).full().next().is_some()
        {
            small = self.small(at, hit.len);
        }
        // A "can" of cola, where cans are to be chosen.
        if let (Some((len, Small::Class(class @ (Class::Side | Class::Unit)))), Some(hit)) =
            (small, menu)
        {
            let targets: Vec<Target> = self.index.phrase(hit.node).full().collect();
            let option = targets.iter().any(|t| matches!(t, Target::Option(_)));
            let item = !targets.is_empty()
                && !option
                && self.menu(at + len).is_none_or(|next| {
                    !self
                        .index
                        .phrase(next.node)
                        .full()
                        .any(|t| matches!(t, Target::Item(_)))
                });
            // "two shots of vanilla" are vanilla.
            let counts = class == Class::Unit
                && self.menu(at + len).is_some_and(|next| {
                    self.index
                        .phrase(next.node)
                        .full()
                        .any(|t| matches!(t, Target::Option(_)))
                });
            if hit.len < len && (option || item) && !counts {
                return piece(at + hit.len, Kind::Menu(hit.node), hit.fuzzy);
            }
        }
        let small_len = small.map_or(0, |(n, _)| n);
        if let Some(hit) = menu {
            let phrase = self.index.phrase(hit.node);
            let full = phrase.full().next().is_some();
            let wins = match small {
                None => hit.len > 1 || !matches!(token.kind, TokenKind::Number(_)),
                Some((n, _)) if hit.len != n => hit.len > n,
                Some((1, Small::Class(Class::Filler))) if is_verb(&token.norm) => {
                    full && self.named(at)
                }
                Some((1, Small::Class(Class::Known)))
                    if phrase.generic || phrase.tail || !phrase.groups.is_empty() =>
                {
                    true
                }
                Some((1, s)) => full && !is_core(s) || self.repeats(phrase, at, s),
                Some(_) => full,
            };
            if wins {
                let part_by_typo = !full && hit.fuzzy;
                return match part_by_typo {
                    true => piece(at + 1, Kind::Unknown, false),
                    false => piece(at + hit.len, Kind::Menu(hit.node), hit.fuzzy),
                };
            }
        }
        let fuzzy = self.small_fixed[at].is_some();
        match small {
            Some((n, Small::Number(value) | Small::Tens(value))) => {
                piece(at + n, Kind::Number(value), fuzzy)
            }
            Some((n, Small::Multiple(value))) => piece(at + n, Kind::Multiple(value), fuzzy),
            Some((n, Small::Ordinal(value))) => piece(at + n, Kind::Ordinal(value), fuzzy),
            Some((n, Small::Class(Class::Known))) => piece(at + n, Kind::Unknown, false),
            Some((n, Small::Class(class))) => piece(at + n, Kind::Small(class), fuzzy),
            None => match token.kind {
                // What is no whole number orders nothing.
                TokenKind::Number(value) => piece(at + 1, Kind::Number(value.unwrap_or(0)), false),
                _ => piece(at + 1 + small_len, Kind::Unknown, false),
            },
        }
    }

    /// Whether a verb's word stands where a noun does: "a can".
    fn named(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).and_then(|b| self.tokens.get(b)) else {
            return self.tokens.len() == 1;
        };
        matches!(before.kind, TokenKind::Number(_))
            || ["a", "the", "with", "in", "one", "two", "three"].contains(&before.norm.as_str())
            || self.tokens.get(at + 1).is_some_and(|t| t.norm == "of")
    }

    /// A group's name beside its options, or "black" in "black and pinto beans".
    fn repeats(&self, phrase: &Phrase, at: usize, small: Small) -> bool {
        match small {
            Small::Class(Class::Filler) => !phrase.groups.is_empty() && phrase.parts.is_empty(),
            Small::Class(Class::Known) => {
                let link = self
                    .tokens
                    .get(at + 1)
                    .is_some_and(|t| matches!(t.norm.as_str(), "and" | "or" | "n"));
                let group = |t: &Target| match t {
                    Target::Option(o) => self.index.options.get(*o as usize).map(|o| o.group),
                    Target::Item(_) => None,
                };
                let Some(next) = self.menu(at + 2).filter(|_| link) else {
                    return false;
                };
                match phrase.parts.as_slice() {
                    [part] => self
                        .index
                        .phrase(next.node)
                        .full()
                        .any(|t| group(&t).is_some() && group(&t) == group(part)),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// "take the cola off": the first half becomes the verb, the second says nothing more.
    fn pair_apart(&self, pieces: &mut [Piece]) {
        const REACH: usize = 8;
        let Some(english) = self.languages.iter().find(|l| l.code == "en") else {
            return;
        };
        for at in 0..pieces.len() {
            let first = &self.tokens[pieces[at].to.saturating_sub(1)].norm;
            if pieces[at].len() > 2 || !english.apart_firsts(first) {
                continue;
            }
            for other in at + 2..pieces.len().min(at + REACH) {
                if matches!(pieces[other].kind, Kind::Sign(_)) || pieces[other].is(Class::With) {
                    break;
                }
                let second = &self.tokens[pieces[other].from].norm;
                if pieces[other].len() == 1 && english.are_apart(first, second) {
                    pieces[at].kind = Kind::Small(Class::Remove);
                    // "take the onions off the burger" goes on.
                    let goes_on = pieces
                        .get(other + 1)
                        .is_some_and(|p| p.is(Class::The) || matches!(p.kind, Kind::Menu(_)));
                    pieces[other].kind =
                        Kind::Small(if goes_on { Class::Prep } else { Class::Filler });
                    break;
                }
            }
        }
    }
}

/// A dish may be called so, but far more often it is the verb.
fn is_verb(word: &str) -> bool {
    const VERBS: [&str; 12] = [
        "can", "like", "may", "get", "order", "go", "do", "be", "have", "take", "try", "want",
    ];
    VERBS.contains(&word)
}

/// Small words that are never a dish, whatever a menu says.
fn is_core(small: Small) -> bool {
    match small {
        Small::Class(class) => matches!(
            class,
            Class::Article
                | Class::The
                | Class::And
                | Class::Or
                | Class::But
                | Class::With
                | Class::Without
                | Class::Of
                | Class::It
                | Class::Ask
                | Class::Also
                | Class::Deny
        ),
        _ => true,
    }
}
