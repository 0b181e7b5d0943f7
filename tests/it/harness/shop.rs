//! A shop on an ordinary day: the program, its three services, customers and operators.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use order_bot::standin::{Person, State};
use tempfile::TempDir;

use super::{
    Canaries, PATIENCE, backstage, block_on,
    people::{Customer, Operators},
    program::TestBot,
    settings::{OPENAI_KEY, OPERATOR, OPERATOR_CHAT, SPREADSHEET, Settings, TAB, TELEGRAM_TOKEN},
};
use crate::fakes::{
    google::Google,
    openai::OpenAi,
    operator::{Row, Sheet},
    telegram::Telegram,
};

/// The stand-ins of a shop.
pub struct Services<'a> {
    pub telegram: &'a Telegram,
    pub openai: &'a OpenAi,
    pub google: &'a Google,
}

/// The whole scene. At its end it fails the test for leaked secrets and for what was left undone.
pub struct Shop {
    pub telegram: Telegram,
    pub openai: OpenAi,
    pub google: Google,
    pub bot: TestBot,
    canaries: Canaries,
    folder: TempDir,
    customers: AtomicI64,
    forgiving: bool,
    /// How long the end of a test waits for loose ends to be tied.
    pub patience: Duration,
}

impl Shop {
    pub async fn start() -> Self {
        Self::start_with(Settings::default()).await
    }

    pub async fn start_with(settings: Settings) -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_order-bot"));
        Self::start_program(settings, program, &["run"]).await
    }

    /// The same with another program: for tests of the harness.
    pub async fn start_program(settings: Settings, program: &Path, arguments: &[&str]) -> Self {
        Self::start_changed(settings, program, arguments, async |_, _| {}).await
    }

    /// The same with a last word about the environment, once the stand-ins have their addresses.
    pub async fn start_changed(
        settings: Settings,
        program: &Path,
        arguments: &[&str],
        change: impl AsyncFnOnce(Services<'_>, &mut BTreeMap<String, String>),
    ) -> Self {
        let stage = backstage().spawn(async {
            let telegram = Telegram::start(TELEGRAM_TOKEN).await;
            (
                telegram,
                OpenAi::start(OPENAI_KEY).await,
                Google::start().await,
            )
        });
        let (telegram, openai, google) = stage.await.unwrap();
        openai.check_shape();
        telegram.user(OPERATOR, "Olive");
        telegram.group(OPERATOR_CHAT, "Kitchen", &[OPERATOR]);
        google.add_spreadsheet(SPREADSHEET, &[TAB]);
        let canaries = Canaries::default();
        let folder = TempDir::new().unwrap();
        let mut environment =
            settings.environment(folder.path(), &telegram, &openai, &google, &canaries);
        let services = Services {
            telegram: &telegram,
            openai: &openai,
            google: &google,
        };
        change(services, &mut environment).await;
        let bot = TestBot::start_program(program, arguments, environment).await;
        Self {
            telegram,
            openai,
            google,
            bot,
            canaries,
            folder,
            customers: AtomicI64::new(0),
            forgiving: false,
            patience: PATIENCE,
        }
    }

    /// A new customer with a last name that must not be logged.
    pub fn customer(&self, first_name: &str) -> Customer {
        let number = self.customers.fetch_add(1, Ordering::Relaxed);
        let id = 500_001 + number;
        let last_name = format!("Canaryson{number}x{:08x}", fastrand::u32(..));
        self.canaries.add("a customer's name", &last_name);
        self.telegram.person(Person {
            id,
            first_name: first_name.to_owned(),
            last_name: Some(last_name),
            language: "en".to_owned(),
            blocked: false,
        });
        Customer::new(id, self.telegram.clone(), self.canaries.clone())
    }

    pub fn operators(&self) -> Operators {
        Operators::new(self.telegram.clone())
    }

    /// The tab with the orders.
    pub fn sheet(&self) -> Sheet {
        self.google.sheet(SPREADSHEET, TAB)
    }

    /// The orders on disk as `orders export --format json` gives them.
    pub async fn orders(&self) -> Vec<Row> {
        let arguments = ["orders", "export", "--format", "json"];
        let said = self.bot.other(&arguments, &[]).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        serde_json::from_str(&said.out).unwrap()
    }

    /// `customers.json` as it stands; none: there is none yet.
    pub fn customers_file(&self) -> Option<serde_json::Value> {
        let text = std::fs::read_to_string(self.data_dir().join("customers.json")).ok()?;
        Some(serde_json::from_str(&text).expect("customers.json is whole at any time"))
    }

    /// Waits for `/health` to satisfy `test`; gives its status code.
    pub async fn healthy_when(
        &self,
        what: &str,
        test: impl Fn(u16, &serde_json::Value) -> bool,
    ) -> serde_json::Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let (status, health) = self.bot.health().await;
            if test(status, &health) {
                return health;
            }
            let late = tokio::time::Instant::now() > deadline;
            assert!(!late, "waited in vain for {what}: {status} {health}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn data_dir(&self) -> std::path::PathBuf {
        self.bot.data_dir()
    }

    /// Texts that must not be logged.
    pub fn canaries(&self) -> &Canaries {
        &self.canaries
    }

    /// This test ends in disorder on purpose: only leaks count.
    pub fn forgive_left_overs(&mut self) {
        self.forgiving = true;
    }

    /// SIGTERM, then every check; the program must end well.
    pub async fn close(mut self) {
        let left_over = self.left_over().await;
        let (status, _) = self.bot.sigterm().await;
        assert!(
            status.success(),
            "it ended with {status}; {}",
            self.bot.log().tail()
        );
        assert!(left_over.is_empty(), "left over: {left_over:#?}");
    }

    /// What is still undone after a while; returns as soon as nothing is.
    async fn left_over(&self) -> Vec<String> {
        let telegram = self.telegram.clone();
        let nothing = |state: &State| {
            let answered = state.taps().iter().all(|tap| tap.answers > 0);
            (state.unacknowledged() == 0 && answered).then_some(())
        };
        telegram.wait_for(self.patience, nothing).await;
        let mut found = telegram.left_over();
        found.extend(
            self.openai
                .complaints()
                .into_iter()
                .map(|why| format!("OpenAI: {why}")),
        );
        found.extend(
            self.google
                .complaints()
                .into_iter()
                .map(|why| format!("Google: {why}")),
        );
        let doubled = self.sheet().doubled();
        found.extend(
            doubled
                .into_iter()
                .map(|id| format!("order {id} has two rows")),
        );
        found
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.bot.log().tail());
            if let Ok(file) = std::env::var("TEST_LOG") {
                // All of it, for whoever looks into a failure.
                let _ = std::fs::write(file, self.bot.log().lines().join("\n"));
            }
            return;
        }
        let mut found = Vec::new();
        if self.bot.is_running() && !self.forgiving {
            found = block_on(self.left_over());
        }
        block_on(self.bot.kill9());
        found.extend(self.bot.leaks(&self.canaries));
        assert!(found.is_empty(), "{found:#?}\n{}", self.bot.log().tail());
    }
}
