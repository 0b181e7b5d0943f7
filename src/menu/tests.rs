#![allow(clippy::unwrap_used)]

use super::*;

#[track_caller]
fn problems(json: &str) -> Vec<String> {
    Menu::parse(json)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn the_sample_menu_is_valid() {
    let menu = Menu::parse(include_str!("../../menu.json")).unwrap();
    assert!(menu.items().len() >= 15);
    assert!(
        menu.items()
            .iter()
            .all(|item| menu.item(item.id.as_str()).is_some())
    );
}

#[test]
fn every_problem_is_named_with_its_path() {
    let found = problems(
        r#"{"currency":"USD","categories":[{"id":"a","name":"A"},{"id":"a","name":" "}],
        "option_groups":[{"id":"size","name":"Size","min":2,"max":1,"default":"xl","options":[{"id":"S","name":"S"}]}],
        "items":[{"id":"x","name":"X","price":"1.234","category":"b","options":["none"],"included":["S"]},
                 {"id":"x","name":"X","price":5},{"id":"y","name":"Y","price":"1","colour":"red"}]}"#,
    );
    for expected in [
        "categories[1].id: the id a stands twice",
        "categories[1].name: must not be empty",
        "option_groups[0].max: must not be below min",
        "option_groups[0].min: must not exceed the number of options",
        "option_groups[0].default: xl is no option of this group",
        "option_groups[0].options[0].id: an id has 1 to 32",
        "items[0].price: USD has 2 digits",
        "items[0].category: there is no category b",
        "items[0].options[0]: there is no option group none",
        "items[0].included[0]: S is no option",
        "items[1].price: invalid type: integer",
        "items[2].colour: unknown field",
    ] {
        assert!(
            found.iter().any(|p| p.starts_with(expected)),
            "{expected} not in {found:#?}"
        );
    }
}

#[test]
fn a_file_that_is_no_menu_says_where() {
    assert!(
        problems("{\"currency\":\"USD\"\n,")
            .first()
            .unwrap()
            .contains("line 2")
    );
    assert_eq!(
        problems(r#"{"currency":"usd","items":[]}"#),
        ["currency: expected an ISO 4217 code such as USD"]
    );
    assert_eq!(
        problems(r#"{"currency":"USD","items":[]}"#),
        ["items: needs at least one item"]
    );
}

#[test]
fn white_space_makes_no_new_version() {
    let a =
        Menu::parse(r#"{"currency":"USD","items":[{"id":"x","name":"X","price":"1"}]}"#).unwrap();
    let b = Menu::parse(r#"{ "currency": "USD", "items": [{"id":"x","name":"X","price":"1"}] }"#)
        .unwrap();
    let c =
        Menu::parse(r#"{"currency":"USD","items":[{"id":"x","name":"X","price":"2"}]}"#).unwrap();
    assert_eq!(a.version(), b.version());
    assert_ne!(a.version(), c.version());
}

#[test]
fn hours_run_past_midnight_and_to_the_day_s_end() {
    let menu = Menu::parse(
        r#"{"currency":"USD","hours":{"fri":[["11:00","14:30"],["18:00","02:00"]],"sat":[["00:00","24:00"]]},
        "items":[{"id":"x","name":"X","price":"1"}]}"#,
    )
    .unwrap();
    let hours = menu.hours().unwrap();
    assert_eq!(
        hours.on(4),
        [
            Window {
                from: 660,
                until: 870
            },
            Window {
                from: 1080,
                until: 120
            }
        ]
    );
    assert_eq!(
        hours.on(5),
        [Window {
            from: 0,
            until: 1440
        }]
    );
    assert!(hours.on(0).is_empty());
    let bad = problems(
        r#"{"currency":"USD","hours":{"fri":[["11","14:30"]],"xyz":[]},"items":[{"id":"x","name":"X","price":"1"}]}"#,
    );
    assert_eq!(bad.len(), 2);
}

mod fuzz {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::fuzz::{any_json, garbled_text, wounded};

    const SAMPLE: &str = include_str!("../../menu.json");

    proptest! {
        #![proptest_config(crate::fuzz::cases(64))]

        #[test]
        fn any_menu_file_is_a_menu_or_has_problems_with_their_places(
            text in prop_oneof![
                6 => wounded(vec![serde_json::from_str::<Value>(SAMPLE).unwrap()]).prop_map(|json| json.to_string()),
                2 => garbled_text(vec![SAMPLE.to_owned()]),
                1 => any_json().prop_map(|json| json.to_string()),
            ],
        ) {
            match Menu::parse(&text) {
                Ok(menu) => {
                    for item in menu.items() {
                        prop_assert!(menu.item(item.id.as_str()).is_some());
                    }
                }
                Err(problems) => prop_assert!(!problems.is_empty()),
            }
        }
    }
}
