//! Reading a menu file: its shape first, then what the shape cannot say. Every problem is collected.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::fmt::Write as _;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::hours::{Hours, SpecialDays, Window};
use super::{
    Category, CategoryId, Delivery, Item, ItemId, Menu, MenuOption, OptionGroup, OptionId,
};
use crate::money::{Currency, Money};

/// Something wrong in a menu file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, as a JSON path such as `items[3].price`; empty: the whole file.
    pub path: String,
    /// What is wrong and what is expected.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMenu {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    shop: Option<String>,
    currency: String,
    delivery: Option<Value>,
    hours: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    categories: Vec<Value>,
    #[serde(default)]
    option_groups: Vec<Value>,
    items: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDelivery {
    fee: Option<String>,
    minimum: Option<String>,
    #[serde(default = "yes")]
    offered: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCategory {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    id: String,
    name: String,
    #[serde(default)]
    min: u32,
    max: Option<u32>,
    default: Option<String>,
    options: Vec<RawOption>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOption {
    id: String,
    name: String,
    price: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default = "yes")]
    available: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawItem {
    id: String,
    name: String,
    description: Option<String>,
    category: Option<String>,
    price: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    options: Vec<String>,
    #[serde(default)]
    included: Vec<String>,
    #[serde(default)]
    allergens: Vec<String>,
    #[serde(default = "yes")]
    available: bool,
}

const fn yes() -> bool {
    true
}

/// The reader: collects problems while it turns raw parts into checked ones.
struct Reader {
    currency: Currency,
    problems: Vec<Problem>,
}

pub(super) fn read(json: &str) -> Result<Menu, Vec<Problem>> {
    let one = |path: &str, message: String| {
        vec![Problem {
            path: path.to_owned(),
            message,
        }]
    };
    let raw: RawMenu = {
        let mut json = serde_json::Deserializer::from_str(json);
        serde_path_to_error::deserialize(&mut json).map_err(|e| {
            let path = e.path().to_string();
            one(if path == "." { "" } else { &path }, e.inner().to_string())
        })?
    };
    let currency = Currency::parse(&raw.currency).ok_or_else(|| {
        one(
            "currency",
            "expected an ISO 4217 code such as USD".to_owned(),
        )
    })?;
    let mut reader = Reader {
        currency,
        problems: Vec::new(),
    };
    let delivery = reader.delivery(raw.delivery);
    let hours = raw.hours.map(|days| reader.hours(days));
    let categories = reader.categories(raw.categories);
    let (groups, option_index) = reader.groups(raw.option_groups);
    let (items, item_index) = reader.items(raw.items, &categories, &groups, &option_index);
    if !reader.problems.is_empty() {
        return Err(reader.problems);
    }
    Ok(Menu {
        shop: raw.shop.unwrap_or_else(|| "our shop".to_owned()),
        currency,
        delivery,
        hours,
        special_days: SpecialDays::default(),
        categories,
        groups,
        items,
        item_index,
        option_index,
        version: digest(json),
    })
}

/// Hex digest of the parsed JSON, so that white space makes no new version.
pub(super) fn digest(json: &str) -> String {
    let canonical =
        serde_json::from_str::<Value>(json).map_or_else(|_| json.to_owned(), |v| v.to_string());
    let digest = Sha256::digest(canonical.as_bytes());
    digest.iter().take(8).fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

impl Reader {
    fn problem(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.problems.push(Problem {
            path: path.into(),
            message: message.into(),
        });
    }

    fn decode<T: DeserializeOwned>(&mut self, path: &str, value: Value) -> Option<T> {
        match serde_path_to_error::deserialize(value) {
            Ok(part) => Some(part),
            Err(e) => {
                let inner = e.path().to_string();
                let path = if inner == "." {
                    path.to_owned()
                } else {
                    format!("{path}.{inner}")
                };
                self.problem(path, e.inner().to_string());
                None
            }
        }
    }

    fn price(&mut self, path: String, text: &str) -> Money {
        self.currency.parse_amount(text).unwrap_or_else(|e| {
            self.problem(path, e.to_string());
            Money::ZERO
        })
    }

    fn id(&mut self, path: String, id: &str) {
        let valid = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let head = id.bytes().next().is_some_and(valid);
        let tail = id.bytes().all(|b| valid(b) || b == b'_' || b == b'-');
        if !head || !tail || id.len() > 32 {
            self.problem(
                path,
                "an id has 1 to 32 characters of a-z, 0-9, _ and -, the first a letter or digit",
            );
        }
    }

    fn name(&mut self, path: String, name: &str) {
        if name.trim().is_empty() {
            self.problem(path, "must not be empty");
        }
    }

    fn delivery(&mut self, value: Option<Value>) -> Delivery {
        let raw = value.and_then(|v| self.decode::<RawDelivery>("delivery", v));
        let mut amount = |name: &str, text: Option<&String>| {
            text.map_or(Money::ZERO, |t| self.price(format!("delivery.{name}"), t))
        };
        match raw {
            None => Delivery {
                offered: true,
                fee: Money::ZERO,
                minimum: Money::ZERO,
            },
            Some(raw) => Delivery {
                offered: raw.offered,
                fee: amount("fee", raw.fee.as_ref()),
                minimum: amount("minimum", raw.minimum.as_ref()),
            },
        }
    }

    fn hours(&mut self, days: BTreeMap<String, Value>) -> Hours {
        const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let mut hours = Hours::default();
        for (name, value) in days {
            let path = format!("hours.{name}");
            let Some(at) = NAMES.iter().position(|n| *n == name) else {
                self.problem(path, "expected mon, tue, wed, thu, fri, sat or sun");
                continue;
            };
            let Some(windows) = self.decode::<Vec<(String, String)>>(&path, value) else {
                continue;
            };
            for (n, (from, until)) in windows.iter().enumerate() {
                match Window::parse(from, until) {
                    Some(window) => {
                        if let Some(day) = hours.days.get_mut(at) {
                            day.push(window);
                        }
                    }
                    None => self.problem(
                        format!("{path}[{n}]"),
                        "expected [from, until] as HH:MM between 00:00 and 24:00",
                    ),
                }
            }
        }
        hours
    }

    fn categories(&mut self, values: Vec<Value>) -> Vec<Category> {
        let mut seen = HashSet::new();
        let mut categories = Vec::new();
        for (n, value) in values.into_iter().enumerate() {
            let path = format!("categories[{n}]");
            let Some(raw) = self.decode::<RawCategory>(&path, value) else {
                continue;
            };
            self.id(format!("{path}.id"), &raw.id);
            self.name(format!("{path}.name"), &raw.name);
            if !seen.insert(raw.id.clone()) {
                self.problem(
                    format!("{path}.id"),
                    format!("the id {} stands twice", raw.id),
                );
            }
            categories.push(Category {
                id: raw.id.as_str().into(),
                name: raw.name,
            });
        }
        categories
    }

    fn groups(
        &mut self,
        values: Vec<Value>,
    ) -> (Vec<OptionGroup>, HashMap<OptionId, (usize, usize)>) {
        let mut index = HashMap::new();
        let mut groups: Vec<OptionGroup> = Vec::new();
        for (n, value) in values.into_iter().enumerate() {
            let path = format!("option_groups[{n}]");
            let Some(raw) = self.decode::<RawGroup>(&path, value) else {
                continue;
            };
            self.id(format!("{path}.id"), &raw.id);
            self.name(format!("{path}.name"), &raw.name);
            if groups.iter().any(|g| g.id.as_str() == raw.id) {
                self.problem(
                    format!("{path}.id"),
                    format!("the id {} stands twice", raw.id),
                );
            }
            if raw.options.is_empty() {
                self.problem(format!("{path}.options"), "needs at least one option");
            }
            if raw.max == Some(0) {
                self.problem(
                    format!("{path}.max"),
                    "must be at least 1; leave it out for no limit",
                );
            }
            if raw.max.is_some_and(|max| max < raw.min) {
                self.problem(format!("{path}.max"), "must not be below min");
            }
            if raw.min as usize > raw.options.len() {
                self.problem(
                    format!("{path}.min"),
                    "must not exceed the number of options",
                );
            }
            if let Some(default) = &raw.default
                && !raw.options.iter().any(|o| o.id == *default)
            {
                self.problem(
                    format!("{path}.default"),
                    format!("{default} is no option of this group"),
                );
            }
            let mut options = Vec::new();
            for (m, option) in raw.options.into_iter().enumerate() {
                let path = format!("{path}.options[{m}]");
                self.id(format!("{path}.id"), &option.id);
                self.name(format!("{path}.name"), &option.name);
                let id = OptionId::from(option.id.as_str());
                if index.insert(id.clone(), (groups.len(), m)).is_some() {
                    self.problem(
                        format!("{path}.id"),
                        format!(
                            "the id {id} stands twice: option ids are unique in the whole menu"
                        ),
                    );
                }
                let price = option
                    .price
                    .map_or(Money::ZERO, |p| self.price(format!("{path}.price"), &p));
                options.push(MenuOption {
                    id,
                    name: option.name,
                    price,
                    aliases: option.aliases,
                    available: option.available,
                });
            }
            groups.push(OptionGroup {
                id: raw.id.as_str().into(),
                name: raw.name,
                min: raw.min,
                max: raw.max,
                default: raw.default.as_deref().map(Into::into),
                options,
            });
        }
        (groups, index)
    }

    fn items(
        &mut self,
        values: Vec<Value>,
        categories: &[Category],
        groups: &[OptionGroup],
        options: &HashMap<OptionId, (usize, usize)>,
    ) -> (Vec<Item>, HashMap<ItemId, usize>) {
        if values.is_empty() {
            self.problem("items", "needs at least one item");
        }
        let mut index = HashMap::new();
        let mut items: Vec<Item> = Vec::new();
        for (n, value) in values.into_iter().enumerate() {
            let path = format!("items[{n}]");
            let Some(raw) = self.decode::<RawItem>(&path, value) else {
                continue;
            };
            self.id(format!("{path}.id"), &raw.id);
            self.name(format!("{path}.name"), &raw.name);
            let id = ItemId::from(raw.id.as_str());
            if index.insert(id.clone(), items.len()).is_some() {
                self.problem(format!("{path}.id"), format!("the id {id} stands twice"));
            }
            if let Some(category) = &raw.category
                && !categories.iter().any(|c| c.id.as_str() == category)
            {
                self.problem(
                    format!("{path}.category"),
                    format!("there is no category {category}"),
                );
            }
            let price = self.price(format!("{path}.price"), &raw.price);
            let mut own = Vec::new();
            for (m, group) in raw.options.iter().enumerate() {
                match groups.iter().position(|g| g.id.as_str() == group) {
                    Some(at) => own.push(at),
                    None => self.problem(
                        format!("{path}.options[{m}]"),
                        format!("there is no option group {group}"),
                    ),
                }
            }
            for (m, option) in raw.included.iter().enumerate() {
                let known = options
                    .get(option.as_str())
                    .is_some_and(|(group, _)| own.contains(group));
                if !known {
                    self.problem(
                        format!("{path}.included[{m}]"),
                        format!("{option} is no option of this item's groups"),
                    );
                }
            }
            items.push(Item {
                id,
                name: raw.name,
                description: raw.description,
                category: raw.category.as_deref().map(CategoryId::from),
                price,
                aliases: raw.aliases,
                groups: own,
                included: raw.included.iter().map(|o| o.as_str().into()).collect(),
                allergens: raw.allergens,
                available: raw.available,
            });
        }
        (items, index)
    }
}
