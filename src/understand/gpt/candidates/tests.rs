#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::*;
use crate::understand::LocalParser;
use crate::understand::gpt::{prompt, schema};
use crate::understand::testing::menu_of;

const FLAVOURS: [&str; 25] = [
    "Amber", "Birch", "Cobalt", "Dune", "Ember", "Fjord", "Garnet", "Heather", "Indigo", "Juniper",
    "Krill", "Lagoon", "Maple", "Nectar", "Onyx", "Poppy", "Quartz", "Raven", "Saffron", "Thistle",
    "Umber", "Velvet", "Willow", "Yarrow", "Zephyr",
];
const DISHES: [&str; 20] = [
    "curry",
    "noodles",
    "soup",
    "pie",
    "salad",
    "stew",
    "omelette",
    "risotto",
    "dumplings",
    "sandwich",
    "lasagne",
    "burrito",
    "kebab",
    "porridge",
    "pancakes",
    "crumble",
    "sorbet",
    "smoothie",
    "lemonade",
    "cocoa",
];
const KINDS: [&str; 4] = ["house", "royal", "rustic", "festive"];

/// A menu of so many items, each with three groups of options.
fn long_menu(items: usize) -> Menu {
    let names = FLAVOURS
        .iter()
        .flat_map(|f| DISHES.iter().map(move |d| (f, d)))
        .flat_map(|(f, d)| KINDS.iter().map(move |k| format!("{f} {k} {d}")));
    let items: Vec<Value> = names
        .take(items)
        .enumerate()
        .map(|(n, name)| {
            let groups = ["size", "spice", &format!("sauces-{}", n % 30)].map(str::to_owned);
            json!({"id": format!("item-{n}"), "name": name, "price": "5.00", "options": groups,
                   "aliases": [format!("number {n}")]})
        })
        .collect();
    let option =
        |group: &str, n: usize, name: &str| json!({"id": format!("{group}-{n}"), "name": name});
    let mut groups = vec![
        json!({"id": "size", "name": "Size", "options": [option("size", 0, "Small"), option("size", 1, "Large")]}),
        json!({"id": "spice", "name": "Spice", "options": [option("spice", 0, "Mild"), option("spice", 1, "Fiery")]}),
    ];
    for group in 0..30 {
        let id = format!("sauces-{group}");
        let options: Vec<Value> = (0..10)
            .map(|n| option(&id, n, &format!("{} sauce {group}", FLAVOURS[n])))
            .collect();
        groups.push(json!({"id": id, "name": format!("Sauces {group}"), "options": options}));
    }
    menu_of(&json!({"currency": "EUR", "items": items, "option_groups": groups}).to_string())
}

fn offer_of<'m>(menu: &'m Menu, text: &str) -> Offer<'m> {
    let candidates = Candidates::new(menu).unwrap();
    let reading = LocalParser::new(menu).parse(text);
    // The index alone has to find it, whatever the embedded parser makes of the message.
    let nothing = ParsedOrder::empty(reading.order.intent);
    candidates.offer(menu, text, &nothing)
}

#[track_caller]
fn offers(text: &str, items: &[&str], options: &[&str]) {
    let menu = long_menu(2000);
    let offer = offer_of(&menu, text);
    for name in items {
        let found = offer.items.iter().any(|item| item.name == *name);
        assert!(found, "{name} for {text:?}");
    }
    let told: Vec<&str> = offer
        .groups
        .iter()
        .flat_map(|(_, options)| options)
        .map(|option| option.id.as_str())
        .collect();
    for id in options {
        assert!(told.contains(id), "{id} for {text:?}, of {told:?}");
    }
}

#[test]
fn what_a_message_names_is_among_the_candidates() {
    offers("an amber house curry", &["Amber house curry"], &["size-0"]);
    offers(
        "two fjord royal dumplings and a zephyr festive cocoa",
        &["Fjord royal dumplings", "Zephyr festive cocoa"],
        &[],
    );
    offers("number 1234 please", &["Poppy rustic dumplings"], &[]);
}

#[test]
fn plurals_misspellings_accents_and_scripts_find_it_too() {
    offers("3 saffron royal curries", &["Saffron royal curry"], &[]);
    offers("safron royl lasanya", &["Saffron royal lasagne"], &[]);
    offers("QUÁRTZ RÚSTIC SÓUP!!", &["Quartz rustic soup"], &[]);
    offers("две саффрон роял суп", &["Saffron royal soup"], &[]);
    offers(
        "una limonada royal juniper",
        &["Juniper royal lemonade"],
        &[],
    );
}

#[test]
fn options_that_a_message_names_are_told_also_without_an_item() {
    offers("make it fiery and large", &[], &["spice-1", "size-1"]);
    offers("with cobalt sauce 17", &[], &["sauces-17-2"]);
}

#[test]
fn ten_things_in_one_message_are_all_found() {
    let items: Vec<String> = (0..10)
        .map(|n| {
            format!(
                "{} {} {}",
                FLAVOURS[n * 2],
                KINDS[n % 4],
                DISHES[n * 2 % 20]
            )
        })
        .collect();
    let text = items.join(", and a ").to_lowercase();
    offers(
        &text,
        &items.iter().map(String::as_str).collect::<Vec<_>>(),
        &[],
    );
}

#[test]
fn a_request_for_a_menu_of_2000_items_is_at_most_twice_one_of_60() {
    let told = |menu: &Menu, offer: &Offer<'_>| {
        prompt::system(menu, offer).len() + schema::text(offer).len()
    };
    let small = long_menu(60);
    assert!(long_menu(60).groups().len() == 32);
    let most_of_60 = told(&small, &Offer::whole(&small));
    let large = long_menu(2000);
    for text in [
        "an amber house curry",
        "curry soup noodles pie salad stew large fiery amber sauce",
        &"amber birch cobalt curry ".repeat(150),
        "hello",
    ] {
        let narrow = told(&large, &offer_of(&large, text));
        assert!(
            narrow <= most_of_60 * 2,
            "{narrow} to {most_of_60} for {text:.30}"
        );
    }
    let whole = told(&large, &Offer::whole(&large));
    assert!(whole > most_of_60 * 5, "the test's menu is long: {whole}");
}

#[test]
fn what_is_sold_out_is_no_candidate_and_a_short_menu_is_told_whole() {
    assert!(Candidates::new(&long_menu(20)).is_none() || long_menu(20).groups().len() > 30);
    let items: Vec<Value> = (0..150)
        .map(|n| json!({"id": format!("i{n}"), "name": format!("Thing {n}"), "price": "1.00", "available": n != 77}))
        .collect();
    let menu = menu_of(&json!({"currency": "EUR", "items": items}).to_string());
    let offer = offer_of(&menu, "thing 77");
    assert!(offer.items.iter().all(|item| item.id.as_str() != "i77"));
    assert!(!offer.items.is_empty() && offer.items.len() <= MOST_ITEMS);
    let items: Vec<Value> = (0..100)
        .map(|n| json!({"id": format!("i{n}"), "name": format!("Thing {n}"), "price": "1.00"}))
        .collect();
    let menu = menu_of(&json!({"currency": "EUR", "items": items}).to_string());
    assert!(Candidates::new(&menu).is_none());
}
