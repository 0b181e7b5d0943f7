//! The command line: what can be asked of `order-bot`, and how it answers with an exit code.

mod customers;
mod demo;
mod folder;
mod menu;
mod orders;
mod parse;
mod remote;
mod run;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::check::{self, Check};
use crate::http;
use crate::settings::{Environment, Problem, Settings, read_http_addr};

/// An order-taking Telegram bot for a small food shop. Its settings are environment variables: see `order-bot check`.
#[derive(Debug, Parser)]
#[command(name = "order-bot", version, about)]
pub struct Cli {
    /// What to do; nothing: run.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be asked of `order-bot`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the bot until it is told to stop.
    Run,
    /// Try the whole bot in this terminal, without any account or key.
    Demo,
    /// Read one message a line on standard input, write one parsed order a line.
    Parse(ParseArgs),
    /// Look after placed orders.
    Orders {
        /// What to do with them.
        #[command(subcommand)]
        command: OrdersCommand,
    },
    /// Look after customers' data.
    Customers {
        /// What to do with it.
        #[command(subcommand)]
        command: CustomersCommand,
    },
    /// Copy the data folder into one file, also while the bot runs.
    Backup {
        /// The file; it holds personal data.
        file: PathBuf,
    },
    /// Put a backup back into the data folder; the bot must not run.
    Restore(RestoreArgs),
    /// Encrypt the data folder with DATA_KEY in place of DATA_KEY_OLD; the bot must not run.
    Rekey,
    /// Name every setting and every problem, then try what the bot depends on.
    Check(CheckArgs),
    /// Ask the running bot for its health; exit code 0 or 1.
    Health(HealthArgs),
    /// Look after the menu.
    Menu {
        /// What to do with it.
        #[command(subcommand)]
        command: MenuCommand,
    },
}

/// What can be done with customers' data.
#[derive(Debug, Subcommand)]
pub enum CustomersCommand {
    /// Write all that is kept about one customer to standard output, as JSON.
    Export {
        /// Their Telegram user id.
        id: u64,
    },
    /// Delete everything about one customer; their orders keep the figures alone.
    Forget(ForgetArgs),
}

/// What `customers forget` is told.
#[derive(Debug, Args)]
pub struct ForgetArgs {
    /// Their Telegram user id.
    pub id: u64,
    /// Also while an order of theirs is under way.
    #[arg(long)]
    pub force: bool,
}

/// What `restore` is told.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup.
    pub file: PathBuf,
    /// Also over a data folder that holds what the backup does not.
    #[arg(long)]
    pub force: bool,
}

/// What `check` is told.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Try only what is on this machine.
    #[arg(long)]
    pub offline: bool,
}

/// What `health` is told.
#[derive(Debug, Args)]
pub struct HealthArgs {
    /// Where the bot serves its health; unset: at HTTP_ADDR.
    #[arg(long)]
    pub url: Option<String>,
}

/// What can be done with a menu.
#[derive(Debug, Subcommand)]
pub enum MenuCommand {
    /// Name every problem in a menu file, with its JSON path.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Write MENU_FILE's menu into the spreadsheet's tabs Menu, Options and Hours, to be kept there from now on.
    Push {
        /// Also over tabs that hold something.
        #[arg(long)]
        force: bool,
    },
}

/// What `parse` is told.
#[derive(Debug, Args)]
pub struct ParseArgs {
    /// The menu; unset: MENU_FILE.
    #[arg(long, value_name = "FILE")]
    pub menu: Option<PathBuf>,
    /// What reads the messages.
    #[arg(long, value_enum, default_value_t = ParserChoice::Auto)]
    pub parser: ParserChoice,
}

/// What reads messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ParserChoice {
    /// The embedded parser.
    Local,
    /// The model alone.
    Gpt,
    /// The embedded parser where it is certain, else the model where a key is set; the embedded parser again where
    /// that fails. What the bot does with PARSER=auto.
    Auto,
}

/// What can be done with orders.
#[derive(Debug, Subcommand)]
pub enum OrdersCommand {
    /// Write the orders held locally to standard output.
    Export(ExportArgs),
}

/// What `orders export` is told.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = ExportFormat::Csv)]
    pub format: ExportFormat,
    /// Only orders placed on this day or later, as YYYY-MM-DD in the shop's time zone.
    #[arg(long, value_name = "DATE")]
    pub since: Option<Date>,
}

/// Form of exported orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A row an order, first row the header.
    Csv,
    /// An array of objects.
    Json,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All well.
    Ok,
    /// Something failed.
    Failed,
    /// The settings are wrong.
    BadConfiguration,
}

impl Exit {
    /// `Ok` or `Failed`.
    #[must_use]
    pub const fn of(well: bool) -> Self {
        if well { Self::Ok } else { Self::Failed }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Ok => ExitCode::SUCCESS,
            Exit::Failed => ExitCode::FAILURE,
            Exit::BadConfiguration => ExitCode::from(2),
        }
    }
}

/// Where a command writes: standard output for what was asked, standard error for what stands in its way.
pub struct Output<'a> {
    /// For what was asked.
    pub out: &'a mut (dyn Write + Send),
    /// For problems.
    pub err: &'a mut (dyn Write + Send),
}

impl Output<'_> {
    /// Names problems with the settings.
    fn bad_configuration(&mut self, problems: &[Problem]) -> io::Result<Exit> {
        check::write_problems(self.err, problems)?;
        Ok(Exit::BadConfiguration)
    }
}

/// Does what was asked.
///
/// # Errors
/// When the output cannot be written.
pub async fn run(
    command: Option<Command>,
    environment: &Environment,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    match command.unwrap_or(Command::Run) {
        Command::Run => run::run(environment, output).await,
        Command::Demo => demo::run(environment, output).await,
        Command::Parse(args) => parse::run(args, environment, output).await,
        Command::Orders {
            command: OrdersCommand::Export(args),
        } => orders::export(&args, environment, output),
        Command::Customers { command } => match command {
            CustomersCommand::Export { id } => customers::export(id, environment, output),
            CustomersCommand::Forget(args) => customers::forget(&args, environment, output).await,
        },
        Command::Backup { file } => folder::backup(&file, environment, output).await,
        Command::Restore(args) => folder::restore(&args, environment, output),
        Command::Rekey => folder::rekey(environment, output),
        Command::Check(args) => run_check(&args, environment, output, remote::checks).await,
        Command::Health(args) => run_health(args, environment, output).await,
        Command::Menu { command } => match command {
            MenuCommand::Check { file } => check_menu(&file, output),
            MenuCommand::Push { force } => menu::push(force, environment, output).await,
        },
    }
}

/// `check`: `remote` gives the checks of other machines' services.
async fn run_check(
    args: &CheckArgs,
    environment: &Environment,
    output: &mut Output<'_>,
    remote: impl FnOnce(&Settings) -> Vec<Check<'static>>,
) -> io::Result<Exit> {
    check::write_settings(output.out, environment)?;
    let settings = match Settings::read(environment) {
        Ok(settings) => settings,
        Err(problems) => return output.bad_configuration(&problems),
    };
    let (dir, menu) = (settings.data_dir.clone(), settings.menu_file.clone());
    let mut checks = vec![
        Check::new("data folder", async move {
            check::data_folder(&dir, check::lock)
        }),
        Check::new("menu", async move { check::menu(&menu) }),
    ];
    if !args.offline {
        checks.extend(remote(&settings));
    }
    check::run(output.out, checks).await.map(Exit::of)
}

/// `health`: needs no setting but the address, so that it works whatever else is wrong.
async fn run_health(
    args: HealthArgs,
    environment: &Environment,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let url = match (args.url, read_http_addr(environment)) {
        (Some(url), _) => url,
        (None, Ok(addr)) => http::health_url(addr),
        (None, Err(problem)) => return output.bad_configuration(&[problem]),
    };
    match http::ask(&url).await {
        Ok(answer) => {
            writeln!(output.out, "{}", answer.line)?;
            Ok(Exit::of(answer.healthy))
        }
        Err(error) => {
            writeln!(output.err, "health: {error}")?;
            Ok(Exit::Failed)
        }
    }
}

/// `menu check`.
fn check_menu(file: &std::path::Path, output: &mut Output<'_>) -> io::Result<Exit> {
    let name = file.display();
    match check::read_menu(file) {
        Ok(menu) => {
            writeln!(output.out, "{name}: ok, {}", check::summary(&menu))?;
            Ok(Exit::Ok)
        }
        Err(problems) => {
            for problem in &problems {
                writeln!(output.out, "{name}: {problem}")?;
            }
            Ok(Exit::Failed)
        }
    }
}

#[cfg(test)]
mod tests;
