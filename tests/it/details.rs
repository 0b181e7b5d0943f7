//! Phone, address and the other things that an order needs before it is placed.

use serde_json::{Value, json};

use crate::{
    fakes::openai::parsed_order,
    harness::{
        people::{Customer, Draft},
        settings::{Settings, sample_menu},
        shop::Shop,
    },
    phrases::{adds, with},
};

const PHONE: &str = "+491701234567";

async fn shop_that_requires(what: &str) -> Shop {
    let shop = Shop::start_with(Settings::default().set("ORDER_REQUIRES", what)).await;
    teach(&shop);
    shop
}

fn teach(shop: &Shop) {
    let know = |text: &str, order: Value| shop.openai.understands(text, order);
    let pizzas = || parsed_order(json!([adds("margherita", 2, &[])]));
    know("two margheritas for tonight please", pizzas());
    know(
        "just one cola for me please",
        parsed_order(json!([adds("cola", 1, &[])])),
    );
    know(
        "and three more colas please",
        parsed_order(json!([adds("cola", 3, &[])])),
    );
    know(
        "I will come and get it myself",
        with(parsed_order(json!([])), "/details/fulfilment", "pickup"),
    );
    know(
        "please bring it to my door after all",
        with(parsed_order(json!([])), "/details/fulfilment", "delivery"),
    );
    let whole = with(pizzas(), "/details/phone", PHONE);
    let whole = with(whole, "/details/address", "5 Canary Lane, back door");
    let whole = with(whole, "/details/name", "Annabel Canarywood");
    know(
        "two margheritas to 5 Canary Lane, back door, for Annabel Canarywood, call +491701234567",
        whole,
    );
}

async fn place(
    shop: &Shop,
    customer: &Customer,
    draft: &Draft,
) -> std::collections::HashMap<String, String> {
    let tap = customer.taps(draft, "order:confirm").await;
    assert_eq!(tap.answer.as_deref(), Some("Your order is placed."));
    let card = shop.operators().card().await;
    shop.sheet().row_of(&card.order_id).await
}

#[tokio::test]
async fn the_phone_is_asked_for_once_and_confirm_waits_for_it() {
    let shop = shop_that_requires("phone").await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas for tonight please").await;
    let question = ann.reads("Which phone number").await;
    assert_eq!(question.reply_keyboard, [["📱 Share my phone number"]]);
    let draft = ann.draft().await;
    assert!(
        draft.text().contains("Still needed: your phone number"),
        "{}",
        draft.text()
    );
    let tap = ann.taps(&draft, "order:confirm").await;
    assert_eq!(
        tap.answer.as_deref(),
        Some("Please send your phone number first.")
    );
    ann.shares_phone(PHONE).await;
    ann.reads("all we need").await;
    let draft = ann.draft().await;
    assert!(draft.text().contains("Phone: +491701234567") && !draft.text().contains("needed"));
    let row = place(&shop, &ann, &draft).await;
    assert_eq!(row["phone"], PHONE);
    assert_eq!(row["fulfilment"], "pickup");
    // The next time it is known.
    ann.says("two margheritas for tonight please").await;
    let draft = ann.draft().await;
    let later = ann
        .history()
        .iter()
        .filter(|m| m.message_id > draft.0.message_id)
        .count();
    assert_eq!(
        later, 0,
        "nothing is asked of a customer whose number is known"
    );
    shop.close().await;
}

#[tokio::test]
async fn a_number_may_be_typed_and_a_wrong_one_is_asked_for_again() {
    let shop = shop_that_requires("phone").await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas for tonight please").await;
    ann.reads("Which phone number").await;
    ann.says("12345").await;
    ann.reads("does not look like a phone number").await;
    let foreign =
        json!({"phone_number": "+4915550009999", "first_name": "Somebody", "user_id": 42});
    shop.telegram.send_as(
        ann.id,
        ann.id,
        "",
        serde_json::Map::from_iter([("contact".to_owned(), foreign)]),
    );
    ann.reads("somebody else's").await;
    shop.canaries().add("a phone number", "0170 / 765-4321");
    ann.says("\u{202a}0170 / 765-4321\u{202c}").await;
    ann.reads("all we need").await;
    let draft = ann.draft().await;
    assert!(
        draft.text().contains("Phone: 01707654321"),
        "{}",
        draft.text()
    );
    place(&shop, &ann, &draft).await;
    shop.close().await;
}

#[tokio::test]
async fn the_questions_come_one_after_the_other_and_outlive_a_crash() {
    let mut shop = shop_that_requires("name,phone,address").await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas for tonight please").await;
    ann.reads("Which phone number").await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€19.50", "with the fee of the delivery");
    assert!(
        draft.text().contains("Delivery: €2.50")
            && draft
                .text()
                .contains("Still needed: your phone number and your address"),
        "{}",
        draft.text()
    );
    assert!(
        !ann.history()
            .iter()
            .any(|m| m.text.contains("Where should we"))
    );
    shop.bot.restart().await;
    ann.says("0170 1234567").await;
    let question = ann.reads("Where should we deliver").await;
    assert_eq!(question.reply_keyboard, [["📍 Share my location"]]);
    shop.bot.restart().await;
    ann.says_address("12 Canary Street, 3rd floor").await;
    ann.reads("all we need").await;
    let draft = ann.draft().await;
    assert!(
        draft
            .text()
            .contains("Delivery to: 12 Canary Street, 3rd floor"),
        "{}",
        draft.text()
    );
    let row = place(&shop, &ann, &draft).await;
    assert_eq!(
        (&*row["address"], &*row["fulfilment"]),
        ("12 Canary Street, 3rd floor", "delivery")
    );
    assert_eq!((&*row["total"], &*row["phone"]), ("19.50", "01701234567"));
    let card = shop.operators().card().await.message.text;
    assert!(
        card.contains("Delivery to: 12 Canary Street") && card.contains("01701234567"),
        "{card}"
    );
    shop.close().await;
}

#[tokio::test]
async fn a_shared_place_is_an_address() {
    let shop = shop_that_requires("address").await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas for tonight please").await;
    ann.reads("Where should we deliver").await;
    ann.shares_location(52.516_275, 13.377_704).await;
    ann.reads("all we need").await;
    let draft = ann.draft().await;
    let row = place(&shop, &ann, &draft).await;
    assert_eq!(
        row["address"],
        "https://maps.google.com/?q=52.51628,13.37770"
    );
    shop.close().await;
}

#[tokio::test]
async fn who_fetches_the_order_needs_no_address_and_pays_no_fee() {
    let shop = shop_that_requires("phone,address").await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas for tonight please").await;
    ann.reads("Which phone number").await;
    ann.says("I will come and get it myself").await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€17.00");
    assert!(draft.text().contains("Pick-up at the shop"));
    ann.shares_phone(PHONE).await;
    ann.reads("all we need").await;
    ann.says("please bring it to my door after all").await;
    ann.reads("Where should we deliver").await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€19.50");
    // The button does the same as the words.
    ann.taps(&draft, "draft:").await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€17.00");
    let row = place(&shop, &ann, &draft).await;
    assert_eq!(
        (&*row["fulfilment"], &*row["address"], &*row["total"]),
        ("pickup", "", "17.00")
    );
    shop.close().await;
}

#[tokio::test]
async fn details_within_the_order_are_not_asked_for() {
    let shop = shop_that_requires("name,phone,address").await;
    let ann = shop.customer("Ann");
    for canary in ["5 Canary Lane, back door", "Annabel Canarywood", PHONE] {
        shop.canaries().add("a detail", canary);
    }
    ann.says(
        "two margheritas to 5 Canary Lane, back door, for Annabel Canarywood, call +491701234567",
    )
    .await;
    let draft = ann.draft().await;
    let from_bot = ann.history().iter().filter(|m| m.author.is_none()).count();
    assert_eq!(
        from_bot, 1,
        "nothing is missing: the draft is the whole answer"
    );
    let row = place(&shop, &ann, &draft).await;
    assert_eq!(
        (&*row["customer_name"], &*row["phone"], &*row["address"]),
        ("Annabel Canarywood", PHONE, "5 Canary Lane, back door")
    );
    shop.close().await;
}

#[tokio::test]
async fn a_delivery_must_come_to_the_minimum() {
    let shop = shop_that_requires("address").await;
    let ann = shop.customer("Ann");
    ann.says("just one cola for me please").await;
    ann.reads("Where should we deliver").await;
    ann.says_address("12 Canary Street").await;
    let draft = ann.draft().await;
    assert!(
        draft.text().contains("Delivery starts at €10.00"),
        "{}",
        draft.text()
    );
    let tap = ann.taps(&draft, "order:confirm").await;
    assert!(tap.answer.unwrap().contains("Delivery starts at €10.00"));
    assert!(shop.operators().history().is_empty());
    ann.says("and three more colas please").await;
    let draft = ann.draft().await;
    assert!(
        !draft.text().contains("Delivery starts"),
        "12.00 is enough: {}",
        draft.text()
    );
    let row = place(&shop, &ann, &draft).await;
    assert_eq!(row["total"], "14.50", "four colas and the fee");
    shop.close().await;
}

#[tokio::test]
async fn what_is_said_before_the_first_item_is_kept_for_it() {
    let shop = shop_that_requires("phone").await;
    let ann = shop.customer("Ann");
    let allergic = with(parsed_order(json!([])), "/allergies", json!(["peanuts"]));
    shop.openai
        .understands("hello, I can't have peanuts you know", allergic);
    ann.says("hello, I can't have peanuts you know").await;
    ann.reads("Noted").await;
    // A number now must not show, let alone place, an order of nothing.
    ann.says("0170 1234567").await;
    ann.reads("What would you like to order").await;
    assert!(!ann.history().iter().any(|m| m.button("order:").is_some()));
    ann.says("two margheritas for tonight please").await;
    let draft = ann.draft().await;
    assert!(
        draft.text().contains("Allergy: peanuts"),
        "{}",
        draft.text()
    );
    let row = place(&shop, &ann, &draft).await;
    assert_eq!(
        (&*row["allergies"], &*row["phone"]),
        ("peanuts", "01701234567")
    );
    shop.close().await;
}

#[tokio::test]
async fn a_choice_without_default_is_asked_for_and_blocks_the_order() {
    let mut menu = sample_menu();
    menu["option_groups"][0]
        .as_object_mut()
        .unwrap()
        .remove("default");
    let settings = Settings::default()
        .set("ORDER_REQUIRES", "")
        .with_menu(menu);
    let shop = Shop::start_with(settings).await;
    teach(&shop);
    let ann = shop.customer("Ann");
    ann.says("two margheritas for tonight please").await;
    let draft = ann.draft().await;
    assert!(
        draft.text().contains("Please choose: Size for Margherita"),
        "{}",
        draft.text()
    );
    let tap = ann.taps(&draft, "order:confirm").await;
    assert_eq!(
        tap.answer.as_deref(),
        Some("Please choose first: Size for Margherita.")
    );
    let large = draft
        .0
        .buttons
        .iter()
        .flatten()
        .find(|b| b.text == "large")
        .unwrap();
    ann.taps(&draft, &large.data.clone()).await;
    let draft = ann.draft().await;
    assert!(!draft.text().contains("Please choose"));
    assert_eq!(draft.total(), "€23.00");
    let row = place(&shop, &ann, &draft).await;
    assert_eq!(row["items"], "2 x Margherita (large)");
    shop.close().await;
}

#[tokio::test]
async fn what_was_not_understood_is_named_back_and_nothing_absurd_becomes_a_line() {
    let shop = shop_that_requires("").await;
    let ann = shop.customer("Ann");
    let mut bad = parsed_order(json!([
        adds("cola", 1, &[]),
        adds("unicorn-steak", 1, &[]),
        adds("soup", 1, &[]),
        adds("fries", 0, &[]),
        adds("coffee", 1_000_000, &[]),
        adds("coffee", 1, &[("olives", "with"), ("soy-milk", "with")]),
    ]));
    bad["operations"][0]["price"] = json!("0.01");
    bad["unmatched"] = json!(["a glass of moonlight"]);
    let text = "a cola, a unicorn steak, the soup, fries, a million coffees, a coffee with olives and soy milk, a glass of moonlight";
    shop.openai.understands(text, bad);
    ann.says(text).await;
    let draft = ann.draft().await;
    let lines: Vec<&str> = draft
        .text()
        .lines()
        .take_while(|line| !line.is_empty())
        .collect();
    assert_eq!(
        lines,
        ["Your order", "1. 1 × Cola — €3.00", "2. 1 × Coffee — €2.80"]
    );
    // What is on the menu and sold out is named as that.
    let complaints = draft.text().lines().filter(|line| line.starts_with('⚠'));
    let complaint = complaints.collect::<Vec<_>>().join("\n").to_lowercase();
    assert!(complaint.contains("did not understand"), "{}", draft.text());
    for phrase in [
        "a glass of moonlight",
        "unicorn",
        "soup",
        "1000000 coffee",
        "olives",
        "soy",
    ] {
        assert!(
            complaint.contains(phrase),
            "no {phrase:?} in {}",
            draft.text()
        );
    }
    assert_eq!(draft.total(), "€5.80");

    let bob = shop.customer("Bob");
    shop.openai.understands(
        "one unicorn steak for me",
        parsed_order(json!([adds("unicorn-steak", 1, &[])])),
    );
    bob.says("one unicorn steak for me").await;
    let reply = bob.reads("unicorn").await;
    assert!(
        reply.button("order:").is_none(),
        "there is no order of nothing"
    );
    shop.close().await;
}

#[tokio::test]
async fn a_whole_conversation_needs_no_model() {
    let settings = Settings::default()
        .without_openai()
        .set("ORDER_REQUIRES", "phone,address");
    let shop = Shop::start_with(settings).await;
    let ann = shop.customer("Ann");
    ann.says("hi, two large margheritas and a coke please")
        .await;
    ann.reads("Which phone number").await;
    ann.says("add one fries").await;
    assert_eq!(ann.draft().await.total(), "€32.70");
    ann.says("my number is 0170 1234567").await;
    ann.reads("Where should we deliver").await;
    ann.says("what is on a margherita?").await;
    ann.reads("passed your question on").await;
    ann.says("no basil on the first").await;
    let draft = ann.draft().await;
    assert!(draft.text().contains("no basil"), "{}", draft.text());
    ann.says("pick-up").await;
    let draft = ann.draft().await;
    assert_eq!(
        (draft.total().as_str(), draft.text().contains("needed")),
        ("€30.20", false)
    );
    ann.says("deliver it please").await;
    ann.reads("Where should we deliver").await;
    ann.says_address("12 Canary Street, 3rd floor, ring at Doe")
        .await;
    ann.reads("all we need").await;
    ann.says("take the fries off").await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€28.50");
    ann.says("yes").await;
    let card = shop.operators().card().await;
    ann.reads(&format!("{} is placed", card.order_id)).await;
    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(row["items"], "2 x Margherita (large, no basil); 1 x Cola");
    assert_eq!(
        (&*row["phone"], &*row["address"]),
        ("01701234567", "12 Canary Street, 3rd floor, ring at Doe")
    );
    assert_eq!(row["source"], "local");
    shop.close().await;
}
