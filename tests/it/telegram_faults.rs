//! Telegram refuses, stalls, breaks off, repeats itself and goes away.

use std::time::{Duration, Instant};

use order_bot::standin::{
    SentMessage, State,
    wire::{Answer, Verdict},
};
use serde_json::{Value, json};

use crate::{
    fakes::faults::{html_page, telegram_error, telegram_flood},
    harness::{
        people::Tappable,
        settings::{OPERATOR_CHAT, Settings},
        shop::Shop,
    },
};

fn plain() -> Settings {
    Settings::default()
        .without_openai()
        .without_sheets()
        .set("ORDER_REQUIRES", "")
        .set("SHUTDOWN_GRACE_SECS", "2")
        .set("RATE_LIMIT_PER_MINUTE", "0")
}

async fn shop() -> Shop {
    Shop::start_with(plain()).await
}

fn bad(text: &str) -> Verdict {
    telegram_error(400, &format!("Bad Request: {text}"))
}

async fn acknowledged(shop: &Shop) {
    let empty = |state: &State| (state.unacknowledged() == 0).then_some(());
    shop.telegram
        .expect("all updates to be acknowledged", empty)
        .await;
}

fn calls_to(shop: &Shop, method: &str, chat: i64) -> Vec<Instant> {
    shop.telegram.with(|state| {
        let calls = state.calls_of(method);
        calls
            .filter(|call| call.chat == Some(chat))
            .map(|call| call.at)
            .collect()
    })
}

#[tokio::test]
async fn a_message_that_fails_is_repeated_and_holds_up_nobody_else() {
    let shop = shop().await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    let to_ann = format!("sendMessage@{}", ann.id);
    let cases = [
        telegram_flood(1),
        telegram_error(500, "Internal Server Error"),
        html_page(502),
        Verdict::DropBefore,
        Verdict::DropAfter,
        Verdict::Truncate,
    ];
    for verdict in cases {
        shop.telegram.faults().times(2, &to_ann, verdict.clone());
        let before = calls_to(&shop, "sendMessage", ann.id).len();
        let began = Instant::now();
        ann.says("/help").await;
        bob.says("/help").await;
        bob.reply().await;
        assert!(
            began.elapsed() < Duration::from_secs(1),
            "Bob waited for Ann after {verdict:?}"
        );
        let third = |state: &State| {
            let calls = state.calls_of("sendMessage");
            (calls.filter(|call| call.chat == Some(ann.id)).count() >= before + 3).then_some(())
        };
        shop.telegram.expect("a third try", third).await;
        ann.reads("order").await;
        assert!(shop.telegram.faults().unused().is_empty());
    }
    shop.close().await;
}

#[tokio::test]
async fn a_draft_whose_sending_seemed_to_fail_ends_where_its_customer_sees_it() {
    let shop = shop().await;
    let ann = shop.customer("Ann");
    let to_ann = format!("sendMessage@{}", ann.id);
    // Telegram has the message and the bot does not know; before it tries again, Ann has tapped.
    shop.telegram.faults().once(&to_ann, Verdict::DropAfter);
    shop.telegram.faults().once(&to_ann, telegram_flood(2));
    ann.says("two colas").await;
    let draft = ann.draft().await;
    ann.taps(&draft, "order:cancel").await;
    let ended = |message: &SentMessage| {
        message.message_id == draft.message().message_id
            && message.button("order:confirm:").is_none()
    };
    let ended = ann.sees("the end of the draft", ended).await;
    assert!(ended.text.contains("given up"), "{}", ended.text);
    let drafts = ann.history().into_iter();
    assert_eq!(drafts.filter(|m| m.text.contains("Your order")).count(), 0);
    shop.close().await;
}

#[tokio::test]
async fn flood_control_is_obeyed_in_its_chat_alone() {
    let shop = shop().await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    shop.telegram
        .faults()
        .once(&format!("sendMessage@{}", ann.id), telegram_flood(2));
    ann.says("/help").await;
    ann.says("/menu").await;
    let began = Instant::now();
    bob.says("/help").await;
    bob.reply().await;
    assert!(began.elapsed() < Duration::from_secs(1));
    ann.reads("pizza").await;
    let calls = calls_to(&shop, "sendMessage", ann.id);
    assert!(
        calls[1] - calls[0] >= Duration::from_secs(2),
        "it spoke into the silence"
    );
    assert_eq!(calls.len(), 3);
    shop.close().await;
}

#[tokio::test]
async fn a_call_that_hangs_holds_up_nobody_else() {
    let mut shop = shop().await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    shop.telegram
        .faults()
        .always(&format!("sendMessage@{}", ann.id), Verdict::Hang);
    for _ in 0..3 {
        ann.says("/help").await;
    }
    for _ in 0..3 {
        let began = Instant::now();
        bob.says("/help").await;
        bob.reply().await;
        assert!(began.elapsed() < Duration::from_secs(1));
    }
    // What hangs is cut by the end of the grace period and sent after the next start.
    let (status, took) = shop.bot.sigterm().await;
    assert!(
        status.success() && took < Duration::from_millis(2_900),
        "{status} {took:?}"
    );
    shop.telegram.faults().clear();
    shop.bot.restart().await;
    let all = |state: &State| {
        let help = |m: &&order_bot::standin::SentMessage| m.is_from_bot();
        (state.history(ann.id).iter().filter(help).count() == 3).then_some(())
    };
    shop.telegram.expect("Ann's three answers", all).await;
    shop.close().await;
}

#[tokio::test]
async fn who_has_blocked_the_bot_gets_nothing_and_the_others_go_on() {
    let shop = shop().await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    ann.says("/help").await;
    shop.telegram.set_blocked(ann.id, true);
    bob.says("a cola please").await;
    let draft = bob.draft().await;
    bob.taps(&draft, "order:confirm").await;
    shop.operators().card().await;
    // Nothing waits for Ann for ever.
    let began = Instant::now();
    while shop.bot.metric("order_bot_outbox{kind=\"telegram\"}").await != Some(0.0) {
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "{}",
            shop.bot.metrics().await
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    shop.close().await;
}

#[tokio::test]
async fn another_poller_or_a_refused_token_is_failing_until_it_is_over() {
    let shop = shop().await;
    let ann = shop.customer("Ann");
    ann.says("/help").await;
    ann.reply().await;
    let conflict = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
    for (status, words) in [(409, conflict), (401, "Unauthorized")] {
        shop.telegram
            .faults()
            .always("getUpdates", telegram_error(status, words));
        // The poll under way ends with this.
        ann.says("/help").await;
        let health = shop
            .healthy_when("failing health", |code, health| {
                code == 503 && health["status"] == "failing"
            })
            .await;
        assert_eq!(health["components"]["telegram"]["status"], "failing");
        assert_eq!(shop.bot.get("/health/bot").await.0, 503);
        assert_eq!(shop.bot.get("/health/live").await.0, 200);
        assert_eq!(
            shop.bot
                .other(&["health"], &[("HTTP_ADDR", &shop.bot.address())])
                .await
                .code,
            Some(1)
        );
        shop.telegram.faults().clear();
        shop.healthy_when("recovery", |code, health| {
            code == 200 && health["status"] == "ok"
        })
        .await;
        assert_eq!(
            shop.bot
                .other(&["health"], &[("HTTP_ADDR", &shop.bot.address())])
                .await
                .code,
            Some(0)
        );
        ann.says("/menu").await;
        ann.reads("pizza").await;
    }
    shop.close().await;
}

#[tokio::test]
async fn telegram_out_of_reach_is_waited_out_at_the_start_and_later() {
    let mut shop = shop().await;
    let ann = shop.customer("Ann");
    shop.bot.kill9().await;
    shop.telegram.server().go_down();
    shop.bot.restart().await;
    assert_eq!(shop.bot.get("/health").await.0, 200, "not yet for a minute");
    ann.says("/help").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    shop.telegram.server().come_up();
    ann.reply().await;

    shop.telegram.server().go_down();
    ann.says("/menu").await;
    let health = shop
        .healthy_when("a note of it", |_, health| {
            health["components"]["telegram"]["status"] == "degraded"
        })
        .await;
    assert_eq!(health["status"], "degraded");
    shop.telegram.server().come_up();
    ann.reads("pizza").await;
    shop.healthy_when("recovery", |_, health| health["status"] == "ok")
        .await;
    shop.close().await;
}

#[tokio::test]
async fn polls_that_go_wrong_are_repeated() {
    let shop = shop().await;
    let ann = shop.customer("Ann");
    let answer = |body: Value| Verdict::Answer(Answer::json(200, &body));
    let cases = [
        html_page(502),
        html_page(200),
        answer(json!({"ok": true})),
        answer(json!({"ok": true, "result": {"update_id": 1}})),
        answer(json!({"ok": true, "result": [42, {"update_id": "x"}, {}, {"update_id": -1}]})),
        answer(json!([])),
        answer(
            json!({"ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 1}}),
        ),
        Verdict::Truncate,
        Verdict::DropBefore,
        // Handed out, and the answer lost: they come again.
        Verdict::DropAfter,
    ];
    for verdict in cases {
        shop.telegram.faults().once("getUpdates", verdict.clone());
        ann.says("/help").await;
        ann.reply().await;
        ann.says("/menu").await;
        ann.reads("pizza").await;
        acknowledged(&shop).await;
    }
    let menus = ann.history();
    let menus = menus
        .iter()
        .filter(|m| m.is_from_bot() && m.text.to_lowercase().contains("pizza"));
    assert!(menus.count() >= 10);
    shop.close().await;
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_done_and_one_of_a_lost_message_is_sent_anew() {
    let shop = shop().await;
    let ann = shop.customer("Ann");
    ann.says("a cola please").await;
    let draft = ann.draft().await;
    let edits = format!("editMessageText@{}", ann.id);
    let not_modified = "message is not modified: specified new message content and reply markup are exactly the same";
    shop.telegram.faults().once(&edits, bad(not_modified));
    ann.taps(&draft, "order:confirm").await;
    shop.operators().card().await;
    ann.says("/help").await;
    ann.reply().await;
    assert_eq!(
        calls_to(&shop, "editMessageText", ann.id).len(),
        1,
        "it is not repeated"
    );

    for words in [
        "message to edit not found",
        "message can't be edited",
        "something new",
    ] {
        ann.says("fries please").await;
        let draft = ann.draft().await;
        shop.telegram.faults().once(&edits, bad(words));
        ann.taps(&draft, "order:confirm").await;
        let placed = ann.reads("is placed").await;
        assert_ne!(
            placed.message_id, draft.0.message_id,
            "a new message takes its place"
        );
    }
    shop.close().await;
}

#[tokio::test]
async fn a_text_whose_form_telegram_refuses_is_sent_plain() {
    let shop = shop().await;
    let ann = shop.customer("Ann");
    shop.telegram.faults().once(
        "sendMessage",
        bad("can't parse entities: Unsupported start tag \"x\" at byte offset 0"),
    );
    ann.says("/help").await;
    ann.reply().await;
    shop.close().await;
}

#[tokio::test]
async fn telegrams_limits_are_kept_and_a_waiting_chat_delays_no_other() {
    let shop = Shop::start_with(plain().set("TELEGRAM_MESSAGES_PER_SECOND", "30")).await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    for _ in 0..4 {
        ann.says("/help").await;
    }
    let began = Instant::now();
    bob.says("/help").await;
    bob.reply().await;
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "Bob waited for Ann"
    );
    // Cards of many orders at once go to one group.
    for n in 0..3 {
        let customer = shop.customer(&format!("Customer {n}"));
        customer.says("a cola please").await;
        let draft = customer.draft().await;
        customer.taps(&draft, "order:confirm").await;
    }
    let mut operators = Vec::new();
    let people = shop.operators();
    for _ in 0..3 {
        operators.push(people.card().await.order_id);
    }
    let all = |state: &State| {
        let history = state.history(ann.id).iter().filter(|m| m.is_from_bot());
        (history.count() == 4).then_some(())
    };
    shop.telegram.expect("all of Ann's answers", all).await;
    let second = Duration::from_secs(1);
    assert_eq!(shop.telegram.busiest(second, Some(ann.id)), 1);
    assert_eq!(shop.telegram.busiest(second, Some(OPERATOR_CHAT)), 1);
    shop.close().await;
}

async fn count_orders(shop: &Shop) -> usize {
    shop.orders().await.len()
}

#[tokio::test]
async fn a_batch_that_comes_again_is_applied_once() {
    let mut shop = shop().await;
    let ann = shop.customer("Ann");
    ann.says("a cola please").await;
    let draft = ann.draft().await;
    acknowledged(&shop).await;
    // The message once more, in the same life and in the next: still one cola.
    assert_eq!(shop.telegram.redeliver(), 1);
    acknowledged(&shop).await;
    ann.taps(&draft, "order:confirm").await;
    acknowledged(&shop).await;
    assert_eq!(count_orders(&shop).await, 1);
    shop.telegram.redeliver();
    shop.bot.restart().await;
    shop.telegram.redeliver();
    ann.says("/help").await;
    ann.reads("/menu").await;
    let orders = shop.orders().await;
    assert_eq!(orders.len(), 1);
    assert!(orders[0]["items"].starts_with("1 x Cola"), "{orders:?}");
    assert_eq!(
        ann.history()
            .iter()
            .filter(|m| m.text.contains("is placed"))
            .count(),
        1
    );
    shop.close().await;
}

fn message(update: u64, user: i64, text: &str) -> Value {
    json!({"update_id": update, "message": {
        "message_id": update, "date": 1_800_000_000, "text": text,
        "chat": {"id": user, "type": "private", "first_name": "Ann"},
        "from": {"id": user, "is_bot": false, "first_name": "Ann"},
    }})
}

#[tokio::test]
async fn updates_with_the_same_id_are_one_and_lower_ids_are_new() {
    let shop = shop().await;
    let ann = shop.customer("Ann");
    ann.says("/help").await;
    ann.reply().await;
    acknowledged(&shop).await;
    let first = u64::from(*shop.telegram.last_update_ids().last().unwrap()) + 1;
    let cola = |id| message(id, ann.id, "one more cola please");
    // Twice in a batch, and once more in the next.
    shop.telegram
        .deliver(&[cola(first), cola(first), cola(first + 1)]);
    shop.telegram.deliver(&[cola(first + 1), cola(first)]);
    let total = |wanted: &'static str| {
        let id = ann.id;
        move |state: &State| {
            let draft = |m: &order_bot::standin::SentMessage| m.button("order:confirm:").is_some();
            let draft = state.newest(id, draft)?;
            draft.text.contains(wanted).then_some(())
        }
    };
    shop.telegram.expect("two colas", total("€6.00")).await;
    // Telegram counts anew, lower than ever before.
    shop.telegram.deliver(&[cola(1_000), cola(1_000)]);
    shop.telegram.expect("three colas", total("€9.00")).await;
    shop.telegram.restart_update_ids(2_000);
    ann.says("and another cola please").await;
    shop.telegram.expect("four colas", total("€12.00")).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    shop.telegram
        .expect("still four colas", total("€12.00"))
        .await;
    shop.close().await;
}

#[tokio::test]
async fn an_answer_to_a_tap_that_gets_lost_is_given_again() {
    let shop = shop().await;
    let ann = shop.customer("Ann");
    ann.says("a cola please").await;
    let draft = ann.draft().await;
    shop.telegram
        .faults()
        .once("answerCallbackQuery", Verdict::DropBefore);
    shop.telegram
        .faults()
        .once("answerCallbackQuery", html_page(502));
    ann.taps(&draft, "order:confirm").await;
    shop.close().await;
}
