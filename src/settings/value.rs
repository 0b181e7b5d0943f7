//! What single values must look like.
//!
//! No complaint echoes a value: somebody may have put a secret into the wrong variable.

use std::net::IpAddr;

use axum::http::Uri;
use serde::Deserialize;

use super::BaseUrl;
use crate::store::DataKey;

/// What is wrong with a value, and how to put it right.
pub(super) struct Wrong {
    pub(super) what: &'static str,
    pub(super) fix: String,
}

pub(super) fn wrong<T>(what: &'static str, fix: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong {
        what,
        fix: fix.into(),
    })
}

/// A secret that is sent in an HTTP header or path: one visible word. A line break in it would make the client panic.
pub(super) fn one_word(text: &str) -> Result<(), Wrong> {
    if text.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(())
    } else {
        wrong(
            "holds white space or other characters that no such secret has",
            "copy it again, on one line and without quotes",
        )
    }
}

/// The shape of a bot's token, `123456:ABC-DEF`; loosely, for Telegram promises nothing about it.
pub(super) fn bot_token(text: &str) -> Result<(), Wrong> {
    let well_formed = text.split_once(':').is_some_and(|(id, rest)| {
        let in_path = |b: u8| b.is_ascii_alphanumeric() || b"_-:".contains(&b);
        !id.is_empty()
            && id.bytes().all(|b| b.is_ascii_digit())
            && !rest.is_empty()
            && rest.bytes().all(in_path)
    });
    if well_formed {
        Ok(())
    } else {
        wrong(
            "has not the form of a bot's token",
            "copy the whole token from @BotFather: digits, a colon, letters",
        )
    }
}

/// A key of 32 bytes in base64.
pub(super) fn data_key(text: &str) -> Result<DataKey, Wrong> {
    DataKey::parse(text).map_err(|_| Wrong {
        what: "is not 32 bytes in base64",
        fix: "make one with: head -c 32 /dev/urandom | base64".into(),
    })
}

/// What the Sheets client needs of a service account's key file.
#[derive(Deserialize)]
struct ServiceAccount {
    client_email: String,
    private_key: String,
    token_uri: String,
}

/// Checks a service account's key file without keeping anything of it.
pub(super) fn service_account(text: &str, production: bool) -> Result<(), Wrong> {
    const FIX: &str = "paste the whole key file of the service account, as downloaded";
    // The decoder's message is dropped: it may quote the file.
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return wrong("is not JSON", FIX);
    };
    let Ok(account) = serde_json::from_value::<ServiceAccount>(value) else {
        return wrong("lacks client_email, private_key or token_uri", FIX);
    };
    if account.client_email.trim().is_empty() {
        return wrong("has an empty client_email", FIX);
    }
    if !account.private_key.contains("PRIVATE KEY-----") {
        return wrong("has a private_key that is not in PEM form", FIX);
    }
    if base_url(&account.token_uri, production).is_err() {
        return wrong(
            "has a token_uri that is no usable URL",
            "use the key file as downloaded; in production its token_uri must be https",
        );
    }
    Ok(())
}

/// An http or https URL without user, query or fragment; in production https, or http to a host that is not public.
pub(super) fn base_url(text: &str, production: bool) -> Result<BaseUrl, Wrong> {
    const FIX: &str = "set a URL such as https://host or http://host:8081/path";
    let Ok(uri) = text.parse::<Uri>() else {
        return wrong("is not a URL", FIX);
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return wrong("is not a complete URL", FIX);
    };
    if scheme != "http" && scheme != "https" {
        return wrong("is neither http nor https", FIX);
    }
    if authority.as_str().contains('@') {
        return wrong("holds a user name or password", FIX);
    }
    if uri.host().is_none_or(str::is_empty) {
        return wrong("names no host", FIX);
    }
    if uri.query().is_some() || text.contains('#') {
        return wrong("has a query or a fragment", FIX);
    }
    if production && scheme == "http" && !uri.host().is_some_and(is_private) {
        return wrong(
            "is http to a public host in production: secrets would travel in the clear",
            "use https",
        );
    }
    Ok(BaseUrl(text.trim_end_matches('/').to_owned()))
}

/// Whether a host is this machine, a private network's address, or a name that no public DNS resolves, as containers
/// have them.
fn is_private(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        Err(_) => !host.contains('.') || host.ends_with(".internal"),
    }
}

/// A `tracing` filter. A bare word that is no level would silently name a target instead; it is a slip far more often.
pub(super) fn log_filter(text: &str) -> Result<String, Wrong> {
    const FIX: &str = "set error, warn, info, debug or trace, or TARGET=LEVEL, comma-separated";
    let slip = text.split(',').map(str::trim).any(|directive| {
        let level = directive
            .parse::<tracing_subscriber::filter::LevelFilter>()
            .is_ok();
        let bare = directive.chars().all(char::is_alphanumeric);
        bare && !level
    });
    if slip {
        return wrong("names no log level", FIX);
    }
    match tracing_subscriber::EnvFilter::builder().parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => wrong("is not a filter", FIX),
    }
}

/// A decimal amount; how many digits the menu's currency allows is not known yet.
pub(super) fn amount(text: &str) -> Result<String, Wrong> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    if digits(whole, 12) && digits(fraction, 4) {
        Ok(text.to_owned())
    } else {
        wrong(
            "is not an amount",
            "set a decimal number such as 500.00, without a currency",
        )
    }
}

/// Comma-separated user ids.
pub(super) fn user_ids(text: &str) -> Result<Vec<u64>, Wrong> {
    let ids = text
        .split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .map(|id| id.parse::<u64>().ok().filter(|id| *id > 0));
    ids.collect::<Option<Vec<u64>>>().map_or_else(
        || {
            wrong(
                "is not a list of user ids",
                "set positive numbers separated by commas, such as 1001,1002",
            )
        },
        Ok,
    )
}

/// Text of characters that are safe in the path of a request.
pub(super) fn path_word(text: &str, also: &[u8], most: usize, fix: &str) -> Result<String, Wrong> {
    let fine = |b: u8| b.is_ascii_alphanumeric() || also.contains(&b);
    if !text.is_empty() && text.len() <= most && text.bytes().all(fine) {
        Ok(text.to_owned())
    } else {
        wrong("holds characters that cannot be used", fix)
    }
}
