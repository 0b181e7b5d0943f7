//! Commands in the operator chat: who may use them, and where they are answered.

use serde_json::json;

use crate::{
    fakes::openai::parsed_order,
    harness::{
        settings::{OPERATOR, OPERATOR_CHAT, Settings},
        shop::Shop,
    },
    phrases::adds,
};

const COOK: i64 = 900_050;
const GUEST: i64 = 900_051;

async fn shop_with(settings: Settings) -> Shop {
    let shop = Shop::start_with(settings.set("ORDER_REQUIRES", "")).await;
    for (id, name) in [(COOK, "Cem"), (GUEST, "Gus")] {
        shop.telegram.user(id, name);
    }
    shop.openai.understands(
        "a margherita for me please",
        parsed_order(json!([adds("margherita", 1, &[])])),
    );
    shop
}

#[tokio::test]
async fn staff_get_their_commands_and_telegram_lists_them_in_their_chat_alone() {
    let shop = shop_with(Settings::default()).await;
    let operators = shop.operators();
    let help = operators.asks("/help").await;
    assert!(help.text.contains("/here — "), "{}", help.text);
    let named = operators.asks("/HELP@stand_in_order_bot here").await;
    assert!(named.text.contains("/here"), "{}", named.text);
    let unknown = operators.asks("/hepl me").await;
    assert!(
        unknown.text.contains("Did you mean /help?"),
        "{}",
        unknown.text
    );

    // What is said to another bot, or to nobody, is none of ours.
    for text in [
        "/help@another_bot",
        "is anybody at the oven?",
        "1/2 of it",
        "/",
    ] {
        operators.says(text).await;
    }
    let last = operators.asks("/help").await;
    let said = operators.history();
    let ours = said.iter().filter(|m| m.is_from_bot()).count();
    assert_eq!(ours, 4, "{:?}", last.text);

    shop.telegram
        .expect("the staff's commands", |state| {
            let listed = state.commands_of_chat(OPERATOR_CHAT);
            listed.iter().find(|c| c.command == "here").map(|_| ())
        })
        .await;
    let customers = shop.telegram.with(|state| state.commands().to_vec());
    assert!(customers.iter().any(|c| c.command == "menu"));
    assert!(customers.iter().all(|c| c.command != "here"));
    shop.close().await;
}

#[tokio::test]
async fn only_the_named_people_may_give_commands() {
    let settings = Settings::default()
        .set("OPERATOR_IDS", &COOK.to_string())
        .set("OWNER_IDS", &OPERATOR.to_string());
    let shop = shop_with(settings).await;
    let operators = shop.operators();
    let refused = operators.asks_as(GUEST, "/help").await;
    assert_eq!(refused.text, "Only the shop's staff can do this.");
    for allowed in [OPERATOR, COOK] {
        let help = operators.asks_as(allowed, "/help").await;
        assert!(help.text.contains("/here"), "{}", help.text);
    }
    // A customer's command of the same name stays theirs.
    let ann = shop.customer("Ann");
    ann.says("/help").await;
    ann.reads("tap Confirm").await;
    ann.says("/here").await;
    ann.reads("tap Confirm").await;
    shop.close().await;
}

#[tokio::test]
async fn answers_stay_in_their_topic_and_cards_go_where_they_are_wanted() {
    let shop = shop_with(Settings::default()).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let kitchen = shop.telegram.open_topic(OPERATOR_CHAT, OPERATOR, "Kitchen");
    let office = shop.telegram.open_topic(OPERATOR_CHAT, OPERATOR, "Office");
    let help = operators.asks_at(OPERATOR, "/help", office, None).await;
    assert_eq!(help.topic, office);
    operators.asks_at(OPERATOR, "/here", kitchen, None).await;
    let order = async || {
        ann.says("a margherita for me please").await;
        ann.taps(&ann.draft().await, "order:confirm").await;
        operators.card().await
    };
    let card = order().await;
    assert_eq!(card.message.topic, kitchen);
    operators.taps(&card, "op:accept").await;
    ann.reads("accepted your order").await;

    // A topic that is gone holds no card back.
    shop.telegram.delete_topic(OPERATOR_CHAT, kitchen.unwrap());
    let card = order().await;
    assert_eq!(card.message.topic, None);
    operators.asks_at(OPERATOR, "/here", office, None).await;
    assert_eq!(order().await.message.topic, office);
    operators.asks("/here").await;
    assert_eq!(order().await.message.topic, None);
    shop.close().await;
}

#[tokio::test]
async fn an_operator_chat_of_one_person_keeps_the_customers_commands() {
    let shop = shop_with(Settings::default().set("OPERATOR_CHAT_ID", "500001")).await;
    let owner = shop.customer("Owner");
    owner.says("/here").await;
    owner.reads("order cards will come here").await;
    owner.says("/help").await;
    owner.reads("tap Confirm").await;
    owner.says("a margherita for me please").await;
    owner.draft().await;
    shop.close().await;
}
