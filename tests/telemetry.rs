//! What other crates log never comes out above their cap. A process of its own, for the bridge from the `log` crate is
//! global.
#![allow(clippy::unwrap_used)]

use std::io;
use std::sync::{Arc, Mutex};

use order_bot::settings::{Log, LogFormat};
use order_bot::telemetry;
use tracing_subscriber::util::SubscriberInitExt as _;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[test]
fn no_log_level_lifts_the_caps_of_other_crates() {
    let lines = Lines::default();
    let writer = lines.clone();
    let log = Log {
        format: LogFormat::Json,
        level: "trace,async_openai=trace,yup_oauth2=trace,teloxide::dispatching=trace,hyper=trace"
            .to_owned(),
    };
    telemetry::subscriber(&log, move || writer.clone())
        .try_init()
        .unwrap();

    for target in [
        "async_openai::error",
        "teloxide::dispatching",
        "teloxide_core",
        "dptree",
    ] {
        log::error!(target: target, "canary {target}");
    }
    tracing::error!(target: "async_openai::error", "canary body");
    for target in [
        "yup_oauth2::storage",
        "hyper::client",
        "reqwest::connect",
        "h2",
        "rustls::client",
        "hyper_util",
    ] {
        log::info!(target: target, "canary {target}");
        log::trace!(target: target, "canary {target}");
    }
    tracing::info!(target: "hyper_util::client", "canary info");
    tracing::trace!(target: "google_sheets4", "canary trace");
    let span = tracing::info_span!(target: "reqwest", "request", url = "canary");
    span.in_scope(
        || tracing::trace!(target: "order_bot::own", { http.addr = "127.0.0.1:1" }, "ours"),
    );
    log::warn!(target: "yup_oauth2", "a warning of theirs");

    let text = lines.text();
    assert!(!text.contains("canary"), "{text}");
    let parsed: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(parsed.len(), 2, "{text}");
    assert_eq!(parsed[0]["message"], "ours");
    assert_eq!(parsed[0]["http.addr"], "127.0.0.1:1");
    assert_eq!(parsed[1]["message"], "a warning of theirs");
}
