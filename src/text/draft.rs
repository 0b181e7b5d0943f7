//! The draft's message, and what it becomes when the draft has ended.

use teloxide::utils::html::escape;

use super::{Button, Keyboard, MOST_BUTTONS, Message, join_around, one_line, reply, words};
use crate::cart::{PricedLine, describe};
use crate::conversation::{Closing, Customer, Draft, Offer, Rules, Tap, View};
use crate::menu::Menu;
use crate::money::{Currency, Money};
use crate::order::{Order, OrderLine, Status};
use crate::parsed::{Change, Fulfilment};

/// The draft as it stands: lines, prices, what was not understood, what is missing, and its buttons. Whatever part of
/// it is being changed, it names everything and bears the buttons that end it.
#[must_use]
pub fn draft(draft: &Draft, customer: &Customer, menu: &Menu, rules: &Rules) -> Message {
    let offer = draft.offer(menu, rules);
    let mut tail = terms(draft, &offer, customer, menu);
    let line = match draft.view {
        View::Line(id) => offer.priced.lines.iter().find(|line| line.id == id),
        View::Summary | View::Edit => None,
    };
    let buttons = match (draft.view, line) {
        (View::Summary, _) => {
            tail.extend(open_points(draft, &offer, customer, menu, rules));
            let mut buttons = summary_buttons(draft, &offer, menu, rules);
            let told = customer.is_to_be_told(rules);
            if let Some((line, button)) = super::customer::consent(rules).filter(|_| told) {
                tail.extend([String::new(), line]);
                buttons.push(vec![button]);
            }
            buttons
        }
        (View::Line(id), Some(line)) => {
            tail.push(String::new());
            tail.push(format!(
                "Tap an option of <b>{}</b> to add it or take it away.",
                escape(&line.name)
            ));
            option_buttons(draft, id, menu)
        }
        (View::Edit | View::Line(_), _) => edit_buttons(draft, &offer),
    };
    Message {
        html: join_around(&list(&offer, menu.currency()), &tail),
        keyboard: Keyboard::Buttons(buttons),
    }
}

fn list(offer: &Offer, currency: Currency) -> Vec<String> {
    let mut lines = vec!["<b>Your order</b>".to_owned()];
    for (n, line) in offer.priced.lines.iter().enumerate() {
        lines.push(format!("{}. {}", n + 1, priced_line(line, currency)));
    }
    lines
}

/// What it costs, and where, when and how it is wanted.
fn terms(draft: &Draft, offer: &Offer, customer: &Customer, menu: &Menu) -> Vec<String> {
    let currency = menu.currency();
    let mut lines = vec![String::new()];
    if offer.fee > Money::ZERO {
        lines.push(format!("Delivery: {}", currency.show(offer.fee)));
    }
    lines.push(format!("<b>Total: {}</b>", currency.show(offer.total)));
    lines.push(way(
        offer.fulfilment,
        customer.address.as_ref().map(|a| a.as_str()),
    ));
    if let Some(phone) = &customer.phone {
        lines.push(format!("Phone: {}", words(phone.as_str())));
    }
    if let Some(time) = &draft.time {
        lines.push(format!("When: {}", words(time.as_str())));
    }
    for allergy in &draft.allergies {
        lines.push(format!("Allergy: {}", words(allergy.as_str())));
    }
    if let Some(note) = &draft.note {
        lines.push(format!("Note: {}", words(note.as_str())));
    }
    lines
}

/// `2 × Margherita (large +$4.00, no fresh basil) — $28.00`
fn priced_line(line: &PricedLine, currency: Currency) -> String {
    let option = |option: &crate::cart::PricedOption| {
        let text = escape(&describe(option));
        if option.price > Money::ZERO {
            format!("{text} +{}", currency.show(option.price))
        } else {
            text
        }
    };
    let note = line.note.as_ref().map(|note| words(note.as_str()));
    let said: Vec<_> = line.options.iter().map(option).chain(note).collect();
    let said = if said.is_empty() {
        String::new()
    } else {
        format!(" ({})", said.join(", "))
    };
    let PricedLine { quantity, name, .. } = line;
    format!(
        "{quantity} × {}{said} — {}",
        escape(name),
        currency.show(line.total)
    )
}

pub(super) fn way(fulfilment: Fulfilment, address: Option<&str>) -> String {
    match (fulfilment, address) {
        (Fulfilment::Delivery, Some(address)) => format!("Delivery to: {}", words(address)),
        (Fulfilment::Delivery, None) => "Delivery".to_owned(),
        (Fulfilment::Pickup, _) => "Pick-up at the shop".to_owned(),
        (Fulfilment::DineIn, _) => "To eat in the shop".to_owned(),
    }
}

/// What was not understood, refused or is missing.
fn open_points(
    draft: &Draft,
    offer: &Offer,
    customer: &Customer,
    menu: &Menu,
    rules: &Rules,
) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(reply::not_understood(
        &draft.unmatched,
        &draft.nearest,
        menu,
    ));
    lines.extend(draft.refusals.iter().map(reply::refusal));
    lines.extend(
        draft
            .gone
            .iter()
            .map(|name| format!("⚠️ Not to be had any more: {}", escape(name))),
    );
    for choice in draft.cart.missing_choices(menu) {
        let (group, item) = (escape(&choice.group.name), escape(&choice.item.name));
        lines.push(format!("❓ Please choose: {group} for {item}"));
    }
    let minimum = menu.delivery().minimum;
    if offer.fulfilment == Fulfilment::Delivery && offer.priced.subtotal < minimum {
        lines.push(format!(
            "❗ Delivery starts at {}.",
            menu.currency().show(minimum)
        ));
    }
    let missing = draft.missing(customer, menu, rules);
    if missing.any() {
        let named = reply::details(missing.name, missing.phone, missing.address);
        lines.push(format!("❗ Still needed: {named}"));
    }
    if draft.is_large(offer, rules) {
        lines.push(
            "ℹ️ This is a large order: the shop will confirm it before making it.".to_owned(),
        );
    }
    if !lines.is_empty() {
        lines.insert(0, String::new());
    }
    lines
}

fn summary_buttons(draft: &Draft, offer: &Offer, menu: &Menu, rules: &Rules) -> Vec<Vec<Button>> {
    let mut rows = Vec::new();
    if let Some(choice) = draft.cart.missing_choices(menu).next() {
        let buttons = choice
            .group
            .options
            .iter()
            .filter(|option| option.available)
            .map(|option| {
                let tap = Tap::Option {
                    draft: draft.id.clone(),
                    line: choice.line,
                    option: option.id.clone(),
                };
                Button::new(option.name.clone(), tap.data())
            });
        rows.extend(in_rows(buttons.take(MOST_BUTTONS), 2));
    }
    let shown = draft.shown();
    rows.push(vec![
        Button::new("✅ Confirm", Tap::Confirm(shown.clone()).data()),
        Button::new("❌ Cancel", Tap::Cancel(shown.clone()).data()),
    ]);
    // Where all orders are paid now, Confirm leads there.
    if rules.pay.as_ref().is_some_and(|pay| !pay.required) && offer.total > Money::ZERO {
        rows.push(vec![Button::new(
            "💳 Pay now",
            Tap::Pay(shown.clone()).data(),
        )]);
    }
    let mut row = vec![Button::new("✏️ Edit", Tap::Edit(shown).data())];
    if menu.delivery().offered {
        let (label, way) = match offer.fulfilment {
            Fulfilment::Delivery => ("🏃 I'll pick it up", Fulfilment::Pickup),
            Fulfilment::Pickup | Fulfilment::DineIn => ("🛵 Deliver it", Fulfilment::Delivery),
        };
        row.push(Button::new(
            label,
            Tap::Fulfilment(draft.id.clone(), way).data(),
        ));
    }
    rows.push(row);
    rows
}

fn edit_buttons(draft: &Draft, offer: &Offer) -> Vec<Vec<Button>> {
    let id = &draft.id;
    let units = |line: &PricedLine, by| {
        let draft = id.clone();
        Tap::Units {
            draft,
            line: line.id,
            by,
        }
        .data()
    };
    let mut rows: Vec<Vec<Button>> = offer
        .priced
        .lines
        .iter()
        .take(MOST_BUTTONS / 3)
        .map(|line| {
            vec![
                Button::new("➖", units(line, -1)),
                Button::new(
                    format!("{} × {}", line.quantity, line.name),
                    Tap::Line(id.clone(), line.id).data(),
                ),
                Button::new("➕", units(line, 1)),
            ]
        })
        .collect();
    rows.push(vec![
        Button::new("📖 Menu", Tap::OpenMenu.data()),
        Button::new("⬅️ Back", Tap::Back(id.clone()).data()),
    ]);
    rows.push(end_row(draft));
    rows
}

/// The buttons that end or change the draft, below every view of it that has its own buttons.
fn end_row(draft: &Draft) -> Vec<Button> {
    let shown = draft.shown();
    vec![
        Button::new("✅ Confirm", Tap::Confirm(shown.clone()).data()),
        Button::new("❌ Cancel", Tap::Cancel(shown.clone()).data()),
        Button::new("✏️ Edit", Tap::Edit(shown).data()),
    ]
}

fn option_buttons(draft: &Draft, id: u32, menu: &Menu) -> Vec<Vec<Button>> {
    let mut rows = Vec::new();
    let line = draft.cart.line(id);
    if let Some((line, item)) = line.and_then(|line| Some((line, menu.item(line.item.as_str())?))) {
        for group in menu.groups_of(item) {
            let buttons = group
                .options
                .iter()
                .filter(|option| option.available)
                .map(|option| {
                    let said = line.options.iter().find(|c| c.option == option.id);
                    let mark = match said.map(|c| c.change) {
                        Some(Change::Without) => "🚫 ",
                        Some(_) => "✅ ",
                        None if item.included.contains(&option.id) => "• ",
                        None => "",
                    };
                    let price = if option.price > Money::ZERO {
                        format!(" +{}", menu.currency().show(option.price))
                    } else {
                        String::new()
                    };
                    let tap = Tap::Option {
                        draft: draft.id.clone(),
                        line: id,
                        option: option.id.clone(),
                    };
                    Button::new(format!("{mark}{}{price}", option.name), tap.data())
                });
            rows.extend(in_rows(buttons, 2));
        }
    }
    rows.truncate(MOST_BUTTONS / 2);
    let end = end_row(draft);
    let draft = draft.id.clone();
    rows.push(vec![
        Button::new(
            "➖",
            Tap::Units {
                draft: draft.clone(),
                line: id,
                by: -1,
            }
            .data(),
        ),
        Button::new(
            "➕",
            Tap::Units {
                draft: draft.clone(),
                line: id,
                by: 1,
            }
            .data(),
        ),
        Button::new("⬅️ Back", Tap::Back(draft).data()),
    ]);
    rows.push(end);
    rows
}

pub(super) fn in_rows(buttons: impl Iterator<Item = Button>, width: usize) -> Vec<Vec<Button>> {
    let buttons: Vec<_> = buttons.collect();
    buttons.chunks(width).map(<[Button]>::to_vec).collect()
}

/// What the draft's message says once the draft has ended; `order`: the one it became.
#[must_use]
pub fn closed(closing: &Closing, order: Option<&Order>) -> Message {
    let html = match (closing, order) {
        (Closing::Placed, Some(order)) => placed(order),
        (Closing::Placed, None) => "✅ Your order is placed.".to_owned(),
        (Closing::Cancelled, _) => {
            "❌ This order was given up. Write what you would like to begin again.".to_owned()
        }
        (Closing::Emptied, _) => {
            "Your cart is empty. Write what you would like, or see the /menu.".to_owned()
        }
        (Closing::Expired, _) => {
            "⌛ This order was not confirmed in time and has expired.".to_owned()
        }
    };
    Message {
        html,
        keyboard: Keyboard::Buttons(Vec::new()),
    }
}

fn placed(order: &Order) -> String {
    let currency = Currency::parse(&order.currency);
    let show = |amount| currency.map_or_else(String::new, |c| c.show(amount));
    let waits = order.status == Status::AwaitingPayment;
    let mut list = vec![if waits {
        format!("⏳ <b>Order {} waits for your payment</b>", order.id)
    } else {
        format!("✅ <b>Order {} is placed</b>", order.id)
    }];
    list.extend(order.lines.iter().map(|line| {
        let total = show(line.total);
        format!("{} — {total}", plain_line(line))
    }));
    let mut lines = vec![String::new()];
    if order.fee > Money::ZERO {
        lines.push(format!("Delivery: {}", show(order.fee)));
    }
    lines.push(format!("<b>Total: {}</b>", show(order.total)));
    lines.push(way(
        order.fulfilment,
        order.address.as_ref().map(|a| a.as_str()),
    ));
    if order.large {
        lines.push(
            "ℹ️ This is a large order: the shop will confirm it before making it.".to_owned(),
        );
    }
    lines.push(if waits {
        "Please pay it below: the shop gets it when it is paid.".to_owned()
    } else {
        "We will write to you when the shop has seen it.".to_owned()
    });
    join_around(&list, &lines)
}

/// A line of a placed order as people read it.
pub(super) fn plain_line(line: &OrderLine) -> String {
    escape(&one_line(&line.plain()).replacen(" x ", " × ", 1))
}
