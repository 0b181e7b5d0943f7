//! Every text that a customer or the staff can read, in each language, written down to be read:
//! `tests/snapshots/<language>.txt`. `UPDATE_SNAPSHOTS=1 cargo test snapshots` writes them anew.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::super::*;
use super::catalogs::{check_right_to_left, entries, variables};
use super::*;
use crate::language::{Arg, Language, Texts};

/// An example of a value. Names that are not listed stand for themselves: list them where the text reads oddly.
fn example(name: &str) -> Arg<'static> {
    match name {
        "order" | "orders" => "K7F-1042".into(),
        "price" | "fee" | "minimum" => "$12.50".into(),
        "item" | "items" | "first" => "Margherita".into(),
        "last" => "Cola".into(),
        "group" => "Size".into(),
        "option" | "options" => "large".into(),
        "shop" => "Stand-in Pizza".into(),
        "phone" => "+1 555 010 0199".into(),
        "address" => "5 Canary Lane".into(),
        "contact" => "Ann, +15550100199".into(),
        "time" => "19:30".into(),
        "day" => "2026-03-01 12:00 UTC".into(),
        "allergy" => "nuts".into(),
        "note" => "ring twice".into(),
        "n" | "max" | "quantity" | "line" => 2_u32.into(),
        name => Arg::Text(format!("<{name}>").into()),
    }
}

/// The numbers by which languages choose their words.
const NUMBERS: [u32; 7] = [0, 1, 2, 3, 5, 21, 100];

/// The ways in which a text is said: one, or one for each choice that it makes.
fn ways(source: &str) -> Vec<Vec<(String, Arg<'static>)>> {
    let selector = source
        .split_once(" ->")
        .and_then(|(before, _)| before.rsplit_once('$'))
        .map(|(_, name)| name.trim().to_owned());
    let choices: BTreeSet<&str> = source
        .lines()
        .filter_map(|line| {
            let line = line.trim().trim_start_matches('*');
            Some(line.strip_prefix('[')?.split_once(']')?.0)
        })
        .collect();
    let by_number = choices
        .iter()
        .any(|choice| ["zero", "one", "two", "few", "many", "other"].contains(choice));
    let with = |value: Option<(&str, Arg<'static>)>| {
        let names = variables(source).into_iter();
        let values = names.map(|name| match &value {
            Some((chosen, value)) if *chosen == name => (name.to_owned(), value.clone()),
            _ if ["count", "minutes", "seconds", "hours", "days"].contains(&name) => {
                (name.to_owned(), 20_u32.into())
            }
            _ => (name.to_owned(), example(name)),
        });
        values.collect()
    };
    match selector {
        None => vec![with(None)],
        Some(name) if by_number => {
            let number = |n: &u32| with(Some((&name, (*n).into())));
            NUMBERS.iter().map(number).collect()
        }
        Some(name) => {
            let choice =
                |choice: &&str| with(Some((&name, Arg::Text((*choice).to_owned().into()))));
            choices.iter().map(choice).collect()
        }
    }
}

/// Every text of the catalogue, said in each way it has, with its room.
fn said(language: Language) -> Vec<(&'static str, String, Vec<String>)> {
    let t = Texts::of(language);
    let mut said = Vec::new();
    for entry in entries(language) {
        let mut texts: Vec<String> = Vec::new();
        for values in ways(&entry.source) {
            // A key's values are named in code; here their names live as long as the program.
            let values: Vec<(&'static str, Arg<'_>)> = values
                .into_iter()
                .map(|(name, value)| (&*Box::leak(name.into_boxed_str()), value))
                .collect();
            let text = t.html(&entry.key, &values);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        said.push((entry.room, entry.key, texts));
    }
    said
}

/// Messages that are put together from many texts.
fn messages(language: Language) -> Vec<(&'static str, Message)> {
    let t = Texts::of(language);
    let menu = menu();
    let rules = rules(everything());
    let stranger = Customer::new(now());
    let open = Draft {
        time: Some("at 8".into()),
        allergies: vec!["nuts".into()],
        note: Some("ring twice".into()),
        unmatched: vec!["moon".into(), "cheese".into()],
        nearest: vec!["margherita".into(), "cola".into()],
        refusals: vec![Refusal::SoldOut {
            name: "Soup".to_owned(),
            instead: None,
        }],
        gone: vec!["Water".to_owned()],
        ..two_pizzas()
    };
    let extra = [
        ("mozzarella", Change::Extra),
        ("olives", Change::Light),
        ("mushrooms", Change::With),
    ];
    let order = Order {
        allergies: vec!["nuts".into()],
        note: Some("ring twice".into()),
        large: true,
        ..order_of(&two_pizzas(), &ann())
    };
    // What people write stands in lines of its own, which run as its language does.
    let words = match language {
        Language::Ar => "هل هو <ساخن>؟\nأم بارد؟",
        _ => "Is it <hot>?\nOr cold?",
    };
    let order_at = |status| Order {
        status,
        approval: status == Status::Pending,
        ..order.clone()
    };
    let stepped = |step| {
        let mut order = order_at(Status::Accepted);
        let _ = order.advance(step, now());
        order
    };
    let mut explained = stepped(Step::Reject);
    explained.explain(Reason::Words(words.into()), now());
    let view = |view| Draft {
        view,
        ..two_pizzas()
    };
    let summary = |number, status| OrderSummary {
        id: OrderId::new("K7F", number),
        status,
        items: "1 x Cola".to_owned(),
        total: "$2.50".to_owned(),
    };
    let orders = vec![summary(2, Status::Placed), summary(1, Status::Rejected)];
    let conversation = crate::conversation::Conversation {
        draft: Some(two_pizzas()),
        ..Default::default()
    };
    let said = |said: Reply| reply(t, &said, &menu);
    vec![
        ("welcome", said(Reply::Welcome)),
        ("help", said(Reply::Help)),
        ("chatter", said(Reply::Chatter)),
        ("language", said(Reply::AskLanguage)),
        (
            "draft with open points",
            draft(t, &open, &stranger, &menu, &rules, &clock()),
        ),
        (
            "draft of a known customer",
            draft(t, &two_pizzas(), &ann(), &menu, &rules, &clock()),
        ),
        (
            "draft with many options",
            draft(
                t,
                &draft_of(&[add("margherita", 1, &extra, None)]),
                &ann(),
                &menu,
                &rules,
                &clock(),
            ),
        ),
        (
            "draft being changed",
            draft(t, &view(View::Edit), &ann(), &menu, &rules, &clock()),
        ),
        (
            "one line being changed",
            draft(t, &view(View::Line(1)), &ann(), &menu, &rules, &clock()),
        ),
        (
            "placed",
            closed(t, &Closing::Placed, Some(&order), &clock()),
        ),
        ("card", card(t, &order, &clock())),
        (
            "card of an accepted order",
            card(
                t,
                &Order {
                    status: Status::Accepted,
                    delay_minutes: Some(20),
                    ..order.clone()
                },
                &clock(),
            ),
        ),
        (
            "card of an order to be approved",
            card(t, &order_at(Status::Pending), &clock()),
        ),
        (
            "card of an order on its way, within the minute",
            card(t, &stepped(Step::OnTheWay), &clock()),
        ),
        (
            "card of a rejected order",
            card(t, &stepped(Step::Reject), &clock()),
        ),
        (
            "card of an order rejected in own words",
            card(t, &explained, &clock()),
        ),
        (
            "placed, to be approved",
            closed(
                t,
                &Closing::Placed,
                Some(&order_at(Status::Pending)),
                &clock(),
            ),
        ),
        (
            "a question",
            question(t, Some(&"Ann".into()), &words.into(), false),
        ),
        (
            "an answered question",
            question(t, None, &words.into(), true),
        ),
        ("nothing of a question", redacted(t)),
        (
            "delayed",
            said(Reply::OrderMoved {
                id: OrderId::new("K7F", 2),
                status: Status::Accepted,
                minutes: Some(30),
                more: Some(10),
                clock: Some("12:30".to_owned()),
                fulfilment: Fulfilment::Delivery,
            }),
        ),
        (
            "still waiting",
            said(Reply::StillWaiting {
                id: OrderId::new("K7F", 2),
                minutes: 12,
            }),
        ),
        (
            "rejected in own words",
            said(Reply::Rejected {
                id: OrderId::new("K7F", 2),
                reason: Reason::Words(words.into()),
            }),
        ),
        (
            "the shop says",
            said(Reply::ShopSays { text: words.into() }),
        ),
        ("menu", menu_page(t, &MenuView::Home, &menu)),
        (
            "sides",
            menu_page(t, &MenuView::Category(Some("sides".into())), &menu),
        ),
        ("orders", said(Reply::Orders { orders })),
        (
            "my data",
            my_data(
                t,
                7,
                Some(&ann()),
                Some(&conversation),
                std::slice::from_ref(&order),
            ),
        ),
        ("to be deleted?", said(Reply::AskDeletion)),
        ("phone?", said(Reply::AskPhone)),
        ("address?", said(Reply::AskAddress)),
        (
            "nothing understood",
            said(Reply::NothingAdded {
                phrases: vec!["moon <cheese>".into()],
                refusals: vec![Refusal::NoOption {
                    item: "Cola".to_owned(),
                }],
                nearest: vec!["cola".into()],
            }),
        ),
        (
            "orders under way",
            said(Reply::OrdersUnderWay {
                ids: vec![OrderId::new("K7F", 1), OrderId::new("K7F", 2)],
            }),
        ),
    ]
}

fn labels(message: &Message) -> Vec<Vec<&str>> {
    match &message.keyboard {
        Keyboard::Buttons(rows) => rows
            .iter()
            .map(|row| row.iter().map(|button| button.label.as_str()).collect())
            .collect(),
        Keyboard::AskContact(label) | Keyboard::AskLocation(label) => vec![vec![label.as_str()]],
        Keyboard::None | Keyboard::Remove => Vec::new(),
    }
}

fn snapshot(language: Language) -> String {
    let mut page = format!("{} — {}\n", language.tag(), language.name());
    let mut last = "";
    for (room, key, texts) in said(language) {
        if room != last {
            let _ = write!(page, "\n\n=== {room}\n");
            last = room;
        }
        for text in texts {
            let text = text.replace('\n', "\n    ");
            let _ = write!(page, "\n{key}\n    {text}\n");
        }
    }
    page.push_str("\n\n=== whole messages\n");
    for (name, message) in messages(language) {
        let _ = write!(page, "\n--- {name}\n{}\n", message.html);
        for row in labels(&message) {
            let row: Vec<_> = row.iter().map(|label| format!("[ {label} ]")).collect();
            let _ = writeln!(page, "{}", row.join(" "));
        }
    }
    let lines: Vec<_> = page.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

#[test]
fn every_text_reads_as_it_was_last_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    let mut changed = Vec::new();
    for language in Language::ALL {
        let file = folder.join(format!("{}.txt", language.tag()));
        let now = snapshot(language);
        let kept = fs::read_to_string(&file).unwrap_or_default();
        if now == kept {
            continue;
        }
        if update {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&file, now).unwrap();
            continue;
        }
        let differs = now.lines().zip(kept.lines()).find(|(a, b)| a != b);
        changed.push(format!("{}: {differs:?}", file.display()));
    }
    assert!(
        changed.is_empty(),
        "read what has changed, then keep it with UPDATE_SNAPSHOTS=1 cargo test snapshots:\n{}",
        changed.join("\n")
    );
}

/// The tags of Telegram's HTML that we use, each closed in its order.
#[track_caller]
fn check_html(what: &str, html: &str) {
    let mut open = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let end = rest[at..]
            .find('>')
            .unwrap_or_else(|| panic!("{what}: {html}"))
            + at;
        let tag = &rest[at + 1..end];
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{what}: {html}"),
            None => {
                let name = tag.split(' ').next().unwrap_or_default();
                let known = ["b", "i", "u", "s", "a", "code", "pre", "blockquote"];
                assert!(known.contains(&name), "{what}: <{tag}>");
                open.push(name);
            }
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty() && !rest.contains('>'), "{what}: {html}");
}

#[test]
fn every_message_is_telegram_html_and_fits() {
    for language in Language::ALL {
        for (_, key, texts) in said(language) {
            for text in texts {
                check_html(&key, &text);
                // Room for values of the longest kind.
                assert!(units(&text) <= 2_000, "{language:?} {key}");
            }
        }
        for (name, message) in messages(language) {
            check_html(name, &message.html);
            assert!(units(&message.html) <= 4_096, "{language:?} {name}");
        }
    }
}

#[test]
fn arabic_runs_from_the_right_with_latin_names_prices_and_numbers_in_it() {
    for (room, key, texts) in said(Language::Ar) {
        // What stands in a button, in a list of commands or in what people type has no line of its own.
        if ["say", "button"].contains(&room) || key.starts_with("common-") || key == "card-delay" {
            continue;
        }
        for text in texts {
            check_right_to_left(&key, &text);
        }
    }
    for (name, message) in messages(Language::Ar) {
        check_right_to_left(name, &message.html);
    }
}

#[test]
fn every_button_has_words() {
    for language in Language::ALL {
        for (name, message) in messages(language) {
            for label in labels(&message).into_iter().flatten() {
                assert!(label.chars().any(char::is_alphabetic), "{name}: {label:?}");
            }
        }
    }
}

#[test]
fn what_a_tap_is_answered_with_fits_into_its_bubble() {
    for language in Language::ALL {
        for (room, key, texts) in said(language) {
            for text in texts.iter().filter(|_| room == "notice") {
                let length = text.chars().count();
                assert!(length <= 190, "{language:?} {key}: {length}");
                assert!(
                    !text.contains(['<', '>']) || text.contains("&lt;"),
                    "{key}: no HTML there"
                );
            }
        }
    }
}
