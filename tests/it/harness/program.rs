//! One process of the program: its log, its HTTP address, its end.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::watch,
};

use super::{Canaries, PATIENCE, backstage};

/// How long a stop may take: the program's own grace period and some.
const STOP_LIMIT: Duration = Duration::from_secs(30);
/// Lines of log that a failure shows.
const TAIL: usize = 40;

/// Everything the program has written, over all its lives.
#[derive(Clone)]
pub struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    grown: watch::Sender<usize>,
}

impl Log {
    fn new() -> Self {
        Self {
            lines: Arc::default(),
            grown: watch::Sender::new(0),
        }
    }

    fn follow(&self, from: impl AsyncRead + Unpin + Send + 'static) {
        let log = self.clone();
        backstage().spawn(async move {
            let mut lines = BufReader::new(from).split(b'\n');
            while let Ok(Some(line)) = lines.next_segment().await {
                let line = String::from_utf8_lossy(&line).into_owned();
                log.lock().push(line);
                log.grown.send_modify(|count| *count += 1);
            }
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn lines(&self) -> Vec<String> {
        self.lock().clone()
    }

    pub fn tail(&self) -> String {
        let lines = self.lock();
        let tail = &lines[lines.len().saturating_sub(TAIL)..];
        format!(
            "the end of its log ({} lines):\n{}",
            lines.len(),
            tail.join("\n")
        )
    }

    /// Waits for the first line from number `from` on in which `look` finds something.
    pub async fn find<T>(&self, from: usize, look: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut grown = self.grown.subscribe();
        let mut at = from;
        let search = async {
            loop {
                grown.mark_unchanged();
                while let Some(line) = { self.lock().get(at).cloned() } {
                    at += 1;
                    if let Some(found) = look(&line) {
                        return Some(found);
                    }
                }
                grown.changed().await.ok()?;
            }
        };
        tokio::time::timeout(PATIENCE, search).await.ok().flatten()
    }
}

/// What a process of the program said until its end.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Everything, line by line.
    pub fn lines(&self) -> Vec<String> {
        let both = self.out.lines().chain(self.err.lines());
        both.map(str::to_owned).collect()
    }
}

/// The program with its environment; runs until it is stopped, and again after [`TestBot::restart`].
pub struct TestBot {
    program: PathBuf,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    child: Option<Child>,
    log: Log,
    address: String,
    http: reqwest::Client,
}

impl TestBot {
    /// Starts `order-bot run` and waits until it listens.
    pub async fn start(environment: BTreeMap<String, String>) -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_order-bot"));
        Self::start_program(program, &["run"], environment).await
    }

    /// The same with another program: for tests of the harness.
    pub async fn start_program(
        program: &Path,
        arguments: &[&str],
        environment: BTreeMap<String, String>,
    ) -> Self {
        // The test binary has no other use for TLS, but every client wants a provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .unwrap();
        let mut bot = Self {
            program: program.to_owned(),
            arguments: arguments
                .iter()
                .map(|&argument| argument.to_owned())
                .collect(),
            environment,
            child: None,
            log: Log::new(),
            address: String::new(),
            http,
        };
        bot.restart().await;
        bot
    }

    /// Starts it again on the same data folder; kills it first where it still runs.
    pub async fn restart(&mut self) {
        self.kill9().await;
        let seen = self.log.lines().len();
        // The handles belong to the runtime that is never dropped.
        let _guard = backstage().enter();
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(&self.environment);
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        let command = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn().unwrap();
        self.log.follow(child.stdout.take().unwrap());
        self.log.follow(child.stderr.take().unwrap());
        self.child = Some(child);
        drop(_guard);

        let child = self.child.as_mut().unwrap();
        let address = tokio::select! {
            address = self.log.find(seen, http_address) => address,
            status = child.wait() => {
                // What it wrote last may still be on its way through the pipe.
                let rest = self.log.find(seen, |_| None::<()>);
                let _ = tokio::time::timeout(Duration::from_millis(200), rest).await;
                panic!("the program ended early with {status:?}; {}", self.log.tail());
            }
        };
        let Some(address) = address else {
            panic!(
                "no line with `http.addr` within {PATIENCE:?}; {}",
                self.log.tail()
            );
        };
        self.address = address;
    }

    /// Changes a variable for the next start.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Takes a variable away for the next start.
    pub fn unset(&mut self, name: &str) {
        self.environment.remove(name);
    }

    pub fn is_running(&mut self) -> bool {
        let child = self.child.as_mut();
        child.is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// SIGKILL.
    pub async fn kill9(&mut self) {
        if let Some(mut child) = self.child.take() {
            // An error says that it has ended already.
            let _ = child.kill().await;
        }
    }

    /// Where it serves its health.
    pub fn address(&self) -> String {
        self.address.clone()
    }

    /// The process that runs now.
    pub fn pid(&self) -> u32 {
        let child = self.child.as_ref().expect("the program was started");
        child.id().expect("the program runs")
    }

    /// Sends a signal by its name (`TERM`) and does not wait.
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.pid());
        let mut sh = std::process::Command::new("sh");
        let sent = sh.arg("-c").arg(kill).status().unwrap();
        assert!(sent.success(), "SIG{name} could not be sent");
    }

    /// SIGTERM; gives how it ended and how long that took.
    pub async fn sigterm(&mut self) -> (ExitStatus, Duration) {
        self.stopped_by("TERM").await
    }

    /// The same with the signal of this name.
    pub async fn stopped_by(&mut self, signal: &str) -> (ExitStatus, Duration) {
        let began = Instant::now();
        self.signal(signal);
        (self.exit().await, began.elapsed())
    }

    /// What another process of the program says, with the same environment and these changes to it.
    pub async fn other(&self, arguments: &[&str], changes: &[(&str, &str)]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_order-bot"));
        command
            .args(arguments)
            .env_clear()
            .envs(&self.environment)
            .envs(changes.iter().copied())
            .stdin(Stdio::null());
        let output = {
            let _guard = backstage().enter();
            tokio::time::timeout(STOP_LIMIT, command.kill_on_drop(true).output())
        };
        let output = output.await.expect("it ends by itself").unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// Waits until it ends by itself.
    pub async fn exit(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("the program was started");
        match tokio::time::timeout(STOP_LIMIT, child.wait()).await {
            Ok(status) => status.unwrap(),
            Err(_) => panic!("did not end within {STOP_LIMIT:?}; {}", self.log.tail()),
        }
    }

    /// Status and JSON of `/health`.
    pub async fn health(&self) -> (u16, Value) {
        let (status, text) = self.get("/health").await;
        let json = serde_json::from_str(&text);
        (
            status,
            json.unwrap_or_else(|_| panic!("/health is not JSON: {text}")),
        )
    }

    /// The text of `/metrics`.
    pub async fn metrics(&self) -> String {
        let (status, text) = self.get("/metrics").await;
        assert_eq!(status, 200, "{text}");
        text
    }

    /// The value of one series, as it stands at the begin of a line of `/metrics`.
    pub async fn metric(&self, series: &str) -> Option<f64> {
        let text = self.metrics().await;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
        line.trim().parse().ok()
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.address);
        match self.http.get(&url).send().await {
            Ok(answer) => (
                answer.status().as_u16(),
                answer.text().await.unwrap_or_default(),
            ),
            Err(why) => panic!("{path} does not answer: {why}; {}", self.log.tail()),
        }
    }

    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Waits for a log line with this text.
    pub async fn logs(&self, text: &str) -> String {
        let found = self
            .log
            .find(0, |line| line.contains(text).then(|| line.to_owned()));
        match found.await {
            Some(line) => line,
            None => panic!(
                "no log line with {text:?} within {PATIENCE:?}; {}",
                self.log.tail()
            ),
        }
    }

    /// Secrets and personal data in the log.
    pub fn leaks(&self, canaries: &Canaries) -> Vec<String> {
        canaries.found_in(&self.log.lines())
    }

    pub fn data_dir(&self) -> PathBuf {
        PathBuf::from(&self.environment["DATA_DIR"])
    }
}

/// The address in a log line with the field `http.addr`, wherever the formatter puts fields.
fn http_address(line: &str) -> Option<String> {
    let Ok(line) = serde_json::from_str::<Value>(line) else {
        let rest = line.split_once(" http.addr=")?.1;
        return rest.split_whitespace().next().map(str::to_owned);
    };
    let fields = [&line["fields"]["http.addr"], &line["http.addr"]];
    fields
        .into_iter()
        .find_map(Value::as_str)
        .map(str::to_owned)
}
