//! Commands, and the plain words that mean the same.

use super::{Closing, Effect, MenuView, OrderSummary, Reply, Turn, View};

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
    /// Shows the cart with buttons that change it; the word of a button, not in the list.
    Edit,
    /// None of ours.
    Unknown,
}

/// The commands as Telegram lists them: name and description.
pub const COMMANDS: [(&str, Command, &str); 7] = [
    ("start", Command::Start, "Say hello"),
    ("help", Command::Help, "How to order"),
    ("menu", Command::Menu, "What there is to order"),
    ("cart", Command::Cart, "Your order so far"),
    ("orders", Command::Orders, "Your latest orders"),
    ("cancel", Command::Cancel, "Give up the order so far"),
    ("privacy", Command::Privacy, "What we keep about you"),
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
            return Some(named(word).unwrap_or(Command::Unknown));
        }
        let word = text.trim_end_matches(['?', '!', '.']);
        match word.to_lowercase().as_str() {
            "show menu" | "the menu" | "show me the menu" => Some(Command::Menu),
            "my cart" | "my order" | "show cart" | "show my order" | "show my cart" => {
                Some(Command::Cart)
            }
            "my orders" => Some(Command::Orders),
            "edit" | "edit order" | "edit my order" => Some(Command::Edit),
            // "Cancel" alone also answers a draft, which the conversation decides in the same way.
            _ => named(word),
        }
    }
}

impl Turn<'_> {
    pub(super) fn command(&mut self, command: Command) {
        match command {
            Command::Start => self.say(Reply::Welcome),
            Command::Help | Command::Unknown => self.say(Reply::Help),
            Command::Privacy => self.say(Reply::Privacy),
            Command::Menu => self.effects.push(Effect::ShowMenu(MenuView::Home)),
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
}
