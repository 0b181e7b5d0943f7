//! Why a call to the model gave no order. The text of an answer, a URL or a key never comes this far.

use std::time::Duration;

use async_openai::error::{ApiErrorResponse, OpenAIError};
use serde::{Serialize, Serializer};

/// Why the model gave no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GptError {
    /// There is no API key.
    #[error("no API key is set")]
    Off,
    /// The breaker is open: the model was not asked.
    #[error("the model is not asked for a while after failures")]
    Skipped,
    /// So many calls are under way that another one would only wait.
    #[error("too many messages are with the model already")]
    Busy,
    /// The message is empty or longer than Telegram lets a message be.
    #[error("the message is empty or too long for the model")]
    Size,
    /// No answer within the deadline, retries included.
    #[error("the model did not answer in time")]
    Timeout,
    /// The service could not be reached.
    #[error("the model's service could not be reached")]
    Network,
    /// The key is refused, or cannot be a key.
    #[error("the API key is refused")]
    Auth,
    /// The account has no credit left.
    #[error("the account's quota is used up")]
    Quota,
    /// Too many requests.
    #[error("the model's service asks for fewer requests")]
    RateLimit,
    /// There is no such model, or no such path under the base URL.
    #[error("the model or the base URL is unknown to the service")]
    NotFound,
    /// The request was refused as malformed.
    #[error("the service refused the request")]
    Request,
    /// The service failed.
    #[error("the model's service failed")]
    Server,
    /// The answer is not that of a chat completion.
    #[error("the service did not answer in the API's format")]
    Protocol,
    /// The model refused.
    #[error("the model refused to answer")]
    Refusal,
    /// The answer was cut off.
    #[error("the model's answer was cut off")]
    Length,
    /// The answer was filtered.
    #[error("the model's answer was filtered")]
    ContentFilter,
    /// The answer holds nothing.
    #[error("the model's answer is empty")]
    Empty,
    /// The answer is no parsed order.
    #[error("the model's answer is no parsed order")]
    Invalid,
}

impl GptError {
    /// One fixed word for logs, metrics and `/health`.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Skipped => "skipped",
            Self::Busy => "busy",
            Self::Size => "size",
            Self::Timeout => "timeout",
            Self::Network => "network",
            Self::Auth => "auth",
            Self::Quota => "quota",
            Self::RateLimit => "rate_limit",
            Self::NotFound => "not_found",
            Self::Request => "request",
            Self::Server => "server",
            Self::Protocol => "protocol",
            Self::Refusal => "refusal",
            Self::Length => "length",
            Self::ContentFilter => "content_filter",
            Self::Empty => "empty",
            Self::Invalid => "invalid",
        }
    }

    /// Whether the service itself is out of order, so that the next message would fare no better. The others are
    /// about one message: they must not let one customer switch the model off for all.
    #[must_use]
    pub const fn is_outage(self) -> bool {
        matches!(
            self,
            Self::Timeout
                | Self::Network
                | Self::Auth
                | Self::Quota
                | Self::RateLimit
                | Self::NotFound
                | Self::Server
                | Self::Protocol
        )
    }

    /// For how long the model is left alone at once; none: only after several failures in a row.
    pub(super) const fn hold(self) -> Option<Duration> {
        match self {
            // Only the operator can change these.
            Self::Auth | Self::Quota | Self::NotFound => Some(Duration::from_secs(60)),
            _ => None,
        }
    }
}

impl Serialize for GptError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.class())
    }
}

impl From<&OpenAIError> for GptError {
    fn from(error: &OpenAIError) -> Self {
        match error {
            OpenAIError::ApiError(answer) => of_status(answer),
            OpenAIError::Reqwest(e) if e.is_timeout() => Self::Timeout,
            OpenAIError::Reqwest(_) => Self::Network,
            // async-openai loses the status of an error whose body is not OpenAI's: a proxy, usually.
            OpenAIError::JSONDeserialize(..) => Self::Protocol,
            _ => Self::Request,
        }
    }
}

fn of_status(answer: &ApiErrorResponse) -> GptError {
    let error = &answer.api_error;
    let is =
        |word: &str| error.code.as_deref() == Some(word) || error.r#type.as_deref() == Some(word);
    match answer.status_code.as_u16() {
        401 | 403 => GptError::Auth,
        402 => GptError::Quota,
        404 => GptError::NotFound,
        408 => GptError::Timeout,
        429 if is("insufficient_quota") || is("billing_hard_limit_reached") => GptError::Quota,
        409 | 429 => GptError::RateLimit,
        500.. => GptError::Server,
        _ if is("content_filter") => GptError::ContentFilter,
        _ => GptError::Request,
    }
}
