//! Menus of made-up words, and carts of theirs in the many ways in which people write them.

use serde_json::{Value, json};

use crate::menu::{Item, Menu, OptionGroup};

/// A word of at least three syllables, so that no two are near one another and none is a small word.
fn word(rng: &mut fastrand::Rng, taken: &mut Vec<String>) -> String {
    const ONSETS: [&str; 14] = [
        "b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "t", "v", "z", "ch",
    ];
    const VOWELS: [&str; 5] = ["a", "e", "i", "o", "u"];
    loop {
        let mut out = String::new();
        for _ in 0..rng.usize(3..5) {
            out += ONSETS[rng.usize(..ONSETS.len())];
            out += VOWELS[rng.usize(..VOWELS.len())];
        }
        out.push('n');
        if taken
            .iter()
            .all(|other| strsim::osa_distance(other, &out) > 4)
        {
            taken.push(out.clone());
            return out;
        }
    }
}

/// Items of one or two words, some of a kind ("… chunkin"), with a size, a choice and things that may be added.
pub(super) fn menu(rng: &mut fastrand::Rng) -> Menu {
    let mut taken = Vec::new();
    let mut options = |rng: &mut fastrand::Rng, prefix: &str, names: &[&str]| -> Vec<Value> {
        let n = rng.usize(2..6);
        (0..n)
            .map(|at| {
                let name = match names.get(at) {
                    Some(name) => (*name).to_owned(),
                    None => word(rng, &mut taken),
                };
                json!({"id": format!("{prefix}{at}"), "name": name})
            })
            .collect()
    };
    let sizes = options(rng, "s", &["Small", "Large"]);
    let choices = options(rng, "c", &[]);
    let toppings = options(rng, "t", &[]);
    let groups = json!([
        {"id": "size", "name": "Size", "max": 1, "options": sizes},
        {"id": "choice", "name": "Choice", "max": 1, "options": choices},
        {"id": "topping", "name": "Topping", "options": toppings},
    ]);
    let kind = word(rng, &mut taken);
    let items: Vec<Value> = (0..rng.usize(2..9))
        .map(|at| {
            let first = word(rng, &mut taken);
            let name = match rng.u8(..3) {
                0 => format!("{first} {kind}"),
                1 => format!("{first} {}", word(rng, &mut taken)),
                _ => first,
            };
            json!({"id": format!("i{at}"), "name": name, "price": "1.00", "options": ["size", "choice", "topping"]})
        })
        .collect();
    let menu = json!({"currency": "EUR", "option_groups": groups, "items": items});
    Menu::parse(&menu.to_string()).expect("a valid menu")
}

fn group<'m>(menu: &'m Menu, item: &'m Item, id: &str) -> &'m OptionGroup {
    menu.groups_of(item)
        .find(|g| g.id.as_str() == id)
        .expect("the group")
}

/// A message, and the lines that it asks for as [`super::lines`] shows them.
pub(super) fn order(menu: &Menu, rng: &mut fastrand::Rng) -> (String, Vec<String>) {
    let mut text =
        ["", "hi, ", "can i get ", "i'd like ", "Hello! I want "][rng.usize(..5)].to_owned();
    let mut wanted = Vec::new();
    let lines = rng.usize(1..4);
    for at in 0..lines {
        if at > 0 {
            let last = at + 1 == lines;
            text += [", ", " and ", ", and ", "\n", " plus "]
                [if last { rng.usize(..5) } else { rng.usize(..4) }];
        }
        let item = &menu.items()[rng.usize(..menu.items().len())];
        wanted.push(line(menu, item, rng, &mut text));
    }
    text += ["", " please", " thanks", ". that's all"][rng.usize(..4)];
    let text = match rng.u8(..6) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        _ => text,
    };
    wanted.sort();
    (text, wanted)
}

fn line(menu: &Menu, item: &Item, rng: &mut fastrand::Rng, text: &mut String) -> String {
    let n = rng.u32(1..6);
    let numeral = ["a", "two", "three", "four", "five"][n as usize - 1];
    *text += &match rng.u8(..3) {
        0 => format!("{n} "),
        1 => format!("{n}x "),
        _ => format!("{numeral} "),
    };
    let mut options = Vec::new();
    let pick = |id: &str, rng: &mut fastrand::Rng| {
        let list = &group(menu, item, id).options;
        list[rng.usize(..list.len())].clone()
    };
    if rng.bool() {
        let size = pick("size", rng);
        *text += &format!("{} ", size.name);
        options.push(format!("With {}", size.id));
    }
    *text += &item.name;
    if n > 1 && rng.bool() {
        text.push('s');
    }
    if rng.bool() {
        let choice = pick("choice", rng);
        *text += &format!(" with {}", choice.name);
        options.push(format!("With {}", choice.id));
    }
    let mut toppings = group(menu, item, "topping").options.clone();
    rng.shuffle(&mut toppings);
    for topping in toppings.iter().take(rng.usize(..3)) {
        let (said, change) = [
            ("with", "With"),
            ("without", "Without"),
            ("no", "Without"),
            ("extra", "Extra"),
            ("light", "Light"),
        ][rng.usize(..5)];
        *text += &format!(" {said} {}", topping.name);
        options.push(format!("{change} {}", topping.id));
    }
    options.sort();
    format!("Add {:?} {:?} {options:?}", Some(item.id.as_str()), Some(n))
}
