//! What is said about times, pauses and what is sold out.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Button, reply};
use crate::cart::{Instead, Refusal};
use crate::conversation::{Draft, Tap};
use crate::language::{Arg, Texts, args};
use crate::menu::{ItemId, Menu};
use crate::order::Order;
use crate::shop::{Clock, Why};

const DAYS: [&str; 7] = [
    "shop-mon", "shop-tue", "shop-wed", "shop-thu", "shop-fri", "shop-sat", "shop-sun",
];

/// Most buttons for what may take the place of something.
const MOST_INSTEAD: usize = 4;

/// A time as people of the place say it: `today 19:30`, `tomorrow (Wed 25.11.) 11:00`, `Fri 27.11. 20:00`.
pub(super) fn time(t: Texts, at: Timestamp, clock: &Clock) -> String {
    let local = clock.zone.to_datetime(at);
    let today = clock.zone.to_datetime(clock.now).date();
    let hour = format!("{:02}:{:02}", local.hour(), local.minute());
    let key = if local.date() == today {
        return t.plain("shop-today", &args!["time" => hour]);
    } else if today.tomorrow().is_ok_and(|next| next == local.date()) {
        "shop-tomorrow"
    } else {
        "shop-later"
    };
    t.plain(key, &args!["date" => day(t, local.date()), "time" => hour])
}

fn day(t: Texts, date: Date) -> String {
    let name = usize::try_from(date.weekday().to_monday_zero_offset()).ok();
    let name = name.and_then(|at| DAYS.get(at)).unwrap_or(&DAYS[0]);
    let day = format!("{:02}.{:02}.", date.day(), date.month());
    t.plain("shop-date", &args!["weekday" => t.say(name), "date" => day])
}

fn when(t: Texts, at: Option<Timestamp>, said: Option<&str>, clock: &Clock) -> Option<String> {
    let at = at.map(|at| time(t, at, clock));
    Some(match (at, said) {
        (Some(at), Some(said)) => t.html(
            "shop-when-said",
            &args!["when" => at, "words" => Arg::Words(said)],
        ),
        (Some(at), None) => t.html("shop-when", &args!["when" => at]),
        (None, Some(said)) => t.html("order-time", &args!["time" => Arg::Words(said)]),
        (None, None) => return None,
    })
}

/// When a draft is wanted and for when it is offered.
pub(super) fn times(t: Texts, draft: &Draft, clock: &Clock) -> Option<String> {
    let said = draft.time.as_ref().map(|time| time.as_str());
    // Another time than they said is told below, with its reason.
    let said = said.filter(|_| draft.why_then.is_none() || draft.offered_for.is_none());
    when(t, draft.offered_for, said, clock)
}

/// What an order was placed for.
pub(super) fn placed_for(t: Texts, order: &Order, clock: &Clock) -> Option<String> {
    let said = order.time.as_ref().map(|time| time.as_str());
    when(t, order.wanted_for, said, clock)
}

/// Why it is another time than was meant, and what else there is to say about it.
pub(super) fn open_times(t: Texts, draft: &Draft, clock: &Clock) -> Vec<String> {
    let mut lines = Vec::new();
    match (draft.why_then, draft.offered_for) {
        (Some(why), Some(at)) => lines.push(t.html(
            "shop-offer",
            &args!["why" => because(t, why), "when" => time(t, at, clock)],
        )),
        (Some(why), None) => lines.push(no_time(t, why)),
        (None, _) => {}
    }
    if draft.time_unclear
        && let Some(said) = &draft.time
    {
        let words = Arg::Words(said.as_str());
        lines.push(t.html("shop-unclear", &args!["words" => words]));
    }
    if draft.busy_minutes > 0 && draft.offered_for.is_none() && draft.why_then.is_none() {
        lines.push(t.html("shop-busy", &args!["minutes" => draft.busy_minutes]));
    }
    lines
}

fn because(t: Texts, why: Why) -> String {
    t.say(match why {
        Why::Closed => "shop-closed",
        Why::LastOrder => "shop-last-order",
        Why::Paused => "shop-paused",
        Why::Full => "shop-full",
        Why::Past => "shop-past",
        Why::TooFar => "shop-too-far",
    })
}

/// Why it cannot be had at all, and what to do.
pub(super) fn no_time(t: Texts, why: Why) -> String {
    let key = match why {
        Why::TooFar => "shop-sooner",
        _ => "shop-never",
    };
    t.plain(key, &args!["why" => because(t, why)])
}

/// What is sold out, and what there is instead; plain.
pub(super) fn sold_out(t: Texts, name: &str, instead: Option<&Instead>) -> String {
    match instead {
        Some(other) => t.plain(
            "shop-sold-out-instead",
            &args!["item" => name, "instead" => &other.name],
        ),
        None => t.plain("notice-sold-out", &args!["item" => name]),
    }
}

/// Buttons that add what may take the place of what is sold out.
pub(super) fn instead_buttons(refusals: &[Refusal]) -> Vec<Vec<Button>> {
    let mut rows = Vec::new();
    for refusal in refusals {
        if let Refusal::SoldOut {
            instead:
                Some(Instead {
                    name,
                    item: Some(item),
                }),
            ..
        } = refusal
            && rows.len() < MOST_INSTEAD
        {
            let data = Tap::Add(item.clone()).data();
            rows.push(vec![Button::new(format!("➕ {name}"), data)]);
        }
    }
    rows
}

/// What may take the place of what is gone.
pub(super) fn how_about(t: Texts, instead: &[ItemId], menu: &Menu) -> Option<String> {
    let names = reply::names(t, instead, menu);
    (!names.is_empty()).then(|| {
        t.html(
            "shop-how-about",
            &args!["items" => Arg::Html(t.list(&names))],
        )
    })
}

/// Everything of the order is gone.
pub(super) fn all_gone(t: Texts, names: &[String], instead: &[ItemId], menu: &Menu) -> String {
    let gone = t.html("shop-all-gone", &args!["items" => t.list(names)]);
    match how_about(t, instead, menu) {
        Some(how) => format!("{gone}\n{how}"),
        None => gone,
    }
}
