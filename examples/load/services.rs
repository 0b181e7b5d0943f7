//! Stand-ins for the three services, in the driver's own process.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use clap::ValueEnum;
use order_bot::{menu::Menu, standin::BotApi, understand::LocalParser};

use crate::fakes::{
    google::Google,
    openai::{OpenAi, Thought},
};

const TOKEN: &str = "7000000001:load";
pub const OPERATORS: i64 = -1_001_000_000_001;
const BOOK: &str = "book";
const TAB: &str = "Orders";
const OPENAI_KEY: &str = "sk-load";

/// Where rows go.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Rows {
    Csv,
    Sheets,
}

/// How a program is set up.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub rows: Rows,
    /// With a stand-in for the model, asked in this mode (`PARSER`); none: the embedded parser alone.
    pub model: Option<&'static str>,
    /// With personal data encrypted on disk.
    pub sealed: bool,
    /// Whether a customer is asked for a phone number and an address.
    pub details: bool,
}

/// The stand-ins.
pub struct Services {
    pub telegram: BotApi,
    pub google: Google,
    pub openai: OpenAi,
}

impl Services {
    /// With a model that reads like the embedded parser of this menu.
    pub async fn start(menu: &Path) -> anyhow::Result<Self> {
        let telegram = BotApi::start(TOKEN).await?;
        telegram.group(OPERATORS, "Kitchen", &[]);
        let google = Google::start().await;
        google.enforce_quota(true);
        google.add_spreadsheet(BOOK, &[TAB]);
        let openai = OpenAi::start(OPENAI_KEY).await;
        openai.forget_requests();
        let menu = std::fs::read_to_string(menu)?;
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

    /// The settings of a program that works with these stand-ins.
    pub fn environment(&self, data: &Path, menu: &Path, setup: Setup) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        let mut set = |name: &str, value: &str| {
            all.insert(name.to_owned(), value.to_owned());
        };
        set("TELEGRAM_TOKEN", TOKEN);
        set("TELEGRAM_API_URL", &self.telegram.url());
        set("TELEGRAM_MESSAGES_PER_SECOND", "0");
        set("RATE_LIMIT_PER_MINUTE", "0");
        set("OPERATOR_CHAT_ID", &OPERATORS.to_string());
        set("MENU_FILE", &menu.to_string_lossy());
        set("DATA_DIR", &data.to_string_lossy());
        set("HTTP_ADDR", "127.0.0.1:0");
        if !setup.details {
            set("ORDER_REQUIRES", "");
        }
        if setup.rows == Rows::Sheets {
            set(
                "GOOGLE_SERVICE_ACCOUNT_JSON",
                &self.google.service_account(),
            );
            set("SHEETS_SPREADSHEET_ID", BOOK);
            set("SHEETS_API_URL", &self.google.url());
        }
        if let Some(mode) = setup.model {
            set("OPENAI_API_KEY", OPENAI_KEY);
            set("OPENAI_BASE_URL", &self.openai.url());
            set("PARSER", mode);
        }
        if setup.sealed {
            set("DATA_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        }
        all
    }

    /// Calls so far, by service and method.
    pub fn calls(&self) -> BTreeMap<String, usize> {
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
        calls.insert("openai".into(), self.openai.answered());
        calls
    }

    /// Most writes to the spreadsheet within any minute.
    pub fn most_writes_a_minute(&self) -> usize {
        let reads = |name: &str| name == "token" || name.to_lowercase().contains("get");
        let calls = self.google.calls().into_iter();
        let at: Vec<Instant> = calls.filter(|c| !reads(c.name)).map(|c| c.at).collect();
        let minute = Duration::from_secs(60);
        let within = |from: &Instant| {
            at.iter()
                .filter(|t| *t >= from && **t < *from + minute)
                .count()
        };
        at.iter().map(within).max().unwrap_or(0)
    }

    /// The spreadsheet's rows, without its head.
    pub fn sheet_rows(&self) -> Vec<Vec<String>> {
        self.google
            .sheet(BOOK, TAB)
            .grid()
            .into_iter()
            .skip(1)
            .collect()
    }
}

/// The customer's words within the fence of the prompt.
pub fn text_of(user: &str) -> &str {
    let inner = user
        .split_once('>')
        .and_then(|(_, rest)| rest.rsplit_once("</"));
    inner.map_or(user, |(text, _)| text.trim())
}
