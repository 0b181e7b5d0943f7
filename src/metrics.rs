//! What the bot counts and measures, for `/metrics`. No label ever holds personal data: labels are words of our own.

use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// One label `kind`, whose values are fixed words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Kind {
    /// The word.
    pub kind: &'static str,
}

/// Counters with one label `kind`.
pub type ByKind = Family<Kind, Counter>;

/// Gauges with one label `kind`.
pub type GaugeByKind = Family<Kind, Gauge>;

/// Histograms of seconds with one label `kind`.
pub type SecondsByKind = Family<Kind, Histogram, fn() -> Histogram>;

/// Adds one under `kind`.
pub fn count(family: &ByKind, kind: &'static str) {
    family.get_or_create(&Kind { kind }).inc();
}

/// Adds a duration under `kind`.
pub fn observe(family: &SecondsByKind, kind: &'static str, elapsed: std::time::Duration) {
    family
        .get_or_create(&Kind { kind })
        .observe(elapsed.as_secs_f64());
}

/// Sets a level under `kind`.
pub fn level(family: &GaugeByKind, kind: &'static str, value: usize) {
    family
        .get_or_create(&Kind { kind })
        .set(i64::try_from(value).unwrap_or(i64::MAX));
}

/// Everything the bot counts; one for the process, shared by all parts.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Updates taken from Telegram, by kind of update.
    pub updates: ByKind,
    /// Orders, by the status they reached.
    pub orders: ByKind,
    /// Parses, by source: `gpt`, `cache`, `local`.
    pub parses: ByKind,
    /// Time of a parse, by source.
    pub parse_seconds: SecondsByKind,
    /// Calls to the model, by outcome.
    pub gpt_calls: ByKind,
    /// Tokens, by `prompt`, `cached` and `completion`.
    pub gpt_tokens: ByKind,
    /// Calls to the Sheets API, by method and outcome.
    pub sheets_calls: ByKind,
    /// Calls to the Bot API, by outcome.
    pub telegram_calls: ByKind,
    /// Jobs that wait to be sent or written: `telegram`, `sheets`.
    pub outbox: GaugeByKind,
    /// Age in seconds of the oldest waiting job, by queue.
    pub outbox_age: GaugeByKind,
    /// Lengths of internal queues.
    pub queues: GaugeByKind,
    /// Errors, by class.
    pub errors: ByKind,
    /// Time from an update's arrival to the end of its handling, by kind.
    pub handling_seconds: SecondsByKind,
    /// Resident memory of the process.
    pub memory: Gauge,
}

fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.000_25, 4.0, 9))
}

impl Metrics {
    /// An empty set.
    #[must_use]
    pub fn new() -> Arc<Self> {
        let mut metrics = Self {
            registry: Registry::with_prefix("order_bot"),
            updates: ByKind::default(),
            orders: ByKind::default(),
            parses: ByKind::default(),
            parse_seconds: Family::new_with_constructor(seconds),
            gpt_calls: ByKind::default(),
            gpt_tokens: ByKind::default(),
            sheets_calls: ByKind::default(),
            telegram_calls: ByKind::default(),
            outbox: GaugeByKind::default(),
            outbox_age: GaugeByKind::default(),
            queues: GaugeByKind::default(),
            errors: ByKind::default(),
            handling_seconds: Family::new_with_constructor(seconds),
            memory: Gauge::default(),
        };
        metrics.register();
        Arc::new(metrics)
    }

    fn register(&mut self) {
        let Self { registry: r, .. } = self;
        r.register(
            "updates",
            "Updates taken from Telegram",
            self.updates.clone(),
        );
        r.register(
            "orders",
            "Orders by the status they reached",
            self.orders.clone(),
        );
        r.register("parses", "Messages parsed, by source", self.parses.clone());
        r.register_with_unit(
            "parse",
            "Time of a parse, by source",
            Unit::Seconds,
            self.parse_seconds.clone(),
        );
        r.register(
            "gpt_calls",
            "Calls to the model, by outcome",
            self.gpt_calls.clone(),
        );
        r.register(
            "gpt_tokens",
            "Tokens used, by kind",
            self.gpt_tokens.clone(),
        );
        r.register(
            "sheets_calls",
            "Calls to the Sheets API",
            self.sheets_calls.clone(),
        );
        r.register(
            "telegram_calls",
            "Calls to the Bot API",
            self.telegram_calls.clone(),
        );
        r.register(
            "outbox",
            "Jobs waiting to be sent or written",
            self.outbox.clone(),
        );
        r.register_with_unit(
            "outbox_age",
            "Age of the oldest waiting job",
            Unit::Seconds,
            self.outbox_age.clone(),
        );
        r.register(
            "queue_length",
            "Lengths of internal queues",
            self.queues.clone(),
        );
        r.register("errors", "Errors by class", self.errors.clone());
        r.register_with_unit(
            "handling",
            "Time from an update's arrival to the end of its handling",
            Unit::Seconds,
            self.handling_seconds.clone(),
        );
        r.register_with_unit(
            "resident_memory",
            "Resident memory of the process",
            Unit::Bytes,
            self.memory.clone(),
        );
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_stands_in_the_text() {
        let metrics = Metrics::new();
        count(&metrics.parses, "gpt");
        observe(
            &metrics.parse_seconds,
            "gpt",
            std::time::Duration::from_millis(3),
        );
        level(&metrics.outbox, "telegram", 7);
        let text = metrics.render();
        assert!(text.contains("order_bot_parses_total{kind=\"gpt\"} 1"));
        assert!(text.contains("order_bot_parse_seconds_count{kind=\"gpt\"} 1"));
        assert!(text.contains("order_bot_outbox{kind=\"telegram\"} 7"));
    }
}
