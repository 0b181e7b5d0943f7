//! The model: one message in, one parsed order out, checked against the menu.
//!
//! async-openai retries by itself and obeys any `Retry-After`, so every use stands under one deadline. It also logs
//! bodies of answers it cannot read: the log filter must keep its target off, here nothing of a body is printed.

mod breaker;
mod check;
mod error;
mod prompt;
mod schema;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_openai::Client;
use async_openai::config::{OPENAI_API_BASE, OpenAIConfig};
use async_openai::error::OpenAIError;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use self::breaker::Breaker;
pub use self::error::GptError;
use self::wire::{Answer, Dialect, Template, Usage};
use super::ParserHealth;
use crate::menu::Menu;
use crate::metrics::{self, Kind, Metrics};
use crate::parsed::ParsedOrder;
use crate::privacy::{ExposeSecret, SecretString};

/// Most characters of a message: Telegram's own limit.
const MOST_CHARS: usize = 4096;

/// What is needed to ask the model.
#[derive(Clone)]
pub struct GptSettings {
    /// The API key; white space around it is dropped.
    pub api_key: SecretString,
    /// Base URL ending in `/v1`; none: OpenAI's. The environment is not looked at.
    pub base_url: Option<String>,
    /// The model's name.
    pub model: String,
    /// For one message, retries included.
    pub timeout: Duration,
}

// The base URL may hold a password.
impl fmt::Debug for GptSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GptSettings")
            .field("model", &self.model)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// The model's client, its prepared request and its breaker.
pub(super) struct Gpt {
    menu: Arc<Menu>,
    client: Client<OpenAIConfig>,
    template: Template,
    refused: Arc<Refused>,
    breaker: Arc<Breaker>,
    timeout: Duration,
    metrics: Arc<Metrics>,
}

impl Gpt {
    /// Prepares everything that does not depend on a message.
    ///
    /// # Errors
    /// [`GptError::Auth`] where the key cannot be sent, since it holds characters that no header may hold.
    ///
    /// # Panics
    /// Within async-openai, where no rustls crypto provider is installed for the process.
    pub(super) fn new(
        menu: Arc<Menu>,
        settings: &GptSettings,
        metrics: Arc<Metrics>,
    ) -> Result<Self, GptError> {
        let client = client(settings)?;
        let model = settings.model.trim();
        let template = Template::new(model, &prompt::system(&menu), &schema::text(&menu))
            .map_err(|_| GptError::Request)?;
        Ok(Self {
            menu,
            client,
            template,
            refused: Arc::new(Refused::new(wire::lacks_schemas(model))),
            breaker: Arc::default(),
            timeout: settings.timeout,
            metrics,
        })
    }

    /// With what another one for the same model has learnt of its service.
    pub(super) fn sharing(mut self, known: &Self) -> Self {
        self.client = known.client.clone();
        self.refused = Arc::clone(&known.refused);
        self.breaker = Arc::clone(&known.breaker);
        self
    }

    /// What, beside the menu and the message, an answer depends on.
    pub(super) const PROMPT_VERSION: &str = prompt::VERSION;

    /// The end of a parse that begins now.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
    }

    /// How the model fares now.
    pub(super) fn health(&self) -> ParserHealth {
        let now = self.breaker.snapshot(Instant::now());
        let outage = matches!(now.last, Some(Err(error)) if error.is_outage());
        ParserHealth {
            gpt: true,
            last: now
                .last
                .map(|last| last.map_or_else(GptError::class, |()| "ok")),
            last_error: now.last_error.map(GptError::class),
            failures: now.failures,
            breaker_open: now.open,
            retry_in_seconds: now.retry_in.map(|left| left.as_secs()),
            degraded: now.open || outage,
        }
    }

    /// Asks the model unless the breaker is open.
    pub(super) async fn ask(&self, text: &str, until: Instant) -> Result<ParsedOrder, GptError> {
        if let Err(error) = right_size(text) {
            return Err(self.counted(error));
        }
        let Some(pass) = self.breaker.admit(Instant::now()) else {
            return Err(self.counted(GptError::Skipped));
        };
        let outcome = self.ask_anyway(text, until).await;
        let told = outcome.as_ref().map(drop).map_err(|error| *error);
        pass.finish(Instant::now(), told);
        outcome
    }

    /// Asks the model whatever the breaker says.
    pub(super) async fn ask_anyway(
        &self,
        text: &str,
        until: Instant,
    ) -> Result<ParsedOrder, GptError> {
        let order = async {
            right_size(text)?;
            let call = Box::pin(self.call(text));
            let answer = timeout_at(until, call)
                .await
                .map_err(|_| GptError::Timeout)??;
            self.count_tokens(answer.usage());
            // One attempt to have an unusable answer repaired belongs here.
            check::read(&self.menu, text, &answer.into_text()?)
        };
        match order.await {
            Ok(order) => {
                metrics::count(&self.metrics.gpt_calls, "ok");
                Ok(order)
            }
            Err(error) => {
                tracing::warn!(class = error.class(), "the model gave no order: {error}");
                Err(self.counted(error))
            }
        }
    }

    fn counted(&self, error: GptError) -> GptError {
        metrics::count(&self.metrics.gpt_calls, error.class());
        error
    }

    /// One request; where the model refuses a part of it, once more without that part, which is then remembered.
    async fn call(&self, text: &str) -> Result<Answer, GptError> {
        let dialect = self.refused.dialect();
        let error = match self.send(dialect, text).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        match self.refused.learn(dialect, &error) {
            Some(dialect) => {
                tracing::warn!(?dialect, "the model refuses a part of the request");
                let again = self.send(dialect, text).await;
                again.map_err(|error| GptError::from(&*error))
            }
            None => Err(GptError::from(&*error)),
        }
    }

    async fn send(&self, dialect: Dialect, text: &str) -> Result<Answer, Box<OpenAIError>> {
        let request = self.template.request(dialect, text);
        // As a `Value` first: async-openai logs a body that does not have the shape asked for.
        let answer: Value = self.client.chat().create_byot(request).await?;
        serde_json::from_value(answer)
            .map_err(|error| Box::new(OpenAIError::JSONDeserialize(error, String::new())))
    }

    fn count_tokens(&self, usage: Usage) {
        let tokens = [
            ("prompt", usage.prompt_tokens),
            ("cached", usage.cached_tokens()),
            ("completion", usage.completion_tokens),
        ];
        for (kind, count) in tokens {
            let counter = self.metrics.gpt_tokens.get_or_create(&Kind { kind });
            counter.inc_by(count);
        }
    }
}

/// A client for the model's provider.
///
/// # Errors
/// [`GptError::Auth`] where the key cannot be sent.
pub(super) fn client(settings: &GptSettings) -> Result<Client<OpenAIConfig>, GptError> {
    let key = settings.api_key.expose_secret().trim();
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(GptError::Auth);
    }
    let base = settings.base_url.as_deref().unwrap_or_default();
    let base = base.trim().trim_end_matches('/');
    let config = OpenAIConfig::new()
        .with_api_key(key)
        .with_api_base(if base.is_empty() {
            OPENAI_API_BASE
        } else {
            base
        })
        // Else a stray variable of the environment would be sent along.
        .with_org_id("")
        .with_project_id("");
    Ok(Client::with_config(config))
}

fn right_size(text: &str) -> Result<(), GptError> {
    let fits = !text.trim().is_empty() && text.chars().nth(MOST_CHARS).is_none();
    fits.then_some(()).ok_or(GptError::Size)
}

/// What the model has been found to refuse, as bits.
#[derive(Debug)]
struct Refused(AtomicU8);

const SCHEMA: u8 = 1;
const TUNING: u8 = 2;

impl Refused {
    fn new(lacks_schemas: bool) -> Self {
        Self(AtomicU8::new(if lacks_schemas { SCHEMA } else { 0 }))
    }

    fn dialect(&self) -> Dialect {
        let refused = self.0.load(Ordering::Relaxed);
        Dialect {
            strict: refused & SCHEMA == 0,
            tuned: refused & TUNING == 0,
        }
    }

    /// The dialect to try instead, if the service complained about a part that can be left out.
    fn learn(&self, used: Dialect, error: &OpenAIError) -> Option<Dialect> {
        // The complaint is searched for the names of our own parts and goes no further.
        let complaint = match error {
            OpenAIError::ApiError(answer) if matches!(answer.status_code.as_u16(), 400 | 422) => {
                let error = &answer.api_error;
                format!(
                    "{} {}",
                    error.param.as_deref().unwrap_or_default(),
                    error.message
                )
            }
            // A body that is not quite OpenAI's, as of a gateway: its status is lost.
            OpenAIError::JSONDeserialize(_, body) => body.clone(),
            _ => return None,
        };
        let names = |words: &[&str]| words.iter().any(|word| complaint.contains(word));
        let bit = if used.strict && names(&["response_format", "json_schema"]) {
            SCHEMA
        } else if used.tuned && names(&["temperature", "reasoning_effort"]) {
            TUNING
        } else {
            return None;
        };
        self.0.fetch_or(bit, Ordering::Relaxed);
        Some(self.dialect())
    }
}

#[cfg(test)]
mod tests;
