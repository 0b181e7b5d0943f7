#![allow(clippy::unwrap_used, clippy::expect_used)]

mod shop;

use std::time::Duration;

use super::*;
use crate::conversation::{AiRule, Requires};
use crate::money::Money;
use crate::store::Options;
use crate::understand::CacheSettings;

/// An engine over a fresh folder, with the sample menu and the embedded parser.
pub(crate) fn engine() -> (
    Arc<Engine>,
    mpsc::UnboundedReceiver<Release>,
    tempfile::TempDir,
) {
    engine_with(|_| {})
}

/// The same with other rules.
fn engine_with(
    change: impl FnOnce(&mut Rules),
) -> (
    Arc<Engine>,
    mpsc::UnboundedReceiver<Release>,
    tempfile::TempDir,
) {
    let menu = Menu::parse(include_str!("../../menu.json")).unwrap();
    engine_of(menu, change)
}

/// The same with another menu.
fn engine_of(
    menu: Menu,
    change: impl FnOnce(&mut Rules),
) -> (
    Arc<Engine>,
    mpsc::UnboundedReceiver<Release>,
    tempfile::TempDir,
) {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path(), Options::default()).unwrap();
    let menu = Arc::new(menu);
    let metrics = Metrics::new();
    let cache = CacheSettings {
        ttl: Duration::ZERO,
        entries: 0,
    };
    let parser = Parser::new(Arc::clone(&menu), None, cache, Arc::clone(&metrics));
    let mut rules = Rules {
        requires: Requires::default(),
        max_quantity: 20,
        max_total: Money::from_minor(50_000),
        draft_ttl: jiff::SignedDuration::from_mins(30),
        ai: AiRule::Off,
        pay: None,
        shop: crate::shop::ShopRules::default(),
        operators: true,
        first_max_total: None,
    };
    change(&mut rules);
    let (engine, releases) = Engine::new(Setup {
        store,
        menu,
        parser: Arc::new(parser),
        rules,
        operator: Operator {
            chat: Some(-100),
            ids: Vec::new(),
            ..Operator::default()
        },
        service: Service {
            alert_after: None,
            alert_repeat: SignedDuration::from_mins(2),
            escalate_to: None,
            escalate_after: None,
            tell_customer_after: None,
            approval_within: SignedDuration::from_hours(1),
        },
        voice: None,
        rate_limit: 0,
        metrics,
    })
    .unwrap();
    (engine, releases, folder)
}

fn raw(id: u64) -> RawUpdate {
    let json =
        serde_json::value::RawValue::from_string(format!(r#"{{"update_id":{id}}}"#)).unwrap();
    RawUpdate {
        id,
        json: crate::privacy::Personal::new(json),
        ignored: false,
    }
}

fn says(update: u64, text: &str) -> Incoming {
    Incoming {
        update: Some(update),
        user: 7,
        chat: 7,
        private: true,
        name: None,
        language: None,
        date: Some(1_800_000_000),
        spot: Spot::default(),
        kind: IncomingKind::Text(text.into()),
    }
}

/// The jobs that were released, by what they are.
fn jobs(releases: &mut mpsc::UnboundedReceiver<Release>) -> Vec<What> {
    let mut jobs = Vec::new();
    while let Ok(release) = releases.try_recv() {
        if let Release::Job { outgoing, .. } = release {
            jobs.push(outgoing.what);
        }
    }
    jobs
}

#[tokio::test]
async fn an_update_that_comes_twice_is_applied_once() {
    let (engine, mut releases, _folder) = engine();
    let (fresh, commit) = engine.receive(vec![raw(5), raw(6)], 0).unwrap();
    assert_eq!(fresh.len(), 2);
    commit.durable().await.unwrap();
    let (again, _) = engine.receive(vec![raw(5), raw(6), raw(7)], 0).unwrap();
    assert_eq!(
        again.iter().map(|update| update.id).collect::<Vec<_>>(),
        [7]
    );
    assert_eq!(engine.offset(0), Some(8));

    engine.submit(says(5, "two colas"));
    engine.submit(says(5, "two colas"));
    assert_eq!(engine.drain(Duration::from_secs(5)).await, 0);
    assert_eq!(jobs(&mut releases).len(), 1, "one draft");
    assert_eq!(engine.unfinished().len(), 2, "updates 6 and 7 wait");
}

#[tokio::test]
async fn after_a_quiet_week_telegram_may_count_anew() {
    let (engine, _releases, _folder) = engine();
    let day = 24 * 3600;
    let (_, commit) = engine.receive((5..=9).map(raw).collect(), day).unwrap();
    commit.durable().await.unwrap();
    assert_eq!(engine.offset(2 * day), Some(10));
    assert_eq!(engine.offset(8 * day), None);
    let (fresh, commit) = engine.receive(vec![raw(6)], 8 * day).unwrap();
    commit.durable().await.unwrap();
    assert_eq!((fresh.len(), engine.offset(8 * day)), (1, Some(7)));
}

#[tokio::test]
async fn yes_after_an_order_places_it_with_its_card_and_row() {
    let (engine, mut releases, _folder) = engine();
    let (_, commit) = engine.receive((1..=3).map(raw).collect(), 0).unwrap();
    commit.durable().await.unwrap();
    engine.submit(says(1, "two colas"));
    engine.submit(says(2, "yes"));
    engine.submit(says(3, "yes"));
    engine.drain(Duration::from_secs(5)).await;
    let order = engine
        .store()
        .get::<crate::order::Order>(1)
        .unwrap()
        .unwrap();
    assert_eq!((order.total.minor(), order.version), (500, 1));
    assert!(
        engine
            .store()
            .get::<crate::order::Order>(2)
            .unwrap()
            .is_none()
    );
    let jobs = jobs(&mut releases);
    assert!(jobs.contains(&What::Card { order: 1 }), "{jobs:?}");
    let rows = PendingRows::new(Arc::clone(&engine), jiff::tz::TimeZone::UTC);
    assert_eq!(crate::ledger::Source::backlog(&rows).0, 1);
    assert!(engine.unfinished().is_empty());
}

#[tokio::test]
async fn after_a_quiet_week_an_id_that_was_seen_is_a_new_update() {
    let (engine, _releases, _folder) = engine();
    let week = 7 * 24 * 3600;
    let (fresh, _) = engine.receive((5..=9).map(raw).collect(), 0).unwrap();
    assert_eq!(fresh.len(), 5);
    let (again, _) = engine.receive(vec![raw(7)], week - 2 * 24 * 3600).unwrap();
    assert!(
        again.is_empty(),
        "within a week it is the same update once more"
    );
    assert_eq!(engine.offset(3 * week), None);
    let (fresh, _) = engine.receive(vec![raw(6)], 3 * week).unwrap();
    assert_eq!(fresh.len(), 1);
    let (again, _) = engine.receive(vec![raw(6)], 3 * week + 1).unwrap();
    assert!(again.is_empty());
}
