//! A1 notation: `'My tab'!A1:P20`, `Orders!A:A`, `Orders!2:5`, `Orders`, `A1`.

/// A range; all bounds count from 0, the ends are exclusive, `None` is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    pub tab: Option<String>,
    pub rows: (usize, Option<usize>),
    pub columns: (usize, Option<usize>),
}

impl Range {
    /// `None`: not A1 notation. `is_tab` says whether a bare name is a tab.
    pub fn parse(text: &str, is_tab: impl Fn(&str) -> bool) -> Option<Self> {
        let (tab, cells) = split_tab(text)?;
        let whole = |tab| Self {
            tab,
            rows: (0, None),
            columns: (0, None),
        };
        let Some(cells) = cells else {
            return Some(whole(Some(tab?)));
        };
        if tab.is_none() && is_tab(cells) {
            return Some(whole(Some(cells.to_owned())));
        }
        let (first, last) = match cells.split_once(':') {
            Some((first, last)) => (corner(first)?, Some(corner(last)?)),
            None => (corner(cells)?, None),
        };
        let (rows, columns) = match last {
            // One cell; a lone column or row is not a range.
            None => {
                let (column, row) = (first.0?, first.1?);
                ((row, Some(row + 1)), (column, Some(column + 1)))
            }
            Some(last) => (span(first.1, last.1), span(first.0, last.0)),
        };
        Some(Self { tab, rows, columns })
    }
}

fn span(first: Option<usize>, last: Option<usize>) -> (usize, Option<usize>) {
    match (first, last) {
        (Some(first), Some(last)) => (first.min(last), Some(first.max(last) + 1)),
        (first, last) => (first.unwrap_or(0), last.map(|last| last + 1)),
    }
}

/// The tab and the cells; a quoted name may stand alone.
fn split_tab(text: &str) -> Option<(Option<String>, Option<&str>)> {
    let Some(rest) = text.strip_prefix('\'') else {
        return Some(match text.rsplit_once('!') {
            Some((tab, cells)) => (Some(tab.to_owned()), Some(cells)),
            None => (None, Some(text)),
        });
    };
    let mut name = String::new();
    let mut letters = rest.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '\'' {
            name.push(letter);
        } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
            name.push('\'');
        } else {
            let rest = &rest[at + 1..];
            return match rest.strip_prefix('!') {
                Some(cells) => Some((Some(name), Some(cells))),
                None if rest.is_empty() => Some((Some(name), None)),
                None => None,
            };
        }
    }
    None
}

/// Column and row of `B7`, `B` or `7`, each counted from 0.
fn corner(text: &str) -> Option<(Option<usize>, Option<usize>)> {
    let text = text.replace('$', "");
    let letters = text.chars().take_while(char::is_ascii_alphabetic).count();
    let (letters, digits) = text.split_at(letters);
    if letters.is_empty() && digits.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters
        .bytes()
        .fold(0, |number, letter| {
            number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
        })
        .checked_sub(1);
    let row = match digits {
        "" => None,
        digits => Some(digits.parse::<usize>().ok()?.checked_sub(1)?),
    };
    Some((column, row))
}

/// `A`, `B` … `Z`, `AA` for 0, 1 … 25, 26.
pub fn column_name(mut column: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'A' + u8::try_from(column % 26).unwrap()));
        if column < 26 {
            return name;
        }
        column = column / 26 - 1;
    }
}

/// `Orders!A2:P2`, quoted where the name needs it.
pub fn name(tab: &str, rows: (usize, usize), columns: (usize, usize)) -> String {
    let plain = tab.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let tab = if plain {
        tab.to_owned()
    } else {
        format!("'{}'", tab.replace('\'', "''"))
    };
    let first = format!("{}{}", column_name(columns.0), rows.0 + 1);
    if rows.0 + 1 >= rows.1 && columns.0 + 1 >= columns.1 {
        return format!("{tab}!{first}");
    }
    format!(
        "{tab}!{first}:{}{}",
        column_name(columns.1.max(1) - 1),
        rows.1.max(1)
    )
}

#[test]
fn ranges_are_understood() {
    let parse = |text| Range::parse(text, |name| name == "Orders");
    let range = |tab: &str, rows, columns| {
        Some(Range {
            tab: Some(tab.to_owned()),
            rows,
            columns,
        })
    };
    assert_eq!(
        parse("Orders!A1:P20"),
        range("Orders", (0, Some(20)), (0, Some(16)))
    );
    assert_eq!(
        parse("Orders!A:A"),
        range("Orders", (0, None), (0, Some(1)))
    );
    assert_eq!(
        parse("Orders!A2:P"),
        range("Orders", (1, None), (0, Some(16)))
    );
    assert_eq!(
        parse("Orders!2:5"),
        range("Orders", (1, Some(5)), (0, None))
    );
    assert_eq!(parse("Orders"), range("Orders", (0, None), (0, None)));
    assert_eq!(
        parse("'It''s A1'!AB3"),
        range("It's A1", (2, Some(3)), (27, Some(28)))
    );
    assert_eq!(parse("'My tab'"), range("My tab", (0, None), (0, None)));
    assert_eq!(parse("Nope!"), None);
    assert_eq!(parse("What is this"), None);
    assert_eq!(name("My tab", (0, 2), (0, 28)), "'My tab'!A1:AB2");
    assert_eq!(name("Orders", (4, 5), (0, 1)), "Orders!A5");
}
