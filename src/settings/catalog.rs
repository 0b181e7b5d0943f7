//! The list of all settings: name, default, meaning. What reads the environment, what `check` prints and what the
//! documents say all come from here.

use serde::Deserialize;

/// One setting, as operators know it.
#[derive(Debug)]
pub struct Setting {
    /// The environment variable.
    pub name: &'static str,
    /// What holds when it is unset; none: see the meaning.
    pub default: Option<&'static str>,
    /// Whether its value must never be shown, and may be given as a file named in [`Setting::file_name`].
    pub secret: bool,
    /// What it is for, in one line.
    pub meaning: &'static str,
    pub(super) value: fn(&Raw) -> Option<&str>,
    pub(super) file: fn(&Raw) -> Option<&str>,
}

impl Setting {
    /// The variable that names a file with the secret, such as `TELEGRAM_TOKEN_FILE`; none for what is no secret.
    #[must_use]
    pub fn file_name(&self) -> Option<String> {
        self.secret.then(|| format!("{}_FILE", self.name))
    }
}

macro_rules! settings {
    ($($field:ident $(or $file:ident)?: $name:literal, $default:expr, $meaning:literal;)*) => {
        /// The variables as they stand in the environment; envy finds a field's variable by the field's name.
        #[derive(Default, Deserialize)]
        pub(super) struct Raw {
            $($field: Option<String>, $($file: Option<String>,)?)*
        }

        /// All settings, in the order in which people read them.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            name: $name,
            default: $default,
            secret: settings!(@secret $($file)?),
            meaning: $meaning,
            value: |raw| raw.$field.as_deref(),
            file: settings!(@file $($file)?),
        }),*];

        /// The settings by name, for those who read a single one.
        pub(super) mod name {
            $(#[allow(non_upper_case_globals)] pub(in crate::settings) const $field: &str = $name;)*
        }
    };
    (@secret) => { false };
    (@secret $file:ident) => { true };
    (@file) => { |_| None };
    (@file $file:ident) => { |raw| raw.$file.as_deref() };
}

settings! {
    telegram_token or telegram_token_file: "TELEGRAM_TOKEN", None,
        "the bot's token, from @BotFather; required";
    telegram_api_url: "TELEGRAM_API_URL", Some("https://api.telegram.org"),
        "base URL of the Bot API: a local Bot API server, a test";
    telegram_messages_per_second: "TELEGRAM_MESSAGES_PER_SECOND", Some("30"),
        "limit over all chats, with 1/s a chat and 20/min a group; 0: no limit at all";
    operator_chat_id: "OPERATOR_CHAT_ID", None,
        "chat or group that gets order cards and may use the operator commands";
    operator_ids: "OPERATOR_IDS", None,
        "comma-separated user ids allowed to act there; unset: every member of that chat";
    owner_ids: "OWNER_IDS", None,
        "comma-separated user ids that may also use the owners' commands; unset: everybody who may act there";
    shop_language: "SHOP_LANGUAGE", Some("en"),
        "en, es, de, fr, ru or ar: what the operator chat reads, and customers whose language the bot does not speak";
    openai_api_key or openai_api_key_file: "OPENAI_API_KEY", None,
        "key of the model's provider; unset: the embedded parser alone";
    openai_base_url: "OPENAI_BASE_URL", Some("https://api.openai.com/v1"),
        "base URL of the model's API, ending in /v1";
    openai_model: "OPENAI_MODEL", Some("gpt-4o-mini"),
        "any chat model";
    openai_timeout_secs: "OPENAI_TIMEOUT_SECS", Some("15"),
        "seconds for one order, retries included";
    ai_consent: "AI_CONSENT", Some("notice"),
        "notice: the model reads unless the customer is against it, and the first draft says so; ask: only if they agree";
    voice_model: "VOICE_MODEL", Some("gpt-4o-mini-transcribe"),
        "the provider's model that voice notes are transcribed with";
    voice_max_seconds: "VOICE_MAX_SECONDS", Some("60"),
        "longest voice note that is listened to; 0: none is";
    voice_max_bytes: "VOICE_MAX_BYTES", Some("2000000"),
        "largest file of a voice note";
    voice_seconds_a_day: "VOICE_SECONDS_A_DAY", Some("3600"),
        "seconds of voice notes of all customers that are paid for in a day (UTC)";
    parser: "PARSER", Some("gpt"),
        "who reads messages where a key is set: gpt; auto: gpt only where the embedded parser is not certain; local: it alone";
    parse_cache_ttl_secs: "PARSE_CACHE_TTL_SECS", Some("300"),
        "seconds for which the model's answer to the same words is kept; 0: not at all";
    parse_cache_entries: "PARSE_CACHE_ENTRIES", Some("1000"),
        "how many of the model's answers are kept; 0: none";
    google_service_account_json or google_service_account_json_file: "GOOGLE_SERVICE_ACCOUNT_JSON", None,
        "content of the service account's key file; unset: orders go to DATA_DIR/orders.csv";
    sheets_spreadsheet_id: "SHEETS_SPREADSHEET_ID", None,
        "the spreadsheet that orders are written to; needed with the service account";
    sheets_tab: "SHEETS_TAB", Some("Orders"),
        "its tab for orders";
    sheets_api_url: "SHEETS_API_URL", Some("https://sheets.googleapis.com"),
        "base URL of the Sheets API";
    menu_file: "MENU_FILE", Some("menu.json"),
        "the menu";
    data_dir: "DATA_DIR", Some("data"),
        "folder of everything the bot keeps";
    data_key or data_key_file: "DATA_KEY", None,
        "32 bytes in base64: personal data is encrypted at rest; required in production";
    data_key_old or data_key_old_file: "DATA_KEY_OLD", None,
        "the DATA_KEY before this one, while it is being changed with order-bot rekey";
    customer_retention_days: "CUSTOMER_RETENTION_DAYS", Some("0"),
        "days without a message after which a customer's data is deleted; 0: never";
    http_addr: "HTTP_ADDR", Some("127.0.0.1:8080"),
        "address of health and metrics";
    app_env: "APP_ENV", Some("development"),
        "development, staging or production";
    log_format: "LOG_FORMAT", Some("json"),
        "json or text";
    log_level: "LOG_LEVEL", Some("info"),
        "a tracing filter, such as info or order_bot=debug,info";
    rate_limit_per_minute: "RATE_LIMIT_PER_MINUTE", Some("20"),
        "messages of one customer; 0: no limit";
    order_requires: "ORDER_REQUIRES", Some("phone,address"),
        "of phone, address and name, what is asked for before confirming; set but empty, or none: nothing";
    order_max_quantity: "ORDER_MAX_QUANTITY", Some("20"),
        "above this number of units in one order the operator must approve";
    order_max_total: "ORDER_MAX_TOTAL", Some("500.00"),
        "above this total, in the menu's currency, the operator must approve";
    first_order_max_total: "FIRST_ORDER_MAX_TOTAL", None,
        "above this total the operator must approve a customer's first order; unset: like any other";
    approval_ttl_secs: "APPROVAL_TTL_SECS", Some("3600"),
        "seconds after which an order that must be approved expires";
    alert_after_secs: "ALERT_AFTER_SECS", Some("180"),
        "seconds after which the operator chat is reminded of an order that nobody has answered; 0: never";
    alert_repeat_secs: "ALERT_REPEAT_SECS", Some("120"),
        "seconds from one reminder to the next, ten at most";
    escalate_to: "ESCALATE_TO", None,
        "user or chat id of the second person, who must have written to the bot once";
    escalate_after_secs: "ESCALATE_AFTER_SECS", Some("480"),
        "seconds after which that person is told of an unanswered order; 0: never";
    tell_customer_after_secs: "TELL_CUSTOMER_AFTER_SECS", Some("720"),
        "seconds after which the customer of an unanswered order is told and may wait or cancel; 0: never";
    draft_ttl_secs: "DRAFT_TTL_SECS", Some("1800"),
        "seconds until an unconfirmed order expires";
    shutdown_grace_secs: "SHUTDOWN_GRACE_SECS", Some("20"),
        "seconds to finish what is under way when told to stop";
    payment_provider_token or payment_provider_token_file: "PAYMENT_PROVIDER_TOKEN", None,
        "for paying in Telegram; unset: pay on delivery or pick-up only";
    payment_required: "PAYMENT_REQUIRED", Some("false"),
        "true: every order is paid in Telegram before the shop sees it; false: the customer may choose to";
    payment_ttl_secs: "PAYMENT_TTL_SECS", Some("900"),
        "seconds until an order that is to be paid in Telegram expires unpaid";
    payment_tips: "PAYMENT_TIPS", None,
        "up to four tips that the invoice suggests, such as 1.00,2.00,5.00; the last is the largest taken; unset: none";
    time_zone: "TIME_ZONE", Some("UTC"),
        "IANA name, for opening hours and sheet times";
    holidays: "HOLIDAYS", None,
        "days that differ from their week, comma-separated: 12-25 is closed every year, 2026-12-31 10:00-14:00 is open then";
    last_order_minutes: "LAST_ORDER_MINUTES", Some("0"),
        "minutes before closing from which on no order for the same opening is taken";
    slot_minutes: "SLOT_MINUTES", Some("15"),
        "length of the kitchen's time slots: 5, 10, 15, 20, 30 or 60";
    slot_capacity: "SLOT_CAPACITY", Some("0"),
        "orders that the kitchen makes in one slot, those not yet accepted included; 0: no limit";
    menu_reload_secs: "MENU_RELOAD_SECS", Some("300"),
        "seconds between two looks at the spreadsheet's tabs Menu, Options and Hours; 0: they are never looked at";
}

/// The setting of this name.
pub(super) fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}
