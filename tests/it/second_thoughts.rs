//! Drafts and orders that do not go straight ahead: tapped twice, changed, given up, expired, taken back, crashed over.

use serde_json::json;

use crate::{
    harness::{people::Draft, settings::sample_menu, shop::Shop},
    ordering::{open_handed, open_shop, teach},
};

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
