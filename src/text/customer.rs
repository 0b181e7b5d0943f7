//! Saved details, voice notes, and who may read what a customer writes.

use teloxide::utils::html::escape;

use super::{Button, Keyboard, Message, join_lines, words};
use crate::conversation::{AiRule, Asked, Customer, Rules, Tap, Unheard};
use crate::menu::Menu;
use crate::privacy::PersonalText;

/// `/details`: what is kept for later orders, with buttons to change or forget it.
#[must_use]
pub fn details(customer: Option<&Customer>) -> Message {
    let kept = |text: Option<&PersonalText>| {
        text.map_or_else(|| "none".to_owned(), |text| words(text.as_str()))
    };
    let of = |detail| match detail {
        Asked::Name => customer.and_then(|c| c.name.as_ref()),
        Asked::Phone => customer.and_then(|c| c.phone.as_ref()),
        Asked::Address => customer.and_then(|c| c.address.as_ref()),
    };
    let mut lines = vec![
        "<b>What we use for your next order</b>".to_owned(),
        format!("Name: {}", kept(of(Asked::Name))),
        format!("Phone: {}", kept(of(Asked::Phone))),
        format!("Address: {}", kept(of(Asked::Address))),
        String::new(),
    ];
    lines.push(
        "Tap a button, or write for example \"change my address\" or \"forget my phone number\"."
            .to_owned(),
    );
    let row = |detail, change: &str, forget: Option<&str>| {
        let mut row = vec![Button::new(change, Tap::ChangeDetail(detail).data())];
        if let Some(forget) = forget.filter(|_| of(detail).is_some()) {
            row.push(Button::new(forget, Tap::ForgetDetail(detail).data()));
        }
        row
    };
    Message {
        html: join_lines(&lines),
        keyboard: Keyboard::Buttons(vec![
            row(Asked::Name, "✏️ Change my name", None),
            row(Asked::Phone, "✏️ Change my number", Some("🗑 Forget it")),
            row(Asked::Address, "✏️ Change my address", Some("🗑 Forget it")),
        ]),
    }
}

/// What was forgotten.
pub(super) fn forgotten(detail: Asked) -> &'static str {
    match detail {
        Asked::Name => "We have forgotten your name; the one that Telegram shows is used instead.",
        Asked::Phone => "We have forgotten your phone number.",
        Asked::Address => "We have forgotten your address.",
    }
}

/// Why nobody could listen to a voice note.
pub(super) fn unheard(why: Unheard) -> String {
    match why {
        Unheard::TooLong(seconds) => format!(
            "I can listen to voice notes of up to {seconds} seconds. Please send a shorter one, or write what you would \
             like."
        ),
        Unheard::TooMany => {
            "I cannot listen to any more voice notes today. Please write what you would like.".to_owned()
        }
        Unheard::NoAi => "You have chosen that no AI reads what you send, and it takes one to listen. Please write what \
                          you would like, or write \"use AI\"."
            .to_owned(),
        Unheard::Failed => "I could not understand this voice note. Please send it again, or write what you would like."
            .to_owned(),
    }
}

/// The line of a first draft that says who reads what, and its button.
pub(super) fn consent(rules: &Rules) -> Option<(String, Button)> {
    match rules.ai {
        AiRule::Off => None,
        AiRule::Notice => Some((
            "ℹ️ An AI service (OpenAI) reads your words to understand them, and the shop keeps orders in its \
             spreadsheet. Confirm if you agree; write \"without AI\" if it should not read on. /privacy"
                .to_owned(),
            Button::new("🙅 Without AI", Tap::Ai(false).data()),
        )),
        AiRule::Ask => Some((
            "ℹ️ The shop keeps orders in its spreadsheet. I understand more if an AI service (OpenAI) may read your \
             words: write \"use AI\" if you agree. /privacy"
                .to_owned(),
            Button::new("🤖 Use AI", Tap::Ai(true).data()),
        )),
    }
}

/// What a choice about it means.
pub(super) const fn chosen(on: bool) -> &'static str {
    if on {
        "All right: an AI service reads your words from now on."
    } else {
        "All right: no AI service reads your words from now on."
    }
}

/// `/privacy`: what is kept, who sees it, and the choice about it.
#[must_use]
pub fn privacy(customer: Option<&Customer>, menu: &Menu, rules: &Rules) -> Message {
    let reads = rules.ai.lets_read(customer.and_then(|c| c.ai));
    let model = match (rules.ai, reads) {
        (AiRule::Off, _) => "No AI service reads what you write.",
        (_, true) => {
            "To understand an order, its text, or a voice note, is sent to OpenAI; your Telegram name and number are not \
             sent with it. To order without it, write \"without AI\"."
        }
        (_, false) => {
            "What you write is not sent to OpenAI or any other AI service. To allow it, write \"use AI\"."
        }
    };
    let html = format!(
        "We keep your name, phone number and address as you gave them, and your orders, so that {} can make and bring \
         them. Orders also stand in the shop's own spreadsheet. {model}\n\n/mydata shows what we keep about you, \
         /details changes it. /deleteme deletes it: your orders stay in the shop's books with their figures, without \
         your name, number, address, allergies and notes. What was written in this chat stays with Telegram until you \
         delete the chat.",
        escape(menu.shop())
    );
    let button = match (rules.ai, reads) {
        (AiRule::Off, _) => None,
        (_, true) => Some(Button::new("🙅 Without AI", Tap::Ai(false).data())),
        (_, false) => Some(Button::new("🤖 Use AI", Tap::Ai(true).data())),
    };
    Message {
        html,
        keyboard: button.map_or(Keyboard::None, |button| {
            Keyboard::Buttons(vec![vec![button]])
        }),
    }
}
