//! The figures, as JSON and as a table.

use std::{fmt::Write as _, time::Duration};

use serde_json::{Map, Value, json};

/// Named figures in the order in which they were taken.
#[derive(Default)]
pub struct Report(Vec<(String, Value)>);

impl Report {
    pub fn add(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.push((name.into(), value.into()));
    }

    /// Two decimals are enough for everything here.
    pub fn number(&mut self, name: impl Into<String>, value: f64) {
        self.add(name, (value * 100.0).round() / 100.0);
    }

    pub fn ms(&mut self, name: impl Into<String>, value: Duration) {
        self.number(name, value.as_secs_f64() * 1e3);
    }

    /// Median, 99th percentile and maximum, in milliseconds.
    pub fn latency(&mut self, name: &str, mut values: Vec<Duration>) {
        values.sort_unstable();
        let at = |part: usize| values.get(values.len() * part / 100).or(values.last());
        for (word, value) in [("p50", at(50)), ("p99", at(99)), ("max", values.last())] {
            if let Some(value) = value {
                self.ms(format!("{name}_{word}_ms"), *value);
            }
        }
    }

    pub fn json(&self) -> Value {
        let mut all = Map::new();
        for (name, value) in &self.0 {
            all.insert(name.clone(), value.clone());
        }
        json!(all)
    }

    pub fn table(&self) -> String {
        let width = self.0.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        self.0.iter().fold(String::new(), |mut out, (name, value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let _ = writeln!(out, "{name:width$}  {value}");
            out
        })
    }
}
