//! The shop's figures in words.

use jiff::Timestamp;

use super::card::status;
use super::{Message, join_lines};
use crate::language::{Arg, Texts, args, one_line};
use crate::money::Money;
use crate::order::Order;
use crate::report::{Figures, Span};
use crate::shop::Clock;

/// Items that the day's figures name.
const TOP_ITEMS: usize = 5;

/// A time as figures are dated.
fn when(clock: &Clock, at: Timestamp) -> String {
    let zoned = at.to_zoned(clock.zone.clone());
    zoned.strftime("%Y-%m-%d %H:%M").to_string()
}

/// The figures of a day that is on, or over; `cost`: what the model cost, where that is known.
#[must_use]
pub fn report(
    t: Texts,
    figures: &Figures,
    span: &Span,
    closing: bool,
    cost: Option<String>,
    clock: &Clock,
) -> Message {
    let title = if closing {
        "staff-report-closing"
    } else {
        "staff-report-today"
    };
    let from = when(clock, span.from);
    let mut lines = vec![t.html(title, &args!["time" => from])];
    let number = |key: &str, count: u32| t.html(key, &args!["count" => count]);
    lines.push(number("staff-report-orders", figures.orders));
    for (key, count) in [
        ("staff-report-done", figures.done),
        ("staff-report-open", figures.open),
        ("staff-report-rejected", figures.rejected),
        ("staff-report-cancelled", figures.cancelled),
        ("staff-report-expired", figures.expired),
        ("staff-report-late", figures.late),
    ] {
        if count > 0 {
            lines.push(number(key, count));
        }
    }
    let money = |key: &str, amount: Money| {
        let price = figures.currency.show(amount);
        t.html(key, &args!["price" => price])
    };
    lines.push(String::new());
    let takings = figures.cash.plus(figures.card);
    lines.push(money("staff-report-takings", takings));
    for (key, amount) in [
        ("staff-report-cash", figures.cash),
        ("staff-report-card", figures.card),
        ("staff-report-tips", figures.tips),
        ("staff-report-refunds", figures.refunds),
    ] {
        if amount > Money::ZERO {
            lines.push(money(key, amount));
        }
    }
    let top = figures.top(TOP_ITEMS);
    if !top.is_empty() {
        lines.push(String::new());
        lines.push(t.say("staff-report-top"));
        lines.extend(numbered(t, &top));
    }
    let tokens = span.tokens.prompt.saturating_add(span.tokens.completion);
    if tokens > 0 {
        lines.push(String::new());
        lines.push(match cost {
            Some(cost) => t.html(
                "staff-report-gpt-cost",
                &args!["count" => tokens, "price" => cost],
            ),
            None => t.html("staff-report-gpt", &args!["count" => tokens]),
        });
    }
    Message::plain(join_lines(t, &lines))
}

fn numbered(t: Texts, items: &[(&str, u32)]) -> Vec<String> {
    let item = |(at, (name, units)): (usize, &(&str, u32))| {
        let name = one_line(name);
        let values = args!["n" => at + 1, "item" => Arg::Words(&name), "count" => *units];
        t.html("staff-report-item", &values)
    };
    items.iter().enumerate().map(item).collect()
}

/// What stands below the picture of the figures.
#[must_use]
pub fn stats(t: Texts, days: u32, orders: u32, top: &[(&str, u32)]) -> Message {
    if orders == 0 {
        return Message::plain(t.html("staff-stats-none", &args!["days" => days]));
    }
    let values = args!["days" => days, "count" => orders];
    let mut lines = vec![t.html("staff-stats", &values)];
    lines.extend(numbered(t, top));
    Message::plain(join_lines(t, &lines))
}

/// What stands below the file of orders.
#[must_use]
pub fn exported(t: Texts, orders: u32) -> Message {
    Message::plain(t.html("staff-exported", &args!["count" => orders]))
}

/// The list of open orders; `left_out`: how many more there are.
#[must_use]
pub fn board(t: Texts, orders: &[Order], left_out: usize, clock: &Clock) -> Message {
    if orders.is_empty() {
        return Message::plain(t.say("staff-board-none"));
    }
    let time = |at: Timestamp| {
        let zoned = at.to_zoned(clock.zone.clone());
        zoned.strftime("%H:%M").to_string()
    };
    let line = |order: &Order| {
        let items = one_line(&order.items_text());
        let short: String = items.chars().take(60).collect();
        let values = args![
            "order" => order.id.as_str(),
            "status" => status(t, order, &time),
            "time" => time(order.due()),
            "items" => Arg::Words(&short)
        ];
        t.html("staff-board-line", &values)
    };
    let count = orders.len() + left_out;
    let mut list = vec![t.html("staff-board", &args!["count" => count])];
    list.extend(orders.iter().map(line));
    if left_out > 0 {
        list.push(t.html("staff-board-more", &args!["count" => left_out]));
    }
    Message::plain(join_lines(t, &list))
}
