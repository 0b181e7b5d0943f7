#![allow(clippy::unwrap_used)]

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::cart::{Cart, Refusal};
use crate::conversation::{
    AiRule, Closing, Customer, Draft, MenuView, Notice, OrderSummary, Reply, Requires, Rules, View,
};
use crate::language::Language;
use crate::menu::Menu;
use crate::money::Money;
use crate::order::{Order, OrderId, OrderLine, Reason, Source, Status, Step};
use crate::parsed::{Change, Fulfilment, Op, Operation, OptionChange};

const EN: Texts = Texts::of(Language::En);

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn menu() -> Menu {
    Menu::parse(include_str!("../../menu.json")).unwrap()
}

fn clock() -> crate::shop::Clock {
    crate::shop::Clock {
        now: now(),
        zone: jiff::tz::TimeZone::UTC,
    }
}

fn rules(requires: Requires) -> Rules {
    Rules {
        requires,
        max_quantity: 20,
        max_total: Money::from_minor(50_000),
        draft_ttl: SignedDuration::from_mins(30),
        operators: false,
        first_max_total: None,
        ai: AiRule::Off,
        pay: None,
        shop: crate::shop::ShopRules::default(),
    }
}

fn everything() -> Requires {
    Requires {
        name: true,
        phone: true,
        address: true,
    }
}

fn add(item: &str, quantity: u32, options: &[(&str, Change)], note: Option<&str>) -> Operation {
    let option = |(option, change): &(&str, Change)| OptionChange {
        option: (*option).to_owned(),
        change: *change,
        count: None,
    };
    Operation {
        op: Op::Add,
        item: Some(item.to_owned()),
        line: None,
        quantity: Some(quantity),
        options: options.iter().map(option).collect(),
        note: note.map(Into::into),
    }
}

fn draft_of(operations: &[Operation]) -> Draft {
    let mut cart = Cart::default();
    assert_eq!(cart.apply(operations, &menu()), []);
    Draft {
        id: "0a1b2c3d".to_owned(),
        revision: 4,
        cart,
        fulfilment: None,
        time: None,
        allergies: Vec::new(),
        note: None,
        unmatched: Vec::new(),
        nearest: Vec::new(),
        refusals: Vec::new(),
        gone: Vec::new(),
        source: Source::Gpt,
        offered: None,
        history: crate::conversation::History::default(),
        wanted_for: None,
        time_unclear: false,
        offered_for: None,
        why_then: None,
        busy_minutes: 0,
        expires_at: now(),
        view: View::Summary,
    }
}

fn two_pizzas() -> Draft {
    let large = [("large", Change::With), ("basil", Change::Without)];
    draft_of(&[
        add("margherita", 2, &large, Some("cut <thin> & hot")),
        add("cola", 1, &[], None),
    ])
}

fn order_of(draft: &Draft, customer: &Customer) -> Order {
    let offer = draft.offer(&menu(), &rules(Requires::default()));
    Order {
        number: 1042,
        id: OrderId::new("K7F", 1042),
        customer: 7,
        draft: draft.id.clone(),
        status: Status::Placed,
        placed_at: now(),
        updated_at: now(),
        delay_minutes: None,
        due_at: None,
        before: None,
        reason: None,
        notice: None,
        lines: OrderLine::of(&offer.priced),
        cart: draft.cart.clone(),
        fulfilment: offer.fulfilment,
        name: customer.name.clone(),
        phone: customer.phone.clone(),
        address: customer.address.clone(),
        time: draft.time.clone(),
        allergies: draft.allergies.clone(),
        note: draft.note.clone(),
        subtotal: offer.priced.subtotal,
        fee: offer.fee,
        total: offer.total,
        currency: "USD".to_owned(),
        payment: crate::order::Payment::default(),
        source: draft.source,
        wanted_for: None,
        large: false,
        approval: false,
        version: 1,
        card: None,
    }
}

fn ann() -> Customer {
    Customer {
        name: Some("Ann <b>".into()),
        phone: Some("+15550100199".into()),
        address: Some("5 Canary Lane".into()),
        ..Customer::new(now())
    }
}

/// The buttons as `label|data`, a row a line.
fn rows(message: &Message) -> Vec<String> {
    let Keyboard::Buttons(rows) = &message.keyboard else {
        panic!("no buttons: {:?}", message.keyboard)
    };
    let button = |b: &Button| format!("{}|{}", b.label, b.data);
    rows.iter()
        .map(|row| row.iter().map(button).collect::<Vec<_>>().join("  "))
        .collect()
}

#[test]
fn a_draft_names_lines_prices_what_was_not_understood_and_what_is_missing() {
    let draft = Draft {
        time: Some("at 8 <pm>".into()),
        allergies: vec!["nuts".into()],
        note: Some("ring\ntwice".into()),
        unmatched: vec!["moon & cheese".into(), "x".into()],
        nearest: vec!["margherita".into()],
        refusals: vec![Refusal::SoldOut {
            name: "Soup".to_owned(),
            instead: None,
        }],
        gone: vec!["Water".to_owned()],
        ..two_pizzas()
    };
    let message = super::draft(
        EN,
        &draft,
        &Customer::new(now()),
        &menu(),
        &rules(everything()),
        &clock(),
    );
    assert_eq!(
        message.html,
        "<b>Your order</b>\n\
         1. 2 × Margherita (large +$4.00, no fresh basil, cut &lt;thin&gt; &amp; hot) — $24.00\n\
         2. 1 × Cola (small) — $2.50\n\
         \n\
         Delivery: $3.00\n\
         <b>Total: $29.50</b>\n\
         Delivery\n\
         When: at 8 &lt;pm&gt;\n\
         Allergy: nuts\n\
         Note: ring twice\n\
         \n\
         ⚠️ I did not understand: \"moon &amp; cheese\", \"x\"\n\
         Did you mean: Margherita?\n\
         ⚠️ Soup is not to be had at the moment.\n\
         ⚠️ Not to be had any more: Water\n\
         ❗ Still needed: your name and your phone number and your address"
    );
    assert_eq!(
        rows(&message),
        [
            "✅ Confirm|order:confirm:0a1b2c3d-4  ❌ Cancel|order:cancel:0a1b2c3d-4",
            "✏️ Edit|order:edit:0a1b2c3d-4  🏃 I'll pick it up|draft:0a1b2c3d:pickup",
        ]
    );
}

#[test]
fn a_draft_that_is_edited_still_names_everything_and_can_be_confirmed() {
    let end = "✅ Confirm|order:confirm:0a1b2c3d-4  ❌ Cancel|order:cancel:0a1b2c3d-4  ✏️ Edit|order:edit:0a1b2c3d-4";
    let rules = rules(Requires::default());
    let mut draft = two_pizzas();
    let summary = super::draft(EN, &draft, &ann(), &menu(), &rules, &clock()).html;
    draft.view = View::Edit;
    let edit = super::draft(EN, &draft, &ann(), &menu(), &rules, &clock());
    assert_eq!(edit.html, summary);
    assert_eq!(
        rows(&edit),
        [
            "✏️ Line 1: 2 × Margherita|line:0a1b2c3d:0:show",
            "➖ Less (1)|line:0a1b2c3d:0:less  ➕ More (1)|line:0a1b2c3d:0:more",
            "✏️ Line 2: 1 × Cola|line:0a1b2c3d:1:show",
            "➖ Less (2)|line:0a1b2c3d:1:less  ➕ More (2)|line:0a1b2c3d:1:more",
            "📖 Menu|menu:open  ⬅️ Back|draft:0a1b2c3d:back",
            end,
        ]
    );
    draft.view = View::Line(1);
    let line = super::draft(EN, &draft, &ann(), &menu(), &rules, &clock());
    assert_eq!(
        line.html,
        format!("{summary}\n\nTap an option of <b>Cola</b> to add it or take it away.")
    );
    assert_eq!(
        rows(&line),
        [
            "Small|opt:0a1b2c3d:1:drink-small  Large +$1.20|opt:0a1b2c3d:1:drink-large",
            "• Ice|opt:0a1b2c3d:1:ice-cubes",
            "➖ Less|line:0a1b2c3d:1:less  ➕ More|line:0a1b2c3d:1:more  ⬅️ Back|draft:0a1b2c3d:back",
            end,
        ]
    );
}

#[test]
fn a_card_says_first_what_must_not_be_overlooked() {
    let mut draft = two_pizzas();
    draft.fulfilment = Some(Fulfilment::Delivery);
    draft.allergies = vec!["<nuts>".into()];
    draft.note = Some("x\nTotal: $0.00".into());
    let mut order = order_of(&draft, &ann());
    order.large = true;
    let message = card(EN, &order, &clock());
    assert_eq!(
        message.html,
        "<b>Order K7F-1042</b> — 🆕 new\n\
         🕒 12:00\n\
         ⚠️ <b>Large order</b>: above the limits that you have set. It waits for your answer.\n\
         ⚠️ <b>Allergy: &lt;nuts&gt;</b>\n\
         📝 x Total: $0.00\n\
         \n\
         2 × Margherita (large, no fresh basil, cut &lt;thin&gt; &amp; hot)\n\
         1 × Cola (small)\n\
         \n\
         Delivery: $3.00\n\
         <b>Total: $29.50</b>, to be paid in cash\n\
         Delivery to: 5 Canary Lane\n\
         🗺 <a href=\"https://maps.google.com/?q=5%20Canary%20Lane\">Show on a map</a>\n\
         Contact: Ann &lt;b&gt;, +15550100199"
    );
    assert_eq!(
        rows(&message),
        [
            "✅ Accept|op:accept:K7F-1042  🚫 Reject|op:reject:K7F-1042",
            "+10 min|op:delay:K7F-1042:10  +20 min|op:delay:K7F-1042:20  +30 min|op:delay:K7F-1042:30",
        ]
    );
    for (status, verbs) in [
        (
            Status::Accepted,
            vec!["ready", "way", "done", "delay", "delay", "delay", "reject"],
        ),
        (Status::Ready, vec!["way", "done"]),
        (Status::OnTheWay, vec!["done"]),
        (Status::Done, vec![]),
        (Status::Cancelled, vec![]),
    ] {
        order.status = status;
        let shown = rows(&card(EN, &order, &clock())).join("  ");
        let found: Vec<_> = shown
            .split("op:")
            .skip(1)
            .map(|b| b.split(':').next().unwrap())
            .collect();
        assert_eq!(found, verbs, "{status:?}");
    }
}

#[test]
fn a_placed_order_reads_like_its_draft() {
    let order = order_of(&two_pizzas(), &ann());
    assert_eq!(
        closed(EN, &Closing::Placed, Some(&order), &clock()).html,
        "✅ <b>Order K7F-1042 is placed</b>\n\
         2 × Margherita (large, no fresh basil, cut &lt;thin&gt; &amp; hot) — $24.00\n\
         1 × Cola (small) — $2.50\n\
         \n\
         <b>Total: $26.50</b>\n\
         Pick-up at the shop\n\
         We will write to you when the shop has seen it."
    );
}

#[test]
fn the_latest_orders_can_be_taken_back_while_they_wait() {
    let summary = |number, status| OrderSummary {
        id: OrderId::new("K7F", number),
        status,
        items: "1 x Cola (<x>)".to_owned(),
        total: "$2.50".to_owned(),
    };
    let orders = vec![summary(2, Status::Placed), summary(1, Status::Rejected)];
    let message = reply(EN, &Reply::Orders { orders }, &menu());
    assert_eq!(
        message.html,
        "<b>Your latest orders</b>\n\
         \n\
         <b>K7F-2</b> — placed, waiting for the shop\n\
         1 x Cola (&lt;x&gt;) — $2.50\n\
         \n\
         <b>K7F-1</b> — rejected by the shop\n\
         1 x Cola (&lt;x&gt;) — $2.50"
    );
    assert_eq!(
        rows(&message),
        [
            "🔁 K7F-2 again|mine:again:K7F-2  ❌ Take K7F-2 back|mine:cancel:K7F-2",
            "🔁 K7F-1 again|mine:again:K7F-1"
        ]
    );
}

#[test]
fn the_menu_shows_what_can_be_ordered() {
    let page = menu_page(EN, &MenuView::Category(Some("sides".into())), &menu());
    assert_eq!(
        page.html,
        "<b>Sides and salads</b>\n\
         \n\
         Fries — $3.50\n\
         Onion rings — $4.20\n\
         Chicken wings — $6.50\n   <i>Six pieces</i>\n\
         Garden salad — $5.40\n\
         Garlic bread — $3.90\n\
         \n\
         Tap what you would like."
    );
    assert_eq!(
        rows(&page)[0],
        "Fries $3.50|menu:add:fries  Onion rings $4.20|menu:add:onion-rings"
    );
    let nowhere = menu_page(EN, &MenuView::Category(Some("unicorns".into())), &menu());
    assert!(nowhere.html.contains("nothing here"));
    assert_eq!(rows(&nowhere), ["⬅️ Menu|menu:home"]);
}

#[test]
fn the_customer_is_told_each_step_in_words_that_fit_the_way() {
    let moved = |status, minutes, fulfilment| {
        let id = OrderId::new("K7F", 3);
        let reply = super::reply(
            EN,
            &Reply::OrderMoved {
                id,
                status,
                minutes,
                more: None,
                clock: None,
                fulfilment,
            },
            &menu(),
        );
        reply.html
    };
    use Fulfilment::{Delivery, DineIn, Pickup};
    for (status, minutes, way, part) in [
        (
            Status::Accepted,
            None,
            Pickup,
            "has accepted your order K7F-3",
        ),
        (Status::Accepted, Some(20), Pickup, "about 20 minutes"),
        (Status::Ready, None, Pickup, "You can pick it up now"),
        (Status::Ready, None, Delivery, "leaves for you in a moment"),
        (Status::OnTheWay, None, Delivery, "on its way to you"),
        (
            Status::AwaitingPayment,
            None,
            Delivery,
            "pay it with the invoice",
        ),
        (Status::Ready, None, DineIn, "K7F-3 is ready."),
        (Status::Done, None, Pickup, "is done"),
        (Status::Rejected, None, Pickup, "Nothing is to be paid"),
    ] {
        let text = moved(status, minutes, way);
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn short_answers_stay_short_and_say_what_to_do() {
    for (said, text) in [
        (Notice::Done, ""),
        (
            Notice::Missing {
                name: false,
                phone: true,
                address: true,
            },
            "Please send your phone number and your address first.",
        ),
        (
            Notice::BelowMinimum {
                minimum: "$12.00".to_owned(),
            },
            "Delivery starts at $12.00. Add something, or pick it up.",
        ),
        (
            Notice::Over {
                status: Status::Cancelled,
            },
            "This order is already taken back.",
        ),
    ] {
        assert_eq!(notice(EN, &said), text);
    }
    let names = vec!["long name ".repeat(9); 9];
    assert!(notice(EN, &Notice::Gone { names }).chars().count() <= 200);
}

#[test]
fn a_long_list_gives_way_to_what_stands_behind_it() {
    let list: Vec<_> = (0..500).map(|n| format!("{n} 🍕🍕🍕🍕🍕")).collect();
    let text = join_around(EN, &list, &["Total: 1".to_owned(), "Phone: 2".to_owned()]);
    assert!(text.ends_with(" more\nTotal: 1\nPhone: 2"), "{text}");
    assert!(units(&text) <= 4096 && units(&text) > 3000);
    let text = join_around(EN, &["one".to_owned()], &list);
    assert!(text.starts_with("one\n0 ") && units(&text) <= 4096 && units(&text) > 3000);
    let both = join_around(EN, &list, &list);
    assert!(units(&both) <= 4096 && both.matches(" more").count() == 2);
}

mod catalogs;
mod snapshots;
