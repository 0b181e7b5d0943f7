//! Name, phone and address: from a button, from an answer to the bot's question, or from the order's own words.

use std::sync::LazyLock;

use super::history::Act;
use super::{Again, Asked, Command, Conversation, Notice, Reply, Turn};
use crate::language::{Language, Phrases, Texts, args, normalize};
use crate::parsed::{Details, Intent, ParsedOrder};
use crate::phone;
use crate::privacy::PersonalText;

/// A detail that the customer gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// Their name.
    Name(PersonalText),
    /// A phone number.
    Phone(PersonalText),
    /// A contact that is not the customer's own.
    ForeignContact,
    /// Digits that are no phone number.
    BadPhone,
    /// Where to deliver.
    Address(PersonalText),
}

/// What a message in the customer's own words is, before any model has seen it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// A command.
    Command(Command),
    /// The answer to what the bot asked for.
    Detail(Detail),
    /// An order is to be taken back.
    TakeBack(String),
    /// An earlier order is wanted again.
    Again(Again),
    /// A detail is to be changed.
    Change(Asked),
    /// A detail is to be forgotten.
    Forget(Asked),
    /// What the embedded parser made of it is all there is to it: a plain yes or no.
    Embedded,
    /// An order or anything else, for the parser.
    Parse,
}

/// Longest name that is taken for one.
const LONGEST_NAME: usize = 60;

/// Decides what a message is, from what the bot waits for and what the embedded parser makes of it.
#[must_use]
pub fn route(conversation: &Conversation, text: &str, embedded: &ParsedOrder) -> Route {
    if conversation.deleting {
        let open = conversation
            .draft
            .as_ref()
            .is_some_and(|draft| !draft.cart.is_empty());
        if let Some(answer) = super::command::deletion_answer(text, open) {
            return Route::Command(answer);
        }
    }
    if let Some(id) = order_to_take_back(text) {
        return Route::TakeBack(id.to_owned());
    }
    let open = conversation
        .draft
        .as_ref()
        .is_some_and(|draft| !draft.cart.is_empty());
    if let Some(which) = super::again::of_words(text, open) {
        return Route::Again(which);
    }
    if let Some(route) = detail_words(text) {
        return route;
    }
    if let Some(command) = Command::parse(text) {
        return Route::Command(command);
    }
    if matches!(embedded.intent, Intent::Confirm | Intent::Cancel) {
        return Route::Embedded;
    }
    if let Some(number) = phone::parse(text) {
        return Route::Detail(Detail::Phone(number));
    }
    let Some(asked) = conversation.asked else {
        return Route::Parse;
    };
    // An order, a question or another detail is what it says, whatever the bot waits for.
    let given = &embedded.details;
    let apart_from_answer = match asked {
        Asked::Name => Details {
            name: None,
            ..given.clone()
        },
        Asked::Phone => Details {
            phone: None,
            ..given.clone()
        },
        Asked::Address => Details {
            address: None,
            ..given.clone()
        },
    };
    let own_meaning = !embedded.operations.is_empty()
        || embedded.intent == Intent::Question
        || !apart_from_answer.is_empty()
        || !embedded.allergies.is_empty();
    if own_meaning {
        return Route::Parse;
    }
    let whole = || PersonalText::from(text.trim());
    // A smile or a dot is no place and no name.
    if !text.chars().any(char::is_alphanumeric) {
        return Route::Parse;
    }
    match asked {
        Asked::Phone => match given.phone.as_ref().and_then(|p| phone::parse(p.as_str())) {
            Some(number) => Route::Detail(Detail::Phone(number)),
            None if mostly_digits(text) => Route::Detail(Detail::BadPhone),
            None => Route::Parse,
        },
        // The whole of it: a floor or a bell belongs to an address too, whatever the parser makes of it.
        Asked::Address => Route::Detail(Detail::Address(whole())),
        Asked::Name if text.chars().count() <= LONGEST_NAME => {
            Route::Detail(Detail::Name(given.name.clone().unwrap_or_else(whole)))
        }
        Asked::Name => Route::Parse,
    }
}

/// `cancel K7F-12`, `/cancel k7f-12`, `take K7F-12 back`, in any language of ours: the id, or what has the form of one.
fn order_to_take_back(text: &str) -> Option<&str> {
    const LONGEST: usize = 100;
    if text.len() > LONGEST {
        return None;
    }
    let words = text.split_whitespace();
    let id = words
        .map(|word| word.trim_end_matches(['.', '!']))
        .find(|word| has_form_of_id(word))?;
    let said = normalize(text);
    let means_it = |language| {
        let t = Texts::of(language);
        ["say-take-back", "button-take-back"].iter().any(|key| {
            let phrases = t.plain(key, &args!["order" => id]);
            phrases.split('|').any(|phrase| normalize(phrase) == said)
        })
    };
    Language::ALL.into_iter().any(means_it).then_some(id)
}

/// Whether a word has the form of an order's id.
pub(super) fn has_form_of_id(word: &str) -> bool {
    word.split_once('-').is_some_and(|(tag, number)| {
        (1..=8).contains(&tag.len())
            && tag.bytes().all(|b| b.is_ascii_alphanumeric())
            && (1..=20).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_digit())
    })
}

/// What changes or forgets a detail, wherever it is written.
const WORDS: [(&str, (bool, Asked)); 11] = [
    ("customer-say-change-name", (true, Asked::Name)),
    ("customer-say-change-phone", (true, Asked::Phone)),
    ("customer-say-change-address", (true, Asked::Address)),
    ("customer-say-forget-name", (false, Asked::Name)),
    ("customer-say-forget-phone", (false, Asked::Phone)),
    ("customer-say-forget-address", (false, Asked::Address)),
    ("customer-button-change-name", (true, Asked::Name)),
    ("customer-button-change-phone", (true, Asked::Phone)),
    ("customer-button-change-address", (true, Asked::Address)),
    ("customer-button-forget-phone", (false, Asked::Phone)),
    ("customer-button-forget-address", (false, Asked::Address)),
];

fn detail_words(text: &str) -> Option<Route> {
    static PHRASES: LazyLock<Phrases<(bool, Asked)>> = LazyLock::new(|| Phrases::of(&WORDS));
    Some(match PHRASES.find(text)? {
        (true, detail) => Route::Change(detail),
        (false, detail) => Route::Forget(detail),
    })
}

fn mostly_digits(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 3 && digits * 2 >= text.chars().filter(|c| !c.is_whitespace()).count()
}

impl Asked {
    /// The word in buttons.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Phone => "phone",
            Self::Address => "address",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        [Self::Name, Self::Phone, Self::Address]
            .into_iter()
            .find(|detail| detail.as_str() == word)
    }
}

impl Turn<'_> {
    /// Notes what a message gives; false where it gives nothing.
    pub(super) fn keep_details(&mut self, details: &Details) -> bool {
        let customer = &mut self.state.customer;
        let mut kept = false;
        if let Some(name) = &details.name {
            customer.name = Some(name.clone());
            kept = true;
        }
        if let Some(number) = details
            .phone
            .as_ref()
            .and_then(|p| phone::parse(p.as_str()))
        {
            customer.phone = Some(number);
            kept = true;
        }
        if let Some(address) = &details.address {
            customer.address = Some(address.clone());
            kept = true;
        }
        kept
    }

    pub(super) fn detail(&mut self, detail: Detail) {
        match detail {
            Detail::ForeignContact => return self.say(Reply::ForeignContact),
            Detail::BadPhone => return self.say(Reply::BadPhone),
            Detail::Name(name) => self.state.customer.name = Some(name),
            Detail::Phone(number) => self.state.customer.phone = Some(number),
            Detail::Address(address) => {
                self.state.customer.address = Some(address);
                // Whoever names an address wants it brought there, unless they have said otherwise.
                let menu = self.context.menu;
                if let Some(draft) = &mut self.state.conversation.draft
                    && draft.fulfilment.is_none()
                {
                    draft.act(None, Act::address(), menu);
                }
            }
        }
        self.state.conversation.asked = None;
        // Also where something is kept for an order that has no line yet: there is no draft to show.
        if !self.has_lines() {
            return self.say(Reply::Saved);
        }
        self.touch();
        self.show_draft(false);
        if !self.ask_missing() {
            self.say(Reply::Complete);
        }
    }

    /// Forgets what is kept for later orders; placed ones keep what they were placed with. The name comes from Telegram
    /// again with the next message.
    pub(super) fn forget_detail(&mut self, detail: Asked) {
        let customer = &mut self.state.customer;
        match detail {
            Asked::Name => customer.name = None,
            Asked::Phone => customer.phone = None,
            Asked::Address => customer.address = None,
        }
        self.say(Reply::DetailForgotten { detail });
        self.show_draft(false);
    }

    /// Asks for the first detail that is missing, once; false where none is.
    pub(super) fn ask_missing(&mut self) -> bool {
        let missing = self.missing();
        let asked = match missing {
            Notice::Missing { name: true, .. } => Asked::Name,
            Notice::Missing { phone: true, .. } => Asked::Phone,
            Notice::Missing { address: true, .. } => Asked::Address,
            _ => {
                self.state.conversation.asked = None;
                return false;
            }
        };
        if self.state.conversation.asked != Some(asked) {
            self.ask(asked);
        }
        true
    }

    pub(super) fn ask(&mut self, asked: Asked) {
        self.state.conversation.asked = Some(asked);
        self.say(match asked {
            Asked::Name => Reply::AskName,
            Asked::Phone => Reply::AskPhone,
            Asked::Address => Reply::AskAddress,
        });
    }
}
