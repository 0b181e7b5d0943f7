//! The operator chat: what staff do there, by buttons and by commands.
//!
//! A command is a line in [`COMMANDS`] and a function that makes one transaction of it; its answer is a job of that
//! transaction. Whoever adds one adds both here, and its help to `text/staff.rs`.

mod card;
mod command;
mod question;
mod topic;
mod watch;

use super::shop_staff;
use crate::staff::{Listed, Role};

pub(super) use command::{Done, Request};
pub(super) use question::Thread;
pub(super) use watch::Watch;

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
    command("shop", "", Role::Staff, shop_staff::run),
    command("soldout", "[item]", Role::Staff, shop_staff::run),
    command("back", "[item]", Role::Staff, shop_staff::run),
    command("pause", "[minutes]", Role::Staff, shop_staff::run),
    command("resume", "", Role::Staff, shop_staff::run),
    command("busy", "[minutes]", Role::Staff, shop_staff::run),
    command("reload", "", Role::Staff, shop_staff::run),
    command("here", "", Role::Staff, topic::here),
    command("help", "[command]", Role::Staff, command::help),
];

/// The commands of the operator chat, for those who list them.
#[must_use]
pub fn staff_commands() -> Vec<Listed> {
    COMMANDS.iter().map(|command| command.listed).collect()
}
