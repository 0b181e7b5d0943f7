//! Ordering again, and what is kept for the next order.

use serde_json::json;

use crate::{
    fakes::openai::parsed_order,
    harness::{people::Customer, shop::Shop},
    ordering::{open_handed, open_shop, teach},
    phrases::adds,
};

async fn orders(shop: &Shop, customer: &Customer, words: &str) -> String {
    customer.says(words).await;
    let draft = customer.draft().await;
    customer.taps(&draft, "order:confirm:").await;
    shop.operators();
    let placed = customer.reads("is placed").await;
    let id = placed
        .text
        .split_whitespace()
        .find(|word| word.contains('-'));
    id.unwrap().to_owned()
}

#[tokio::test]
async fn the_last_the_usual_and_any_order_can_be_had_again() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("same again").await;
    ann.reads("not ordered yet").await;
    let first = orders(
        &shop,
        &ann,
        "two large margheritas with extra cheese and a cola please",
    )
    .await;
    orders(&shop, &ann, "two margheritas and a cola please").await;
    orders(&shop, &ann, "two margheritas and a cola please").await;
    orders(&shop, &ann, "some fries as well please").await;

    ann.says("Same again, please!").await;
    let draft = ann.draft().await;
    assert!(
        draft.text().contains("1 × Fries") && draft.total() == "€4.20",
        "{}",
        draft.text()
    );
    ann.says("/cancel").await;
    ann.says("the usual").await;
    let draft = ann.draft().await;
    assert!(
        draft.text().contains("2 × Margherita (medium)"),
        "{}",
        draft.text()
    );
    assert_eq!(draft.total(), "€20.00");
    ann.taps(&draft, "order:confirm:").await;

    ann.says("/orders").await;
    let list = ann
        .sees("the orders", |m| m.button("mine:again:").is_some())
        .await;
    ann.taps(&list, &format!("mine:again:{first}")).await;
    let draft = ann.draft().await;
    assert!(
        draft.text().contains("2 × Margherita (large"),
        "{}",
        draft.text()
    );
    assert_eq!(draft.total(), "€29.00");
    // With an order open, it is added to it.
    ann.says(&format!("reorder {first}")).await;
    assert_eq!(ann.draft().await.total(), "€58.00");
    shop.close().await;
}

#[tokio::test]
async fn again_means_today_s_prices_and_names_what_is_gone() {
    let mut shop = open_shop().await;
    let ann = shop.customer("Ann");
    orders(
        &shop,
        &ann,
        "two large margheritas with extra cheese and a cola please",
    )
    .await;
    let mut menu = crate::harness::settings::sample_menu();
    menu["items"][0]["price"] = json!("9.50");
    menu["items"][3]["available"] = json!(false);
    let file = shop.data_dir().parent().unwrap().join("menu.json");
    std::fs::write(&file, menu.to_string()).unwrap();
    shop.bot.sigterm().await;
    shop.bot.restart().await;
    ann.says("/reorder").await;
    let draft = ann.draft().await;
    assert!(
        draft.text().contains("Not to be had any more: Cola"),
        "{}",
        draft.text()
    );
    assert_eq!(draft.total(), "€28.00");
    ann.says("/cancel").await;

    // An item that the menu no longer knows is named as it was called.
    let items = menu["items"].as_array_mut().unwrap();
    items.remove(3);
    items.remove(0);
    std::fs::write(&file, menu.to_string()).unwrap();
    shop.bot.sigterm().await;
    shop.bot.restart().await;
    ann.says("/reorder").await;
    let nothing = ann.reads("not to be had").await;
    assert!(
        nothing.text.contains("Margherita") && nothing.text.contains("Cola"),
        "{}",
        nothing.text
    );
    shop.close().await;
}

#[tokio::test]
async fn what_was_wished_for_one_line_and_not_eaten_comes_again() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    let mut order = parsed_order(json!([adds("margherita", 1, &[])]));
    order["allergies"] = json!(["nuts"]);
    order["details"]["time"] = json!("at eight");
    order["operations"][0]["note"] = json!("well done");
    shop.openai
        .understands("one margherita well done at eight but no nuts", order);
    orders(&shop, &ann, "one margherita well done at eight but no nuts").await;
    ann.says("same again").await;
    let draft = ann.draft().await;
    assert!(draft.text().contains("well done") && draft.text().contains("Allergy: nuts"));
    assert!(
        !draft.text().contains("at eight"),
        "that was then: {}",
        draft.text()
    );
    shop.close().await;
}

#[tokio::test]
async fn saved_details_are_shown_changed_and_forgotten() {
    let shop = Shop::start_with(open_handed().set("ORDER_REQUIRES", "phone,address")).await;
    teach(&shop);
    let ann = shop.customer("Ann");
    ann.says("two margheritas and a cola please").await;
    ann.draft().await;
    ann.shares_phone("+491701234567").await;
    ann.reads("Where should we deliver").await;
    ann.says_address("5 Canary Lane").await;
    ann.reads("that is all we need").await;
    ann.says("/details").await;
    let details = ann.reads("next order").await;
    assert!(details.text.contains("5 Canary Lane") && details.text.contains("+491701234567"));
    ann.taps(&details, "me:change:address").await;
    ann.reads("Where should we deliver").await;
    ann.says_address("7 Canary Road").await;
    ann.sees("the draft", |m| m.text.contains("7 Canary Road"))
        .await;
    ann.taps(&details, "me:forget:phone").await;
    ann.reads("forgotten your phone number").await;
    ann.says("forget my address").await;
    ann.reads("forgotten your address").await;
    let file = shop.orders().await;
    assert!(file.is_empty());
    ann.says("/mydata").await;
    let data = ann.reads("What we keep").await;
    assert!(
        data.text.contains("Phone: none") && data.text.contains("Address: none"),
        "{}",
        data.text
    );
    ann.says("yes").await;
    ann.reads("Which phone number").await;
    ann.says("change my name").await;
    ann.reads("What name").await;
    ann.says("Annabel").await;
    ann.says("/details").await;
    ann.reads("Name: Annabel").await;
    shop.close().await;
}

/// The boundary is the minimum itself, in the smallest unit.
#[tokio::test]
async fn delivery_begins_exactly_at_its_minimum() {
    for (price, allowed) in [("9.99", false), ("10.00", true), ("10.01", true)] {
        let mut menu = crate::harness::settings::sample_menu();
        menu["items"][4]["price"] = json!(price);
        let shop = Shop::start_with(open_handed().with_menu(menu)).await;
        teach(&shop);
        let ann = shop.customer("Ann");
        ann.says("some fries as well please").await;
        let draft = ann.draft().await;
        ann.taps(&draft, "draft:").await;
        let draft = ann
            .sees("the draft with its fee", |m| {
                m.text.contains("Delivery: €2.50") && m.button("order:confirm:").is_some()
            })
            .await;
        assert_eq!(
            draft.text.contains("Delivery starts at €10.00"),
            !allowed,
            "{price}: {}",
            draft.text
        );
        let tap = ann.taps(&draft, "order:confirm:").await;
        let answer = tap.answer.unwrap();
        assert_eq!(answer.contains("is placed"), allowed, "{price}: {answer}");
        assert_eq!(
            answer.contains("Delivery starts at €10.00"),
            !allowed,
            "{price}: {answer}"
        );
        // The fee does not count towards it, and picking up has none.
        if !allowed {
            let draft = crate::harness::people::Draft(draft);
            ann.taps(&draft, "draft:").await;
            let pickup = ann
                .sees("the pick-up", |m| m.text.contains("Pick-up at the shop"))
                .await;
            assert!(pickup.text.contains("Total: €9.99"), "{}", pickup.text);
            ann.taps(&pickup, "order:confirm:").await;
            ann.reads("is placed").await;
        }
        shop.close().await;
    }
}
