#![allow(clippy::unwrap_used)]

use super::*;

fn order(status: &str) -> Order {
    let json = serde_json::json!({
        "number": 1, "id": "K7F-1", "customer": 7, "draft": "d", "status": status,
        "placed_at": "2026-11-25T12:00:00Z", "updated_at": "2026-11-25T12:00:00Z", "lines": [],
        "cart": crate::cart::Cart::default(), "fulfilment": "pickup", "subtotal": 0, "fee": 0, "total": 0,
        "currency": "EUR", "source": "local", "large": false, "version": 1
    });
    serde_json::from_value(json).unwrap()
}

fn service() -> Service {
    let minutes = SignedDuration::from_mins;
    Service {
        alert_after: Some(minutes(3)),
        alert_repeat: minutes(2),
        escalate_to: Some(5),
        escalate_after: Some(minutes(8)),
        tell_customer_after: Some(minutes(12)),
        approval_within: minutes(60),
    }
}

fn at(minute: i64) -> Timestamp {
    order("placed").placed_at + SignedDuration::from_mins(minute)
}

/// What happens when, for an order that nobody touches; the timer fires exactly when it is set.
fn story(order: &Order, service: &Service) -> Vec<(i64, Duty)> {
    let mut told = Vec::new();
    let (mut watched, mut now) = (Watched::default(), order.placed_at);
    loop {
        let (duties, next) = duties(order, &watched, service, now);
        let minute = now.duration_since(order.placed_at).as_mins();
        told.extend(duties.iter().map(|duty| (minute, *duty)));
        if duties.contains(&Duty::Expire) {
            return told;
        }
        let Some(next) = next else { return told };
        let Some(look) = next.at else { return told };
        assert!(look > now, "a timer that is set in the past would spin");
        (watched, now) = (next, look);
    }
}

#[test]
fn reminders_repeat_then_a_second_person_then_the_customer() {
    use Duty::{Alert, Escalate, TellCustomer};
    let story = story(&order("placed"), &service());
    assert_eq!(
        story[..7],
        [
            (3, Alert),
            (5, Alert),
            (7, Alert),
            (8, Escalate),
            (9, Alert),
            (11, Alert),
            (12, TellCustomer)
        ]
    );
    assert_eq!(story.iter().filter(|(_, d)| *d == Alert).count(), 10);
    assert_eq!(story.last(), Some(&(21, Alert)));
}

#[test]
fn an_order_that_nobody_approves_expires() {
    let story = story(&order("pending"), &service());
    assert_eq!(story.last(), Some(&(60, Duty::Expire)));
}

#[test]
fn what_was_missed_is_said_once_and_what_was_said_is_not_repeated() {
    let (order, service) = (order("placed"), service());
    let (first, next) = duties(&order, &Watched::default(), &service, at(10));
    assert_eq!(first, [Duty::Alert, Duty::Escalate]);
    let next = next.unwrap();
    assert_eq!(next.at, Some(at(11)));
    let (again, _) = duties(&order, &next, &service, at(10));
    assert!(again.is_empty());
}

#[test]
fn an_answered_order_is_left_alone_and_watched_until_it_is_over() {
    for status in ["accepted", "ready", "on_the_way"] {
        let (duties, next) = duties(&order(status), &Watched::default(), &service(), at(600));
        assert!(duties.is_empty());
        assert_eq!(next.unwrap().at, None);
    }
    for status in ["done", "cancelled", "expired"] {
        let (duties, next) = duties(&order(status), &Watched::default(), &service(), at(1));
        assert_eq!((duties.len(), next), (0, None));
    }
}

#[test]
fn buttons_that_fade_are_taken_off_the_card_once() {
    let mut order = order("accepted");
    order.advance(crate::order::Step::Reject, at(1)).unwrap();
    let story = story(&order, &service());
    assert_eq!(story, [(2, Duty::ShowCard), (11, Duty::ShowCard)]);
}

#[test]
fn an_order_for_later_is_waited_for_from_an_hour_before() {
    let mut order = order("placed");
    order.wanted_for = Some(at(600));
    let story = story(&order, &service());
    assert_eq!(story.first(), Some(&(543, Duty::Alert)));
}

#[test]
fn without_times_nobody_is_disturbed() {
    let silent = Service {
        alert_after: None,
        escalate_after: None,
        tell_customer_after: None,
        ..service()
    };
    assert!(story(&order("placed"), &silent).is_empty());
}
