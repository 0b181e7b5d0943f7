//! The numbers of the buttons that can be pressed.

use crate::standin::KeyRequest;

/// Messages of one chat whose buttons keep their numbers: older ones have scrolled away.
const MOST_MESSAGES: usize = 3;

/// What stands on the screen with buttons of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// A message.
    Message {
        /// Its chat.
        chat: i64,
        /// Its id there.
        id: i64,
    },
    /// The reply keyboard below a chat.
    Keyboard {
        /// The chat.
        chat: i64,
    },
}

impl Holder {
    const fn chat(self) -> i64 {
        match self {
            Self::Message { chat, .. } | Self::Keyboard { chat } => chat,
        }
    }
}

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// Taps an inline button: its `callback_data`.
    Tap(String),
    /// Shares something.
    Share(KeyRequest),
    /// Says the label.
    Say,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) label: String,
    pub(super) act: Act,
}

/// Buttons that stand together, numbered in a row.
#[derive(Debug)]
struct Block {
    holder: Holder,
    first: usize,
    choices: Vec<Choice>,
}

/// The buttons that can be pressed. A number stays with its button until the message changes, so that what was read
/// further up still holds.
#[derive(Debug, Default)]
pub(super) struct Screen {
    /// The latest at the end.
    blocks: Vec<Block>,
}

impl Screen {
    /// Takes the buttons of a holder away; their numbers are free again.
    pub(super) fn clear(&mut self, holder: Holder) {
        self.blocks.retain(|block| block.holder != holder);
    }

    /// Numbers the buttons of a holder, in place of those it had: from the lowest number on from which all are free.
    /// Gives the first number.
    pub(super) fn place(&mut self, holder: Holder, choices: Vec<Choice>) -> usize {
        self.clear(holder);
        let same_chat = |block: &Block| block.holder.chat() == holder.chat();
        while self.blocks.iter().filter(|b| same_chat(b)).count() >= MOST_MESSAGES {
            let Some(oldest) = self.blocks.iter().position(same_chat) else {
                break;
            };
            self.blocks.remove(oldest);
        }
        let mut taken: Vec<_> = self
            .blocks
            .iter()
            .map(|block| (block.first, block.first + block.choices.len()))
            .collect();
        taken.sort_unstable();
        let mut first = 1;
        for (begin, end) in taken {
            if first + choices.len() <= begin {
                break;
            }
            first = first.max(end);
        }
        if !choices.is_empty() {
            self.blocks.push(Block {
                holder,
                first,
                choices,
            });
        }
        first
    }

    /// The button of a number and where it stands.
    pub(super) fn choice(&self, number: usize) -> Option<(Holder, &Choice)> {
        self.blocks.iter().find_map(|block| {
            let choice = block.choices.get(number.checked_sub(block.first)?)?;
            Some((block.holder, choice))
        })
    }
}

/// What a line that was typed means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Nothing.
    Empty,
    /// Press this button.
    Press(usize),
    /// There is no such button.
    NoButton(&'a str),
    /// Send this text.
    Text(&'a str),
    /// The shop says this in its chat.
    Shop(&'a str),
}

/// Reads a line. A number alone presses the button that has it, and is a text where none has. `#7` and `[7]` always
/// mean a button; what follows `>` is always a text, and what follows `shop:` is the shop's.
pub(super) fn read<'a>(line: &'a str, screen: &Screen) -> Line<'a> {
    let line = line.trim();
    if let Some(text) = line.strip_prefix('>') {
        return match text.trim() {
            "" => Line::Empty,
            text => Line::Text(text),
        };
    }
    if let Some(text) = line.strip_prefix("shop:") {
        return match text.trim() {
            "" => Line::Empty,
            text => Line::Shop(text),
        };
    }
    let bracketed = line.strip_prefix('[').and_then(|l| l.strip_suffix(']'));
    let marked = line.strip_prefix('#').or(bracketed).map(str::trim);
    let marked = marked.filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    let number = marked.unwrap_or(line);
    let button = number
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| number.parse().ok())
        .flatten()
        .filter(|n| screen.choice(*n).is_some());
    match (button, marked) {
        _ if line.is_empty() => Line::Empty,
        (Some(number), _) => Line::Press(number),
        (None, Some(number)) => Line::NoButton(number),
        (None, None) => Line::Text(line),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn choices(labels: &str) -> Vec<Choice> {
        let choice = |label: &str| Choice {
            label: label.to_owned(),
            act: Act::Say,
        };
        labels.split(' ').map(choice).collect()
    }

    const fn message(chat: i64, id: i64) -> Holder {
        Holder::Message { chat, id }
    }

    fn label(screen: &Screen, number: usize) -> Option<&str> {
        Some(screen.choice(number)?.1.label.as_str())
    }

    #[test]
    fn numbers_go_on_from_one_message_to_the_next_and_stay() {
        let mut screen = Screen::default();
        assert_eq!(screen.place(message(1, 1), choices("a b")), 1);
        assert_eq!(screen.place(message(2, 1), choices("c d e")), 3);
        assert_eq!(label(&screen, 2), Some("b"));
        assert_eq!(label(&screen, 5), Some("e"));
        assert_eq!(label(&screen, 6), None);
        assert_eq!(label(&screen, 0), None);
    }

    #[test]
    fn a_changed_message_keeps_its_place_where_it_fits_and_moves_where_not() {
        let mut screen = Screen::default();
        screen.place(message(1, 1), choices("a b"));
        screen.place(message(2, 1), choices("c"));
        assert_eq!(screen.place(message(1, 1), choices("x y")), 1);
        assert_eq!(screen.place(message(1, 1), choices("x y z")), 4);
        assert_eq!(screen.place(message(1, 2), choices("v w")), 1);
        assert_eq!(label(&screen, 3), Some("c"));
    }

    #[test]
    fn buttons_that_scrolled_away_lose_their_numbers() {
        let mut screen = Screen::default();
        for id in 1..=4 {
            screen.place(message(1, id), choices("a"));
        }
        assert_eq!(screen.choice(1).unwrap().0, message(1, 4));
        assert_eq!(screen.choice(2).unwrap().0, message(1, 2));
        screen.clear(message(1, 2));
        assert_eq!(label(&screen, 2), None);
    }

    #[test]
    fn a_number_is_a_button_only_while_there_is_one() {
        let mut screen = Screen::default();
        screen.place(message(1, 1), choices("a b"));
        assert_eq!(read(" 2 ", &screen), Line::Press(2));
        assert_eq!(read("#2", &screen), Line::Press(2));
        assert_eq!(read("[2]", &screen), Line::Press(2));
        assert_eq!(read("3", &screen), Line::Text("3"));
        assert_eq!(read("#3", &screen), Line::NoButton("3"));
        assert_eq!(read("> 2", &screen), Line::Text("2"));
        assert_eq!(read("2 colas", &screen), Line::Text("2 colas"));
        assert_eq!(read("#two", &screen), Line::Text("#two"));
        assert_eq!(
            read("15550100199000000000000000000", &screen),
            Line::Text("15550100199000000000000000000")
        );
        assert_eq!(read(" \u{a0}", &screen), Line::Empty);
        assert_eq!(read(">", &screen), Line::Empty);
    }
}
