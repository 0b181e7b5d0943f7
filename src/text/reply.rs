//! Messages of their own and short answers to taps.

use teloxide::utils::html::escape;

use super::{Button, Keyboard, Message, customer, join_lines, words};
use crate::cart::Refusal;
use crate::conversation::{COMMANDS, Notice, OrderSummary, Reply, Tap};
use crate::menu::{ItemId, Menu};
use crate::order::{OrderId, Status};
use crate::parsed::Fulfilment;
use crate::privacy::PersonalText;

/// A reply as it is shown.
#[must_use]
pub fn reply(reply: &Reply, menu: &Menu) -> Message {
    let html = match reply {
        Reply::Welcome => return welcome(menu),
        Reply::Orders { orders } => return orders_list(orders),
        Reply::AskPhone => return ask_phone(),
        Reply::AskAddress => return ask_address(),
        Reply::Help => help(),
        // Rendered from what is kept, by whoever has it.
        Reply::Details => "/details".to_owned(),
        Reply::Privacy => "/privacy".to_owned(),
        Reply::EditedPlaced { id, status } => match status {
            Status::Placed | Status::AwaitingPayment => format!(
                "Order {id} is already placed, so I do not change it with your message. You can take it back (\"cancel \
                 {id}\") and order anew, or send what is missing as a new order."
            ),
            _ => format!(
                "Order {id} is already {}, so I do not change it with your message. For a change, please call the shop.",
                status_word(*status)
            ),
        },
        Reply::NothingToRepeat => {
            "You have not ordered yet. Write what you would like, or see the /menu.".to_owned()
        }
        Reply::DetailForgotten { detail } => customer::forgotten(*detail).to_owned(),
        Reply::Ai { on } => customer::chosen(*on).to_owned(),
        Reply::Heard { text } => format!("🎤 \"{}\"", words(text.as_str())),
        Reply::Unheard { why } => customer::unheard(*why),
        Reply::CartEmpty => "Your cart is empty. Write what you would like, or see the /menu.".to_owned(),
        Reply::NotUnderstood { phrases, nearest } => nothing_added(phrases, &[], nearest, menu),
        Reply::NothingAdded {
            phrases,
            refusals,
            nearest,
        } => nothing_added(phrases, refusals, nearest, menu),
        Reply::Question => format!(
            "I only take orders and cannot answer questions. What there is and what it costs stands in the /menu; \
             for everything else please ask {} directly.",
            escape(menu.shop())
        ),
        Reply::Chatter => "Write what you would like in your own words, for example \"two large margheritas and a \
                           cola\", or see the /menu."
            .replace("two large margheritas and a cola", &example(menu)),
        Reply::AskName => "What name is the order for?".to_owned(),
        Reply::BadPhone => {
            "That does not look like a phone number. Please send it with its digits, for example +1 555 010 0199."
                .to_owned()
        }
        Reply::ForeignContact => {
            "That contact is somebody else's. Please share your own number, or type the number we should call."
                .to_owned()
        }
        Reply::Saved => return removing("Noted. What would you like to order?"),
        Reply::Complete => {
            return removing("Thank you, that is all we need. Please check your order above and tap Confirm, or write \"yes\".");
        }
        Reply::NothingToConfirm => {
            "There is no open order to confirm. Write what you would like, or see the /menu.".to_owned()
        }
        Reply::NothingToCancel => "There is no open order to give up. Orders that you placed stand in /orders.".to_owned(),
        Reply::DraftCancelled => return removing("The order was given up. Write what you would like to begin again."),
        Reply::DraftExpired => {
            return removing("Your order was not confirmed in time, so it has expired and was not placed. Write what you would like to begin again.");
        }
        Reply::OrderPlaced { id } => format!("✅ Order {id} is placed. We will write to you when the shop has seen it."),
        Reply::CannotPlace { why } => format!("❗ {}", escape(&notice(why))),
        Reply::OrderMoved {
            id,
            status,
            minutes,
            fulfilment,
        } => moved(id, *status, *minutes, *fulfilment),
        Reply::OrderCancelled { id } => format!("Order {id} was taken back."),
        // Rendered from what is kept, by whoever has it.
        Reply::MyData => "/mydata".to_owned(),
        Reply::AskDeletion => return ask_deletion(),
        Reply::DataKept => "All right, nothing was deleted.".to_owned(),
        Reply::Forgotten => {
            return removing(
                "Done. We keep nothing about you any more; orders that you had placed stay in the shop's books \
                 without your name, number, address and notes. If you write again, we begin anew.",
            );
        }
        Reply::OrdersUnderWay { ids } => under_way(ids),
        Reply::Paid { id, amount } => format!(
            "✅ We have your payment of {}. Order {id} is placed; we will write to you when the shop has seen it.",
            escape(amount)
        ),
        Reply::PaymentExpired { id } => format!(
            "⌛ Order {id} was not paid in time, so it has expired and nothing is to be paid. To order the same again: \
             /reorder"
        ),
        Reply::PaymentImpossible { id } => format!(
            "Sorry, order {id} cannot be paid in Telegram, so it was not placed. To order the same again and pay when \
             you get it: /reorder"
        ),
        Reply::RefundDue { id, amount } => format!(
            "Order {id} will not be made, or was paid twice. The shop pays your {} back; this may take some days.",
            escape(amount)
        ),
        Reply::NothingToPay => "There is nothing to pay. Write what you would like, or see the /menu.".to_owned(),
        Reply::NoPayments => "You pay when you get your order. To place it, write \"yes\".".to_owned(),
        Reply::NoText => {
            "I can only read text. Please write what you would like, or order with the buttons of the /menu.".to_owned()
        }
        Reply::Edited => {
            "I cannot follow this change to an earlier message. Please write the change as a new message, for example \
             \"make it two\"."
                .to_owned()
        }
        Reply::SlowDown => {
            "You are writing faster than I can follow, so I did not read your last message. Please wait a minute and \
             send it again."
                .to_owned()
        }
        Reply::Failed => {
            "Something went wrong on our side with your last message. Nothing was ordered by it; please send it again."
                .to_owned()
        }
    };
    Message::plain(html)
}

fn removing(text: &str) -> Message {
    Message {
        html: text.to_owned(),
        keyboard: Keyboard::Remove,
    }
}

fn welcome(menu: &Menu) -> Message {
    Message {
        html: format!(
            "Welcome to <b>{}</b>! Write what you would like in your own words, for example \"{}\". I show you the \
             order with its prices, and you place it with a tap.\n\nTexts may be read by an AI service to understand \
             them: see /privacy.",
            escape(menu.shop()),
            example(menu)
        ),
        keyboard: Keyboard::Buttons(vec![vec![Button::new("📖 Menu", Tap::OpenMenu.data())]]),
    }
}

/// An order that this menu can really take.
fn example(menu: &Menu) -> String {
    let mut names = menu
        .items()
        .iter()
        .filter(|item| item.available)
        .map(|item| escape(&item.name));
    match (names.next(), names.next_back()) {
        (Some(first), Some(last)) => format!("two {first} and a {last}"),
        (Some(only), None) => format!("two {only}"),
        _ => "something from the menu".to_owned(),
    }
}

fn help() -> String {
    let mut lines = vec![
        "Write what you would like, in your own words. You can change it in the same way: \"make it three\", \"no \
         onions on the second\", \"take the cola off\". When it is right, tap Confirm or write \"yes\"; \"cancel\" \
         gives it up."
            .to_owned(),
        String::new(),
    ];
    lines.extend(
        COMMANDS
            .iter()
            .map(|(name, _, what)| format!("/{name} — {what}")),
    );
    join_lines(&lines)
}

fn ask_deletion() -> Message {
    Message {
        html: "Shall we delete everything that we keep about you: name, phone number, address and what you have said \
               with your orders? This cannot be undone.\n\nTap a button, or write \"delete\" or \"keep\"."
            .to_owned(),
        keyboard: Keyboard::Buttons(vec![vec![
            Button::new("🗑 Yes, delete it", Tap::Delete.data()),
            Button::new("No, keep it", Tap::Keep.data()),
        ]]),
    }
}

fn under_way(ids: &[OrderId]) -> String {
    let ids: Vec<_> = ids.iter().map(OrderId::as_str).collect();
    let what = match ids.as_slice() {
        [one] => format!("Your order {one} is"),
        many => format!("Your orders {} are", many.join(", ")),
    };
    format!(
        "{what} still under way, and the shop needs to know whose. Please send /deleteme again when you have it, or \
         take it back in /orders first."
    )
}

fn ask_phone() -> Message {
    Message {
        html: "Which phone number can we reach you at? Tap the button below, or type it."
            .to_owned(),
        keyboard: Keyboard::AskContact("📱 Share my phone number"),
    }
}

fn ask_address() -> Message {
    Message {
        html: "Where should we deliver? Type the address, or tap the button below to share where you are. To fetch \
               the order yourself, write \"pick-up\"."
            .to_owned(),
        keyboard: Keyboard::AskLocation("📍 Share my location"),
    }
}

fn orders_list(orders: &[OrderSummary]) -> Message {
    if orders.is_empty() {
        return Message::plain(
            "You have not ordered yet. Write what you would like, or see the /menu.",
        );
    }
    let mut lines = vec!["<b>Your latest orders</b>".to_owned()];
    let mut buttons = Vec::new();
    for order in orders {
        let OrderSummary {
            id,
            status,
            items,
            total,
        } = order;
        lines.push(String::new());
        lines.push(format!("<b>{id}</b> — {}", status_word(*status)));
        lines.push(format!("{} — {}", words(items), escape(total)));
        let again = Tap::Again(id.as_str().to_owned());
        let mut row = vec![Button::new(format!("🔁 {id} again"), again.data())];
        if matches!(status, Status::Placed | Status::AwaitingPayment) {
            let tap = Tap::CancelOrder(id.as_str().to_owned());
            row.push(Button::new(format!("❌ Take {id} back"), tap.data()));
        }
        buttons.push(row);
    }
    Message {
        html: join_lines(&lines),
        keyboard: if buttons.is_empty() {
            Keyboard::None
        } else {
            Keyboard::Buttons(buttons)
        },
    }
}

const fn status_word(status: Status) -> &'static str {
    match status {
        Status::AwaitingPayment => "waiting for your payment",
        Status::Placed => "placed, waiting for the shop",
        Status::Accepted => "accepted",
        Status::Ready => "ready",
        Status::Done => "done",
        Status::Rejected => "rejected by the shop",
        Status::Cancelled => "taken back",
        Status::Expired => "expired",
    }
}

fn moved(id: &OrderId, status: Status, minutes: Option<u32>, fulfilment: Fulfilment) -> String {
    match (status, minutes) {
        (Status::Accepted, Some(minutes)) => {
            format!("👩‍🍳 Your order {id} is being made. It will take about {minutes} minutes.")
        }
        (Status::Accepted, None) => format!("👩‍🍳 The shop has accepted your order {id}."),
        (Status::Ready, _) => match fulfilment {
            Fulfilment::Delivery => format!("🛵 Your order {id} is ready and on its way to you."),
            Fulfilment::Pickup => format!("🔔 Your order {id} is ready. You can pick it up now."),
            Fulfilment::DineIn => format!("🔔 Your order {id} is ready."),
        },
        (Status::Done, _) => format!("✅ Your order {id} is done. Enjoy your meal!"),
        (Status::Rejected, _) => {
            format!("🚫 Sorry, the shop cannot make your order {id}. Nothing is to be paid.")
        }
        (Status::AwaitingPayment | Status::Placed | Status::Cancelled | Status::Expired, _) => {
            format!("Your order {id}: {}", status_word(status))
        }
    }
}

fn nothing_added(
    phrases: &[PersonalText],
    refusals: &[Refusal],
    nearest: &[ItemId],
    menu: &Menu,
) -> String {
    let mut lines = not_understood(phrases, nearest, menu);
    lines.extend(refusals.iter().map(refusal));
    if lines.is_empty() {
        lines.push("I did not find anything to order in your message.".to_owned());
    }
    lines.push("See the /menu, or write it in other words.".to_owned());
    join_lines(&lines)
}

/// Names back what was not understood, with the nearest items.
pub(super) fn not_understood(
    phrases: &[PersonalText],
    nearest: &[ItemId],
    menu: &Menu,
) -> Vec<String> {
    if phrases.is_empty() {
        return Vec::new();
    }
    let named: Vec<_> = phrases
        .iter()
        .take(10)
        .map(|p| format!("\"{}\"", words(p.as_str())))
        .collect();
    let mut lines = vec![format!("⚠️ I did not understand: {}", named.join(", "))];
    let names: Vec<_> = nearest
        .iter()
        .filter_map(|id| menu.item(id.as_str()))
        .map(|item| escape(&item.name))
        .collect();
    if !names.is_empty() {
        lines.push(format!("Did you mean: {}?", names.join(", ")));
    }
    lines
}

/// Why something was not done, as a line.
pub(super) fn refusal(refusal: &Refusal) -> String {
    format!("⚠️ {}", escape(&refused(refusal)))
}

fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoItem => "Something in your message is not on the menu.".to_owned(),
        Refusal::SoldOut { name } => format!("{name} is not to be had at the moment."),
        Refusal::NoLine => {
            "I did not find the line of your order that you meant to change.".to_owned()
        }
        Refusal::NoOption { item } => format!("{item} cannot be had in that way."),
        Refusal::TooManyOptions { item, group, max } => {
            format!("{item}: at most {max} of {group}.")
        }
        Refusal::Quantity { item } => {
            format!("{item}: that number cannot be right. Please write how many again.")
        }
        Refusal::Full => "The order has as many lines as it can hold.".to_owned(),
    }
}

/// The details that are missing, in words.
pub(super) fn details(name: bool, phone: bool, address: bool) -> String {
    let all = [
        (name, "your name"),
        (phone, "your phone number"),
        (address, "your address"),
    ];
    let named: Vec<_> = all
        .iter()
        .filter(|(missing, _)| *missing)
        .map(|(_, word)| *word)
        .collect();
    named.join(" and ")
}

/// The short text that a tap is answered with, plain and below Telegram's 200 characters; empty: none.
#[must_use]
pub fn notice(notice: &Notice) -> String {
    let text = match notice {
        Notice::Done => String::new(),
        Notice::Placed => "Your order is placed.".to_owned(),
        Notice::Ai { on } => customer::chosen(*on).to_owned(),
        Notice::PayFirst => "Please pay your order now.".to_owned(),
        Notice::PaymentUnderWay => {
            "A payment of this order is under way. Please try again in a minute.".to_owned()
        }
        Notice::AlreadyPlaced => "This order is already placed. See /orders.".to_owned(),
        Notice::Cancelled => "Done.".to_owned(),
        Notice::Outdated => {
            "This button is too old. Write what you would like, or see /cart.".to_owned()
        }
        Notice::Changed => "The order has changed. Please check it and tap again.".to_owned(),
        Notice::Missing {
            name,
            phone,
            address,
        } => {
            format!("Please send {} first.", details(*name, *phone, *address))
        }
        Notice::Choose { group, item } => format!("Please choose first: {group} for {item}."),
        Notice::BelowMinimum { minimum } => {
            format!("Delivery starts at {minimum}. Add something, or pick it up.")
        }
        Notice::Gone { names } => format!(
            "No longer to be had: {}. Please check the order.",
            names.join(", ")
        ),
        Notice::Added { item } => format!("Added: {item}"),
        Notice::TooLate => {
            "The shop is already making this order. Please call the shop.".to_owned()
        }
        Notice::NoSuchOrder => "You have no such order. See /orders.".to_owned(),
        Notice::Over { status } => format!("This order is already {}.", status_word(*status)),
        Notice::Refused { refusal } => refused(refusal),
    };
    if text.chars().count() <= 190 {
        return text;
    }
    let cut: String = text.chars().take(190).collect();
    format!("{cut}…")
}

/// What staff are told about a tap that could not be carried out, or about one that was.
#[must_use]
pub fn operator_notice(outcome: Result<Status, Option<Status>>) -> String {
    match outcome {
        Ok(status) => format!("Done: {}", status.as_str()),
        Err(Some(status)) => format!("Not possible: the order is {}.", status.as_str()),
        Err(None) => "There is no such order.".to_owned(),
    }
}

/// What somebody is told who may not move orders.
#[must_use]
pub const fn not_allowed() -> &'static str {
    "Only the shop's staff can do this."
}

/// What staff are told when the bot failed over their tap.
#[must_use]
pub const fn operator_failed() -> &'static str {
    "Something went wrong in the bot. Please tap again."
}

/// What customers are told while the data folder cannot be written.
#[must_use]
pub fn store_trouble() -> Message {
    Message::plain(
        "Sorry, we cannot take orders at the moment. Your message is not lost: I will answer it as soon as it works \
         again.",
    )
}
