//! What `order-bot check` tries of other machines' services.

use std::sync::Arc;

use crate::app;
use crate::check::{self, Check, Outcome};
use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::telegram;
use crate::understand::{CacheSettings, Parser};

/// A check a service; one that is not set up is skipped.
pub(super) fn checks(settings: &Settings) -> Vec<Check<'static>> {
    let (telegram, openai, sheets) = (settings.clone(), settings.clone(), settings.clone());
    vec![
        Check::new("Telegram", async move { try_telegram(&telegram).await }),
        Check::new("OpenAI", async move { try_openai(&openai).await }),
        Check::new("Google Sheets", async move { try_sheets(&sheets).await }),
    ]
}

async fn try_telegram(settings: &Settings) -> Outcome {
    let bot = match telegram::client(
        &settings.telegram.token,
        Some(settings.telegram.api_url.as_str()),
    ) {
        Ok(bot) => bot,
        Err(e) => return Outcome::failed(e.to_string(), "correct TELEGRAM_API_URL"),
    };
    match telegram::probe(&bot).await {
        Ok(name) => Outcome::Ok(format!("the bot is @{name}")),
        Err("unauthorized") => Outcome::failed(
            "Telegram refused the token",
            "copy TELEGRAM_TOKEN anew from @BotFather",
        ),
        Err(class) => Outcome::failed(
            format!("Telegram could not be asked: {class}"),
            "see that this machine reaches the Bot API, or correct TELEGRAM_API_URL",
        ),
    }
}

async fn try_openai(settings: &Settings) -> Outcome {
    let Some(gpt) = app::gpt(settings) else {
        return Outcome::Skipped("OPENAI_API_KEY is not set: the embedded parser works alone");
    };
    let Ok(menu) = check::read_menu(&settings.menu_file) else {
        return Outcome::Skipped("the menu is not valid");
    };
    let cache = CacheSettings {
        ttl: settings.cache.ttl,
        entries: settings.cache.entries,
    };
    let model = gpt.model.clone();
    let parser = Parser::new(Arc::new(menu), Some(gpt), cache, Metrics::new());
    match parser.probe().await {
        Ok(()) => Outcome::Ok(format!("{model} answers")),
        Err(e) => Outcome::failed(
            format!("{model} does not answer: {}", e.class()),
            match e.class() {
                "auth" => "correct OPENAI_API_KEY",
                "quota" => "see to the account's credit at OpenAI",
                "not_found" => "correct OPENAI_MODEL",
                _ => "see that this machine reaches OPENAI_BASE_URL",
            },
        ),
    }
}

async fn try_sheets(settings: &Settings) -> Outcome {
    let Some(google) = app::google(settings) else {
        return Outcome::Skipped("GOOGLE_SERVICE_ACCOUNT_JSON is not set: orders go to orders.csv");
    };
    let ledger = match Ledger::google(google, Metrics::new()).await {
        Ok(ledger) => ledger,
        Err(problems) => {
            let named: Vec<_> = problems.iter().map(ToString::to_string).collect();
            return Outcome::failed(named.join("; "), "correct these settings");
        }
    };
    match ledger.probe().await {
        Ok(word) => Outcome::Ok(word),
        Err(fault) => Outcome::failed(
            format!("Google Sheets: {}", fault.class.word()),
            fault.advice,
        ),
    }
}
