//! The figures, as JSON and as a table.

use std::{fmt::Write as _, time::Duration};

use serde_json::{Map, Value, json};

/// Named figures in the order in which they were taken.
#[derive(Clone, Default)]
pub struct Report(Vec<(String, Value)>);

impl Report {
    pub fn add(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.push((name.into(), value.into()));
    }

    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
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

    /// A figure by its name.
    pub fn get(&self, name: &str) -> Option<f64> {
        let found = self.0.iter().find(|(n, _)| n == name);
        found.and_then(|(_, value)| value.as_f64())
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The median of each figure over several reports of the same measurement.
    pub fn median(reports: &[Self]) -> Self {
        let mut median = Self::default();
        for name in reports.first().into_iter().flat_map(Self::names) {
            let mut values: Vec<f64> = reports.iter().filter_map(|r| r.get(name)).collect();
            values.sort_unstable_by(f64::total_cmp);
            if let Some(value) = values.get(values.len() / 2) {
                median.add(name, *value);
            }
        }
        median
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
