//! The embedded parser: the menu's phrases, a language's small words and a grammar, no network and no model.
//!
//! Text to tokens ([`text`]), tokens to pieces ([`lex`]: longest phrases of menu and small words, misspellings within
//! a bound), details and questions set aside ([`details`], [`sentence`]), pieces to elements ([`marks`]: what is to
//! happen to each option), and a walk over them ([`walk`], [`heads`], [`counts`],
//! [`edits`], [`gap`]) that makes lines and edits. Every word
//! ends as item, option, quantity, detail, chatter or in `unmatched`.

mod work; // what a message costs, for the tests
mod text; // folded tokens and where they stand
mod typo; // misspelt words
mod words; // a language's small words
mod index; // the menu's phrases
mod spelling; // words written otherwise than on the menu
mod lex; // tokens to phrases
mod sentence; // questions, stories, yes and no
mod details; // name, phone, address, time, allergies
mod decide; // what a word is that may be two things
mod marks; // phrases to items and options
mod gap; // which item an option belongs to
mod build; // lines and edits
mod walk; // the grammar
mod options; // options
mod heads; // items
mod strange; // what stands for an item and is none
mod counts; // how many
mod units; // some of a line's units
mod references; // which line is meant
mod edits; // changes
mod wishes; // what the menu does not name
mod doubt; // what may mean more than was understood

use crate::menu::{ItemId, Menu};
use crate::parsed::{Details, Intent, ParsedOrder};
use crate::privacy::PersonalText;

use lex::Kind;
use text::Token;
use words::Class;

/// Reads messages for one menu.
pub struct LocalParser {
    index: index::Index,
}

/// What a message was read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Its meaning.
    pub order: ParsedOrder,
    /// Every word is accounted for, and none by a guess: no misspelling corrected, no part of a name taken for it.
    pub certain: bool,
}

impl LocalParser {
    /// An index over the menu's phrases; it keeps nothing of the menu itself.
    #[must_use]
    pub fn new(menu: &Menu) -> Self {
        Self {
            index: index::Index::new(menu),
        }
    }

    /// What a message asks for. Takes time in proportion to its length.
    #[must_use]
    pub fn parse(&self, text: &str) -> Reading {
        let tokens = spelling::tokens(&self.index, text);
        let (mut pieces, words) = lex::pieces(&self.index, &tokens);
        let found = details::take(&mut pieces, &tokens, text);
        let kind = sentence::sort(
            &self.index,
            &mut pieces,
            |piece| {
                const PLEASE: [&str; 8] = [
                    "please",
                    "plz",
                    "pls",
                    "bitte",
                    "svp",
                    "favor",
                    "пожалуйста",
                    "فضلك",
                ];
                tokens
                    .get(piece.from..piece.to)
                    .unwrap_or(&[])
                    .iter()
                    .any(|t| PLEASE.contains(&t.norm.as_str()))
            },
            &tokens,
            &found,
        );
        let word_of = |at: usize| tokens.get(at).and_then(|t| self.index.word(t));
        let (elements, unsure) = marks::elements(&self.index, &pieces, word_of, |piece| {
            text::surface(tokens.get(piece.from..piece.to).unwrap_or(&[]))
        });
        let mut walk = walk::Walk::new(&self.index, &elements);
        walk.run();
        let draft = walk.draft;
        let mut order = ParsedOrder::empty(Intent::Other);
        words.code.clone_into(&mut order.language);
        order.operations = draft.operations(&self.index, |from, to| {
            quote(text, &tokens, from, to).to_owned()
        });
        order.unmatched = unmatched(text, &tokens, &elements, &walk.lost, kind.chat);
        // "i'll have what we had": a wish of which nothing came.
        let wishes = || {
            elements
                .iter()
                .any(|e| e.is(Class::Ask) && e.to - e.from > 1)
        };
        let tells = || {
            elements
                .iter()
                .any(|e| e.is(Class::Story) || e.is(Class::Question))
        };
        if order.operations.is_empty()
            && order.unmatched.is_empty()
            && !kind.question
            && !kind.chat
            && tells()
            && wishes()
        {
            order.unmatched = vec![PersonalText::from(text.trim())];
        }
        order.details = found.details;
        // "do you deliver to 5 High Street at 8?" tells nothing about an order.
        let details = &mut order.details;
        let asks = kind.question && order.operations.is_empty() && order.unmatched.is_empty();
        let talks = kind.chat && order.operations.is_empty();
        if (asks && !kind.polite || talks && found.far)
            && details.name.is_none()
            && details.phone.is_none()
        {
            *details = Details::default();
        }
        order.allergies = found.allergies;
        order.note = found.note;
        let gives = !order.operations.is_empty()
            || !order.details.is_empty()
            || !order.allergies.is_empty()
            || order.note.is_some();
        order.intent = match kind.answer {
            _ if gives => Intent::Order,
            Some(intent) if order.unmatched.is_empty() => intent,
            _ if kind.question => Intent::Question,
            _ if kind.asks && !order.unmatched.is_empty() => Intent::Order,
            _ => Intent::Other,
        };
        let certain = !unsure
            && !draft.unsure
            && order.unmatched.is_empty()
            && order.intent != Intent::Other
            && !doubt::doubtful(&elements, &draft);
        Reading { order, certain }
    }

    /// The items that can be ordered now and are nearest to a phrase that was not understood, likeliest first, at
    /// most `n`.
    #[must_use]
    pub fn nearest(&self, phrase: &str, n: usize) -> Vec<ItemId> {
        self.index.nearest(phrase, n)
    }
}

/// The phrases that asked for something and were not understood, as the customer wrote them.
fn unmatched(
    text: &str,
    tokens: &[Token],
    elements: &[marks::Element],
    lost: &[usize],
    chat: bool,
) -> Vec<PersonalText> {
    let mut marks = vec![false; elements.len()];
    for at in lost {
        if let Some(mark) = marks.get_mut(*at) {
            *mark = true;
        }
    }
    // Words between two that are lost belong to them.
    let joins = |e: &marks::Element| {
        matches!(e.what, marks::What::Article | marks::What::The)
            || [
                Class::Of,
                Class::Prep,
                Class::To,
                Class::Filler,
                Class::Plain,
                Class::Ask,
                Class::With,
                Class::It,
                Class::Or,
                Class::Side,
            ]
            .iter()
            .any(|c| e.is(*c))
    };
    for at in 1..elements.len() {
        let next = (at..elements.len().min(at + 4)).find(|n| !joins(&elements[*n]));
        if let Some(next) = next.filter(|n| marks[at - 1] && *n > at && marks[*n]) {
            marks[at..next].fill(true);
        }
    }
    let mut out = Vec::new();
    let mut at = 0;
    while at < elements.len() {
        if !marks[at] {
            at += 1;
            continue;
        }
        let from = at;
        while at < elements.len() && marks[at] {
            at += 1;
        }
        let says = elements[from..at].iter().any(|e| {
            !matches!(
                e.what,
                marks::What::Comma | marks::What::Stop | marks::What::Article | marks::What::The
            )
        });
        if !says || chat {
            continue;
        }
        let (first, last) = (elements[from].from, elements[at - 1].to);
        let phrase = quote(text, tokens, first, last);
        if !phrase.is_empty() {
            out.push(PersonalText::from(phrase));
        }
    }
    out
}

/// The customer's words from one token to before another.
fn quote<'t>(text: &'t str, tokens: &[Token], from: usize, to: usize) -> &'t str {
    let start = tokens.get(from).map_or(0, |t| t.span.start);
    let end = tokens
        .get(to.saturating_sub(1))
        .map_or(start, |t| t.span.end);
    text.get(start..end).unwrap_or_default().trim()
}

/// Whether a piece has words of the menu.
fn is_menu(kind: Kind) -> bool {
    matches!(kind, Kind::Menu(_))
}

#[cfg(test)]
mod tests;
