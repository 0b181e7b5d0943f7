//! From the first words or the first tap to a placed order, as customers see it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::{
    fakes::openai::parsed_order,
    harness::{
        people::{Customer, Draft},
        settings::{Settings, sample_menu},
        shop::Shop,
    },
    phrases::{adds, intent, op, with},
};

/// A shop that asks for nothing before an order.
fn open_handed() -> Settings {
    Settings::default().set("ORDER_REQUIRES", "")
}

async fn open_shop() -> Shop {
    let shop = Shop::start_with(open_handed()).await;
    teach(&shop);
    shop
}

/// What the model understands in these tests.
fn teach(shop: &Shop) {
    let know = |text: &str, operations| shop.openai.understands(text, parsed_order(operations));
    know(
        "two large margheritas with extra cheese and a cola please",
        json!([
            adds(
                "margherita",
                2,
                &[("large", "with"), ("extra-cheese", "extra")]
            ),
            adds("cola", 1, &[])
        ]),
    );
    know(
        "two margheritas and a cola please",
        json!([adds("margherita", 2, &[]), adds("cola", 1, &[])]),
    );
    know("some fries as well please", json!([adds("fries", 1, &[])]));
    know(
        "please make it three of those",
        json!([op("set", None, None, Some(3), &[])]),
    );
    know(
        "please put olives on the first one",
        json!([op("set", None, Some(1), None, &[("olives", "with")])]),
    );
    know(
        "one of the margheritas without the basil please",
        json!([op(
            "split",
            Some("margherita"),
            None,
            Some(1),
            &[("basil", "without")]
        )]),
    );
    know(
        "please forget about the cola",
        json!([op("remove", Some("cola"), None, None, &[])]),
    );
    know(
        "please forget about the fries",
        json!([op("remove", Some("fries"), None, None, &[])]),
    );
    shop.openai
        .understands("yes that is fine for me", intent("confirm"));
    shop.openai
        .understands("no thanks I changed my mind", intent("cancel"));
}

#[track_caller]
fn contract_buttons(draft: &Draft) {
    let reference = draft.reference();
    for verb in ["confirm", "cancel", "edit"] {
        let data = format!("order:{verb}:{reference}");
        assert!(draft.0.button(&data).is_some(), "no {data} under the draft");
    }
}

/// The drafts in a chat: messages that bear or bore a button to confirm.
fn drafts(customer: &Customer) -> usize {
    let confirm = "order:confirm:";
    let bears = |message: &order_bot::standin::SentMessage| {
        message.button(confirm).is_some()
            || message.edits.iter().any(|edit| {
                edit.buttons
                    .iter()
                    .flatten()
                    .any(|b| b.data.starts_with(confirm))
            })
    };
    customer
        .history()
        .iter()
        .filter(|message| bears(message))
        .count()
}

#[tokio::test]
async fn words_become_an_order_with_a_card_and_a_whole_row() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    let before = Timestamp::now();
    ann.says("two large margheritas with extra cheese and a cola please")
        .await;
    let draft = ann.draft().await;
    contract_buttons(&draft);
    assert_eq!(
        draft.text(),
        "Your order\n\
         1. 2 × Margherita (large +€3.00, extra cheese +€1.50) — €26.00\n\
         2. 1 × Cola — €3.00\n\n\
         Total: €29.00\n\
         Pick-up at the shop"
    );
    let from_bot = ann.history().iter().filter(|m| m.author.is_none()).count();
    assert_eq!(
        from_bot, 1,
        "the answer to an order is the draft and nothing else"
    );

    let tap = ann.taps(&draft, "order:confirm").await;
    assert_eq!(tap.answer.as_deref(), Some("Your order is placed."));
    let placed = ann.reads("is placed").await;
    assert_eq!(
        placed.message_id, draft.0.message_id,
        "the draft's message says so"
    );
    assert!(placed.buttons.is_empty() && placed.text.contains("Total: €29.00"));

    let card = shop.operators().card().await;
    let shown = &card.message.text;
    assert!(
        shown.contains("2 × Margherita (large, extra cheese)") && shown.contains("1 × Cola"),
        "{shown}"
    );
    assert!(
        shown.contains("Total: €29.00") && shown.contains("Ann Canaryson"),
        "{shown}"
    );
    assert!(placed.text.contains(&card.order_id));

    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(
        shop.sheet().grid()[0],
        "order_id, placed_at, status, customer_id, customer_name, phone, fulfilment, address, items, allergies, \
         note, total, currency, payment, source, updated_at"
            .split(", ")
            .collect::<Vec<_>>()
    );
    assert_eq!(
        row["items"],
        "2 x Margherita (large, extra cheese); 1 x Cola"
    );
    assert_eq!(row["status"], "placed");
    assert_eq!(row["customer_id"], ann.id.to_string());
    assert!(row["customer_name"].starts_with("Ann Canaryson"));
    assert_eq!(
        (&*row["fulfilment"], &*row["address"], &*row["phone"]),
        ("pickup", "", "")
    );
    assert_eq!((&*row["total"], &*row["currency"]), ("29.00", "EUR"));
    assert_eq!((&*row["source"], &*row["payment"]), ("gpt", "cash"));
    assert_eq!((&*row["allergies"], &*row["note"]), ("", ""));
    for column in ["placed_at", "updated_at"] {
        let at: Timestamp = row[column].parse().unwrap();
        let age = at.duration_since(before).as_secs();
        assert!((-1..60).contains(&age), "{column} is {}", row[column]);
    }
    shop.close().await;
}

#[tokio::test]
async fn the_row_says_who_understood_the_order_and_what_was_wished() {
    let shop = Shop::start_with(open_handed().set("TIME_ZONE", "Europe/Berlin")).await;
    teach(&shop);
    let whole = with(
        with(
            with(
                with(
                    parsed_order(json!([adds("cola", 2, &[])])),
                    "/allergies",
                    json!(["nuts", "celery"]),
                ),
                "/note",
                "ring twice",
            ),
            "/details/time",
            "at eight",
        ),
        "/details/fulfilment",
        "dine_in",
    );
    shop.openai.understands(
        "two cold colas here at eight but I can't stand nuts and celery, ring twice",
        whole,
    );
    let (ann, bob, cid) = (
        shop.customer("Ann"),
        shop.customer("Bob"),
        shop.customer("Cid"),
    );
    let operators = shop.operators();

    ann.says("two cold colas here at eight but I can't stand nuts and celery, ring twice")
        .await;
    let draft = ann.draft().await;
    for part in [
        "Allergy: nuts",
        "Allergy: celery",
        "Note: ring twice",
        "When: at eight",
        "To eat in the shop",
    ] {
        assert!(
            draft.text().contains(part),
            "no {part:?} in {}",
            draft.text()
        );
    }
    ann.taps(&draft, "order:confirm").await;
    let card = operators.card().await;
    for part in ["Allergy: nuts", "ring twice", "at eight"] {
        assert!(card.message.text.contains(part), "{}", card.message.text);
    }
    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(
        (&*row["allergies"], &*row["note"]),
        ("nuts; celery", "ring twice; when: at eight")
    );
    assert_eq!((&*row["fulfilment"], &*row["source"]), ("dine_in", "gpt"));
    let offset = &row["placed_at"][19..];
    assert!(
        ["+01:00", "+02:00"].contains(&offset),
        "the shop's own time: {}",
        row["placed_at"]
    );

    for (customer, source) in [(&bob, "gpt"), (&cid, "cache")] {
        customer.says("two margheritas and a cola please").await;
        customer
            .taps(&customer.draft().await, "order:confirm")
            .await;
        let row = shop.sheet().row_of(&operators.card().await.order_id).await;
        assert_eq!(row["source"], source);
        assert_eq!(row["items"], "2 x Margherita (medium); 1 x Cola");
    }
    shop.close().await;
}

#[tokio::test]
async fn without_a_model_the_embedded_parser_takes_the_order() {
    let shop = Shop::start_with(open_handed().without_openai()).await;
    let ann = shop.customer("Ann");
    ann.says("two large margheritas and a coke").await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€26.00");
    ann.says("make it three").await;
    ann.says("yes").await;
    ann.reads("is placed").await;
    let card = shop.operators().card().await;
    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(row["source"], "local");
    assert_eq!(row["items"], "2 x Margherita (large); 3 x Cola");
    shop.close().await;
}

#[tokio::test]
async fn buttons_alone_place_an_order() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("/menu").await;
    let menu = ann
        .sees("the menu", |m| m.button("menu:cat:pizza").is_some())
        .await;
    for part in ["Stand-in Pizza", "Margherita — €8.50", "Cola — €3.00"] {
        assert!(menu.text.contains(part), "{}", menu.text);
    }
    assert!(
        !menu.text.contains("Soup"),
        "what is sold out is not offered"
    );
    ann.taps(&menu, "menu:cat:pizza").await;
    let page = ann
        .sees("the pizzas", |m| m.button("menu:add:margherita").is_some())
        .await;
    assert_eq!(
        page.message_id, menu.message_id,
        "the page takes the place of the menu"
    );
    let tap = ann.taps(&page, "menu:add:margherita").await;
    assert_eq!(tap.answer.as_deref(), Some("Added: Margherita"));
    let draft = ann.draft().await;
    contract_buttons(&draft);
    assert_eq!(draft.total(), "€8.50");
    let large = draft
        .0
        .buttons
        .iter()
        .flatten()
        .find(|b| b.text.contains("large"))
        .unwrap();
    ann.taps(&draft, &large.data.clone()).await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€11.50");
    contract_buttons(&draft);
    ann.taps(&draft, "draft:").await;
    let draft = ann.draft().await;
    ann.taps(&draft, "order:confirm").await;
    ann.reads("is placed").await;
    let card = shop.operators().card().await;
    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(
        (&*row["source"], &*row["items"]),
        ("buttons", "1 x Margherita (large)")
    );
    assert_eq!(drafts(&ann), 1, "one draft, one message");
    assert_eq!(shop.openai.asked().len(), 0);
    shop.close().await;
}

#[tokio::test]
async fn words_and_buttons_change_one_cart_in_one_message() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas and a cola please").await;
    let first = ann.draft().await;
    ann.says("/menu").await;
    let menu = ann
        .sees("the menu", |m| m.button("menu:cat:sides").is_some())
        .await;
    ann.taps(&menu, "menu:cat:sides").await;
    let page = ann
        .sees("the sides", |m| m.button("menu:add:fries").is_some())
        .await;
    ann.taps(&page, "menu:add:fries").await;
    let steps = [
        (
            "",
            "2 × Margherita (medium) — €17.00|1 × Cola — €3.00|1 × Fries — €4.20",
            "€24.20",
        ),
        (
            "please make it three of those",
            "2 × Margherita (medium) — €17.00|1 × Cola — €3.00|3 × Fries — €12.60",
            "€32.60",
        ),
        (
            "please put olives on the first one",
            "2 × Margherita (medium, olives +€1.00) — €19.00|1 × Cola — €3.00|3 × Fries — €12.60",
            "€34.60",
        ),
        (
            "one of the margheritas without the basil please",
            "1 × Margherita (medium, olives +€1.00) — €9.50|1 × Cola — €3.00|3 × Fries — €12.60|\
             1 × Margherita (medium, olives +€1.00, no basil) — €9.50",
            "€34.60",
        ),
        (
            "please forget about the cola",
            "1 × Margherita (medium, olives +€1.00) — €9.50|3 × Fries — €12.60|\
             1 × Margherita (medium, olives +€1.00, no basil) — €9.50",
            "€31.60",
        ),
    ];
    let mut references = vec![first.reference()];
    for (words, lines, total) in steps {
        if !words.is_empty() {
            ann.says(words).await;
        }
        let draft = ann.draft().await;
        assert_eq!(draft.0.message_id, first.0.message_id, "edited in place");
        let shown: Vec<&str> = draft
            .text()
            .lines()
            .filter_map(|line| {
                line.split_once(". ")
                    .filter(|(n, _)| n.len() == 1)
                    .map(|(_, l)| l)
            })
            .collect();
        assert_eq!(
            shown,
            lines.split('|').collect::<Vec<_>>(),
            "after {words:?}"
        );
        assert_eq!(draft.total(), total, "after {words:?}");
        contract_buttons(&draft);
        assert!(
            !references.contains(&draft.reference()),
            "a change makes older buttons old"
        );
        references.push(draft.reference());
    }
    assert_eq!(drafts(&ann), 1);
    shop.close().await;
}

#[tokio::test]
async fn the_edit_button_changes_lines_and_the_draft_keeps_its_buttons() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas and a cola please").await;
    let draft = ann.draft().await;
    ann.taps(&draft, "order:edit").await;
    let draft = ann.draft().await;
    contract_buttons(&draft);
    assert_eq!(draft.total(), "€20.00", "it still says what it costs");
    ann.taps(&draft, &draft.0.buttons[1][0].data.clone()).await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€17.00", "the only cola is gone");
    ann.taps(&draft, &draft.0.buttons[0][1].data.clone()).await;
    let draft = ann
        .sees("the options", |m| m.button("opt:").is_some())
        .await;
    let cheese = draft
        .buttons
        .iter()
        .flatten()
        .find(|b| b.text.contains("cheese"))
        .unwrap();
    assert!(draft.button("order:confirm:").is_some());
    ann.taps(&draft, &cheese.data.clone()).await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€20.00");
    // The menu comes in a message of its own and leaves the draft where it is.
    ann.says("edit").await;
    let draft = ann.draft().await;
    ann.taps(&draft, "menu:home").await;
    let menu = ann
        .sees("the menu", |m| m.button("menu:cat:").is_some())
        .await;
    assert_ne!(menu.message_id, draft.0.message_id);
    ann.taps(&draft, "order:confirm").await;
    ann.reads("is placed").await;
    shop.close().await;
}

#[tokio::test]
async fn a_second_tap_on_confirm_does_nothing_more() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas and a cola please").await;
    let draft = ann.draft().await;
    let taps: Vec<String> = (0..5)
        .map(|_| ann.taps_and_leaves(&draft, "order:confirm"))
        .collect();
    let answers = shop
        .telegram
        .expect("five answers", |state| {
            let answer = |id: &String| state.tap(id).filter(|t| t.answers == 1)?.answer.clone();
            taps.iter().map(answer).collect::<Option<Vec<_>>>()
        })
        .await;
    let placed = answers
        .iter()
        .filter(|a| *a == "Your order is placed.")
        .count();
    assert_eq!(placed, 1, "{answers:?}");
    let card = shop.operators().card().await;
    shop.sheet().row_of(&card.order_id).await;
    let late = ann.taps(&draft, "order:confirm").await;
    assert!(late.answer.unwrap().contains("already placed"));
    for verb in ["order:cancel", "order:edit"] {
        let late = ann.taps(&draft, verb).await;
        assert!(late.answer.unwrap().contains("already placed"));
    }
    assert_eq!(shop.sheet().rows().len(), 1);
    assert_eq!(shop.operators().history().len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn an_old_button_does_not_place_what_its_message_no_longer_showed() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas and a cola please").await;
    let old = ann.draft().await;
    ann.says("some fries as well please").await;
    let new = ann.draft().await;
    let tap = ann.taps(&old, "order:confirm").await;
    assert!(tap.answer.unwrap().contains("changed"));
    assert_eq!(shop.operators().history().len(), 0);
    ann.taps(&new, "order:confirm").await;
    ann.reads("is placed").await;
    let card = shop.operators().card().await;
    assert_eq!(shop.sheet().row_of(&card.order_id).await["total"], "24.20");
    shop.close().await;
}

#[tokio::test]
async fn a_price_that_changed_meanwhile_is_shown_before_it_is_paid() {
    let mut shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas and a cola please").await;
    let old = ann.draft().await;
    shop.bot.sigterm().await;
    let mut menu = sample_menu();
    menu["items"][3]["price"] = json!("3.50");
    let path = shop.data_dir().parent().unwrap().join("menu.json");
    std::fs::write(path, menu.to_string()).unwrap();
    shop.bot.restart().await;
    let tap = ann.taps(&old, "order:confirm").await;
    assert!(tap.answer.unwrap().contains("changed"));
    let new = ann.draft().await;
    assert_eq!(
        (new.total().as_str(), new.0.message_id),
        ("€20.50", old.0.message_id)
    );
    ann.taps(&new, "order:confirm").await;
    ann.reads("is placed").await;
    shop.close().await;
}

#[tokio::test]
async fn an_item_that_sold_out_meanwhile_is_taken_off_and_named() {
    let mut shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas and a cola please").await;
    let old = ann.draft().await;
    shop.bot.sigterm().await;
    let mut menu = sample_menu();
    menu["items"][3]["available"] = json!(false);
    let path = shop.data_dir().parent().unwrap().join("menu.json");
    std::fs::write(path, menu.to_string()).unwrap();
    shop.bot.restart().await;
    let tap = ann.taps(&old, "order:confirm").await;
    assert!(tap.answer.unwrap().contains("Cola"));
    let new = ann.draft().await;
    assert_eq!(new.total(), "€17.00");
    assert!(
        new.text().contains("Not to be had any more: Cola"),
        "{}",
        new.text()
    );
    ann.taps(&new, "order:confirm").await;
    ann.reads("is placed").await;
    shop.close().await;
}

#[tokio::test]
async fn yes_places_and_no_gives_up() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("yes that is fine for me").await;
    ann.reads("no open order").await;
    ann.says("two margheritas and a cola please").await;
    let draft = ann.draft().await;
    ann.says("no thanks I changed my mind").await;
    ann.reads("given up").await;
    let gone = ann
        .sees("the closed draft", |m| m.message_id == draft.0.message_id)
        .await;
    assert!(gone.buttons.is_empty());
    let tap = ann.taps(&draft, "order:confirm").await;
    assert!(tap.answer.unwrap().contains("too old"));
    ann.says("two margheritas and a cola please").await;
    ann.draft().await;
    ann.says("yes that is fine for me").await;
    let card = shop.operators().card().await;
    ann.reads(&format!("{} is placed", card.order_id)).await;
    ann.says("two margheritas and a cola please").await;
    let draft = ann.draft().await;
    let tap = ann.taps(&draft, "order:cancel").await;
    assert!(tap.answer.is_some());
    ann.reads("given up").await;
    shop.sheet().row_of(&card.order_id).await;
    assert_eq!(shop.sheet().rows().len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn a_draft_that_nobody_confirms_expires_and_its_customer_is_told() {
    let shop = Shop::start_with(open_handed().set("DRAFT_TTL_SECS", "1")).await;
    teach(&shop);
    let ann = shop.customer("Ann");
    ann.says("two margheritas and a cola please").await;
    let draft = ann.draft().await;
    ann.reads("has expired and was not placed").await;
    let closed = ann
        .sees("the closed draft", |m| {
            m.message_id == draft.0.message_id && m.buttons.is_empty()
        })
        .await;
    assert!(closed.text.contains("expired"));
    let tap = ann.taps(&draft, "order:confirm").await;
    assert!(tap.answer.unwrap().contains("too old"));
    ann.says("/cart").await;
    ann.reads("cart is empty").await;
    assert_eq!(shop.operators().history().len(), 0);
    shop.close().await;
}

#[tokio::test]
async fn a_placed_order_can_be_taken_back_until_the_shop_accepts_it() {
    let shop = open_shop().await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let place = async || {
        ann.says("two margheritas and a cola please").await;
        ann.taps(&ann.draft().await, "order:confirm").await;
        operators.card().await
    };
    let (first, second, third) = (place().await, place().await, place().await);
    operators.taps(&third, "op:accept").await;
    ann.reads("accepted your order").await;
    ann.says("/orders").await;
    let list = ann.reads("latest orders").await;
    let at = |id: &str| {
        list.text
            .find(id)
            .unwrap_or_else(|| panic!("no {id} in {}", list.text))
    };
    assert!(
        at(&third.order_id) < at(&second.order_id) && at(&second.order_id) < at(&first.order_id)
    );
    assert!(
        list.text.contains("accepted") && list.text.contains("€20.00"),
        "{}",
        list.text
    );
    assert!(
        list.button(&format!("mine:cancel:{}", third.order_id))
            .is_none()
    );

    let button = format!("mine:cancel:{}", first.order_id);
    assert!(ann.taps(&list, &button).await.answer.is_some());
    ann.reads(&format!("{} was taken back", first.order_id))
        .await;
    shop.sheet().status_of(&first.order_id, "cancelled").await;
    let again = ann.taps(&list, &button).await.answer.unwrap();
    assert!(again.contains("taken back"), "{again}");
    let card = shop
        .telegram
        .expect("the card to say so", |state| {
            let card = state
                .history(first.message.chat)
                .iter()
                .find(|m| m.message_id == first.message.message_id)?;
            card.text
                .contains("cancelled by the customer")
                .then(|| card.clone())
        })
        .await;
    assert!(card.buttons.is_empty());
    let refused = operators.taps(&first, "op:accept").await.answer.unwrap();
    assert!(refused.contains("Not possible"), "{refused}");

    ann.says(&format!("cancel {}", second.order_id.to_lowercase()))
        .await;
    ann.reads(&format!("{} was taken back", second.order_id))
        .await;
    shop.sheet().status_of(&second.order_id, "cancelled").await;
    ann.says(&format!("/cancel {}", third.order_id)).await;
    ann.reads("already making this order").await;
    let bob = shop.customer("Bob");
    bob.says(&format!("cancel {}", third.order_id)).await;
    bob.reads("no such order").await;
    let bobs = shop
        .telegram
        .tap(bob.id, 1, &format!("mine:cancel:{}", third.order_id));
    assert!(bobs.is_none() || shop.sheet().rows_of(&third.order_id)[0]["status"] != "cancelled");
    shop.close().await;
}

#[tokio::test]
async fn a_draft_outlives_a_crash_and_its_buttons_still_work() {
    let mut shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas and a cola please").await;
    ann.draft().await;
    shop.bot.restart().await;
    ann.says("some fries as well please").await;
    // The crash may have come before the message's id was on disk: then the draft is shown once more.
    let changed = ann.sees("both in one draft", |m| m.text.contains("Total: €24.20"));
    let changed = Draft(changed.await);
    shop.bot.restart().await;
    ann.taps(&changed, "order:confirm").await;
    ann.reads("is placed").await;
    // Whoever has read this finds the order, whatever happens to the bot.
    shop.bot.restart().await;
    let card = shop.operators().card().await;
    assert_eq!(shop.sheet().row_of(&card.order_id).await["total"], "24.20");
    ann.says("/orders").await;
    ann.reads(&card.order_id).await;
    let late = ann.taps(&changed, "order:confirm").await;
    assert!(late.answer.unwrap().contains("already placed"));
    assert_eq!(shop.sheet().rows().len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn a_slow_model_for_one_customer_does_not_delay_another() {
    let shop = open_shop().await;
    let (slow, quick) = (shop.customer("Slow"), shop.customer("Quick"));
    quick.says("two margheritas and a cola please").await;
    quick.draft().await;
    shop.openai.think_for(Duration::from_millis(1500));
    slow.says("some fries as well please").await;
    // Known to the cache, so that only the lane could hold it up.
    let began = std::time::Instant::now();
    quick.says("two margheritas and a cola please").await;
    let draft = quick.draft().await;
    quick.taps(&draft, "order:confirm").await;
    quick.reads("is placed").await;
    assert!(
        began.elapsed() < Duration::from_millis(1200),
        "{:?}",
        began.elapsed()
    );
    assert!(
        slow.history().iter().all(|m| m.author.is_some()),
        "the model still thinks"
    );
    slow.draft().await;
    shop.close().await;
}

#[tokio::test]
async fn the_commands_are_announced_and_answered() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    let announced = shop
        .telegram
        .expect("the commands", |state| {
            (!state.commands().is_empty()).then(|| state.commands().to_vec())
        })
        .await;
    let names: Vec<&str> = announced.iter().map(|c| c.command.as_str()).collect();
    assert_eq!(
        names,
        [
            "start", "help", "menu", "cart", "orders", "cancel", "privacy"
        ]
    );
    for (command, answer) in [
        ("/start", "Welcome to Stand-in Pizza"),
        ("/start from_a_link", "Welcome to Stand-in Pizza"),
        ("/help", "/privacy — "),
        ("help", "/privacy — "),
        ("/menu@stand_in_order_bot", "Margherita"),
        ("show me the menu", "Margherita"),
        ("/cart", "Your cart is empty"),
        ("/orders", "not ordered yet"),
        ("/cancel", "no open order"),
        ("/privacy", "OpenAI"),
        ("/unknown", "/privacy — "),
        ("/", "/privacy — "),
    ] {
        ann.says(command).await;
        ann.reads(answer).await;
    }
    assert_eq!(
        shop.openai.asked().len(),
        0,
        "commands are no business of the model"
    );
    ann.says("two margheritas and a cola please").await;
    let draft = ann.draft().await;
    ann.says("/cart").await;
    let again = ann.draft().await;
    assert!(
        again.0.message_id > draft.0.message_id,
        "/cart brings the draft to the end of the chat"
    );
    ann.says("please make it three of those").await;
    let changed = ann.draft().await;
    assert_eq!(
        changed.0.message_id, again.0.message_id,
        "which is the one that is edited now"
    );
    ann.says("/cancel").await;
    ann.reads("was given up").await;
    shop.close().await;
}

#[tokio::test]
async fn taking_the_last_line_off_empties_the_cart_and_says_what_was_not_understood() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("some fries as well please").await;
    let draft = ann.draft().await;
    shop.openai.understands(
        "no fries but a big zanzibar instead",
        with(
            parsed_order(json!([op("remove", Some("fries"), None, None, &[])])),
            "/unmatched",
            json!(["a big zanzibar"]),
        ),
    );
    ann.says("no fries but a big zanzibar instead").await;
    ann.reads("a big zanzibar").await;
    let closed = ann
        .sees("the closed draft", |m| m.message_id == draft.0.message_id)
        .await;
    assert!(closed.text.contains("cart is empty") && closed.buttons.is_empty());
    shop.close().await;
}
