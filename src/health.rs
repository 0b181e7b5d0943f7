//! Whether orders can be taken, and which part of the bot is not well.
//!
//! Each part is asked when somebody wants to know: a [`Probe`] looks at state that the part keeps anyway. A probe
//! must not block, and what it says holds no personal data: its words are of our own, the rest are numbers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;

/// How well something is, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// All is well.
    Ok,
    /// Orders are taken, but something is amiss.
    Degraded,
    /// Orders cannot be taken.
    Failing,
}

/// How one part of the bot is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Component {
    /// How well.
    pub status: Status,
    /// Why, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'static str>,
    /// More about it, such as the number of jobs that wait.
    #[serde(flatten)]
    pub numbers: BTreeMap<&'static str, u64>,
}

impl Component {
    /// A part that is well.
    #[must_use]
    pub fn ok() -> Self {
        Self {
            status: Status::Ok,
            detail: None,
            numbers: BTreeMap::new(),
        }
    }

    /// A part of which something is amiss.
    #[must_use]
    pub fn degraded(why: &'static str) -> Self {
        Self {
            status: Status::Degraded,
            detail: Some(why),
            numbers: BTreeMap::new(),
        }
    }

    /// A part that does not work.
    #[must_use]
    pub fn failing(why: &'static str) -> Self {
        Self {
            status: Status::Failing,
            detail: Some(why),
            numbers: BTreeMap::new(),
        }
    }

    /// With a word about it, such as the mode a part is in.
    #[must_use]
    pub fn detail(mut self, detail: &'static str) -> Self {
        self.detail = Some(detail);
        self
    }

    /// With a number about it.
    #[must_use]
    pub fn number(mut self, name: &'static str, number: u64) -> Self {
        self.numbers.insert(name, number);
        self
    }
}

/// For this long Telegram may be out of reach before orders count as lost.
pub const TELEGRAM_PATIENCE: Duration = Duration::from_secs(60);

/// How things stand with Telegram.
#[derive(Debug, Clone, Copy)]
pub struct TelegramContact {
    /// Since its last good answer to a poll; before the first one, since the start.
    pub silence: Duration,
    /// Whether the last poll failed.
    pub failed: bool,
    /// Whether another poller uses the same token (409).
    pub conflict: bool,
    /// Whether it refused the token (401).
    pub refused: bool,
}

impl TelegramContact {
    /// What that means for orders.
    #[must_use]
    pub fn component(self) -> Component {
        let component = if self.conflict {
            Component::failing("another poller uses the same token")
        } else if self.refused {
            Component::failing("the token was refused")
        } else if self.silence > TELEGRAM_PATIENCE {
            Component::failing("unreachable")
        } else if self.failed {
            Component::degraded("the last poll failed")
        } else {
            Component::ok()
        };
        component.number("seconds_since_answer", self.silence.as_secs())
    }
}

/// Looks how a part is.
pub type Probe = Box<dyn Fn() -> Component + Send + Sync>;

/// One probe a part.
pub struct Probes {
    /// The Bot API.
    pub telegram: Probe,
    /// The data folder.
    pub store: Probe,
    /// What understands messages.
    pub parser: Probe,
    /// What brings orders into the spreadsheet.
    pub sheets: Probe,
}

/// The health of the bot; clones look at the same.
#[derive(Clone)]
pub struct Health {
    shared: Arc<Shared>,
}

struct Shared {
    started: Instant,
    probes: Probes,
    /// Since when each part was seen in the state it was last seen in.
    seen: Mutex<BTreeMap<&'static str, (Status, Timestamp)>>,
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health").finish_non_exhaustive()
    }
}

/// How one part is and since when, as far as somebody looked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seen {
    /// How it is.
    #[serde(flatten)]
    pub component: Component,
    /// When it was first seen in that state.
    pub since: Timestamp,
}

/// All there is to know.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The whole bot.
    pub status: Status,
    /// The program's version.
    pub version: &'static str,
    /// Since its start.
    pub uptime_seconds: u64,
    /// Its parts.
    pub components: Components,
}

/// The bot's parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Components {
    /// The Bot API.
    pub telegram: Seen,
    /// The data folder.
    pub store: Seen,
    /// What understands messages.
    pub parser: Seen,
    /// What brings orders into the spreadsheet.
    pub sheets: Seen,
}

impl Components {
    /// How the whole is: without Telegram or the data folder no order is taken; the parser and the spreadsheet are
    /// stood in for by the embedded parser and the outbox.
    #[must_use]
    pub fn overall(&self) -> Status {
        let vital = [&self.telegram, &self.store];
        let helpful = [&self.parser, &self.sheets];
        let vital = vital.map(|seen| seen.component.status);
        let helpful = helpful.map(|seen| seen.component.status.min(Status::Degraded));
        let all = vital.into_iter().chain(helpful);
        all.max().unwrap_or(Status::Ok)
    }
}

impl Health {
    /// The health of a bot that starts now.
    #[must_use]
    pub fn new(probes: Probes) -> Self {
        Self {
            shared: Arc::new(Shared {
                started: Instant::now(),
                probes,
                seen: Mutex::default(),
            }),
        }
    }

    /// Asks every part.
    #[must_use]
    pub fn report(&self) -> Report {
        self.report_at(Timestamp::now())
    }

    fn report_at(&self, now: Timestamp) -> Report {
        let probes = &self.shared.probes;
        let components = Components {
            telegram: self.see("telegram", &probes.telegram, now),
            store: self.see("store", &probes.store, now),
            parser: self.see("parser", &probes.parser, now),
            sheets: self.see("sheets", &probes.sheets, now),
        };
        Report {
            status: components.overall(),
            version: env!("CARGO_PKG_VERSION"),
            uptime_seconds: self.shared.started.elapsed().as_secs(),
            components,
        }
    }

    /// Asks the Telegram part alone.
    #[must_use]
    pub fn telegram(&self) -> Seen {
        self.see("telegram", &self.shared.probes.telegram, Timestamp::now())
    }

    fn see(&self, name: &'static str, probe: &Probe, now: Timestamp) -> Seen {
        // Asked before the lock is taken: a probe that panics must not poison it for the others.
        let component = probe();
        let mut seen = self
            .shared
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (status, since) = seen.entry(name).or_insert((component.status, now));
        if *status != component.status {
            (*status, *since) = (component.status, now);
            tracing::info!(component = name, status = ?component.status, detail = component.detail, "the health of a part changed");
        }
        Seen {
            since: *since,
            component,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn fixed(status: Status) -> Probe {
        Box::new(move || Component {
            status,
            ..Component::ok()
        })
    }

    #[track_caller]
    fn check(telegram: Status, store: Status, parser: Status, sheets: Status, expected: Status) {
        let health = Health::new(Probes {
            telegram: fixed(telegram),
            store: fixed(store),
            parser: fixed(parser),
            sheets: fixed(sheets),
        });
        assert_eq!(health.report().status, expected);
    }

    #[test]
    fn only_telegram_and_the_store_can_fail_the_whole() {
        use Status::{Degraded, Failing, Ok};
        check(Ok, Ok, Ok, Ok, Ok);
        check(Ok, Ok, Degraded, Ok, Degraded);
        check(Ok, Ok, Failing, Failing, Degraded);
        check(Degraded, Ok, Ok, Ok, Degraded);
        check(Failing, Ok, Ok, Ok, Failing);
        check(Ok, Failing, Degraded, Ok, Failing);
    }

    #[test]
    fn telegram_fails_after_a_minute_of_silence_or_at_once_on_a_conflict() {
        let contact = |seconds, failed, conflict| {
            TelegramContact {
                silence: Duration::from_secs(seconds),
                failed,
                conflict,
                refused: false,
            }
            .component()
            .status
        };
        assert_eq!(contact(5, false, false), Status::Ok);
        assert_eq!(contact(60, true, false), Status::Degraded);
        assert_eq!(contact(61, true, false), Status::Failing);
        assert_eq!(contact(1, true, true), Status::Failing);
    }

    #[test]
    fn a_state_keeps_its_first_time_until_it_changes() {
        let failed = Arc::new(Mutex::new(false));
        let shared = Arc::clone(&failed);
        let health = Health::new(Probes {
            telegram: fixed(Status::Ok),
            store: fixed(Status::Ok),
            parser: Box::new(move || {
                if *shared.lock().unwrap() {
                    Component::degraded("out of reach").number("waiting", 3)
                } else {
                    Component::ok()
                }
            }),
            sheets: fixed(Status::Ok),
        });
        let at = |second| Timestamp::from_second(second).unwrap();
        health.report_at(at(10));
        assert_eq!(health.report_at(at(20)).components.parser.since, at(10));
        *failed.lock().unwrap() = true;
        let report = health.report_at(at(30));
        assert_eq!(report.components.parser.since, at(30));
        assert_eq!(report.components.store.since, at(10));
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["status"], "degraded");
        assert_eq!(
            json["components"]["parser"],
            serde_json::json!({"status": "degraded", "detail": "out of reach", "waiting": 3, "since": "1970-01-01T00:00:30Z"})
        );
    }
}
