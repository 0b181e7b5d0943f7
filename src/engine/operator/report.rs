//! The shop's figures: `/today`, `/stats`, `/export`, the message when the day is over, and the list of open orders.
//!
//! All of them are jobs that name what is to be shown; the figures are taken when a job is sent, from the orders as they
//! then are.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::{Done, Request};
use crate::engine::customer::Outcome;
use crate::engine::outbox::{Attachment, Delivery, Place};
use crate::engine::personal::PIECE;
use crate::engine::records::{Counters, Outgoing};
use crate::engine::{Engine, What, lock, row_of};
use crate::ledger::{COLUMNS, spreadsheet_safe};
use crate::metrics::{Kind, Metrics};
use crate::order::{Order, OrderNumber};
use crate::report::{Bars, Figures, Span, Tokens, picture};
use crate::staff::StaffReply;
use crate::store::{Record, Table, Tx, TxError};
use crate::text;

/// The day's figures come when what was ordered last is likely to be done.
const AFTER_CLOSING: SignedDuration = SignedDuration::from_mins(30);

/// Days of `/stats` without a number.
const STATS_DAYS: u32 = 7;

/// Most days of `/stats`.
const MOST_STATS_DAYS: u32 = 366;

/// Items that `/stats` names.
const TOP_ITEMS: usize = 10;

/// Orders that the list of open ones names; more would not fit a message.
const MOST_LISTED: usize = 30;

fn counted(metrics: &Metrics) -> Tokens {
    let count = |kind| metrics.gpt_tokens.get_or_create(&Kind { kind }).get();
    Tokens {
        prompt: count("prompt"),
        completion: count("completion"),
    }
}

/// The shop's day that is on, one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct ShopDay {
    span: Span,
    /// When it is over.
    until: Timestamp,
}

impl ShopDay {
    pub(in crate::engine) const KEY: u64 = 12;
}

impl Record for ShopDay {
    const TABLE: Table = Table::Meta;
}

/// The pinned list of open orders, one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct Board {
    /// The message; none: it is not sent yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::engine) message: Option<i32>,
}

impl Board {
    pub(in crate::engine) const KEY: u64 = 13;
}

impl Record for Board {
    const TABLE: Table = Table::Meta;
}

/// `/today`.
pub(super) fn today<'a>(engine: &'a Arc<Engine>, request: &'a Request<'a>) -> BoxFuture<'a, Done> {
    Box::pin(async move {
        engine.look_at_day(Timestamp::now())?;
        engine.asked(request, |tx, now| {
            let span = engine.day(tx, now)?.span;
            Ok(What::Report {
                span,
                closing: false,
            })
        })
    })
}

/// `/stats [days]`.
pub(super) fn stats<'a>(engine: &'a Arc<Engine>, request: &'a Request<'a>) -> BoxFuture<'a, Done> {
    Box::pin(async move {
        let days = match request.arguments {
            "" => Some(STATS_DAYS),
            days => days
                .parse()
                .ok()
                .filter(|days| (1..=MOST_STATS_DAYS).contains(days)),
        };
        let Some(days) = days else {
            let name = request.name.to_owned();
            return engine.staff_answer(request, StaffReply::Usage { name });
        };
        engine.asked(request, |_, now| {
            let from = now.checked_sub(SignedDuration::from_hours(24 * i64::from(days)));
            let span = Span {
                from: from.unwrap_or(now),
                to: Some(now),
                first: 1,
                tokens: Tokens::default(),
            };
            Ok(What::Stats { span, days })
        })
    })
}

/// `/export [since]`.
pub(super) fn export<'a>(engine: &'a Arc<Engine>, request: &'a Request<'a>) -> BoxFuture<'a, Done> {
    Box::pin(async move {
        let zone = &engine.rules.shop.zone;
        let since = match request.arguments {
            "" => Some(Timestamp::UNIX_EPOCH),
            day => day
                .parse::<Date>()
                .ok()
                .and_then(|day| day.to_zoned(zone.clone()).ok())
                .map(|day| day.timestamp()),
        };
        let Some(since) = since else {
            let name = request.name.to_owned();
            return engine.staff_answer(request, StaffReply::Usage { name });
        };
        engine.asked(request, |_, _| Ok(What::Export { since }))
    })
}

/// `/board`.
pub(super) fn board<'a>(engine: &'a Arc<Engine>, request: &'a Request<'a>) -> BoxFuture<'a, Done> {
    Box::pin(async move {
        engine.asked(request, |tx, _| {
            tx.put(Board::KEY, &Board { message: None })?;
            Ok(What::Board { anew: true })
        })
    })
}

impl Engine {
    /// A command that is answered by a job of its own, in the topic of the command.
    fn asked(
        &self,
        request: &Request<'_>,
        what: impl FnOnce(&mut Tx<'_>, Timestamp) -> Result<What, TxError>,
    ) -> Done {
        self.staff_change(request, |tx, outcome, now| {
            let what = what(tx, now)?;
            let chat = (request.incoming.chat, request.incoming.spot.topic);
            outcome.jobs.push(self.enqueue_in(tx, chat, now, what)?);
            Ok(None)
        })
    }

    /// The day that is on; one that begins now, where none is known.
    fn day(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<ShopDay, TxError> {
        let day = or_none(tx.get::<ShopDay>(ShopDay::KEY));
        match day {
            Some(day) => Ok(day),
            None => {
                let day = self.day_from(tx, now, now)?;
                tx.put(ShopDay::KEY, &day)?;
                Ok(day)
            }
        }
    }

    fn day_from(&self, tx: &Tx<'_>, from: Timestamp, now: Timestamp) -> Result<ShopDay, TxError> {
        let last = tx.get::<Counters>(Counters::KEY)?.map_or(0, |c| c.orders);
        let over = self.current().schedule.last_closing(now);
        Ok(ShopDay {
            span: Span {
                from,
                to: None,
                first: last + 1,
                tokens: Tokens::default(),
            },
            until: over.checked_add(AFTER_CLOSING).unwrap_or(over),
        })
    }

    /// Counts what the model uses, and sends the day's figures when it is over, until it is stopped.
    pub async fn run_reports(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let now = Timestamp::now();
            let wait = match self.look_at_day(now) {
                Ok(until) => until.duration_since(now).unsigned_abs(),
                Err(e) => {
                    tracing::error!(error = %e, "the day's figures could not be kept");
                    Duration::from_secs(60)
                }
            };
            let wait = wait.clamp(Duration::from_millis(50), Duration::from_secs(60));
            if stop.is_cancelled() {
                return;
            }
            // What was used since the last look is counted when it stops, too.
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Adds what the model has used to the day, and ends the day where it is over; when to look again at the latest.
    fn look_at_day(&self, now: Timestamp) -> Result<Timestamp, TxError> {
        let mut seen = lock(&self.tokens_seen);
        let total = counted(&self.metrics);
        let used = Tokens {
            prompt: total.prompt.saturating_sub(seen.prompt),
            completion: total.completion.saturating_sub(seen.completion),
        };
        let ((outcome, until), _commit) = self.transact(|tx| {
            let mut outcome = Outcome::default();
            let before = or_none(tx.get::<ShopDay>(ShopDay::KEY));
            let mut day = self.day(tx, now)?;
            day.span.tokens.prompt += used.prompt;
            day.span.tokens.completion += used.completion;
            if day.until <= now {
                let span = Span {
                    to: Some(now),
                    ..day.span
                };
                let last = tx.get::<Counters>(Counters::KEY)?.map_or(0, |c| c.orders);
                // Nobody reads that nothing has happened.
                if let Some(chat) = self.operator_chat().filter(|_| last >= span.first) {
                    let chat = (chat, self.cards_topic_in(tx)?);
                    let what = What::Report {
                        span,
                        closing: true,
                    };
                    outcome.jobs.push(self.enqueue_in(tx, chat, now, what)?);
                }
                day = self.day_from(tx, now, now)?;
            }
            if before.as_ref() != Some(&day) {
                tx.put(ShopDay::KEY, &day)?;
            }
            Ok((outcome, day.until))
        })?;
        *seen = total;
        drop(seen);
        // Not waited for: what is sent twice after a crash is a report.
        self.settle(outcome, None);
        Ok(until)
    }

    /// Has the list of open orders show them as they are, where there is one.
    pub(in crate::engine) fn board_changed(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<(), TxError> {
        let Some(chat) = self
            .operator_chat()
            .filter(|_| tx.contains(Table::Meta, Board::KEY))
        else {
            return Ok(());
        };
        let job = self.enqueue(tx, chat, now, What::Board { anew: false })?;
        outcome.jobs.push(job);
        Ok(())
    }

    /// A report as it is to be shown now.
    pub(in crate::engine) fn render_report(&self, outgoing: &Outgoing) -> Option<Delivery> {
        let t = self.shop_texts();
        let clock = self.clock();
        let new = |message| Delivery {
            topic: outgoing.topic,
            ..Delivery::new(message, Place::New)
        };
        let with_file = |delivery, name: &str, photo, bytes| Delivery {
            file: Some(Arc::new(Attachment {
                name: name.to_owned(),
                photo,
                bytes,
            })),
            ..delivery
        };
        match &outgoing.what {
            What::Report { span, closing } => {
                let figures = self.figures(span, clock.now);
                let cost = self
                    .operator
                    .token_prices
                    .map(|prices| prices.cost(span.tokens));
                Some(new(text::report(t, &figures, span, *closing, cost, &clock)))
            }
            What::Stats { span, days } => {
                let figures = self.figures(span, clock.now);
                let top = figures.top(TOP_ITEMS);
                let delivery = new(text::stats(t, *days, figures.orders, &top));
                if figures.orders == 0 {
                    return Some(delivery);
                }
                let bars = Bars {
                    hours: figures.hours,
                    items: top.iter().map(|(_, units)| *units).collect(),
                };
                match picture(&bars) {
                    Ok(png) => Some(with_file(delivery, "stats.png", true, png)),
                    Err(e) => {
                        tracing::error!(error = %e, "the picture of the figures could not be drawn");
                        Some(delivery)
                    }
                }
            }
            What::Export { since } => {
                let (csv, orders) = self.csv_since(*since);
                let delivery = new(text::exported(t, orders));
                Some(with_file(delivery, "orders.csv", false, csv))
            }
            What::Board { anew } => {
                let board = self.store.get::<Board>(Board::KEY).ok().flatten()?;
                let message = board.message.filter(|_| !anew);
                let (orders, left_out) = self.open_orders(clock.now);
                Some(Delivery {
                    topic: outgoing.topic,
                    ..Delivery::new(
                        text::board(t, &orders, left_out, &clock),
                        message.map_or(Place::New, Place::Edit),
                    )
                })
            }
            What::Pin { message } => Some(Delivery {
                pins: true,
                ..Delivery::new(text::Message::plain(String::new()), Place::Edit(*message))
            }),
            _ => None,
        }
    }

    fn each_order(&self, after: Option<OrderNumber>, mut look: impl FnMut(&Order)) {
        let mut after = after;
        loop {
            let last = self.store.read(|view| {
                view.scan_piece::<Order>(after, PIECE, |_, order| {
                    if let Ok(order) = order {
                        look(&order);
                    }
                })
            });
            match last {
                Some(last) => after = Some(last),
                None => return,
            }
        }
    }

    fn figures(&self, span: &Span, now: Timestamp) -> Figures {
        let (menu, _) = self.menu();
        let mut figures = Figures::new(menu.currency());
        self.each_order(span.first.checked_sub(1), |order| {
            let placed = order.placed_at;
            if placed >= span.from && span.to.is_none_or(|to| placed < to) {
                figures.count(order, &self.rules.shop.zone, now);
            }
        });
        figures
    }

    /// Orders that are not over, those that are due first before the others; and how many more there are.
    fn open_orders(&self, now: Timestamp) -> (Vec<Order>, usize) {
        let watched: Vec<u64> = self.store.read(|view| view.keys(Table::Watch).collect());
        let orders = watched
            .into_iter()
            .filter_map(|number| self.store.get::<Order>(number).ok().flatten());
        let mut open: Vec<_> = orders
            .filter(|order| order.is_for_shop() && order.is_under_way(now))
            .collect();
        open.sort_by_key(|order| (order.due(), order.number));
        let left_out = open.len().saturating_sub(MOST_LISTED);
        open.truncate(MOST_LISTED);
        (open, left_out)
    }

    fn csv_since(&self, since: Timestamp) -> (Vec<u8>, u32) {
        let zone = &self.rules.shop.zone;
        let mut csv = csv::Writer::from_writer(Vec::new());
        let mut orders = 0;
        // Writing into memory does not fail.
        let _ = csv.write_record(COLUMNS);
        self.each_order(None, |order| {
            if order.placed_at >= since {
                let row = row_of(order, zone);
                let cells = row.cells().iter();
                let _ = csv.write_record(cells.map(|cell| spreadsheet_safe(cell).into_owned()));
                orders += 1;
            }
        });
        (csv.into_inner().unwrap_or_default(), orders)
    }
}

/// A record of figures that this version cannot read is begun anew.
fn or_none<T>(value: Result<Option<T>, crate::store::Undecodable>) -> Option<T> {
    value.ok().flatten()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::engine::tests::{engine, jobs};

    #[tokio::test]
    async fn the_day_s_figures_come_once_when_it_is_over_and_only_if_there_are_any() {
        let (engine, mut releases, _folder) = engine();
        let now = Timestamp::now();
        let used = Tokens {
            prompt: 5,
            completion: 1,
        };
        let uses = || {
            for (kind, count) in [("prompt", 5), ("completion", 1)] {
                let counter = engine.metrics.gpt_tokens.get_or_create(&Kind { kind });
                counter.inc_by(count);
            }
        };
        uses();
        let over = engine.look_at_day(now).unwrap();
        assert!(over > now);
        // Nothing has been ordered: nobody is told.
        let next = engine.look_at_day(over).unwrap();
        assert_eq!(jobs(&mut releases), []);
        let (_, _commit) = engine
            .transact(|tx| {
                engine.count_up(tx, |counters| {
                    counters.orders += 1;
                    counters.orders
                })
            })
            .unwrap();
        uses();
        engine.look_at_day(next).unwrap();
        let jobs = jobs(&mut releases);
        let [What::Report { span, closing }] = jobs.as_slice() else {
            panic!("{jobs:?}");
        };
        assert!(closing);
        assert_eq!((span.first, span.tokens), (1, used), "of this day alone");
        assert_eq!((span.from, span.to), (over, Some(next)));
        // The next day begins with nothing.
        let day = engine.store.get::<ShopDay>(ShopDay::KEY).unwrap().unwrap();
        assert_eq!((day.span.first, day.span.tokens), (2, Tokens::default()));
        assert_eq!(day.span.from, next);
    }
}
