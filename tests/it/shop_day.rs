//! Sold out, pause, busy, opening hours and slots, as staff and customers meet them.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use order_bot::standin::SentMessage;
use serde_json::{Value, json};

use crate::harness::{
    settings::{OPERATOR, OPERATOR_CHAT, Settings, sample_menu},
    shop::Shop,
};

fn settings() -> Settings {
    Settings::default()
        .without_openai()
        .set("ORDER_REQUIRES", "")
}

/// The newest message of the operator chat with these words.
pub async fn staff_read(shop: &Shop, words: &str) -> SentMessage {
    let what = format!("{words:?} in the operator chat");
    shop.telegram
        .expect(&what, |state| {
            let mut history = state.history(OPERATOR_CHAT).iter().rev();
            history.find(|m| m.text.contains(words)).cloned()
        })
        .await
}

async fn staff_tap(shop: &Shop, message: &SentMessage, prefix: &str) {
    let data = &message.button(prefix).expect("a button").data;
    let id = shop
        .telegram
        .tap_in(OPERATOR_CHAT, OPERATOR, message.message_id, data)
        .unwrap();
    shop.telegram
        .expect("an answer", |state| {
            state.tap(&id).filter(|tap| tap.answers > 0).cloned()
        })
        .await;
}

#[tokio::test]
async fn what_staff_sell_out_is_gone_at_once_and_something_else_is_offered() {
    let shop = Shop::start_with(settings()).await;
    let (ann, bob, staff) = (shop.customer("Ann"), shop.customer("Bob"), shop.operators());
    ann.says("a cola and fries").await;
    ann.draft().await;
    staff.says("/soldout cola").await;
    let said = staff_read(&shop, "Cola is sold out until").await;
    assert!(
        said.text.contains("Customers are offered Coffee"),
        "{}",
        said.text
    );
    // Ann's open order is shown anew, with what is gone and what there is instead.
    let shown = ann.reads("Not to be had any more: Cola").await;
    assert!(shown.text.contains("How about: Coffee"), "{}", shown.text);
    assert!(!shown.text.contains("1 × Cola"));
    // Whoever asks for it reads that it is sold out, and adds the other by a tap.
    bob.says("a cola please").await;
    let refused = bob.reads("Cola is sold out today. How about Coffee?").await;
    bob.taps(&refused, "menu:add:coffee").await;
    assert!(bob.draft().await.text().contains("Coffee"));
    // The menu's pages no longer name it.
    bob.says("/menu").await;
    let page = bob.reads("Stand-in Pizza").await;
    assert!(!page.text.contains("Cola"), "{}", page.text);
    // The day names it; its button brings it back.
    staff.says("/shop").await;
    let day = staff_read(&shop, "Sold out: Cola").await;
    staff_tap(&shop, &day, "shop:back:i:cola").await;
    staff_read(&shop, "To be had again: Cola").await;
    bob.says("a cola").await;
    assert!(bob.draft().await.text().contains("Cola"));
    staff.says("/soldout unicorn").await;
    staff_read(&shop, "I do not find").await;
    shop.close().await;
}

#[tokio::test]
async fn a_pause_offers_the_time_after_it_and_busy_says_so() {
    let mut shop = Shop::start_with(settings()).await;
    let (ann, staff) = (shop.customer("Ann"), shop.operators());
    staff.says("/busy 25").await;
    staff_read(&shop, "Busy: 25 minutes longer").await;
    ann.says("a cola").await;
    let draft = ann.draft().await;
    assert!(
        draft.text().contains("about 25 minutes longer"),
        "{}",
        draft.text()
    );
    staff.says("/pause 30").await;
    staff_read(&shop, "Paused until").await;
    let draft = ann.reads("short break").await;
    // The old button does not place it for a time that was not read.
    ann.says("yes").await;
    shop.telegram
        .expect("the order", |state| {
            let mut history = state.history(OPERATOR_CHAT).iter();
            history.find(|m| m.button("op:accept:").is_some()).cloned()
        })
        .await;
    assert!(draft.text.contains("You can order for"), "{}", draft.text);
    let card = staff.card().await;
    assert!(
        card.message.text.contains("When: "),
        "{}",
        card.message.text
    );
    // It is kept over a crash.
    shop.bot.restart().await;
    let bob = shop.customer("Bob");
    bob.says("a cola").await;
    assert!(bob.draft().await.text().contains("short break"));
    staff.says("/resume").await;
    bob.reads("1 × Cola").await;
    staff.says("/pause soon").await;
    staff_read(&shop, "number of minutes from 1 to 600").await;
    shop.close().await;
}

#[tokio::test]
async fn only_staff_change_the_day() {
    let named = settings().set("OPERATOR_IDS", "900077");
    let shop = Shop::start_with(named).await;
    let (ann, staff) = (shop.customer("Ann"), shop.operators());
    staff.says("/soldout cola").await;
    ann.says("/soldout fries").await;
    ann.says("a cola and fries").await;
    let draft = ann.draft().await;
    assert!(draft.text().contains("Cola") && draft.text().contains("Fries"));
    shop.close().await;
}

/// The sample menu, open every day for an hour that is not this one and not the next two.
fn closed_now() -> (Value, String) {
    let local = Timestamp::now().to_zoned(TimeZone::UTC);
    let opens = (local.hour() + 4) % 23;
    let window = [format!("{opens:02}:00"), format!("{:02}:00", opens + 1)];
    let mut menu = sample_menu();
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    menu["hours"] = days
        .iter()
        .map(|day| ((*day).to_owned(), json!([window])))
        .collect();
    (menu, window[0].clone())
}

#[tokio::test]
async fn an_order_outside_hours_is_offered_for_the_next_opening_and_placed_for_it() {
    let (menu, opens) = closed_now();
    let shop = Shop::start_with(settings().with_menu(menu)).await;
    let (ann, staff) = (shop.customer("Ann"), shop.operators());
    ann.says("a cola").await;
    let draft = ann.draft().await;
    assert!(
        draft.text().contains("We are closed then."),
        "{}",
        draft.text()
    );
    assert!(
        draft
            .text()
            .contains(&format!("{opens}: Confirm places it for then")),
        "{}",
        draft.text()
    );
    ann.taps(&draft, "order:confirm").await;
    let placed = ann.reads("is placed").await;
    assert!(placed.text.contains(&opens), "{}", placed.text);
    let card = staff.card().await;
    assert!(card.message.text.contains(&opens), "{}", card.message.text);
    shop.sheet().row_of(&card.order_id).await;
    shop.close().await;
}

#[tokio::test]
async fn a_wanted_time_is_read_and_checked_against_the_hours() {
    let (menu, opens) = closed_now();
    let shop = Shop::start_with(settings().with_menu(menu)).await;
    let ann = shop.customer("Ann");
    let half = opens.replace(":00", ":30");
    ann.says(&format!("a cola at {half}")).await;
    let draft = ann.draft().await;
    assert!(
        draft.text().contains(&format!("{half} (\"")),
        "{}",
        draft.text()
    );
    assert!(!draft.text().contains("closed"), "{}", draft.text());
    ann.says("/cancel").await;
    ann.says("a cola at 23:30").await;
    let draft = ann.draft().await;
    assert!(draft.text().contains("closed"), "{}", draft.text());
    shop.close().await;
}

#[tokio::test]
async fn a_full_slot_leads_to_the_next_one() {
    let shop = Shop::start_with(
        settings()
            .set("SLOT_CAPACITY", "1")
            .set("SLOT_MINUTES", "60"),
    )
    .await;
    let (ann, bob, staff) = (shop.customer("Ann"), shop.customer("Bob"), shop.operators());
    // In the last minutes of an hour the next slot would be this one's neighbour before Bob has written.
    let left = 3600 - Timestamp::now().as_second().rem_euclid(3600);
    let quiet = left > 60;
    ann.says("a cola").await;
    ann.taps(&ann.draft().await, "order:confirm").await;
    staff.card().await;
    bob.says("a cola").await;
    let draft = bob.draft().await;
    if quiet {
        assert!(
            draft.text().contains("all the orders it can make"),
            "{}",
            draft.text()
        );
    }
    bob.taps(&draft, "order:confirm").await;
    bob.reads("is placed").await;
    let next = Timestamp::now() + SignedDuration::from_hours(1);
    let hour = next.to_zoned(TimeZone::UTC).hour();
    let card = staff.card().await;
    if quiet {
        assert!(
            card.message.text.contains(&format!("{hour:02}:00")),
            "{}",
            card.message.text
        );
    }
    shop.close().await;
}

#[tokio::test]
async fn what_is_sold_out_is_no_address() {
    let settings = settings().set("ORDER_REQUIRES", "address");
    let shop = Shop::start_with(settings).await;
    let (ann, staff) = (shop.customer("Ann"), shop.operators());
    staff.says("/soldout cola").await;
    staff_read(&shop, "Cola is sold out until").await;
    ann.says("a margherita").await;
    ann.reads("Where should we deliver?").await;
    ann.says("a cola please").await;
    let told = ann.reads("Cola is sold out today").await;
    assert!(!told.text.contains("to: a cola"), "{}", told.text);
    ann.says_address("5 Canary Lane").await;
    ann.reads("Delivery to: 5 Canary Lane").await;
    shop.close().await;
}
