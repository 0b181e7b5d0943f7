//! The program is killed between invoice, question and payment: no order, row or charge is lost or doubled.

use std::time::Duration;

use order_bot::standin::{SentMessage, State, wire::Verdict};

use crate::{
    harness::{people::Customer, settings::OPERATOR_CHAT, shop::Shop},
    payments::{paid_shop, start},
};

const WISH: &str = "two margheritas and a cola please";

fn cell(row: &crate::fakes::operator::Row, column: &str) -> String {
    row.get(column).cloned().unwrap_or_default()
}

/// Tries to pay, as often as it is declined or not answered, until the money has moved.
async fn pays_at_last(shop: &Shop, customer: &Customer, invoice: &SentMessage) -> bool {
    for _ in 0..40 {
        let id = shop.telegram.pay(customer.id, invoice.message_id).unwrap();
        let look = |state: &State| state.checkout(&id)?.approved;
        let approved = shop.telegram.wait_for(Duration::from_secs(2), look).await;
        match approved {
            Some(true) => {
                shop.telegram.complete_payment(&id).unwrap();
                return true;
            }
            Some(false) => {
                let why = shop
                    .telegram
                    .with(|state| state.checkout(&id).unwrap().why.clone());
                if why.contains("already paid") {
                    return false;
                }
                if why.contains("under way") {
                    // A try before was agreed to, and the answer was lost with the program: it holds for a minute.
                    return false;
                }
            }
            None => {}
        }
    }
    panic!("it could not be paid");
}

/// What must hold of a paid order: once on disk, once in the sheet, paid once, and on a card.
async fn paid_once(shop: &Shop, customer: &Customer) {
    let placed = |shop: &Shop| {
        let rows = shop.sheet().rows();
        let own: Vec<_> = rows
            .into_iter()
            .filter(|row| cell(row, "customer_id") == customer.id.to_string())
            .collect();
        own
    };
    let row = shop
        .sheet()
        .expect("the paid row", |_| {
            let own = placed(shop);
            let done = own.len() == 1
                && cell(&own[0], "status") == "placed"
                && cell(&own[0], "payment") == "card";
            done.then(|| own[0].clone())
        })
        .await;
    let id = cell(&row, "order_id");
    let button = format!("op:accept:{id}");
    let card = |state: &State| {
        state
            .newest(OPERATOR_CHAT, |m| m.button(&button).is_some())
            .map(drop)
    };
    shop.telegram.expect("the card", card).await;
    let on_disk = shop.orders().await;
    let own = on_disk
        .iter()
        .filter(|o| cell(o, "customer_id") == customer.id.to_string());
    assert_eq!(own.count(), 1);
    let alarms = shop.telegram.history(OPERATOR_CHAT);
    assert!(
        !alarms.iter().any(|m| m.text.contains("Pay back")),
        "paid twice"
    );
}

#[tokio::test]
async fn killed_after_the_tap_the_invoice_still_comes() {
    let mut shop = start(paid_shop()).await;
    let ann = shop.customer("Ann");
    ann.says(WISH).await;
    let draft = ann.draft().await;
    shop.telegram
        .faults()
        .once("sendInvoice", Verdict::HangAfter);
    ann.taps(&draft, "order:pay:").await;
    let sent = |state: &State| state.calls_of("sendInvoice").next().map(drop);
    shop.telegram.expect("the invoice on its way", sent).await;
    shop.bot.kill9().await;
    shop.bot.restart().await;
    // It comes once more: a message may, a charge may not.
    let twice = |state: &State| {
        let invoices = state
            .history(ann.id)
            .iter()
            .filter(|m| m.invoice().is_some());
        let invoices: Vec<_> = invoices.cloned().collect();
        (invoices.len() == 2).then_some(invoices)
    };
    let invoices = shop.telegram.expect("the invoice again", twice).await;
    assert!(pays_at_last(&shop, &ann, &invoices[0]).await);
    ann.reads("We have your payment").await;
    assert!(!pays_at_last(&shop, &ann, &invoices[1]).await, "it is paid");
    paid_once(&shop, &ann).await;
    shop.close().await;
}

#[tokio::test]
async fn killed_after_it_agreed_the_payment_still_counts() {
    let mut shop = start(paid_shop()).await;
    let ann = shop.customer("Ann");
    let (_, invoice) = crate::payments::invoice(&ann).await;
    let id = shop.telegram.pay(ann.id, invoice.message_id).unwrap();
    let agreed = |state: &State| state.checkout(&id)?.approved;
    assert!(shop.telegram.expect("an answer", agreed).await);
    shop.bot.kill9().await;
    shop.telegram.complete_payment(&id).unwrap();
    shop.bot.restart().await;
    ann.reads("We have your payment").await;
    paid_once(&shop, &ann).await;
    // And what Telegram hands out again after a lost acknowledgement changes nothing.
    shop.bot.kill9().await;
    shop.telegram.redeliver();
    shop.bot.restart().await;
    paid_once(&shop, &ann).await;
    shop.close().await;
}

#[tokio::test]
async fn a_question_that_came_while_nobody_was_there_is_answered_in_time_or_not_with_yes() {
    let mut shop = start(paid_shop()).await;
    let ann = shop.customer("Ann");
    let (_, invoice) = crate::payments::invoice(&ann).await;
    shop.bot.kill9().await;
    let id = shop.telegram.pay(ann.id, invoice.message_id).unwrap();
    shop.bot.restart().await;
    let answered = |state: &State| state.checkout(&id)?.approved;
    let approved = shop.telegram.expect("an answer", answered).await;
    let age = shop
        .telegram
        .with(|state| state.checkout(&id).unwrap().at.elapsed());
    assert!(approved && age < Duration::from_secs(10), "{age:?}");
    shop.telegram.complete_payment(&id).unwrap();
    paid_once(&shop, &ann).await;
    shop.close().await;
}

#[tokio::test]
async fn killed_at_random_moments_nothing_is_lost_and_nothing_paid_twice() {
    let seed = fastrand::u64(..);
    eprintln!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut shop = start(paid_shop().set("RATE_LIMIT_PER_MINUTE", "0")).await;
    let jitter = Duration::from_millis(15);
    shop.telegram.faults().jitter(seed, jitter);
    let customers: Vec<_> = (0..6)
        .map(|n| shop.customer(&format!("Customer {n}")))
        .collect();
    let mut invoices = Vec::new();
    for customer in &customers {
        customer.says(WISH).await;
        let draft = customer.draft().await;
        customer.taps_and_leaves(&draft, "order:pay:");
        tokio::time::sleep(Duration::from_millis(random.u64(0..60))).await;
        shop.bot.kill9().await;
        if random.bool() {
            shop.telegram.redeliver();
        }
        shop.bot.restart().await;
        invoices.push(customer.sees("an invoice", |m| m.invoice().is_some()).await);
    }
    // Each asks; the program dies somewhere between question, answer and payment. Who was agreed to pays, whatever
    // the program does meanwhile.
    let mut paid = vec![false; customers.len()];
    for (n, (customer, invoice)) in customers.iter().zip(&invoices).enumerate() {
        let id = shop.telegram.pay(customer.id, invoice.message_id).unwrap();
        tokio::time::sleep(Duration::from_millis(random.u64(0..80))).await;
        if random.bool() {
            shop.bot.kill9().await;
            paid[n] = shop.telegram.complete_payment(&id).is_some();
            shop.bot.restart().await;
        } else {
            paid[n] = shop.telegram.complete_payment(&id).is_some();
            shop.bot.kill9().await;
            shop.telegram.redeliver();
            shop.bot.restart().await;
        }
        if !paid[n] {
            paid[n] = shop.telegram.complete_payment(&id).is_some()
                || pays_at_last(&shop, customer, invoice).await;
        }
        if !paid[n] {
            // Agreed to after all, and only the answer was late in coming.
            let agreed = |state: &State| state.checkout(&id)?.approved.filter(|yes| *yes);
            if shop
                .telegram
                .wait_for(Duration::from_millis(200), agreed)
                .await
                .is_some()
            {
                paid[n] = shop.telegram.complete_payment(&id).is_some();
            }
        }
    }
    shop.telegram.faults().calm();
    let count = paid.iter().filter(|paid| **paid).count();
    eprintln!("{count} of {} paid", customers.len());
    assert!(count >= 2, "hardly anybody has paid: seed {seed}");
    for (customer, paid) in customers.iter().zip(&paid) {
        if *paid {
            paid_once(&shop, customer).await;
        }
    }
    let orders = shop.orders().await;
    assert_eq!(orders.len(), customers.len(), "one order each");
    for (customer, paid) in customers.iter().zip(&paid) {
        let own = |order: &&crate::fakes::operator::Row| {
            cell(order, "customer_id") == customer.id.to_string()
        };
        let order = orders.iter().find(own).unwrap();
        let expected = if *paid { "placed" } else { "awaiting_payment" };
        assert_eq!(cell(order, "status"), expected, "seed {seed}");
    }
    let _ = shop.sheet().doubled();
    // What was asked while nobody was there and is too old by now stays without an answer.
    shop.forgive_left_overs();
    drop(shop);
}
