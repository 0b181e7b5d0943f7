//! Every button has words, and whoever cannot press it can type them.

use super::super::*;
use super::snapshots::messages;
use super::*;
use crate::conversation::{AiRule, Asked, Conversation, PayRules, Route, Tap, route};
use crate::language::{Language, Texts};
use crate::understand::LocalParser;

/// What a customer sees with buttons that no draft shows by itself.
fn more(language: Language) -> Vec<(&'static str, Message)> {
    let t = Texts::of(language);
    let menu = menu();
    let rules = Rules {
        ai: AiRule::Notice,
        pay: Some(PayRules {
            required: false,
            ttl: SignedDuration::from_mins(15),
            tips: Vec::new(),
        }),
        ..rules(everything())
    };
    vec![
        (
            "draft of a shop with payments and a model",
            draft(t, &two_pizzas(), &ann(), &menu, &rules, &clock()),
        ),
        ("details", details(t, Some(&ann()))),
        ("privacy", privacy(t, Some(&ann()), &menu, &rules)),
    ]
}

/// What stands between quotation marks of any of our languages.
fn quoted(html: &str) -> Vec<String> {
    let text = html.replace("&quot;", "\"");
    let straight = text.split('"').skip(1).step_by(2);
    let mut found: Vec<_> = straight.map(str::to_owned).collect();
    for (open, close) in [('«', '»'), ('„', '“'), ('“', '”')] {
        let pieces = text.split(open).skip(1);
        let inside = pieces.filter_map(|piece| Some(piece.split_once(close)?.0));
        found.extend(inside.map(|words| words.trim_matches([' ', '\u{a0}']).to_owned()));
    }
    found
}

fn of_staff(tap: &str) -> bool {
    ["op:", "shop:", "pay:refunded"]
        .iter()
        .any(|begin| tap.starts_with(begin))
}

#[test]
fn every_button_has_words_and_can_be_typed() {
    let menu = menu();
    let parser = LocalParser::new(&menu);
    let mut silent = Vec::new();
    for language in Language::ALL {
        let t = Texts::of(language);
        let read = |conversation: &Conversation, text: &str| {
            let order = parser.parse(text).order;
            route(conversation, text, &order) != Route::Parse || !order.operations.is_empty()
        };
        for (name, message) in messages(language).into_iter().chain(more(language)) {
            let label_of = |keyboard: &Keyboard| match keyboard {
                Keyboard::AskContact(label) | Keyboard::AskLocation(label) => Some(label.clone()),
                _ => None,
            };
            if let Some(label) = label_of(&message.keyboard) {
                // What it shares is asked for in words, too: the answer may be typed.
                assert!(label.chars().any(char::is_alphabetic), "{name}: {label}");
            }
            let Keyboard::Buttons(rows) = &message.keyboard else {
                continue;
            };
            for button in rows.iter().flatten() {
                let worded = button.label.chars().any(char::is_alphabetic);
                let counted = button.data.starts_with("order:") || button.data.starts_with("menu:");
                assert!(
                    worded || (counted && button.label.chars().any(char::is_alphanumeric)),
                    "{language:?}, {name}: {:?} has no words",
                    button.label
                );
                if of_staff(&button.data) {
                    continue;
                }
                let tap = Tap::parse(&button.data);
                assert!(tap.is_some(), "{name}: {}", button.data);
                let asked = Conversation {
                    deleting: name == "to be deleted?",
                    asked: Some(Asked::Phone).filter(|_| name == "phone?"),
                    ..Conversation::default()
                };
                let label = &button.label;
                let typed_below = typed(label, &message, &menu) == tap;
                let heading = typed_heading(t, label, &menu).is_some();
                let said = quoted(&message.html)
                    .iter()
                    .any(|words| read(&asked, words));
                // Going on to wait needs no word.
                let nothing = matches!(tap, Some(Tap::WaitFor(_)));
                if !(typed_below || heading || nothing || said || read(&asked, label)) {
                    silent.push(format!("{language:?}, {name}: {label:?} ({})", button.data));
                }
            }
        }
    }
    assert!(silent.is_empty(), "cannot be typed:\n{}", silent.join("\n"));
}

/// The words that the messages themselves name do what the buttons do.
#[test]
fn the_words_of_an_answer_to_the_shop_are_understood_in_every_language() {
    let parser = LocalParser::new(&menu());
    for language in Language::ALL {
        let (_, message) = messages(language)
            .into_iter()
            .find(|(name, _)| *name == "change proposed")
            .unwrap();
        let read = |text: &String| {
            let order = parser.parse(text).order;
            route(&Conversation::default(), text, &order)
        };
        let routes: Vec<_> = quoted(&message.html).iter().map(read).collect();
        let answer = |agreed| Route::Answer("K7F-1042".to_owned(), agreed);
        assert_eq!(routes, [answer(true), answer(false)], "{language:?}");
    }
}
