//! What an answer passes over, and the language of the message.

use super::Checker;
use crate::menu::Item;
use crate::parsed::{Intent, Op};
use crate::understand::Reading;
use crate::understand::gpt::fold;

/// Phrases that ask for something, in the customer's words, which nothing in the answer accounts for.
///
/// The embedded parser says which words it does not know; that counts only where it and the model speak of the same
/// language. A phrase beside an order must stand like a wish ("and a moonwalk"), so that "my dog is cute" is let be; a
/// message of which nothing was accounted for at all is said back whatever it looks like.
pub(super) fn of(checker: &Checker<'_>, intent: Intent, language: &str) -> Vec<String> {
    let Reading { order, certain } = checker.subject.reading;
    let may_ask = match intent {
        Intent::Order | Intent::Confirm => true,
        Intent::Other => order.intent == Intent::Order,
        Intent::Question | Intent::Cancel => false,
    };
    if !may_ask || order.language != language {
        return Vec::new();
    }
    // What is no word of ours for yes may still be one.
    let nothing = intent != Intent::Confirm
        && !checker.support.accounts_for_anything()
        && checker.unmatched.is_empty();
    let mut phrases = checker.support.residue(nothing);
    if *certain {
        let added = order.operations.iter().filter(|op| op.op == Op::Add);
        let items: Vec<&Item> = added
            .filter_map(|op| checker.menu.item(op.item.as_deref()?))
            .collect();
        phrases.extend(checker.support.overlooked(items.into_iter()));
    }
    phrases
}

/// The message's language: the model's word for it, unless the letters or the embedded parser, where that is certain,
/// say otherwise. What customers are answered in depends on it.
pub(super) fn language(code: Option<String>, text: &str, reading: &Reading) -> String {
    let code = code.unwrap_or_default().trim().to_ascii_lowercase();
    // 'en-GB' is English all the same.
    let code = code.split(['-', '_']).next().unwrap_or_default();
    let known = code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase());
    if !known || reading.certain || !may_be_written_so(code, text) {
        return reading.order.language.clone();
    }
    code.to_owned()
}

/// Whether a language is written in the letters that most of the text has.
fn may_be_written_so(code: &str, text: &str) -> bool {
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    let count =
        |range: std::ops::RangeInclusive<char>| letters().filter(|c| range.contains(c)).count();
    let (all, cyrillic, arabic) = (
        letters().count(),
        count('\u{400}'..='\u{52f}'),
        count('\u{600}'..='\u{6ff}'),
    );
    let latin = letters().filter(|c| *c < '\u{250}').count();
    match code {
        // Arabic, Persian and Urdu are often typed in Latin letters, Russian too: only the other way round is sure.
        "en" | "es" | "de" | "fr" | "it" | "pt" | "nl" | "pl" | "sv" | "da" | "cs" | "tr" => {
            latin * 2 >= all
        }
        "ru" | "uk" | "bg" => cyrillic > 0 || fold::fold(text).is_empty(),
        "ar" | "fa" | "ur" => arabic > 0 || fold::fold(text).is_empty(),
        "zh" | "ja" | "ko" | "he" | "el" | "th" | "hi" => latin < all || all == 0,
        _ => true,
    }
}
