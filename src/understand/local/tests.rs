#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::parsed::Op;

mod rendered; // carts as people write them

fn sample() -> LocalParser {
    LocalParser::new(&sample_menu())
}

fn sample_menu() -> Menu {
    Menu::parse(include_str!("../../../menu.json")).expect("the sample menu is valid")
}

/// Lines as text, in no order.
fn lines(reading: &Reading) -> Vec<String> {
    let mut out: Vec<String> = reading
        .order
        .operations
        .iter()
        .map(|op| {
            let mut options: Vec<String> = op
                .options
                .iter()
                .map(|o| format!("{:?} {}", o.change, o.option))
                .collect();
            options.sort();
            format!("{:?} {:?} {:?} {options:?}", op.op, op.item, op.quantity)
        })
        .collect();
    out.sort();
    out
}

/// Everything it names is on the menu, and what it quotes stands in the message.
#[track_caller]
fn holds(menu: &Menu, text: &str, reading: &Reading) {
    for op in &reading.order.operations {
        assert!(op.quantity.is_none_or(|n| n > 0));
        let item = op
            .item
            .as_deref()
            .map(|id| menu.item(id).expect("an item of the menu"));
        assert!(item.is_none_or(|i| i.available));
        if op.op == Op::Add && item.is_none() {
            assert!(op.line.is_none());
        }
        for option in &op.options {
            let known = match item {
                Some(item) => menu.option_of(item, &option.option).is_some(),
                None => {
                    menu.option(&option.option).is_some()
                        || menu
                            .groups()
                            .iter()
                            .flat_map(|g| &g.options)
                            .any(|o| o.name.to_lowercase() == option.option)
                }
            };
            assert!(known, "{option:?}");
        }
    }
    for phrase in &reading.order.unmatched {
        assert!(text.contains(phrase.as_str()) && !phrase.as_str().is_empty());
    }
    if reading.certain {
        assert!(reading.order.unmatched.is_empty());
    }
}

#[test]
fn what_cannot_be_ordered_now_is_named_back() {
    let menu = Menu::parse(
        &json!({
            "currency": "EUR",
            "option_groups": [{"id": "milk", "name": "Milk", "options": [
                {"id": "oat", "name": "Oat milk", "available": false}, {"id": "soy", "name": "Soy milk"}]}],
            "items": [
                {"id": "latte", "name": "Latte", "price": "3.00", "options": ["milk"]},
                {"id": "mocha", "name": "Mocha", "price": "3.00", "available": false}]
        })
        .to_string(),
    )
    .expect("a valid menu");
    let parser = LocalParser::new(&menu);
    let reading = parser.parse("two mochas and a latte with oat milk");
    assert_eq!(lines(&reading), ["Add Some(\"latte\") Some(1) []"]);
    let unmatched: Vec<&str> = reading
        .order
        .unmatched
        .iter()
        .map(PersonalText::as_str)
        .collect();
    assert_eq!(unmatched, ["two mochas", "oat milk"]);
}

#[test]
fn a_word_for_two_options_is_asked_about_and_refused_for_both() {
    let menu = Menu::parse(
        &json!({
            "currency": "EUR",
            "option_groups": [{"id": "beans", "name": "Beans", "options": [
                {"id": "black", "name": "Black beans"}, {"id": "pinto", "name": "Pinto beans"}]}],
            "items": [{"id": "bowl", "name": "Bowl", "price": "9.00", "options": ["beans"]}]
        })
        .to_string(),
    )
    .expect("a valid menu");
    let parser = LocalParser::new(&menu);
    let asked = parser.parse("a bowl with beans");
    assert_eq!(lines(&asked), ["Add Some(\"bowl\") Some(1) []"]);
    assert_eq!(asked.order.unmatched, [PersonalText::from("beans")]);
    assert!(!asked.certain);
    let refused = parser.parse("a bowl, no beans");
    assert_eq!(
        lines(&refused),
        ["Add Some(\"bowl\") Some(1) [\"Without black\", \"Without pinto\"]"]
    );
    let both = parser.parse("bowl with black and pinto beans");
    assert_eq!(
        lines(&both),
        ["Add Some(\"bowl\") Some(1) [\"With black\", \"With pinto\"]"]
    );
}

/// The looks at words, elements and lines that a message takes, all told.
fn cost(parser: &LocalParser, text: &str) -> u64 {
    work::looks(|| {
        let _ = parser.parse(text);
    })
}

/// Most looks for each byte of a message.
const LOOKS_A_BYTE: u64 = 200;

#[test]
fn a_message_of_four_times_the_length_costs_some_four_times_as_much() {
    let parser = sample();
    let menu = sample_menu();
    for words in [
        "cola ",
        "two ",
        "with ",
        "x",
        "no ",
        "half ",
        "2",
        "qwrtzpsd ",
        "make it ",
        "one of them large, ",
        "margerhita ",
        "and ",
        "(",
        "or ",
        "latte with oat or soy milk, ",
        "a small and ",
        "everything ",
        "Anna wants ",
        "wقهوة ",
        "allergic to nuts, ",
        "12 Main Street, ",
        "no, ",
        "the ",
        "the or ",
        "cola cola oat milk oat milk cola ",
        "large, burger oat milk cola cola ",
    ] {
        let text = |length: usize| words.repeat(length / words.len());
        holds(&menu, &text(4_096), &parser.parse(&text(4_096)));
        // In proportion is 4 times, in proportion to the square 16 times. Both are longer than any message, so that
        // what has a bound has met it.
        let (short, long) = (cost(&parser, &text(8_192)), cost(&parser, &text(32_768)));
        assert!(long <= short * 5, "{words}: {short}, {long}");
        assert!(long <= 32_768 * LOOKS_A_BYTE, "{words}: {long}");
    }
}

fn words() -> impl Strategy<Value = String> {
    let owned = |list: Vec<&'static str>| prop::sample::select(list).prop_map(str::to_owned);
    let word = prop_oneof![
        4 => owned(vec![
            "cola", "margherita", "pizza", "burger", "latte", "oat milk", "cheese", "onions", "large", "small", "pepperoni",
            "ice", "shot", "fries", "wings", "vanilla", "medium", "rings", "can", "bottle",
        ]),
        4 => owned(vec![
            "a", "two", "3", "0", "with", "without", "no", "extra", "and", ",", ".", "?", "the", "one", "of them", "second",
            "make", "it", "change", "to", "remove", "instead of", "wait", "other", "all", "both", "another", "more", "half",
            "on", "for", "Anna", "at", "7", "pm", "allergic to", "deliver to", "12 Elm Road", "my name is", "please", "yes",
            "cancel", "do you have", "was", "on the side", "cut in", "same again", "last", "same", "not", "or", "but",
        ]),
        1 => "\\PC{0,6}",
    ];
    prop::collection::vec(word, 0..24).prop_map(|words| words.join(" "))
}

fn menus() -> impl Strategy<Value = Menu> {
    let name = prop::sample::select(vec![
        "Cola",
        "Large",
        "No",
        "The One",
        "7 Up",
        "2",
        "Cheese pizza",
        "Pizza",
        "Black beans",
        "Beans",
        "Extra",
        "With ice",
        "Ice",
        "Of",
        "Milk",
        "Half",
        "Кола",
        "قهوة",
        "Crêpe",
        "!!",
        "A",
        "Hot dog",
        "Dog",
        "one of them",
    ]);
    let named = prop::collection::vec(
        (
            name.clone(),
            prop::collection::vec(name, 0..3),
            any::<bool>(),
        ),
        1..8,
    );
    (named.clone(), named).prop_filter_map("the menu is not valid", |(options, items)| {
        let options: Vec<_> = options
            .iter()
            .enumerate()
            .map(|(n, (name, aliases, available))| json!({"id": format!("o{n}"), "name": name, "aliases": aliases, "available": available}))
            .collect();
        let (a, b) = options.split_at(options.len() / 2);
        let mut groups = Vec::new();
        for (id, options, max) in [("a", a, 1), ("b", b, 3)] {
            if !options.is_empty() {
                groups.push(json!({"id": id, "name": "Size", "max": max, "options": options}));
            }
        }
        let ids: Vec<_> = groups.iter().map(|g| g["id"].clone()).collect();
        let items: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(n, (name, aliases, available))| {
                json!({"id": format!("i{n}"), "name": name, "aliases": aliases, "available": available, "price": "1.00",
                       "options": if n % 2 == 0 { ids.clone() } else { Vec::new() }})
            })
            .collect();
        Menu::parse(&json!({"currency": "EUR", "option_groups": groups, "items": items}).to_string()).ok()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_read_and_names_only_the_menu(text in "\\PC{0,120}") {
        holds(&sample_menu(), &text, &sample().parse(&text));
    }

    #[test]
    fn any_words_are_read_and_name_only_the_menu(text in words()) {
        holds(&sample_menu(), &text, &sample().parse(&text));
    }

    #[test]
    fn any_menu_is_read_with_any_words(menu in menus(), text in words()) {
        holds(&menu, &text, &LocalParser::new(&menu).parse(&text));
    }

    #[test]
    fn items_between_commas_may_stand_in_any_order(
        picks in prop::collection::vec((0_usize..22, 1_u32..20), 1..6),
        seed in any::<u64>(),
    ) {
        let (menu, parser) = (sample_menu(), sample());
        let parts: Vec<String> = picks
            .iter()
            .map(|(at, n)| format!("{n} {}", menu.items()[*at % menu.items().len()].name))
            .collect();
        let mut shuffled = parts.clone();
        fastrand::Rng::with_seed(seed).shuffle(&mut shuffled);
        let reading = parser.parse(&parts.join(", "));
        prop_assert_eq!(lines(&reading), lines(&parser.parse(&shuffled.join(", "))));
        prop_assert_eq!(reading.order.operations.len(), picks.len());
        prop_assert!(reading.certain);
    }

    #[test]
    fn a_written_cart_is_read_back(picks in prop::collection::vec((0_usize..22, 1_u32..20, any::<u32>()), 1..5)) {
        let (menu, parser) = (sample_menu(), sample());
        let mut wanted = Vec::new();
        let mut parts = Vec::new();
        for (at, n, seed) in picks {
            let item = &menu.items()[at % menu.items().len()];
            let mut rng = fastrand::Rng::with_seed(u64::from(seed));
            let mut part = format!("{n} x {}", item.name);
            let mut options = Vec::new();
            for group in menu.groups_of(item) {
                if group.max == Some(1) && rng.bool() {
                    let option = &group.options[rng.usize(..group.options.len())];
                    part += &format!(" with {}", option.name);
                    options.push(format!("With {}", option.id));
                } else if group.max != Some(1) {
                    let option = &group.options[rng.usize(..group.options.len())];
                    let (word, change) = [("with", "With"), ("no", "Without"), ("extra", "Extra"), ("light", "Light")][rng.usize(..4)];
                    part += &format!(" {word} {}", option.name);
                    options.push(format!("{change} {}", option.id));
                }
            }
            options.sort();
            wanted.push(format!("Add {:?} {:?} {options:?}", Some(item.id.as_str()), Some(n)));
            parts.push(part);
        }
        wanted.sort();
        let text = parts.join(", ");
        prop_assert_eq!(lines(&parser.parse(&text)), wanted, "{}", text);
    }

    #[test]
    fn a_cart_of_any_menu_is_read_back_in_any_words(seed in any::<u64>()) {
        let mut rng = fastrand::Rng::with_seed(seed);
        let menu = rendered::menu(&mut rng);
        let (text, wanted) = rendered::order(&menu, &mut rng);
        let reading = LocalParser::new(&menu).parse(&text);
        prop_assert_eq!(lines(&reading), wanted, "{}", text);
        prop_assert!(reading.certain, "{}", text);
        prop_assert!(reading.order.unmatched.is_empty());
    }

    #[test]
    fn a_longest_message_of_any_words_costs_no_more_than_its_length_allows(text in words()) {
        let again = format!("{text} ");
        let long = again.repeat(4_096_usize.div_ceil(again.len()));
        let cost = cost(&sample(), &long);
        prop_assert!(cost <= long.len() as u64 * LOOKS_A_BYTE, "{text}: {cost}");
    }

    #[test]
    fn every_word_is_accounted_for(word in "[bdfgkq][wxz]{3}[bdfg]{3}", at in 0_usize..3) {
        let mut words = vec!["two", "margheritas", "and"];
        words.insert(at, &word);
        let text = words.join(" ");
        let reading = sample().parse(&text);
        prop_assert!(reading.order.unmatched.iter().any(|u| u.as_str().contains(&word)), "{}", text);
        prop_assert!(!reading.certain);
    }
}
