//! Load: the real program on loopback against stand-ins for Telegram, OpenAI and Google, driven by a crowd.
//!
//! `cargo run --release --example load` builds the program, measures its start and its idle memory, lets the
//! customers introduce themselves, takes orders as fast as they go (customers order by text, correct and confirm by
//! tap), then at a steady pace for the latencies, and at the end checks that each confirmed order stands exactly once
//! on a card and in the ledger. docs/PERFORMANCE.md says what the figures mean.
#![allow(
    clippy::print_stdout,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a program for developers: it prints its figures and stops at what it did not expect"
)]

mod crowd;
#[path = "../../tests/it/fakes/mod.rs"]
mod fakes;
mod process;
mod report;

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, ensure};
use clap::{Parser, ValueEnum};
use crowd::{Crowd, Pace};
use fakes::{
    google::Google,
    openai::{OpenAi, Thought},
};
use order_bot::{menu::Menu, standin::BotApi, understand::LocalParser};
use process::{Bot, cpu, load_average, memory};
use report::Report;

const TOKEN: &str = "7000000001:load";
const OPERATORS: i64 = -1_001_000_000_001;
const BOOK: &str = "book";
const OPENAI_KEY: &str = "sk-load";
const MENU: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/menu.json");

/// Measures the bot under load.
#[derive(Parser)]
struct Options {
    /// Orders to take as fast as they go.
    #[arg(long, default_value_t = 20_000)]
    orders: usize,
    /// Customers.
    #[arg(long, default_value_t = 1_000)]
    customers: usize,
    /// Customers with an order under way at the same time.
    #[arg(long, default_value_t = 64)]
    at_once: usize,
    /// Seconds at a steady pace, for the latencies.
    #[arg(long, default_value_t = 10.0)]
    steady_seconds: f64,
    /// Orders in each of these seconds; each is three updates.
    #[arg(long, default_value_t = 10.0)]
    steady_rate: f64,
    /// Starts to measure.
    #[arg(long, default_value_t = 5)]
    starts: usize,
    /// Where rows go.
    #[arg(long, value_enum, default_value_t = Rows::Csv)]
    rows: Rows,
    /// With a stand-in for the model; each text is asked once, then it is in the cache.
    #[arg(long)]
    openai: bool,
    /// With personal data encrypted on disk.
    #[arg(long)]
    sealed: bool,
    /// The program; none: it is built in the release profile.
    #[arg(long)]
    bot: Option<PathBuf>,
    /// Where the figures go as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Rows {
    Csv,
    Sheets,
}

struct Fakes {
    telegram: BotApi,
    google: Google,
    openai: OpenAi,
}

impl Fakes {
    async fn start() -> anyhow::Result<Self> {
        let telegram = BotApi::start(TOKEN).await?;
        telegram.group(OPERATORS, "Kitchen", &[]);
        let google = Google::start().await;
        google.add_spreadsheet(BOOK, &["Orders"]);
        let openai = OpenAi::start(OPENAI_KEY).await;
        openai.forget_requests();
        let menu = std::fs::read_to_string(MENU)?;
        let menu = Menu::parse(&menu).map_err(|_| anyhow::anyhow!("the menu is wrong"))?;
        let parser = LocalParser::new(&menu);
        openai.brain(move |asked| {
            let order = parser.parse(text_of(&asked.user)).order;
            Thought::Json(serde_json::to_value(order).unwrap())
        });
        Ok(Self {
            telegram,
            google,
            openai,
        })
    }

    fn environment(&self, data: &Path, options: &Options) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        let mut set = |name: &str, value: &str| {
            all.insert(name.to_owned(), value.to_owned());
        };
        set("TELEGRAM_TOKEN", TOKEN);
        set("TELEGRAM_API_URL", &self.telegram.url());
        set("TELEGRAM_MESSAGES_PER_SECOND", "0");
        set("RATE_LIMIT_PER_MINUTE", "0");
        set("OPERATOR_CHAT_ID", &OPERATORS.to_string());
        set("MENU_FILE", MENU);
        set("DATA_DIR", &data.to_string_lossy());
        set("HTTP_ADDR", "127.0.0.1:0");
        if options.rows == Rows::Sheets {
            let account = self.google.service_account();
            set("GOOGLE_SERVICE_ACCOUNT_JSON", &account);
            set("SHEETS_SPREADSHEET_ID", BOOK);
            set("SHEETS_API_URL", &self.google.url());
        }
        if options.openai {
            set("OPENAI_API_KEY", OPENAI_KEY);
            set("OPENAI_BASE_URL", &self.openai.url());
        }
        if options.sealed {
            set("DATA_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        }
        all
    }

    /// Calls so far, by service and method.
    fn calls(&self) -> BTreeMap<String, usize> {
        let mut calls = BTreeMap::new();
        self.telegram.with(|state| {
            for call in state.calls() {
                *calls
                    .entry(format!("telegram {}", call.method))
                    .or_default() += 1;
            }
        });
        for call in self.google.calls() {
            *calls.entry(format!("google {}", call.name)).or_default() += 1;
        }
        calls
    }

    /// Starts the bot and waits for its first poll: the time that took, from before the process was made.
    async fn start_bot(
        &self,
        program: &Path,
        environment: &BTreeMap<String, String>,
        log: &Path,
    ) -> anyhow::Result<(Bot, Duration)> {
        let seen = self.telegram.with(|state| state.calls().len());
        let bot = Bot::start(program, environment, log)?;
        let first_poll = self.telegram.wait_for(Duration::from_secs(10), |state| {
            let mut new = state.calls().iter().skip(seen);
            new.find(|call| call.method == "getUpdates")
                .map(|call| call.at)
        });
        let polled = first_poll.await.context("the bot never polled")?;
        let took = polled.duration_since(bot.started);
        Ok((bot, took))
    }
}

/// The customer's words within the fence of the prompt.
fn text_of(user: &str) -> &str {
    let inner = user
        .split_once('>')
        .and_then(|(_, rest)| rest.rsplit_once("</"));
    inner.map_or(user, |(text, _)| text.trim())
}

fn build() -> anyhow::Result<PathBuf> {
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--bin", "order-bot"]);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    ensure!(cargo.status()?.success(), "the program could not be built");
    let here = std::env::current_exe()?;
    // target/<profile>/examples/load
    let target = here.ancestors().nth(3).context("no target folder")?;
    Ok(target.join("release").join("order-bot"))
}

/// The order ids in the ledger, each with the number of its rows.
fn rows(options: &Options, fakes: &Fakes, data: &Path) -> anyhow::Result<HashMap<String, usize>> {
    let mut ids = HashMap::new();
    match options.rows {
        Rows::Csv => {
            let mut file = csv::Reader::from_path(data.join("orders.csv"))?;
            for row in file.records() {
                *ids.entry(row?.get(0).unwrap_or_default().to_owned())
                    .or_default() += 1;
            }
        }
        Rows::Sheets => {
            for row in fakes
                .google
                .sheet(BOOK, "Orders")
                .grid()
                .into_iter()
                .skip(1)
            {
                *ids.entry(row.first().cloned().unwrap_or_default())
                    .or_default() += 1;
            }
        }
    }
    Ok(ids)
}

/// Waits until the ledger has so many rows; looks rarely, because looking costs time too.
async fn rows_written(
    options: &Options,
    fakes: &Fakes,
    data: &Path,
    number: usize,
) -> anyhow::Result<()> {
    for _ in 0..600 {
        if rows(options, fakes, data)?.len() >= number {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("rows are missing a minute after the last order")
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let program = match &options.bot {
        Some(program) => program.clone(),
        None => build()?,
    };
    let fakes = Fakes::start().await?;
    // Beside the build, which is on a disk; the system's folder may be in memory.
    let beside = program.parent().context("the program has no folder")?;
    let folder = tempfile::tempdir_in(beside)?;
    let log = folder.path().join("log");
    let mut report = Report::default();
    report.add("rows", format!("{:?}", options.rows).to_lowercase());
    report.add("openai", options.openai);
    report.add("sealed", options.sealed);
    report.add("customers", options.customers);
    report.add("load_average", load_average());

    let result = measure(&options, &fakes, &program, folder.path(), &log, &mut report).await;
    if result.is_err() {
        let log = std::fs::read_to_string(&log).unwrap_or_default();
        let tail: Vec<_> = log.lines().rev().take(20).collect();
        println!("{}the end of the bot's log:", report.table());
        tail.iter().rev().for_each(|line| println!("{line}"));
    }
    result?;
    println!("{}", report.table());
    println!("{}", report.json());
    if let Some(file) = &options.json {
        std::fs::write(file, format!("{:#}\n", report.json()))?;
    }
    Ok(())
}

async fn measure(
    options: &Options,
    fakes: &Fakes,
    program: &Path,
    folder: &Path,
    log: &Path,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut polls = Vec::new();
    for n in 1..options.starts {
        let data = folder.join(format!("start-{n}"));
        let environment = fakes.environment(&data, options);
        let (bot, took) = fakes.start_bot(program, &environment, log).await?;
        polls.push(took);
        bot.stop().await?;
    }
    let data = folder.join("data");
    let environment = fakes.environment(&data, options);
    let (mut bot, took) = fakes.start_bot(program, &environment, log).await?;
    polls.push(took);
    polls.sort_unstable();
    report.ms("first_poll_best_ms", *polls.first().unwrap());
    report.ms("first_poll_median_ms", *polls.get(polls.len() / 2).unwrap());
    tokio::time::sleep(Duration::from_secs(2)).await;
    report.number("memory_idle_mb", memory(bot.pid, "VmRSS"));

    let mut crowd = Crowd::new(&fakes.telegram, OPERATORS, options.customers);
    crowd
        .order(options.customers, Pace::AtOnce(options.at_once))
        .await?;
    rows_written(options, fakes, &data, options.customers).await?;
    report.number("memory_after_introductions_mb", memory(bot.pid, "VmRSS"));

    let before = fakes.calls();
    let (bot_cpu, own_cpu) = (cpu(bot.pid), cpu(std::process::id()));
    let began = std::time::Instant::now();
    let tally = crowd
        .order(options.orders, Pace::AtOnce(options.at_once))
        .await?;
    let cpus = (cpu(bot.pid) - bot_cpu, cpu(std::process::id()) - own_cpu);
    rows_written(options, fakes, &data, options.customers + options.orders).await?;
    let with_rows = began.elapsed();
    let orders = options.orders as f64;
    report.add("orders", options.orders);
    report.add("at_once", options.at_once);
    report.number("orders_per_second", orders / tally.took.as_secs_f64());
    report.number(
        "orders_per_second_with_rows",
        orders / with_rows.as_secs_f64(),
    );
    report.number("bot_cpu_per_order_ms", cpus.0.as_secs_f64() * 1e3 / orders);
    report.number("bot_cores", cpus.0.as_secs_f64() / tally.took.as_secs_f64());
    report.number(
        "driver_cpu_per_order_ms",
        cpus.1.as_secs_f64() * 1e3 / orders,
    );
    report.number(
        "driver_cores",
        cpus.1.as_secs_f64() / tally.took.as_secs_f64(),
    );
    report.number("memory_peak_mb", memory(bot.pid, "VmHWM"));
    report.latency("loaded_update_to_draft", tally.update_to_draft);
    report.latency("loaded_tap_to_placed", tally.tap_to_placed);
    report.add("second_taps", tally.second_taps);
    for (name, calls) in fakes.calls() {
        let calls = calls - before.get(&name).copied().unwrap_or_default();
        let per_order = (calls as f64 / orders * 1e4).round() / 1e4;
        report.add(format!("calls_per_order {name}"), per_order);
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let steady = (options.steady_rate * options.steady_seconds) as usize;
    if steady > 0 {
        let bot_cpu = cpu(bot.pid);
        let tally = crowd
            .order(steady, Pace::PerSecond(options.steady_rate))
            .await?;
        let bot_cpu = cpu(bot.pid) - bot_cpu;
        report.number("steady_orders_per_second", options.steady_rate);
        report.number(
            "steady_bot_cpu_per_order_ms",
            bot_cpu.as_secs_f64() * 1e3 / steady as f64,
        );
        report.latency("steady_update_to_draft", tally.update_to_draft);
        report.latency("steady_tap_to_placed", tally.tap_to_placed);
    }

    let all = options.customers + options.orders + steady;
    rows_written(options, fakes, &data, all).await?;
    report.number("memory_end_mb", memory(bot.pid, "VmRSS"));
    bot.check()?;
    report.ms("stop_ms", bot.stop().await?);
    verify(options, fakes, &data, &crowd, all)?;
    report.add("verified_orders", all);
    report.add("load_average_after", load_average());
    Ok(())
}

/// Each order that a customer was told is placed stands exactly once on a card and in the ledger, and nothing else.
fn verify(
    options: &Options,
    fakes: &Fakes,
    data: &Path,
    crowd: &Crowd<'_>,
    all: usize,
) -> anyhow::Result<()> {
    let rows = rows(options, fakes, data)?;
    ensure!(
        crowd.placed.len() == all,
        "{} orders were placed",
        crowd.placed.len()
    );
    for (name, seen) in [("cards", &crowd.cards), ("rows", &rows)] {
        let once = seen
            .iter()
            .all(|(id, n)| *n == 1 && crowd.placed.contains(id));
        ensure!(
            once && seen.len() == all,
            "{} {name} for {all} orders",
            seen.len()
        );
    }
    let text = std::fs::read_to_string(data.join("customers.json"))?;
    let customers: serde_json::Value = serde_json::from_str(&text)?;
    let customers = customers["customers"]
        .as_object()
        .map_or(0, serde_json::Map::len);
    ensure!(
        customers == options.customers,
        "{customers} customers on disk"
    );
    fakes.telegram.with(|state| {
        let unanswered = state.taps().iter().filter(|tap| tap.answers == 0).count();
        ensure!(unanswered == 0, "{unanswered} taps were never answered");
        ensure!(state.unacknowledged() == 0, "updates were not acknowledged");
        ensure!(state.unexpected().is_empty(), "unexpected methods");
        Ok(())
    })?;
    let refused = fakes.telegram.with(|state| {
        let refused = state.calls().iter().filter(|call| call.status >= 400);
        refused.count()
    });
    ensure!(refused == 0, "{refused} calls were refused");
    let complaints = fakes.google.complaints();
    ensure!(complaints.is_empty(), "Google complains: {complaints:?}");
    Ok(())
}
