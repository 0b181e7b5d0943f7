//! The model fails in every way there is: the embedded parser answers, within the deadline.

use std::time::{Duration, Instant};

use order_bot::standin::wire::{Answer, Verdict};
use serde_json::json;

use crate::{
    fakes::{
        faults::{html_page, openai_error, openai_flood, openai_quota},
        openai::{Thought, add, parsed_order},
    },
    harness::{people::Customer, settings::Settings, shop::Shop},
};

const WISH: &str = "two margheritas please";

fn quick() -> Settings {
    Settings::default()
        .without_sheets()
        .set("ORDER_REQUIRES", "")
        .set("OPENAI_TIMEOUT_SECS", "1")
        .set("RATE_LIMIT_PER_MINUTE", "0")
}

/// Orders and gives where the understanding came from.
async fn source_of_order(shop: &Shop, customer: &Customer, text: &str) -> String {
    customer.says(text).await;
    let draft = customer.draft().await;
    assert_eq!(draft.total(), "€17.00", "{}", draft.text());
    customer.taps(&draft, "order:confirm").await;
    customer.reads("is placed").await;
    let orders = shop.orders().await;
    let own = orders
        .iter()
        .rfind(|order| order["customer_id"] == customer.id.to_string());
    own.unwrap()["source"].clone()
}

/// Outages: health says so, and orders are taken all the same.
async fn outage(verdict: Verdict) {
    let shop = Shop::start_with(quick()).await;
    shop.openai
        .understands(WISH, parsed_order(json!([add("margherita", 2)])));
    shop.openai.faults().always("chat", verdict.clone());
    let ann = shop.customer("Ann");
    let began = Instant::now();
    ann.says(WISH).await;
    ann.draft().await;
    let took = began.elapsed();
    assert!(
        took < Duration::from_millis(1_900),
        "{took:?} for {verdict:?}"
    );
    let (code, health) = shop.bot.health().await;
    assert_eq!(
        (code, &health["status"]),
        (200, &json!("degraded")),
        "{verdict:?}: {health}"
    );
    assert_eq!(
        health["components"]["parser"]["status"], "degraded",
        "{verdict:?}"
    );
    let bob = shop.customer("Bob");
    assert_eq!(
        source_of_order(&shop, &bob, WISH).await,
        "local",
        "{verdict:?}"
    );
    shop.openai.forget_complaints();
    shop.close().await;
}

fn refusal(status: u16, kind: &str, code: Option<&str>) -> Verdict {
    Verdict::Answer(openai_error(
        status,
        kind,
        code,
        "canary: the answer's own words",
    ))
}

#[tokio::test]
async fn a_rate_limit_is_an_outage() {
    outage(openai_flood(None)).await;
    outage(openai_flood(Some(20))).await;
}

#[tokio::test]
async fn a_used_up_quota_or_a_refused_key_is_an_outage() {
    outage(openai_quota()).await;
    outage(refusal(
        401,
        "invalid_request_error",
        Some("invalid_api_key"),
    ))
    .await;
    outage(refusal(
        404,
        "invalid_request_error",
        Some("model_not_found"),
    ))
    .await;
}

#[tokio::test]
async fn an_error_of_the_service_is_an_outage() {
    outage(refusal(500, "server_error", None)).await;
    outage(refusal(503, "server_error", None)).await;
}

#[tokio::test]
async fn a_page_in_place_of_an_answer_is_an_outage() {
    outage(html_page(502)).await;
    outage(html_page(200)).await;
    outage(Verdict::Answer(Answer::json(
        200,
        &json!({"choices": "none"}),
    )))
    .await;
}

#[tokio::test]
async fn a_connection_that_breaks_or_hangs_is_an_outage() {
    outage(Verdict::Hang).await;
    outage(Verdict::HangAfter).await;
    outage(Verdict::DropBefore).await;
    outage(Verdict::DropAfter).await;
    outage(Verdict::Truncate).await;
}

#[tokio::test]
async fn a_model_that_is_nowhere_is_an_outage_and_comes_back() {
    let shop = Shop::start_with(quick()).await;
    shop.openai
        .understands(WISH, parsed_order(json!([add("margherita", 2)])));
    shop.openai.server().go_down();
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    assert_eq!(source_of_order(&shop, &ann, WISH).await, "local");
    shop.openai.server().come_up();
    assert_eq!(source_of_order(&shop, &bob, WISH).await, "gpt");
    shop.healthy_when("recovery", |_, health| health["status"] == "ok")
        .await;
    shop.close().await;
}

#[tokio::test]
async fn an_answer_that_is_no_order_is_replaced_and_not_kept() {
    let whole = parsed_order(json!([add("margherita", 2)]));
    let thoughts = [
        Thought::Refusal("I will not".to_owned()),
        Thought::CutShort(whole.clone()),
        Thought::Empty,
        Thought::Text("two pizzas it is".to_owned()),
        Thought::Text("{\"intent\": \"order\"".to_owned()),
        Thought::Json(json!({"intent": "dance"})),
        // A thing that is not on the menu is no order line, whatever the model says.
        Thought::Json(json!({"operations": [], "intent": 7})),
    ];
    let shop = Shop::start_with(quick()).await;
    shop.openai.understands(WISH, whole);
    for (n, thought) in thoughts.into_iter().enumerate() {
        let text = format!("two margheritas please, {}", "hello ".repeat(n + 1));
        shop.openai.next(thought.clone());
        shop.openai.next(thought.clone());
        shop.openai.next(thought.clone());
        let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
        assert_eq!(
            source_of_order(&shop, &ann, &text).await,
            "local",
            "{thought:?}"
        );
        shop.openai.forget_thoughts();
        shop.openai
            .understands(&text, parsed_order(json!([add("margherita", 2)])));
        assert_eq!(
            source_of_order(&shop, &bob, &text).await,
            "gpt",
            "{thought:?} was kept"
        );
    }
    let (code, health) = shop.bot.health().await;
    assert_eq!(
        (code, &health["status"]),
        (200, &json!("ok")),
        "one message is no outage"
    );
    shop.close().await;
}

#[tokio::test]
async fn equal_messages_at_the_same_time_make_one_call() {
    let shop = Shop::start_with(quick().set("OPENAI_TIMEOUT_SECS", "10")).await;
    shop.openai
        .understands(WISH, parsed_order(json!([add("margherita", 2)])));
    shop.openai.think_for(Duration::from_millis(400));
    let crowd: Vec<_> = (0..8)
        .map(|n| shop.customer(&format!("Customer {n}")))
        .collect();
    for (n, customer) in crowd.iter().enumerate() {
        // Case and space make no other message.
        let text = if n % 2 == 0 {
            WISH.to_owned()
        } else {
            WISH.to_uppercase().replace(' ', "  ")
        };
        customer.says(&text).await;
    }
    for customer in &crowd {
        customer.draft().await;
    }
    assert_eq!(shop.openai.asked().len(), 1);
    assert_eq!(
        shop.bot
            .metric("order_bot_parses_total{kind=\"cache\"}")
            .await,
        Some(7.0)
    );
    shop.close().await;
}

#[tokio::test]
async fn what_is_personal_is_nobody_elses() {
    let shop = Shop::start_with(
        quick()
            .set("OPENAI_TIMEOUT_SECS", "10")
            .set("ORDER_REQUIRES", "address"),
    )
    .await;
    let mut calls = 0;
    shop.openai.brain(move |_| {
        calls += 1;
        let mut order = parsed_order(json!([add("margherita", 2)]));
        order["details"]["address"] = json!(format!("{calls} Canary Street"));
        order["details"]["fulfilment"] = json!("delivery");
        Thought::Json(order)
    });
    shop.openai.think_for(Duration::from_millis(200));
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    let text = "two margheritas to my place please";
    ann.says(text).await;
    bob.says(text).await;
    let (first, second) = (ann.draft().await, bob.draft().await);
    let address = |text: &str| {
        let at = text
            .find(" Canary Street")
            .unwrap_or_else(|| panic!("no address in {text}"));
        text[..at].chars().last().unwrap()
    };
    assert_ne!(address(first.text()), address(second.text()));
    assert_eq!(shop.openai.asked().len(), 2);
    shop.close().await;
}

#[tokio::test]
async fn a_model_without_strict_schemas_is_asked_through_a_function() {
    let shop = Shop::start_with(quick().set("OPENAI_MODEL", "gpt-3.5-turbo")).await;
    shop.openai
        .understands(WISH, parsed_order(json!([add("margherita", 2)])));
    let ann = shop.customer("Ann");
    assert_eq!(source_of_order(&shop, &ann, WISH).await, "gpt");
    let asked = shop.openai.asked();
    assert!(asked[0].body["tools"][0]["function"].is_object());
    assert_ne!(asked[0].body["response_format"]["type"], "json_schema");
    shop.close().await;
}

#[tokio::test]
async fn without_a_key_the_embedded_parser_works_alone() {
    let shop = Shop::start_with(quick().without_openai()).await;
    let ann = shop.customer("Ann");
    assert_eq!(source_of_order(&shop, &ann, WISH).await, "local");
    let (code, health) = shop.bot.health().await;
    assert_eq!((code, &health["status"]), (200, &json!("ok")), "{health}");
    assert!(shop.openai.asked().is_empty());
    shop.close().await;
}

#[tokio::test]
async fn who_waits_for_the_model_holds_up_nobody() {
    let shop = Shop::start_with(quick().set("OPENAI_TIMEOUT_SECS", "8")).await;
    shop.openai.faults().always("chat", Verdict::Hang);
    let ann = shop.customer("Ann");
    ann.says(WISH).await;
    let bob = shop.customer("Bob");
    for _ in 0..3 {
        let began = Instant::now();
        bob.says("/menu").await;
        bob.reply().await;
        assert!(began.elapsed() < Duration::from_secs(1));
    }
    assert!(
        ann.history()
            .iter()
            .all(|m| m.button("order:confirm:").is_none())
    );
    shop.close().await;
}
