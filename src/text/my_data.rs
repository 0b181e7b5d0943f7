//! What is kept about a customer, in words.

use super::{Message, join_lines};
use crate::conversation::{Conversation, Customer};
use crate::language::{Arg, Texts, args};
use crate::money::Currency;
use crate::order::Order;
use crate::privacy::PersonalText;

/// All that is kept about a customer. `orders`: those that are remembered with them, oldest first.
#[must_use]
pub fn my_data(
    t: Texts,
    user: u64,
    customer: Option<&Customer>,
    conversation: Option<&Conversation>,
    orders: &[Order],
) -> Message {
    let Some(customer) = customer else {
        return Message::plain(t.say("privacy-nothing"));
    };
    let none = t.say("common-none");
    let personal = |text: &Option<PersonalText>| match text {
        Some(text) => Arg::Text(crate::language::words(text.as_str()).into()),
        None => Arg::Text(none.clone().into()),
    };
    let language = customer.language.as_deref().unwrap_or(&none);
    let mut lines = vec![
        t.say("privacy-title"),
        String::new(),
        t.html("privacy-id", &args!["id" => user.to_string()]),
        t.html("privacy-name", &args!["name" => personal(&customer.name)]),
        t.html(
            "privacy-phone",
            &args!["phone" => personal(&customer.phone)],
        ),
        t.html(
            "privacy-address",
            &args!["address" => personal(&customer.address)],
        ),
        t.html("privacy-language", &args!["language" => language]),
        super::customer::choice(t, customer, day),
        t.html(
            "privacy-first-seen",
            &args!["day" => day(customer.first_seen)],
        ),
        t.html(
            "privacy-last-seen",
            &args!["day" => day(customer.last_seen)],
        ),
    ];
    if let Some(draft) = conversation.and_then(|c| c.draft.as_ref()) {
        lines.push(t.html("privacy-draft", &args!["day" => day(draft.expires_at)]));
    }
    lines.push(String::new());
    lines.push(match orders.len() {
        0 => t.say("privacy-no-orders"),
        count => t.html("privacy-orders", &args!["count" => count]),
    });
    for order in orders.iter().rev() {
        lines.push(String::new());
        lines.extend(order_lines(t, order));
    }
    lines.push(String::new());
    lines.push(t.say("privacy-end"));
    Message::plain(join_lines(t, &lines))
}

fn day(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn order_lines(t: Texts, order: &Order) -> Vec<String> {
    let total = Currency::parse(&order.currency)
        .map_or_else(String::new, |currency| currency.show(order.total));
    let items: Vec<_> = order
        .lines
        .iter()
        .map(|line| super::draft::order_line(t, line))
        .collect();
    let items = Arg::Html(items.join(&t.say("privacy-semicolon")));
    let mut lines = vec![
        t.html(
            "privacy-order",
            &args![
                "order" => order.id.as_str(),
                "day" => day(order.placed_at),
                "status" => t.plain("card-status-word", &args!["status" => order.status.as_str()]),
            ],
        ),
        t.html(
            "privacy-order-items",
            &args!["items" => items, "price" => total],
        ),
    ];
    let said = [
        ("privacy-order-name", &order.name),
        ("privacy-order-phone", &order.phone),
        ("privacy-order-address", &order.address),
        ("privacy-order-time", &order.time),
        ("privacy-order-note", &order.note),
    ];
    let allergies = order
        .allergies
        .iter()
        .map(|allergy| ("privacy-order-allergy", allergy));
    let said: Vec<_> = said
        .into_iter()
        .filter_map(|(key, text)| Some((key, text.as_ref()?)))
        .chain(allergies)
        .map(|(key, text)| t.html(key, &args!["text" => Arg::Words(text.as_str())]))
        .collect();
    if !said.is_empty() {
        lines.push(said.join(&t.say("privacy-semicolon")));
    }
    lines
}
