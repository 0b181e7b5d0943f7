//! The model: one message in, one parsed order out, checked against the menu and the message.
//!
//! async-openai retries by itself and obeys any `Retry-After`, so every use stands under one deadline. It also logs
//! bodies of answers it cannot read: the log filter must keep its target off, here nothing of a body is printed.

mod breaker; // leaves a model alone that is out of order
mod error; // why there is no order
mod fold; // words in a form in which they compare
mod offer; // what of the menu the model is told
mod candidates; // the likely part of a long menu
mod prompt; // rules, menu, fenced message
mod schema; // the answer's shape
mod wire; // requests and answers
mod check; // the answer against menu and message

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_openai::Client;
use async_openai::config::{OPENAI_API_BASE, OpenAIConfig};
use async_openai::error::OpenAIError;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use self::breaker::Breaker;
use self::candidates::Candidates;
use self::check::{Checked, Subject};
pub use self::error::GptError;
use self::offer::Offer;
use self::wire::{Answer, Dialect, Parts, Repair, Request, Template, Usage};
use super::{Mode, ParserHealth, Reading};
use crate::menu::Menu;
use crate::metrics::{self, Kind, Metrics};
use crate::parsed::ParsedOrder;
use crate::privacy::{ExposeSecret, SecretString};

/// Most characters of a message: Telegram's own limit.
const MOST_CHARS: usize = 4096;

/// Calls to the model at the same time, each on a connection of its own: far more than Telegram's thirty messages a
/// second need, and far fewer than the files that a process may have open.
const MOST_CALLS: usize = 128;

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
    /// Which messages it is asked about.
    pub mode: Mode,
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

/// What the model is told of the menu.
enum Told {
    /// All of it, the same for every message.
    Whole(Parts),
    /// What a message may speak of, since the menu is long.
    Part(Candidates),
}

/// The model's client, its prepared request and its breaker.
pub(super) struct Gpt {
    menu: Arc<Menu>,
    client: Client<OpenAIConfig>,
    template: Template,
    told: Told,
    refused: Arc<Refused>,
    breaker: Arc<Breaker>,
    calls: Arc<Semaphore>,
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
        let template = Template::new(model).map_err(|_| GptError::Request)?;
        let told = match Candidates::new(&menu) {
            Some(candidates) => Told::Part(candidates),
            None => Told::Whole(parts(&menu, &Offer::whole(&menu))?),
        };
        Ok(Self {
            told,
            menu,
            client,
            template,
            refused: Arc::new(Refused::new(wire::lacks_schemas(model))),
            breaker: Arc::default(),
            calls: Arc::new(Semaphore::new(MOST_CALLS)),
            timeout: settings.timeout,
            metrics,
        })
    }

    /// With what another one for the same model has learnt of its service.
    pub(super) fn sharing(mut self, known: &Self) -> Self {
        self.client = known.client.clone();
        self.refused = Arc::clone(&known.refused);
        self.breaker = Arc::clone(&known.breaker);
        self.calls = Arc::clone(&known.calls);
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

    /// Asks the model unless the breaker is open. `reading`: what the embedded parser makes of the message.
    pub(super) async fn ask(
        &self,
        text: &str,
        reading: &Reading,
        until: Instant,
    ) -> Result<ParsedOrder, GptError> {
        if let Err(error) = right_size(text) {
            return Err(self.counted(error));
        }
        // In a flood the embedded parser answers at once, and no connection more is opened.
        let Ok(_permit) = self.calls.try_acquire() else {
            return Err(self.counted(GptError::Busy));
        };
        let Some(pass) = self.breaker.admit(Instant::now()) else {
            return Err(self.counted(GptError::Skipped));
        };
        let outcome = self.ask_anyway(text, reading, until).await;
        let told = outcome.as_ref().map(drop).map_err(|error| *error);
        pass.finish(Instant::now(), told);
        outcome
    }

    /// Asks the model whatever the breaker says.
    pub(super) async fn ask_anyway(
        &self,
        text: &str,
        reading: &Reading,
        until: Instant,
    ) -> Result<ParsedOrder, GptError> {
        right_size(text).map_err(|error| self.counted(error))?;
        let made;
        let whole = Offer::whole(&self.menu);
        let narrow;
        let (offer, parts) = match &self.told {
            Told::Whole(parts) => (&whole, parts),
            Told::Part(candidates) => {
                narrow = candidates.offer(&self.menu, text, &reading.order);
                made = parts(&self.menu, &narrow)?;
                (&narrow, &made)
            }
        };
        let subject = Subject {
            menu: &self.menu,
            offer,
            text,
            reading,
        };
        Box::pin(self.ask_twice(parts, subject, until)).await
    }

    /// Asks, and where the answer cannot be used, once more with what is wrong with it. Both within the deadline.
    async fn ask_twice(
        &self,
        parts: &Parts,
        subject: Subject<'_>,
        until: Instant,
    ) -> Result<ParsedOrder, GptError> {
        let first = self.attempt(parts, subject, None, until).await;
        let (answer, problems, first) = match first {
            Ok((answer, checked)) if !checked.problems.is_empty() => {
                (answer, checked.problems.join("; "), Ok(checked.order))
            }
            Ok((_, checked)) => return Ok(checked.order),
            Err(Failure::Unusable { error, answer, why }) => (answer, why, Err(error)),
            Err(Failure::Final(error)) => return Err(error),
        };
        let repair = Repair {
            answer: &answer,
            problems: &problems,
        };
        match self.attempt(parts, subject, Some(&repair), until).await {
            Ok((_, checked)) => Ok(checked.order),
            // The service did answer: what is wrong is the first answer, not the way there.
            Err(_) => first,
        }
    }

    /// One call and the check of its answer; each is counted by its outcome.
    async fn attempt(
        &self,
        parts: &Parts,
        subject: Subject<'_>,
        repair: Option<&Repair<'_>>,
        until: Instant,
    ) -> Result<(String, Checked), Failure> {
        let call = Box::pin(self.call(parts, subject.text, repair));
        let answer = timeout_at(until, call).await;
        let answer = answer.unwrap_or(Err(GptError::Timeout)).and_then(|answer| {
            self.count_tokens(answer.usage());
            answer.into_text()
        });
        let failure = match answer {
            Ok(answer) => match check::read(subject, &answer) {
                Ok(checked) => {
                    let whole = checked.problems.is_empty();
                    metrics::count(
                        &self.metrics.gpt_calls,
                        if whole { "ok" } else { "doubtful" },
                    );
                    return Ok((answer, checked));
                }
                Err(why) => Failure::Unusable {
                    error: GptError::Invalid,
                    answer,
                    why,
                },
            },
            Err(error @ (GptError::Empty | GptError::Length)) => Failure::Unusable {
                error,
                answer: String::new(),
                why: error.to_string(),
            },
            Err(error) => Failure::Final(error),
        };
        let error = match &failure {
            Failure::Unusable { error, .. } | Failure::Final(error) => *error,
        };
        tracing::warn!(
            class = error.class(),
            again = repair.is_some(),
            "the model gave no order: {error}"
        );
        self.counted(error);
        Err(failure)
    }

    fn counted(&self, error: GptError) -> GptError {
        metrics::count(&self.metrics.gpt_calls, error.class());
        error
    }

    /// One request; where the model refuses a part of it, once more without that part, which is then remembered.
    async fn call(
        &self,
        parts: &Parts,
        text: &str,
        repair: Option<&Repair<'_>>,
    ) -> Result<Answer, GptError> {
        let dialect = self.refused.dialect();
        let request = |dialect| self.template.request(parts, dialect, text, repair);
        let error = match self.send(request(dialect)).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        match self.refused.learn(dialect, &error) {
            Some(dialect) => {
                tracing::warn!(?dialect, "the model refuses a part of the request");
                let again = self.send(request(dialect)).await;
                again.map_err(|error| GptError::from(&*error))
            }
            None => Err(GptError::from(&*error)),
        }
    }

    async fn send(&self, request: Request<'_>) -> Result<Answer, Box<OpenAIError>> {
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

/// Why a call gave no order.
enum Failure {
    /// The answer cannot be used; the model may be asked to mend it.
    Unusable {
        error: GptError,
        answer: String,
        why: String,
    },
    /// Asking again would not help.
    Final(GptError),
}

fn parts(menu: &Menu, offer: &Offer<'_>) -> Result<Parts, GptError> {
    let parts = Parts::new(&prompt::system(menu, offer), &schema::text(offer));
    parts.map_err(|_| GptError::Request)
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
