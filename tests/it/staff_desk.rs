//! Orders that staff take down, and changes of placed orders to which the customer agrees or not.

use serde_json::json;

use crate::{
    fakes::openai::parsed_order,
    harness::{
        people::{Card, Operators},
        settings::{OPERATOR, OPERATOR_CHAT, Settings},
        shop::Shop,
    },
    phrases::{adds, op, with},
};

const CALLED: &str = "two margheritas for Bob, we fetch them";
const ONE: &str = "a margherita for me please";
const LESS: &str = "only one of them";
const COLA: &str = "a cola instead of it";

async fn shop_with(settings: Settings) -> Shop {
    let shop = Shop::start_with(settings).await;
    let two = parsed_order(json!([adds("margherita", 2, &[])]));
    let two = with(two, "/details/name", "Bob");
    shop.openai
        .understands(CALLED, with(two, "/details/fulfilment", "pickup"));
    shop.openai
        .understands(ONE, parsed_order(json!([adds("margherita", 1, &[])])));
    let less = op("set", None, Some(1), Some(1), &[]);
    shop.openai.understands(LESS, parsed_order(json!([less])));
    let gone = op("remove", None, Some(1), None, &[]);
    shop.openai.understands(
        COLA,
        parsed_order(json!([gone, adds("cola", 1, &[("small", "with")])])),
    );
    shop
}

async fn draft(operators: &Operators, text: &str) -> Card {
    let message = operators
        .sees(&format!("a draft with {text:?}"), |m| {
            m.button("order:confirm:").is_some() && m.text.contains(text)
        })
        .await;
    Card {
        message,
        order_id: String::new(),
    }
}

fn replies(shop: &Shop, to: &Card, text: &str) {
    let to = Some(to.message.message_id);
    shop.telegram
        .say_at(OPERATOR_CHAT, OPERATOR, text, None, to)
        .unwrap();
}

#[tokio::test]
async fn an_order_by_phone_is_an_order_like_any_other() {
    let mut shop = shop_with(Settings::default().set("ORDER_REQUIRES", "phone")).await;
    let operators = shop.operators();
    operators.says(&format!("/order {CALLED}")).await;
    let open = draft(&operators, "2 × Margherita").await;
    assert!(open.message.text.contains("Order by phone"));
    let why = operators.taps(&open, "order:confirm:").await;
    assert!(why.answer.unwrap().contains("phone"));
    let asked = operators
        .sees("the question", |m| m.text.contains("Which phone number?"))
        .await;
    assert!(asked.buttons.is_empty(), "no keyboard that a group refuses");
    shop.bot.restart().await;
    let asked = Card {
        message: asked,
        order_id: String::new(),
    };
    shop.canaries().add("a phone", "+15550100177");
    replies(&shop, &asked, "+15550100177");
    replies(&shop, &open, LESS);
    let open = draft(&operators, "1 × Margherita").await;
    operators.taps(&open, "order:confirm:").await;
    let card = operators.card().await;
    for part in ["by phone", "1 × Margherita", "Bob", "+15550100177"] {
        assert!(card.message.text.contains(part), "{}", card.message.text);
    }
    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(row["status"], "placed");
    assert_eq!(row["customer_id"], "");
    assert_eq!(row["customer_name"], "Bob");
    assert_eq!(row["items"], "1 x Margherita (medium)");
    assert_eq!(row["source"], "gpt");
    operators.taps(&card, "op:accept:").await;
    shop.sheet().status_of(&card.order_id, "accepted").await;
    // A second tap below the draft places nothing.
    operators.taps(&open, "order:confirm:").await;
    assert_eq!(shop.sheet().rows().len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn a_forwarded_text_becomes_an_order_and_two_are_kept_apart() {
    let shop = shop_with(Settings::default().set("ORDER_REQUIRES", "")).await;
    let operators = shop.operators();
    let forwarded = shop
        .telegram
        .say_at(OPERATOR_CHAT, OPERATOR, ONE, None, None);
    shop.telegram
        .say_at(OPERATOR_CHAT, OPERATOR, "/order", None, forwarded);
    let first = draft(&operators, "1 × Margherita").await;
    operators.says(&format!("/order {CALLED}")).await;
    let second = draft(&operators, "2 × Margherita").await;
    operators.taps(&first, "order:confirm:").await;
    let card = operators.card().await;
    assert!(card.message.text.contains("1 × Margherita"));
    operators.taps(&second, "order:cancel:").await;
    let usage = operators.asks("/order").await;
    assert!(usage.text.contains("/order"), "{}", usage.text);
    shop.sheet().status_of(&card.order_id, "placed").await;
    assert_eq!(shop.sheet().rows().len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn a_change_counts_when_the_customer_agrees_and_not_before() {
    let shop = shop_with(Settings::default().set("ORDER_REQUIRES", "")).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    ann.says(ONE).await;
    ann.taps(&ann.draft().await, "order:confirm").await;
    let card = operators.card().await;
    operators.taps(&card, "op:accept:").await;
    ann.reads("accepted your order").await;

    for agrees in [false, true] {
        replies(&shop, &card, &format!("/change {COLA}"));
        let change = draft(&operators, "1 × Cola").await;
        assert!(change.message.text.contains("Change of order"));
        operators.taps(&change, "order:confirm:").await;
        let asked = ann.reads("would like to change your order").await;
        assert!(asked.text.contains("1 × Cola"), "{}", asked.text);
        let row = shop.sheet().row_of(&card.order_id).await;
        assert_eq!(row["items"], "1 x Margherita (medium)");
        if agrees {
            ann.taps(&asked, "mine:agree:").await;
            ann.reads("is changed as the shop proposed").await;
        } else {
            ann.says(&format!("keep {}", card.order_id)).await;
            ann.reads("stays as it was").await;
            operators
                .sees("the refusal", |m| m.text.contains("does not agree"))
                .await;
            let late = ann.taps(&asked, "mine:agree:").await;
            assert!(!late.answer.unwrap().contains("Thank you"));
        }
    }
    operators
        .card_now(&card, |text| text.contains("1 × Cola"))
        .await;
    shop.sheet()
        .expect("the changed row", |sheet| {
            let row = sheet.rows_of(&card.order_id).pop()?;
            (row["items"] == "1 x Cola").then_some(())
        })
        .await;
    // What is made is no longer changed.
    let card = operators.card_with(&card, "op:ready:").await;
    operators.taps(&card, "op:ready:").await;
    let told = operators
        .asks_at(
            OPERATOR,
            &format!("/change {COLA}"),
            None,
            Some(card.message.message_id),
        )
        .await;
    assert!(told.text.contains("cannot be changed"), "{}", told.text);
    shop.close().await;
}
