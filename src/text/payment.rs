//! Paying in Telegram: the invoice, why a try to pay is declined, and what the shop is told about money.

use super::{Button, Keyboard, Message, join_lines};
use crate::conversation::PayRules;
use crate::language::{Arg, Texts, args, one_line};
use crate::menu::Menu;
use crate::money::{Currency, Money};
use crate::order::{Declined, Order};
use crate::privacy::PersonalText;

/// An invoice as Telegram wants it: plain texts, amounts in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// At most 32 characters.
    pub title: String,
    /// At most 255 characters.
    pub description: String,
    /// What Telegram gives back with the payment; nobody sees it.
    pub payload: String,
    /// ISO 4217 code.
    pub currency: String,
    /// What adds up to the order's total, with a label each.
    pub prices: Vec<(String, Money)>,
    /// Tips that are suggested, ascending.
    pub tips: Vec<Money>,
}

/// Longest title and description of an invoice in characters, Telegram's limits. (Bot API, `sendInvoice`)
const LONGEST_TITLE: usize = 32;
const LONGEST_DESCRIPTION: usize = 255;

/// Longest reason why a try to pay is declined, in characters.
const LONGEST_REASON: usize = 190;

/// The invoice of an order.
#[must_use]
pub fn invoice(t: Texts, order: &Order, pay: &PayRules, menu: &Menu, payload: String) -> Invoice {
    let title = t.plain("payment-title", &args!["order" => order.id.as_str()]);
    let title = cut(title, LONGEST_TITLE);
    let mut prices = vec![(title.clone(), order.subtotal)];
    if order.fee > Money::ZERO {
        prices.push((t.say("payment-delivery"), order.fee));
    }
    let items = one_line(&order.items_text());
    Invoice {
        title,
        description: cut(format!("{}: {items}", menu.shop()), LONGEST_DESCRIPTION),
        payload,
        currency: order.currency.clone(),
        prices,
        tips: pay.tips.clone(),
    }
}

fn cut(text: String, longest: usize) -> String {
    match text.char_indices().nth(longest - 1) {
        Some((at, last)) if at + last.len_utf8() < text.len() => {
            format!("{}…", text.get(..at).unwrap_or_default())
        }
        _ => text,
    }
}

/// Why a try to pay is declined, as Telegram shows it to the customer.
#[must_use]
pub fn declined(t: Texts, why: &Declined) -> String {
    let text = match why {
        Declined::Unknown => t.say("payment-declined-unknown"),
        Declined::Paid => t.say("payment-declined-paid"),
        Declined::Closed => t.say("payment-declined-closed"),
        Declined::UnderWay => t.say("payment-declined-under-way"),
        Declined::Amount => t.say("payment-declined-amount"),
        Declined::Gone(names) => {
            let items = t.list(names);
            t.plain("payment-declined-gone", &args!["items" => items])
        }
        Declined::Late => t.say("payment-declined-late"),
    };
    cut(text, LONGEST_REASON)
}

fn shown(order: &Order, amount: Money) -> String {
    let currency = Currency::parse(&order.currency);
    currency.map_or_else(String::new, |c| c.show(amount))
}

/// The alarm that an order was paid and came to nothing, with the step to take; or that it was taken.
#[must_use]
pub fn refund(t: Texts, order: &Order) -> Message {
    let id = order.id.as_str();
    if order.payment.refunded_at.is_some() {
        return Message {
            html: t.html("payment-alarm-done", &args!["order" => id]),
            keyboard: Keyboard::Buttons(Vec::new()),
        };
    }
    let amount = shown(order, order.refund());
    let mut lines = vec![
        t.html(
            "payment-alarm-refund",
            &args!["amount" => amount, "order" => id],
        ),
        t.say("payment-alarm-step"),
    ];
    lines.extend(order.charges_to_refund().map(|charge| {
        let (id, amount) = (
            Arg::Words(charge.provider.as_str()),
            shown(order, charge.amount),
        );
        t.html(
            "payment-alarm-charge",
            &args!["charge" => id, "amount" => amount],
        )
    }));
    let button = Button::new(
        t.say("payment-button-refunded"),
        format!("pay:refunded:{}", order.id),
    );
    Message {
        html: join_lines(t, &lines),
        keyboard: Keyboard::Buttons(vec![vec![button]]),
    }
}

/// The bot agreed to a payment and heard no more of it.
#[must_use]
pub fn unconfirmed(t: Texts, order: &Order) -> Message {
    let amount = shown(order, order.total);
    Message::plain(t.html(
        "payment-alarm-unconfirmed",
        &args!["order" => order.id.as_str(), "amount" => amount],
    ))
}

/// Money has come for an order that nobody knows.
#[must_use]
pub fn stray_payment(t: Texts, charge: &PersonalText, amount: &str) -> Message {
    let charge = Arg::Words(charge.as_str());
    Message::plain(t.html(
        "payment-alarm-stray",
        &args!["amount" => amount, "charge" => charge],
    ))
}
