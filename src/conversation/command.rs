//! Commands, and the plain words that mean the same.

use std::sync::LazyLock;

use super::{Closing, Effect, OrderSummary, Reply, Turn, View};
use crate::language::{Language, Phrases, normalize};

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
    /// Asks which language to write in.
    Language,
    /// Writes in this language from now on.
    Speak(Language),
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

/// The commands as Telegram lists them: name, and the text that describes it.
pub const COMMANDS: [(&str, Command, &str); 12] = [
    ("start", Command::Start, "command-start"),
    ("help", Command::Help, "command-help"),
    ("menu", Command::Menu, "command-menu"),
    ("cart", Command::Cart, "command-cart"),
    ("orders", Command::Orders, "command-orders"),
    ("reorder", Command::Reorder, "customer-command-reorder"),
    ("cancel", Command::Cancel, "command-cancel"),
    ("details", Command::Details, "customer-command-details"),
    ("privacy", Command::Privacy, "command-privacy"),
    ("mydata", Command::MyData, "command-mydata"),
    ("deleteme", Command::DeleteMe, "command-deleteme"),
    ("language", Command::Language, "command-language"),
];

/// What means a command wherever it is written.
const WORDS: [(&str, Command); 20] = [
    ("say-start", Command::Start),
    ("say-help", Command::Help),
    ("say-menu", Command::Menu),
    ("say-cart", Command::Cart),
    ("say-orders", Command::Orders),
    // Alone it also answers a draft, which the conversation decides in the same way.
    ("say-cancel", Command::Cancel),
    ("say-privacy", Command::Privacy),
    ("say-my-data", Command::MyData),
    ("say-delete-me", Command::DeleteMe),
    ("say-edit", Command::Edit),
    ("say-language", Command::Language),
    ("customer-say-details", Command::Details),
    ("customer-say-ai-on", Command::AiOn),
    ("customer-say-ai-off", Command::AiOff),
    ("customer-button-ai-on", Command::AiOn),
    ("customer-button-ai-off", Command::AiOff),
    ("payment-say-pay", Command::Pay),
    ("payment-button-pay", Command::Pay),
    ("button-menu", Command::Menu),
    ("button-edit", Command::Edit),
];

/// What answers the question whether to forget the customer.
const DELETION_ANSWERS: [(&str, Command); 5] = [
    ("say-delete-now", Command::DeleteNow),
    ("button-delete", Command::DeleteNow),
    ("say-delete-no", Command::KeepMe),
    ("button-keep", Command::KeepMe),
    ("say-delete-yes", Command::DeleteNow),
];

impl Command {
    /// The command in a message: `/menu`, `/menu@our_bot`, `/language de`, or its words in any language of ours. None:
    /// the message is no command.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        static PHRASES: LazyLock<Phrases<Command>> = LazyLock::new(|| Phrases::of(&WORDS));
        let text = text.trim();
        if let Some(rest) = text.strip_prefix('/') {
            let (word, rest) = rest.split_once([' ', '\n']).unwrap_or((rest, ""));
            let word = word.split('@').next().unwrap_or_default().to_lowercase();
            if word == "pay" {
                return Some(Self::Pay);
            }
            let named = COMMANDS.iter().find(|(name, ..)| *name == word);
            return Some(match named.map(|(_, command, _)| *command) {
                Some(Self::Language) => {
                    let wanted = language_named(rest).or_else(|| Language::from_tag(rest));
                    wanted.map_or(Self::Language, Self::Speak)
                }
                named => named.unwrap_or(Self::Unknown),
            });
        }
        PHRASES
            .find(text)
            .or_else(|| language_named(text).map(Self::Speak))
    }
}

/// A language by what it calls itself, or by its tag.
fn language_named(text: &str) -> Option<Language> {
    let text = text.trim();
    let name = normalize(text);
    Language::ALL
        .into_iter()
        .find(|language| normalize(language.name()) == name)
}

/// What a text answers to the question whether to forget the customer. With an order open, a bare "yes" is no answer to
/// it: it may be meant for the order.
pub(super) fn deletion_answer(text: &str, open_order: bool) -> Option<Command> {
    static CLEAR: LazyLock<Phrases<Command>> = LazyLock::new(|| {
        Phrases::of(
            DELETION_ANSWERS
                .split_last()
                .map_or(&[], |(_, clear)| clear),
        )
    });
    static ALL: LazyLock<Phrases<Command>> = LazyLock::new(|| Phrases::of(&DELETION_ANSWERS));
    if open_order {
        CLEAR.find(text)
    } else {
        ALL.find(text)
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
            Command::Language => self.say(Reply::AskLanguage),
            Command::Speak(language) => self.speak(language),
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

    pub(super) fn speak(&mut self, language: Language) {
        self.state.customer.language_chosen = Some(language);
        self.say(Reply::LanguageSet);
        // What stands open is read in the new language too.
        if self.has_lines() {
            self.show_draft(false);
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
