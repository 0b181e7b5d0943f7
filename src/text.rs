//! Every message that a person reads in Telegram, in one room: what is said is decided elsewhere, as data, and the
//! sentences stand in the catalogues, `text/locales`.
//!
//! Texts are Telegram HTML; whatever comes from people or the menu is escaped by [`Texts::html`] and nowhere else. No
//! text exceeds Telegram's 4,096 characters.

mod card;
mod customer;
mod draft;
mod menu;
mod my_data;
mod payment;
mod reply;
mod shop;
mod shop_staff;
mod staff;
mod typed;

use crate::language::{Texts, args};

pub use card::{card, not_allowed, operator_failed, operator_notice};
pub use customer::{details, privacy};
pub use draft::{closed, draft};
pub use menu::menu_page;
pub use my_data::my_data;
pub use payment::{Invoice, declined, invoice, refund, stray_payment, unconfirmed};
pub use reply::{notice, reply, store_trouble};
pub use shop_staff::shop_said;
pub use staff::{command_help, question, redacted, staff};
pub use typed::{LONGEST_LABEL, typed, typed_heading};

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
    AskContact(String),
    /// A button in place of the customer's keyboard that shares where they are.
    AskLocation(String),
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

/// Length of a message's text in UTF-16 units, as Telegram counts; below its 4,096, so that a closing line always fits.
const LONGEST_TEXT: usize = 3_600;

/// What the part behind a long list may take up at least.
const LEAST_TAIL: usize = 1_800;

/// What a list gets at least in front of it.
const LEAST_LIST: usize = 400;

/// Most buttons below one message, with room for those that every keyboard ends with; Telegram takes 100.
const MOST_BUTTONS: usize = 90;

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Puts lines together until the text is as long as it may be, and says how many were left out.
fn join_lines(t: Texts, lines: &[String]) -> String {
    join_within(t, lines, LONGEST_TEXT)
}

/// A list, and behind it what must be read however long the list is.
fn join_around(t: Texts, list: &[String], tail: &[String]) -> String {
    let length: usize = list.iter().map(|line| units(line) + 1).sum();
    // Each may end with a line that says how much was left out.
    let tail = join_within(t, tail, LONGEST_TEXT.saturating_sub(length).max(LEAST_TAIL));
    let list = join_within(
        t,
        list,
        LONGEST_TEXT
            .saturating_sub(units(&tail))
            .max(length.min(LEAST_LIST)),
    );
    format!("{list}\n{tail}")
}

fn join_within(t: Texts, lines: &[String], limit: usize) -> String {
    let mut text = String::new();
    let mut length = 0;
    for (n, line) in lines.iter().enumerate() {
        length += units(line) + 1;
        if length > limit {
            let more = t.plain("common-more", &args!["count" => lines.len() - n]);
            return format!("{text}{more}");
        }
        text.push_str(line);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests;
