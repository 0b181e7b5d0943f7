//! Paying in Telegram: the invoice, why a try to pay is declined, and what the shop is told about money.

use teloxide::utils::html::escape;

use super::{Button, Keyboard, Message, join_lines, one_line, words};
use crate::conversation::PayRules;
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

/// Longest description of an invoice in characters, Telegram's limit. (Bot API, `sendInvoice`)
const LONGEST_DESCRIPTION: usize = 255;

/// Longest reason why a try to pay is declined, in characters.
const LONGEST_REASON: usize = 190;

/// The invoice of an order.
#[must_use]
pub fn invoice(order: &Order, pay: &PayRules, menu: &Menu, payload: String) -> Invoice {
    let title = format!("Order {}", order.id);
    let mut prices = vec![(title.clone(), order.subtotal)];
    if order.fee > Money::ZERO {
        prices.push(("Delivery".to_owned(), order.fee));
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
pub fn declined(why: &Declined, _language: Option<&str>) -> String {
    let text = match why {
        Declined::Unknown => "We have no such order of yours.".to_owned(),
        Declined::Paid => "This order is already paid.".to_owned(),
        Declined::Closed => "This order can no longer be paid. To order the same again: /reorder".to_owned(),
        Declined::UnderWay => {
            "Another payment of this order is under way. If nothing comes of it, please try again in a minute."
                .to_owned()
        }
        Declined::Amount => "This invoice does not agree with the order. Please order again.".to_owned(),
        Declined::Gone(names) => format!(
            "No longer to be had: {}. Please take this order back and order anew.",
            names.join(", ")
        ),
        Declined::Late => "It took us too long to answer. Nothing was paid; please try again.".to_owned(),
    };
    cut(text, LONGEST_REASON)
}

fn shown(order: &Order, amount: Money) -> String {
    let currency = Currency::parse(&order.currency);
    currency.map_or_else(String::new, |c| escape(&c.show(amount)))
}

/// The alarm that an order was paid and came to nothing, with the step to take; or that it was taken.
#[must_use]
pub fn refund(order: &Order) -> Message {
    if order.payment.refunded_at.is_some() {
        return Message {
            html: format!("✅ The payment of order {} was paid back.", order.id),
            keyboard: Keyboard::Buttons(Vec::new()),
        };
    }
    let mut lines = vec![
        format!(
            "🚨 <b>Pay back {} for order {}</b>",
            shown(order, order.refund()),
            order.id
        ),
        "The customer has paid for it in Telegram, and it will not be made, or it was paid twice. Find the payment at \
         your payment provider and refund it there, then tap the button."
            .to_owned(),
    ];
    lines.extend(order.charges_to_refund().map(|charge| {
        let id = words(charge.provider.as_str());
        format!(
            "Payment: <code>{id}</code>, {}",
            shown(order, charge.amount)
        )
    }));
    let button = Button::new("✅ Paid back", format!("pay:refunded:{}", order.id));
    Message {
        html: join_lines(&lines),
        keyboard: Keyboard::Buttons(vec![vec![button]]),
    }
}

/// The bot agreed to a payment and heard no more of it.
#[must_use]
pub fn unconfirmed(order: &Order) -> Message {
    Message::plain(format!(
        "⚠️ Order {} ({}) has expired unpaid, but a payment of it was begun and we never heard how it ended. Please \
         look at your payment provider whether it went through, and refund it if so.",
        order.id,
        shown(order, order.total)
    ))
}

/// Money has come for an order that nobody knows.
#[must_use]
pub fn stray_payment(charge: &PersonalText, amount: &str) -> Message {
    Message::plain(format!(
        "🚨 <b>A payment of {} has come for an order that we do not have.</b> Find it at your payment provider and \
         refund it: <code>{}</code>",
        escape(amount),
        words(charge.as_str())
    ))
}
