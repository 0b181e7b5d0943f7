//! The staff's word about the day: sold out, pause, busy, and the menu read anew. By command and by button.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};

use super::customer::Outcome;
use super::operator::{Done, Request};
use super::shop::Kept;
use super::{Engine, Incoming, IncomingKind, What};
use crate::metrics::count;
use crate::shop::{Busy, Entry, Named, Schedule, ShopSaid, ShopState, instead_of, named};
use crate::store::{Commit, TxError};

/// Longest pause and largest delay that can be said.
const MOST_MINUTES: u32 = 600;

/// What is busy without a number.
const BUSY_MINUTES: u32 = 20;

/// What somebody of the staff wants.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wish {
    Show,
    Out(Vec<Entry>),
    Back(Vec<Entry>),
    AllBack,
    /// For so many minutes; none: until closing.
    Pause(Option<u32>),
    Resume,
    Busy(u32),
    Reload,
    /// Nothing changes; this is said.
    Say(ShopSaid),
}

/// Carries out a command about the shop's day.
pub(super) fn run<'a>(engine: &'a Arc<Engine>, request: &'a Request<'a>) -> BoxFuture<'a, Done> {
    Box::pin(async move {
        let wish = engine.wish_of(request.name, request.arguments);
        engine.carry_out_wish(request.incoming, wish, None)
    })
}

impl Engine {
    /// Carries out a tap of the staff about the shop's day.
    pub(super) async fn shop_tap(
        self: &Arc<Self>,
        incoming: &Incoming,
        callback: &str,
        data: &str,
    ) {
        if !self.admits_staff(incoming, callback) {
            return;
        }
        let message = match &incoming.kind {
            IncomingKind::Tap { message, .. } => *message,
            _ => None,
        };
        match self.carry_out_wish(incoming, self.wish_of_tap(data), message) {
            Ok(Some((outcome, commit))) => {
                if commit.durable().await.is_ok() {
                    self.settle(outcome, Some(callback));
                }
            }
            Ok(None) => {}
            Err(e) => {
                count(&self.metrics.errors, "store");
                tracing::error!(error = %e, "the shop's day could not be changed");
                self.fail(incoming.update, incoming.chat, false);
                self.answer(callback, String::new());
            }
        }
    }

    fn wish_of(&self, name: &str, rest: &str) -> Wish {
        let minutes = || {
            let digits = rest.split_whitespace().next().unwrap_or_default();
            let number = digits.parse().ok();
            number.filter(|n| (1..=MOST_MINUTES).contains(n))
        };
        let usage = || Wish::Say(ShopSaid::Usage);
        match name {
            "soldout" if rest.is_empty() => Wish::Show,
            "back" if rest.is_empty() => Wish::Show,
            "back" if rest == "all" => Wish::AllBack,
            "soldout" => self.entries(rest, true),
            "back" => self.entries(rest, false),
            "pause" if rest.is_empty() => Wish::Pause(None),
            "pause" if rest == "off" || rest == "0" => Wish::Resume,
            "pause" => minutes().map_or_else(usage, |n| Wish::Pause(Some(n))),
            "resume" => Wish::Resume,
            "busy" if rest.is_empty() => Wish::Busy(BUSY_MINUTES),
            "busy" if rest == "off" || rest == "0" => Wish::Busy(0),
            "busy" => minutes().map_or_else(usage, Wish::Busy),
            "reload" => Wish::Reload,
            _ => Wish::Show,
        }
    }

    /// What the words name on the menu. A choice is asked for where they may mean several things.
    fn entries(&self, words: &str, out: bool) -> Wish {
        let menu = &self.current().menu;
        let fit: Vec<Entry> = named(menu, words)
            .into_iter()
            // What is back was out, and the other way round: of two things with one name, that is meant.
            .filter(|found| found.available() == out)
            .map(entry)
            .collect();
        match fit.as_slice() {
            [_] if out => Wish::Out(fit),
            [_] => Wish::Back(fit),
            [] => Wish::Say(ShopSaid::NotFound {
                words: words.chars().take(100).collect(),
            }),
            _ => Wish::Say(ShopSaid::Which { choices: fit, out }),
        }
    }

    fn wish_of_tap(&self, data: &str) -> Wish {
        let parts: Vec<&str> = data.split(':').skip(1).collect();
        let find = |kind: &str, id: &str| {
            let menu = &self.current().menu;
            let found = match kind {
                "i" => menu.item(id).map(Named::Item),
                _ => menu.option(id).map(|(_, option)| Named::Option(option)),
            };
            found.map(entry)
        };
        match parts.as_slice() {
            ["out", kind, id] => find(kind, id).map_or(Wish::Show, |entry| Wish::Out(vec![entry])),
            ["back", "all"] => Wish::AllBack,
            ["back", kind, id] => {
                find(kind, id).map_or(Wish::Show, |entry| Wish::Back(vec![entry]))
            }
            [name @ ("pause" | "busy" | "resume"), rest @ ..] => {
                self.wish_of(name, rest.first().copied().unwrap_or_default())
            }
            _ => Wish::Show,
        }
    }

    fn carry_out_wish(
        self: &Arc<Self>,
        incoming: &Incoming,
        wish: Wish,
        message: Option<i32>,
    ) -> Result<Option<(Outcome, Commit)>, TxError> {
        let reload = wish == Wish::Reload;
        let done = self.change_shop(
            |state, schedule, now| apply(&wish, state, schedule, now),
            |kept| self.commit_wish(incoming, kept, &wish, message),
        );
        if reload {
            self.reload_wake.notify_one();
        }
        done
    }

    fn commit_wish(
        &self,
        incoming: &Incoming,
        kept: &Kept<'_>,
        wish: &Wish,
        message: Option<i32>,
    ) -> Result<Option<(Outcome, Commit)>, TxError> {
        self.of_update(incoming.update, |tx, outcome, now| {
            kept.put(tx)?;
            let said = said(wish, kept);
            // A tap on the buttons of the day shows the day; the reason why stands in the button's own words.
            let what = match (message, &said) {
                (Some(_), ShopSaid::SoldOut { .. } | ShopSaid::Back { .. }) | (None, _) => {
                    What::Shop {
                        said,
                        message: None,
                    }
                }
                _ => What::Shop { said, message },
            };
            let job = self.enqueue_in(tx, (incoming.chat, incoming.spot.topic), now, what)?;
            outcome.jobs.push(job);
            Ok(())
        })
    }
}

fn entry(named: Named<'_>) -> Entry {
    Entry {
        id: named.id().to_owned(),
        item: matches!(named, Named::Item(_)),
        name: named.name().to_owned(),
    }
}

fn apply(wish: &Wish, state: &mut ShopState, schedule: &Schedule, now: Timestamp) {
    let until = schedule.end_of_day(now);
    match wish {
        Wish::Out(entries) => {
            for entry in entries {
                let list = if entry.item {
                    &mut state.items
                } else {
                    &mut state.options
                };
                list.insert(entry.id.clone(), until);
            }
        }
        Wish::Back(entries) => {
            for entry in entries {
                let list = if entry.item {
                    &mut state.items
                } else {
                    &mut state.options
                };
                list.remove(&entry.id);
            }
        }
        Wish::AllBack => {
            state.items.clear();
            state.options.clear();
        }
        Wish::Pause(minutes) => {
            let end = minutes.map(|n| SignedDuration::from_mins(i64::from(n)));
            let end = end.and_then(|n| now.checked_add(n).ok()).unwrap_or(until);
            // What was said for today ends with the day; where the shop is closed now, its pause ends when it says so.
            state.paused_until = Some(if schedule.is_open(now) {
                end.min(until)
            } else {
                end
            });
        }
        Wish::Resume => state.paused_until = None,
        Wish::Busy(0) => state.busy = None,
        Wish::Busy(minutes) => {
            state.busy = Some(Busy {
                minutes: *minutes,
                until,
            });
        }
        Wish::Show | Wish::Reload | Wish::Say(_) => {}
    }
}

fn said(wish: &Wish, kept: &Kept<'_>) -> ShopSaid {
    match wish {
        Wish::Out(entries) => match entries.first() {
            Some(entry) => {
                let menu = kept.menu();
                let item = menu.item(&entry.id).filter(|_| entry.item);
                let instead = item.and_then(|item| instead_of(menu, item));
                let lists = kept.state();
                let list = if entry.item {
                    &lists.items
                } else {
                    &lists.options
                };
                ShopSaid::SoldOut {
                    name: entry.name.clone(),
                    until: list.get(&entry.id).copied().unwrap_or_default(),
                    instead: instead.map(|other| other.name.clone()),
                }
            }
            None => ShopSaid::State,
        },
        Wish::Back(entries) => ShopSaid::Back {
            names: entries.iter().map(|entry| entry.name.clone()).collect(),
        },
        Wish::Reload => ShopSaid::Reloading,
        Wish::Say(said) => said.clone(),
        Wish::Show | Wish::AllBack | Wish::Pause(_) | Wish::Resume | Wish::Busy(_) => {
            ShopSaid::State
        }
    }
}
