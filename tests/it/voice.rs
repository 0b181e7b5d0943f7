//! Voice notes: loaded, written down, shown, and read like a text.

use std::time::Duration;

use order_bot::standin::wire::Verdict;

use crate::{
    harness::{people::Customer, shop::Shop},
    ordering::{open_handed, teach},
};

const WISH: &str = "two margheritas and a cola please";

async fn start() -> Shop {
    start_with(open_handed()).await
}

async fn start_with(settings: crate::harness::settings::Settings) -> Shop {
    let shop = Shop::start_with(settings).await;
    teach(&shop);
    shop.canaries().add("the words of a voice note", WISH);
    shop
}

fn speaks(shop: &Shop, customer: &Customer, seconds: u32, sound: &[u8]) {
    shop.telegram
        .send_voice(customer.id, seconds, sound)
        .unwrap();
}

#[tokio::test]
async fn a_voice_note_becomes_a_draft_and_shows_what_was_heard() {
    let shop = start().await;
    let ann = shop.customer("Ann");
    shop.openai.hears(b"OggS-two-margheritas", WISH);
    speaks(&shop, &ann, 4, b"OggS-two-margheritas");
    let heard = ann.reads(WISH).await;
    let draft = ann.draft().await;
    assert!(
        draft.0.message_id > heard.message_id,
        "the words come first"
    );
    assert_eq!(draft.total(), "€20.00");
    ann.taps(&draft, "order:confirm:").await;
    shop.operators().card().await;
    assert_eq!(shop.openai.transcribed(), 1);
    shop.close().await;
}

#[tokio::test]
async fn what_cannot_be_heard_is_answered_clearly() {
    let limits = open_handed()
        .set("VOICE_MAX_SECONDS", "10")
        .set("VOICE_MAX_BYTES", "1000")
        .set("VOICE_SECONDS_A_DAY", "25");
    let shop = start_with(limits).await;
    let ann = shop.customer("Ann");
    speaks(&shop, &ann, 11, b"OggS-long");
    ann.reads("up to 10 seconds").await;
    speaks(&shop, &ann, 3, &[7; 1001]);
    ann.sees("the second answer", |m| m.text.contains("up to 10 seconds"))
        .await;
    assert_eq!(shop.openai.transcribed(), 0, "nothing is paid for");
    // Nothing was said.
    speaks(&shop, &ann, 10, b"OggS-silence");
    ann.reads("could not understand this voice note").await;
    shop.telegram.faults().once("file", Verdict::DropBefore);
    ann.says("just looking at what there is").await;
    speaks(&shop, &ann, 10, b"OggS-cut");
    ann.reads("could not understand this voice note").await;
    ann.says("still looking at what there is").await;
    speaks(&shop, &ann, 6, b"OggS-more");
    ann.reads("any more voice notes today").await;
    shop.close().await;
}

#[tokio::test]
async fn a_slow_listener_holds_up_nobody_else() {
    let shop = start_with(open_handed().set("OPENAI_TIMEOUT_SECS", "2")).await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    bob.says(WISH).await;
    bob.draft().await;
    shop.openai.faults().once("transcriptions", Verdict::Hang);
    speaks(&shop, &ann, 4, b"OggS-slow");
    let began = std::time::Instant::now();
    bob.says(WISH).await;
    let draft = bob.draft().await;
    bob.taps(&draft, "order:confirm:").await;
    assert!(
        began.elapsed() < Duration::from_millis(1800),
        "{:?}",
        began.elapsed()
    );
    ann.reads("could not understand this voice note").await;
    shop.close().await;
}

#[tokio::test]
async fn without_a_model_or_the_customer_s_consent_nobody_listens() {
    let shop = start_with(open_handed().without_openai()).await;
    let ann = shop.customer("Ann");
    speaks(&shop, &ann, 4, b"OggS-x");
    ann.reads("I can only read text").await;
    shop.close().await;
    let shop = start().await;
    let ann = shop.customer("Ann");
    ann.says("without AI").await;
    ann.reads("no AI service reads").await;
    speaks(&shop, &ann, 4, b"OggS-x");
    ann.reads("takes one to listen").await;
    assert_eq!(shop.openai.transcribed(), 0);
    shop.close().await;
}
