//! Sentences that order nothing: questions, stories, and answers to the draft.

use crate::parsed::Intent;

use super::index::{Index, Target};
use super::is_menu;
use super::lex::{Kind, Piece};
use super::text::Token;
use super::words::Class;

/// What kind of message it is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sorted {
    /// It answers the draft and nothing else.
    pub(super) answer: Option<Intent>,
    /// A sentence of it asks something.
    pub(super) question: bool,
    /// It asks for something: "i'd like", "two".
    pub(super) asks: bool,
    /// "please".
    pub(super) polite: bool,
    /// Talk: what is not understood in it asks for nothing.
    pub(super) chat: bool,
}

/// Sets the sentences aside that order nothing.
pub(super) fn sort(
    index: &Index,
    pieces: &mut [Piece],
    polite: impl Fn(&Piece) -> bool,
    tokens: &[Token],
) -> Sorted {
    let mut sorted = Sorted::default();
    let mut from = 0;
    let mut ordered = false;
    while from < pieces.len() {
        let to = pieces[from..]
            .iter()
            .position(|p| matches!(p.kind, Kind::Sign('.' | '?' | '!' | '\n' | ';')))
            .map_or(pieces.len(), |n| from + n + 1);
        let asked = pieces
            .get(to - 1)
            .is_some_and(|p| p.kind == Kind::Sign('?'));
        let sentence = &mut pieces[from..to];
        let story = is_story(index, sentence);
        let asks = question(sentence, tokens, asked && !ordered)
            .filter(|_| !story || !sentence.iter().any(|p| p.is(Class::Story)));
        if let Some(start) = asks {
            sorted.question = true;
            set_aside(&mut sentence[start..]);
        } else if story {
            set_aside(sentence);
            sorted.chat = true;
        }
        ordered |= sentence.iter().any(|p| is_menu(p.kind));
        from = to;
    }
    let has = |test: &dyn Fn(&Piece) -> bool| pieces.iter().any(test);
    sorted.polite = has(&polite);
    sorted.asks = has(&|p| {
        matches!(p.kind, Kind::Number(_) | Kind::Menu(_))
            || p.is(Class::Article)
            || p.is(Class::Ask)
            || [
                Class::Add,
                Class::Side,
                Class::With,
                Class::Without,
                Class::Extra,
                Class::Double,
                Class::Light,
                Class::Sort,
            ]
            .iter()
            .any(|c| p.is(*c))
            || polite(p)
    });
    let content = has(&|p| matches!(p.kind, Kind::Menu(_) | Kind::Number(_) | Kind::Ordinal(_)))
        || [
            Class::Make,
            Class::Change,
            Class::Remove,
            Class::Another,
            Class::Same,
            Class::Article,
        ]
        .iter()
        .any(|c| has(&|p| p.is(*c)));
    if !content {
        let unknown = pieces.iter().filter(|p| p.kind == Kind::Unknown).count();
        let small = pieces
            .iter()
            .filter(|p| matches!(p.kind, Kind::Small(_)))
            .count();
        sorted.chat |= !sorted.asks && small > 0 && unknown <= small * 2;
        sorted.answer = answer(pieces, unknown).filter(|_| !sorted.question);
        // "can I cancel?" asks and does not cancel.
        if sorted.answer.is_some() && has(&|p| p.kind == Kind::Sign('?')) {
            sorted.answer = None;
            sorted.question = true;
        }
    }
    sorted
}

fn answer(pieces: &[Piece], unknown: usize) -> Option<Intent> {
    if unknown > 0 {
        return None;
    }
    let mut answer = None;
    for piece in pieces {
        let Kind::Small(class) = piece.kind else {
            continue;
        };
        match class {
            Class::Cancel => return Some(Intent::Cancel),
            Class::Confirm => answer = Some(Intent::Confirm),
            Class::Without | Class::Question => return None,
            // "no, that's all" says yes; "ok no" does not.
            Class::Deny if answer.is_some() => return None,
            _ => {}
        }
    }
    answer
}

fn set_aside(pieces: &mut [Piece]) {
    for piece in pieces {
        if !matches!(piece.kind, Kind::Sign(_)) {
            piece.kind = Kind::Gone;
        }
    }
}

/// Where a question begins in the sentence.
fn question(sentence: &[Piece], tokens: &[Token], marked: bool) -> Option<usize> {
    let mut opens = true;
    // Nothing but greetings so far.
    let mut first = true;
    for (at, piece) in sentence.iter().enumerate() {
        if piece.is(Class::Be) && first {
            return Some(at);
        }
        if piece.is(Class::Question) {
            // "what about a latte" and "which is fine" inside a wish ask nothing.
            // "all I want is a latte"
            let verb = tokens.get(piece.from).is_some_and(|t| {
                ["is", "are", "was", "were", "has", "am"].contains(&t.norm.as_str())
            });
            if opens || (piece.len() > 1 && !verb) {
                return Some(at);
            }
        }
        first &= matches!(piece.kind, Kind::Sign(_))
            || [Class::Greet, Class::And, Class::But, Class::Also]
                .iter()
                .any(|c| piece.is(*c));
        opens = match piece.kind {
            Kind::Sign(_) => true,
            Kind::Small(class) => {
                matches!(
                    class,
                    Class::Greet
                        | Class::Filler
                        | Class::And
                        | Class::But
                        | Class::Deny
                        | Class::Confirm
                        | Class::Also
                        | Class::Correct
                ) && (opens || class != Class::Filler)
            }
            _ => false,
        };
    }
    let wish = sentence.iter().any(|p| match p.kind {
        Kind::Number(_) | Kind::Ordinal(_) => true,
        Kind::Small(class) => !matches!(
            class,
            Class::Greet
                | Class::Filler
                | Class::Deny
                | Class::And
                | Class::Or
                | Class::The
                | Class::Prep
                | Class::To
                | Class::Of
        ),
        _ => false,
    });
    let says = sentence.iter().any(|p| {
        !matches!(
            p.kind,
            Kind::Sign(_) | Kind::Small(Class::Greet | Class::Filler)
        )
    });
    // "fries price?"
    let asks = sentence
        .iter()
        .rfind(|p| !matches!(p.kind, Kind::Sign(_)))
        .is_some_and(|p| p.is(Class::Question));
    (marked && (!wish || asks) && says).then_some(0)
}

/// Something that was, or that the customer likes: no order.
fn is_story(index: &Index, sentence: &[Piece]) -> bool {
    let has = |class: Class| sentence.iter().any(|p| p.is(class));
    let counted = has(Class::Article) || sentence.iter().any(|p| matches!(p.kind, Kind::Number(_)));
    let wish = sentence.iter().any(|p| p.is(Class::Ask) && p.len() > 1)
        || has(Class::Add)
        || has(Class::Make);
    let named = sentence.iter().any(|p| match p.kind {
        Kind::Menu(node) => index
            .phrase(node)
            .full()
            .any(|t| matches!(t, Target::Item(_))),
        _ => false,
    });
    (has(Class::Story) && !wish)
        || ((has(Class::Fond) || has(Class::Be)) && !counted && !wish && named)
}
