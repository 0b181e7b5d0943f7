//! Commands, and the plain words that mean the same.

use super::{Closing, Effect, OrderSummary, Reply, Turn, View};

/// A command of the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Greets.
    Start,
    /// Says how to order.
    Help,
    /// Shows the menu.
    Menu,
    /// Shows the cart.
    Cart,
    /// Lists the latest orders.
    Orders,
    /// Gives the draft up.
    Cancel,
    /// Says what is kept and who sees it.
    Privacy,
    /// Tells what is kept about the customer.
    MyData,
    /// Asks whether to forget the customer.
    DeleteMe,
    /// "Yes" to that question; no command by itself.
    DeleteNow,
    /// "No" to that question; no command by itself.
    KeepMe,
    /// Shows the cart with buttons that change it; the word of a button, not in the list.
    Edit,
    /// Places the order, to be paid in Telegram now, or shows the invoice again; the word of a button.
    Pay,
    /// Shows what is kept for later orders, to change or forget it.
    Details,
    /// Orders the latest order again.
    Reorder,
    /// A model may read what the customer writes; no command by itself.
    AiOn,
    /// It may not; no command by itself.
    AiOff,
    /// None of ours.
    Unknown,
}

/// The commands as Telegram lists them: name and description.
pub const COMMANDS: [(&str, Command, &str); 11] = [
    ("start", Command::Start, "Say hello"),
    ("help", Command::Help, "How to order"),
    ("menu", Command::Menu, "What there is to order"),
    ("cart", Command::Cart, "Your order so far"),
    ("orders", Command::Orders, "Your latest orders"),
    (
        "reorder",
        Command::Reorder,
        "The same as last time, at today's prices",
    ),
    ("cancel", Command::Cancel, "Give up the order so far"),
    (
        "details",
        Command::Details,
        "Your phone number and address, to change or forget",
    ),
    ("privacy", Command::Privacy, "What we keep, and who sees it"),
    ("mydata", Command::MyData, "All that we keep about you"),
    ("deleteme", Command::DeleteMe, "Have your data deleted"),
];

impl Command {
    /// The command in a message: `/menu`, `/menu@our_bot`, or its plain word alone. None: the message is no command.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let named = |word: &str| {
            let word = word.to_lowercase();
            COMMANDS
                .iter()
                .find(|(name, ..)| *name == word)
                .map(|(_, command, _)| *command)
        };
        if let Some(rest) = text.strip_prefix('/') {
            let word = rest.split([' ', '@', '\n']).next().unwrap_or_default();
            if word.eq_ignore_ascii_case("pay") {
                return Some(Command::Pay);
            }
            return Some(named(word).unwrap_or(Command::Unknown));
        }
        let word = text.trim_end_matches(['?', '!', '.']);
        match word.to_lowercase().as_str() {
            "show menu" | "the menu" | "show me the menu" => Some(Command::Menu),
            "my cart" | "my order" | "show cart" | "show my order" | "show my cart" => {
                Some(Command::Cart)
            }
            "my orders" => Some(Command::Orders),
            "my data" | "show my data" => Some(Command::MyData),
            "delete my data" | "delete me" | "forget me" => Some(Command::DeleteMe),
            "pay" | "pay now" | "pay by card" | "pay with card" | "pay with a card"
            | "pay online" | "by card" | "card please" => Some(Command::Pay),
            "my details" | "show my details" => Some(Command::Details),
            "without ai" | "no ai" | "use no ai" => Some(Command::AiOff),
            "with ai" | "use ai" => Some(Command::AiOn),
            "edit" | "edit order" | "edit my order" => Some(Command::Edit),
            // "Cancel" alone also answers a draft, which the conversation decides in the same way.
            _ => named(word),
        }
    }
}

/// What a text answers to the question whether to forget the customer. With an order open, a bare "yes" is no answer to
/// it: it may be meant for the order.
pub(super) fn deletion_answer(text: &str, open_order: bool) -> Option<Command> {
    let letters = |c: char| if c.is_alphanumeric() { c } else { ' ' };
    let text: String = text.to_lowercase().chars().map(letters).collect();
    let words: Vec<_> = text.split_whitespace().collect();
    match words.as_slice() {
        ["yes"] if !open_order => Some(Command::DeleteNow),
        ["delete"] | ["yes", "delete"] => Some(Command::DeleteNow),
        ["yes", "delete", "my" | "all" | "the" | "everything", ..] if words.len() <= 5 => {
            Some(Command::DeleteNow)
        }
        ["delete", "my", "data"] | ["delete", "everything"] => Some(Command::DeleteNow),
        ["no"] | ["keep"] | ["no", "keep", ..] | ["keep", "my" | "it" | "them", ..] => {
            Some(Command::KeepMe)
        }
        _ => None,
    }
}

impl Turn<'_> {
    pub(super) fn command(&mut self, command: Command) {
        match command {
            Command::Start => self.say(Reply::Welcome),
            Command::Help | Command::Unknown => self.say(Reply::Help),
            Command::Pay => self.pay_by_words(),
            Command::Details => self.say(Reply::Details),
            Command::Reorder => self.again(&super::Again::Last, false),
            Command::AiOn => self.choose_ai(true, false),
            Command::AiOff => self.choose_ai(false, false),
            Command::Privacy => self.say(Reply::Privacy),
            Command::MyData => self.say(Reply::MyData),
            Command::DeleteMe => self.ask_deletion(),
            Command::DeleteNow if self.deleting => self.effects.push(Effect::Forget),
            Command::KeepMe if self.deleting => self.say(Reply::DataKept),
            Command::DeleteNow | Command::KeepMe => self.say(Reply::Help),
            Command::Menu => self.effects.push(Effect::OpenMenu),
            Command::Cart | Command::Edit if self.has_lines() => {
                if let Some(draft) = &mut self.state.conversation.draft {
                    draft.view = match command {
                        Command::Edit => View::Edit,
                        _ => View::Summary,
                    };
                }
                self.touch();
                self.show_draft(true);
            }
            Command::Cart | Command::Edit => self.say(Reply::CartEmpty),
            Command::Orders => {
                let currency = self.context.menu.currency();
                let summary = |order: &crate::order::Order| OrderSummary {
                    id: order.id.clone(),
                    status: order.status,
                    items: order.items_text(),
                    total: currency.show(order.total),
                };
                let orders = self.context.orders.iter().rev().map(summary).collect();
                self.say(Reply::Orders { orders });
            }
            Command::Cancel if self.state.conversation.draft.is_some() => {
                self.close(Closing::Cancelled);
                self.say(Reply::DraftCancelled);
            }
            Command::Cancel => self.say(Reply::NothingToCancel),
        }
    }

    fn ask_deletion(&mut self) {
        let under_way = self.context.orders.iter();
        let under_way = under_way.filter(|order| order.is_under_way(self.context.now));
        let ids: Vec<_> = under_way.map(|order| order.id.clone()).collect();
        if ids.is_empty() {
            self.state.conversation.deleting = true;
            self.say(Reply::AskDeletion);
        } else {
            self.say(Reply::OrdersUnderWay { ids });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_answer_deletes() {
        let answers = |text, open| deletion_answer(text, open);
        for yes in [
            "Yes",
            "delete!",
            "yes, delete my data",
            "Yes delete everything",
            "delete my data",
        ] {
            assert_eq!(answers(yes, false), Some(Command::DeleteNow), "{yes}");
        }
        for no in ["no", "No, keep it", "keep my data"] {
            assert_eq!(answers(no, false), Some(Command::KeepMe), "{no}");
        }
        for other in [
            "yes please a cola",
            "delete the cola",
            "ok",
            "two colas",
            "",
        ] {
            assert_eq!(answers(other, false), None, "{other}");
        }
        assert_eq!(answers("yes", true), None, "it may be meant for the order");
        assert_eq!(answers("yes, delete", true), Some(Command::DeleteNow));
    }
}
