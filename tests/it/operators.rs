//! What the people of the shop see and do in their chat.

use serde_json::json;

use crate::{
    fakes::{faults::telegram_error, openai::parsed_order},
    harness::{
        people::{Card, Customer, Operators},
        settings::{OPERATOR, OPERATOR_CHAT, Settings},
        shop::Shop,
    },
    phrases::{adds, with},
};
use order_bot::standin::wire::{Answer, Verdict};

/// A shop that needs to know nothing of who orders.
pub async fn shop_with(settings: Settings) -> Shop {
    let shop = Shop::start_with(settings.set("ORDER_REQUIRES", "")).await;
    shop.openai.understands(
        "a margherita for me please",
        parsed_order(json!([adds("margherita", 1, &[])])),
    );
    shop
}

/// Orders a margherita, up to the card.
pub async fn places(customer: &Customer, operators: &Operators) -> Card {
    customer.says("a margherita for me please").await;
    customer
        .taps(&customer.draft().await, "order:confirm")
        .await;
    operators.card().await
}

#[tokio::test]
async fn each_step_moves_card_row_and_customer() {
    let shop = shop_with(Settings::default()).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let card = places(&ann, &operators).await;
    assert!(card.message.text.contains("new"));
    let placed = shop.sheet().row_of(&card.order_id).await;

    // What cannot be yet is refused, with an answer.
    for verb in ["ready", "done"] {
        let data = format!("op:{verb}:{}", card.order_id);
        let tap = shop
            .telegram
            .tap_in(OPERATOR_CHAT, OPERATOR, card.message.message_id, &data)
            .unwrap();
        let answer = shop
            .telegram
            .expect("an answer", |state| {
                state.tap(&tap).filter(|t| t.answers > 0)?.answer.clone()
            })
            .await;
        assert_eq!(answer, "Not possible: the order is placed.");
    }
    let tap = operators.taps(&card, "op:accept").await;
    assert_eq!(tap.answer.as_deref(), Some("Done: accepted"));
    ann.reads("accepted your order").await;
    let card = operators.card_with(&card, "op:ready").await;
    assert!(card.message.text.contains("accepted"));
    let again = operators
        .taps(
            &Card {
                message: card.message.edits[0].clone_of(&card),
                order_id: card.order_id.clone(),
            },
            "op:accept",
        )
        .await;
    assert_eq!(
        again.answer.as_deref(),
        Some("Not possible: the order is accepted.")
    );
    operators
        .taps(&card, &format!("op:delay:{}:20", card.order_id))
        .await;
    ann.reads("about 20 minutes").await;
    operators.taps(&card, "op:ready").await;
    ann.reads("You can pick it up now").await;
    shop.sheet().status_of(&card.order_id, "ready").await;
    let card = operators.card_with(&card, "op:done").await;
    operators.taps(&card, "op:done").await;
    ann.reads("is done").await;
    let done = shop.sheet().status_of(&card.order_id, "done").await;
    assert!(done["updated_at"] >= placed["updated_at"]);
    assert_eq!(done["placed_at"], placed["placed_at"]);
    let end = shop
        .telegram
        .expect("the card without buttons", |state| {
            state
                .message(OPERATOR_CHAT, card.message.message_id)
                .filter(|m| {
                    m.buttons
                        .iter()
                        .flatten()
                        .all(|b| b.data.starts_with("op:undo:"))
                })
                .cloned()
        })
        .await;
    assert!(end.text.contains("done"));
    assert_eq!(operators.history().len(), 1, "one order, one card");
    shop.close().await;
}

/// The card as somebody still has it on the screen.
trait CloneOf {
    fn clone_of(&self, card: &Card) -> order_bot::standin::SentMessage;
}

impl CloneOf for order_bot::standin::Edit {
    fn clone_of(&self, card: &Card) -> order_bot::standin::SentMessage {
        let mut message = card.message.clone();
        message.buttons.clone_from(&self.buttons);
        message
    }
}

#[tokio::test]
async fn a_rejected_order_is_over_and_a_delay_accepts() {
    let shop = shop_with(Settings::default()).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let card = places(&ann, &operators).await;
    operators.taps(&card, "op:reject").await;
    ann.reads("cannot make your order").await;
    shop.sheet().status_of(&card.order_id, "rejected").await;
    let late = operators.taps(&card, "op:accept").await;
    assert_eq!(
        late.answer.as_deref(),
        Some("Not possible: the order is rejected.")
    );
    let card = places(&ann, &operators).await;
    operators
        .taps(&card, &format!("op:delay:{}:30", card.order_id))
        .await;
    ann.reads("about 30 minutes").await;
    shop.sheet().status_of(&card.order_id, "accepted").await;
    shop.close().await;
}

#[tokio::test]
async fn only_the_named_people_in_the_right_chat_move_orders() {
    let settings = Settings::default().set("OPERATOR_IDS", &format!("{OPERATOR},900077"));
    let shop = shop_with(settings).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    shop.telegram.user(900_002, "Guest");
    shop.telegram
        .group(-1_001_000_000_099, "Elsewhere", &[OPERATOR]);
    let card = places(&ann, &operators).await;
    let guest = operators.taps_as(900_002, &card, "op:accept").await;
    assert_eq!(
        guest.answer.as_deref(),
        Some("Only the shop's staff can do this.")
    );
    let accept = format!("op:accept:{}", card.order_id);
    // A customer who has guessed the data, and an operator in a strange chat.
    let below = ann.history().last().unwrap().message_id;
    shop.telegram.say_in(-1_001_000_000_099, OPERATOR, "hi");
    for tap in [
        shop.telegram.tap(ann.id, below, &accept),
        shop.telegram
            .tap_in(-1_001_000_000_099, OPERATOR, 1, &accept),
    ] {
        let tap = tap.unwrap();
        let answer = shop
            .telegram
            .expect("an answer", |state| {
                state.tap(&tap).filter(|t| t.answers > 0)?.answer.clone()
            })
            .await;
        assert_eq!(answer, "Only the shop's staff can do this.");
    }
    assert_eq!(
        shop.sheet().row_of(&card.order_id).await["status"],
        "placed"
    );
    for forged in [
        "op:accept:ZZZ-1",
        "op:accept:",
        "op:accept",
        "op:",
        "op:delay:x",
        "op:explode:1",
        "op:delay:1:2:3:4",
    ] {
        let tap = shop
            .telegram
            .tap_in(OPERATOR_CHAT, OPERATOR, card.message.message_id, forged)
            .unwrap();
        let answer = shop
            .telegram
            .expect("an answer", |state| {
                state.tap(&tap).filter(|t| t.answers > 0)?.answer.clone()
            })
            .await;
        assert_eq!(answer, "There is no such order.", "{forged}");
    }
    for minutes in ["0", "-5", "99999999999", "x", ""] {
        let forged = format!("op:delay:{}:{minutes}", card.order_id);
        let tap = shop
            .telegram
            .tap_in(OPERATOR_CHAT, OPERATOR, card.message.message_id, &forged)
            .unwrap();
        shop.telegram
            .expect("an answer", |state| {
                state.tap(&tap).filter(|t| t.answers > 0).map(|_| ())
            })
            .await;
    }
    assert_eq!(
        shop.sheet().row_of(&card.order_id).await["status"],
        "placed"
    );
    operators.taps(&card, "op:accept").await;
    shop.sheet().status_of(&card.order_id, "accepted").await;
    shop.close().await;
}

#[tokio::test]
async fn a_large_order_says_so_to_both_sides() {
    let settings = Settings::default()
        .set("ORDER_MAX_QUANTITY", "3")
        .set("ORDER_MAX_TOTAL", "30.00");
    let shop = shop_with(settings).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let know = |text: &str, item: &str, n| {
        shop.openai
            .understands(text, parsed_order(json!([adds(item, n, &[])])));
    };
    know("three colas for us please", "cola", 3);
    know("four colas for us please", "cola", 4);
    know("three salami pizzas for us", "salami", 3);
    know("another cola for us please", "cola", 1);
    for (text, more, large) in [
        ("three colas for us please", None, false),
        ("four colas for us please", None, true),
        ("three salami pizzas for us", None, false),
        (
            "three salami pizzas for us",
            Some("another cola for us please"),
            true,
        ),
    ] {
        ann.says(text).await;
        let mut draft = ann.draft().await;
        if let Some(more) = more {
            ann.says(more).await;
            draft = ann.draft().await;
        }
        assert_eq!(
            draft.text().contains("large order"),
            large,
            "{}",
            draft.text()
        );
        ann.taps(&draft, "order:confirm").await;
        let card = operators.card().await;
        assert_eq!(
            card.message.text.contains("Large order"),
            large,
            "{}",
            card.message.text
        );
        let status = if large {
            let closed = ann.reads("waits for the shop's approval").await;
            assert!(closed.text.contains("large order"), "{}", closed.text);
            operators.taps(&card, "op:accept").await;
            ann.reads("accepted your order").await;
            "accepted"
        } else {
            ann.reads("is placed").await;
            "placed"
        };
        shop.sheet().status_of(&card.order_id, status).await;
    }
    shop.close().await;
}

#[tokio::test]
async fn a_group_that_became_a_supergroup_keeps_its_cards_and_rights() {
    const OLD: i64 = -4_000_001;
    let mut shop = shop_with(Settings::default().set("OPERATOR_CHAT_ID", &OLD.to_string())).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let moved = json!({"ok": false, "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": OPERATOR_CHAT}});
    ann.says("a margherita for me please").await;
    let draft = ann.draft().await;
    shop.telegram
        .faults()
        .once("sendMessage", Verdict::Answer(Answer::json(400, &moved)));
    ann.taps(&draft, "order:confirm").await;
    let card = operators.card().await;
    operators.taps(&card, "op:accept").await;
    ann.reads("accepted your order").await;
    let card = operators.card_with(&card, "op:ready").await;
    // The setting still names the old group.
    shop.bot.restart().await;
    operators.taps(&card, "op:ready").await;
    ann.reads("is ready").await;
    let second = places(&ann, &operators).await;
    assert_ne!(second.order_id, card.order_id);
    shop.close().await;
}

#[tokio::test]
async fn a_card_that_was_deleted_is_sent_again_and_orders_need_no_operator_chat() {
    let shop = shop_with(Settings::default()).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let card = places(&ann, &operators).await;
    shop.telegram.faults().once(
        &format!("editMessageText@{OPERATOR_CHAT}"),
        telegram_error(400, "Bad Request: message to edit not found"),
    );
    operators.taps(&card, "op:accept").await;
    let find = |state: &order_bot::standin::State| {
        let newest = state.history(OPERATOR_CHAT).last()?;
        newest.button("op:ready").map(|_| newest.message_id)
    };
    let new = shop.telegram.expect("the card once more", find).await;
    assert_ne!(new, card.message.message_id);
    shop.close().await;

    let shop = shop_with(Settings::default().unset("OPERATOR_CHAT_ID")).await;
    let ann = shop.customer("Ann");
    ann.says("a margherita for me please").await;
    ann.taps(&ann.draft().await, "order:confirm").await;
    ann.reads("is placed").await;
    shop.sheet()
        .expect("the row", |sheet| sheet.rows().pop())
        .await;
    shop.close().await;
}

#[tokio::test]
async fn markup_and_line_breaks_of_customers_stay_theirs() {
    let shop = shop_with(Settings::default()).await;
    let (ann, operators) = (
        shop.customer("<b>Ann</b> & \"Co\" <script>"),
        shop.operators(),
    );
    let order = with(
        with(
            parsed_order(
                json!([{"op": "add", "item": "margherita", "line": null, "quantity": 1, "options": [],
                                 "note": "cut <i>thin</i> & </b> hot"}]),
            ),
            "/note",
            "<a href=\"x\">ring\nTotal: €0.00, paid in cash\u{202e}yllautca",
        ),
        "/allergies",
        json!(["<tg-spoiler>nuts"]),
    );
    shop.openai
        .understands("one margherita with all kinds of wishes", order);
    ann.says("one margherita with all kinds of wishes").await;
    let draft = ann.draft().await;
    assert!(
        draft.text().contains("cut <i>thin</i> & </b> hot"),
        "{}",
        draft.text()
    );
    assert!(draft.text().contains("Allergy: <tg-spoiler>nuts"));
    ann.taps(&draft, "order:confirm").await;
    let card = operators.card().await.message.text;
    assert!(card.contains("<b>Ann</b> & \"Co\" <script>"), "{card}");
    let totals = card
        .lines()
        .filter(|line| line.starts_with("Total:"))
        .count();
    assert_eq!(
        totals, 1,
        "a note cannot look like a line of the card: {card}"
    );
    assert!(!card.contains('\u{202e}'));
    let failed = shop
        .telegram
        .with(|state| state.calls().iter().filter(|c| c.status == 400).count());
    assert_eq!(failed, 0, "no text was refused");
    shop.close().await;
}

#[tokio::test]
async fn the_operator_chat_may_be_a_person_who_also_orders() {
    let shop = shop_with(Settings::default().set("OPERATOR_CHAT_ID", "500001")).await;
    let (owner, ann) = (shop.customer("Owner"), shop.customer("Ann"));
    ann.says("a margherita for me please").await;
    ann.taps(&ann.draft().await, "order:confirm").await;
    let card = owner
        .sees("Ann's card", |m| m.button("op:accept:").is_some())
        .await;
    owner.says("a margherita for me please").await;
    let draft = owner.draft().await;
    owner.taps(&card, "op:accept:").await;
    ann.reads("accepted your order").await;
    owner.taps(&draft, "order:confirm").await;
    let own = owner
        .sees("the own card", |m| m.button("op:accept:").is_some())
        .await;
    assert_ne!(own.message_id, card.message_id);
    owner.taps(&own, "op:reject:").await;
    owner.reads("cannot make your order").await;
    shop.sheet()
        .expect("both rows", |sheet| (sheet.rows().len() == 2).then_some(()))
        .await;
    shop.close().await;
}
