//! The model's answer against the menu and against the message. What it names that cannot be ordered as named, or that
//! nothing in the message speaks of, is said back to the customer as not understood; it never becomes a line of the
//! order. What the message asks for and the answer passes over is said back too.
//!
//! Prices are not read at all: the answer's shape has no place for them, and fields it does not know are passed over.

mod residue;
mod support;
mod words;

use serde::Deserialize;
use serde_json::Number;

use self::support::{Backing, Support};
use self::words::Message;
use super::offer::Offer;
use crate::menu::{Item, Menu, MenuOption};
use crate::parsed::{
    Change, Details, Fulfilment, Intent, Op, Operation, OptionChange, ParsedOrder,
};
use crate::privacy::PersonalText;
use crate::understand::Reading;

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

/// What a message is checked against.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) menu: &'a Menu,
    /// What of the menu the model was told.
    pub(super) offer: &'a Offer<'a>,
    pub(super) text: &'a str,
    /// What the embedded parser makes of the message.
    pub(super) reading: &'a Reading,
}

/// An answer after the check.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) order: ParsedOrder,
    /// What is wrong with the answer by the rules that the model was told; it may be asked to mend it.
    pub(super) problems: Vec<String>,
}

/// Reads the model's answer.
///
/// # Errors
/// Why it is no parsed order at all, in words for the model. They may quote the answer and are not for logs.
pub(super) fn read(subject: Subject<'_>, answer: &str) -> Result<Checked, String> {
    if answer.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    let raw: RawOrder =
        serde_json::from_str(answer).map_err(|e| format!("it is no JSON of the schema: {e}"))?;
    check(subject, raw)
}

fn check(subject: Subject<'_>, raw: RawOrder) -> Result<Checked, String> {
    let operations = raw.operations;
    let too_many = operations.len() > MOST_PARTS
        || operations
            .iter()
            .any(|op| op.options.as_ref().is_some_and(|o| o.len() > MOST_PARTS));
    if too_many {
        return Err(format!(
            "it has more than {MOST_PARTS} operations or options"
        ));
    }
    let asked_for_changes = !operations.is_empty();
    let mut checker = Checker {
        subject,
        menu: subject.menu,
        message: Message::new(subject.text),
        support: Support::new(subject.text, &subject.reading.order),
        unmatched: Vec::new(),
        problems: Vec::new(),
    };
    for phrase in raw.unmatched.into_iter().flatten() {
        checker.not_understood(phrase);
    }
    let details = checker.details(raw.details.unwrap_or_default());
    let allergies: Vec<PersonalText> = raw
        .allergies
        .into_iter()
        .flatten()
        .take(MOST_PARTS)
        .filter_map(|text| personal(Some(text)))
        .collect();
    let note = personal(raw.note);
    let notes = operations.iter().filter_map(|op| op.note.as_deref());
    for text in allergies
        .iter()
        .chain(&note)
        .map(PersonalText::as_str)
        .chain(notes)
    {
        checker.support.account(text);
    }
    let backings = checker.backings(&operations);
    let operations: Vec<Operation> = operations
        .into_iter()
        .zip(backings)
        .enumerate()
        .filter_map(|(at, (raw, backing))| checker.operation(at, raw, backing))
        .collect();
    let language = residue::language(raw.language, subject.text, subject.reading);
    for phrase in residue::of(&checker, raw.intent, &language) {
        checker.not_understood(phrase);
    }
    let Checker {
        unmatched,
        problems,
        ..
    } = checker;

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
    Ok(Checked {
        order: ParsedOrder {
            intent,
            operations,
            details,
            allergies,
            note,
            unmatched: unmatched.into_iter().map(PersonalText::from).collect(),
            language,
        },
        problems,
    })
}

struct Checker<'a> {
    subject: Subject<'a>,
    menu: &'a Menu,
    message: Message<'a>,
    support: Support<'a>,
    unmatched: Vec<String>,
    problems: Vec<String>,
}

/// What of the message speaks for an operation's item and for each of its options.
struct Backings {
    item: Backing,
    options: Vec<Backing>,
}

impl<'a> Checker<'a> {
    fn not_understood(&mut self, phrase: impl Into<String>) {
        if let Some(phrase) = tidy(phrase.into())
            && self.unmatched.len() < MOST_PARTS
            && !self.unmatched.contains(&phrase)
        {
            self.support.account(&phrase);
            self.unmatched.push(phrase);
        }
    }

    /// What in the message speaks for each part of the answer: names first, over the whole answer, so that what one
    /// part is named by does not back another.
    fn backings(&mut self, operations: &[RawOperation]) -> Vec<Backings> {
        let menu = self.menu;
        let mut all: Vec<Backings> = Vec::with_capacity(operations.len());
        let named = operations.iter().filter_map(|raw| raw.item.as_deref());
        for invented in named.filter(|id| !id.trim().is_empty() && menu.item(id).is_none()) {
            // Its words will be said back; they back nothing else. Who invents ids is believed by names alone.
            self.support.account(&self.message.words_like(invented));
            self.support.distrust();
        }
        for raw in operations {
            let item = raw.item.as_deref().and_then(|id| menu.item(id));
            let others = self.subject.offer.items.iter().copied();
            let backing = item.map_or(Backing::Sure, |item| {
                let others = others.filter(|other| other.id != item.id);
                self.support.item_by_name(item, others)
            });
            let options = raw.options.iter().flatten();
            let options = options
                .map(|option| self.option_backing(item, option))
                .collect();
            all.push(Backings {
                item: backing,
                options,
            });
        }
        for (at, backings) in all.iter_mut().enumerate() {
            for backing in std::iter::once(&mut backings.item).chain(&mut backings.options) {
                if *backing == Backing::None && self.support.back(at) {
                    *backing = Backing::Sure;
                }
            }
        }
        all
    }

    fn option_backing(&mut self, item: Option<&Item>, raw: &RawOption) -> Backing {
        let menu = self.menu;
        let id = match item {
            Some(item) => self.option_of(item, &raw.option, raw.change),
            None => self.option_of_any(&raw.option, raw.change),
        };
        // What cannot be had is said back anyway.
        let Some(id) = id else { return Backing::Sure };
        let Some((group, option)) = menu.option(&id) else {
            // A name that several groups share.
            return self.support.word(&id);
        };
        let there_anyway = raw.change == Change::With
            && item.is_some_and(|item| {
                item.included.contains(&option.id) || group.default.as_ref() == Some(&option.id)
            });
        let others: Vec<&MenuOption> = item
            .into_iter()
            .flat_map(|item| menu.groups_of(item))
            .flat_map(|group| &group.options)
            .filter(|other| other.available && other.id != option.id)
            .collect();
        let backing = self
            .support
            .option_by_name(option, &group.name, others.into_iter());
        if there_anyway { Backing::Sure } else { backing }
    }

    fn operation(&mut self, at: usize, raw: RawOperation, backing: Backings) -> Option<Operation> {
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
                    self.problems
                        .push(format!("operations[{at}].item: the menu has no id {id:?}"));
                    self.not_understood(self.message.words_like(id));
                    return None;
                }
            },
        };
        match (backing.item, item) {
            (Backing::Ambiguous(words), _) => {
                self.not_understood(words);
                return None;
            }
            (Backing::None, Some(item)) => {
                self.not_understood(item.name.clone());
                return None;
            }
            _ => {}
        }
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
            .zip(backing.options)
            .filter_map(|(option, backing)| self.option(at, item, option, backing))
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

    fn option(
        &mut self,
        at: usize,
        item: Option<&Item>,
        raw: RawOption,
        backing: Backing,
    ) -> Option<OptionChange> {
        let count = raw.count.as_ref().map(|n| whole(n, MOST_OF_OPTION));
        let found = match item {
            Some(item) => self.option_of(item, &raw.option, raw.change),
            None => self.option_of_any(&raw.option, raw.change),
        };
        match (found, backing) {
            (Some(option), Backing::Sure) if count != Some(None) => Some(OptionChange {
                option,
                change: raw.change,
                count: count.flatten(),
            }),
            (Some(_), Backing::Ambiguous(words)) => {
                self.not_understood(words);
                None
            }
            (found, _) => {
                if found.is_none() && self.menu.option(&raw.option).is_none() {
                    let id = &raw.option;
                    self.problems.push(format!(
                        "operations[{at}].options: the menu has no id {id:?}"
                    ));
                }
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

    fn details(&mut self, raw: RawDetails) -> Details {
        // A courier calls this number: one that the customer did not write is none.
        let phone = raw.phone.filter(|phone| self.message.has_digits_of(phone));
        for text in [&raw.name, &phone, &raw.address, &raw.time]
            .into_iter()
            .flatten()
        {
            self.support.account(text);
        }
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

#[cfg(test)]
mod tests;
