//! The whole bot: built from its settings, run until it is told to stop, stopped in order.
//!
//! It installs no signal handler and reads no environment, so that a test or the demo can drive it.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::conversation::{AiRule, PayRules, Requires, Rules};
use crate::engine::{Engine, Listen, Operator, PendingRows, Service, Setup, VoiceRules};
use crate::health::{Component, Health, Probes, Status};
use crate::http;
use crate::ledger::{GoogleSettings, Ledger, SettingProblem};
use crate::menu::Menu;
use crate::metrics::{Metrics, level};
use crate::order::Order;
use crate::privacy::PersonalText;
use crate::reload::MenuSource;
use crate::rights::{self, Rights, control};
use crate::settings::{Required, Settings};
use crate::shop::ShopRules;
use crate::store::{KeyRing, OpenError, Options, Store};
use crate::telegram::{self, Link, Sender};
use crate::understand::{CacheSettings, GptSettings, Parser, Transcriber};

/// How often levels are measured that nothing reports by itself.
const SAMPLE: Duration = Duration::from_secs(1);

/// What the store gets of the grace period whatever else is left to do.
const STORE_SHARE: Duration = Duration::from_secs(2);

/// Why the bot did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Settings that only show themselves wrong in use: each with its variable and how to mend it.
    #[error("the settings are wrong")]
    Settings(Vec<SettingProblem>),
    /// The data folder.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// The running bot.
pub struct App {
    engine: Arc<Engine>,
    sender: Arc<Sender>,
    ledger: Arc<Ledger>,
    rows: Arc<PendingRows>,
    tasks: Tasks,
    /// No update is taken any more.
    intake: CancellationToken,
    /// Nothing is done any more but serving health.
    work: CancellationToken,
    http: CancellationToken,
    grace: Duration,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

/// Tasks with their names: each runs as long as the bot does.
#[derive(Default)]
struct Tasks {
    set: JoinSet<anyhow::Result<()>>,
    names: Vec<(Id, &'static str)>,
}

impl Tasks {
    fn spawn(
        &mut self,
        name: &'static str,
        task: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) {
        let id = self.set.spawn(task).id();
        self.names.push((id, name));
    }

    /// Strikes a task off the list; its name.
    fn strike(&mut self, id: Id) -> &'static str {
        let at = self.names.iter().position(|(known, _)| *known == id);
        at.map_or("a task", |at| self.names.swap_remove(at).1)
    }

    /// Waits for a task to end; its name and what it said.
    async fn ended(&mut self) -> Option<(&'static str, anyhow::Result<()>)> {
        Some(match self.set.join_next_with_id().await? {
            Ok((id, result)) => (self.strike(id), result),
            // The panic's own words may hold a customer's.
            Err(e) => (self.strike(e.id()), Err(anyhow::anyhow!("it panicked"))),
        })
    }

    /// Waits until the task of this name has ended; those that end meanwhile are let go.
    async fn end_of(&mut self, name: &'static str) {
        while self.names.iter().any(|(_, left)| *left == name) && self.ended().await.is_some() {}
    }
}

impl App {
    /// Opens the data folder, builds all parts and sets them to work. Returns as soon as they run: Telegram, OpenAI or
    /// Google being out of reach stops nobody.
    ///
    /// # Errors
    /// The data folder cannot be used, a setting shows itself wrong, or the address of the health server is taken.
    pub async fn start(settings: &Settings, menu: Menu) -> Result<Self, StartError> {
        let metrics = Metrics::new();
        let menu = Arc::new(menu);
        let parser = {
            let (menu, metrics) = (Arc::clone(&menu), Arc::clone(&metrics));
            let (gpt, cache) = (gpt(settings), cache(settings));
            tokio::task::spawn_blocking(move || Arc::new(Parser::new(menu, gpt, cache, metrics)))
        };
        let store = open(&settings.data_dir, settings);
        let ledger = ledger(settings, &metrics);
        let (store, ledger, parser) = tokio::join!(store, ledger, parser);
        let (store, ledger) = (store?, Arc::new(ledger?));
        let parser = parser.map_err(|_| anyhow::anyhow!("the parser could not be built"))?;
        let listener = TcpListener::bind(settings.http_addr).await;
        let listener = listener.map_err(|e| {
            anyhow::anyhow!(
                "HTTP_ADDR: {} cannot be listened on: {e}",
                settings.http_addr
            )
        })?;

        let bot = telegram::client(
            &settings.telegram.token,
            Some(settings.telegram.api_url.as_str()),
        )?;
        let (engine, releases) = Engine::new(Setup {
            store: store.clone(),
            voice: voice(settings, &bot),
            rules: rules(settings, &menu)?,
            menu,
            parser,
            operator: Operator {
                chat: settings.operator.chat,
                ids: settings.operator.ids.clone(),
                owners: settings.operator.owners.clone(),
                language: settings.operator.language,
            },
            service: service(settings),
            rate_limit: settings.rate_limit_per_minute.unwrap_or_default(),
            metrics: Arc::clone(&metrics),
        })?;
        take_kept_menu(&engine, settings)?;
        let link = Arc::new(Link::default());
        let per_second = settings.telegram.messages_per_second.unwrap_or_default();
        let provider = settings.pay.as_ref().map(|pay| pay.provider_token.clone());
        let sender = Sender::new(bot.clone(), Arc::clone(&engine), per_second, provider);
        let rows = Arc::new(PendingRows::new(
            Arc::clone(&engine),
            settings.time_zone.clone(),
        ));
        let health = Health::new(probes(&engine, &link, &sender, &ledger));

        let (intake, work, http) = (
            CancellationToken::new(),
            CancellationToken::new(),
            CancellationToken::new(),
        );
        let mut tasks = Tasks::default();
        {
            let (bot, engine, stop) = (bot.clone(), Arc::clone(&engine), intake.clone());
            tasks.spawn("intake", telegram::run(bot, engine, link, stop));
        }
        {
            let (sender, stop) = (Arc::clone(&sender), work.clone());
            tasks.spawn("sender", async move {
                stop.run_until_cancelled(sender.run(releases)).await;
                Ok(())
            });
        }
        {
            let (ledger, rows, stop) = (Arc::clone(&ledger), Arc::clone(&rows), work.clone());
            let wake = engine.rows_wake();
            tasks.spawn("ledger", async move {
                ledger.run(&*rows, &wake, &stop).await;
                Ok(())
            });
        }
        {
            let (engine, stop) = (Arc::clone(&engine), intake.clone());
            tasks.spawn("expiry", async move {
                engine.run_expiry(stop).await;
                Ok(())
            });
        }
        {
            let source = MenuSource {
                engine: Arc::clone(&engine),
                spreadsheet: ledger.spreadsheet().cloned(),
                file: settings.menu_file.clone(),
                period: settings.menu_reload,
                told: std::sync::Mutex::default(),
            };
            let stop = intake.clone();
            tasks.spawn("menu", async move {
                source.run(stop).await;
                Ok(())
            });
        }
        {
            let (engine, stop) = (Arc::clone(&engine), intake.clone());
            tasks.spawn("payments", async move {
                engine.run_payments(stop).await;
                Ok(())
            });
        }
        {
            let (engine, stop) = (Arc::clone(&engine), intake.clone());
            tasks.spawn("watch", async move {
                engine.run_watch(stop).await;
                Ok(())
            });
        }
        {
            let (engine, stop) = (Arc::clone(&engine), intake.clone());
            tasks.spawn("shop", async move {
                engine.run_shop(stop).await;
                Ok(())
            });
        }
        {
            let (health, metrics, stop) = (health.clone(), Arc::clone(&metrics), http.clone());
            tasks.spawn("http", async move {
                http::serve(listener, http::router(health, metrics), stop).await?;
                Ok(())
            });
        }
        {
            let (engine, sender, stop) = (Arc::clone(&engine), Arc::clone(&sender), work.clone());
            tasks.spawn("samples", async move {
                stop.run_until_cancelled(sample(engine, sender, health))
                    .await;
                Ok(())
            });
        }
        let rights = Arc::new(Rights {
            engine: Arc::clone(&engine),
            ledger: Arc::clone(&ledger),
            rows: Arc::clone(&rows),
            old_csv: settings
                .sheets
                .is_some()
                .then(|| settings.data_dir.join(rights::CSV)),
            zone: settings.time_zone.clone(),
            retention: settings.customer_retention,
        });
        {
            let (rights, stop) = (Arc::clone(&rights), intake.clone());
            tasks.spawn("rights", async move {
                rights.run(stop).await;
                Ok(())
            });
        }
        match control::listen(&settings.data_dir) {
            Ok(listener) => {
                let (dir, stop) = (settings.data_dir.clone(), intake.clone());
                tasks.spawn("control", async move {
                    control::serve(listener, dir, rights, stop).await;
                    Ok(())
                });
            }
            Err(e) => tracing::warn!(
                error = %e.kind(),
                "no control socket in the data folder: `order-bot customers forget` cannot reach this bot"
            ),
        }
        let (operators, shop) = (settings.operator.chat, settings.operator.language);
        tokio::spawn(async move { telegram::announce(&bot, operators, shop).await });
        Ok(Self {
            engine,
            sender,
            ledger,
            rows,
            tasks,
            intake,
            work,
            http,
            grace: settings.shutdown_grace,
        })
    }

    /// The engine, for those who want to look at what is kept.
    #[must_use]
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Runs until `shutdown` resolves, then stops in order: intake, what was taken in, what is to be sent and written,
    /// the store. All within the grace period; what is left is on disk and is done after the next start.
    ///
    /// # Errors
    /// A part ended by itself, or the store could not be closed whole.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        let ended = tokio::select! {
            () = shutdown => None,
            ended = self.tasks.ended() => ended,
        };
        let failure = ended.map(|(name, result)| match result {
            Ok(()) => anyhow::anyhow!("{name} ended by itself"),
            Err(e) => e.context(format!("{name} failed")),
        });
        if let Some(failure) = &failure {
            tracing::error!(
                error = format!("{failure:#}"),
                "a part of the bot ended: stopping"
            );
        }
        let stopped = self.stop().await;
        failure.map_or(stopped, Err)
    }

    async fn stop(mut self) -> anyhow::Result<()> {
        tracing::info!(
            grace_ms = u64::try_from(self.grace.as_millis()).unwrap_or(u64::MAX),
            "stopping"
        );
        let deadline = Instant::now() + self.grace;
        let store_share = STORE_SHARE.min(self.grace / 2);
        let left = |keep: Duration| {
            deadline
                .saturating_duration_since(Instant::now())
                .saturating_sub(keep)
        };
        self.intake.cancel();
        // What was taken in on the way to the engine must be there before its queues count as empty.
        let intake = tokio::time::timeout(left(store_share), self.tasks.end_of("intake")).await;
        if intake.is_err() {
            tracing::warn!("the intake did not end in time");
        }
        let inputs = self.engine.drain(left(store_share)).await;
        let messages = self.sender.drain(left(store_share)).await;
        self.work.cancel();
        let rows = self.ledger.flush(&*self.rows, deadline - store_share).await;
        let closed = self
            .engine
            .store()
            .close(left(Duration::ZERO).max(store_share))
            .await;
        self.http.cancel();
        let mut tasks = self.tasks.set;
        let _ = tokio::time::timeout(Duration::from_millis(500), async {
            while tasks.join_next().await.is_some() {}
        })
        .await;
        tracing::info!(
            inputs,
            messages,
            rows,
            "stopped; what was left is done after the next start"
        );
        Ok(closed?)
    }
}

/// Reads the orders that a data folder holds, oldest first, also while a bot runs on it.
///
/// # Errors
/// The folder cannot be read.
pub fn read_orders(dir: &Path, keys: &KeyRing) -> Result<Vec<Order>, OpenError> {
    let store = Store::open_read_only(dir, keys)?;
    let mut orders = Vec::new();
    store.scan::<Order>(|_, order| orders.extend(order.ok()));
    Ok(orders)
}

async fn open(dir: &Path, settings: &Settings) -> Result<Store, StartError> {
    let options = Options {
        keys: settings.keys(),
        ..Options::default()
    };
    let dir = dir.to_owned();
    let opened = tokio::task::spawn_blocking(move || Store::open(&dir, options)).await;
    let (store, opened) =
        opened.map_err(|_| anyhow::anyhow!("opening the data folder panicked"))??;
    if opened.torn_bytes_cut > 0 {
        tracing::warn!(
            bytes = opened.torn_bytes_cut,
            "the journal ended in an unfinished write, which was cut off: nothing in it had been promised to anybody"
        );
    }
    tracing::info!(
        records = opened.records,
        journal_bytes = opened.journal_bytes,
        "the data folder is open"
    );
    Ok(store)
}

/// The spreadsheet's last good menu, until the spreadsheet has been looked at.
fn take_kept_menu(engine: &Arc<Engine>, settings: &Settings) -> anyhow::Result<()> {
    if settings.sheets.is_none() || settings.menu_reload.is_none() {
        return Ok(());
    }
    let Some(kept) = engine.kept_menu() else {
        return Ok(());
    };
    match kept.menu() {
        Some(menu) if menu.currency() == engine.menu().0.currency() => {
            Ok(engine.take_menu(Arc::new(menu), Some(&kept))?)
        }
        _ => {
            tracing::warn!("the menu kept from the spreadsheet is not usable: MENU_FILE is used");
            Ok(())
        }
    }
}

async fn ledger(settings: &Settings, metrics: &Arc<Metrics>) -> Result<Ledger, StartError> {
    match google(settings) {
        None => Ok(Ledger::csv(
            &settings.data_dir.join(rights::CSV),
            Arc::clone(metrics),
        )),
        Some(google) => Ledger::google(google, Arc::clone(metrics))
            .await
            .map_err(StartError::Settings),
    }
}

/// The spreadsheet's settings as its client wants them.
#[must_use]
pub fn google(settings: &Settings) -> Option<GoogleSettings> {
    let sheets = settings.sheets.as_ref()?;
    Some(GoogleSettings {
        key_json: sheets.key_json.clone(),
        spreadsheet_id: sheets.spreadsheet_id.clone(),
        tab: sheets.tab.clone(),
        api_url: Some(sheets.api_url.as_str().to_owned()),
    })
}

/// The model's settings as its client wants them.
#[must_use]
pub fn gpt(settings: &Settings) -> Option<GptSettings> {
    settings.openai.as_ref().map(gpt_settings)
}

/// The model's settings as its client wants them.
#[must_use]
pub fn gpt_settings(openai: &crate::settings::OpenAi) -> GptSettings {
    GptSettings {
        api_key: openai.api_key.clone(),
        base_url: Some(openai.base_url.as_str().to_owned()),
        model: openai.model.clone(),
        timeout: openai.timeout,
        mode: openai.mode,
    }
}

/// Loads a voice note from Telegram and has the model's provider write it down.
struct Ear {
    bot: teloxide::Bot,
    transcriber: Transcriber,
    max_bytes: usize,
}

impl Listen for Ear {
    fn listen<'a>(
        &'a self,
        file: &'a str,
        hint: String,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<PersonalText, &'static str>> + Send + 'a>>
    {
        Box::pin(async move {
            let audio = telegram::download(&self.bot, file, self.max_bytes).await?;
            let heard = self.transcriber.transcribe(audio, hint).await;
            heard.map_err(|error| error.class())
        })
    }
}

fn voice(settings: &Settings, bot: &teloxide::Bot) -> Option<VoiceRules> {
    let openai = settings.openai.as_ref()?;
    let voice = openai.voice.as_ref()?;
    // A key that cannot be sent is told of by the model's own part.
    let transcriber = Transcriber::new(&gpt_settings(openai), &voice.model).ok()?;
    Some(VoiceRules {
        listener: Arc::new(Ear {
            bot: bot.clone(),
            transcriber,
            max_bytes: usize::try_from(voice.max_bytes).unwrap_or(usize::MAX),
        }),
        max_seconds: voice.max_seconds,
        max_bytes: voice.max_bytes,
        seconds_a_day: voice.seconds_a_day,
    })
}

fn cache(settings: &Settings) -> CacheSettings {
    CacheSettings {
        ttl: settings.cache.ttl,
        entries: settings.cache.entries,
    }
}

/// The shop's rules, in the menu's currency.
fn rules(settings: &Settings, menu: &Menu) -> anyhow::Result<Rules> {
    let order = &settings.order;
    let max_total = menu.currency().parse_amount(&order.max_total);
    let first_max_total = order.first_max_total.as_ref();
    let first_max_total = first_max_total.map(|amount| menu.currency().parse_amount(amount));
    let requires = |detail| order.requires.contains(&detail);
    Ok(Rules {
        requires: Requires {
            name: requires(Required::Name),
            phone: requires(Required::Phone),
            address: requires(Required::Address),
        },
        max_quantity: order.max_quantity,
        max_total: max_total.map_err(|e| anyhow::anyhow!("ORDER_MAX_TOTAL: {e}"))?,
        draft_ttl: jiff::SignedDuration::try_from(order.draft_ttl)
            .unwrap_or(jiff::SignedDuration::MAX),
        operators: settings.operator.chat.is_some(),
        first_max_total: first_max_total
            .transpose()
            .map_err(|e| anyhow::anyhow!("FIRST_ORDER_MAX_TOTAL: {e}"))?,
        ai: match &settings.openai {
            None => AiRule::Off,
            Some(openai) if openai.ask_first => AiRule::Ask,
            Some(_) => AiRule::Notice,
        },
        pay: settings
            .pay
            .as_ref()
            .map(|pay| pay_rules(pay, menu))
            .transpose()?,
        shop: ShopRules {
            zone: settings.time_zone.clone(),
            holidays: settings.times.holidays.clone(),
            last_order: settings.times.last_order,
            slots: settings.times.slots,
        },
    })
}

/// What is done about orders that the shop does not answer.
fn service(settings: &Settings) -> Service {
    let service = &settings.service;
    let time = |time| jiff::SignedDuration::try_from(time).unwrap_or(jiff::SignedDuration::MAX);
    Service {
        alert_after: service.alert_after.map(time),
        alert_repeat: time(service.alert_repeat),
        escalate_to: service.escalate_to,
        escalate_after: service.escalate_after.map(time),
        tell_customer_after: service.tell_customer_after.map(time),
        approval_within: time(service.approval_within),
    }
}

/// How orders are paid in Telegram, in the menu's currency.
fn pay_rules(pay: &crate::settings::Pay, menu: &Menu) -> anyhow::Result<PayRules> {
    let currency = menu.currency();
    if !crate::order::can_be_paid_in(currency) {
        anyhow::bail!(
            "PAYMENT_PROVIDER_TOKEN: Telegram takes no payments in {}: unset it, or set another currency in the menu",
            currency.code()
        );
    }
    let tips: Result<Vec<_>, _> = pay
        .tips
        .iter()
        .map(|tip| currency.parse_amount(tip))
        .collect();
    let tips = tips.map_err(|e| anyhow::anyhow!("PAYMENT_TIPS: {e}"))?;
    let positive = tips.first().is_none_or(|tip| tip.minor() > 0);
    if !positive || !tips.is_sorted_by(|a, b| a < b) {
        anyhow::bail!("PAYMENT_TIPS: set up to four amounts above zero, each larger than the last");
    }
    Ok(PayRules {
        required: pay.required,
        ttl: jiff::SignedDuration::try_from(pay.ttl).unwrap_or(jiff::SignedDuration::MAX),
        tips,
    })
}

fn probes(
    engine: &Arc<Engine>,
    link: &Arc<Link>,
    sender: &Arc<Sender>,
    ledger: &Arc<Ledger>,
) -> Probes {
    let (link, store) = (Arc::clone(link), engine.store().clone());
    let sender = Arc::clone(sender);
    let (engine, ledger) = (Arc::clone(engine), Arc::clone(ledger));
    Probes {
        telegram: Box::new(move || match link.contact().component() {
            well if well.status == Status::Ok && sender.is_blind() => Component {
                status: Status::Degraded,
                detail: Some("the operator chat does not let the bot in: its cards wait"),
                ..well
            },
            component => component,
        }),
        store: Box::new(move || {
            let status = store.status();
            let component = match status.health.failing() {
                None => Component::ok(),
                Some(trouble) if trouble.full => {
                    Component::failing("the data folder cannot be written: its disk is full")
                }
                Some(_) => Component::failing("the data folder cannot be written"),
            };
            component.number("pending_commits", status.pending_commits)
        }),
        parser: Box::new(move || {
            let health = engine.menu().1.health();
            if health.degraded {
                Component::degraded(health.last_error.unwrap_or("the model does not answer"))
            } else {
                Component::ok()
            }
        }),
        sheets: Box::new(move || {
            let health = ledger.health();
            let component = match health.error {
                None => Component::ok(),
                Some(class) => Component::degraded(class),
            };
            component.number("waiting", u64::try_from(health.waiting).unwrap_or(u64::MAX))
        }),
    }
}

/// Measures what nothing reports by itself, and looks at the health so that each change is logged.
async fn sample(engine: Arc<Engine>, sender: Arc<Sender>, health: Health) {
    let mut refused = None;
    loop {
        let metrics = engine.metrics();
        let (waiting, age) = sender.waiting();
        level(&metrics.outbox, "telegram", waiting);
        let age = usize::try_from(age.as_secs()).unwrap_or(usize::MAX);
        level(&metrics.outbox_age, "telegram", age);
        let status = engine.store().status();
        let trouble = status.health.failing().map(|trouble| trouble.class.clone());
        if trouble != refused {
            if let Some(class) = &trouble {
                tracing::error!(
                    class,
                    "the disk refuses what is to be kept, so customers wait: make room in DATA_DIR, or mend its disk"
                );
            }
            refused = trouble;
        }
        let pending = status.pending_commits;
        level(
            &metrics.queues,
            "commits",
            usize::try_from(pending).unwrap_or(usize::MAX),
        );
        let _ = health.report();
        tokio::time::sleep(SAMPLE).await;
    }
}
