#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::money::Money;

fn menu() -> Menu {
    Menu::parse(include_str!("../../menu.json")).unwrap()
}

fn op(op: Op, item: Option<&str>, quantity: Option<u32>, options: &[(&str, Change)]) -> Operation {
    Operation {
        op,
        item: item.map(Into::into),
        line: None,
        quantity,
        options: options
            .iter()
            .map(|(option, change)| OptionChange {
                option: (*option).to_owned(),
                change: *change,
                count: None,
            })
            .collect(),
        note: None,
    }
}

/// The cart as one line of text a line, with unit prices.
fn show(cart: &Cart, menu: &Menu) -> Vec<String> {
    cart.priced(menu)
        .lines
        .iter()
        .map(|line| {
            let options: Vec<_> = line.options.iter().map(describe).collect();
            let price = menu.currency().plain(line.unit);
            format!(
                "{} {} [{}] {price}",
                line.quantity,
                line.name,
                options.join(", ")
            )
        })
        .collect()
}

#[track_caller]
fn check(operations: &[Operation], expected: &[&str]) {
    let menu = menu();
    let mut cart = Cart::default();
    let refusals = cart.apply(operations, &menu);
    assert_eq!(refusals, [], "nothing is refused");
    assert_eq!(show(&cart, &menu), expected);
}

use Change::{Extra, Light, With, Without};

#[test]
fn options_defaults_and_included_ones_are_priced() {
    check(
        &[op(Op::Add, Some("margherita"), None, &[])],
        &["1 Margherita [medium] 10.00"],
    );
    check(
        &[op(
            Op::Add,
            Some("margherita"),
            Some(2),
            &[("large", With), ("mozzarella", Extra), ("basil", Without)],
        )],
        &["2 Margherita [large, extra mozzarella, no fresh basil] 13.50"],
    );
    check(
        &[op(
            Op::Add,
            Some("margherita"),
            None,
            &[("mozzarella", With), ("mozzarella", Light)],
        )],
        &["1 Margherita [medium, light mozzarella] 10.00"],
    );
    let mut two_shots = op(Op::Add, Some("latte"), None, &[("espresso-shot", With)]);
    two_shots.options.first_mut().unwrap().count = Some(2);
    check(&[two_shots], &["1 Latte [2 x espresso shot] 5.40"]);
}

#[test]
fn one_message_may_change_what_it_added() {
    check(
        &[
            op(Op::Add, Some("margherita"), Some(3), &[]),
            op(Op::Split, None, Some(1), &[("large", With)]),
            op(Op::Set, Some("margherita"), None, &[("olives", With)]),
            op(Op::Add, Some("cola"), None, &[]),
            op(Op::Set, None, Some(4), &[]),
        ],
        &[
            "2 Margherita [medium] 10.00",
            "1 Margherita [large, black olives] 13.00",
            "4 Cola [small] 2.50",
        ],
    );
}

#[test]
fn a_name_shared_by_groups_is_resolved_on_the_line() {
    check(
        &[
            op(Op::Add, Some("cola"), None, &[]),
            op(Op::Set, None, None, &[("large", With)]),
        ],
        &["1 Cola [large] 3.70"],
    );
}

#[test]
fn the_second_of_an_item_may_count_the_item_s_own_lines() {
    let mut no_onions = op(
        Op::Set,
        Some("classic-burger"),
        None,
        &[("onions", Without)],
    );
    no_onions.line = Some(2);
    check(
        &[
            op(Op::Add, Some("classic-burger"), None, &[("bacon", With)]),
            op(Op::Add, Some("cola"), None, &[]),
            op(Op::Add, Some("classic-burger"), None, &[]),
            no_onions,
        ],
        &[
            "1 Classic burger [bacon] 10.40",
            "1 Cola [small] 2.50",
            "1 Classic burger [no onions] 8.90",
        ],
    );
}

#[test]
fn what_an_item_never_has_need_not_be_taken_out() {
    check(
        &[
            op(Op::Add, Some("margherita"), None, &[]),
            op(
                Op::Set,
                None,
                None,
                &[("mozzarella", Without), ("cheddar", Without)],
            ),
        ],
        &["1 Margherita [medium, no mozzarella] 10.00"],
    );
}

#[test]
fn removing_takes_units_then_the_line() {
    check(
        &[
            op(Op::Add, Some("cola"), Some(3), &[]),
            op(Op::Add, Some("fries"), None, &[]),
            op(Op::Remove, Some("cola"), Some(1), &[]),
            op(Op::Remove, Some("fries"), None, &[]),
        ],
        &["2 Cola [small] 2.50"],
    );
}

#[test]
fn equal_lines_are_joined_after_the_message() {
    check(
        &[
            op(Op::Add, Some("cola"), Some(1), &[]),
            op(Op::Add, Some("cola"), Some(2), &[]),
        ],
        &["3 Cola [small] 2.50"],
    );
}

#[test]
fn what_does_not_hold_is_refused_by_name() {
    let menu = menu();
    let mut cart = Cart::default();
    let refusals = cart.apply(
        &[
            op(Op::Add, Some("unicorn"), None, &[]),
            op(Op::Set, None, Some(2), &[]),
            op(Op::Add, Some("cola"), Some(0), &[]),
            op(Op::Add, Some("cola"), Some(100_000), &[]),
            op(Op::Add, Some("cola"), None, &[("bacon", With)]),
            op(
                Op::Add,
                Some("fries"),
                None,
                &[
                    ("garlic-dip", With),
                    ("bbq-dip", With),
                    ("chilli-dip", With),
                ],
            ),
        ],
        &menu,
    );
    assert_eq!(
        refusals,
        [
            Refusal::NoItem,
            Refusal::NoLine,
            Refusal::Quantity {
                item: "Cola".into()
            },
            Refusal::Quantity {
                item: "Cola".into()
            },
            Refusal::NoOption {
                item: "Cola".into()
            },
            Refusal::TooManyOptions {
                item: "Fries".into(),
                group: "Dip".into(),
                max: 2
            },
        ]
    );
    assert_eq!(
        show(&cart, &menu),
        ["1 Cola [small] 2.50", "1 Fries [garlic dip, bbq dip] 4.90"]
    );
}

#[test]
fn a_choice_that_must_be_made_is_asked_for() {
    let menu = Menu::parse(
        r#"{"currency":"USD","option_groups":[{"id":"size","name":"Size","min":1,"max":1,
        "options":[{"id":"s","name":"S"},{"id":"l","name":"L","price":"1"}]}],
        "items":[{"id":"tea","name":"Tea","price":"2","options":["size"]}]}"#,
    )
    .unwrap();
    let mut cart = Cart::default();
    cart.apply(&[op(Op::Add, Some("tea"), None, &[])], &menu);
    assert_eq!(cart.missing_choices(&menu).count(), 1);
    let line = cart.last().unwrap();
    cart.toggle(line, "l", &menu).unwrap();
    assert_eq!(cart.missing_choices(&menu).count(), 0);
    cart.toggle(line, "s", &menu).unwrap();
    assert_eq!(show(&cart, &menu), ["1 Tea [s] 2.00"]);
}

#[test]
fn a_cart_follows_a_menu_that_changed() {
    let mut cart = Cart::default();
    cart.apply(
        &[
            op(Op::Add, Some("cola"), None, &[]),
            op(Op::Add, Some("fries"), None, &[]),
        ],
        &menu(),
    );
    let json = include_str!("../../menu.json").replacen(
        r#""id": "cola","#,
        r#""id": "cola", "available": false,"#,
        1,
    );
    let menu = Menu::parse(&json).unwrap();
    assert_eq!(cart.drop_unorderable(&menu), ["Cola"]);
    assert_eq!(show(&cart, &menu), ["1 Fries [] 3.50"]);
}

fn any_operation() -> impl Strategy<Value = Operation> {
    let items: Vec<String> = menu().items().iter().map(|i| i.id.to_string()).collect();
    let options: Vec<String> = menu()
        .groups()
        .iter()
        .flat_map(|g| &g.options)
        .map(|o| o.id.to_string())
        .collect();
    let change = prop::sample::select(vec![With, Without, Extra, Light]);
    let option = (
        prop::sample::select(options),
        change,
        prop::option::of(0_u32..4),
    )
        .prop_map(|(option, change, count)| OptionChange {
            option,
            change,
            count,
        });
    (
        prop::sample::select(vec![Op::Add, Op::Add, Op::Remove, Op::Set, Op::Split]),
        prop::option::of(prop::sample::select(items)),
        prop::option::of(0_u32..6),
        prop::option::of(0_u32..1200),
        prop::collection::vec(option, 0..4),
    )
        .prop_map(|(op, item, line, quantity, options)| Operation {
            op,
            item,
            line,
            quantity,
            options,
            note: None,
        })
}

proptest! {
    #[test]
    fn whatever_is_asked_the_cart_stays_sound(operations in prop::collection::vec(any_operation(), 0..80)) {
        let menu = menu();
        let mut cart = Cart::default();
        for chunk in operations.chunks(5) {
            cart.apply(chunk, &menu);
        }
        prop_assert!(cart.lines().len() <= MOST_LINES);
        prop_assert!(cart.lines().iter().all(|l| (1..=MOST_UNITS).contains(&l.quantity)));
        let mut ids: Vec<_> = cart.lines().iter().map(|l| l.id).collect();
        ids.dedup();
        prop_assert_eq!(ids.len(), cart.lines().len());
        let priced = cart.priced(&menu);
        prop_assert_eq!(priced.lines.len(), cart.lines().len());
        prop_assert!(priced.lines.iter().all(|l| l.unit >= Money::ZERO));
        let sum: i64 = priced.lines.iter().map(|l| l.unit.minor() * i64::from(l.quantity)).sum();
        prop_assert_eq!(priced.subtotal.minor(), sum);
        for line in cart.lines() {
            let item = menu.item(line.item.as_str()).unwrap();
            prop_assert!(line.options.iter().all(|c| menu.option_of(item, c.option.as_str()).is_some()));
        }
        let stored = serde_json::to_string(&cart).unwrap();
        prop_assert_eq!(serde_json::from_str::<Cart>(&stored).unwrap(), cart);
    }
}
