//! The network fails, in every way and at every call: one table, every cell of it tried.
//!
//! A proxy stands before each service. Each call has a shop of its own, where one fault after the other strikes it.
//! Orders go on where they can, health says what is wrong, and afterwards everything catches up by itself: one order,
//! one row, a card, an answer.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use order_bot::standin::{
    SentMessage, State,
    wire::{Answer, Verdict},
};
use serde_json::{Value, json};

use crate::{
    fakes::{
        faults::{
            google_answer, html_page, openai_error, openai_flood, telegram_error, telegram_flood,
        },
        key,
        openai::{Thought, add, parsed_order},
        proxy::Proxy,
    },
    harness::{
        people::Customer,
        settings::{OPERATOR, OPERATOR_CHAT, Settings},
        shop::Shop,
    },
    regulars::{self, Regulars},
    size::{Attack, figure},
    watcher::Watcher,
};

/// Longest wait for anything. Telegram's calls are given up after 20 s, and what was given up is tried again.
const PATIENCE: Duration = Duration::from_secs(50);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    Telegram,
    OpenAi,
    Google,
}

/// The rows of the table: every call that the program makes for an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Poll,
    Draft,
    Placed,
    Card,
    CardChange,
    TapAnswer,
    Chat,
    Token,
    Header,
    Append,
    Rewrite,
}

const CALLS: [Call; 11] = [
    Call::Poll,
    Call::Draft,
    Call::Placed,
    Call::Card,
    Call::CardChange,
    Call::TapAnswer,
    Call::Chat,
    Call::Token,
    Call::Header,
    Call::Append,
    Call::Rewrite,
];

impl Call {
    const fn service(self) -> Service {
        match self {
            Self::Chat => Service::OpenAi,
            Self::Token | Self::Header | Self::Append | Self::Rewrite => Service::Google,
            _ => Service::Telegram,
        }
    }

    /// Its name in a plan of faults.
    fn name(self, customer: &Customer) -> String {
        match self {
            Self::Poll => "getUpdates".into(),
            Self::Draft => format!("sendMessage@{}", customer.id),
            Self::Placed => format!("editMessageText@{}", customer.id),
            Self::Card => format!("sendMessage@{OPERATOR_CHAT}"),
            Self::CardChange => format!("editMessageText@{OPERATOR_CHAT}"),
            Self::TapAnswer => "answerCallbackQuery".into(),
            Self::Chat => "chat".into(),
            Self::Token => "token".into(),
            Self::Header => "values.get".into(),
            Self::Append => "values.append".into(),
            Self::Rewrite => "values.batchUpdate".into(),
        }
    }
}

/// The columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Refused,
    Hangs,
    HangsAfterwards,
    CutBefore,
    CutAfterwards,
    CutInTheAnswer,
    Slow,
    TooMany,
    TooManyForASecond,
    Unauthorized,
    Forbidden,
    Conflict,
    ServerError,
    Unavailable,
    HtmlError,
    HtmlWell,
    WrongJson,
    Empty,
}

const FAULTS: [Fault; 18] = [
    Fault::Refused,
    Fault::Hangs,
    Fault::HangsAfterwards,
    Fault::CutBefore,
    Fault::CutAfterwards,
    Fault::CutInTheAnswer,
    Fault::Slow,
    Fault::TooMany,
    Fault::TooManyForASecond,
    Fault::Unauthorized,
    Fault::Forbidden,
    Fault::Conflict,
    Fault::ServerError,
    Fault::Unavailable,
    Fault::HtmlError,
    Fault::HtmlWell,
    Fault::WrongJson,
    Fault::Empty,
];

/// Words that must not come back in a log.
const ECHO: &str = "canarynetwork: what the other side says";

impl Fault {
    /// Whether a service can fail in this way at all.
    fn is_of(self, call: Call) -> bool {
        self != Self::Conflict || call == Call::Poll
    }

    fn hangs(self) -> bool {
        matches!(self, Self::Hangs | Self::HangsAfterwards)
    }

    fn verdict(self, service: Service) -> Verdict {
        let refusal = |status, google, telegram| match service {
            Service::Telegram => telegram_error(status, telegram),
            Service::OpenAi => {
                Verdict::Answer(openai_error(status, "invalid_request_error", None, ECHO))
            }
            Service::Google => Verdict::Answer(google_answer(status, google, ECHO)),
        };
        match self {
            Self::Refused => unreachable!("it is the server's"),
            Self::Hangs => Verdict::Hang,
            Self::HangsAfterwards => Verdict::HangAfter,
            Self::CutBefore => Verdict::DropBefore,
            Self::CutAfterwards => Verdict::DropAfter,
            Self::CutInTheAnswer => Verdict::Truncate,
            Self::Slow => Verdict::Delay(Duration::from_millis(900)),
            Self::TooMany => match service {
                Service::OpenAi => openai_flood(None),
                _ => refusal(429, "RESOURCE_EXHAUSTED", "Too Many Requests"),
            },
            Self::TooManyForASecond => match service {
                Service::Telegram => telegram_flood(1),
                Service::OpenAi => openai_flood(Some(1)),
                Service::Google => {
                    let answer = google_answer(429, "RESOURCE_EXHAUSTED", ECHO);
                    Verdict::Answer(answer.with_header("retry-after", "1"))
                }
            },
            Self::Unauthorized => refusal(401, "UNAUTHENTICATED", "Unauthorized"),
            Self::Forbidden => refusal(
                403,
                "PERMISSION_DENIED",
                "Forbidden: bot was kicked from the supergroup chat",
            ),
            Self::Conflict => telegram_error(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            ),
            Self::ServerError => refusal(500, "INTERNAL", "Internal Server Error"),
            Self::Unavailable => refusal(503, "UNAVAILABLE", "Service Unavailable"),
            Self::HtmlError => html_page(502),
            Self::HtmlWell => Verdict::Answer(Answer::html(200, ECHO)),
            Self::WrongJson => Verdict::Answer(Answer::json(
                200,
                &json!({"surprise": [1, {"words": ECHO}]}),
            )),
            Self::Empty => Verdict::Answer(Answer::html(200, "")),
        }
    }
}

/// A shop behind proxies.
struct Scene {
    shop: Shop,
    telegram: Proxy,
    openai: Proxy,
    sheets: Proxy,
    token: Proxy,
    call: Call,
    fault: Fault,
    orders: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_network_fails_in_every_way_at_every_call_and_everything_catches_up() {
    let attack = Attack::begin("network");
    let rows: Vec<_> = CALLS
        .into_iter()
        .map(|call| (call, tokio::spawn(row(call))))
        .collect();
    let mut failed = Vec::new();
    let (mut cells, mut struck) = (0, 0);
    for (call, row) in rows {
        match row.await {
            Ok((row_cells, row_struck, took)) => {
                attack.says(format!(
                    "{call:?}: {row_cells} faults, {row_struck} calls spoilt, {took:.1?}"
                ));
                cells += row_cells;
                struck += row_struck;
            }
            Err(_) => failed.push(call),
        }
    }
    assert!(failed.is_empty(), "these calls failed: {failed:?}");
    attack.says(format!("{cells} cells, {struck} calls spoilt"));
    assert_eq!(cells, CALLS.len() * FAULTS.len() - (CALLS.len() - 1));
}

/// The regulars at work while one call in so many fails, of all services at once and in any way. Long form:
/// `CAMPAIGN_STORM_SECONDS=300`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_storm_of_faults_every_order_stands_once_everywhere() {
    let attack = Attack::begin("storm");
    let seconds = figure("STORM_SECONDS", 15);
    let people = figure("CUSTOMERS", 20);
    let seed = attack.seed;
    let mut shop = Shop::start_with(regulars::settings(seed)).await;
    let plans = [
        (Service::Telegram, shop.telegram.faults().clone()),
        (Service::OpenAi, shop.openai.faults().clone()),
        (Service::Google, shop.google.faults().clone()),
    ];
    for (n, (service, plan)) in (0..).zip(&plans) {
        // What hangs costs 20 s each, and who is forbidden gets nothing: both have their cells in the table.
        let passing = FAULTS.into_iter().filter(|fault| {
            let lasting = matches!(
                fault,
                Fault::Refused | Fault::Forbidden | Fault::Unauthorized | Fault::Conflict
            );
            !fault.hangs() && !lasting
        });
        let mut verdicts: Vec<_> = passing.map(|fault| fault.verdict(*service)).collect();
        verdicts.push(Verdict::ApplyLate(Duration::from_millis(300)));
        if *service == Service::Telegram {
            // Applied late and never answered: given up after 20 s.
            verdicts.pop();
        }
        plan.jitter(seed + n, Duration::from_millis(20));
        plan.storm(6, &verdicts);
    }
    let watcher = Watcher::begin(&shop);
    let regulars = Regulars::begin(&shop, people, seed);
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    plans.iter().for_each(|(_, plan)| plan.calm());
    let tally = regulars.end(&mut shop).await;
    watcher.end();
    let struck: u64 = plans.iter().map(|(_, plan)| plan.struck()).sum();
    attack.says(format!(
        "{seconds} s, {struck} calls spoilt; {} orders placed, {} drafts cancelled, {} cards repeated",
        tally.placed, tally.cancelled, tally.cards_repeated
    ));
    assert!(struck > 50 && tally.placed > 10);
}

/// All faults of one call, one after the other; how many, how many calls they spoilt, and how long it took.
async fn row(call: Call) -> (usize, u64, Duration) {
    let began = Instant::now();
    let mut scene = Scene::open(call).await;
    let mut cells = 0;
    for fault in FAULTS.into_iter().filter(|fault| fault.is_of(call)) {
        scene.fault = fault;
        scene.cell().await;
        cells += 1;
    }
    let struck = [&scene.telegram, &scene.openai, &scene.sheets, &scene.token];
    let struck = struck.map(|proxy| proxy.faults().struck()).iter().sum();
    scene.close().await;
    (cells, struck, began.elapsed())
}

impl Scene {
    async fn open(call: Call) -> Self {
        let settings = Settings::default()
            .set("ORDER_REQUIRES", "")
            .set("RATE_LIMIT_PER_MINUTE", "0")
            .set("OPENAI_TIMEOUT_SECS", "2")
            .set("LOG_LEVEL", "trace");
        let mut proxies = None;
        let program = Path::new(env!("CARGO_BIN_EXE_order-bot"));
        let shop = Shop::start_changed(settings, program, &["run"], async |services, all| {
            let (telegram, openai) = (services.telegram.url(), services.openai.url());
            let telegram = Proxy::start(&telegram).await;
            let openai = Proxy::start(openai.trim_end_matches("/v1")).await;
            let sheets = Proxy::start(&services.google.url()).await;
            let token = Proxy::start(&services.google.url()).await;
            services.google.is_called(&token.url());
            let account = key::service_account(&format!("{}/token", token.url()));
            let mut set = |name: &str, value| all.insert(name.to_owned(), value);
            set("TELEGRAM_API_URL", telegram.url());
            set("OPENAI_BASE_URL", format!("{}/v1", openai.url()));
            set("SHEETS_API_URL", sheets.url());
            set("GOOGLE_SERVICE_ACCOUNT_JSON", account.to_string());
            proxies = Some((telegram, openai, sheets, token));
        });
        let shop = shop.await;
        shop.canaries().add("what a service said", "canarynetwork");
        shop.openai.brain(|asked| {
            let digits: String = asked.user.chars().filter(char::is_ascii_digit).collect();
            let quantity = digits.parse().unwrap_or(1);
            Thought::Json(parsed_order(json!([add("margherita", quantity)])))
        });
        let (telegram, openai, sheets, token) = proxies.unwrap();
        Self {
            shop,
            telegram,
            openai,
            sheets,
            token,
            call,
            fault: Fault::Slow,
            orders: 0,
        }
    }

    fn proxy(&self) -> &Proxy {
        match self.call {
            Call::Chat => &self.openai,
            Call::Token => &self.token,
            Call::Header | Call::Append | Call::Rewrite => &self.sheets,
            _ => &self.telegram,
        }
    }

    /// What went wrong, for whoever reads the failure.
    fn at(&self, what: &str) -> String {
        format!("{:?} {:?}: {what}", self.call, self.fault)
    }

    /// The fault strikes until [`Scene::end`], or so many times.
    fn begin(&self, customer: &Customer, times: u32) {
        match self.fault {
            Fault::Refused => self.proxy().server().refuse(),
            fault => {
                let name = self.call.name(customer);
                let verdict = fault.verdict(self.call.service());
                self.proxy().faults().times(times, &name, verdict);
            }
        }
    }

    fn end(&self) {
        self.proxy().server().come_up();
        self.proxy().faults().clear();
    }

    async fn cell(&mut self) {
        match self.call {
            Call::Poll => self.poll().await,
            Call::Chat => self.model().await,
            Call::Token | Call::Header | Call::Append | Call::Rewrite => self.sheet().await,
            _ => self.message().await,
        }
        self.quiet().await;
    }

    /// All is as it was.
    async fn quiet(&self) {
        self.healthy("all well again", |code, health| {
            code == 200 && health["status"] == "ok"
        })
        .await;
    }

    async fn healthy(&self, what: &str, test: impl Fn(u16, &Value) -> bool) {
        let began = Instant::now();
        loop {
            let (code, health) = self.shop.bot.health().await;
            if test(code, &health) {
                return;
            }
            let late = began.elapsed() > PATIENCE;
            assert!(!late, "{}: {code} {health}", self.at(what));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn wait<T>(&self, what: &str, look: impl FnMut(&State) -> Option<T>) -> T {
        let found = self.shop.telegram.wait_for(PATIENCE, look).await;
        found.unwrap_or_else(|| panic!("{}", self.at(what)))
    }

    async fn sees(
        &self,
        who: &Customer,
        what: &str,
        test: impl Fn(&SentMessage) -> bool,
    ) -> SentMessage {
        self.wait(what, |state| state.newest(who.id, &test).cloned())
            .await
    }

    fn customer(&self) -> Customer {
        self.shop.customer(&format!("{:?}", self.fault))
    }

    async fn draft(&self, who: &Customer) -> SentMessage {
        let is_draft = |message: &SentMessage| message.button("order:confirm:").is_some();
        self.sees(who, "a draft", is_draft).await
    }

    async fn answered(&self, tap: &str) {
        if (self.call, self.fault) == (Call::TapAnswer, Fault::Forbidden) {
            // Who is refused an answer is not given it; the messages say the same.
            return;
        }
        let answered = |state: &State| state.tap(tap).filter(|tap| tap.answers > 0).map(drop);
        self.wait("an answer to a tap", answered).await;
    }

    /// Confirms a draft and reads that it is placed; gives the order's id.
    async fn place(&mut self, who: &Customer, draft: &SentMessage) -> String {
        let tap = who.taps_and_leaves(draft, "order:confirm");
        let placed = |message: &SentMessage| message.text.contains("is placed");
        let placed = self.sees(who, "that it is placed", placed).await;
        self.answered(&tap).await;
        self.orders += 1;
        let text = placed.text;
        let id = text.split_once("Order ").unwrap().1;
        id.split(' ').next().unwrap().to_owned()
    }

    /// The operator accepts the order, and the card says so.
    async fn accept(&self, order: &str) {
        let data = format!("op:accept:{order}");
        let card = |state: &State| {
            let card = state.newest(OPERATOR_CHAT, |m| m.button(&data).is_some())?;
            Some(card.message_id)
        };
        let card = self.wait("the card", card).await;
        let tap = self
            .shop
            .telegram
            .tap_in(OPERATOR_CHAT, OPERATOR, card, &data);
        self.answered(&tap.unwrap()).await;
    }

    async fn card_says_accepted(&self, order: &str) {
        let ready = format!("op:ready:{order}");
        let changed = |state: &State| {
            let card = state.newest(OPERATOR_CHAT, |m| m.button(&ready).is_some());
            card.map(drop)
        };
        self.wait("the card to say accepted", changed).await;
    }

    /// The one row of the order says that it is accepted.
    async fn one_row(&self, order: &str) {
        let sheet = self.shop.sheet();
        let began = Instant::now();
        loop {
            let rows = sheet.rows_of(order);
            // Not even for the moment until a second row would be found and taken away again.
            assert!(
                rows.len() < 2,
                "{}",
                self.at(&format!("two rows: {rows:?}"))
            );
            if rows.len() == 1 && rows[0]["status"] == "accepted" {
                return;
            }
            let late = began.elapsed() > PATIENCE;
            assert!(
                !late,
                "{}",
                self.at(&format!("one accepted row, but {rows:?}"))
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A whole order, from the words to the row.
    async fn whole_order(&mut self, who: &Customer) -> String {
        who.says("please bring me 2 margheritas").await;
        let draft = self.draft(who).await;
        let order = self.place(who, &draft).await;
        self.accept(&order).await;
        self.card_says_accepted(&order).await;
        self.one_row(&order).await;
        order
    }

    async fn poll(&mut self) {
        let who = self.customer();
        self.begin(&who, u32::MAX);
        who.says("/help").await;
        if self.fault == Fault::Slow {
            self.sees(&who, "an answer all the same", |_| true).await;
        } else {
            let failing = matches!(self.fault, Fault::Unauthorized | Fault::Conflict);
            let (code, status) = if failing {
                (503, "failing")
            } else {
                (200, "degraded")
            };
            self.healthy(status, |now, health| {
                now == code && health["components"]["telegram"]["status"] == status
            })
            .await;
        }
        self.end();
        self.sees(&who, "an answer when it is over", |_| true).await;
        self.whole_order(&who).await;
    }

    /// A call that brings something to a chat fails twice; what hangs takes 20 s each time.
    async fn message(&mut self) {
        let who = self.customer();
        // A slow call gets through, so there may be no second one.
        let times = if self.fault.hangs() || self.fault == Fault::Slow {
            1
        } else {
            2
        };
        let strike = |scene: &Self| {
            scene.begin(&who, times);
            if scene.fault == Fault::Refused {
                let server = scene.telegram.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(1_200)).await;
                    server.server().come_up();
                });
            }
        };
        if self.call == Call::Draft {
            strike(self);
        }
        who.says("please bring me 3 margheritas").await;
        if self.call == Call::Draft && self.fault == Fault::Forbidden {
            // Who has blocked the bot gets nothing, and asks again when they have let it in.
            self.struck(1).await;
            self.end();
            who.says("/cart").await;
        }
        let draft = self.draft(&who).await;
        if matches!(self.call, Call::Placed | Call::Card | Call::TapAnswer) {
            strike(self);
        }
        let order = if self.call == Call::Placed && self.fault == Fault::Forbidden {
            let tap = who.taps_and_leaves(&draft, "order:confirm");
            self.answered(&tap).await;
            self.struck(1).await;
            self.end();
            self.orders += 1;
            who.says("/orders").await;
            let listed = |message: &SentMessage| message.button("mine:cancel:").is_some();
            let list = self.sees(&who, "their orders", listed).await;
            let data = &list.button("mine:cancel:").unwrap().data;
            data.trim_start_matches("mine:cancel:").to_owned()
        } else {
            self.place(&who, &draft).await
        };
        if self.call == Call::CardChange {
            strike(self);
        }
        self.accept(&order).await;
        self.card_says_accepted(&order).await;
        self.one_row(&order).await;
        // Also where what was asked for stands already and only its answer was lost.
        self.struck(0).await;
    }

    /// Waits until the fault has struck, and only so many strikes are left of it.
    async fn struck(&self, left: usize) {
        let began = Instant::now();
        let name = format!("{left} x ");
        let unused = || self.proxy().faults().unused();
        while unused().iter().any(|rule| !rule.starts_with(&name)) {
            assert!(began.elapsed() < PATIENCE, "{}", self.at("it strikes"));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn model(&mut self) {
        // What an earlier fault has left behind, such as a pause of a minute, is gone with the process.
        self.shop.bot.restart().await;
        let who = self.customer();
        self.begin(&who, u32::MAX);
        let began = Instant::now();
        who.says("please bring me 4 margheritas").await;
        let draft = self.draft(&who).await;
        let took = began.elapsed();
        let limit = Duration::from_secs(4);
        assert!(took < limit, "{}", self.at(&format!("took {took:?}")));
        assert!(
            draft.text.contains("4 × Margherita"),
            "{}",
            self.at(&draft.text)
        );
        if self.fault != Fault::Slow {
            self.healthy("degraded", |code, health| {
                code == 200 && health["components"]["parser"]["status"] == "degraded"
            })
            .await;
        }
        let order = self.place(&who, &draft).await;
        self.accept(&order).await;
        self.one_row(&order).await;
        let source = &self.shop.sheet().rows_of(&order)[0]["source"];
        let expected = if self.fault == Fault::Slow {
            "gpt"
        } else {
            "local"
        };
        assert_eq!(source, expected, "{}", self.at("who understood it"));
        self.end();
        self.shop.bot.restart().await;
        let another = self.customer();
        let order = self.whole_order(&another).await;
        let source = &self.shop.sheet().rows_of(&order)[0]["source"];
        assert_eq!(source, "gpt", "{}", self.at("the model is back"));
    }

    async fn sheet(&mut self) {
        let who = self.customer();
        if self.call == Call::Token {
            self.shop.google.revoke_tokens();
        }
        self.begin(&who, u32::MAX);
        // Orders go on.
        who.says("please bring me 5 margheritas").await;
        let draft = self.draft(&who).await;
        let order = self.place(&who, &draft).await;
        self.accept(&order).await;
        self.card_says_accepted(&order).await;
        if self.fault != Fault::Slow {
            self.healthy("degraded", |code, health| {
                code == 200
                    && health["status"] == "degraded"
                    && health["components"]["sheets"]["status"] == "degraded"
            })
            .await;
        }
        self.end();
        self.one_row(&order).await;
    }

    async fn close(mut self) {
        // Of each order one, everywhere.
        let orders = self.shop.orders().await;
        assert_eq!(orders.len(), self.orders, "{:?}", self.call);
        let by_id: BTreeMap<_, _> = orders.iter().map(|o| (&o["order_id"], o)).collect();
        assert_eq!(by_id.len(), orders.len());
        let rows = self.shop.sheet().rows();
        assert_eq!(rows.len(), self.orders, "{:?}", self.call);
        for row in &rows {
            assert_eq!(row["items"], by_id[&row["order_id"]]["items"]);
        }
        let public = [
            self.shop.bot.metrics().await,
            self.shop.bot.health().await.1.to_string(),
        ];
        let found = self.shop.canaries().found_in(&public);
        assert!(found.is_empty(), "{found:?}");
        self.shop.google.forget_complaints();
        let (status, _) = self.shop.bot.sigterm().await;
        assert!(status.success());
    }
}
