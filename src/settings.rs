//! Settings from environment variables: read once, checked completely, typed.
//!
//! [`Environment`] takes what is ours out of the process's environment, [`Settings::read`] gives it meaning and
//! collects every problem, so that an operator sees all of them at once. [`SETTINGS`] is the list that the reader,
//! `order-bot check` and the documents share.

mod catalog;
mod environment;
mod read;
mod value;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::language::Language;
use crate::menu::SpecialDays;
use crate::privacy::SecretString;
use crate::shop::SlotRules;
use crate::store::{DataKey, KeyRing};
use crate::understand::Mode;
use jiff::tz::TimeZone;

pub use catalog::{SETTINGS, Setting};
pub use environment::{Environment, Problem, Shown};
pub use read::read_http_addr;

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
    /// The key before it.
    pub data_key_old: Option<DataKey>,
    /// How long a customer who does not write is remembered; none: for good.
    pub customer_retention: Option<Duration>,
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
    /// What is done about orders that the shop does not answer.
    pub service: Service,
    /// Time to finish what is under way when told to stop.
    pub shutdown_grace: Duration,
    /// For paying in Telegram; none: pay on delivery or pick-up only.
    pub pay: Option<Pay>,
    /// The shop's time zone.
    pub time_zone: TimeZone,
    /// The shop's times beside its weekly hours.
    pub times: Times,
    /// How often the spreadsheet's menu is looked at; none: never.
    pub menu_reload: Option<Duration>,
}

/// The shop's times beside its weekly hours.
#[derive(Debug, Clone)]
pub struct Times {
    /// Days that differ from their week.
    pub holidays: SpecialDays,
    /// Minutes before closing from which on no order for now is taken.
    pub last_order: u16,
    /// The kitchen's slots; none: no limit.
    pub slots: Option<SlotRules>,
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
    /// The key before it.
    pub data_key_old: Option<DataKey>,
    /// How to log.
    pub log: Log,
    /// The shop's time zone.
    pub time_zone: TimeZone,
}

impl Settings {
    /// The keys that the data folder is opened with.
    #[must_use]
    pub fn keys(&self) -> KeyRing {
        keys(&self.data_key, &self.data_key_old)
    }
}

impl ToolSettings {
    /// The keys that the data folder is opened with.
    #[must_use]
    pub fn keys(&self) -> KeyRing {
        keys(&self.data_key, &self.data_key_old)
    }
}

fn keys(current: &Option<DataKey>, old: &Option<DataKey>) -> KeyRing {
    KeyRing {
        current: current.clone(),
        older: old.iter().cloned().collect(),
    }
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
    /// User ids of the owners, who may act there too; empty: everybody who may act there.
    pub owners: Vec<u64>,
    /// What is written there.
    pub language: Language,
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
    /// Which messages it is asked about.
    pub mode: Mode,
    /// Whether customers are asked first, not only told.
    pub ask_first: bool,
    /// Listening to voice notes; none: they are not listened to.
    pub voice: Option<Voice>,
}

/// Listening to voice notes.
#[derive(Debug, Clone)]
pub struct Voice {
    /// A model that transcribes.
    pub model: String,
    /// Longest note in seconds.
    pub max_seconds: u32,
    /// Largest file in bytes.
    pub max_bytes: u32,
    /// Seconds in a day, of all customers.
    pub seconds_a_day: u32,
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

/// Paying in Telegram.
#[derive(Debug, Clone)]
pub struct Pay {
    /// The payment provider's token, from @BotFather.
    pub provider_token: SecretString,
    /// Whether every order is to be paid before the shop sees it.
    pub required: bool,
    /// How long an order waits for its payment.
    pub ttl: Duration,
    /// Suggested tips: decimals in the menu's currency, which only the menu knows.
    pub tips: Vec<String>,
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
    /// Above this total a customer's first order must be approved; none: like any other.
    pub first_max_total: Option<String>,
    /// When an unconfirmed order expires.
    pub draft_ttl: Duration,
}

/// What is done about orders that the shop does not answer; all times run from the placing.
#[derive(Debug, Clone)]
pub struct Service {
    /// The first reminder in the operator chat; none: there is no reminder.
    pub alert_after: Option<Duration>,
    /// From one reminder to the next.
    pub alert_repeat: Duration,
    /// The second person's chat.
    pub escalate_to: Option<i64>,
    /// When they are told; none: never.
    pub escalate_after: Option<Duration>,
    /// When the customer is told; none: never.
    pub tell_customer_after: Option<Duration>,
    /// After this time an order that must be approved expires.
    pub approval_within: Duration,
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

#[cfg(test)]
mod tests;
