//! A program as a child process, and what the system says about a process.

use std::{
    collections::BTreeMap,
    fs, io,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::process::{Child, Command};

use crate::subject::Subject;

/// How long a stop may take.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// A running program.
pub struct Process {
    child: Child,
    /// Right before the process was made.
    pub started: Instant,
    pub pid: u32,
}

impl Process {
    /// Starts it with nothing but these variables; its log goes to a file.
    pub fn start(
        subject: &Subject,
        environment: &BTreeMap<String, String>,
        log: &Path,
    ) -> io::Result<Self> {
        let log = fs::OpenOptions::new().create(true).append(true).open(log)?;
        let mut command = Command::new(&subject.program);
        command
            .args(&subject.arguments)
            .env_clear()
            .envs(environment);
        command.stdin(Stdio::null()).stdout(log.try_clone()?);
        command.stderr(log).kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn()?;
        let pid = child.id().unwrap_or_default();
        Ok(Self {
            child,
            started,
            pid,
        })
    }

    /// Fails when the process has ended.
    pub fn check(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => anyhow::bail!("the program has ended: {status}"),
        }
    }

    /// SIGTERM, and how long the stop took.
    pub async fn stop(&mut self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        let pid = self.pid.to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().await?;
        anyhow::ensure!(sent.success(), "SIGTERM could not be sent");
        let status = tokio::time::timeout(STOP_LIMIT, self.child.wait()).await??;
        anyhow::ensure!(status.success(), "the program ended with {status}");
        Ok(began.elapsed())
    }
}

/// CPU time of a process so far, user and system; of all its threads.
pub fn cpu(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in parentheses may hold blanks; utime and stime are the 12th and 13th field after it.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|field| field.parse::<u64>().ok()).sum();
    // The kernel counts in hundredths of a second for user space, whatever it ticks in.
    Duration::from_millis(ticks * 10)
}

/// A line of `/proc/<pid>/status` that is given in kB, such as `VmRSS` and `VmHWM`, in MB of 1,000,000 bytes.
pub fn memory(pid: u32, line: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let found = status
        .lines()
        .find_map(|l| l.strip_prefix(line)?.strip_prefix(':'));
    let kb = found.and_then(|l| l.split_whitespace().next()?.parse::<f64>().ok());
    kb.unwrap_or_default() * 1024.0 / 1e6
}

/// The machine's load average over the last minute.
pub fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// How many cores this machine has.
// Nobody has 2^52 cores.
#[allow(clippy::cast_precision_loss)]
pub fn cores() -> f64 {
    std::thread::available_parallelism().map_or(1, usize::from) as f64
}

/// Processor time of all processes on all cores since the machine was started.
pub fn machine_busy() -> Duration {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields = stat.lines().next().unwrap_or_default().split_whitespace();
    // user, nice, system, idle, iowait, irq, softirq, steal
    let ticks = fields.skip(1).take(8).enumerate();
    let ticks = ticks.filter(|(n, _)| !matches!(n, 3 | 4));
    let ticks: u64 = ticks
        .filter_map(|(_, field)| field.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}
