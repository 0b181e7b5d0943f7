//! The card of an order in the operator chat.

use super::draft::{plain_line, way};
use super::{Button, Keyboard, Message, join_around, words};
use crate::money::{Currency, Money};
use crate::order::{Order, Status};

/// The order's card with the buttons that are possible where it stands.
#[must_use]
pub fn card(order: &Order) -> Message {
    let currency = Currency::parse(&order.currency);
    let show = |amount| currency.map_or_else(String::new, |c| c.show(amount));
    let mut lines = vec![format!("<b>Order {}</b> — {}", order.id, status(order))];
    if order.large {
        lines.push(
            "⚠️ <b>Large order</b>: above the limits that you have set. It waits for your answer."
                .to_owned(),
        );
    }
    lines.extend(
        order
            .allergies
            .iter()
            .map(|a| format!("⚠️ <b>Allergy: {}</b>", words(a.as_str()))),
    );
    if let Some(note) = &order.note {
        lines.push(format!("📝 {}", words(note.as_str())));
    }
    lines.push(String::new());
    lines.extend(order.lines.iter().map(plain_line));
    let list = lines;
    let mut lines = vec![String::new()];
    if order.fee > Money::ZERO {
        lines.push(format!("Delivery: {}", show(order.fee)));
    }
    lines.push(format!(
        "<b>Total: {}</b>, {}",
        show(order.total),
        if order.payment.is_paid() {
            "paid by card"
        } else {
            "to be paid in cash"
        }
    ));
    if order.tip() > Money::ZERO {
        lines.push(format!("Tip: {}", show(order.tip())));
    }
    lines.push(way(
        order.fulfilment,
        order.address.as_ref().map(|a| a.as_str()),
    ));
    if let Some(time) = &order.time {
        lines.push(format!("When: {}", words(time.as_str())));
    }
    let contact = [&order.name, &order.phone];
    let contact: Vec<_> = contact
        .into_iter()
        .flatten()
        .map(|c| words(c.as_str()))
        .collect();
    if !contact.is_empty() {
        lines.push(format!("Contact: {}", contact.join(", ")));
    }
    Message {
        html: join_around(&list, &lines),
        keyboard: Keyboard::Buttons(buttons(order)),
    }
}

fn status(order: &Order) -> String {
    match (order.status, order.delay_minutes) {
        (Status::AwaitingPayment, _) => "⏳ waits for its payment".to_owned(),
        (Status::Placed, _) => "🆕 new".to_owned(),
        (Status::Accepted, Some(minutes)) => format!("👩‍🍳 accepted, {minutes} min"),
        (Status::Accepted, None) => "👩‍🍳 accepted".to_owned(),
        (Status::Ready, _) => "🔔 ready".to_owned(),
        (Status::Done, _) => "✅ done".to_owned(),
        (Status::Rejected, _) => "🚫 rejected".to_owned(),
        (Status::Cancelled, _) => "❌ cancelled by the customer".to_owned(),
        (Status::Expired, _) => "⌛ expired".to_owned(),
    }
}

fn buttons(order: &Order) -> Vec<Vec<Button>> {
    let button = |label: &str, verb: &str| Button::new(label, format!("op:{verb}:{}", order.id));
    let delay = |minutes: u32| {
        Button::new(
            format!("+{minutes} min"),
            format!("op:delay:{}:{minutes}", order.id),
        )
    };
    let delays = vec![delay(10), delay(20), delay(30)];
    match order.status {
        Status::Placed => vec![
            vec![button("✅ Accept", "accept"), button("🚫 Reject", "reject")],
            delays,
        ],
        Status::Accepted => vec![
            vec![button("🔔 Ready", "ready"), button("✔️ Done", "done")],
            delays,
            vec![button("🚫 Reject", "reject")],
        ],
        Status::Ready => vec![vec![button("✔️ Done", "done")]],
        Status::AwaitingPayment
        | Status::Done
        | Status::Rejected
        | Status::Cancelled
        | Status::Expired => Vec::new(),
    }
}
