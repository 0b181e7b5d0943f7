//! The bot beside its neighbours, in one run: the floor below it, and the peer that a user would pick instead.

use std::{fmt::Write as _, path::PathBuf};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    MENU,
    measure::{Load, measure},
    process::cores,
    report::Report,
    services::{Rows, Setup},
    subject::{Subject, programs},
};

/// Which neighbours, how often.
#[derive(Args, Clone, Debug)]
pub struct Compare {
    /// An interpreter with the packages of benches/peer/requirements.txt; none: without the peer.
    #[arg(long)]
    pub peer: Option<PathBuf>,
    /// Times that floor and bot are measured in turn; the median counts.
    #[arg(long, default_value_t = 3)]
    pub rounds: usize,
    /// Orders for the peer, which takes some twenty times as long for each.
    #[arg(long, default_value_t = 2_000)]
    pub peer_orders: usize,
}

const BARE: Setup = Setup {
    rows: Rows::Csv,
    model: None,
    sealed: false,
    details: false,
};
const WHOLE: Setup = Setup {
    rows: Rows::Sheets,
    model: Some("gpt"),
    sealed: true,
    details: false,
};

/// A figure that has a bound.
struct Target {
    what: &'static str,
    is: Option<f64>,
    most: f64,
}

/// Measures all, prints a table with a column for each and the targets below it; the same as JSON.
pub async fn compare(load: &Load, options: &Compare, built: bool) -> anyhow::Result<Value> {
    let (bot, floor) = programs(built)?;
    let (bot, floor) = (Subject::bot(bot), Subject::floor(floor));
    let subjects = [
        ("floor", &floor, BARE),
        ("bot", &bot, BARE),
        ("bot, all on", &bot, WHOLE),
    ];
    let mut reports = vec![Vec::new(); subjects.len()];
    for round in 1..=options.rounds {
        for ((name, subject, setup), reports) in subjects.iter().zip(&mut reports) {
            eprintln!("round {round}: {name}");
            reports.push(measure(subject, *setup, MENU.as_ref(), load).await?);
        }
    }
    let names = subjects.iter().map(|(name, ..)| *name);
    let medians = reports.iter().map(|reports| Report::median(reports));
    let mut columns: Vec<(&str, Report)> = names.zip(medians).collect();
    if let Some(python) = &options.peer {
        eprintln!("peer");
        let load = Load {
            orders: options.peer_orders,
            customers: load.customers.min(options.peer_orders),
            ..load.clone()
        };
        let setup = Setup {
            sealed: false,
            ..WHOLE
        };
        let peer = measure(&Subject::peer(python), setup, MENU.as_ref(), &load).await?;
        columns.push(("peer", peer));
    }
    let targets = targets(&columns);
    println!("{}\n{}", table(&columns), verdicts(&targets));
    let columns = columns.iter().map(|(name, report)| (*name, report.json()));
    let columns: serde_json::Map<String, Value> = columns
        .map(|(name, report)| (name.to_owned(), report))
        .collect();
    let targets = targets.iter();
    let targets: Vec<Value> = targets
        .map(|t| json!({"what": t.what, "is": t.is, "most": t.most}))
        .collect();
    Ok(json!({"columns": columns, "targets": targets}))
}

fn targets(columns: &[(&str, Report)]) -> Vec<Target> {
    let get = |column: &str, figure: &str| {
        let found = columns.iter().find(|(name, _)| *name == column);
        found.and_then(|(_, report)| report.get(figure))
    };
    let ratio = |figure: &str, of: &str, to: &str| Some(get(of, figure)? / get(to, figure)?);
    let target = |what, is, most| Target { what, is, most };
    vec![
        target(
            "CPU per order, bot to floor",
            ratio("cpu_per_order_ms", "bot", "floor"),
            1.5,
        ),
        target(
            "CPU per order at the steady pace, bot to floor",
            ratio("steady_cpu_per_order_ms", "bot", "floor"),
            1.5,
        ),
        target(
            "Telegram calls per order, bot to floor",
            ratio("calls_per_order_telegram", "bot", "floor"),
            1.0,
        ),
        target(
            "CPU per order, bot with all on to peer",
            ratio("cpu_per_order_ms", "bot, all on", "peer"),
            0.05,
        ),
        target(
            "memory idle, bot with all on to peer",
            ratio("memory_idle_mb", "bot, all on", "peer"),
            0.1,
        ),
        target(
            "memory idle, bot with all on, MB",
            get("bot, all on", "memory_idle_mb"),
            20.0,
        ),
        target(
            "start to first poll, bot with all on, ms",
            get("bot, all on", "first_poll_median_ms"),
            60.0,
        ),
        target(
            "update to draft at the steady pace, 99th percentile, ms",
            get("bot", "steady_update_to_draft_p99_ms"),
            10.0,
        ),
        target(
            "busy cores at the steady pace with the floor",
            get("floor", "steady_busy_cores"),
            cores() - 0.5,
        ),
    ]
}

fn table(columns: &[(&str, Report)]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in columns.iter().flat_map(|(_, report)| report.names()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let width = names.iter().map(|name| name.len()).max().unwrap_or(0);
    let mut out = format!("{:width$}", "");
    for (name, _) in columns {
        let _ = write!(out, "  {name:>12}");
    }
    for name in names {
        let _ = write!(out, "\n{name:width$}");
        for (_, report) in columns {
            let value = report.get(name).map(|value| value.to_string());
            let _ = write!(out, "  {:>12}", value.unwrap_or_default());
        }
    }
    out
}

fn verdicts(targets: &[Target]) -> String {
    let width = targets.iter().map(|t| t.what.len()).max().unwrap_or(0);
    targets.iter().fold(String::new(), |mut out, target| {
        let (is, verdict) = match target.is {
            None => ("-".into(), "not measured"),
            Some(is) if is <= target.most => (format!("{is:.3}"), "held"),
            Some(is) => (format!("{is:.3}"), "MISSED"),
        };
        let _ = writeln!(
            out,
            "{:width$}  {is:>8}  at most {:>5}  {verdict}",
            target.what, target.most
        );
        out
    })
}
