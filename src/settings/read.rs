//! Giving meaning to the variables, group by group.
//!
//! Each problem is noted under its variable, and a stand-in is returned so that reading goes on to the next one.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::catalog::{self, SETTINGS, name};
use super::environment::{Environment, Problem};
use super::value::{self, Wrong, wrong};
use super::{
    AppEnv, BaseUrl, Cache, Log, LogFormat, OpenAi, Operator, OrderRules, Pay, Required, Service,
    Settings, Sheets, Telegram, Times, ToolSettings, Voice,
};
use crate::language::Language;
use crate::menu::SpecialDays;
use crate::privacy::SecretString;
use crate::shop::SlotRules;
use crate::store::DataKey;
use crate::understand::Mode;

struct Reader<'e> {
    environment: &'e Environment,
    production: bool,
    problems: Vec<Problem>,
}

impl<'e> Reader<'e> {
    fn new(environment: &'e Environment) -> Self {
        Self {
            environment,
            production: false,
            problems: environment.problems_of("").cloned().collect(),
        }
    }

    fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    fn problem(&mut self, name: &str, what: &str, fix: &str) {
        self.problems.push(Problem::new(name, what, fix));
    }

    /// Whether anything was given for the setting, even something unreadable, about which a problem exists already.
    fn given(&self, name: &str) -> bool {
        catalog::find(name).is_some_and(|setting| self.environment.given(setting))
    }

    /// The value that was set. What is wrong with it already becomes a problem here: problems of settings that nobody
    /// asks for are nobody's.
    fn set(&mut self, name: &str) -> Option<&'e str> {
        for problem in self.environment.problems_of(name) {
            if !self.problems.contains(problem) {
                self.problems.push(problem.clone());
            }
        }
        self.environment.get(catalog::find(name)?)
    }

    /// The value that was set, else the default, else nothing.
    fn text(&mut self, name: &str) -> Option<&'e str> {
        self.set(name).or(catalog::find(name)?.default)
    }

    /// The value that was set or the default, read by `parse`; `stand_in` where it is wrong.
    fn value<T>(
        &mut self,
        name: &str,
        stand_in: T,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> T {
        match parse(self.text(name).unwrap_or_default()) {
            Ok(value) => value,
            Err(wrong) => {
                self.problem(name, wrong.what, &wrong.fix);
                stand_in
            }
        }
    }

    /// The value that was set, read by `parse`; none where nothing was set or it is wrong.
    fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        let set = self.set(name)?;
        self.value(name, None, |_| parse(set).map(Some))
    }

    fn string(&mut self, name: &str) -> String {
        self.text(name).unwrap_or_default().to_owned()
    }

    fn number<T>(&mut self, name: &str, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Copy + std::fmt::Display,
    {
        let (least, most) = (*range.start(), *range.end());
        self.value(name, least, |text| match text.parse() {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => wrong(
                "is no whole number in its range",
                format!("set a number from {least} to {most}"),
            ),
        })
    }

    fn seconds(&mut self, name: &str, range: RangeInclusive<u64>) -> Duration {
        Duration::from_secs(self.number(name, range))
    }

    fn secret(
        &mut self,
        name: &str,
        check: impl FnOnce(&str) -> Result<(), Wrong>,
    ) -> Option<SecretString> {
        self.optional(name, |text| {
            check(text).map(|()| SecretString::from(text.to_owned()))
        })
    }

    fn url(&mut self, name: &str) -> BaseUrl {
        let production = self.production;
        self.value(name, BaseUrl(String::new()), |text| {
            value::base_url(text, production)
        })
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
            openai: openai(&mut r).filter(|openai| openai.mode != Mode::Local),
            cache: cache(&mut r),
            sheets: sheets(&mut r),
            menu_file: r.string(name::menu_file).into(),
            data_dir: r.string(name::data_dir).into(),
            data_key: data_key(&mut r),
            data_key_old: data_key_old(&mut r),
            customer_retention: retention(&mut r),
            http_addr: http_addr(&mut r),
            app_env,
            log: log(&mut r),
            rate_limit_per_minute: limit(r.number(name::rate_limit_per_minute, 0..=100_000)),
            order: order(&mut r),
            service: service(&mut r),
            shutdown_grace: r.seconds(name::shutdown_grace_secs, 0..=3_600),
            pay: pay(&mut r),
            time_zone: time_zone(&mut r),
            times: times(&mut r),
            menu_reload: match r.number(name::menu_reload_secs, 0..=86_400) {
                0 => None,
                seconds => Some(Duration::from_secs(seconds)),
            },
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
            data_key: r.optional(name::data_key, value::data_key),
            data_key_old: data_key_old(&mut r),
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
    problems.next().map_or(Ok(addr), Err)
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
    let token = r.secret(name::telegram_token, value::bot_token);
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
        chat: r.optional(name::operator_chat_id, chat_id),
        ids: r
            .optional(name::operator_ids, value::user_ids)
            .unwrap_or_default(),
        owners: r
            .optional(name::owner_ids, value::user_ids)
            .unwrap_or_default(),
        language: r.value(name::shop_language, Language::En, |text| {
            let tags = Language::ALL.map(Language::tag).join(", ");
            Language::from_tag(text).map_or_else(
                || {
                    wrong(
                        "is no language that the bot speaks",
                        format!("set one of {tags}"),
                    )
                },
                Ok,
            )
        }),
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

fn chat_id(text: &str) -> Result<i64, Wrong> {
    match text.parse() {
        Ok(0) | Err(_) => wrong(
            "is not a chat id",
            "set a number; a group's is negative, such as -1001234567890",
        ),
        Ok(id) => Ok(id),
    }
}

fn service(r: &mut Reader<'_>) -> Service {
    let mut time = |name| {
        let seconds = r.seconds(name, 0..=86_400);
        (!seconds.is_zero()).then_some(seconds)
    };
    Service {
        alert_after: time(name::alert_after_secs),
        escalate_after: time(name::escalate_after_secs),
        tell_customer_after: time(name::tell_customer_after_secs),
        alert_repeat: r.seconds(name::alert_repeat_secs, 1..=86_400),
        escalate_to: r.optional(name::escalate_to, chat_id),
        approval_within: r.seconds(name::approval_ttl_secs, 1..=86_400),
    }
}

fn openai(r: &mut Reader<'_>) -> Option<OpenAi> {
    // Read without a key as well: a wrong value is a problem that should not wait for the day the key is set.
    let api_key = r.secret(name::openai_api_key, value::one_word);
    let base_url = r.url(name::openai_base_url);
    let model = r.value(name::openai_model, String::new(), |text| {
        value::one_word(text).map(|()| text.to_owned())
    });
    let timeout = r.seconds(name::openai_timeout_secs, 1..=300);
    let ask_first = r.value(name::ai_consent, false, |text| match text {
        "notice" => Ok(false),
        "ask" => Ok(true),
        _ => wrong("is no way to ask for consent", "set notice or ask"),
    });
    let voice = voice(r);
    let mode = r.value(name::parser, Mode::Gpt, |text| match text {
        "gpt" => Ok(Mode::Gpt),
        "auto" => Ok(Mode::Auto),
        "local" => Ok(Mode::Local),
        _ => wrong("is no parser", "set gpt, auto or local"),
    });
    Some(OpenAi {
        api_key: api_key?,
        base_url,
        model,
        timeout,
        ask_first,
        voice,
        mode,
    })
}

fn voice(r: &mut Reader<'_>) -> Option<Voice> {
    let voice = Voice {
        model: r.value(name::voice_model, String::new(), |text| {
            value::one_word(text).map(|()| text.to_owned())
        }),
        max_seconds: r.number(name::voice_max_seconds, 0..=600),
        max_bytes: r.number(name::voice_max_bytes, 1_000..=20_000_000),
        seconds_a_day: r.number(name::voice_seconds_a_day, 0..=1_000_000),
    };
    (voice.max_seconds > 0).then_some(voice)
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
        value::service_account(text, production)
    });
    let spreadsheet_id = r.optional(name::sheets_spreadsheet_id, |text| {
        let fix = "set the part of the spreadsheet's address between /d/ and /edit";
        value::path_word(text, b"_-", 200, fix)
    });
    let tab = r.value(name::sheets_tab, String::new(), |text| {
        let fix = "name the tab with letters a-z, digits, space, _ and -, at most 100";
        value::path_word(text, b"_- ", 100, fix)
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
    let key = r.optional(name::data_key, value::data_key);
    if r.production && !r.given(name::data_key) {
        r.problem(
            name::data_key,
            "is required in production and not set",
            "make one with: head -c 32 /dev/urandom | base64",
        );
    }
    key
}

fn data_key_old(r: &mut Reader<'_>) -> Option<DataKey> {
    let key = r.optional(name::data_key_old, value::data_key);
    if key.is_some() && !r.given(name::data_key) {
        r.problem(
            name::data_key,
            "is not set, but DATA_KEY_OLD is",
            "set the new key as DATA_KEY, or unset DATA_KEY_OLD",
        );
    }
    key
}

fn retention(r: &mut Reader<'_>) -> Option<Duration> {
    let days: u64 = r.number(name::customer_retention_days, 0..=36_500);
    (days > 0).then(|| Duration::from_secs(days * 24 * 3_600))
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
        level: r.value(name::log_level, String::new(), value::log_filter),
    }
}

fn order(r: &mut Reader<'_>) -> OrderRules {
    OrderRules {
        requires: r.value(name::order_requires, Vec::new(), required),
        max_quantity: r.number(name::order_max_quantity, 1..=10_000),
        max_total: r.value(name::order_max_total, String::new(), value::amount),
        first_max_total: r.optional(name::first_order_max_total, value::amount),
        draft_ttl: r.seconds(name::draft_ttl_secs, 1..=604_800),
    }
}

fn pay(r: &mut Reader<'_>) -> Option<Pay> {
    // Read without a token as well: a wrong value is a problem that should not wait for the day it is set.
    let token = r.secret(name::payment_provider_token, value::one_word);
    let required = r.value(name::payment_required, false, |text| match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => wrong("is neither true nor false", "set true or false"),
    });
    let ttl = r.seconds(name::payment_ttl_secs, 1..=86_400);
    let tips = r
        .optional(name::payment_tips, |text| {
            let tips: Vec<_> = text.split(',').map(|tip| tip.trim().to_owned()).collect();
            if tips.len() > 4 || tips.iter().any(|tip| value::amount(tip).is_err()) {
                return wrong(
                    "is no list of amounts",
                    "set up to four amounts such as 1.00,2.00,5.00, each larger than the last",
                );
            }
            Ok(tips)
        })
        .unwrap_or_default();
    Some(Pay {
        provider_token: token?,
        required,
        ttl,
        tips,
    })
}

/// Alone among the settings, `ORDER_REQUIRES` may be set and empty, and then means: nothing.
fn required(text: &str) -> Result<Vec<Required>, Wrong> {
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

fn times(r: &mut Reader<'_>) -> Times {
    let holidays = r.optional(name::holidays, |text| {
        SpecialDays::parse(text).or_else(|_| {
            wrong(
                "has an entry that is no day with its openings",
                "set days such as 12-25 or 2026-12-31 10:00-14:00, comma-separated",
            )
        })
    });
    let minutes = r.value(name::slot_minutes, 15, |text| match text.parse() {
        Ok(minutes) if [5, 10, 15, 20, 30, 60].contains(&minutes) => Ok(minutes),
        _ => wrong("is no length of a slot", "set 5, 10, 15, 20, 30 or 60"),
    });
    let capacity = r.number(name::slot_capacity, 0..=10_000);
    Times {
        holidays: holidays.unwrap_or_default(),
        last_order: r.number(name::last_order_minutes, 0..=720),
        slots: (capacity > 0).then_some(SlotRules { minutes, capacity }),
    }
}

fn time_zone(r: &mut Reader<'_>) -> TimeZone {
    r.value(name::time_zone, TimeZone::UTC, |text| {
        TimeZone::get(text)
            .or_else(|_| wrong("is no time zone", "set an IANA name such as Europe/Berlin"))
    })
}
