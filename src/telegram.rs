//! Telegram: updates in through an own listener and teloxide's dispatcher, messages out through a paced sender.

mod call;
mod dispatch;
mod download;
mod link;
mod listener;
mod pace;
mod reduce;
mod sender;

use std::time::Duration;

use teloxide::Bot;
use teloxide::payloads::SetMyCommandsSetters;
use teloxide::prelude::Requester;
use teloxide::types::{BotCommand, BotCommandScope, ChatId};

use crate::conversation::COMMANDS;
use crate::engine::staff_commands;
use crate::language::{Language, Texts};
use crate::privacy::{ExposeSecret, SecretString};
use crate::text::command_help;

pub use dispatch::run;
pub use download::download;
pub use link::Link;
pub use sender::Sender;

/// Longest wait for one answer of the Bot API, the long poll included.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// How long Telegram holds a `getUpdates` that has nothing to give. (Bot API, `getUpdates`, `timeout`)
const POLL_SECONDS: u32 = 10;

/// A client for the bot with this token at Telegram, or at another server of the Bot API.
///
/// # Errors
/// The URL is none, or the HTTP client could not be built; the message holds no token.
pub fn client(token: &SecretString, api_url: Option<&str>) -> anyhow::Result<Bot> {
    let mut http = teloxide::net::default_reqwest_settings()
        .timeout(CALL_TIMEOUT)
        // All that can be in use stay open: one that finds the pool full is closed, and the next call pays for a new one.
        .pool_max_idle_per_host(sender::MOST_CALLS + 2);
    // No proxy of the environment reaches a server on this machine.
    if api_url.is_some_and(is_loopback) {
        http = http.no_proxy();
    }
    let http = http
        .build()
        .map_err(|_| anyhow::anyhow!("the HTTP client for Telegram could not be built"))?;
    let bot = Bot::with_client(token.expose_secret().trim(), http);
    match api_url {
        None => Ok(bot),
        Some(url) => {
            let url = url.trim_end_matches('/').parse();
            let url = url.map_err(|_| anyhow::anyhow!("TELEGRAM_API_URL is no URL"))?;
            Ok(bot.set_api_url(url))
        }
    }
}

fn is_loopback(url: &str) -> bool {
    let url: Option<reqwest::Url> = url.parse().ok();
    let host = url.as_ref().and_then(reqwest::Url::host_str);
    host.is_some_and(|host| {
        let ip = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
    })
}

/// Tells Telegram the commands that it lists to customers, in every language; `shop`: the one for all other languages,
/// and for the commands of the operator chat. Their lack is no reason to stop.
pub async fn announce(bot: &Bot, operators: Option<i64>, shop: Language) {
    let commands = |language| {
        let t = Texts::of(language);
        COMMANDS.map(|(name, _, what)| BotCommand::new(name, t.say(what)))
    };
    let mut requests = Vec::new();
    for language in Language::ALL {
        let request = bot.set_my_commands(commands(language));
        requests.push(request.language_code(language.tag()));
    }
    requests.push(bot.set_my_commands(commands(shop)));
    if let Some(chat) = operators {
        let t = Texts::of(shop);
        let commands = staff_commands().into_iter();
        let commands = commands.map(|c| BotCommand::new(c.name, command_help(t, c.name)));
        let scope = BotCommandScope::Chat {
            chat_id: ChatId(chat).into(),
        };
        requests.push(bot.set_my_commands(commands).scope(scope));
    }
    for request in requests {
        if let Err(e) = request.await {
            tracing::warn!(
                error = sender::class(&e),
                "the commands could not be announced"
            );
            return;
        }
    }
}

/// Asks Telegram who the bot is: its user name.
///
/// # Errors
/// The class of the failure; no token and no URL.
pub async fn probe(bot: &Bot) -> Result<String, &'static str> {
    let me = tokio::time::timeout(CALL_TIMEOUT, async { bot.get_me().await }).await;
    match me {
        Err(_) => Err("timeout"),
        Ok(Err(e)) => Err(sender::class(&e)),
        Ok(Ok(me)) => Ok(me.username().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_this_machine_is_known_by_its_address() {
        for url in [
            "http://127.0.0.1:8081",
            "http://localhost/x",
            "http://[::1]:1",
        ] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "https://api.telegram.org",
            "http://10.0.0.1",
            "http://localhost.example",
            "x",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
