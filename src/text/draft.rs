//! The draft's message, and what it becomes when the draft has ended.

use super::{Button, Keyboard, MOST_BUTTONS, Message, join_around, reply, shop};
use crate::cart::{PricedLine, PricedOption};
use crate::conversation::{Closing, Customer, Draft, Offer, Rules, Tap, View};
use crate::language::{Arg, Texts, args, one_line};
use crate::menu::Menu;
use crate::money::{Currency, Money};
use crate::order::{Choice, Order, OrderLine, Status};
use crate::parsed::{Change, Fulfilment};
use crate::shop::Clock;

/// Before an option that is left out, chosen, or included.
pub(super) const MARKS: [char; 3] = ['🚫', '✅', '•'];

/// The draft as it stands: lines, prices, what was not understood, what is missing, and its buttons. Whatever part of
/// it is being changed, it names everything and bears the buttons that end it.
#[must_use]
pub fn draft(
    t: Texts,
    draft: &Draft,
    customer: &Customer,
    menu: &Menu,
    rules: &Rules,
    clock: &Clock,
) -> Message {
    let offer = draft.offer(menu, rules);
    let mut tail = terms(t, draft, &offer, customer, menu, clock);
    let line = match draft.view {
        View::Line(id) => offer.priced.lines.iter().find(|line| line.id == id),
        View::Summary | View::Edit => None,
    };
    let buttons = match (draft.view, line) {
        (View::Summary, _) => {
            let times = shop::open_times(t, draft, clock);
            if !times.is_empty() {
                tail.push(String::new());
                tail.extend(times);
            }
            tail.extend(open_points(t, draft, &offer, customer, menu, rules));
            let mut buttons = summary_buttons(t, draft, &offer, menu, rules);
            let told = customer.is_to_be_told(rules);
            if let Some((line, button)) = super::customer::consent(t, rules).filter(|_| told) {
                tail.extend([String::new(), line]);
                buttons.push(vec![button]);
            }
            buttons
        }
        (View::Line(id), Some(line)) => {
            tail.push(String::new());
            tail.push(t.html("draft-tap-options", &args!["item" => &line.name]));
            option_buttons(t, draft, id, menu)
        }
        (View::Edit | View::Line(_), _) => edit_buttons(t, draft, &offer),
    };
    Message {
        html: join_around(t, &list(t, &offer, menu.currency()), &tail),
        keyboard: Keyboard::Buttons(buttons),
    }
}

fn list(t: Texts, offer: &Offer, currency: Currency) -> Vec<String> {
    let mut lines = vec![t.say("draft-title")];
    for (n, line) in offer.priced.lines.iter().enumerate() {
        let item = Arg::Html(priced_line(t, line, currency));
        lines.push(t.html("order-line", &args!["n" => n + 1, "item" => item]));
    }
    lines
}

/// What it costs, and where, when and how it is wanted.
fn terms(
    t: Texts,
    draft: &Draft,
    offer: &Offer,
    customer: &Customer,
    menu: &Menu,
    clock: &Clock,
) -> Vec<String> {
    let currency = menu.currency();
    let mut lines = vec![String::new()];
    if offer.fee > Money::ZERO {
        lines.push(t.html("order-fee", &args!["price" => currency.show(offer.fee)]));
    }
    lines.push(t.html("order-total", &args!["price" => currency.show(offer.total)]));
    lines.push(way(
        t,
        offer.fulfilment,
        customer.address.as_ref().map(|a| a.as_str()),
    ));
    if let Some(phone) = &customer.phone {
        lines.push(t.html("order-phone", &args!["phone" => Arg::Words(phone.as_str())]));
    }
    lines.extend(shop::times(t, draft, clock));
    for allergy in &draft.allergies {
        let allergy = Arg::Words(allergy.as_str());
        lines.push(t.html("order-allergy", &args!["allergy" => allergy]));
    }
    if let Some(note) = &draft.note {
        lines.push(t.html("order-note", &args!["note" => Arg::Words(note.as_str())]));
    }
    lines
}

/// `2 × Margherita (large +$4.00, no fresh basil) — $28.00`
fn priced_line(t: Texts, line: &PricedLine, currency: Currency) -> String {
    let option = |priced: &PricedOption| {
        let PricedOption {
            name,
            change,
            count,
            price,
        } = priced;
        let text = option(t, name, *change, *count);
        if *price > Money::ZERO {
            let text = Arg::Html(text);
            t.html(
                "order-option-priced",
                &args!["option" => text, "price" => currency.show(*price)],
            )
        } else {
            text
        }
    };
    let options = line.options.iter().map(option).collect();
    let note = line.note.as_ref().map(|note| Arg::Words(note.as_str()));
    let item = item(t, line.quantity, &line.name, options, note);
    let price = currency.show(line.total);
    t.html(
        "order-priced",
        &args!["item" => Arg::Html(item), "price" => price],
    )
}

/// `2 × Margherita (large, no fresh basil, cut thin)`
fn item(
    t: Texts,
    quantity: u32,
    name: &str,
    mut said: Vec<String>,
    note: Option<Arg<'_>>,
) -> String {
    said.extend(note.map(|note| t.html("common-value", &args!["value" => note])));
    if said.is_empty() {
        return t.html("order-item", &args!["quantity" => quantity, "name" => name]);
    }
    t.html(
        "order-item-with",
        &args!["quantity" => quantity, "name" => name, "options" => Arg::Html(t.list(&said))],
    )
}

/// An option in words: `extra cheese`, `no onions`, `2 x vanilla`.
fn option(t: Texts, name: &str, change: Change, count: u32) -> String {
    let lower = if t.language().has_capital_nouns() {
        name.to_owned()
    } else {
        name.to_lowercase()
    };
    let is_extra = name.to_lowercase().starts_with("extra ");
    let many = if count > 1 {
        t.html(
            "order-option-many",
            &args!["count" => count, "name" => lower],
        )
    } else {
        t.html("order-option", &args!["name" => lower])
    };
    let key = match change {
        Change::With => return many,
        // An option that is called so already is not "extra extra cheese".
        Change::Extra if is_extra => return many,
        Change::Without => "order-option-without",
        Change::Extra => "order-option-extra",
        Change::Light => "order-option-light",
    };
    t.html(key, &args!["option" => Arg::Html(many)])
}

/// A line of a placed order.
pub(super) fn order_line(t: Texts, line: &OrderLine) -> String {
    let value = |text: &String| t.html("common-value", &args!["value" => text]);
    let options = if line.choices.is_empty() {
        // Orders of earlier versions keep them in English words only.
        line.options.iter().map(value).collect()
    } else {
        let said = |c: &Choice| option(t, &c.name, c.change, c.count);
        line.choices.iter().map(said).collect()
    };
    // The kitchen reads the whole of a wish.
    let note = line
        .note
        .as_ref()
        .map(|note| one_line(note.as_str()).into());
    item(t, line.quantity, &line.name, options, note)
}

pub(super) fn way(t: Texts, fulfilment: Fulfilment, address: Option<&str>) -> String {
    match (fulfilment, address) {
        (Fulfilment::Delivery, Some(address)) => {
            let address = Arg::Words(address);
            t.html("order-way-delivery-to", &args!["address" => address])
        }
        (Fulfilment::Delivery, None) => t.say("order-way-delivery"),
        (Fulfilment::Pickup, _) => t.say("order-way-pickup"),
        (Fulfilment::DineIn, _) => t.say("order-way-dine-in"),
    }
}

/// What was not understood, refused or is missing.
fn open_points(
    t: Texts,
    draft: &Draft,
    offer: &Offer,
    customer: &Customer,
    menu: &Menu,
    rules: &Rules,
) -> Vec<String> {
    let mut lines = reply::not_understood(t, &draft.unmatched, &draft.nearest, menu);
    lines.extend(draft.refusals.iter().map(|why| reply::refusal(t, why)));
    let gone = draft.gone.iter();
    lines.extend(gone.map(|name| t.html("draft-gone", &args!["item" => name])));
    if draft.unmatched.is_empty() {
        lines.extend(shop::how_about(t, &draft.nearest, menu));
    }
    for choice in draft.cart.missing_choices(menu) {
        lines.push(t.html(
            "draft-choose",
            &args!["group" => &choice.group.name, "item" => &choice.item.name],
        ));
    }
    let minimum = menu.delivery().minimum;
    if offer.fulfilment == Fulfilment::Delivery && offer.priced.subtotal < minimum {
        let price = menu.currency().show(minimum);
        lines.push(t.html("draft-minimum", &args!["price" => price]));
    }
    let missing = draft.missing(customer, menu, rules);
    if missing.any() {
        let named = details(t, missing.name, missing.phone, missing.address);
        lines.push(t.html("draft-missing", &args!["details" => named]));
    }
    if draft.is_large(offer, rules) {
        lines.push(t.say("order-large"));
    }
    if !lines.is_empty() {
        lines.insert(0, String::new());
    }
    lines
}

/// The details that are missing, in words.
pub(super) fn details(t: Texts, name: bool, phone: bool, address: bool) -> String {
    let all = [
        (name, "draft-name"),
        (phone, "draft-phone"),
        (address, "draft-address"),
    ];
    let named = all.iter().filter(|(missing, _)| *missing);
    let named: Vec<_> = named.map(|(_, key)| t.say(key)).collect();
    named.join(&t.say("common-and"))
}

fn summary_buttons(
    t: Texts,
    draft: &Draft,
    offer: &Offer,
    menu: &Menu,
    rules: &Rules,
) -> Vec<Vec<Button>> {
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
    rows.extend(shop::instead_buttons(&draft.refusals));
    let shown = draft.shown();
    rows.push(vec![
        Button::new(t.say("button-confirm"), Tap::Confirm(shown.clone()).data()),
        Button::new(t.say("button-cancel"), Tap::Cancel(shown.clone()).data()),
    ]);
    // Where all orders are paid now, Confirm leads there.
    if rules.pay.as_ref().is_some_and(|pay| !pay.required) && offer.total > Money::ZERO {
        let pay = Tap::Pay(shown.clone()).data();
        rows.push(vec![Button::new(t.say("payment-button-pay"), pay)]);
    }
    let mut row = vec![Button::new(t.say("button-edit"), Tap::Edit(shown).data())];
    if menu.delivery().offered {
        let (label, way) = match offer.fulfilment {
            Fulfilment::Delivery => ("button-pickup", Fulfilment::Pickup),
            Fulfilment::Pickup | Fulfilment::DineIn => ("button-delivery", Fulfilment::Delivery),
        };
        row.push(Button::new(
            t.say(label),
            Tap::Fulfilment(draft.id.clone(), way).data(),
        ));
    }
    rows.push(row);
    rows
}

fn edit_buttons(t: Texts, draft: &Draft, offer: &Offer) -> Vec<Vec<Button>> {
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
    let mut rows = Vec::new();
    for (n, line) in offer.priced.lines.iter().take(MOST_BUTTONS / 3).enumerate() {
        let number = n + 1;
        let label = t.plain(
            "button-line",
            &args!["line" => number, "quantity" => line.quantity, "name" => &line.name],
        );
        let show = Tap::Line(id.clone(), line.id).data();
        rows.push(vec![Button::new(label, show)]);
        rows.push(vec![
            Button::new(
                t.plain("button-less-of", &args!["line" => number]),
                units(line, -1),
            ),
            Button::new(
                t.plain("button-more-of", &args!["line" => number]),
                units(line, 1),
            ),
        ]);
    }
    rows.push(vec![
        Button::new(t.say("button-menu"), Tap::OpenMenu.data()),
        Button::new(t.say("button-back"), Tap::Back(id.clone()).data()),
    ]);
    rows.push(end_row(t, draft));
    rows
}

/// The buttons that end or change the draft, below every view of it that has its own buttons.
fn end_row(t: Texts, draft: &Draft) -> Vec<Button> {
    let shown = draft.shown();
    vec![
        Button::new(t.say("button-confirm"), Tap::Confirm(shown.clone()).data()),
        Button::new(t.say("button-cancel"), Tap::Cancel(shown.clone()).data()),
        Button::new(t.say("button-edit"), Tap::Edit(shown).data()),
    ]
}

fn option_buttons(t: Texts, draft: &Draft, id: u32, menu: &Menu) -> Vec<Vec<Button>> {
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
                    let name = &option.name;
                    let label = if option.price > Money::ZERO {
                        let price = menu.currency().show(option.price);
                        t.plain(
                            "button-option-priced",
                            &args!["name" => name, "price" => price],
                        )
                    } else {
                        t.plain("button-option", &args!["name" => name])
                    };
                    let tap = Tap::Option {
                        draft: draft.id.clone(),
                        line: id,
                        option: option.id.clone(),
                    };
                    Button::new(format!("{mark}{label}"), tap.data())
                });
            rows.extend(in_rows(buttons, 2));
        }
    }
    rows.truncate(MOST_BUTTONS / 2);
    let end = end_row(t, draft);
    let draft = draft.id.clone();
    rows.push(vec![
        Button::new(
            t.say("button-less"),
            Tap::Units {
                draft: draft.clone(),
                line: id,
                by: -1,
            }
            .data(),
        ),
        Button::new(
            t.say("button-more"),
            Tap::Units {
                draft: draft.clone(),
                line: id,
                by: 1,
            }
            .data(),
        ),
        Button::new(t.say("button-back"), Tap::Back(draft).data()),
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
pub fn closed(t: Texts, closing: &Closing, order: Option<&Order>, clock: &Clock) -> Message {
    let html = match (closing, order) {
        (Closing::Placed, Some(order)) => placed(t, order, clock),
        (Closing::Placed, None) => t.say("draft-placed-bare"),
        (Closing::Cancelled, _) => t.say("draft-given-up"),
        (Closing::Emptied, _) => t.say("reply-cart-empty"),
        (Closing::Expired, _) => t.say("draft-expired"),
    };
    Message {
        html,
        keyboard: Keyboard::Buttons(Vec::new()),
    }
}

fn placed(t: Texts, order: &Order, clock: &Clock) -> String {
    let currency = Currency::parse(&order.currency);
    let show = |amount| currency.map_or_else(String::new, |c| c.show(amount));
    let pending = order.status == Status::Pending;
    let waits = order.status == Status::AwaitingPayment;
    let title = if pending {
        "staff-draft-pending"
    } else if waits {
        "payment-placed"
    } else {
        "draft-placed"
    };
    let mut list = vec![t.html(title, &args!["order" => order.id.as_str()])];
    list.extend(order.lines.iter().map(|line| {
        let item = Arg::Html(order_line(t, line));
        t.html(
            "order-priced",
            &args!["item" => item, "price" => show(line.total)],
        )
    }));
    let mut lines = vec![String::new()];
    if order.fee > Money::ZERO {
        lines.push(t.html("order-fee", &args!["price" => show(order.fee)]));
    }
    lines.push(t.html("order-total", &args!["price" => show(order.total)]));
    lines.push(way(
        t,
        order.fulfilment,
        order.address.as_ref().map(|a| a.as_str()),
    ));
    lines.extend(shop::placed_for(t, order, clock));
    if order.large && !order.approval {
        lines.push(t.say("order-large"));
    }
    lines.push(t.say(if pending {
        "staff-draft-approval"
    } else if waits {
        "payment-pay-below"
    } else {
        "draft-will-write"
    }));
    join_around(t, &list, &lines)
}
