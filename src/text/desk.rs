//! Orders that staff take down, and changes of placed ones.

use super::draft::{order_line, way};
use super::{Button, Keyboard, Message, join_around, reply};
use crate::conversation::{Reply, Tap};
use crate::language::{Arg, Texts, args};
use crate::menu::Menu;
use crate::money::{Currency, Money};
use crate::order::{Order, OrderId, PROPOSAL_WITHIN, Proposal};

/// A message of an order that staff take down: nobody there shares a phone number or a place by a button, which Telegram
/// allows in private chats alone.
#[must_use]
pub fn at_desk(message: Message) -> Message {
    let keyboard = match message.keyboard {
        Keyboard::Buttons(rows) => Keyboard::Buttons(rows),
        _ => Keyboard::None,
    };
    Message {
        keyboard,
        ..message
    }
}

/// The draft of an order that staff take down; `changes`: the placed order that it is to change.
#[must_use]
pub fn desk_draft(t: Texts, draft: Message, changes: Option<&OrderId>) -> Message {
    let title = match changes {
        None => t.say("staff-desk-title"),
        Some(order) => t.html("staff-desk-change", &args!["order" => order.as_str()]),
    };
    Message {
        html: format!("{title}\n\n{}", draft.html),
        ..draft
    }
}

/// What is said about it: to staff, who answer by a reply.
#[must_use]
pub fn desk_reply(t: Texts, said: &Reply, menu: &Menu) -> Message {
    let key = match said {
        Reply::AskName => "staff-desk-name",
        Reply::AskPhone => "staff-desk-phone",
        Reply::AskAddress => "staff-desk-address",
        said => return reply(t, said, menu),
    };
    Message::plain(t.say(key))
}

/// What became of it.
#[must_use]
pub fn desk_closed(t: Texts, order: &Order) -> Message {
    let key = if order.proposal.is_some() {
        "staff-desk-asked"
    } else if order.version > 1 {
        "staff-desk-changed"
    } else {
        "staff-desk-placed"
    };
    Message {
        html: t.html(key, &args!["order" => order.id.as_str()]),
        keyboard: Keyboard::Buttons(Vec::new()),
    }
}

/// Asks a customer whether they agree to a change of their order.
#[must_use]
pub fn proposal(t: Texts, order: &Order, proposal: &Proposal) -> Message {
    let currency = Currency::parse(&order.currency);
    let show = |amount| currency.map_or_else(String::new, |c| c.show(amount));
    let id = order.id.as_str();
    let mut list = vec![t.html("staff-proposal", &args!["order" => id])];
    list.extend(proposal.lines.iter().map(|line| {
        let item = Arg::Html(order_line(t, line));
        let price = show(line.total);
        t.html("order-priced", &args!["item" => item, "price" => price])
    }));
    let mut lines = vec![String::new()];
    if proposal.fee > Money::ZERO {
        lines.push(t.html("order-fee", &args!["price" => show(proposal.fee)]));
    }
    let total = args!["price" => show(proposal.total)];
    lines.push(t.html("order-total", &total));
    let address = proposal.address.as_ref().map(|a| a.as_str());
    lines.push(way(t, proposal.fulfilment, address));
    if proposal.total != order.total {
        let was = args!["price" => show(order.total)];
        lines.push(t.html("staff-proposal-was", &was));
    }
    let minutes = PROPOSAL_WITHIN.as_mins().unsigned_abs();
    let answer = args!["order" => id, "minutes" => minutes];
    lines.push(t.html("staff-proposal-answer", &answer));
    let button = |key, agreed| {
        let tap = Tap::Answer {
            id: id.to_owned(),
            proposal: proposal.number,
            agreed,
        };
        Button::new(t.say(key), tap.data())
    };
    Message {
        html: join_around(t, &list, &lines),
        keyboard: Keyboard::Buttons(vec![vec![
            button("staff-agree", true),
            button("staff-keep", false),
        ]]),
    }
}
