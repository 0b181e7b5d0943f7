//! The card of an order in the operator chat.

use super::draft::{order_line, way};
use super::{Button, Keyboard, Message, join_around, shop};
use crate::language::{Arg, Texts, args};
use crate::money::{Currency, Money};
use crate::order::{Order, Status};
use crate::shop::Clock;

/// The order's card with the buttons that are possible where it stands.
#[must_use]
pub fn card(t: Texts, order: &Order, clock: &Clock) -> Message {
    let currency = Currency::parse(&order.currency);
    let show = |amount| currency.map_or_else(String::new, |c| c.show(amount));
    let title = args!["order" => order.id.as_str(), "status" => status(t, order)];
    let mut list = vec![t.html("card-title", &title)];
    if order.large {
        list.push(t.say("card-large"));
    }
    list.extend(order.allergies.iter().map(|allergy| {
        t.html(
            "card-allergy",
            &args!["allergy" => Arg::Words(allergy.as_str())],
        )
    }));
    if let Some(note) = &order.note {
        list.push(t.html("card-note", &args!["note" => Arg::Words(note.as_str())]));
    }
    list.push(String::new());
    list.extend(order.lines.iter().map(|line| order_line(t, line)));
    let mut lines = vec![String::new()];
    if order.fee > Money::ZERO {
        lines.push(t.html("order-fee", &args!["price" => show(order.fee)]));
    }
    let total = if order.payment.is_paid() {
        "payment-card-paid"
    } else {
        "card-total"
    };
    lines.push(t.html(total, &args!["price" => show(order.total)]));
    if order.tip() > Money::ZERO {
        lines.push(t.html("payment-card-tip", &args!["price" => show(order.tip())]));
    }
    lines.push(way(
        t,
        order.fulfilment,
        order.address.as_ref().map(|a| a.as_str()),
    ));
    lines.extend(shop::placed_for(t, order, clock));
    let contact = [&order.name, &order.phone];
    let contact: Vec<_> = contact
        .into_iter()
        .flatten()
        .map(|c| t.html("common-value", &args!["value" => Arg::Words(c.as_str())]))
        .collect();
    if !contact.is_empty() {
        let contact = Arg::Html(t.list(&contact));
        lines.push(t.html("card-contact", &args!["contact" => contact]));
    }
    Message {
        html: join_around(t, &list, &lines),
        keyboard: Keyboard::Buttons(buttons(t, order)),
    }
}

fn status(t: Texts, order: &Order) -> String {
    match (order.status, order.delay_minutes) {
        (Status::AwaitingPayment, _) => t.say("payment-waiting"),
        (Status::Placed, _) => t.say("card-status-placed"),
        (Status::Accepted, Some(minutes)) => {
            t.plain("card-status-accepted-in", &args!["minutes" => minutes])
        }
        (Status::Accepted, None) => t.say("card-status-accepted"),
        (Status::Ready, _) => t.say("card-status-ready"),
        (Status::Done, _) => t.say("card-status-done"),
        (Status::Rejected, _) => t.say("card-status-rejected"),
        (Status::Cancelled, _) => t.say("card-status-cancelled"),
        (Status::Expired, _) => t.say("card-status-expired"),
    }
}

fn buttons(t: Texts, order: &Order) -> Vec<Vec<Button>> {
    let button = |key: &str, verb: &str| Button::new(t.say(key), format!("op:{verb}:{}", order.id));
    let delay = |minutes: u32| {
        Button::new(
            t.plain("card-delay", &args!["minutes" => minutes]),
            format!("op:delay:{}:{minutes}", order.id),
        )
    };
    let delays = vec![delay(10), delay(20), delay(30)];
    let reject = button("card-reject", "reject");
    let done = button("card-finish", "done");
    match order.status {
        Status::Placed => vec![vec![button("card-accept", "accept"), reject], delays],
        Status::Accepted => vec![
            vec![button("card-ready", "ready"), done],
            delays,
            vec![reject],
        ],
        Status::Ready => vec![vec![done]],
        Status::AwaitingPayment
        | Status::Done
        | Status::Rejected
        | Status::Cancelled
        | Status::Expired => Vec::new(),
    }
}

/// What staff are told about a tap that could not be carried out, or about one that was.
#[must_use]
pub fn operator_notice(t: Texts, outcome: Result<Status, Option<Status>>) -> String {
    let status = |status: Status| t.plain("card-status-word", &args!["status" => status.as_str()]);
    match outcome {
        Ok(now) => t.plain("card-moved", &args!["status" => status(now)]),
        Err(Some(now)) => t.plain("card-cannot-move", &args!["status" => status(now)]),
        Err(None) => t.say("card-no-order"),
    }
}

/// What somebody is told who may not move orders.
#[must_use]
pub fn not_allowed(t: Texts) -> String {
    t.say("card-not-allowed")
}

/// What staff are told when the bot failed over their tap.
#[must_use]
pub fn operator_failed(t: Texts) -> String {
    t.say("card-failed")
}
