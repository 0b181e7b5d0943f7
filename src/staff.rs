//! What the shop's staff may do and what they are told, as data: the sentences stand in [`crate::text`].

use serde::{Deserialize, Serialize};

use crate::order::OrderId;

/// What somebody in the operator chat may do. An owner may do all that staff may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Works orders and the day: cards, stops, lists.
    Staff,
    /// Also sees the takings and takes data out.
    Owner,
}

/// A command of the operator chat, as it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its name, without the slash.
    pub name: &'static str,
    /// What may stand behind it, such as `[minutes]`; empty: nothing.
    pub arguments: &'static str,
    /// Who may use it.
    pub role: Role,
}

/// A message of its own in the operator chat. Kept in the outbox until it is sent, so it is versioned by its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "staff", rename_all = "snake_case")]
pub enum StaffReply {
    /// `/help`: rendered from the table of commands for this role.
    Help {
        /// Whether the owners' commands are among them.
        owner: bool,
    },
    /// No such command.
    UnknownCommand {
        /// What was written, without the slash.
        name: String,
        /// The nearest there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nearest: Option<String>,
    },
    /// The command is the owners'.
    OwnersOnly {
        /// The command.
        name: String,
    },
    /// Somebody writes in the operator chat who may not act there.
    NotAllowed,
    /// The command lacks something, or has too much of it.
    Usage {
        /// The command.
        name: String,
    },
    /// The bot failed over a command.
    Failed,
    /// An order waits for an answer.
    Unanswered {
        /// The order.
        id: OrderId,
        /// For how long.
        minutes: u32,
    },
    /// To the second person: nobody answers an order.
    NobodyAnswers {
        /// The order.
        id: OrderId,
        /// For how long.
        minutes: u32,
    },
    /// From now on cards come to this topic; or to the chat itself.
    CardsHere {
        /// Whether it is a topic.
        topic: bool,
    },
}
