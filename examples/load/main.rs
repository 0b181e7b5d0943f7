//! Load: real programs on loopback against stand-ins for Telegram, OpenAI and Google, driven by a crowd.
//!
//! `cargo run --release --example load` builds the bot, measures its start and its idle memory, takes orders as fast as
//! they go (customers order by text, correct by text and confirm by tap), then at a steady pace for the latencies, and
//! at the end checks that each confirmed order stands exactly once on a card and in the ledger.
//! `compare` does the same with the floor, the bot and the peer; `day` counts the model's calls of a realistic day;
//! `growth` draws curves of cost. docs/PERFORMANCE.md says what the figures mean.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a program for developers: it prints its figures and stops at what it did not expect"
)]

mod compare;
mod crowd;
mod day;
#[path = "../../tests/it/fakes/mod.rs"]
mod fakes;
mod growth;
mod measure;
mod plot;
mod process;
mod report;
mod services;
mod subject;

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use serde_json::Value;

use compare::Compare;
use growth::Growth;
use measure::{Load, measure};
use process::load_average;
use report::Report;
use services::{Rows, Setup};
use subject::{Subject, programs};

/// The sample menu.
const MENU: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/menu.json");

/// Measures the bot under load.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    one: One,
    /// The programs are built; without it they are built in the release profile first.
    #[arg(long, global = true)]
    built: bool,
    /// Where the figures go as JSON.
    #[arg(long, global = true)]
    json: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// The floor, the bot and the peer in one run, with the targets.
    Compare {
        #[command(flatten)]
        load: Load,
        #[command(flatten)]
        compare: Compare,
    },
    /// The model's calls on a realistic day.
    Day(day::Day),
    /// Curves of the cost of an order against what grows.
    Growth(Growth),
}

#[derive(Args)]
struct One {
    #[command(flatten)]
    load: Load,
    /// Where rows go.
    #[arg(long, value_enum, default_value_t = Rows::Csv)]
    rows: Rows,
    /// With a stand-in for the model; each text is asked once, then it is in the cache.
    #[arg(long)]
    openai: bool,
    /// With personal data encrypted on disk.
    #[arg(long)]
    sealed: bool,
}

async fn one(one: One, built: bool) -> anyhow::Result<Value> {
    let bot = programs(built)?.0;
    let setup = Setup {
        rows: one.rows,
        model: one.openai.then_some("gpt"),
        sealed: one.sealed,
        details: true,
    };
    let mut report = Report::default();
    report.add("rows", format!("{:?}", one.rows).to_lowercase());
    report.add("openai", one.openai);
    report.add("sealed", one.sealed);
    report.add("customers", one.load.customers);
    report.add("at_once", one.load.at_once);
    report.add("load_average", load_average());
    report.append(measure(&Subject::bot(bot), setup, Path::new(MENU), &one.load).await?);
    report.add("load_average_after", load_average());
    println!("{}", report.table());
    Ok(report.json())
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let figures = match cli.command {
        None => one(cli.one, cli.built).await?,
        Some(Command::Compare { load, compare }) => {
            compare::compare(&load, &compare, cli.built).await?
        }
        Some(Command::Day(options)) => day::day(&options, cli.built).await?,
        Some(Command::Growth(options)) => growth::growth(&options, cli.built).await?,
    };
    println!("{figures}");
    if let Some(file) = &cli.json {
        std::fs::write(file, format!("{figures:#}\n"))?;
    }
    Ok(())
}
