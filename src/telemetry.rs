//! Log lines: one a line to standard error, for standard output belongs to the commands.
//!
//! Whatever `LOG_LEVEL` says, no other crate than this one may say more than a warning, and those that print tokens
//! or customers' words even then say nothing at all. What they have to tell, we log where we call them.

use std::any::Any;
use std::panic::PanicHookInfo;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{EnvFilter, Layer as _, filter, fmt};

use crate::settings::{Log, LogFormat};

/// Our own targets: the library's and the program's modules.
const OWN: &str = "order_bot";

/// Crates that print secrets or customers' words at the level of a warning or an error: bodies of answers that do not
/// decode (`async_openai`), updates that nobody handled or that do not decode (`teloxide`, `dptree`).
const SILENT: &[&str] = &["async_openai", "teloxide", "teloxide_core", "dptree"];

/// Most that a target may log, whatever the filter asks for. The rest of the world gets warnings: below that,
/// `yup_oauth2` prints access tokens, `hyper`, `h2`, `reqwest` and `rustls` print what goes over the wire.
fn cap(target: &str) -> LevelFilter {
    let root = target.split("::").next().unwrap_or_default();
    if root == OWN {
        LevelFilter::TRACE
    } else if SILENT.contains(&root) {
        LevelFilter::OFF
    } else {
        LevelFilter::WARN
    }
}

/// A subscriber that writes log lines to `writer`.
pub fn subscriber<W>(log: &Log, writer: W) -> impl Subscriber + Send + Sync + use<W>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // The filter was checked when the settings were read.
    let wanted = EnvFilter::new(&log.level);
    let capped = filter::filter_fn(|metadata| *metadata.level() <= cap(metadata.target()));
    let lines = fmt::layer().with_writer(writer);
    let lines = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        LogFormat::Text => lines.with_ansi(false).boxed(),
    };
    tracing_subscriber::registry()
        .with(wanted)
        .with(capped)
        .with(lines)
}

/// Sends all log lines of the process to standard error, those of the `log` crate too, and logs panics.
///
/// # Errors
/// When it was called before.
pub fn init(log: &Log) -> Result<(), TryInitError> {
    subscriber(log, std::io::stderr).try_init()?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// Until there are logs, and for commands that have none: a panic says where it happened, and nothing of its message.
pub fn withhold_panics() {
    use std::io::Write as _;

    std::panic::set_hook(Box::new(|info| {
        let location = info.location().map(ToString::to_string);
        let location = location.as_deref().unwrap_or("an unknown place");
        let what = literal(info.payload());
        // Nobody is left to hear that it could not be written.
        let _ = writeln!(
            std::io::stderr(),
            "order-bot: a defect in the program, at {location}: {what}"
        );
    }));
}

/// Logs where a panic happened. Its message only where it is a text of the program: a formatted one may hold
/// anything, such as the value that a failed `unwrap` shows.
fn log_panic(info: &PanicHookInfo<'_>) {
    let location = info.location().map(ToString::to_string);
    tracing::error!(
        panic.location = location.as_deref().unwrap_or("unknown"),
        panic.message = literal(info.payload()),
        thread = std::thread::current().name().unwrap_or("unnamed"),
        "the program panicked"
    );
}

fn literal(payload: &(dyn Any + Send)) -> &'static str {
    payload
        .downcast_ref::<&'static str>()
        .copied()
        .unwrap_or("(withheld: it may hold personal data)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_targets_may_say_all() {
        assert_eq!(cap("order_bot"), LevelFilter::TRACE);
        assert_eq!(cap("order_bot::store::journal"), LevelFilter::TRACE);
        assert_eq!(cap("order_botnet"), LevelFilter::WARN);
        assert_eq!(cap("hyper::proto::h1"), LevelFilter::WARN);
        assert_eq!(cap("teloxide::dispatching"), LevelFilter::OFF);
    }

    #[test]
    fn a_panic_s_formatted_message_is_withheld() {
        let name = "canary";
        let payload: Box<dyn Any + Send> = Box::new(format!("no such customer: {name}"));
        assert!(!literal(payload.as_ref()).contains(name));
        let payload: Box<dyn Any + Send> = Box::new("a lane is missing");
        assert_eq!(literal(payload.as_ref()), "a lane is missing");
    }
}
