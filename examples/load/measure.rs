//! One program under load: its start, its memory, its pace, its latencies, its calls, and what it has kept at the end.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use clap::Args;

use crate::{
    crowd::{Crowd, Pace, Tally},
    process::{Process, cpu, machine_busy, memory},
    report::Report,
    services::{OPERATORS, Rows, Services, Setup},
    subject::{Subject, target},
};

/// How much is asked of a program.
#[derive(Args, Clone, Debug)]
pub struct Load {
    /// Orders to take as fast as they go.
    #[arg(long, default_value_t = 20_000)]
    pub orders: usize,
    /// Customers.
    #[arg(long, default_value_t = 1_000)]
    pub customers: usize,
    /// Customers with an order under way at the same time.
    #[arg(long, default_value_t = 64)]
    pub at_once: usize,
    /// Seconds at a steady pace, for the latencies.
    #[arg(long, default_value_t = 10.0)]
    pub steady_seconds: f64,
    /// Orders in each of these seconds; each is three updates.
    #[arg(long, default_value_t = 10.0)]
    pub steady_rate: f64,
    /// Starts to measure.
    #[arg(long, default_value_t = 5)]
    pub starts: usize,
}

/// A program at work, between stand-ins and a folder of its own.
pub struct Session<'a> {
    subject: &'a Subject,
    setup: Setup,
    menu: PathBuf,
    pub services: Services,
    folder: tempfile::TempDir,
    pub process: Process,
    /// From before the process was made to its first poll.
    pub first_poll: Duration,
}

impl<'a> Session<'a> {
    /// Starts the program; `data`: a folder to begin with, else an empty one.
    pub async fn start(
        subject: &'a Subject,
        setup: Setup,
        menu: &Path,
        prepare: impl FnOnce(&Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let services = Services::start(menu).await?;
        // Beside the build, which is on a disk; the system's folder may be in memory.
        let folder = tempfile::tempdir_in(target()?)?;
        let data = folder.path().join("data");
        std::fs::create_dir(&data)?;
        prepare(&data)?;
        let (process, first_poll) = launch(subject, setup, menu, &services, folder.path()).await?;
        Ok(Self {
            subject,
            setup,
            menu: menu.to_owned(),
            services,
            folder,
            process,
            first_poll,
        })
    }

    /// Stops the program and starts it again with what it has kept: how long the stop took.
    pub async fn restart(&mut self) -> anyhow::Result<Duration> {
        let took = self.process.stop().await?;
        let folder = self.folder.path();
        let started = launch(self.subject, self.setup, &self.menu, &self.services, folder);
        (self.process, self.first_poll) = started.await?;
        Ok(took)
    }

    /// The order ids in the ledger, each with the number of its rows.
    fn rows(&self) -> anyhow::Result<HashMap<String, usize>> {
        let ids: Vec<String> = match self.setup.rows {
            Rows::Csv => {
                let mut file = csv::Reader::from_path(self.data().join("orders.csv"))?;
                let id = |row: csv::StringRecord| row.get(0).unwrap_or_default().to_owned();
                file.records()
                    .map(|row| row.map(id))
                    .collect::<Result<_, _>>()?
            }
            Rows::Sheets => {
                let rows = self.services.sheet_rows().into_iter();
                rows.filter_map(|row| row.into_iter().next()).collect()
            }
        };
        let mut counted = HashMap::new();
        for id in ids {
            *counted.entry(id).or_default() += 1;
        }
        Ok(counted)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Waits until the ledger has so many rows; looks rarely, because looking costs time too.
    pub async fn rows_written(&self, number: usize) -> anyhow::Result<()> {
        if !self.subject.keeps {
            return Ok(());
        }
        for _ in 0..900 {
            if self.rows()?.len() >= number {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::bail!("rows are missing a minute and a half after the last order")
    }

    /// The end of the program's log, for whoever looks for the reason of a failure.
    pub fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let from = lines.len().saturating_sub(20);
        lines.get(from..).unwrap_or_default().join("\n")
    }

    /// Each order that a customer was told is placed stands exactly once on a card and in the ledger, and nothing else.
    pub fn verify(&self, crowd: &Crowd, all: usize) -> anyhow::Result<()> {
        let placed = crowd.placed.len();
        ensure!(placed == all, "{placed} orders of {all} were placed");
        let mut kept = vec![("cards", crowd.cards.clone())];
        if self.subject.keeps {
            kept.push(("rows", self.rows()?));
            let text = std::fs::read_to_string(self.data().join("customers.json"))?;
            let customers: serde_json::Value = serde_json::from_str(&text)?;
            let customers = customers["customers"].as_object();
            let customers = customers.map_or(0, serde_json::Map::len);
            ensure!(customers >= crowd.len(), "{customers} customers on disk");
        }
        for (name, seen) in kept {
            let once = |(id, n): (&String, &usize)| *n == 1 && crowd.placed.contains(id);
            let right = seen.len() == all && seen.iter().all(once);
            ensure!(right, "{} {name} for {all} orders", seen.len());
        }
        self.services.telegram.with(|state| {
            let unanswered = state.taps().iter().filter(|tap| tap.answers == 0).count();
            ensure!(unanswered == 0, "{unanswered} taps were never answered");
            ensure!(state.unacknowledged() == 0, "updates were not acknowledged");
            ensure!(state.unexpected().is_empty(), "unexpected methods");
            let refused = state.calls().iter().filter(|call| call.status >= 400);
            let refused = refused.count();
            ensure!(refused == 0, "{refused} calls were refused");
            Ok(())
        })?;
        let complaints = self.services.google.complaints();
        ensure!(complaints.is_empty(), "Google complains: {complaints:?}");
        Ok(())
    }

    /// Some orders of the crowd, with the processor time that the program and the driver took for them.
    pub async fn order(
        &self,
        crowd: &mut Crowd,
        orders: usize,
        pace: Pace,
    ) -> anyhow::Result<Cost> {
        let own = std::process::id();
        let before = (cpu(self.process.pid), cpu(own), machine_busy());
        let tally = crowd.order(&self.services.telegram, orders, pace).await?;
        Ok(Cost {
            orders,
            program: cpu(self.process.pid).saturating_sub(before.0),
            driver: cpu(own).saturating_sub(before.1),
            machine: machine_busy().saturating_sub(before.2),
            tally,
        })
    }
}

/// What some orders took.
pub struct Cost {
    orders: usize,
    program: Duration,
    driver: Duration,
    machine: Duration,
    pub tally: Tally,
}

// Figures of a report: no number here is near 2^52.
#[allow(clippy::cast_precision_loss)]
impl Cost {
    /// Milliseconds of processor time of the program for an order.
    pub fn per_order_ms(&self) -> f64 {
        self.program.as_secs_f64() * 1e3 / self.orders as f64
    }

    fn driver_per_order_ms(&self) -> f64 {
        self.driver.as_secs_f64() * 1e3 / self.orders as f64
    }

    /// Cores that the driver kept busy.
    fn driver_cores(&self) -> f64 {
        self.driver.as_secs_f64() / self.tally.took.as_secs_f64()
    }

    /// Cores that were busy, with whatever else runs on this machine.
    fn busy_cores(&self) -> f64 {
        self.machine.as_secs_f64() / self.tally.took.as_secs_f64()
    }

    fn per_second(&self, took: Duration) -> f64 {
        self.orders as f64 / took.as_secs_f64()
    }
}

async fn launch(
    subject: &Subject,
    setup: Setup,
    menu: &Path,
    services: &Services,
    folder: &Path,
) -> anyhow::Result<(Process, Duration)> {
    let environment = services.environment(&folder.join("data"), menu, setup);
    let seen = services.telegram.with(|state| state.calls().len());
    let process = Process::start(subject, &environment, &folder.join("log"))?;
    let first_poll = services
        .telegram
        .wait_for(Duration::from_secs(30), |state| {
            let mut new = state.calls().iter().skip(seen);
            new.find(|call| call.method == "getUpdates")
                .map(|call| call.at)
        });
    let polled = first_poll.await;
    let polled = polled.with_context(|| {
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        format!("the program never polled:\n{log}")
    })?;
    let took = polled.duration_since(process.started);
    Ok((process, took))
}

/// Measures a program from its start to its stop.
pub async fn measure(
    subject: &Subject,
    setup: Setup,
    menu: &Path,
    load: &Load,
) -> anyhow::Result<Report> {
    let mut session = Session::start(subject, setup, menu, |_| Ok(())).await?;
    let measured = run(&mut session, load).await;
    measured.with_context(|| format!("the end of the program's log:\n{}", session.log_tail()))
}

async fn run(session: &mut Session<'_>, load: &Load) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let mut polls = vec![session.first_poll];
    while polls.len() < load.starts {
        session.restart().await?;
        polls.push(session.first_poll);
    }
    polls.sort_unstable();
    report.ms("first_poll_best_ms", *polls.first().unwrap());
    report.ms("first_poll_median_ms", *polls.get(polls.len() / 2).unwrap());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let pid = session.process.pid;
    report.number("memory_idle_mb", memory(pid, "VmRSS"));

    let known = !(session.subject.keeps && session.setup.details);
    let mut crowd = Crowd::new(&session.services.telegram, OPERATORS, load.customers, known);
    let busy = Pace::AtOnce(load.at_once);
    session.order(&mut crowd, load.customers, busy).await?;
    session.rows_written(load.customers).await?;
    report.number("memory_after_first_orders_mb", memory(pid, "VmRSS"));

    let before = session.services.calls();
    let began = Instant::now();
    let cost = session.order(&mut crowd, load.orders, busy).await?;
    session.rows_written(load.customers + load.orders).await?;
    let with_rows = began.elapsed();
    report.add("orders", load.orders);
    report.number("orders_per_second", cost.per_second(cost.tally.took));
    report.number("orders_per_second_with_rows", cost.per_second(with_rows));
    report.number("cpu_per_order_ms", cost.per_order_ms());
    report.number("driver_cpu_per_order_ms", cost.driver_per_order_ms());
    report.number("driver_cores", cost.driver_cores());
    report.number("memory_peak_mb", memory(pid, "VmHWM"));
    report.latency("loaded_update_to_draft", cost.tally.update_to_draft);
    report.latency("loaded_tap_to_placed", cost.tally.tap_to_placed);
    report.add("second_taps", cost.tally.second_taps);
    let mut all_calls = 0.0;
    for (name, calls) in session.services.calls() {
        let calls = calls - before.get(&name).copied().unwrap_or_default();
        #[allow(clippy::cast_precision_loss)]
        let per_order = (calls as f64 / load.orders as f64 * 1e4).round() / 1e4;
        if name.starts_with("telegram") && name != "telegram getUpdates" {
            all_calls += per_order;
        }
        report.add(format!("calls_per_order {name}"), per_order);
    }
    report.number("calls_per_order_telegram", all_calls);
    report.add(
        "most_sheet_writes_a_minute",
        session.services.most_writes_a_minute(),
    );

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let steady = (load.steady_rate * load.steady_seconds) as usize;
    if steady > 0 {
        let pace = Pace::PerSecond(load.steady_rate);
        let cost = session.order(&mut crowd, steady, pace).await?;
        report.number("steady_orders_per_second", load.steady_rate);
        report.number("steady_cpu_per_order_ms", cost.per_order_ms());
        report.number("steady_busy_cores", cost.busy_cores());
        report.latency("steady_update_to_draft", cost.tally.update_to_draft);
        report.latency("steady_tap_to_placed", cost.tally.tap_to_placed);
    }

    let all = load.customers + load.orders + steady;
    session.rows_written(all).await?;
    report.number("memory_end_mb", memory(pid, "VmRSS"));
    session.process.check()?;
    report.ms("stop_ms", session.process.stop().await?);
    session.verify(&crowd, all)?;
    report.add("verified_orders", all);
    Ok(report)
}
