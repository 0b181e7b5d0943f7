//! The card of an order in the operator chat.

use jiff::Timestamp;
use teloxide::utils::html::escape;

use super::draft::{order_line, way};
use super::{Button, Keyboard, Message, join_around, shop};
use crate::language::{Arg, Texts, args};
use crate::money::{Currency, Money};
use crate::order::{Order, Reason, Status};
use crate::parsed::Fulfilment;
use crate::shop::Clock;

/// The order's card with the buttons that are possible where it stands, as it is at the clock's moment.
#[must_use]
pub fn card(t: Texts, order: &Order, clock: &Clock) -> Message {
    let now = clock.now;
    let time = |at: Timestamp| {
        at.to_zoned(clock.zone.clone())
            .strftime("%H:%M")
            .to_string()
    };
    let currency = Currency::parse(&order.currency);
    let show = |amount| currency.map_or_else(String::new, |c| c.show(amount));
    let title = args!["order" => order.id.as_str(), "status" => status(t, order, &time)];
    let mut list = vec![t.html("card-title", &title)];
    list.push(placed(t, order, now, &time));
    if order.status == Status::Pending {
        list.push(t.say("staff-card-approval"));
    } else if order.large && order.status == Status::Placed {
        list.push(t.say("card-large"));
    }
    list.extend(order.allergies.iter().map(|allergy| {
        t.html(
            "card-allergy",
            &args!["allergy" => Arg::Words(allergy.as_str())],
        )
    }));
    if let Some(note) = &order.note {
        list.push(t.html("card-note", &args!["note" => Arg::Words(note.as_str())]));
    }
    list.push(String::new());
    list.extend(order.lines.iter().map(|line| order_line(t, line)));
    let mut lines = vec![String::new()];
    if order.fee > Money::ZERO {
        lines.push(t.html("order-fee", &args!["price" => show(order.fee)]));
    }
    let total = if order.payment.is_paid() {
        "payment-card-paid"
    } else {
        "card-total"
    };
    lines.push(t.html(total, &args!["price" => show(order.total)]));
    if order.tip() > Money::ZERO {
        lines.push(t.html("payment-card-tip", &args!["price" => show(order.tip())]));
    }
    let address = order.address.as_ref().map(|a| a.as_str());
    lines.push(way(t, order.fulfilment, address));
    let delivered = order.fulfilment == Fulfilment::Delivery;
    lines.extend(
        address
            .filter(|_| delivered)
            .and_then(|address| map_link(t, address)),
    );
    lines.extend(shop::placed_for(t, order, clock));
    let contact = [&order.name, &order.phone];
    let contact: Vec<_> = contact
        .into_iter()
        .flatten()
        .map(|c| t.html("common-value", &args!["value" => Arg::Words(c.as_str())]))
        .collect();
    if !contact.is_empty() {
        let contact = Arg::Html(t.list(&contact));
        lines.push(t.html("card-contact", &args!["contact" => contact]));
    }
    if let Some(reason) = &order.reason {
        let reason = reason_word(t, reason);
        lines.push(t.html("staff-card-reason", &args!["reason" => Arg::Words(&reason)]));
    }
    if order.wants_reason(now) {
        lines.push(t.say("staff-card-why"));
    }
    Message {
        html: join_around(t, &list, &lines),
        keyboard: Keyboard::Buttons(buttons(t, order, now)),
    }
}

/// When it came, and for how long it has been waiting for an answer.
fn placed(t: Texts, order: &Order, now: Timestamp, clock: &impl Fn(Timestamp) -> String) -> String {
    let at = clock(order.placed_at);
    let waited = now.duration_since(order.placed_at).as_mins();
    match u64::try_from(waited) {
        Ok(waited @ 1..) if order.status.is_unanswered() => t.html(
            "staff-card-waiting",
            &args!["time" => at, "minutes" => waited],
        ),
        _ => t.html("staff-card-placed", &args!["time" => at]),
    }
}

/// A link that shows the address on a map; none where it is a link itself.
fn map_link(t: Texts, address: &str) -> Option<String> {
    const LONGEST: usize = 200;
    if address.starts_with("https://") {
        return None;
    }
    let short: String = address.trim().chars().take(LONGEST).collect();
    let mut url = "https://maps.google.com/?q=".to_owned();
    for byte in short.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    let link = format!(
        "<a href=\"{}\">{}</a>",
        escape(&url),
        escape(&t.say("staff-card-map"))
    );
    Some(format!("🗺 {link}"))
}

/// A reason in a few words.
fn reason_word(t: Texts, reason: &Reason) -> String {
    match reason {
        Reason::SoldOut => t.say("staff-reason-soldout"),
        Reason::Busy => t.say("staff-reason-busy"),
        Reason::Closing => t.say("staff-reason-closing"),
        Reason::TooFar => t.say("staff-reason-far"),
        Reason::Words(text) => text.as_str().to_owned(),
    }
}

fn status(t: Texts, order: &Order, clock: &impl Fn(Timestamp) -> String) -> String {
    match (order.status, order.due_at) {
        (Status::AwaitingPayment, _) => t.say("payment-waiting"),
        (Status::Pending, _) => t.say("staff-card-pending"),
        (Status::OnTheWay, _) => t.say("staff-card-on-the-way"),
        (Status::Placed, _) => t.say("card-status-placed"),
        (Status::Accepted, Some(due)) => {
            t.plain("staff-card-accepted-for", &args!["time" => clock(due)])
        }
        (Status::Accepted, None) => t.say("card-status-accepted"),
        (Status::Ready, _) => t.say("card-status-ready"),
        (Status::Done, _) => t.say("card-status-done"),
        (Status::Rejected, _) => t.say("card-status-rejected"),
        (Status::Cancelled, _) => t.say("card-status-cancelled"),
        (Status::Expired, _) => t.say("card-status-expired"),
    }
}

fn buttons(t: Texts, order: &Order, now: Timestamp) -> Vec<Vec<Button>> {
    let button = |key: &str, verb: &str| Button::new(t.say(key), format!("op:{verb}:{}", order.id));
    let delay = |minutes: u32| {
        Button::new(
            t.plain("card-delay", &args!["minutes" => minutes]),
            format!("op:delay:{}:{minutes}", order.id),
        )
    };
    let delays = vec![delay(10), delay(20), delay(30)];
    let reject = button("card-reject", "reject");
    let done = button("card-finish", "done");
    let delivered = order.fulfilment == Fulfilment::Delivery;
    let way = delivered.then(|| button("staff-card-leave", "way"));
    let mut rows = match order.status {
        Status::Pending => vec![vec![button("staff-card-approve", "accept"), reject], delays],
        Status::Placed => vec![vec![button("card-accept", "accept"), reject], delays],
        Status::Accepted => vec![
            [Some(button("card-ready", "ready")), way, Some(done)]
                .into_iter()
                .flatten()
                .collect(),
            delays,
            vec![reject],
        ],
        Status::Ready => vec![way.into_iter().chain([done]).collect()],
        Status::OnTheWay => vec![vec![done]],
        Status::Rejected if order.wants_reason(now) => {
            let reasons = Reason::BUTTONS.into_iter().map(|(word, reason)| {
                let data = format!("op:reason:{}:{word}", order.id);
                Button::new(reason_word(t, &reason), data)
            });
            let reasons: Vec<_> = reasons.collect();
            reasons.chunks(2).map(<[Button]>::to_vec).collect()
        }
        Status::AwaitingPayment
        | Status::Done
        | Status::Rejected
        | Status::Cancelled
        | Status::Expired => Vec::new(),
    };
    if order.can_undo(now) {
        let data = format!("op:undo:{}:{}", order.id, order.version);
        rows.push(vec![Button::new(t.say("staff-card-undo"), data)]);
    }
    rows
}

/// What staff are told about a tap that could not be carried out, or about one that was.
#[must_use]
pub fn operator_notice(t: Texts, outcome: Result<Status, Option<Status>>) -> String {
    let status = |status: Status| match status {
        Status::AwaitingPayment => t.say("payment-waiting"),
        _ => t.plain("card-status-word", &args!["status" => status.as_str()]),
    };
    match outcome {
        Ok(now) => t.plain("card-moved", &args!["status" => status(now)]),
        Err(Some(now)) => t.plain("card-cannot-move", &args!["status" => status(now)]),
        Err(None) => t.say("card-no-order"),
    }
}

/// What somebody is told who may not move orders.
#[must_use]
pub fn not_allowed(t: Texts) -> String {
    t.say("card-not-allowed")
}

/// What staff are told when the bot failed over their tap.
#[must_use]
pub fn operator_failed(t: Texts) -> String {
    t.say("card-failed")
}
