//! Runs the real program against the stand-ins.
//!
//! The stand-ins live on a runtime of their own, so that a test may block (in `drop`, say) while they go
//! on answering the program.

#![allow(dead_code)]

pub mod people;
pub mod program;
pub mod settings;
pub mod shop;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

/// The default limit of every wait.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The runtime of the stand-ins; lives as long as the process.
pub fn backstage() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder
            .worker_threads(2)
            .thread_name("backstage")
            .enable_all();
        builder.build().unwrap()
    })
}

/// Runs a future to its end from anywhere, also from `drop` within another runtime.
pub fn block_on<T: Send>(future: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let run = || backstage().block_on(future);
        scope.spawn(run).join().unwrap()
    })
}

/// Texts that must never appear in a log; clones share the list.
#[derive(Clone, Default)]
pub struct Canaries(Arc<Mutex<Vec<(String, String)>>>);

impl Canaries {
    /// Texts below this length occur in logs by chance ("ok", "Ann").
    const SHORTEST: usize = 6;

    /// `what` names it in the complaint, in place of the text itself.
    pub fn add(&self, what: &str, text: &str) {
        if text.len() >= Self::SHORTEST {
            let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            list.push((what.to_owned(), text.to_owned()));
        }
    }

    /// What was found in these lines: the first place of each text.
    pub fn found_in(&self, lines: &[String]) -> Vec<String> {
        let list = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut what_of = BTreeMap::new();
        for (what, text) in list {
            // Within a JSON line, the text stands escaped.
            let escaped = serde_json::to_string(&text).unwrap();
            what_of.insert(escaped.trim_matches('"').to_owned(), what.clone());
            what_of.insert(text, what);
        }
        let patterns: Vec<&String> = what_of.keys().collect();
        // All texts at once: a campaign has thousands of them and of lines.
        let search = aho_corasick::AhoCorasick::new(&patterns).unwrap();
        let mut found = BTreeMap::new();
        for line in lines {
            for hit in search.find_overlapping_iter(line) {
                found.entry(hit.pattern()).or_insert(line);
            }
        }
        let complain = |(pattern, line): (aho_corasick::PatternID, &String)| {
            let what = &what_of[patterns[pattern.as_usize()]];
            format!("{what} is in the log: {line}")
        };
        found.into_iter().map(complain).collect()
    }
}
