//! What is said in the operator chat besides the order cards.

use super::{Message, join_lines};
use crate::language::{Texts, args};
use crate::staff::{Listed, Role, StaffReply};

/// A reply to staff as it is shown; `commands`: all there are.
#[must_use]
pub fn staff(t: Texts, reply: &StaffReply, commands: &[Listed]) -> Message {
    let html = match reply {
        StaffReply::Help { owner } => help(t, commands, *owner),
        StaffReply::UnknownCommand { name, nearest } => match nearest {
            Some(nearest) => t.html(
                "staff-unknown-near",
                &args!["name" => name, "nearest" => nearest],
            ),
            None => t.html("staff-unknown", &args!["name" => name]),
        },
        StaffReply::OwnersOnly { name } => t.html("staff-owners-only", &args!["name" => name]),
        StaffReply::NotAllowed => t.say("card-not-allowed"),
        StaffReply::Usage { name } => usage(t, commands, name),
        StaffReply::Failed => t.say("staff-failed"),
        StaffReply::CardsHere { topic: true } => t.say("staff-cards-in-topic"),
        StaffReply::CardsHere { topic: false } => t.say("staff-cards-here"),
    };
    Message::plain(html)
}

/// What a command does, in a line: for `/help` and for Telegram's own list, below its 256 characters.
#[must_use]
pub fn command_help(t: Texts, name: &str) -> String {
    t.say(&format!("staff-command-{name}"))
}

fn line(t: Texts, command: &Listed) -> String {
    let Listed {
        name, arguments, ..
    } = command;
    let space = if arguments.is_empty() { "" } else { " " };
    let name = format!("{name}{space}{arguments}");
    t.html(
        "reply-help-command",
        &args!["name" => name, "what" => command_help(t, command.name)],
    )
}

fn help(t: Texts, commands: &[Listed], owner: bool) -> String {
    let mut lines = vec![t.say("staff-help"), String::new()];
    let of = |role| {
        commands
            .iter()
            .filter(move |command| command.role == role)
            .map(move |command| line(t, command))
    };
    lines.extend(of(Role::Staff));
    if owner && of(Role::Owner).next().is_some() {
        lines.push(String::new());
        lines.push(t.say("staff-help-owners"));
        lines.extend(of(Role::Owner));
    }
    join_lines(t, &lines)
}

fn usage(t: Texts, commands: &[Listed], name: &str) -> String {
    let command = commands.iter().find(|command| command.name == name);
    let command = command.map_or_else(String::new, |command| line(t, command));
    format!("{}\n{command}", t.say("staff-usage"))
}
