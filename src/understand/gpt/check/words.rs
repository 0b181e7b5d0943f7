//! Finding the customer's own words for what an answer names.

/// Most characters of a message that are said back as a whole.
const MOST_CHARS: usize = 200;

pub(super) struct Message<'a> {
    text: &'a str,
    lower: String,
}

impl<'a> Message<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text: text.trim(),
            lower: text.to_lowercase(),
        }
    }

    /// The whole message, for an operation that names nothing.
    pub(super) fn whole(&self) -> String {
        self.text.chars().take(MOST_CHARS).collect()
    }

    /// The name or the other word that the message uses; its name if it uses none of them.
    pub(super) fn words_for(&self, name: &str, aliases: &[String]) -> String {
        let words = std::iter::once(name).chain(aliases.iter().map(String::as_str));
        let mut used: Vec<String> = words
            .map(str::to_lowercase)
            .filter(|word| !word.trim().is_empty() && self.has(word))
            .collect();
        used.sort_by_key(String::len);
        used.pop().unwrap_or_else(|| name.to_owned())
    }

    /// The message's words from the first to the last that an invented id holds; else the id's own words.
    pub(super) fn words_like(&self, id: &str) -> String {
        let id = id.to_lowercase().replace(['-', '_'], " ");
        let parts: Vec<&str> = id.split_whitespace().collect();
        if parts.is_empty() {
            return self.whole();
        }
        let said: Vec<&str> = self.text.split_whitespace().collect();
        let like = |word: &&str| {
            let word = word.to_lowercase();
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            !word.is_empty()
                && parts
                    .iter()
                    .any(|part| *part == word || word.strip_suffix('s') == Some(part))
        };
        let first = said.iter().position(like);
        let last = said.iter().rposition(like);
        match (first, last) {
            // Words that stand far apart belong to different wishes.
            (Some(first), Some(last)) if last - first <= parts.len() => {
                let words = said.get(first..=last).unwrap_or_default().join(" ");
                let edge = |c: char| !c.is_alphanumeric();
                words.trim_matches(edge).to_owned()
            }
            _ => id,
        }
    }

    /// The words with a number before them, where one is given.
    pub(super) fn counted(&self, number: &str, words: &str) -> String {
        let with_number = format!("{number} {words}");
        if number.is_empty() || words.starts_with(|c: char| c.is_ascii_digit()) {
            words.to_owned()
        } else {
            with_number
        }
    }

    /// Whether the message holds a number's digits in their order, whatever stands between them.
    pub(super) fn has_digits_of(&self, phone: &str) -> bool {
        let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
        let wanted = digits(phone);
        // A model may write digits of another script as 0-9.
        let foreign = self.text.chars().any(|c| c.is_numeric() && !c.is_ascii());
        foreign || wanted.is_empty() || digits(self.text).contains(&wanted)
    }

    fn has(&self, words: &str) -> bool {
        let edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
        self.lower.match_indices(words).any(|(at, _)| {
            let before = self.lower.get(..at).and_then(|t| t.chars().next_back());
            let after = self.lower.get(at + words.len()..);
            let after = after.map(|t| t.strip_prefix('s').unwrap_or(t));
            edge(before) && edge(after.and_then(|t| t.chars().next()))
        })
    }
}
