//! What is said in the operator chat besides the order cards.

use teloxide::utils::html::escape;

use super::{Message, join_lines};
use crate::staff::{Listed, Role, StaffReply};

/// A reply to staff as it is shown; `commands`: all there are.
#[must_use]
pub fn staff(reply: &StaffReply, commands: &[Listed]) -> Message {
    let html = match reply {
        StaffReply::Help { owner } => help(commands, *owner),
        StaffReply::UnknownCommand { name, nearest } => {
            let meant = nearest
                .as_ref()
                .map_or_else(String::new, |nearest| format!(" Did you mean /{nearest}?"));
            format!(
                "There is no command /{}.{meant} /help lists all of them.",
                escape(name)
            )
        }
        StaffReply::OwnersOnly { name } => {
            format!("/{} is for the shop's owners.", escape(name))
        }
        StaffReply::NotAllowed => "Only the shop's staff can do this.".to_owned(),
        StaffReply::Usage { name } => usage(commands, name),
        StaffReply::Failed => {
            "Something went wrong in the bot, and nothing was changed. Please try again.".to_owned()
        }
        StaffReply::CardsHere { topic: true } => {
            "New order cards will come to this topic. /here in another topic moves them there."
                .to_owned()
        }
        StaffReply::CardsHere { topic: false } => "New order cards will come here.".to_owned(),
    };
    Message::plain(html)
}

/// What a command does, in a line: for `/help` and for Telegram's own list, below its 256 characters.
#[must_use]
pub fn command_help(name: &str) -> &'static str {
    match name {
        "help" | "commands" => "What you can do here",
        "here" => "Have order cards come to this topic",
        _ => "",
    }
}

fn line(command: &Listed) -> String {
    let Listed {
        name, arguments, ..
    } = command;
    let space = if arguments.is_empty() { "" } else { " " };
    format!(
        "/{name}{space}{} — {}",
        escape(arguments),
        escape(command_help(name))
    )
}

fn help(commands: &[Listed], owner: bool) -> String {
    let mut lines = vec![
        "Orders come here as cards: tap their buttons to answer, and the customer is told at each step.".to_owned(),
        String::new(),
    ];
    let of = |role| {
        commands
            .iter()
            .filter(move |command| command.role == role)
            .map(line)
    };
    lines.extend(of(Role::Staff));
    if owner && of(Role::Owner).next().is_some() {
        lines.push(String::new());
        lines.push("For owners:".to_owned());
        lines.extend(of(Role::Owner));
    }
    join_lines(&lines)
}

fn usage(commands: &[Listed], name: &str) -> String {
    let command = commands.iter().find(|command| command.name == name);
    let line = command.map_or_else(|| format!("/{}", escape(name)), line);
    format!("Please write it like this:\n{line}")
}
