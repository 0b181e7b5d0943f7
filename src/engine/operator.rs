//! The operator chat: what staff do there, by buttons and by commands.
//!
//! A command is a line in [`COMMANDS`] and a function that makes one transaction of it; its answer is a job of that
//! transaction. Whoever adds one adds both here, and its help to `text/staff.rs`.

mod card;
mod command;
mod topic;

use crate::staff::{Listed, Role};

pub(super) use command::{Done, Request};

use command::{Command, Run};

const fn command(name: &'static str, arguments: &'static str, role: Role, run: Run) -> Command {
    Command {
        listed: Listed {
            name,
            arguments,
            role,
        },
        run,
    }
}

/// All commands of the operator chat, in the order in which they are listed.
const COMMANDS: &[Command] = &[
    command("here", "", Role::Staff, topic::here),
    command("help", "[command]", Role::Staff, command::help),
];

/// The commands of the operator chat, for those who list them.
#[must_use]
pub fn staff_commands() -> Vec<Listed> {
    COMMANDS.iter().map(|command| command.listed).collect()
}
