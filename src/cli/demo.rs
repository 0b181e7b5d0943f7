//! `order-bot demo`: the whole bot in this terminal, without any account.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use tokio_util::sync::CancellationToken;

use super::run::{menu, shutdown_signal, start, start_logging};
use super::{Exit, Output};
use crate::demo::{self, Stage, Terminal};
use crate::menu::Menu;
use crate::settings::{Environment, Problem, Settings};

/// Shows the bot.
pub(super) async fn run(process: &Environment, output: &mut Output<'_>) -> io::Result<Exit> {
    let shutdown = shutdown_signal()?;
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        shutdown.await;
        told.cancel();
    });
    let stage = Stage::open().await?;
    let folder = match process.is_given("DATA_DIR") {
        true => None,
        false => Some(demo::fresh_folder()?),
    };
    let environment = stage.environment(process, folder.as_deref());
    let settings = match Settings::read(&environment) {
        Ok(settings) => settings,
        Err(problems) => return output.bad_configuration(&problems),
    };
    let given = process.is_given("MENU_FILE");
    let Some(menu) = menu_of(&settings.menu_file, given, output)? else {
        return Ok(Exit::BadConfiguration);
    };
    if let Err(problem) = claim(&settings.data_dir) {
        return output.bad_configuration(&[problem]);
    }
    start_logging(&settings.log, &environment, output)?;
    let app = match start(&settings, menu, output).await? {
        Ok(app) => app,
        Err(exit) => return Ok(exit),
    };
    let screen = io::stdout().is_terminal();
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let terminal = Terminal {
        input: tokio::io::stdin(),
        output: output.out,
        interactive: io::stdin().is_terminal(),
        colours: screen && !dumb && !no_color,
    };
    match demo::play(&stage, app, &settings.data_dir, terminal, stop).await? {
        Ok(()) => Ok(Exit::Ok),
        Err(e) => {
            writeln!(output.err, "order-bot: {e:#}")?;
            Ok(Exit::Failed)
        }
    }
}

/// The menu of a file that was given or lies here, else the one that comes with the program.
fn menu_of(file: &Path, given: bool, output: &mut Output<'_>) -> io::Result<Option<Menu>> {
    if given || file.exists() {
        return menu(file, output);
    }
    match demo::sample_menu() {
        Ok(menu) => Ok(Some(menu)),
        Err(problems) => {
            for problem in problems {
                writeln!(output.err, "the sample menu: {problem}")?;
            }
            Ok(None)
        }
    }
}

fn claim(folder: &Path) -> Result<(), Problem> {
    let (what, fix) = match demo::claim(folder) {
        Ok(true) => return Ok(()),
        Ok(false) => (
            "holds the data of a bot, which the demo would spoil".to_owned(),
            "unset it, or name a new folder",
        ),
        Err(e) => (
            format!("cannot be written ({})", e.kind()),
            "unset it, or name a folder that can be written",
        ),
    };
    Err(Problem {
        variable: "DATA_DIR".to_owned(),
        what,
        fix: fix.to_owned(),
    })
}
