//! Who may read what a customer writes.

use crate::{
    harness::shop::Shop,
    ordering::{open_handed, open_shop, teach},
};

const WISH: &str = "two margheritas and a cola please";

#[tokio::test]
async fn the_first_draft_says_who_reads_and_ordering_agrees() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says(WISH).await;
    let draft = ann.draft().await;
    assert!(draft.text().contains("OpenAI") && draft.0.button("me:ai:off").is_some());
    let from_bot = ann.history().iter().filter(|m| m.author.is_none()).count();
    assert_eq!(from_bot, 1, "in the draft, not in a message of its own");
    ann.taps(&draft, "order:confirm:").await;
    ann.says(WISH).await;
    let draft = ann.draft().await;
    assert!(
        !draft.text().contains("OpenAI"),
        "once is enough: {}",
        draft.text()
    );
    ann.says("/mydata").await;
    ann.reads("An AI may read your words: yes, since").await;
    shop.close().await;
}

#[tokio::test]
async fn who_is_against_it_is_read_by_the_embedded_parser_alone() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says(WISH).await;
    let draft = ann.draft().await;
    let tap = ann.taps(&draft, "me:ai:off").await;
    assert!(tap.answer.unwrap().contains("no AI service reads"));
    ann.sees("the draft without the line", |m| {
        m.button("order:confirm:").is_some() && !m.text.contains("OpenAI")
    })
    .await;
    let asked = shop.openai.asked().len();
    ann.says("and some fries").await;
    ann.sees("the fries", |m| m.text.contains("1 × Fries"))
        .await;
    assert_eq!(
        shop.openai.asked().len(),
        asked,
        "nothing went to the model"
    );
    // It can be taken back in the same way.
    ann.says("/privacy").await;
    let privacy = ann.reads("is not sent to OpenAI").await;
    ann.taps(&privacy, "me:ai:on").await;
    ann.says("please forget about the cola").await;
    ann.sees("no cola", |m| {
        m.button("order:confirm:").is_some() && !m.text.contains("Cola")
    })
    .await;
    assert_eq!(shop.openai.asked().len(), asked + 1);
    let exported = shop
        .bot
        .other(&["customers", "export", &ann.id.to_string()], &[])
        .await;
    assert!(exported.out.contains("\"ai\""), "{}", exported.out);
    shop.close().await;
}

#[tokio::test]
async fn a_shop_may_ask_first() {
    let shop = Shop::start_with(open_handed().set("AI_CONSENT", "ask")).await;
    teach(&shop);
    let ann = shop.customer("Ann");
    ann.says("two margheritas and a cola").await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€20.00");
    assert!(shop.openai.asked().is_empty(), "nothing went to the model");
    ann.taps(&draft, "me:ai:on").await;
    ann.says("please make it three of those").await;
    ann.sees("three colas", |m| m.text.contains("3 × Cola"))
        .await;
    assert_eq!(shop.openai.asked().len(), 1);
    shop.close().await;
}
