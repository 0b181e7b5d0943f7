//! A message that is edited after it was sent.

use serde_json::json;

use crate::{
    fakes::openai::parsed_order,
    harness::shop::Shop,
    ordering::{drafts, open_handed, open_shop},
    phrases::{adds, intent},
};

const FIRST: &str = "two margheritas and a cola please";

#[tokio::test]
async fn an_edited_message_takes_its_part_of_the_draft_back() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    let first = ann.says(FIRST).await;
    let draft = ann.draft().await;
    ann.says("some fries as well please").await;
    ann.draft().await;
    ann.says("please make it three of those").await;
    let before = ann
        .sees("three fries", |m| m.text.contains("3 × Fries"))
        .await;
    shop.openai.understands(
        "two salami pizzas please",
        parsed_order(json!([adds("salami", 2, &[])])),
    );
    ann.corrects(first, "two salami pizzas please").await;
    let after = ann
        .sees("the corrected draft", |m| m.text.contains("Salami"))
        .await;
    assert_eq!(after.message_id, draft.0.message_id, "in place");
    assert!(
        !after.text.contains("Margherita") && !after.text.contains("Cola"),
        "{}",
        after.text
    );
    assert!(after.text.contains("2 × Salami pizza (medium)") && after.text.contains("3 × Fries"));
    // What was shown before the correction places nothing.
    let tap = ann.taps(&before, "order:confirm:").await;
    assert!(tap.answer.unwrap().contains("has changed"));
    assert_eq!(drafts(&ann), 1);
    // A button in between is kept: one more of the fries, whose line is the same.
    ann.taps(&after, "order:edit:").await;
    let edit = ann.sees("the lines", |m| m.button("line:").is_some()).await;
    let more = edit
        .buttons
        .iter()
        .flatten()
        .rfind(|b| b.data.ends_with(":more"))
        .unwrap();
    let more = more.data.clone();
    ann.taps(&edit, &more).await;
    ann.sees("four fries", |m| m.text.contains("4 × Fries"))
        .await;
    ann.corrects(first, FIRST).await;
    let back = ann
        .sees("the first words again", |m| m.text.contains("Margherita"))
        .await;
    assert!(
        back.text.contains("4 × Fries") && !back.text.contains("Salami"),
        "{}",
        back.text
    );
    shop.close().await;
}

#[tokio::test]
async fn a_correction_of_a_placed_order_changes_nothing_and_says_so() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    let first = ann.says(FIRST).await;
    let draft = ann.draft().await;
    ann.taps(&draft, "order:confirm:").await;
    let card = shop.operators().card().await;
    ann.corrects(first, "some fries as well please").await;
    let told = ann.reads("already placed").await;
    assert!(told.text.contains(&card.order_id) && told.text.contains("take it back"));
    shop.operators().taps(&card, "op:accept:").await;
    ann.corrects(first, "please forget about the cola").await;
    ann.reads("already accepted").await;
    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(row["items"], "2 x Margherita (medium); 1 x Cola");
    shop.close().await;
}

#[tokio::test]
async fn a_typing_mistake_is_mended_by_editing_the_message() {
    let shop = Shop::start_with(open_handed().without_openai()).await;
    let ann = shop.customer("Ann");
    let said = ann.says("zwo flurbs").await;
    ann.reads("flurbs").await;
    ann.corrects(said, "two margheritas").await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€17.00");
    // A correction never says yes or no.
    shop.openai.understands("that is fine", intent("confirm"));
    ann.corrects(said, "yes").await;
    ann.reads("as a new message").await;
    assert!(shop.operators().history().is_empty());
    shop.close().await;
}

#[tokio::test]
async fn a_correction_that_empties_the_draft_ends_it() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    let said = ann.says("some fries as well please").await;
    let draft = ann.draft().await;
    let mut nothing = parsed_order(json!([]));
    nothing["unmatched"] = json!(["a zanzibar"]);
    shop.openai.understands("a zanzibar please", nothing);
    ann.corrects(said, "a zanzibar please").await;
    ann.reads("a zanzibar").await;
    let closed = ann
        .sees("the closed draft", |m| m.message_id == draft.0.message_id)
        .await;
    assert!(closed.buttons.is_empty(), "{}", closed.text);
    shop.close().await;
}
