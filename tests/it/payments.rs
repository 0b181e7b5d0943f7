//! Paying in Telegram: the invoice, the question before money moves, the money, and what comes of neither.

use std::time::Duration;

use order_bot::standin::{Checkout, SentMessage, State, wire::Verdict};
use serde_json::json;

use crate::{
    harness::{
        people::{Customer, Draft},
        settings::{OPERATOR, OPERATOR_CHAT, Settings},
        shop::Shop,
    },
    ordering::{open_handed, teach},
};

const PROVIDER: &str = "284685063:TEST:canaryProviderTokenNobodyMaySee";
const WISH: &str = "two margheritas and a cola please";

pub(crate) fn paid_shop() -> Settings {
    open_handed().set("PAYMENT_PROVIDER_TOKEN", PROVIDER)
}

pub(crate) async fn start(settings: Settings) -> Shop {
    let shop = Shop::start_with(settings).await;
    shop.canaries()
        .add("the payment provider's token", PROVIDER);
    teach(&shop);
    shop
}

/// A draft, and the invoice that comes of "pay now".
pub(crate) async fn invoice(customer: &Customer) -> (Draft, SentMessage) {
    customer.says(WISH).await;
    let draft = customer.draft().await;
    customer.taps(&draft, "order:pay:").await;
    let invoice = customer.sees("an invoice", |m| m.invoice().is_some()).await;
    (draft, invoice)
}

/// The try to pay once it is answered.
async fn answered(shop: &Shop, id: &str) -> Checkout {
    let look = |state: &State| {
        let checkout = state.checkout(id)?;
        checkout.approved.map(|_| checkout.clone())
    };
    shop.telegram
        .expect("an answer before the payment", look)
        .await
}

/// Pays an invoice; gives the charge.
pub(crate) async fn pays(shop: &Shop, customer: &Customer, invoice: &SentMessage) -> String {
    let id = shop.telegram.pay(customer.id, invoice.message_id).unwrap();
    let checkout = answered(shop, &id).await;
    assert_eq!(checkout.approved, Some(true), "{}", checkout.why);
    shop.telegram.complete_payment(&id).unwrap()
}

/// A message in the operator chat with this text.
async fn operators_read(shop: &Shop, text: &str) -> SentMessage {
    let look = |state: &State| {
        state
            .newest(OPERATOR_CHAT, |m| m.text.contains(text))
            .cloned()
    };
    shop.telegram
        .expect(&format!("{text:?} in the operator chat"), look)
        .await
}

async fn the_order(shop: &Shop) -> serde_json::Map<String, serde_json::Value> {
    let orders = shop.orders().await;
    assert_eq!(orders.len(), 1, "{orders:?}");
    serde_json::to_value(&orders[0])
        .unwrap()
        .as_object()
        .unwrap()
        .clone()
}

#[tokio::test]
async fn an_order_that_is_paid_now_reaches_the_shop_when_it_is_paid() {
    let shop = start(paid_shop().set("PAYMENT_TIPS", "1.00, 2.50")).await;
    let ann = shop.customer("Ann");
    let (_, invoice) = invoice(&ann).await;
    let order = the_order(&shop).await;
    let id = order["order_id"].as_str().unwrap().to_owned();
    let shown = invoice.invoice().unwrap();
    assert_eq!(shown["total_amount"], 2000);
    assert_eq!(shown["currency"], "EUR");
    assert_eq!(shown["title"], format!("Order {id}"));
    assert_ne!(
        shown["start_parameter"], "",
        "forwarded copies cannot be paid"
    );
    assert_eq!(shown["suggested_tip_amounts"], json!([100, 250]));
    assert_eq!(shown["max_tip_amount"], 250);
    ann.reads("waits for your payment").await;
    let row = shop.sheet().row_of(&id).await;
    assert_eq!(
        (&*row["status"], &*row["payment"]),
        ("awaiting_payment", "card (unpaid)")
    );
    assert!(
        shop.operators().history().is_empty(),
        "the shop does not see it yet"
    );

    let tipped = |checkout: &mut Checkout| checkout.total += 180;
    let query = shop
        .telegram
        .pay_otherwise(ann.id, invoice.message_id, tipped)
        .unwrap();
    assert_eq!(answered(&shop, &query).await.approved, Some(true));
    shop.telegram.complete_payment(&query).unwrap();
    ann.reads("We have your payment of €21.80").await;
    let card = shop.operators().card().await;
    assert_eq!(card.order_id, id);
    assert!(card.message.text.contains("paid by card") && card.message.text.contains("Tip: €1.80"));
    let row = shop.sheet().status_of(&id, "placed").await;
    assert_eq!(
        (&*row["payment"], &*row["total"]),
        ("card (tip 1.80)", "20.00")
    );

    // The same news once more, as after a lost acknowledgement: nothing is doubled.
    shop.telegram.redeliver();
    ann.says("/orders").await;
    ann.reads("placed, waiting for the shop").await;
    let thanks = ann
        .history()
        .iter()
        .filter(|m| m.text.contains("We have your payment"))
        .count();
    assert_eq!(thanks, 1);
    shop.close().await;
}

#[tokio::test]
async fn confirm_still_means_cash_and_both_have_words() {
    let shop = start(paid_shop()).await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    ann.says(WISH).await;
    ann.taps(&ann.draft().await, "order:confirm:").await;
    let card = shop.operators().card().await;
    assert!(card.message.text.contains("to be paid in cash"));
    assert_eq!(shop.sheet().row_of(&card.order_id).await["payment"], "cash");

    bob.says(WISH).await;
    bob.draft().await;
    bob.says("pay now").await;
    let first = bob.sees("an invoice", |m| m.invoice().is_some()).await;
    bob.says("pay by card").await;
    let again = bob
        .sees("the invoice once more", |m| m.invoice().is_some())
        .await;
    assert!(again.message_id > first.message_id);
    pays(&shop, &bob, &first).await;
    bob.reads("We have your payment").await;
    // The other copy of the invoice buys nothing twice.
    let second = shop.telegram.pay(bob.id, again.message_id).unwrap();
    let second = answered(&shop, &second).await;
    assert_eq!(second.approved, Some(false));
    assert!(second.why.contains("already paid"), "{}", second.why);
    shop.close().await;
}

#[tokio::test]
async fn where_payment_is_required_confirm_leads_to_the_invoice() {
    let shop = start(paid_shop().set("PAYMENT_REQUIRED", "true")).await;
    let ann = shop.customer("Ann");
    ann.says(WISH).await;
    let draft = ann.draft().await;
    assert!(
        draft.0.button("order:pay:").is_none(),
        "there is but one way"
    );
    let tap = ann.taps(&draft, "order:confirm:").await;
    assert_eq!(tap.answer.as_deref(), Some("Please pay your order now."));
    let invoice = ann.sees("an invoice", |m| m.invoice().is_some()).await;
    pays(&shop, &ann, &invoice).await;
    shop.operators().card().await;
    shop.close().await;
}

#[tokio::test]
async fn without_a_provider_nobody_pays_in_telegram() {
    let shop = start(open_handed()).await;
    let ann = shop.customer("Ann");
    ann.says(WISH).await;
    let draft = ann.draft().await;
    assert!(draft.0.button("order:pay:").is_none());
    ann.says("pay now").await;
    ann.reads("You pay when you get your order").await;
    shop.close().await;
}

#[tokio::test]
async fn a_try_to_pay_that_does_not_agree_with_the_order_is_declined() {
    let mut shop = start(paid_shop().set("PAYMENT_TIPS", "1.00")).await;
    let (ann, eve) = (shop.customer("Ann"), shop.customer("Eve"));
    let (_, invoice) = invoice(&ann).await;
    let eve = eve.id;
    type Change = Box<dyn FnOnce(&mut Checkout)>;
    let tries: Vec<(&str, Change, &str)> = vec![
        ("a cent less", Box::new(|c| c.total -= 1), "does not agree"),
        (
            "more than the largest tip",
            Box::new(|c| c.total += 101),
            "does not agree",
        ),
        (
            "another currency",
            Box::new(|c| "USD".clone_into(&mut c.currency)),
            "does not agree",
        ),
        (
            "somebody else",
            Box::new(move |c| c.user = eve),
            "no such order",
        ),
        (
            "another order",
            Box::new(|c| "order:ZZZ-1".clone_into(&mut c.payload)),
            "no such order",
        ),
        (
            "no payload of ours",
            Box::new(|c| "x".clone_into(&mut c.payload)),
            "no such order",
        ),
    ];
    for (what, change, why) in tries {
        let id = shop
            .telegram
            .pay_otherwise(ann.id, invoice.message_id, change)
            .unwrap();
        let checkout = answered(&shop, &id).await;
        assert_eq!(checkout.approved, Some(false), "{what}");
        assert!(checkout.why.contains(why), "{what}: {}", checkout.why);
    }
    // The shop has run out of colas meanwhile.
    let mut menu = crate::harness::settings::sample_menu();
    menu["items"][3]["available"] = json!(false);
    let file = shop.data_dir().parent().unwrap().join("menu.json");
    std::fs::write(file, menu.to_string()).unwrap();
    shop.bot.sigterm().await;
    shop.bot.restart().await;
    let id = shop.telegram.pay(ann.id, invoice.message_id).unwrap();
    let checkout = answered(&shop, &id).await;
    assert_eq!(checkout.approved, Some(false));
    assert!(
        checkout.why.contains("No longer to be had: Cola"),
        "{}",
        checkout.why
    );
    assert_eq!(the_order(&shop).await["status"], "awaiting_payment");
    shop.close().await;
}

#[tokio::test]
async fn two_tries_at_once_cannot_both_be_paid() {
    let shop = start(paid_shop()).await;
    let ann = shop.customer("Ann");
    let (_, invoice) = invoice(&ann).await;
    let first = shop.telegram.pay(ann.id, invoice.message_id).unwrap();
    assert_eq!(answered(&shop, &first).await.approved, Some(true));
    let second = shop.telegram.pay(ann.id, invoice.message_id).unwrap();
    let second = answered(&shop, &second).await;
    assert_eq!(second.approved, Some(false));
    assert!(second.why.contains("under way"), "{}", second.why);
    // Nor can the order be taken back while the money is on its way.
    ann.says("/orders").await;
    let list = ann
        .sees("the orders", |m| m.button("mine:cancel:").is_some())
        .await;
    let tap = ann.taps(&list, "mine:cancel:").await;
    assert!(tap.answer.unwrap().contains("under way"));
    shop.telegram.complete_payment(&first).unwrap();
    ann.reads("We have your payment").await;
    shop.close().await;
}

#[tokio::test]
async fn the_question_is_answered_while_the_model_thinks_about_another_message() {
    let shop = start(paid_shop()).await;
    let ann = shop.customer("Ann");
    let (_, invoice) = invoice(&ann).await;
    shop.openai.think_for(Duration::from_secs(4));
    ann.says("some fries as well please").await;
    let began = std::time::Instant::now();
    let id = shop.telegram.pay(ann.id, invoice.message_id).unwrap();
    assert_eq!(answered(&shop, &id).await.approved, Some(true));
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    shop.telegram.complete_payment(&id).unwrap();
    shop.operators().card().await;
    ann.draft().await;
    shop.close().await;
}

#[tokio::test]
async fn an_unpaid_order_expires_and_money_that_comes_later_is_to_be_paid_back() {
    let mut shop = start(paid_shop().set("PAYMENT_TTL_SECS", "1")).await;
    let ann = shop.customer("Ann");
    let (_, invoice) = invoice(&ann).await;
    ann.reads("was not paid in time").await;
    let id = the_order(&shop).await["order_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let row = shop.sheet().status_of(&id, "expired").await;
    assert_eq!(row["payment"], "card (unpaid)");
    assert!(
        shop.operators().history().is_empty(),
        "the shop has nothing to do with it"
    );
    let late = shop.telegram.pay(ann.id, invoice.message_id).unwrap();
    assert_eq!(answered(&shop, &late).await.approved, Some(false));

    // All the same money comes, as from a Telegram that did not listen.
    let query = format!("{}", fastrand::u32(..));
    let payment = json!({
        "currency": "EUR", "total_amount": 2000, "invoice_payload": format!("order:{id}"),
        "telegram_payment_charge_id": format!("charge-{query}"),
        "provider_payment_charge_id": format!("provider-{query}"),
    });
    let extra = serde_json::Map::from_iter([("successful_payment".to_owned(), payment)]);
    shop.telegram.send_as(ann.id, ann.id, "", extra).unwrap();
    ann.reads("pays your €20.00 back").await;
    let alarm = operators_read(&shop, "Pay back €20.00").await;
    assert!(
        alarm.text.contains(&format!("provider-{query}")),
        "{}",
        alarm.text
    );
    let sheet = shop.sheet();
    let row = sheet.expect("the refund in the row", |sheet| {
        sheet
            .rows_of(&id)
            .pop()
            .filter(|row| row["payment"] == "card (refund due)")
    });
    assert_eq!(row.await["status"], "expired");
    shop.bot.kill9().await;
    shop.bot.restart().await;
    let data = &alarm.button("pay:refunded:").unwrap().data;
    shop.telegram
        .tap_in(OPERATOR_CHAT, OPERATOR, alarm.message_id, data)
        .unwrap();
    operators_read(&shop, "was paid back").await;
    shop.sheet()
        .expect("the refund in the row", |sheet| {
            sheet
                .rows_of(&id)
                .pop()
                .filter(|row| row["payment"] == "card (refunded)")
        })
        .await;
    shop.close().await;
}

#[tokio::test]
async fn a_paid_order_that_comes_to_nothing_alarms_the_shop() {
    let shop = start(paid_shop()).await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    let operators = shop.operators();
    let (_, bill) = invoice(&ann).await;
    let charge = pays(&shop, &ann, &bill).await;
    let card = operators.card().await;
    operators.taps(&card, "op:reject:").await;
    ann.reads("pays your €20.00 back").await;
    let provider = charge.replace("charge-", "provider-");
    let alarm = operators_read(&shop, &provider).await;
    assert!(alarm.text.contains(&card.order_id));

    let (_, bill) = invoice(&bob).await;
    let charge = pays(&shop, &bob, &bill).await;
    let card = operators.card().await;
    bob.says(&format!("cancel {}", card.order_id)).await;
    bob.reads("pays your €20.00 back").await;
    operators_read(&shop, &charge.replace("charge-", "provider-")).await;
    shop.close().await;
}

#[tokio::test]
async fn an_invoice_that_telegram_refuses_ends_the_order_in_plain_words() {
    let shop = start(paid_shop()).await;
    let refused = order_bot::standin::wire::Answer::json(
        400,
        &json!({"ok": false, "error_code": 400, "description": "Bad Request: CURRENCY_TOTAL_AMOUNT_INVALID"}),
    );
    shop.telegram
        .faults()
        .once("sendInvoice", Verdict::Answer(refused));
    let ann = shop.customer("Ann");
    ann.says(WISH).await;
    ann.taps(&ann.draft().await, "order:pay:").await;
    ann.reads("cannot be paid in Telegram").await;
    assert_eq!(the_order(&shop).await["status"], "expired");
    shop.close().await;
}

#[tokio::test]
async fn an_unpaid_order_can_be_taken_back() {
    let shop = start(paid_shop()).await;
    let ann = shop.customer("Ann");
    let (_, invoice) = invoice(&ann).await;
    let id = the_order(&shop).await["order_id"]
        .as_str()
        .unwrap()
        .to_owned();
    ann.says(&format!("cancel {id}")).await;
    ann.reads("was taken back").await;
    let late = shop.telegram.pay(ann.id, invoice.message_id).unwrap();
    let late = answered(&shop, &late).await;
    assert_eq!(late.approved, Some(false));
    assert!(late.why.contains("can no longer be paid"), "{}", late.why);
    assert!(shop.operators().history().is_empty());
    shop.close().await;
}

#[tokio::test]
async fn money_for_an_order_that_nobody_knows_alarms_the_shop() {
    let shop = start(paid_shop()).await;
    let ann = shop.customer("Ann");
    let payment = json!({
        "currency": "EUR", "total_amount": 700, "invoice_payload": "order:ZZZ-9",
        "telegram_payment_charge_id": "charge-9", "provider_payment_charge_id": "provider-stray-9",
    });
    let extra = serde_json::Map::from_iter([("successful_payment".to_owned(), payment)]);
    shop.telegram.send_as(ann.id, ann.id, "", extra).unwrap();
    let alarm = operators_read(&shop, "provider-stray-9").await;
    assert!(alarm.text.contains("€7.00"), "{}", alarm.text);
    shop.close().await;
}

#[tokio::test]
async fn a_large_order_is_approved_before_anybody_pays_for_it() {
    let shop = start(paid_shop().set("ORDER_MAX_QUANTITY", "2")).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    ann.says(WISH).await;
    let draft = ann.draft().await;
    ann.taps(&draft, "order:pay:").await;
    ann.reads("waits for the shop's approval").await;
    let card = operators.card().await;
    assert!(
        ann.history().iter().all(|m| m.invoice().is_none()),
        "nobody pays for what may be refused"
    );
    operators.taps(&card, "op:accept:").await;
    let first = ann.sees("an invoice", |m| m.invoice().is_some()).await;
    // A slip: while it is taken back, the invoice is not taken either.
    let approved = operators.card_with(&card, "op:undo:").await;
    operators.taps(&approved, "op:undo:").await;
    shop.sheet().status_of(&card.order_id, "pending").await;
    let id = shop.telegram.pay(ann.id, first.message_id).unwrap();
    assert_eq!(answered(&shop, &id).await.approved, Some(false));
    let again = operators.card_with(&card, "op:accept:").await;
    operators.taps(&again, "op:accept:").await;
    let second = ann
        .sees("another invoice", |m| {
            m.invoice().is_some() && m.message_id > first.message_id
        })
        .await;
    pays(&shop, &ann, &second).await;
    let row = shop.sheet().status_of(&card.order_id, "placed").await;
    assert_eq!(row["payment"], "card");
    let paid = operators.card_with(&card, "op:accept:").await;
    operators.taps(&paid, "op:accept:").await;
    shop.sheet().status_of(&card.order_id, "accepted").await;
    // A paid order that is rejected stays so: its refund is asked for at once.
    let accepted = operators.card_with(&card, "op:reject:").await;
    operators.taps(&accepted, "op:reject:").await;
    operators_read(&shop, "pay").await;
    let rejected = operators.card_with(&card, "op:reason:").await;
    assert!(rejected.message.button("op:undo:").is_none());
    shop.close().await;
}
