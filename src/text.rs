//! Every sentence that a person reads in Telegram, in one room: what is said is decided elsewhere, as data.
//!
//! Texts are Telegram HTML; whatever comes from people or the menu is escaped here and nowhere else. No text exceeds
//! Telegram's 4,096 characters.

mod card;
mod draft;
mod menu;
mod my_data;
mod reply;

use teloxide::utils::html::escape;

pub use card::card;
pub use draft::{closed, draft};
pub use menu::menu_page;
pub use my_data::my_data;
pub use reply::{not_allowed, notice, operator_failed, operator_notice, reply, store_trouble};

/// A message as it is to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Telegram HTML.
    pub html: String,
    /// What stands below it.
    pub keyboard: Keyboard,
}

/// What stands below a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Keyboard {
    /// Nothing, and nothing is taken away.
    #[default]
    None,
    /// Buttons in rows.
    Buttons(Vec<Vec<Button>>),
    /// A button in place of the customer's keyboard that shares their phone number.
    AskContact(&'static str),
    /// A button in place of the customer's keyboard that shares where they are.
    AskLocation(&'static str),
    /// The customer's own keyboard comes back.
    Remove,
}

/// A button: its words and what a tap sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Its words.
    pub label: String,
    /// At most 64 bytes.
    pub data: String,
}

impl Button {
    /// A button.
    #[must_use]
    pub fn new(label: impl Into<String>, data: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            data: data.into(),
        }
    }
}

impl Message {
    /// A text without anything below it.
    #[must_use]
    pub fn plain(html: impl Into<String>) -> Self {
        Self {
            html: html.into(),
            keyboard: Keyboard::None,
        }
    }
}

/// Characters of a message's text, below Telegram's 4,096 so that a closing line always fits.
const LONGEST_TEXT: usize = 3_600;

/// Puts lines together until the text is as long as it may be, and says how many were left out.
fn join_lines(lines: &[String]) -> String {
    let mut text = String::new();
    let mut length = 0;
    for (n, line) in lines.iter().enumerate() {
        length += line.chars().count() + 1;
        if length > LONGEST_TEXT {
            return format!("{text}… and {} more", lines.len() - n);
        }
        text.push_str(line);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

/// A person's words, shortened to what a line can bear, escaped.
fn words(text: &str) -> String {
    const LONGEST: usize = 300;
    if text.chars().count() <= LONGEST {
        return escape(text);
    }
    let cut: String = text.chars().take(LONGEST).collect();
    format!("{}…", escape(&cut))
}

#[cfg(test)]
mod tests;
