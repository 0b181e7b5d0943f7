//! `order-bot run`: the bot, until a signal ends it.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

use super::{Exit, Output};
use crate::app::{App, StartError};
use crate::check;
use crate::menu::Menu;
use crate::settings::{Environment, Log, Settings};
use crate::telemetry;

/// Runs the bot.
pub(super) async fn run(environment: &Environment, output: &mut Output<'_>) -> io::Result<Exit> {
    let settings = match Settings::read(environment) {
        Ok(settings) => settings,
        Err(problems) => return output.bad_configuration(&problems),
    };
    let Some(menu) = menu(&settings.menu_file, output)? else {
        return Ok(Exit::BadConfiguration);
    };
    // Listened for from the very start: a stop during a long start must not be lost.
    let shutdown = shutdown_signal()?;
    start_logging(&settings.log, environment, output)?;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        menu = menu.version(),
        "order-bot starts"
    );
    let app = match start(&settings, menu, output).await? {
        Ok(app) => app,
        Err(exit) => return Ok(exit),
    };
    match app.run(shutdown).await {
        Ok(()) => Ok(Exit::Ok),
        Err(e) => {
            writeln!(output.err, "order-bot: {e:#}")?;
            Ok(Exit::Failed)
        }
    }
}

/// Starts the bot; why it did not start is written.
pub(super) async fn start(
    settings: &Settings,
    menu: Menu,
    output: &mut Output<'_>,
) -> io::Result<Result<App, Exit>> {
    match App::start(settings, menu).await {
        Ok(app) => Ok(Ok(app)),
        Err(StartError::Settings(problems)) => {
            for problem in problems {
                writeln!(output.err, "{problem}")?;
            }
            Ok(Err(Exit::BadConfiguration))
        }
        Err(e) => {
            writeln!(output.err, "order-bot cannot start: {e:#}")?;
            Ok(Err(Exit::Failed))
        }
    }
}

/// The menu of a file; its problems are written, each with the variable that names the file.
pub(super) fn menu(file: &std::path::Path, output: &mut Output<'_>) -> io::Result<Option<Menu>> {
    match check::read_menu(file) {
        Ok(menu) => Ok(Some(menu)),
        Err(problems) => {
            for problem in problems {
                writeln!(output.err, "MENU_FILE: {}: {problem}", file.display())?;
            }
            Ok(None)
        }
    }
}

/// Logs from here on, beginning with what looks like a mistake among the variables.
pub(super) fn start_logging(
    log: &Log,
    environment: &Environment,
    output: &mut Output<'_>,
) -> io::Result<()> {
    if let Err(e) = telemetry::init(log) {
        writeln!(output.err, "order-bot: no log lines: {e}")?;
    }
    for warning in environment.warnings() {
        tracing::warn!("{warning}");
    }
    Ok(())
}

/// Resolves at SIGTERM, which `docker stop` sends, or SIGINT, which Ctrl-C does.
pub(super) fn shutdown_signal() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!(signal = name, "told to stop");
    })
}
