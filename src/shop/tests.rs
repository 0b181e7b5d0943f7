#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::menu::{Menu, Window};

fn menu(hours: &str) -> Menu {
    let json = format!(
        r#"{{"currency":"EUR","hours":{hours},"items":[{{"id":"a","name":"A","price":"1.00"}}]}}"#
    );
    Menu::parse(&json).unwrap()
}

fn schedule(zone: &str, hours: &str, holidays: &str, last_order: u16) -> Schedule {
    let rules = ShopRules {
        zone: TimeZone::get(zone).unwrap(),
        holidays: SpecialDays::parse(holidays).unwrap(),
        last_order,
        slots: None,
    };
    Schedule::new(
        menu(hours).hours().cloned(),
        &SpecialDays::default(),
        &rules,
    )
}

/// A moment given with its offset, as it stands on nobody's watch twice.
fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[track_caller]
fn check_open(schedule: &Schedule, expected: &[(&str, bool)]) {
    for (moment, open) in expected {
        assert_eq!(schedule.is_open(at(moment)), *open, "{moment}");
    }
}

const EVERY_DAY: &str = r#"{"mon":[["11:00","14:00"],["17:00","22:00"]],"tue":[["11:00","22:00"]],"wed":[["11:00","22:00"]],
    "thu":[["11:00","22:00"]],"fri":[["18:00","02:00"]],"sat":[["18:00","24:00"]],"sun":[["00:00","03:00"],["12:00","20:00"]]}"#;

#[test]
fn the_first_minute_is_open_and_the_last_one_is_not() {
    let berlin = schedule("Europe/Berlin", EVERY_DAY, "", 0);
    check_open(
        &berlin,
        &[
            // Monday, two windows; winter time.
            ("2026-11-23T10:59:59+01:00", false),
            ("2026-11-23T11:00:00+01:00", true),
            ("2026-11-23T13:59:59+01:00", true),
            ("2026-11-23T14:00:00+01:00", false),
            ("2026-11-23T16:59:59+01:00", false),
            ("2026-11-23T17:00:00+01:00", true),
            ("2026-11-23T22:00:00+01:00", false),
            // Friday night runs into Saturday.
            ("2026-11-27T23:59:00+01:00", true),
            ("2026-11-28T01:59:59+01:00", true),
            ("2026-11-28T02:00:00+01:00", false),
            // Saturday until 24:00 and Sunday from 00:00 are one opening.
            ("2026-11-28T23:59:59+01:00", true),
            ("2026-11-29T00:00:00+01:00", true),
            ("2026-11-29T02:59:59+01:00", true),
            ("2026-11-29T03:00:00+01:00", false),
        ],
    );
    let night = berlin.opening_at(at("2026-11-28T20:00:00+01:00")).unwrap();
    assert_eq!(night.until, at("2026-11-29T03:00:00+01:00"));
}

#[test]
fn a_weekday_left_out_is_closed_and_no_hours_are_always_open() {
    let mondays = schedule("UTC", r#"{"mon":[["09:00","17:00"]]}"#, "", 0);
    assert!(!mondays.is_open(at("2026-11-24T12:00:00Z")));
    let next = mondays.next_opening(at("2026-11-24T12:00:00Z")).unwrap();
    assert_eq!(next.from, at("2026-11-30T09:00:00Z"));
    let rules = ShopRules::default();
    let always = Schedule::new(None, &SpecialDays::default(), &rules);
    assert!(always.takes_orders(at("2026-11-24T03:00:00Z")));
    assert_eq!(
        always.end_of_day(at("2026-11-24T23:50:00Z")),
        at("2026-11-25T04:00:00Z")
    );
    let never = schedule("UTC", "{}", "", 0);
    assert!(never.next_opening(at("2026-11-24T12:00:00Z")).is_none());
    let moment = Moment::of(Arc::new(never));
    let now = at("2026-11-24T12:00:00Z");
    assert_eq!(moment.timing(None, now), Timing::Never(Why::Closed));
}

#[test]
fn the_last_order_is_before_closing() {
    let shop = schedule("Europe/Berlin", EVERY_DAY, "", 30);
    let takes = |text| shop.takes_orders(at(text));
    assert!(takes("2026-11-24T21:29:59+01:00"));
    assert!(!takes("2026-11-24T21:30:00+01:00"));
    assert!(shop.is_open(at("2026-11-24T21:30:00+01:00")));
    // Midnight between Saturday and Sunday is no closing.
    assert!(takes("2026-11-28T23:45:00+01:00"));
}

#[test]
fn holidays_take_the_place_of_their_weekday() {
    let holidays = "2026-12-24 10:00-14:00, 12-25; 12-26, 2027-12-25 12:00-13:00 18:00-20:00";
    let shop = schedule("Europe/Berlin", EVERY_DAY, holidays, 0);
    check_open(
        &shop,
        &[
            ("2026-12-24T13:59:00+01:00", true),
            ("2026-12-24T14:00:00+01:00", false),
            ("2026-12-25T19:00:00+01:00", false),
            // Friday's night would run into Saturday, but Friday is a holiday.
            ("2026-12-26T01:00:00+01:00", false),
            ("2026-12-27T13:00:00+01:00", true),
            ("2027-12-25T19:00:00+01:00", true),
            ("2027-12-25T14:00:00+01:00", false),
        ],
    );
    assert_eq!(
        SpecialDays::parse("12-25, 32-01").unwrap_err(),
        "32-01",
        "the entry is named"
    );
    assert!(SpecialDays::parse("12-25 10:00-25:00").is_err());
    // A shop without hours has holidays all the same.
    let rules = ShopRules {
        holidays: SpecialDays::parse("2026-12-25").unwrap(),
        ..ShopRules::default()
    };
    let shop = Schedule::new(None, &SpecialDays::default(), &rules);
    check_open(
        &shop,
        &[
            ("2026-12-24T23:59:59Z", true),
            ("2026-12-25T00:00:00Z", false),
            ("2026-12-25T23:59:59Z", false),
            ("2026-12-26T00:00:00Z", true),
        ],
    );
}

#[test]
fn the_nights_on_which_clocks_change() {
    let nights = r#"{"sat":[["20:00","02:30"]],"sun":[["02:30","05:00"],["12:00","20:00"]]}"#;
    // Clocks go from 2:00 to 3:00, 2:30 is not shown: the moment of the change stands for it.
    let spring = schedule("Europe/Berlin", nights, "", 0);
    let night = spring.opening_at(at("2026-03-29T00:30:00+01:00")).unwrap();
    assert_eq!(night.from, at("2026-03-28T20:00:00+01:00"));
    assert_eq!(
        night.until,
        at("2026-03-29T05:00:00+02:00"),
        "the two meet at the change"
    );
    // Clocks go from 3:00 back to 2:00: the first 2:30 counts for both.
    let autumn = schedule("Europe/Berlin", r#"{"sat":[["20:00","02:30"]]}"#, "", 0);
    check_open(
        &autumn,
        &[
            ("2026-10-25T02:29:59+02:00", true),
            ("2026-10-25T02:30:00+02:00", false),
            ("2026-10-25T02:10:00+01:00", false),
        ],
    );
    let york = schedule("America/New_York", nights, "", 0);
    let night = york.opening_at(at("2026-03-08T01:00:00-05:00")).unwrap();
    assert_eq!(night.until, at("2026-03-08T05:00:00-04:00"));
    let york = schedule(
        "America/New_York",
        r#"{"sat":[["20:00","01:30"]],"sun":[["12:00","20:00"]]}"#,
        "",
        0,
    );
    check_open(
        &york,
        &[
            ("2026-11-01T01:29:59-04:00", true),
            ("2026-11-01T01:30:00-04:00", false),
            ("2026-11-01T01:10:00-05:00", false),
            ("2026-11-01T12:00:00-05:00", true),
            ("2026-11-01T20:00:00-05:00", false),
        ],
    );
    // The day after a change begins at its own hour, not at yesterday's plus 24 hours.
    let day = schedule("Europe/Berlin", EVERY_DAY, "", 0);
    let next = day.next_opening(at("2026-10-24T23:00:00+02:00")).unwrap();
    assert_eq!(next.from, at("2026-10-25T12:00:00+01:00"));
}

#[test]
fn what_was_said_for_today_ends_at_closing() {
    let shop = schedule("Europe/Berlin", EVERY_DAY, "", 0);
    let ends = |text| shop.end_of_day(at(text));
    // In the break between two windows: the evening's closing.
    assert_eq!(
        ends("2026-11-23T15:00:00+01:00"),
        at("2026-11-23T22:00:00+01:00")
    );
    assert_eq!(
        ends("2026-11-24T09:00:00+01:00"),
        at("2026-11-24T22:00:00+01:00")
    );
    assert_eq!(
        ends("2026-11-28T01:00:00+01:00"),
        at("2026-11-28T02:00:00+01:00")
    );
}

#[test]
fn pause_and_full_slots_lead_to_the_next_time() {
    let mut moment = Moment::of(Arc::new(schedule("Europe/Berlin", EVERY_DAY, "", 0)));
    let now = at("2026-11-24T18:07:00+01:00");
    assert_eq!(moment.timing(None, now), Timing::Now);
    moment.paused_until = Some(at("2026-11-24T18:31:20+01:00"));
    let later = at("2026-11-24T18:35:00+01:00");
    assert_eq!(
        moment.timing(None, now),
        Timing::Instead(later, Why::Paused)
    );
    moment.paused_until = None;
    let slots = SlotRules {
        minutes: 15,
        capacity: 1,
    };
    moment.slots = Some(slots);
    moment.full.insert(at("2026-11-24T18:00:00+01:00"));
    moment.full.insert(at("2026-11-24T18:15:00+01:00"));
    let free = at("2026-11-24T18:30:00+01:00");
    assert_eq!(moment.timing(None, now), Timing::Instead(free, Why::Full));
    let wish = at("2026-11-24T18:20:00+01:00");
    assert_eq!(
        moment.timing(Some(wish), now),
        Timing::Instead(free, Why::Full)
    );
    let wish = at("2026-11-24T23:00:00+01:00");
    let tomorrow = at("2026-11-25T11:00:00+01:00");
    assert_eq!(
        moment.timing(Some(wish), now),
        Timing::Instead(tomorrow, Why::Closed)
    );
    let wish = at("2026-11-24T12:00:00+01:00");
    assert_eq!(
        moment.timing(Some(wish), now),
        Timing::Instead(free, Why::Past)
    );
    let wish = at("2026-12-24T12:00:00+01:00");
    assert_eq!(moment.timing(Some(wish), now), Timing::Never(Why::TooFar));
}

#[test]
fn words_are_put_on_the_shops_clock() {
    let shop = schedule("Europe/Berlin", EVERY_DAY, "", 0);
    // Tuesday, open from 11 to 22.
    let now = at("2026-11-24T15:20:00+01:00");
    let wish = |words, language| read_wish(words, language, &shop, now);
    for (words, language, expected) in [
        ("at 7", "en", "2026-11-24T19:00:00+01:00"),
        ("7pm", "en", "2026-11-24T19:00:00+01:00"),
        ("for 7:30", "en", "2026-11-24T19:30:00+01:00"),
        ("6.45 pm", "en", "2026-11-24T18:45:00+01:00"),
        ("half past six", "en", "2026-11-24T18:30:00+01:00"),
        ("quarter to 8", "en", "2026-11-24T19:45:00+01:00"),
        ("tomorrow noon", "en", "2026-11-25T12:00:00+01:00"),
        ("tomorrow at 1", "en", "2026-11-25T13:00:00+01:00"),
        ("at noon", "en", "2026-11-25T12:00:00+01:00"),
        ("in half an hour", "en", "2026-11-24T15:50:00+01:00"),
        ("in 45 minutes", "en", "2026-11-24T16:05:00+01:00"),
        ("in an hour", "en", "2026-11-24T16:20:00+01:00"),
        ("in 2 hours", "en", "2026-11-24T17:20:00+01:00"),
        ("on Friday at 8", "en", "2026-11-27T20:00:00+01:00"),
        ("tuesday at 5 p.m.", "en", "2026-11-24T17:00:00+01:00"),
        ("tuesday at 11am", "en", "2026-12-01T11:00:00+01:00"),
        ("tonight at 8", "en", "2026-11-24T20:00:00+01:00"),
        ("tomorrow", "en", "2026-11-25T11:00:00+01:00"),
        ("at 23:30", "en", "2026-11-24T23:30:00+01:00"),
        ("um 19 Uhr 30", "de", "2026-11-24T19:30:00+01:00"),
        ("morgen um halb acht", "de", "2026-11-25T19:30:00+01:00"),
        ("übermorgen mittag", "de", "2026-11-26T12:00:00+01:00"),
        ("in einer halben Stunde", "de", "2026-11-24T15:50:00+01:00"),
        ("heute abend um 8", "de", "2026-11-24T20:00:00+01:00"),
        ("a las siete y media", "es", "2026-11-24T19:30:00+01:00"),
        (
            "mañana a las 8 de la tarde",
            "es",
            "2026-11-25T20:00:00+01:00",
        ),
        ("à 19h30", "fr", "2026-11-24T19:30:00+01:00"),
        ("demain midi", "fr", "2026-11-25T12:00:00+01:00"),
        ("dans une heure", "fr", "2026-11-24T16:20:00+01:00"),
        ("в 7 вечера", "ru", "2026-11-24T19:00:00+01:00"),
        ("завтра в 13:00", "ru", "2026-11-25T13:00:00+01:00"),
        ("через час", "ru", "2026-11-24T16:20:00+01:00"),
        ("الساعة ٧ مساء", "ar", "2026-11-24T19:00:00+01:00"),
        ("غدا الساعة ١٣:٣٠", "ar", "2026-11-25T13:30:00+01:00"),
        ("um 19 Uhr", "en", "2026-11-24T19:00:00+01:00"),
    ] {
        assert_eq!(wish(words, language), Wish::At(at(expected)), "{words}");
    }
    for (words, language) in [
        ("asap", "en"),
        ("as soon as possible", "en"),
        ("today", "en"),
        ("sofort", "de"),
        ("jetzt", "en"),
    ] {
        assert_eq!(wish(words, language), Wish::Now, "{words}");
    }
    for words in [
        "when the kids are home",
        "after 7",
        "between 6 and 7",
        "tonight",
        "at 25:00",
        "7:99",
        "",
        "half past",
        "in",
        "at 7 at 8",
        "before the game",
        "99999999999999",
    ] {
        assert_eq!(wish(words, "en"), Wish::Unclear, "{words}");
    }
    // Late at night "at 7" is tomorrow's evening, because the shop is closed at seven in the morning.
    let late = at("2026-11-24T21:50:00+01:00");
    let wish = read_wish("at 7", "en", &shop, late);
    assert_eq!(wish, Wish::At(at("2026-11-25T19:00:00+01:00")));
}

#[test]
fn every_language_has_all_its_words() {
    let shop = Schedule::new(None, &SpecialDays::default(), &ShopRules::default());
    let now = at("2026-11-24T15:20:00Z");
    for (language, tomorrow) in [
        ("en", "tomorrow at 14:00"),
        ("es", "mañana a las 14:00"),
        ("de", "morgen um 14:00"),
        ("fr", "demain à 14:00"),
        ("ru", "завтра в 14:00"),
        ("ar", "غدا الساعة 14:00"),
    ] {
        let wish = read_wish(tomorrow, language, &shop, now);
        assert_eq!(wish, Wish::At(at("2026-11-25T14:00:00Z")), "{language}");
    }
}

fn sold(json: &str, sold: &[&str]) -> Menu {
    let menu = Menu::parse(json).unwrap();
    let mut state = ShopState::default();
    for id in sold {
        state.items.insert((*id).to_owned(), Timestamp::MAX);
        state.options.insert((*id).to_owned(), Timestamp::MAX);
    }
    overlaid(&menu, &state)
}

#[test]
fn what_is_sold_out_is_gone_and_has_an_alternative() {
    let json = include_str!("../../menu.json");
    let plain = Menu::parse(json).unwrap();
    assert_eq!(
        overlaid(&plain, &ShopState::default()).version(),
        plain.version()
    );
    let menu = sold(json, &["margherita", "large"]);
    assert_ne!(menu.version(), plain.version());
    let margherita = menu.item("margherita").unwrap();
    assert!(!margherita.available && !menu.option("large").unwrap().1.available);
    let other = instead_of(&menu, margherita).unwrap();
    assert_eq!(other.category, margherita.category);
    assert!(other.available);
    let found = sold_out_in(&menu, "two large margheritas please").unwrap();
    assert!(["margherita", "large"].contains(&found.id()));
    assert_eq!(
        sold_out_in(&menu, "a margherita").unwrap().id(),
        "margherita"
    );
    assert!(sold_out_in(&menu, "a cola").is_none());
    assert!(sold_out_in(&menu, "").is_none());
    let named: Vec<_> = named(&menu, "Margherita").iter().map(|n| n.id()).collect();
    assert_eq!(named, ["margherita"]);
}

/// A week of arbitrary windows, on the quarter of an hour.
fn weeks() -> impl Strategy<Value = String> {
    let window = (0_u16..96, 0_u16..=96).prop_map(|(from, until)| {
        let show = |n: u16| format!("{:02}:{:02}", n / 4, n % 4 * 15);
        format!(r#"["{}","{}"]"#, show(from), show(until))
    });
    let day = prop::collection::vec(window, 0..3);
    prop::collection::vec(day, 7).prop_map(|days| {
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let days = names
            .iter()
            .zip(days)
            .map(|(name, windows)| format!(r#""{name}":[{}]"#, windows.join(",")));
        format!("{{{}}}", days.collect::<Vec<_>>().join(","))
    })
}

/// Moments of a year, many of them near a change of clocks.
fn moments() -> impl Strategy<Value = Timestamp> {
    let near = |text: &str| at(text).as_second();
    let (spring, autumn, other) = (
        near("2026-03-29T01:00:00Z"),
        near("2026-10-25T01:00:00Z"),
        near("2026-11-01T06:00:00Z"),
    );
    let hours = -36 * 60..36 * 60_i64;
    prop_oneof![
        hours.clone().prop_map(move |m| spring + m * 60),
        hours.clone().prop_map(move |m| autumn + m * 60),
        hours.prop_map(move |m| other + m * 60),
        (0_i64..366 * 24 * 60).prop_map(move |m| spring + m * 60),
    ]
    .prop_map(|second| Timestamp::from_second(second).unwrap())
}

/// On days on which no clock changes, the wall clock alone says whether the shop is open.
fn open_by_the_wall_clock(schedule: &Schedule, menu: &Menu, at: Timestamp) -> Option<bool> {
    let local = schedule.zone().to_datetime(at);
    let steady = [-26_i64, 26].iter().all(|hours| {
        let there = at
            .checked_add(jiff::SignedDuration::from_hours(*hours))
            .unwrap();
        schedule.zone().to_offset(there) == schedule.zone().to_offset(at)
    });
    let minute = u16::try_from(local.hour()).unwrap() * 60 + u16::try_from(local.minute()).unwrap();
    let day = |back: i64| {
        let date = local
            .date()
            .checked_sub(jiff::Span::new().days(back))
            .unwrap();
        usize::try_from(date.weekday().to_monday_zero_offset()).unwrap()
    };
    let hours = menu.hours().unwrap();
    let over = |w: &Window| w.until <= w.from;
    let today = hours
        .on(day(0))
        .iter()
        .any(|w| w.from <= minute && (over(w) || minute < w.until));
    let yesterday = hours.on(day(1)).iter().any(|w| over(w) && minute < w.until);
    steady.then_some(today || yesterday)
}

proptest! {
    #[test]
    fn the_wall_clock_says_the_same(week in weeks(), now in moments(), zone in 0..2_usize) {
        let zone = ["Europe/Berlin", "America/New_York"][zone];
        let schedule = schedule(zone, &week, "", 0);
        if let Some(open) = open_by_the_wall_clock(&schedule, &menu(&week), now) {
            prop_assert_eq!(schedule.is_open(now), open);
        }
    }

    /// Whatever is wished for: what is offered can be had, is not in the past, and holds when it is confirmed at once.
    #[test]
    fn nothing_is_offered_for_a_closed_minute(
        week in weeks(),
        now in moments(),
        wish in prop::option::of(-100_i64..20_000),
        last_order in 0_u16..90,
        pause in prop::option::of(0_i64..600),
        full in prop::collection::vec(0_i64..200, 0..40),
        zone in 0..2_usize,
    ) {
        let zone = ["Europe/Berlin", "America/New_York"][zone];
        let minutes = |m: i64| Timestamp::from_second(now.as_second() + m * 60).unwrap();
        let mut moment = Moment::of(Arc::new(schedule(zone, &week, "12-25", last_order)));
        moment.paused_until = pause.map(minutes);
        let slots = SlotRules { minutes: 15, capacity: 3 };
        moment.slots = Some(slots);
        moment.full = full.iter().map(|n| slots.slot(minutes(n * 15), moment.schedule.zone())).collect();
        let wish = wish.map(minutes);
        let timing = moment.timing(wish, now);
        let takes = |at| {
            let slot = slots.slot(at, moment.schedule.zone());
            moment.schedule.takes_orders(at) && moment.paused_until.is_none_or(|p| at >= p) && !moment.full.contains(&slot)
        };
        match timing {
            Timing::Now => prop_assert!(takes(now)),
            Timing::For(at) => prop_assert!(takes(at) && Some(at) == wish),
            Timing::Instead(at, _) => {
                prop_assert!(takes(at) && at > now);
                // It is the first one: nothing between can be had.
                let from = wish.filter(|w| *w > now).unwrap_or(now).as_second();
                for second in (from..at.as_second()).step_by(900).take(2_000) {
                    let between = Timestamp::from_second(second).unwrap();
                    let just_after_pause = moment.paused_until.is_some_and(|p| between >= p && between.as_second() < p.as_second() + 300);
                    prop_assert!(timing.why() == Some(Why::Past) || just_after_pause || moment.obstacle(between).is_some(), "{}", between);
                }
            }
            Timing::Never(why) => prop_assert!(why == Why::TooFar || !takes(wish.unwrap_or(now))),
        }
        if !matches!(timing, Timing::Never(_)) {
            prop_assert!(moment.still_holds(timing.at(), now) || timing.at().is_some_and(|at| at <= now));
        }
    }

    #[test]
    fn any_words_are_read_without_a_panic(words in "\\PC{0,40}", now in moments()) {
        let shop = schedule("Europe/Berlin", EVERY_DAY, "", 0);
        let _ = read_wish(&words, "en", &shop, now);
    }
}

#[test]
fn slots_begin_on_round_times_of_the_place() {
    let slots = SlotRules {
        minutes: 60,
        capacity: 1,
    };
    let kolkata = TimeZone::get("Asia/Kolkata").unwrap();
    let slot = slots.slot(at("2026-11-24T18:20:00+05:30"), &kolkata);
    assert_eq!(slot, at("2026-11-24T18:00:00+05:30"));
    assert_eq!(slots.next(slot), at("2026-11-24T19:00:00+05:30"));
    assert_eq!(date(2026, 11, 24).weekday().to_monday_zero_offset(), 1);
}
