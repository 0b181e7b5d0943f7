//! Sentences that order nothing: questions, stories, and answers to the draft.

use crate::parsed::Intent;

use super::details::Found;
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
    found: &Found,
) -> Sorted {
    let mut sorted = Sorted::default();
    let mut from = 0;
    let mut ordered = false;
    let mut conditions = false;
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
        let far = found.far && found.times.iter().any(|t| (from..to).contains(t));
        if let Some(start) = asks {
            sorted.question = true;
            // "i'm vegan, is the soup ok?": what leads to the question orders nothing either.
            let leads = !sentence[..start].iter().any(|p| is_menu(p.kind))
                || far && sentence[..start].iter().any(|p| p.is(Class::Hedge));
            set_aside(&mut sentence[if leads { 0 } else { start }..]);
        } else if tells(index, sentence) {
            ordered |= sentence.iter().any(|p| is_menu(p.kind));
        } else if story || far && sentence.iter().any(|p| p.is(Class::Hedge)) {
            set_aside(sentence);
            sorted.chat = true;
        } else {
            sorted.chat |= not_now(sentence);
            conditions |= condition(sentence);
        }
        ordered |= sentence.iter().any(|p| is_menu(p.kind));
        from = to;
    }
    let has = |test: &dyn Fn(&Piece) -> bool| pieces.iter().any(test);
    sorted.polite = has(&polite);
    sorted.asks = conditions
        || has(&|p| {
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
            Class::MakeThe,
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

/// "my scampi was cold, can i get another": clauses that tell of something beside others that order. Whether there are
/// both.
fn tells(index: &Index, sentence: &mut [Piece]) -> bool {
    let ends = |p: &Piece| p.kind == Kind::Sign(',') || p.is(Class::But);
    let mut clauses = Vec::new();
    let mut from = 0;
    for at in 0..=sentence.len() {
        if at == sentence.len() || ends(&sentence[at]) {
            if from < at {
                clauses.push(from..at);
            }
            from = at + 1;
        }
    }
    let stories: Vec<std::ops::Range<usize>> = clauses
        .iter()
        .filter(|c| {
            let clause = &sentence[(*c).clone()];
            clause.iter().any(|p| p.is(Class::Story)) && is_story(index, clause)
        })
        .cloned()
        .collect();
    let orders = clauses.iter().filter(|c| !stories.contains(c)).any(|c| {
        let clause = &sentence[c.clone()];
        let counted = |p: &Piece| p.is(Class::Article) || matches!(p.kind, Kind::Number(_));
        let wish = |p: &Piece| p.is(Class::Ask) && p.len() > 1;
        clause.iter().any(wish)
            || clause.iter().any(counted) && clause.iter().any(|p| is_menu(p.kind))
    });
    if stories.is_empty() || !orders {
        return false;
    }
    for story in stories {
        set_aside(&mut sentence[story]);
    }
    true
}

/// "i'll get the fries later": a clause that speaks of another time. Tells whether there is one.
fn not_now(sentence: &mut [Piece]) -> bool {
    let ends = |p: &Piece| p.kind == Kind::Sign(',') || p.is(Class::But);
    let mut found = false;
    for at in 0..sentence.len() {
        if !sentence[at].is(Class::Sometime) {
            continue;
        }
        let from = sentence[..at].iter().rposition(ends).map_or(0, |n| n + 1);
        let to = sentence[at..]
            .iter()
            .position(ends)
            .map_or(sentence.len(), |n| at + n);
        set_aside(&mut sentence[from..to]);
        found = true;
    }
    found
}

/// "if you have lamb then lamb, otherwise chicken": whether it holds is not known here, so the words are asked about as
/// they stand. Of "two lattes, and if there are any left a bagel" the lattes are ordered.
fn condition(sentence: &mut [Piece]) -> bool {
    let Some(at) = sentence.iter().position(|p| p.is(Class::If)) else {
        return false;
    };
    let ordered = sentence[..at].iter().any(|p| is_menu(p.kind));
    let links = |p: &Piece| {
        p.kind == Kind::Sign(',')
            || [Class::And, Class::But, Class::Or, Class::Also]
                .iter()
                .any(|c| p.is(*c))
    };
    let opens = |p: &Piece| {
        matches!(p.kind, Kind::Sign(_) | Kind::Gone)
            || [Class::Greet, Class::Confirm, Class::Deny]
                .iter()
                .any(|c| p.is(*c))
    };
    let from = match at.checked_sub(1).map(|b| &sentence[b]) {
        Some(before) if ordered && links(before) => at,
        _ => sentence
            .iter()
            .position(|p| !opens(p))
            .unwrap_or(at)
            .min(at),
    };
    let to = sentence
        .iter()
        .rposition(|p| !matches!(p.kind, Kind::Sign(_)))
        .map_or(sentence.len(), |n| n + 1);
    // One phrase, whatever its words mean elsewhere.
    let last = sentence[to - 1].to;
    set_aside(&mut sentence[from..to]);
    sentence[from].kind = Kind::Unknown;
    sentence[from].to = last;
    true
}

/// Where a question begins in the sentence.
fn question(sentence: &[Piece], tokens: &[Token], marked: bool) -> Option<usize> {
    let mut opens = true;
    let mut condition = false;
    // "no soup today?"
    let refused = sentence
        .iter()
        .find(|p| !p.is(Class::Greet))
        .is_some_and(|p| p.is(Class::Deny) || p.is(Class::Without));
    if marked && refused && sentence.iter().any(|p| is_menu(p.kind)) {
        return Some(0);
    }
    // Nothing but greetings so far.
    let mut first = true;
    for (at, piece) in sentence.iter().enumerate() {
        if piece.is(Class::Be) && first {
            return Some(at);
        }
        condition |= piece.is(Class::If);
        if piece.is(Class::Question) {
            // "if i order the menu do i get a drink"
            if condition && piece.len() > 1 {
                return Some(0);
            }
            // "what about a latte" and "which is fine" inside a wish ask nothing.
            // "all I want is a latte"
            let verb = tokens.get(piece.from).is_some_and(|t| {
                [
                    "is", "are", "was", "were", "has", "am", "do", "would", "will",
                ]
                .contains(&t.norm.as_str())
            });
            if opens || (piece.len() > 1 && (!verb || marked)) {
                return Some(at);
            }
        }
        // "wondering if the soup is hot" asks, "wondering if i could get one" does not.
        if piece.is(Class::Whether)
            && !sentence[at + 1..]
                .iter()
                .find(|p| !p.is(Class::Filler))
                .is_some_and(|p| p.is(Class::Ask))
        {
            return Some(at);
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
                        | Class::Hedge
                        | Class::Vague
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
                | Class::Vague
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
            Kind::Sign(_) | Kind::Small(Class::Greet | Class::Filler | Class::Vague)
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
        || has(Class::Make)
        || has(Class::MakeThe);
    let named = sentence.iter().any(|p| match p.kind {
        Kind::Menu(node) => index
            .phrase(node)
            .full()
            .any(|t| matches!(t, Target::Item(_))),
        _ => false,
    });
    (has(Class::Story) && !wish)
        || ((has(Class::Fond) || has(Class::Be)) && !counted && !wish && named && !has(Class::Or))
}
