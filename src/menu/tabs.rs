//! The menu as tables, the way it is kept in a spreadsheet: a tab of items, one of options, one of hours.
//!
//! Rows become the JSON of a menu file and go through the same reader; what is wrong is then named by its cell.
//! Columns are found by their names in the first row, in any order; others are the shop's own and are not looked at.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Menu, SpecialDays, Window};

/// The tabs' names.
pub const MENU_TAB: &str = "Menu";
/// Options and their groups.
pub const OPTIONS_TAB: &str = "Options";
/// Opening hours and days that differ.
pub const HOURS_TAB: &str = "Hours";

const MENU_COLUMNS: [&str; 10] = [
    "id",
    "name",
    "category",
    "price",
    "description",
    "aliases",
    "options",
    "included",
    "allergens",
    "available",
];
const OPTION_COLUMNS: [&str; 10] = [
    "group",
    "group_name",
    "min",
    "max",
    "id",
    "name",
    "price",
    "aliases",
    "default",
    "available",
];
const HOUR_COLUMNS: [&str; 3] = ["day", "from", "until"];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A tab's cells, row by row.
pub type Rows = Vec<Vec<String>>;

/// The tabs that a menu is kept in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tabs {
    /// Items.
    pub menu: Rows,
    /// Options; none: those of the menu file.
    pub options: Option<Rows>,
    /// Hours; none: those of the menu file.
    pub hours: Option<Rows>,
}

/// Something wrong in a cell.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CellProblem {
    /// The cell, such as `Menu!C7`.
    pub cell: String,
    /// What is wrong and what is expected.
    pub message: String,
}

impl fmt::Display for CellProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.cell, self.message)
    }
}

/// A menu that was read from tabs: the JSON of a menu file, and the days that such a file cannot name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TabMenu {
    /// As a menu file.
    pub json: String,
    /// Days whose hours differ.
    #[serde(default, skip_serializing_if = "SpecialDays::is_empty")]
    pub days: SpecialDays,
}

impl TabMenu {
    /// The menu; none where this version of the program no longer reads it.
    #[must_use]
    pub fn menu(&self) -> Option<Menu> {
        let menu = Menu::parse(&self.json).ok()?;
        Some(menu.with_special_days(self.days.clone()))
    }
}

/// Reads the tabs. `file`: the menu file's JSON, which gives the shop's name, currency and delivery, and whatever has
/// no tab.
///
/// # Errors
/// Every problem, with its cell.
pub fn read(file: &str, tabs: &Tabs) -> Result<TabMenu, Vec<CellProblem>> {
    let mut reader = Reader {
        cells: HashMap::new(),
        problems: Vec::new(),
    };
    let file: Value = serde_json::from_str(file).unwrap_or_default();
    let mut menu = file.as_object().cloned().unwrap_or_default();
    if let Some(rows) = &tabs.options {
        let groups = reader.groups(rows);
        menu.insert("option_groups".to_owned(), Value::Array(groups));
    }
    let days = tabs
        .hours
        .as_ref()
        .map(|rows| reader.hours(rows, &mut menu));
    reader.items(&tabs.menu, &mut menu);
    if !reader.problems.is_empty() {
        return Err(reader.problems);
    }
    let read = TabMenu {
        json: Value::Object(menu).to_string(),
        days: days.unwrap_or_default(),
    };
    match Menu::parse(&read.json) {
        Ok(_) => Ok(read),
        Err(problems) => Err(problems.into_iter().map(|p| reader.place(p)).collect()),
    }
}

struct Reader {
    /// The cell of each path in the JSON.
    cells: HashMap<String, String>,
    problems: Vec<CellProblem>,
}

/// A tab with its named columns.
struct Table<'a> {
    tab: &'static str,
    rows: &'a Rows,
    columns: HashMap<&'static str, usize>,
}

impl<'a> Table<'a> {
    /// A cell's text, without white space around it.
    fn get(&self, row: usize, column: &str) -> &'a str {
        let at = self.columns.get(column);
        let cell = at.and_then(|at| self.rows.get(row)?.get(*at));
        cell.map_or("", |cell| cell.trim())
    }

    /// A cell's name.
    fn cell(&self, row: usize, column: &str) -> String {
        let column = self.columns.get(column).copied().unwrap_or_default();
        format!("{}!{}{}", self.tab, letters(column), row + 1)
    }

    /// The rows below the first that say anything.
    fn filled(&self) -> impl Iterator<Item = usize> {
        (1..self.rows.len()).filter(|row| {
            self.columns
                .keys()
                .any(|column| !self.get(*row, column).is_empty())
        })
    }
}

/// `A`, `B`, … `Z`, `AA` for a column's number from 0.
fn letters(column: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(column % 26).unwrap_or_default());
    match column / 26 {
        0 => letter.to_string(),
        more => format!("{}{letter}", letters(more - 1)),
    }
}

/// The parts of a cell that holds several.
fn parts(cell: &str) -> Vec<&str> {
    cell.split([',', ';', '\n'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

/// An id for what has none: of its name's letters where they are Latin, else of its digest.
fn id_of(name: &str) -> String {
    let mut id = String::new();
    for c in name.to_lowercase().chars() {
        match c {
            c if c.is_ascii_alphanumeric() => id.push(c),
            _ if !id.is_empty() && !id.ends_with('-') => id.push('-'),
            _ => {}
        }
    }
    id.truncate(32);
    let id = id.trim_end_matches('-');
    let latin = name
        .chars()
        .filter(|c| c.is_alphabetic())
        .all(|c| c.is_ascii());
    if latin && !id.is_empty() {
        return id.to_owned();
    }
    let digest = Sha256::digest(name.as_bytes());
    digest
        .iter()
        .take(6)
        .fold("x".to_owned(), |id, byte| format!("{id}{byte:02x}"))
}

/// A price as people write it in a cell: `8.50`, `8,50 €`, `$8.50`.
fn price(cell: &str) -> String {
    let kept: String = cell
        .chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-'))
        .collect();
    let letters = cell.chars().any(|c| c.is_alphabetic() && !c.is_uppercase());
    if letters || kept.is_empty() {
        return cell.to_owned();
    }
    if kept.contains('.') {
        kept
    } else {
        kept.replacen(',', ".", 1)
    }
}

/// `9:00` and `09:00:00` as `09:00`.
fn time(cell: &str) -> String {
    let mut parts = cell.split([':', '.']);
    let (hour, minute) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or("00"),
    );
    format!("{hour:0>2}:{minute:0>2}")
}

impl Reader {
    fn problem(&mut self, cell: String, message: impl Into<String>) {
        let message = message.into();
        self.problems.push(CellProblem { cell, message });
    }

    /// Where a problem of the menu stands in the tabs: its own cell, or that of what it is part of.
    fn place(&self, problem: super::Problem) -> CellProblem {
        let mut path = problem.path.as_str();
        loop {
            if let Some(cell) = self.cells.get(path) {
                return CellProblem {
                    cell: cell.clone(),
                    message: problem.message,
                };
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = path.get(..end).unwrap_or_default(),
                None => break,
            }
        }
        // What stands in no tab comes from the file.
        CellProblem {
            cell: "MENU_FILE".to_owned(),
            message: format!("{}: {}", problem.path, problem.message),
        }
    }

    fn table<'a>(
        &mut self,
        tab: &'static str,
        rows: &'a Rows,
        names: &[&'static str],
        needed: &[&str],
    ) -> Table<'a> {
        let header = rows.first().map(Vec::as_slice).unwrap_or_default();
        let mut columns = HashMap::new();
        for name in names {
            let plain = |cell: &String| cell.trim().to_lowercase().replace(' ', "_") == *name;
            if let Some(at) = header.iter().position(plain) {
                columns.insert(*name, at);
            }
        }
        for name in needed.iter().filter(|name| !columns.contains_key(*name)) {
            self.problem(
                format!("{tab}!A1"),
                format!("the first row needs a column named {name}"),
            );
        }
        Table { tab, rows, columns }
    }

    fn text(&mut self, table: &Table<'_>, row: usize, column: &str, path: String) -> Option<Value> {
        let text = table.get(row, column);
        self.cells.insert(path, table.cell(row, column));
        (!text.is_empty()).then(|| Value::from(text))
    }

    fn list(&mut self, table: &Table<'_>, row: usize, column: &str, path: String) -> Option<Value> {
        self.cells.insert(path, table.cell(row, column));
        let parts = parts(table.get(row, column));
        (!parts.is_empty()).then(|| json!(parts))
    }

    fn yes(&mut self, table: &Table<'_>, row: usize, column: &str, otherwise: bool) -> bool {
        match table.get(row, column).to_lowercase().as_str() {
            "" => otherwise,
            "yes" | "y" | "true" | "1" | "x" | "ja" | "si" | "sí" | "oui" | "да" | "نعم"
            | "wahr" | "vrai" => true,
            "no" | "n" | "false" | "0" | "nein" | "non" | "нет" | "لا" | "sold out" | "falsch"
            | "faux" => false,
            _ => {
                self.problem(table.cell(row, column), "expected yes or no");
                otherwise
            }
        }
    }

    fn items(&mut self, rows: &Rows, menu: &mut Map<String, Value>) {
        let table = self.table(MENU_TAB, rows, &MENU_COLUMNS, &["name", "price"]);
        let mut categories: Vec<Value> = Vec::new();
        let known = menu.get("categories").cloned().unwrap_or_default();
        let mut items = Vec::new();
        self.cells
            .insert("items".to_owned(), format!("{MENU_TAB}!A2"));
        for row in table.filled() {
            let path = format!("items[{}]", items.len());
            self.cells.insert(path.clone(), table.cell(row, "name"));
            let mut item = Map::new();
            let name = table.get(row, "name");
            self.text(&table, row, "id", format!("{path}.id"));
            let id = Some(table.get(row, "id")).filter(|id| !id.is_empty());
            item.insert(
                "id".to_owned(),
                json!(id.map_or_else(|| id_of(name), str::to_owned)),
            );
            for column in ["name", "description"] {
                let text = self.text(&table, row, column, format!("{path}.{column}"));
                let text = text.or_else(|| (column == "name").then(|| json!("")));
                item.extend(text.map(|text| (column.to_owned(), text)));
            }
            self.cells
                .insert(format!("{path}.price"), table.cell(row, "price"));
            item.insert("price".to_owned(), json!(price(table.get(row, "price"))));
            for column in ["aliases", "options", "included", "allergens"] {
                let list = self.list(&table, row, column, format!("{path}.{column}"));
                item.extend(list.map(|list| (column.to_owned(), list)));
            }
            let category = table.get(row, "category");
            if !category.is_empty() {
                let same = |c: &&Value| c.get("name").and_then(Value::as_str) == Some(category);
                let had = known.as_array().into_iter().flatten().find(same);
                let id = had
                    .and_then(|c| c.get("id")?.as_str())
                    .map_or_else(|| id_of(category), str::to_owned);
                if !categories
                    .iter()
                    .any(|c| c.get("id").and_then(Value::as_str) == Some(&id))
                {
                    categories.push(json!({"id": id, "name": category}));
                }
                self.cells
                    .insert(format!("{path}.category"), table.cell(row, "category"));
                item.insert("category".to_owned(), json!(id));
            }
            if !self.yes(&table, row, "available", true) {
                item.insert("available".to_owned(), json!(false));
            }
            items.push(Value::Object(item));
        }
        menu.insert("categories".to_owned(), Value::Array(categories));
        menu.insert("items".to_owned(), Value::Array(items));
    }

    fn number(&mut self, table: &Table<'_>, row: usize, column: &str) -> Option<u32> {
        let text = table.get(row, column);
        let number = text.parse().ok();
        if !text.is_empty() && number.is_none() {
            self.problem(
                table.cell(row, column),
                "expected a whole number, or nothing",
            );
        }
        number
    }

    fn groups(&mut self, rows: &Rows) -> Vec<Value> {
        let table = self.table(OPTIONS_TAB, rows, &OPTION_COLUMNS, &["group", "name"]);
        let mut groups: Vec<(String, Map<String, Value>, Vec<Value>)> = Vec::new();
        for row in table.filled() {
            let group = table.get(row, "group");
            if group.is_empty() {
                self.problem(
                    table.cell(row, "group"),
                    "every option needs its group's id",
                );
                continue;
            }
            let at = groups
                .iter()
                .position(|(id, ..)| id == group)
                .unwrap_or_else(|| {
                    groups.push((group.to_owned(), Map::new(), Vec::new()));
                    groups.len() - 1
                });
            let path = format!("option_groups[{at}]");
            let Some((_, fields, options)) = groups.get_mut(at) else {
                continue;
            };
            // The group's own columns count in its first row that fills them.
            self.cells
                .entry(path.clone())
                .or_insert_with(|| table.cell(row, "group"));
            self.cells
                .entry(format!("{path}.id"))
                .or_insert_with(|| table.cell(row, "group"));
            let name = table.get(row, "group_name");
            if !name.is_empty() && !fields.contains_key("name") {
                fields.insert("name".to_owned(), json!(name));
            }
            for column in ["min", "max"] {
                if let Some(number) = self.number(&table, row, column)
                    && !fields.contains_key(column)
                {
                    self.cells
                        .insert(format!("{path}.{column}"), table.cell(row, column));
                    fields.insert(column.to_owned(), json!(number));
                }
            }
            let path = format!("{path}.options[{}]", options.len());
            self.cells.insert(path.clone(), table.cell(row, "name"));
            let name = table.get(row, "name");
            let mut option = Map::new();
            self.text(&table, row, "id", format!("{path}.id"));
            let id = Some(table.get(row, "id")).filter(|id| !id.is_empty());
            let id = id.map_or_else(|| id_of(name), str::to_owned);
            self.text(&table, row, "name", format!("{path}.name"));
            option.insert("name".to_owned(), json!(name));
            self.cells
                .insert(format!("{path}.price"), table.cell(row, "price"));
            if !table.get(row, "price").is_empty() {
                option.insert("price".to_owned(), json!(price(table.get(row, "price"))));
            }
            let aliases = self.list(&table, row, "aliases", format!("{path}.aliases"));
            option.extend(aliases.map(|aliases| ("aliases".to_owned(), aliases)));
            if !self.yes(&table, row, "available", true) {
                option.insert("available".to_owned(), json!(false));
            }
            if self.yes(&table, row, "default", false) {
                if fields.contains_key("default") {
                    self.problem(
                        table.cell(row, "default"),
                        "its group has a default already",
                    );
                }
                fields.insert("default".to_owned(), json!(id));
            }
            option.insert("id".to_owned(), json!(id));
            options.push(Value::Object(option));
        }
        let whole = |(id, mut fields, options): (String, Map<String, Value>, Vec<Value>)| {
            fields.entry("name").or_insert_with(|| json!(id));
            fields.insert("id".to_owned(), json!(id));
            fields.insert("options".to_owned(), Value::Array(options));
            Value::Object(fields)
        };
        groups.into_iter().map(whole).collect()
    }

    fn hours(&mut self, rows: &Rows, menu: &mut Map<String, Value>) -> SpecialDays {
        let table = self.table(HOURS_TAB, rows, &HOUR_COLUMNS, &HOUR_COLUMNS);
        let mut week: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        let mut days = SpecialDays::default();
        for row in table.filled() {
            let day = table.get(row, "day").to_lowercase();
            let (from, until) = (table.get(row, "from"), table.get(row, "until"));
            let closed = from.is_empty() && until.is_empty();
            let (from, until) = (time(from), time(until));
            let window = Window::parse(&from, &until).filter(|_| !closed);
            if window.is_none() && !closed {
                let column = if Window::parse(&from, "24:00").is_some() {
                    "until"
                } else {
                    "from"
                };
                self.problem(
                    table.cell(row, column),
                    "expected a time such as 11:00; both empty: closed",
                );
                continue;
            }
            let weekday = day
                .get(..3)
                .and_then(|head| WEEKDAYS.iter().find(|name| **name == head));
            if let Some(name) = weekday {
                let windows = week.entry(*name).or_default();
                windows.extend((!closed).then(|| json!([from, until])));
            } else if !days.add(&day, window.as_slice()) {
                self.problem(
                    table.cell(row, "day"),
                    "expected mon to sun, a date such as 2026-12-31, or 12-25 for every year",
                );
            }
        }
        if !week.is_empty() {
            menu.insert("hours".to_owned(), json!(week));
        }
        days
    }
}

/// The tabs that a menu is written to: each with its first row.
#[must_use]
pub fn write(menu: &Menu) -> [(&'static str, Rows); 3] {
    let header = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let plain = |amount| menu.currency().plain(amount);
    let mut items = vec![header(&MENU_COLUMNS)];
    for item in menu.items() {
        let category = menu
            .categories()
            .iter()
            .find(|c| Some(&c.id) == item.category.as_ref());
        let groups: Vec<_> = menu
            .groups_of(item)
            .map(|group| group.id.as_str())
            .collect();
        let included: Vec<_> = item.included.iter().map(|id| id.as_str()).collect();
        items.push(vec![
            item.id.as_str().to_owned(),
            item.name.clone(),
            category.map_or_else(String::new, |c| c.name.clone()),
            plain(item.price),
            item.description.clone().unwrap_or_default(),
            item.aliases.join(", "),
            groups.join(", "),
            included.join(", "),
            item.allergens.join(", "),
            yes(item.available),
        ]);
    }
    let mut options = vec![header(&OPTION_COLUMNS)];
    for group in menu.groups() {
        for option in &group.options {
            options.push(vec![
                group.id.as_str().to_owned(),
                group.name.clone(),
                group.min.to_string(),
                group.max.map_or_else(String::new, |max| max.to_string()),
                option.id.as_str().to_owned(),
                option.name.clone(),
                plain(option.price),
                option.aliases.join(", "),
                if group.default.as_ref() == Some(&option.id) {
                    yes(true)
                } else {
                    String::new()
                },
                yes(option.available),
            ]);
        }
    }
    let mut hours = vec![header(&HOUR_COLUMNS)];
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    for (at, name) in WEEKDAYS.iter().enumerate() {
        let windows = menu.hours().map(|hours| hours.on(at)).unwrap_or_default();
        for window in windows {
            hours.push(vec![
                (*name).to_owned(),
                clock(window.from),
                clock(window.until),
            ]);
        }
        if menu.hours().is_some() && windows.is_empty() {
            hours.push(vec![(*name).to_owned(), String::new(), String::new()]);
        }
    }
    [
        (MENU_TAB, items),
        (OPTIONS_TAB, options),
        (HOURS_TAB, hours),
    ]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const FILE: &str = include_str!("../../menu.json");

    fn rows(text: &str) -> Rows {
        text.lines()
            .map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect())
            .collect()
    }

    fn tabs(menu: &str, options: Option<&str>, hours: Option<&str>) -> Tabs {
        Tabs {
            menu: rows(menu),
            options: options.map(rows),
            hours: hours.map(rows),
        }
    }

    #[track_caller]
    fn check(menu: &str, options: Option<&str>, hours: Option<&str>, expected: &[&str]) {
        let problems = read(FILE, &tabs(menu, options, hours))
            .err()
            .unwrap_or_default();
        let shown: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(shown.len(), expected.len(), "{shown:?}");
        for (shown, expected) in shown.iter().zip(expected) {
            assert!(shown.starts_with(expected), "{shown}");
        }
    }

    #[test]
    fn what_is_pushed_is_read_back_as_the_same_menu() {
        let json = FILE.replacen(
            '{',
            r#"{"hours":{"mon":[["11:00","14:00"],["17:00","24:00"]],"sat":[["18:00","02:00"]]},"#,
            1,
        );
        let menu = Menu::parse(&json).unwrap();
        let [(_, items), (_, options), (_, hours)] = write(&menu);
        let tabs = Tabs {
            menu: items,
            options: Some(options),
            hours: Some(hours),
        };
        let read = read(&json, &tabs).unwrap().menu().unwrap();
        assert_eq!(format!("{:?}", read.items()), format!("{:?}", menu.items()));
        assert_eq!(
            format!("{:?}", read.groups()),
            format!("{:?}", menu.groups())
        );
        assert_eq!(read.hours(), menu.hours());
        assert_eq!(
            format!("{:?}", read.delivery()),
            format!("{:?}", menu.delivery())
        );
        assert_eq!(
            (read.shop(), read.currency()),
            (menu.shop(), menu.currency())
        );
        let names = |menu: &Menu| {
            menu.categories()
                .iter()
                .map(|c| c.id.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&read), names(&menu));
    }

    #[test]
    fn a_broken_edit_is_named_by_its_cell() {
        check(
            "name | price\nCola | 2.50\nTea | cheap",
            None,
            None,
            &["Menu!B3: "],
        );
        check(
            "comment | price | name\nx | 1 |\n",
            None,
            None,
            &["Menu!C2: "],
        );
        check(
            "name | prize\nCola | 2",
            None,
            None,
            &["Menu!A1: the first row needs a column named price"],
        );
        check(
            "name | price | options\nCola | 2 | nothing",
            None,
            None,
            &["Menu!C2: there is no option group nothing"],
        );
        check(
            "name|price|available\nCola|2|perhaps",
            None,
            None,
            &["Menu!C2: expected yes or no"],
        );
        check(
            "name|price",
            None,
            None,
            &["Menu!A2: needs at least one item"],
        );
        check(
            "id|name|price\na|A|1\n||\na|B|2",
            None,
            None,
            &["Menu!A4: the id a stands twice"],
        );
        let options =
            "group|group_name|min|max|id|name|price|default\ng|G|1|1|x|X||yes\ng||||y|Y|no|yes";
        check("name|price\nCola|2", Some(options), None, &["Options!H3: "]);
        let options = "group|name|price\ng|X|cheap";
        check("name|price\nCola|2", Some(options), None, &["Options!C2: "]);
        let hours = "day|from|until\nmon|11:00|25:00\nsomeday|11:00|12:00\ntue|x|12:00";
        check(
            "name|price\nCola|2",
            None,
            Some(hours),
            &["Hours!C2: ", "Hours!A3: ", "Hours!B4: "],
        );
    }

    #[test]
    fn people_write_prices_times_and_names_as_they_like() {
        let menu = "Name | Price | Category\nPizza | 8,50 € | Warm\nKuchen | €3 | Süßes\nЧай | 2.00 | Напитки\n | | ";
        let hours =
            "Day|From|Until\nMonday|9:00|14:00:00\nmon|17:00|2:00\n12-25||\n2026-12-31|10:00|14:00";
        let read = read(FILE, &tabs(menu, None, Some(hours))).unwrap();
        let menu = read.menu().unwrap();
        let prices: Vec<_> = menu.items().iter().map(|item| item.price.minor()).collect();
        assert_eq!(prices, [850, 300, 200]);
        let ids: Vec<_> = menu.items().iter().map(|item| item.id.as_str()).collect();
        assert_eq!(ids.len(), 3);
        assert!(ids[2].starts_with('x'), "{ids:?}");
        assert_eq!(menu.categories().len(), 3);
        assert_eq!(menu.hours().unwrap().on(0).len(), 2);
        assert!(menu.hours().unwrap().on(1).is_empty());
        let holiday = jiff::civil::date(2031, 12, 25);
        assert_eq!(menu.special_days().on(holiday), Some([].as_slice()));
        let kept = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<TabMenu>(&kept).unwrap(), read);
    }
}
