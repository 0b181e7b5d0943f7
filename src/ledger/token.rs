//! Access tokens of the service account, without the traps of `yup-oauth2`'s cache.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use google_sheets4::common::GetToken;
use google_sheets4::hyper_rustls::HttpsConnector;
use google_sheets4::hyper_util::client::legacy::connect::HttpConnector;
use yup_oauth2::authenticator::Authenticator;
use yup_oauth2::error::AuthErrorCode;

use super::fault::{Class, Fault};

/// All that the bot asks for. Without it the generated client would ask for the whole Drive.
pub(super) const SCOPE: &str = "https://www.googleapis.com/auth/spreadsheets";

/// Both the API and the token endpoint are reached through this.
pub(super) type Connector = HttpsConnector<HttpConnector>;

/// Hands tokens to the Sheets client. `Debug` shows nothing.
#[derive(Clone)]
pub(super) struct Tokens(pub(super) Authenticator<Connector>);

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

/// Why there is no token. Words of our own: what the endpoint said is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenFault {
    /// The endpoint refuses the key.
    Refused,
    /// The endpoint is out of reach, overloaded, or answers something unreadable.
    Unavailable,
    /// The endpoint answers, but its answers hold no token.
    Empty,
}

impl fmt::Display for TokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => {
                "the token endpoint refuses the key: make a new key for the service account and put it into \
                 GOOGLE_SERVICE_ACCOUNT_JSON, and see that this computer's clock is right"
            }
            Self::Unavailable => "the token endpoint does not answer; tried again by itself",
            Self::Empty => "the token endpoint answers without a token; tried again by itself",
        })
    }
}

impl std::error::Error for TokenFault {}

impl From<yup_oauth2::Error> for TokenFault {
    fn from(error: yup_oauth2::Error) -> Self {
        match error {
            yup_oauth2::Error::AuthError(answer) => match answer.error {
                // `server_error`, `temporarily_unavailable`, `rate_limit_exceeded` and the like.
                AuthErrorCode::Other(_) => Self::Unavailable,
                _ => Self::Refused,
            },
            yup_oauth2::Error::UserError(_) => Self::Refused,
            yup_oauth2::Error::MissingAccessToken => Self::Empty,
            _ => Self::Unavailable,
        }
    }
}

impl From<TokenFault> for Fault {
    fn from(fault: TokenFault) -> Self {
        // The token comes before the request: without one, nothing was sent.
        let class = match fault {
            TokenFault::Refused => Class::Auth,
            TokenFault::Unavailable | TokenFault::Empty => Class::Unavailable,
        };
        Self::new(class, fault.to_string())
    }
}

impl Tokens {
    /// A token, from the cache while it is valid. An answer without `access_token` is cached by `yup-oauth2` without
    /// any end, and every later call would go out unauthenticated; so an empty one is asked for anew each time.
    async fn current(&self) -> Result<String, TokenFault> {
        let token = self.0.token(&[SCOPE]).await?;
        match token.token() {
            Some(token) if !token.is_empty() => Ok(token.to_owned()),
            _ => self.refresh().await,
        }
    }

    /// A new token, past the cache: the old one was refused.
    pub(super) async fn refresh(&self) -> Result<String, TokenFault> {
        let token = self.0.force_refreshed_token(&[SCOPE]).await?;
        match token.token() {
            Some(token) if !token.is_empty() => Ok(token.to_owned()),
            _ => Err(TokenFault::Empty),
        }
    }
}

type Boxed = Box<dyn std::error::Error + Send + Sync>;

impl GetToken for Tokens {
    fn get_token<'a>(
        &'a self,
        _scopes: &'a [&str],
    ) -> Pin<Box<dyn Future<Output = Result<Option<String>, Boxed>> + Send + 'a>> {
        Box::pin(async move {
            match self.current().await {
                Ok(token) => Ok(Some(token)),
                Err(fault) => Err(Boxed::from(fault)),
            }
        })
    }
}
