//! What is said about times, pauses and what is sold out.

use jiff::Timestamp;
use jiff::civil::Date;
use teloxide::utils::html::escape;

use super::words;
use crate::cart::{Instead, Refusal};
use crate::conversation::Draft;
use crate::menu::Menu;
use crate::order::Order;
use crate::shop::{Clock, Why};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A time as people of the place say it: `today 19:30`, `tomorrow (Wed 25.11.) 11:00`, `Fri 27.11. 20:00`.
pub(super) fn time(at: Timestamp, clock: &Clock) -> String {
    let local = clock.zone.to_datetime(at);
    let today = clock.zone.to_datetime(clock.now).date();
    let hour = format!("{:02}:{:02}", local.hour(), local.minute());
    let day = day(local.date());
    if local.date() == today {
        format!("today {hour}")
    } else if today
        .tomorrow()
        .is_ok_and(|tomorrow| tomorrow == local.date())
    {
        format!("tomorrow ({day}) {hour}")
    } else {
        format!("{day} {hour}")
    }
}

fn day(date: Date) -> String {
    let name = usize::try_from(date.weekday().to_monday_zero_offset())
        .ok()
        .and_then(|at| DAYS.get(at))
        .unwrap_or(&"");
    format!("{name} {:02}.{:02}.", date.day(), date.month())
}

/// When a draft is wanted and for when it is offered.
pub(super) fn times(draft: &Draft, clock: &Clock) -> Vec<String> {
    let mut lines = Vec::new();
    let said = draft.time.as_ref().map(|time| words(time.as_str()));
    match (draft.offered_for, &said) {
        (Some(at), Some(said)) if draft.why_then.is_none() => {
            lines.push(format!("<b>When: {}</b> (\"{said}\")", time(at, clock)));
        }
        (Some(at), _) => lines.push(format!("<b>When: {}</b>", time(at, clock))),
        (None, Some(said)) => lines.push(format!("When: {said}")),
        (None, None) => {}
    }
    lines
}

/// Why it is another time than was meant, and what else there is to say about it.
pub(super) fn open_times(draft: &Draft, clock: &Clock) -> Vec<String> {
    let mut lines = Vec::new();
    match (draft.why_then, draft.offered_for) {
        (Some(why), Some(at)) => lines.push(format!(
            "🕒 {} You can order for <b>{}</b>: Confirm places it for then.",
            because(why),
            time(at, clock)
        )),
        (Some(why), None) => lines.push(format!("❗ {}", no_time(why))),
        (None, _) => {}
    }
    if draft.time_unclear
        && let Some(said) = &draft.time
    {
        lines.push(format!(
            "❓ I cannot put \"{}\" on the clock, so the shop reads it as you wrote it. For a fixed time write, for \
             example, \"today at 19:30\".",
            words(said.as_str())
        ));
    }
    if draft.busy_minutes > 0 && draft.offered_for.is_none() && draft.why_then.is_none() {
        lines.push(format!(
            "⏳ The kitchen is busy: it takes about {} minutes longer than usual.",
            draft.busy_minutes
        ));
    }
    lines
}

/// What an order was placed for.
pub(super) fn placed_for(order: &Order, clock: &Clock) -> Option<String> {
    let said = order.time.as_ref().map(|time| words(time.as_str()));
    match (order.wanted_for, said) {
        (Some(at), Some(said)) => Some(format!("<b>When: {}</b> (\"{said}\")", time(at, clock))),
        (Some(at), None) => Some(format!("<b>When: {}</b>", time(at, clock))),
        (None, Some(said)) => Some(format!("When: {said}")),
        (None, None) => None,
    }
}

const fn because(why: Why) -> &'static str {
    match why {
        Why::Closed => "We are closed then.",
        Why::LastOrder => "It is too late for an order before we close.",
        Why::Paused => "The kitchen is taking a short break.",
        Why::Full => "The kitchen has all the orders it can make for then.",
        Why::Past => "That time is over.",
        Why::TooFar => "That is too far ahead.",
    }
}

/// Why it cannot be had at all, and what to do.
pub(super) fn no_time(why: Why) -> String {
    let what = match why {
        Why::TooFar => "Please write a time within the next two weeks.",
        _ => "We cannot take an order for the next weeks; please ask the shop.",
    };
    format!("{} {what}", because(why))
}

/// What is sold out, and what there is instead; plain.
pub(super) fn sold_out(name: &str, instead: Option<&Instead>) -> String {
    match instead {
        Some(other) => format!("{name} is sold out today. How about {}?", other.name),
        None => format!("{name} is not to be had at the moment."),
    }
}

/// The items that are offered in place of what was refused.
pub(super) fn instead_items(refusals: &[Refusal]) -> impl Iterator<Item = &Instead> {
    refusals.iter().filter_map(|refusal| match refusal {
        Refusal::SoldOut {
            instead: Some(instead),
            ..
        } if instead.item.is_some() => Some(instead),
        _ => None,
    })
}

/// What may take the place of what is gone.
pub(super) fn how_about(instead: &[crate::menu::ItemId], menu: &Menu) -> Option<String> {
    let names: Vec<_> = instead
        .iter()
        .filter_map(|id| menu.item(id.as_str()))
        .map(|item| escape(&item.name))
        .collect();
    (!names.is_empty()).then(|| format!("How about: {}?", names.join(", ")))
}

/// Everything of the order is gone.
pub(super) fn all_gone(names: &[String], instead: &[crate::menu::ItemId], menu: &Menu) -> String {
    let mut text = format!(
        "⚠️ Sold out just now: {}. Your order is empty; write what you would like instead, or see the /menu.",
        escape(&names.join(", "))
    );
    if let Some(how) = how_about(instead, menu) {
        text.push('\n');
        text.push_str(&how);
    }
    text
}
