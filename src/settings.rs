//! Settings from environment variables: read once, checked completely, typed.
//!
//! [`Environment`] takes what is ours out of the process's environment, [`Settings::read`] gives it meaning and
//! collects every problem, so that an operator sees all of them at once. [`SETTINGS`] is the list that the reader,
//! `order-bot check` and the documents share.

mod catalog;
mod environment;
mod reader;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use secrecy::SecretBox;

use crate::privacy::{ExposeSecret, SecretString};
use catalog::name;
use reader::{Reader, wrong};

pub use catalog::{SETTINGS, Setting};
pub use environment::{Environment, Problem, Shown};

/// Everything the bot is told from outside.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The Bot API.
    pub telegram: Telegram,
    /// Who runs the shop.
    pub operator: Operator,
    /// The model; none: the embedded parser alone.
    pub openai: Option<OpenAi>,
    /// How long the model's answers are kept.
    pub cache: Cache,
    /// The spreadsheet; none: orders go to `orders.csv` in the data folder.
    pub sheets: Option<Sheets>,
    /// The menu's file.
    pub menu_file: PathBuf,
    /// Folder of everything the bot keeps.
    pub data_dir: PathBuf,
    /// Key for personal data at rest; there in production.
    pub data_key: Option<DataKey>,
    /// Where health and metrics are served.
    pub http_addr: SocketAddr,
    /// Where the bot runs.
    pub app_env: AppEnv,
    /// How it logs.
    pub log: Log,
    /// Messages of one customer; none: no limit.
    pub rate_limit_per_minute: Option<u32>,
    /// What an order must have and may be.
    pub order: OrderRules,
    /// Time to finish what is under way when told to stop.
    pub shutdown_grace: Duration,
    /// For paying in Telegram; none: pay on delivery or pick-up only.
    pub payment_provider_token: Option<SecretString>,
    /// The shop's time zone.
    pub time_zone: TimeZone,
}

/// What the commands beside the bot need: reading messages, exporting orders. Nothing of it is required.
#[derive(Debug, Clone)]
pub struct ToolSettings {
    /// The model; none: the embedded parser alone.
    pub openai: Option<OpenAi>,
    /// How long the model's answers are kept.
    pub cache: Cache,
    /// The menu's file.
    pub menu_file: PathBuf,
    /// Folder of everything the bot keeps.
    pub data_dir: PathBuf,
    /// Key for personal data at rest.
    pub data_key: Option<DataKey>,
    /// How to log.
    pub log: Log,
    /// The shop's time zone.
    pub time_zone: TimeZone,
}

/// The Bot API.
#[derive(Debug, Clone)]
pub struct Telegram {
    /// The bot's token.
    pub token: SecretString,
    /// Base URL.
    pub api_url: BaseUrl,
    /// Limit over all chats, with which come 1/s a chat and 20/min a group; none: no limit at all.
    pub messages_per_second: Option<u32>,
}

/// Who runs the shop.
#[derive(Debug, Clone)]
pub struct Operator {
    /// The chat or group that gets order cards.
    pub chat: Option<i64>,
    /// User ids allowed to act there; empty: every member of that chat.
    pub ids: Vec<u64>,
}

/// The model.
#[derive(Debug, Clone)]
pub struct OpenAi {
    /// The provider's key.
    pub api_key: SecretString,
    /// Base URL, ending in `/v1`.
    pub base_url: BaseUrl,
    /// The model's name.
    pub model: String,
    /// For one order, retries included.
    pub timeout: Duration,
}

/// How long and how many of the model's answers are kept. Zero of either: none.
#[derive(Debug, Clone, Copy)]
pub struct Cache {
    /// For how long.
    pub ttl: Duration,
    /// How many.
    pub entries: u64,
}

/// The spreadsheet.
#[derive(Debug, Clone)]
pub struct Sheets {
    /// The service account's key file, checked.
    pub key_json: SecretString,
    /// The spreadsheet's id.
    pub spreadsheet_id: String,
    /// The tab for orders: letters, digits, space, `_` and `-`.
    pub tab: String,
    /// Base URL of the Sheets API.
    pub api_url: BaseUrl,
}

/// What an order must have and may be.
#[derive(Debug, Clone)]
pub struct OrderRules {
    /// What is asked for before confirming; none twice.
    pub requires: Vec<Required>,
    /// Above this number of one line the operator must approve.
    pub max_quantity: u32,
    /// Above this total the operator must approve: a decimal in the menu's currency, which only the menu knows.
    pub max_total: String,
    /// When an unconfirmed order expires.
    pub draft_ttl: Duration,
}

/// Something that may be asked for before an order is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// A phone number.
    Phone,
    /// An address, for deliveries only.
    Address,
    /// A name.
    Name,
}

/// How the process logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Form of a line.
    pub format: LogFormat,
    /// A valid `tracing` filter.
    pub level: String,
}

/// Form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// Where the bot runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppEnv {
    /// A developer's machine.
    Development,
    /// A rehearsal.
    Staging,
    /// The shop.
    Production,
}

/// An `http` or `https` URL without user, query, fragment or trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// The URL, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key for personal data at rest. Does not print, and is wiped from memory when dropped.
#[derive(Debug, Clone)]
pub struct DataKey(Arc<SecretBox<[u8; 32]>>);

impl DataKey {
    fn new(bytes: [u8; 32]) -> Self {
        Self(Arc::new(SecretBox::new(Box::new(bytes))))
    }

    /// The key's bytes; whoever calls this answers for where they go.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

impl Settings {
    /// Reads all settings of the bot.
    ///
    /// # Errors
    /// Every problem there is, in the order of [`SETTINGS`] as far as it can be told.
    pub fn read(environment: &Environment) -> Result<Self, Vec<Problem>> {
        let mut r = Reader::new(environment);
        let app_env = app_env(&mut r);
        r.production = app_env == AppEnv::Production;
        let settings = Self {
            telegram: telegram(&mut r),
            operator: operator(&mut r),
            openai: openai(&mut r),
            cache: cache(&mut r),
            sheets: sheets(&mut r),
            menu_file: r.string(name::menu_file).into(),
            data_dir: r.string(name::data_dir).into(),
            data_key: data_key(&mut r),
            http_addr: http_addr(&mut r),
            app_env,
            log: log(&mut r),
            rate_limit_per_minute: limit(r.number(name::rate_limit_per_minute, 0..=100_000)),
            order: order(&mut r),
            shutdown_grace: r.seconds(name::shutdown_grace_secs, 0..=3_600),
            payment_provider_token: r.secret(name::payment_provider_token, reader::one_word),
            time_zone: time_zone(&mut r),
        };
        done(r, settings)
    }
}

impl ToolSettings {
    /// Reads what the commands beside the bot need; nothing else can be a problem to them.
    ///
    /// # Errors
    /// Every problem there is.
    pub fn read(environment: &Environment) -> Result<Self, Vec<Problem>> {
        let mut r = Reader::new(environment);
        r.production = app_env(&mut r) == AppEnv::Production;
        let settings = Self {
            openai: openai(&mut r),
            cache: cache(&mut r),
            menu_file: r.string(name::menu_file).into(),
            data_dir: r.string(name::data_dir).into(),
            data_key: r.optional(name::data_key, reader::data_key),
            log: log(&mut r),
            time_zone: time_zone(&mut r),
        };
        done(r, settings)
    }
}

/// Where health is served, whatever state the other settings are in.
///
/// # Errors
/// What is wrong with `HTTP_ADDR`.
pub fn read_http_addr(environment: &Environment) -> Result<SocketAddr, Problem> {
    let mut r = Reader::new(environment);
    let addr = http_addr(&mut r);
    let mut problems = r.into_problems().into_iter();
    problems
        .find(|p| p.variable == name::http_addr)
        .map_or(Ok(addr), Err)
}

fn done<T>(reader: Reader<'_>, settings: T) -> Result<T, Vec<Problem>> {
    let mut problems = reader.into_problems();
    if problems.is_empty() {
        return Ok(settings);
    }
    let place = |p: &Problem| SETTINGS.iter().position(|s| p.variable.starts_with(s.name));
    problems.sort_by_key(|p| place(p).unwrap_or(usize::MAX));
    Err(problems)
}

/// A limit of which 0 means none.
fn limit(number: u32) -> Option<u32> {
    (number > 0).then_some(number)
}

fn app_env(r: &mut Reader<'_>) -> AppEnv {
    r.value(name::app_env, AppEnv::Development, |text| match text {
        "development" => Ok(AppEnv::Development),
        "staging" => Ok(AppEnv::Staging),
        "production" => Ok(AppEnv::Production),
        _ => wrong(
            "is no environment",
            "set development, staging or production",
        ),
    })
}

fn telegram(r: &mut Reader<'_>) -> Telegram {
    let token = r.secret(name::telegram_token, reader::bot_token);
    if !r.given(name::telegram_token) {
        r.problem(
            name::telegram_token,
            "is required and not set",
            "set the token that @BotFather gave you, or name a file with it in TELEGRAM_TOKEN_FILE",
        );
    }
    Telegram {
        // Without a token there is a problem, and nobody gets to see this stand-in.
        token: token.unwrap_or_default(),
        api_url: r.url(name::telegram_api_url),
        messages_per_second: limit(r.number(name::telegram_messages_per_second, 0..=10_000)),
    }
}

fn operator(r: &mut Reader<'_>) -> Operator {
    let operator = Operator {
        chat: r.optional(name::operator_chat_id, |text| match text.parse() {
            Ok(0) | Err(_) => wrong(
                "is not a chat id",
                "set a number; a group's is negative, such as -1001234567890",
            ),
            Ok(id) => Ok(id),
        }),
        ids: r
            .optional(name::operator_ids, reader::user_ids)
            .unwrap_or_default(),
    };
    if !operator.ids.is_empty() && !r.given(name::operator_chat_id) {
        r.problem(
            name::operator_chat_id,
            "is not set, but OPERATOR_IDS is",
            "set the chat in which they act, or unset OPERATOR_IDS",
        );
    }
    operator
}

fn openai(r: &mut Reader<'_>) -> Option<OpenAi> {
    // Read without a key as well: a wrong value is a problem that should not wait for the day the key is set.
    let api_key = r.secret(name::openai_api_key, reader::one_word);
    let base_url = r.url(name::openai_base_url);
    let model = r.value(name::openai_model, String::new(), |text| {
        reader::one_word(text).map(|()| text.to_owned())
    });
    let timeout = r.seconds(name::openai_timeout_secs, 1..=300);
    Some(OpenAi {
        api_key: api_key?,
        base_url,
        model,
        timeout,
    })
}

fn cache(r: &mut Reader<'_>) -> Cache {
    Cache {
        ttl: r.seconds(name::parse_cache_ttl_secs, 0..=604_800),
        entries: r.number(name::parse_cache_entries, 0..=1_000_000),
    }
}

fn sheets(r: &mut Reader<'_>) -> Option<Sheets> {
    let production = r.production;
    let key_json = r.secret(name::google_service_account_json, |text| {
        reader::service_account(text, production)
    });
    let spreadsheet_id = r.optional(name::sheets_spreadsheet_id, |text| {
        let fix = "set the part of the spreadsheet's address between /d/ and /edit";
        reader::path_word(text, b"_-", 200, fix)
    });
    let tab = r.value(name::sheets_tab, String::new(), |text| {
        let fix = "name the tab with letters a-z, digits, space, _ and -, at most 100";
        reader::path_word(text, b"_- ", 100, fix)
    });
    let api_url = r.url(name::sheets_api_url);
    match (
        r.given(name::google_service_account_json),
        r.given(name::sheets_spreadsheet_id),
    ) {
        (true, false) => r.problem(
            name::sheets_spreadsheet_id,
            "is not set, but the service account is",
            "set the spreadsheet's id, or unset GOOGLE_SERVICE_ACCOUNT_JSON",
        ),
        (false, true) => r.problem(
            name::google_service_account_json,
            "is not set, but SHEETS_SPREADSHEET_ID is",
            "set the service account's key, or unset SHEETS_SPREADSHEET_ID",
        ),
        _ => {}
    }
    Some(Sheets {
        key_json: key_json?,
        spreadsheet_id: spreadsheet_id?,
        tab,
        api_url,
    })
}

fn data_key(r: &mut Reader<'_>) -> Option<DataKey> {
    let key = r.optional(name::data_key, reader::data_key);
    if r.production && !r.given(name::data_key) {
        r.problem(
            name::data_key,
            "is required in production and not set",
            "make one with: head -c 32 /dev/urandom | base64",
        );
    }
    key
}

fn http_addr(r: &mut Reader<'_>) -> SocketAddr {
    let stand_in = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    r.value(name::http_addr, stand_in, |text| {
        let addr = text.strip_prefix("localhost:").map_or_else(
            || text.parse().ok(),
            |port| Some((Ipv4Addr::LOCALHOST, port.parse().ok()?).into()),
        );
        addr.map_or_else(
            || {
                wrong(
                    "is not an address with a port",
                    "set one such as 127.0.0.1:8080",
                )
            },
            Ok,
        )
    })
}

fn log(r: &mut Reader<'_>) -> Log {
    Log {
        format: r.value(name::log_format, LogFormat::Json, |text| match text {
            "json" => Ok(LogFormat::Json),
            "text" => Ok(LogFormat::Text),
            _ => wrong("is no log format", "set json or text"),
        }),
        level: r.value(name::log_level, String::new(), reader::log_filter),
    }
}

fn order(r: &mut Reader<'_>) -> OrderRules {
    OrderRules {
        requires: r.value(name::order_requires, Vec::new(), required),
        max_quantity: r.number(name::order_max_quantity, 1..=10_000),
        max_total: r.value(name::order_max_total, String::new(), reader::amount),
        draft_ttl: r.seconds(name::draft_ttl_secs, 1..=604_800),
    }
}

/// Alone among the settings, `ORDER_REQUIRES` may be set and empty, and then means: nothing.
fn required(text: &str) -> Result<Vec<Required>, reader::Wrong> {
    let mut requires = Vec::new();
    for word in text.split(',').map(str::trim) {
        let required = match word {
            "" | "none" => continue,
            "phone" => Required::Phone,
            "address" => Required::Address,
            "name" => Required::Name,
            _ => {
                return wrong(
                    "names something that cannot be asked for",
                    "set phone, address and name as needed, comma-separated, or none",
                );
            }
        };
        if !requires.contains(&required) {
            requires.push(required);
        }
    }
    Ok(requires)
}

fn time_zone(r: &mut Reader<'_>) -> TimeZone {
    r.value(name::time_zone, TimeZone::UTC, |text| {
        TimeZone::get(text)
            .or_else(|_| wrong("is no time zone", "set an IANA name such as Europe/Berlin"))
    })
}

#[cfg(test)]
mod tests;
