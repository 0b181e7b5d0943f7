//! Asking a running bot for its health: what `order-bot health` and the container's health check do.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::{Client, Url, redirect};

/// For the whole question.
const LIMIT: Duration = Duration::from_secs(3);
/// Most bytes of an answer that are read.
const ANSWER_BYTES: usize = 64 * 1024;

/// What the bot said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether orders can be taken.
    pub healthy: bool,
    /// The answer on one line, without control characters.
    pub line: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The URL is none.
    #[error("not a URL: expected one such as http://127.0.0.1:8080/health")]
    Url,
    /// Nobody answered, or not in time.
    #[error("no answer within {} s", LIMIT.as_secs())]
    Timeout,
    /// Nobody listens there.
    #[error("no connection: is the bot running?")]
    Connect,
    /// The answer broke off or was not HTTP.
    #[error("the answer could not be read")]
    Broken,
}

impl From<reqwest::Error> for AskError {
    fn from(e: reqwest::Error) -> Self {
        if e.is_builder() {
            Self::Url
        } else if e.is_timeout() {
            Self::Timeout
        } else if e.is_connect() {
            Self::Connect
        } else {
            Self::Broken
        }
    }
}

/// The URL of a bot's health that listens on `addr`, as seen from the same machine.
#[must_use]
pub fn health_url(addr: SocketAddr) -> String {
    let ip = match addr.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    format!("http://{}/health", SocketAddr::new(ip, addr.port()))
}

/// Asks for the health at `url`; without a path, at its `/health`. Takes no proxy and follows no redirect.
///
/// # Errors
/// When there is no answer; one of bad health is an [`Answer`].
pub async fn ask(url: &str) -> Result<Answer, AskError> {
    let mut url = Url::parse(url).map_err(|_| AskError::Url)?;
    if url.path() == "/" {
        url.set_path("/health");
    }
    let client = Client::builder()
        .timeout(LIMIT)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .build()?;
    let mut response = client.get(url).send().await?;
    let healthy = response.status().is_success();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES {
            return Err(AskError::Broken);
        }
    }
    let line = String::from_utf8_lossy(&body)
        .trim()
        .replace(char::is_control, " ");
    Ok(Answer { healthy, line })
}
