//! Commands: recognised, allowed or refused, carried out.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::COMMANDS;
use crate::engine::customer::Outcome;
use crate::engine::{Engine, Incoming, IncomingKind, What};
use crate::metrics::count;
use crate::staff::{Listed, Role, StaffReply};
use crate::store::{Commit, Tx, TxError};

/// What became of a command; none: its update was applied before.
pub(in crate::engine) type Done = Result<Option<(Outcome, Commit)>, TxError>;

/// Carries a command out, as one transaction: see [`Engine::staff_change`].
pub(super) type Run = for<'a> fn(&'a Arc<Engine>, &'a Request<'a>) -> BoxFuture<'a, Done>;

/// A command of the operator chat.
pub(super) struct Command {
    pub(super) listed: Listed,
    pub(super) run: Run,
}

/// A command as somebody gave it.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Request<'a> {
    /// The message.
    pub(in crate::engine) incoming: &'a Incoming,
    /// The command's name, in lower case.
    pub(in crate::engine) name: &'a str,
    /// What stands behind it, without the white space around it.
    pub(in crate::engine) arguments: &'a str,
    /// What the writer may do.
    pub(in crate::engine) role: Role,
}

/// Longest name of a command in Telegram. (Bot API, `BotCommand.command`)
const LONGEST_NAME: usize = 32;

/// A text as a command: its name in lower case, to whom it is addressed, and what stands behind.
fn parse(text: &str) -> Option<(String, Option<&str>, &str)> {
    let text = text.trim().strip_prefix('/')?;
    let (word, arguments) = text
        .split_once(char::is_whitespace)
        .map_or((text, ""), |(word, rest)| (word, rest.trim()));
    let (name, to) = word
        .split_once('@')
        .map_or((word, None), |(name, to)| (name, Some(to)));
    let fits = (1..=LONGEST_NAME).contains(&name.len())
        && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    fits.then(|| (name.to_lowercase(), to, arguments))
}

fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.listed.name == name)
}

/// The command whose name is nearest, if any is near.
fn nearest(name: &str) -> Option<&'static str> {
    COMMANDS
        .iter()
        .map(|command| command.listed.name)
        .map(|known| (strsim::osa_distance(known, name), known))
        .filter(|(distance, known)| *distance <= known.len() / 3)
        .min()
        .map(|(_, known)| known)
}

impl Engine {
    /// What somebody may do in the operator chat; none: nothing.
    pub(in crate::engine) fn role_of(&self, user: u64) -> Option<Role> {
        let operator = &self.operator;
        let staff = operator.ids.is_empty() || operator.ids.contains(&user);
        if operator.owners.contains(&user) || (staff && operator.owners.is_empty()) {
            return Some(Role::Owner);
        }
        staff.then_some(Role::Staff)
    }

    /// The command in a text of the operator chat. None: it is none, or not ours: addressed to another bot, or, where
    /// the operator chat is somebody's own, one that they have as a customer.
    fn command_in<'t>(&self, incoming: &Incoming, text: &'t str) -> Option<(String, &'t str)> {
        let (name, to, arguments) = parse(text)?;
        let ours = to.is_none_or(|to| {
            let name = self.username.get();
            name.is_none_or(|name| name.eq_ignore_ascii_case(to))
        });
        let customers = incoming.private && find(&name).is_none_or(|c| is_customers(c.listed.name));
        (ours && !customers).then_some((name, arguments))
    }

    /// Whether an input is a command of the operator chat; if so, it is carried out.
    pub(in crate::engine) async fn staff_command(self: &Arc<Self>, incoming: &Incoming) -> bool {
        let IncomingKind::Text(text) = &incoming.kind else {
            return false;
        };
        if !self.is_operator_chat(incoming.chat) {
            return false;
        }
        let Some((name, arguments)) = self.command_in(incoming, text.as_str()) else {
            return false;
        };
        let role = self.role_of(incoming.user);
        let request = Request {
            incoming,
            name: &name,
            arguments,
            role: role.unwrap_or(Role::Staff),
        };
        let done = match (role, find(&name)) {
            (None, _) => {
                count(&self.metrics.errors, "not_allowed");
                self.staff_answer(&request, StaffReply::NotAllowed)
            }
            (Some(role), Some(command)) if role < command.listed.role => {
                let name = request.name.to_owned();
                self.staff_answer(&request, StaffReply::OwnersOnly { name })
            }
            (Some(_), Some(command)) => (command.run)(self, &request).await,
            (Some(_), None) => {
                let unknown = StaffReply::UnknownCommand {
                    name: name.clone(),
                    nearest: nearest(&name).map(str::to_owned),
                };
                self.staff_answer(&request, unknown)
            }
        };
        self.staff_done(&request, done).await;
        true
    }

    /// Lets out what a command has decided; one that failed is answered as such.
    async fn staff_done(&self, request: &Request<'_>, done: Done) {
        let done = done.or_else(|e| {
            count(&self.metrics.errors, "store");
            tracing::error!(error = %e, "a command of the staff could not be carried out");
            self.staff_answer(request, StaffReply::Failed)
        });
        match done {
            Ok(Some((outcome, commit))) => {
                if commit.durable().await.is_ok() {
                    self.settle(outcome, None);
                }
            }
            Ok(None) => {}
            Err(e) => tracing::error!(error = %e, "a command of the staff could not be answered"),
        }
    }

    /// A command that only says something.
    pub(in crate::engine) fn staff_answer(&self, request: &Request<'_>, reply: StaffReply) -> Done {
        self.staff_change(request, |_, _, _| Ok(Some(reply)))
    }

    /// A command as one transaction: its update leaves the inbox, `change` is made, and what it gives is answered in
    /// the topic of the command.
    pub(in crate::engine) fn staff_change(
        &self,
        request: &Request<'_>,
        change: impl FnOnce(&mut Tx<'_>, &mut Outcome, Timestamp) -> Result<Option<StaffReply>, TxError>,
    ) -> Done {
        let incoming = request.incoming;
        self.of_update(incoming.update, |tx, outcome, now| {
            if let Some(reply) = change(tx, outcome, now)? {
                let to = incoming.spot.message.filter(|_| !incoming.private);
                let what = What::Staff { reply, to };
                let chat = (incoming.chat, incoming.spot.topic);
                let job = self.enqueue_in(tx, chat, now, what)?;
                outcome.jobs.push(job);
            }
            Ok(())
        })
    }
}

/// Whether customers have a command of this name, which then means theirs where the operator chat is also a
/// customer's own.
fn is_customers(name: &str) -> bool {
    crate::conversation::COMMANDS
        .iter()
        .any(|(customers, ..)| *customers == name)
}

pub(super) fn help<'a>(engine: &'a Arc<Engine>, request: &'a Request<'a>) -> BoxFuture<'a, Done> {
    Box::pin(async move {
        let owner = request.role == Role::Owner;
        let one = request.arguments.trim_start_matches('/').to_lowercase();
        let reply = match find(&one) {
            Some(_) => StaffReply::Usage { name: one },
            None => StaffReply::Help { owner },
        };
        engine.staff_answer(request, reply)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_in_what_people_type() {
        let read = |text| parse(text);
        assert_eq!(read("/today"), Some(("today".into(), None, "")));
        assert_eq!(
            read(" /Pause@Our_Bot  30 \n"),
            Some(("pause".into(), Some("Our_Bot"), "30"))
        );
        assert_eq!(
            read("/order\ntwo colas\nfor Bob"),
            Some(("order".into(), None, "two colas\nfor Bob"))
        );
        for none in ["today", "", "/", "/ today", "//", "/a.b", "1/2 portion"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn a_slip_is_met_with_the_nearest_command() {
        assert_eq!(nearest("hepl"), Some("help"));
        assert_eq!(nearest("xyz"), None);
    }

    #[test]
    fn every_command_has_its_line_and_a_name_that_telegram_takes() {
        for command in COMMANDS {
            let Listed { name, .. } = command.listed;
            assert!(
                !crate::text::command_help(
                    crate::language::Texts::of(crate::language::Language::En),
                    name
                )
                .is_empty(),
                "{name}"
            );
            assert!(
                name.len() <= LONGEST_NAME && name.bytes().all(|b| b.is_ascii_lowercase()),
                "{name}"
            );
            assert_eq!(COMMANDS.iter().filter(|c| c.listed.name == name).count(), 1);
        }
    }
}
