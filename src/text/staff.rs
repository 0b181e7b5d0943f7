//! What is said in the operator chat besides the order cards.

use teloxide::utils::html::escape;

use super::{Message, join_lines};
use crate::language::{Arg, Texts, args, one_line};
use crate::privacy::PersonalText;
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
        StaffReply::Unanswered { id, minutes } => t.html(
            "staff-unanswered",
            &args!["order" => id.as_str(), "minutes" => *minutes],
        ),
        StaffReply::NobodyAnswers { id, minutes } => t.html(
            "staff-nobody-answers",
            &args!["order" => id.as_str(), "minutes" => *minutes],
        ),
        StaffReply::CardsHere { topic: true } => t.say("staff-cards-in-topic"),
        StaffReply::CardsHere { topic: false } => t.say("staff-cards-here"),
    };
    Message::plain(html)
}

/// A customer's question in the operator chat.
#[must_use]
pub fn question(
    t: Texts,
    name: Option<&PersonalText>,
    text: &PersonalText,
    answered: bool,
) -> Message {
    let title = match name {
        Some(name) => t.html(
            "staff-question",
            &args!["name" => Arg::Words(name.as_str())],
        ),
        None => t.say("staff-question-nobody"),
    };
    let end = t.say(if answered {
        "staff-question-answered"
    } else {
        "staff-question-reply"
    });
    let lines = format!("{title}\n{}\n\n<i>{end}</i>", long_words(text.as_str()));
    Message::plain(lines)
}

/// What stands in place of a question whose customer was forgotten.
#[must_use]
pub fn redacted(t: Texts) -> Message {
    Message::plain(t.say("staff-question-forgotten"))
}

/// A person's words as they are, where they may take up a message: their lines stay, shortened and escaped.
pub(super) fn long_words(text: &str) -> String {
    const LONGEST: usize = 1_500;
    let lines: Vec<_> = text.trim().lines().map(one_line).collect();
    let text = lines.join("\n");
    let mut cut: String = text.chars().take(LONGEST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    escape(&cut)
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
