//! What is kept about a customer, in words.

use teloxide::utils::html::escape;

use super::{Message, join_lines, words};
use crate::conversation::{Conversation, Customer};
use crate::money::Currency;
use crate::order::Order;
use crate::privacy::PersonalText;

/// All that is kept about a customer. `orders`: those that are remembered with them, oldest first.
#[must_use]
pub fn my_data(
    user: u64,
    customer: Option<&Customer>,
    conversation: Option<&Conversation>,
    orders: &[Order],
) -> Message {
    let Some(customer) = customer else {
        return Message::plain("We keep nothing about you.");
    };
    let personal = |text: &Option<PersonalText>| {
        text.as_ref()
            .map_or_else(|| "none".to_owned(), |text| words(text.as_str()))
    };
    let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let mut lines = vec![
        "<b>What we keep about you</b>".to_owned(),
        String::new(),
        format!("Telegram id: {user}"),
        format!("Name: {}", personal(&customer.name)),
        format!("Phone: {}", personal(&customer.phone)),
        format!("Address: {}", personal(&customer.address)),
        format!(
            "Language: {}",
            escape(customer.language.as_deref().unwrap_or("none"))
        ),
        match customer.ai {
            None => "An AI may read your words: you have not chosen".to_owned(),
            Some(consent) => format!(
                "An AI may read your words: {}, since {}",
                if consent.ai { "yes" } else { "no" },
                day(consent.at)
            ),
        },
        format!("First message: {}", day(customer.first_seen)),
        format!("Latest message: {}", day(customer.last_seen)),
    ];
    if let Some(draft) = conversation.and_then(|c| c.draft.as_ref()) {
        lines.push(format!(
            "An order that you have not placed, until {}: see /cart",
            day(draft.expires_at)
        ));
    }
    lines.push(String::new());
    lines.push(match orders.len() {
        0 => "No orders.".to_owned(),
        n => format!(
            "<b>Your latest {n} orders</b>, newest first; older ones are kept in the same way:"
        ),
    });
    for order in orders.iter().rev() {
        lines.push(String::new());
        lines.extend(order_lines(order, &day));
    }
    lines.push(String::new());
    lines.push(
        "The shop can give you all of it as a file. To have it deleted: /deleteme".to_owned(),
    );
    Message::plain(join_lines(&lines))
}

fn order_lines(order: &Order, day: &dyn Fn(jiff::Timestamp) -> String) -> Vec<String> {
    let total = Currency::parse(&order.currency)
        .map_or_else(String::new, |currency| currency.show(order.total));
    let mut lines = vec![
        format!(
            "{}, {}, {}",
            order.id,
            day(order.placed_at),
            order.status.as_str()
        ),
        format!("{}: {}", words(&order.items_text()), escape(&total)),
    ];
    let said = [
        ("to", &order.name),
        ("phone", &order.phone),
        ("address", &order.address),
        ("when", &order.time),
        ("note", &order.note),
    ];
    let allergies = order.allergies.iter().map(|allergy| ("allergy", allergy));
    let said = said
        .into_iter()
        .filter_map(|(what, text)| Some((what, text.as_ref()?)))
        .chain(allergies)
        .map(|(what, text)| format!("{what}: {}", words(text.as_str())));
    let said: Vec<_> = said.collect();
    if !said.is_empty() {
        lines.push(said.join("; "));
    }
    lines
}
