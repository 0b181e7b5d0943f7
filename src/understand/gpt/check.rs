//! The model's answer against the menu. What it names that cannot be ordered as named is said back to the customer
//! as not understood; it never becomes a line of the order.
//!
//! Prices are not read at all: the answer's shape has no place for them, and fields it does not know are passed over.

mod words;

use serde::Deserialize;
use serde_json::Number;

use self::words::Message;
use super::GptError;
use crate::menu::{Item, Menu};
use crate::parsed::{
    Change, Details, Fulfilment, Intent, Op, Operation, OptionChange, ParsedOrder,
};
use crate::privacy::PersonalText;

/// Most units in one operation; more is asked about. The shop's own limit is lower and set elsewhere.
const MOST_UNITS: u32 = 999;
/// Most of one option on one unit.
const MOST_OF_OPTION: u32 = 99;
/// Most operations, options of an operation, phrases; more is no answer to one message.
const MOST_PARTS: usize = 100;
/// Most characters of a text of the answer.
const MOST_CHARS: usize = 500;

/// The answer as it comes. Models without strict schemas leave fields out, so all but the intent may be missing.
#[derive(Deserialize)]
struct RawOrder {
    intent: Intent,
    #[serde(default)]
    operations: Vec<RawOperation>,
    #[serde(default)]
    details: Option<RawDetails>,
    #[serde(default)]
    allergies: Option<Vec<String>>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    unmatched: Option<Vec<String>>,
    #[serde(default)]
    language: Option<String>,
}

#[derive(Deserialize)]
struct RawOperation {
    op: Op,
    #[serde(default)]
    item: Option<String>,
    #[serde(default)]
    line: Option<Number>,
    #[serde(default)]
    quantity: Option<Number>,
    #[serde(default)]
    options: Option<Vec<RawOption>>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Deserialize)]
struct RawOption {
    option: String,
    change: Change,
    #[serde(default)]
    count: Option<Number>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawDetails {
    name: Option<String>,
    phone: Option<String>,
    address: Option<String>,
    fulfilment: Option<Fulfilment>,
    time: Option<String>,
}

/// Reads the model's answer to `text`.
///
/// # Errors
/// [`GptError::Empty`] and [`GptError::Invalid`]; both say nothing of the answer's content.
pub(super) fn read(menu: &Menu, text: &str, answer: &str) -> Result<ParsedOrder, GptError> {
    if answer.trim().is_empty() {
        return Err(GptError::Empty);
    }
    let raw: RawOrder = serde_json::from_str(answer).map_err(|_| GptError::Invalid)?;
    check(menu, text, raw)
}

fn check(menu: &Menu, text: &str, raw: RawOrder) -> Result<ParsedOrder, GptError> {
    let operations = raw.operations;
    let too_many = operations.len() > MOST_PARTS
        || operations
            .iter()
            .any(|op| op.options.as_ref().is_some_and(|o| o.len() > MOST_PARTS));
    if too_many {
        return Err(GptError::Invalid);
    }
    let asked_for_changes = !operations.is_empty();
    let mut checker = Checker {
        menu,
        message: Message::new(text),
        unmatched: Vec::new(),
    };
    for phrase in raw.unmatched.into_iter().flatten() {
        checker.not_understood(phrase);
    }
    let operations: Vec<Operation> = operations
        .into_iter()
        .filter_map(|raw| checker.operation(raw))
        .collect();
    let details = checker.details(raw.details.unwrap_or_default());
    let allergies: Vec<PersonalText> = raw
        .allergies
        .into_iter()
        .flatten()
        .take(MOST_PARTS)
        .filter_map(|text| personal(Some(text)))
        .collect();
    let note = personal(raw.note);
    let unmatched = checker.unmatched;

    let nothing_else = !asked_for_changes
        && details.is_empty()
        && allergies.is_empty()
        && note.is_none()
        && unmatched.is_empty();
    let intent = match raw.intent {
        // Yes and no answer the draft and nothing else; beside anything else the order stays open.
        Intent::Confirm | Intent::Cancel if !nothing_else => Intent::Order,
        Intent::Question | Intent::Other if asked_for_changes => Intent::Order,
        Intent::Order if nothing_else => Intent::Other,
        intent => intent,
    };
    Ok(ParsedOrder {
        intent,
        operations,
        details,
        allergies,
        note,
        unmatched: unmatched.into_iter().map(PersonalText::from).collect(),
        language: language(raw.language),
    })
}

struct Checker<'a> {
    menu: &'a Menu,
    message: Message<'a>,
    unmatched: Vec<String>,
}

impl Checker<'_> {
    fn not_understood(&mut self, phrase: impl Into<String>) {
        if let Some(phrase) = tidy(phrase.into())
            && self.unmatched.len() < MOST_PARTS
            && !self.unmatched.contains(&phrase)
        {
            self.unmatched.push(phrase);
        }
    }

    // A later check belongs here: whether any word of the message supports the item and each option.
    fn operation(&mut self, raw: RawOperation) -> Option<Operation> {
        // Models without strict schemas write an empty text for none.
        let item_id = raw.item.filter(|id| !id.trim().is_empty());
        let item = match &item_id {
            None => None,
            Some(id) => match self.menu.item(id) {
                Some(item) if item.available => Some(item),
                Some(sold_out) => {
                    self.not_understood(self.words_for_item(sold_out));
                    return None;
                }
                None => {
                    self.not_understood(self.message.words_like(id));
                    return None;
                }
            },
        };
        let quantity = raw.quantity.as_ref().map(|n| whole(n, MOST_UNITS));
        if quantity == Some(None) {
            let words = item.map_or_else(|| self.message.whole(), |i| self.words_for_item(i));
            let number = raw.quantity.map(|n| n.to_string()).unwrap_or_default();
            self.not_understood(self.message.counted(&number, &words));
            return None;
        }
        let line = raw.line.as_ref().map(|n| whole(n, MOST_UNITS));
        // With an item, a line that cannot be ("0" for none) decides nothing; without one it is all there is.
        if line == Some(None) && item.is_none() {
            self.not_understood(self.message.whole());
            return None;
        }
        let raw_options = raw.options.unwrap_or_default();
        let had_options = !raw_options.is_empty();
        let options: Vec<OptionChange> = raw_options
            .into_iter()
            .filter_map(|option| self.option(item, option))
            .collect();
        let operation = Operation {
            op: raw.op,
            item: item_id,
            line: line.flatten(),
            quantity: quantity.flatten(),
            options,
            note: personal(raw.note),
        };
        // A change whose every option was refused would change nothing, or split a line for nothing.
        let hollow = had_options
            && operation.options.is_empty()
            && operation.note.is_none()
            && match operation.op {
                Op::Set => operation.quantity.is_none(),
                Op::Split => true,
                Op::Add | Op::Remove => false,
            };
        (!hollow).then_some(operation)
    }

    fn option(&mut self, item: Option<&Item>, raw: RawOption) -> Option<OptionChange> {
        let count = raw.count.as_ref().map(|n| whole(n, MOST_OF_OPTION));
        let found = match item {
            Some(item) => self.option_of(item, &raw.option, raw.change),
            None => self.option_of_any(&raw.option, raw.change),
        };
        match found {
            Some(option) if count != Some(None) => Some(OptionChange {
                option,
                change: raw.change,
                count: count.flatten(),
            }),
            _ => {
                let words = self.words_for_option(&raw.option);
                let number = raw.count.map(|n| n.to_string()).unwrap_or_default();
                self.not_understood(self.message.counted(&number, &words));
                None
            }
        }
    }

    /// The id of an item's option, given by its id or by its name in lower case.
    fn option_of(&self, item: &Item, word: &str, change: Change) -> Option<String> {
        if let Some((_, option)) = self.menu.option_of(item, word) {
            return can_be(option.available, change).then(|| word.to_owned());
        }
        let mut named = self
            .menu
            .groups_of(item)
            .flat_map(|group| &group.options)
            .filter(|option| option.name.to_lowercase() == word);
        let option = named.next()?;
        let only = named.next().is_none();
        (only && can_be(option.available, change)).then(|| option.id.as_str().to_owned())
    }

    /// The line is not known here: an id, or a name that the cart resolves on the line.
    fn option_of_any(&self, word: &str, change: Change) -> Option<String> {
        let known = |available: bool| can_be(available, change).then(|| word.to_owned());
        if let Some((_, option)) = self.menu.option(word) {
            return known(option.available);
        }
        let options = self.menu.groups().iter().flat_map(|group| &group.options);
        let mut named = options.filter(|option| option.name.to_lowercase() == word);
        named
            .any(|option| can_be(option.available, change))
            .then(|| word.to_owned())
    }

    fn words_for_item(&self, item: &Item) -> String {
        self.message.words_for(&item.name, &item.aliases)
    }

    fn words_for_option(&self, word: &str) -> String {
        match self.menu.option(word) {
            Some((_, option)) => self.message.words_for(&option.name, &option.aliases),
            None => self.message.words_like(word),
        }
    }

    fn details(&self, raw: RawDetails) -> Details {
        // A courier calls this number: one that the customer did not write is none.
        let phone = raw.phone.filter(|phone| self.message.has_digits_of(phone));
        Details {
            name: personal(raw.name),
            phone: personal(phone),
            address: personal(raw.address),
            fulfilment: raw.fulfilment,
            time: personal(raw.time),
        }
    }
}

/// What is sold out can be left out, but not asked for.
fn can_be(available: bool, change: Change) -> bool {
    available || change == Change::Without
}

/// A whole number from 1 to `most`.
fn whole(number: &Number, most: u32) -> Option<u32> {
    let whole = number.as_u64().or_else(|| {
        // "2.0" is what some models write for 2.
        let float = number.as_f64().filter(|f| f.fract() == 0.0)?;
        (1.0..=f64::from(most))
            .contains(&float)
            .then_some(float as u64)
    })?;
    u32::try_from(whole).ok().filter(|n| (1..=most).contains(n))
}

fn personal(text: Option<String>) -> Option<PersonalText> {
    tidy(text?).map(PersonalText::from)
}

fn tidy(text: String) -> Option<String> {
    let trimmed = text.trim();
    match trimmed.char_indices().nth(MOST_CHARS) {
        _ if trimmed.is_empty() => None,
        Some((end, _)) => Some(trimmed.get(..end)?.to_owned()),
        None if trimmed.len() == text.len() => Some(text),
        None => Some(trimmed.to_owned()),
    }
}

fn language(code: Option<String>) -> String {
    let code = code.unwrap_or_default().trim().to_ascii_lowercase();
    // 'en-GB' is English all the same.
    match code.split(['-', '_']).next() {
        Some(code) if code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase()) => {
            code.to_owned()
        }
        _ => "en".to_owned(),
    }
}

#[cfg(test)]
mod tests;
