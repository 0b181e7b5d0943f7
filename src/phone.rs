//! Phone numbers as customers type them.

use crate::privacy::PersonalText;

/// The number in a text that holds nothing else: an optional `+`, then 7 to 15 digits (the most that E.164 allows),
/// set apart by spaces, points, hyphens, slashes or brackets. None: the text is no phone number.
#[must_use]
pub fn parse(text: &str) -> Option<PersonalText> {
    number(text, 7)
}

/// The same where the customer said that it is one: extensions and short numbers of 4 digits and more.
#[must_use]
pub fn parse_introduced(text: &str) -> Option<PersonalText> {
    number(text, 4)
}

fn number(text: &str, least: usize) -> Option<PersonalText> {
    // Numbers copied from a contact list come wrapped in marks of writing direction.
    let text: String = text
        .chars()
        .filter(|c| c.is_whitespace() || is_visible(*c))
        .collect();
    let text = text.trim();
    let (plus, rest) = text
        .strip_prefix('+')
        .or_else(|| text.strip_prefix('＋'))
        .map_or(("", text), |rest| ("+", rest));
    let mut digits = String::with_capacity(text.len());
    digits.push_str(plus);
    for c in rest.chars() {
        match c {
            ' ' | '.' | '-' | '/' | '(' | ')' | '\u{a0}' | '\u{2010}'..='\u{2014}' => {}
            // Other scripts' digits are as good as ours.
            _ => digits.push(char::from_digit(digit(c)?, 10)?),
        }
    }
    let count = digits.len() - plus.len();
    (least..=15).contains(&count).then(|| digits.into())
}

/// Whether a character shows on a screen: no space, no control character, no joiner or mark of writing direction.
#[must_use]
pub fn is_visible(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// The value of a decimal digit of the scripts that customers write in: ASCII, Arabic-Indic, Persian, full-width.
fn digit(c: char) -> Option<u32> {
    let zero = ['0', '\u{660}', '\u{6f0}', '\u{ff10}']
        .into_iter()
        .find(|zero| (*zero as u32..*zero as u32 + 10).contains(&(c as u32)))?;
    Some(c as u32 - zero as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_count_only_where_they_are_introduced() {
        assert!(parse("4711").is_none());
        assert_eq!(parse_introduced("47-11"), Some("4711".into()));
        assert!(parse_introduced("471").is_none());
    }

    #[test]
    fn typed_numbers_are_read_and_other_texts_are_not() {
        for (text, number) in [
            ("+1 (555) 010-0199", Some("+15550100199")),
            ("555 01 00", Some("5550100")),
            ("+49 30/123456", Some("+4930123456")),
            ("٠٥٥ ٥٠١ ٠١٩٩", Some("0555010199")),
            ("\u{202a}+49 170 1234567\u{202c}", Some("+491701234567")),
            ("123456", None),
            ("1234567890123456", None),
            ("call me", None),
            ("5550100 please", None),
            ("1+5550100", None),
            ("555\u{2014}0199\u{2014}12", Some("555019912")),
            ("", None),
        ] {
            assert_eq!(
                parse(text).map(|n| n.as_str().to_owned()).as_deref(),
                number,
                "{text}"
            );
        }
    }
}
