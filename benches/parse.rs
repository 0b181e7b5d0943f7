//! How long the embedded parser takes for one message: `cargo bench --bench parse`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use divan::{Bencher, black_box};
use order_bot::menu::Menu;
use order_bot::understand::LocalParser;
use serde_json::json;

fn main() {
    divan::main();
}

const SHORT: &str = "two lattes, one with oat milk";
const USUAL: &str = "Hi, can I get 2 large margheritas with extra cheese and no basil, a burger without onions and three colas please";
const MISSPELT: &str = "2 margeritas, a chesseburger with bakon and a lemonad";
const DETAILS: &str = "a hawaiian and fries delivered to 12 Baker Street at 7pm, my name is Anna and my number is 555-123-4567";

fn sample() -> LocalParser {
    LocalParser::new(&Menu::parse(include_str!("../menu.json")).expect("the sample menu is valid"))
}

/// The sample menu among 2,000 items whose names share words.
fn large_menu() -> Menu {
    let mut menu: serde_json::Value =
        serde_json::from_str(include_str!("../menu.json")).expect("JSON");
    let items = menu["items"].as_array_mut().expect("items");
    let syllables = [
        "ka", "lo", "mi", "ter", "ran", "sol", "vi", "pe", "dun", "gar",
    ];
    let kinds = [
        "curry", "noodles", "soup", "bowl", "roll", "salad", "toast", "juice",
    ];
    for n in items.len()..2_000 {
        let word: String = [n / 100 % 10, n / 10 % 10, n % 10, n * 7 % 10]
            .iter()
            .map(|at| syllables[*at])
            .collect();
        items.push(json!({"id": format!("item-{n}"), "name": format!("{word} {}", kinds[n % kinds.len()]), "price": "5.00"}));
    }
    Menu::parse(&menu.to_string()).expect("a valid menu")
}

#[divan::bench(args = [SHORT, USUAL, MISSPELT, DETAILS])]
fn sample_menu(bencher: Bencher<'_, '_>, text: &str) {
    let parser = sample();
    bencher.bench(|| parser.parse(black_box(text)));
}

#[divan::bench(args = [SHORT, USUAL, MISSPELT, DETAILS])]
fn menu_of_2000(bencher: Bencher<'_, '_>, text: &str) {
    let parser = LocalParser::new(&large_menu());
    bencher.bench(|| parser.parse(black_box(text)));
}

#[divan::bench(args = ["cola ", "qwrtzpsd ", "with one of them "])]
fn longest_message(bencher: Bencher<'_, '_>, words: &str) {
    let parser = sample();
    let text = words.repeat(4_096 / words.len());
    bencher.bench(|| parser.parse(black_box(&text)));
}

#[divan::bench]
fn index_of_2000(bencher: Bencher<'_, '_>) {
    let menu = large_menu();
    bencher.bench(|| LocalParser::new(black_box(&menu)));
}
