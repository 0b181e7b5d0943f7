//! What the staff are told about their day and their menu.

use super::shop::time;
use super::{Button, Keyboard, Message, join_lines};
use crate::language::{Arg, Texts, args};
use crate::menu::Menu;
use crate::shop::{Clock, Entry, ShopSaid, ShopState};

/// Most of what is sold out that gets a button of its own.
const MOST_BACK: usize = 40;

/// A message about the day; `state`: what holds now.
#[must_use]
pub fn shop_said(
    t: Texts,
    said: &ShopSaid,
    state: &ShopState,
    menu: &Menu,
    clock: &Clock,
) -> Message {
    let html = match said {
        ShopSaid::State => return day(t, state, menu, clock),
        ShopSaid::NotFound { words } => {
            t.html("shop-not-found", &args!["words" => Arg::Words(words)])
        }
        ShopSaid::Which { choices, out } => return which(t, choices, *out),
        ShopSaid::SoldOut {
            name,
            until,
            instead,
        } => {
            let until = time(t, *until, clock);
            let line = t.html("shop-now-out", &args!["item" => name, "until" => until]);
            match instead {
                Some(other) => {
                    let more = t.html("shop-offered-instead", &args!["item" => other]);
                    [line, more].join(" ")
                }
                None => line,
            }
        }
        ShopSaid::Back { names } => {
            let names = Arg::Html(list(t, names));
            t.html("shop-back", &args!["items" => names])
        }
        ShopSaid::Usage => t.say("shop-usage"),
        ShopSaid::Ended { state } => {
            let mut lines = vec![t.say("shop-ended")];
            lines.extend(what_holds(t, state, menu, clock, true));
            join_lines(t, &lines)
        }
        ShopSaid::Reloading => t.say("shop-reloading"),
        ShopSaid::MenuTaken { items, sheet: true } => {
            t.html("shop-menu-sheet", &args!["count" => *items])
        }
        ShopSaid::MenuTaken {
            items,
            sheet: false,
        } => t.html("shop-menu-file", &args!["count" => *items]),
        ShopSaid::MenuSame => t.say("shop-menu-same"),
        ShopSaid::MenuBroken { problems, more } => {
            let mut lines = vec![t.say("shop-menu-broken")];
            let line = |problem: &String| t.html("common-value", &args!["value" => problem]);
            lines.extend(problems.iter().map(line));
            if *more > 0 {
                lines.push(t.html("common-more", &args!["count" => *more]));
            }
            join_lines(t, &lines)
        }
        ShopSaid::MenuUnreachable { advice } => {
            t.html("shop-menu-unreachable", &args!["advice" => advice])
        }
    };
    Message::plain(html)
}

fn list(t: Texts, names: &[String]) -> String {
    let name = |name: &String| t.html("common-value", &args!["value" => name]);
    let names: Vec<_> = names.iter().map(name).collect();
    t.list(&names)
}

/// What is sold out, by id, name and kind, as far as the menu still has it.
fn sold_out(state: &ShopState, menu: &Menu) -> Vec<Entry> {
    let items = state.items.keys().filter_map(|id| menu.item(id));
    let items = items.map(|item| Entry {
        id: item.id.as_str().to_owned(),
        item: true,
        name: item.name.clone(),
    });
    let options = state.options.keys().filter_map(|id| menu.option(id));
    let options = options.map(|(_, option)| Entry {
        id: option.id.as_str().to_owned(),
        item: false,
        name: option.name.clone(),
    });
    items.chain(options).collect()
}

fn what_holds(t: Texts, state: &ShopState, menu: &Menu, clock: &Clock, over: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let names: Vec<_> = sold_out(state, menu).into_iter().map(|e| e.name).collect();
    if !names.is_empty() {
        let names = Arg::Html(list(t, &names));
        lines.push(t.html("shop-day-sold-out", &args!["items" => names]));
    }
    if let Some(until) = state.paused_until {
        let until = time(t, until, clock);
        lines.push(t.html("shop-day-paused", &args!["until" => until]));
    }
    if let Some(busy) = state.busy {
        lines.push(t.html("shop-day-busy", &args!["minutes" => busy.minutes]));
    }
    if lines.is_empty() && !over {
        lines.push(t.say("shop-day-plain"));
    }
    lines
}

fn button(t: Texts, key: &str, minutes: u32, verb: &str) -> Button {
    let label = t.plain(key, &args!["minutes" => minutes]);
    Button::new(label, format!("shop:{verb}:{minutes}"))
}

fn day(t: Texts, state: &ShopState, menu: &Menu, clock: &Clock) -> Message {
    let mut lines = vec![t.say("shop-day")];
    lines.extend(what_holds(t, state, menu, clock, false));
    lines.push(String::new());
    lines.push(t.say("shop-day-how"));
    let pause = |minutes| button(t, "shop-button-pause", minutes, "pause");
    let busy = |minutes| button(t, "shop-button-busy", minutes, "busy");
    let mut rows = vec![
        vec![pause(15), pause(30), pause(60)],
        vec![busy(10), busy(20), busy(30)],
    ];
    if state.paused_until.is_some() {
        rows.push(vec![Button::new(
            t.say("shop-button-resume"),
            "shop:resume",
        )]);
    }
    if state.busy.is_some() {
        rows.push(vec![Button::new(t.say("shop-button-calm"), "shop:busy:0")]);
    }
    for entry in sold_out(state, menu).iter().take(MOST_BACK) {
        let label = t.plain("shop-button-back", &args!["item" => &entry.name]);
        rows.push(vec![Button::new(label, data(entry, "back"))]);
    }
    Message {
        html: join_lines(t, &lines),
        keyboard: Keyboard::Buttons(rows),
    }
}

fn which(t: Texts, choices: &[Entry], out: bool) -> Message {
    let verb = if out { "out" } else { "back" };
    let row = |entry: &Entry| vec![Button::new(entry.name.clone(), data(entry, verb))];
    Message {
        html: t.say("shop-which"),
        keyboard: Keyboard::Buttons(choices.iter().take(MOST_BACK).map(row).collect()),
    }
}

fn data(entry: &Entry, verb: &str) -> String {
    let kind = if entry.item { "i" } else { "o" };
    format!("shop:{verb}:{kind}:{}", entry.id)
}
