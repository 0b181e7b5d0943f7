//! Saved details, voice notes, and who may read what a customer writes.

use super::{Button, Keyboard, Message, join_lines};
use crate::conversation::{AiRule, Asked, Customer, Rules, Tap, Unheard};
use crate::language::{Arg, Texts, args};
use crate::menu::Menu;
use crate::order::{OrderId, Status};
use crate::privacy::PersonalText;

/// `/details`: what is kept for later orders, with buttons to change or forget it.
#[must_use]
pub fn details(t: Texts, customer: Option<&Customer>) -> Message {
    let none = t.say("common-none");
    let of = |detail| match detail {
        Asked::Name => customer.and_then(|c| c.name.as_ref()),
        Asked::Phone => customer.and_then(|c| c.phone.as_ref()),
        Asked::Address => customer.and_then(|c| c.address.as_ref()),
    };
    let kept = |text: Option<&PersonalText>| {
        let text = text.map(|text| crate::language::words(text.as_str()));
        Arg::from(text.unwrap_or_else(|| none.clone()))
    };
    let lines = [
        t.say("customer-details-title"),
        t.html("privacy-name", &args!["name" => kept(of(Asked::Name))]),
        t.html("privacy-phone", &args!["phone" => kept(of(Asked::Phone))]),
        t.html(
            "privacy-address",
            &args!["address" => kept(of(Asked::Address))],
        ),
        String::new(),
        t.say("customer-details-how"),
    ];
    let row = |detail: Asked, change: &str, forget: Option<&str>| {
        let mut row = vec![Button::new(t.say(change), Tap::ChangeDetail(detail).data())];
        if let Some(forget) = forget.filter(|_| of(detail).is_some()) {
            row.push(Button::new(t.say(forget), Tap::ForgetDetail(detail).data()));
        }
        row
    };
    Message {
        html: join_lines(t, &lines),
        keyboard: Keyboard::Buttons(vec![
            row(Asked::Name, "customer-button-change-name", None),
            row(
                Asked::Phone,
                "customer-button-change-phone",
                Some("customer-button-forget-phone"),
            ),
            row(
                Asked::Address,
                "customer-button-change-address",
                Some("customer-button-forget-address"),
            ),
        ]),
    }
}

/// What was forgotten.
pub(super) fn forgotten(t: Texts, detail: Asked) -> String {
    t.say(match detail {
        Asked::Name => "customer-forgot-name",
        Asked::Phone => "customer-forgot-phone",
        Asked::Address => "customer-forgot-address",
    })
}

/// Why a correction does not change an order that was placed.
pub(super) fn edited_placed(t: Texts, id: &OrderId, status: Status, word: String) -> String {
    let order = id.as_str();
    match status {
        Status::Pending | Status::Placed | Status::AwaitingPayment => {
            t.html("customer-edited-placed", &args!["order" => order])
        }
        _ => t.html(
            "customer-edited-at-work",
            &args!["order" => order, "status" => word],
        ),
    }
}

/// Why nobody could listen to a voice note.
pub(super) fn unheard(t: Texts, why: Unheard) -> String {
    match why {
        Unheard::TooLong(seconds) => t.html("customer-voice-long", &args!["seconds" => seconds]),
        Unheard::TooMany => t.say("customer-voice-no-more"),
        Unheard::NoAi => t.say("customer-voice-no-ai"),
        Unheard::Failed => t.say("customer-voice-failed"),
    }
}

fn ai_button(t: Texts, on: bool) -> Button {
    let key = if on {
        "customer-button-ai-on"
    } else {
        "customer-button-ai-off"
    };
    Button::new(t.say(key), Tap::Ai(on).data())
}

/// The line of a first draft that says who reads what, and its button.
pub(super) fn consent(t: Texts, rules: &Rules) -> Option<(String, Button)> {
    match rules.ai {
        AiRule::Off => None,
        AiRule::Notice => Some((t.say("customer-consent-notice"), ai_button(t, false))),
        AiRule::Ask => Some((t.say("customer-consent-ask"), ai_button(t, true))),
    }
}

/// What a choice about it means.
pub(super) fn chosen(t: Texts, on: bool) -> String {
    t.say(if on {
        "customer-ai-on"
    } else {
        "customer-ai-off"
    })
}

/// The customer's choice, for `/mydata`.
pub(super) fn choice(
    t: Texts,
    customer: &Customer,
    day: impl Fn(jiff::Timestamp) -> String,
) -> String {
    match customer.ai {
        None => t.say("customer-data-ai-unchosen"),
        Some(consent) => {
            let key = if consent.ai {
                "customer-data-ai-yes"
            } else {
                "customer-data-ai-no"
            };
            t.html(key, &args!["day" => day(consent.at)])
        }
    }
}

/// `/privacy`: what is kept, who sees it, and the choice about it.
#[must_use]
pub fn privacy(t: Texts, customer: Option<&Customer>, menu: &Menu, rules: &Rules) -> Message {
    let policy = t.html("privacy-policy", &args!["shop" => menu.shop()]);
    if rules.ai == AiRule::Off {
        return Message::plain(policy);
    }
    let reads = rules.ai.lets_read(customer.and_then(|c| c.ai));
    let now = t.say(if reads {
        "customer-privacy-reads"
    } else {
        "customer-privacy-not"
    });
    Message {
        html: format!("{policy}\n\n{now}"),
        keyboard: Keyboard::Buttons(vec![vec![ai_button(t, !reads)]]),
    }
}
