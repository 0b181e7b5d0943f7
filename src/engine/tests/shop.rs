//! Sold out, closed, full: through the engine, as customers meet it.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::conversation::{Conversation, Draft};
use crate::order::{Order, Status};
use crate::shop::{ShopRules, ShopState, SlotRules};

fn says_as(user: u64, text: &str) -> Incoming {
    Incoming {
        update: None,
        user,
        chat: i64::try_from(user).unwrap(),
        date: None,
        ..says(0, text)
    }
}

/// Somebody the engine knows: only then is an input without an update theirs.
fn know(engine: &Engine, user: u64) {
    let customer = crate::conversation::Customer::new(jiff::Timestamp::now());
    let _ = engine.transact(|tx| Ok(tx.put(user, &customer)?)).unwrap();
}

async fn hear(engine: &Arc<Engine>, user: u64, text: &str) {
    engine.submit(says_as(user, text));
    assert_eq!(engine.drain(Duration::from_secs(20)).await, 0);
}

fn draft_of(engine: &Engine, user: u64) -> Option<Draft> {
    let conversation = engine.store().get::<Conversation>(user).unwrap();
    conversation.unwrap_or_default().draft
}

fn orders(engine: &Engine) -> Vec<Order> {
    let mut all = Vec::new();
    engine
        .store()
        .scan::<Order>(|_, order| all.push(order.unwrap()));
    all
}

fn change(engine: &Arc<Engine>, change: impl FnOnce(&mut ShopState, jiff::Timestamp)) {
    let done = engine.change_shop(
        |state, _, now| change(state, now),
        |kept| engine.transact(|tx| kept.put(tx)).map(Some),
    );
    assert!(done.unwrap().is_some());
}

fn later(minutes: i64) -> jiff::Timestamp {
    jiff::Timestamp::now() + SignedDuration::from_mins(minutes)
}

fn sells_out(engine: &Arc<Engine>, item: &str) {
    change(engine, |state, _| {
        state.items.insert(item.to_owned(), later(60));
    });
}

#[tokio::test]
async fn what_is_sold_out_leaves_parser_menu_and_open_carts_at_once() {
    let (engine, mut releases, _folder) = engine();
    know(&engine, 7);
    hear(&engine, 7, "a cola and a margherita").await;
    let before = engine.menu().0.version().to_owned();
    jobs(&mut releases);
    sells_out(&engine, "cola");
    assert_eq!(engine.drain(Duration::from_secs(20)).await, 0);
    let (menu, parser) = engine.menu();
    assert_ne!(
        menu.version(),
        before,
        "answers kept for the other menu do not count"
    );
    assert_eq!(parser.menu_version(), menu.version());
    assert!(
        menu.items_in(Some("drinks"))
            .all(|item| item.id.as_str() != "cola")
    );
    let draft = draft_of(&engine, 7).unwrap();
    assert_eq!(
        (draft.gone.as_slice(), draft.cart.lines().len()),
        (["Cola".to_owned()].as_slice(), 1)
    );
    assert!(!draft.nearest.is_empty(), "something else is named");
    let shown = jobs(&mut releases);
    assert_eq!(
        shown,
        [What::Draft {
            draft: draft.id,
            anew: true
        }]
    );

    // Asked for again, it is refused by its name, with something else.
    hear(&engine, 7, "and a cola please").await;
    let draft = draft_of(&engine, 7).unwrap();
    assert!(
        draft.unmatched.is_empty(),
        "it was understood: {:?}",
        draft.unmatched.len()
    );
    let message = text_of(&engine, &draft);
    assert!(
        message.contains("Cola is sold out today. How about"),
        "{message}"
    );

    // Back again, it can be ordered.
    change(&engine, |state, _| state.items.clear());
    hear(&engine, 7, "a cola").await;
    assert_eq!(draft_of(&engine, 7).unwrap().cart.lines().len(), 2);
    assert_eq!(engine.menu().0.version(), before);
}

fn text_of(engine: &Engine, draft: &Draft) -> String {
    let outgoing = Outgoing {
        chat: 7,
        language: None,
        at: jiff::Timestamp::now(),
        topic: None,
        desk: None,
        what: What::Draft {
            draft: draft.id.clone(),
            anew: true,
        },
    };
    engine.render(&outgoing).unwrap().message.html
}

#[tokio::test]
async fn everything_ends_by_itself_and_is_kept_over_a_restart() {
    let (engine, _releases, _folder) = engine();
    sells_out(&engine, "cola");
    let kept = engine.store().get::<ShopState>(crate::engine::shop::STATE);
    assert!(kept.unwrap().unwrap().items.contains_key("cola"));
    change(&engine, |state, now| {
        state
            .items
            .insert("cola".to_owned(), now + SignedDuration::from_millis(300));
    });
    let stop = tokio_util::sync::CancellationToken::new();
    let task = tokio::spawn(Arc::clone(&engine).run_shop(stop.clone()));
    let back = async {
        while !engine.menu().0.item("cola").unwrap().available {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), back)
        .await
        .expect("it ends in its time");
    stop.cancel();
    task.await.unwrap();
    let kept = engine.store().get::<ShopState>(crate::engine::shop::STATE);
    assert!(kept.unwrap().unwrap().is_plain());
}

#[tokio::test]
async fn a_pause_offers_the_time_after_it_and_is_confirmed_as_such() {
    let (engine, _releases, _folder) = engine();
    know(&engine, 7);
    hear(&engine, 7, "a cola").await;
    assert_eq!(draft_of(&engine, 7).unwrap().offered_for, None);
    change(&engine, |state, _| state.paused_until = Some(later(30)));
    assert_eq!(engine.drain(Duration::from_secs(20)).await, 0);
    let offered = draft_of(&engine, 7)
        .unwrap()
        .offered_for
        .expect("a time after the pause");
    assert!(offered >= later(29));
    hear(&engine, 7, "yes").await;
    let placed = orders(&engine);
    assert_eq!(placed.len(), 1);
    assert_eq!(placed[0].wanted_for, Some(offered));
    assert!(text_of_order(&engine, &placed[0]).contains("When: "));
}

fn text_of_order(engine: &Engine, order: &Order) -> String {
    crate::text::card(engine.shop_texts(), order, &engine.clock()).html
}

/// An engine whose kitchen makes so many orders in an hour.
fn with_slots(
    capacity: u32,
) -> (
    Arc<Engine>,
    mpsc::UnboundedReceiver<Release>,
    tempfile::TempDir,
) {
    engine_with(|rules| {
        rules.shop = ShopRules {
            slots: Some(SlotRules {
                minutes: 60,
                capacity,
            }),
            ..ShopRules::default()
        };
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_slot_takes_more_than_it_can_under_concurrent_confirms() {
    let (engine, _releases, _folder) = with_slots(3);
    let users: Vec<u64> = (100..140).collect();
    for user in &users {
        know(&engine, *user);
        engine.submit(says_as(*user, "a cola"));
    }
    assert_eq!(engine.drain(Duration::from_secs(60)).await, 0);
    // All at once; who finds the slot full is shown another time and says yes to that.
    for _ in 0..users.len() {
        for user in &users {
            engine.submit(says_as(*user, "yes"));
        }
        assert_eq!(engine.drain(Duration::from_secs(60)).await, 0);
        if orders(&engine).len() == users.len() {
            break;
        }
    }
    let placed = orders(&engine);
    assert_eq!(placed.len(), users.len(), "everybody has found a time");
    let slots = engine.rules.shop.slots.unwrap();
    let mut taken = std::collections::BTreeMap::<_, u32>::new();
    for order in &placed {
        *taken
            .entry(slots.slot(order.due(), &jiff::tz::TimeZone::UTC))
            .or_default() += 1;
    }
    assert!(taken.values().all(|n| *n <= 3), "{taken:?}");
    assert!(taken.len() >= users.len() / 3, "{taken:?}");
    // Who takes an order back makes room.
    let (slot, _) = taken.iter().next().unwrap();
    let first = placed
        .iter()
        .find(|o| slots.slot(o.due(), &jiff::tz::TimeZone::UTC) == *slot)
        .unwrap();
    let full = |engine: &Engine| {
        engine
            .transact(|tx| engine.moment(tx, &engine.current(), jiff::Timestamp::now()))
            .unwrap()
            .0
            .full
            .contains(slot)
    };
    assert!(full(&engine));
    let mut order = first.clone();
    order.status = Status::Cancelled;
    let _ = engine
        .transact(|tx| Ok(tx.put(order.number, &order)?))
        .unwrap();
    assert!(!full(&engine));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    /// Windows around this very minute: whatever a customer says, an order stands only for a minute in which the shop
    /// takes orders.
    #[test]
    fn no_order_is_accepted_in_a_closed_minute(
        openings in prop::collection::vec((0_u32..24, 0_u32..24), 0..4),
        last_order in 0_u16..60,
        words in prop::sample::select(vec!["a cola", "a cola at 7", "a cola tomorrow noon", "a cola in 2 hours", "a cola at 3:30 am"]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let windows: Vec<_> = openings.iter().map(|(from, until)| format!(r#"["{from:02}:00","{until:02}:00"]"#)).collect();
            let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| format!(r#""{day}":[{}]"#, windows.join(",")));
            let json = format!(
                r#"{{"currency":"USD","hours":{{{}}},"items":[{{"id":"cola","name":"Cola","price":"2.00"}}]}}"#,
                days.join(",")
            );
            let (engine, _releases, _folder) = engine_of(Menu::parse(&json).unwrap(), |rules| rules.shop.last_order = last_order);
            know(&engine, 7);
            hear(&engine, 7, words).await;
            let offered = draft_of(&engine, 7).unwrap();
            hear(&engine, 7, "yes").await;
            let schedule = Arc::clone(&engine.current().schedule);
            let placed = orders(&engine);
            for order in &placed {
                assert!(schedule.takes_orders(order.due()), "{} for {}", order.placed_at, order.due());
                assert_eq!(order.wanted_for, offered.offered_for, "what was read is what was placed");
            }
            if windows.is_empty() {
                assert!(placed.is_empty(), "a shop without openings takes nothing");
            }
        });
    }
}
