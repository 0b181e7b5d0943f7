//! Understanding a message: the model where there is one, through a cache, and the embedded parser wherever the model
//! fails. A customer always gets an answer, within one deadline.

mod cache;
mod gpt;
mod local;
mod voice;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use self::cache::ParseCache;
use self::gpt::Gpt;
use crate::menu::Menu;
use crate::metrics::{self, Metrics};
use crate::parsed::ParsedOrder;

pub use cache::CacheSettings;
pub use gpt::{GptError, GptSettings};
pub use local::{LocalParser, Reading};
pub use voice::Transcriber;

/// Where a parsed order comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The model, asked for this message.
    Gpt,
    /// An answer of the model to an equal message.
    Cache,
    /// The embedded parser.
    Local,
}

impl Source {
    /// The word that stands in files and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gpt => "gpt",
            Self::Cache => "cache",
            Self::Local => "local",
        }
    }
}

/// What a message asks for, and who says so.
#[derive(Debug, Clone)]
pub struct Understood {
    /// What the message asks for, checked against the menu.
    pub order: Arc<ParsedOrder>,
    /// Where that comes from.
    pub source: Source,
}

/// How the model fares, for `/health`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ParserHealth {
    /// Whether there is a model to ask; else the embedded parser alone is meant to work.
    pub gpt: bool,
    /// Outcome of the last call: `ok` or the class of its error; none: not asked yet.
    pub last: Option<&'static str>,
    /// Class of the last error, whatever came after it.
    pub last_error: Option<&'static str>,
    /// Outages in a row.
    pub failures: u32,
    /// Whether the model is left alone for a while.
    pub breaker_open: bool,
    /// Seconds until it is tried again; zero: with the next message.
    pub retry_in_seconds: Option<u64>,
    /// Whether the model should work and does not.
    pub degraded: bool,
}

/// Which messages the model is asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// All that no cached answer is kept for.
    #[default]
    Gpt,
    /// Those of which the embedded parser could not account for every word without a guess.
    Auto,
    /// None: the embedded parser alone.
    Local,
}

/// Understands messages.
pub struct Parser {
    local: LocalParser,
    mode: Mode,
    /// The model, or why there is none.
    gpt: Result<Gpt, GptError>,
    /// For another menu's model.
    settings: Option<GptSettings>,
    cache: ParseCache,
    metrics: Arc<Metrics>,
    menu_version: String,
}

impl fmt::Debug for Parser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parser").finish_non_exhaustive()
    }
}

impl Parser {
    /// A parser for a menu; a changed menu needs a new one. `gpt`: none for the embedded parser alone.
    ///
    /// # Panics
    /// Within async-openai, where `gpt` is given and no rustls crypto provider is installed for the process:
    /// `rustls::crypto::ring::default_provider().install_default()` comes first.
    #[must_use]
    pub fn new(
        menu: Arc<Menu>,
        gpt: Option<GptSettings>,
        cache: CacheSettings,
        metrics: Arc<Metrics>,
    ) -> Self {
        let cache = ParseCache::new(cache, &context(&menu, gpt.as_ref()));
        Self::build(menu, gpt, cache, metrics, None)
    }

    /// The same parser for another menu: with the same cache, whose answers for the other menu are not found under
    /// this one, and with what is known of the model's service.
    #[must_use]
    pub fn for_menu(&self, menu: Arc<Menu>) -> Self {
        let gpt = self.settings.clone();
        let cache = self.cache.for_context(&context(&menu, gpt.as_ref()));
        let (metrics, known) = (Arc::clone(&self.metrics), self.gpt.as_ref().ok());
        Self::build(menu, gpt, cache, metrics, known)
    }

    fn build(
        menu: Arc<Menu>,
        settings: Option<GptSettings>,
        cache: ParseCache,
        metrics: Arc<Metrics>,
        known: Option<&Gpt>,
    ) -> Self {
        let local = LocalParser::new(&menu);
        let menu_version = menu.version().to_owned();
        let mode = settings.as_ref().map(|gpt| gpt.mode).unwrap_or_default();
        let gpt = settings.as_ref().filter(|_| mode != Mode::Local);
        let gpt = gpt.ok_or(GptError::Off);
        let gpt = gpt.and_then(|settings| Gpt::new(menu, settings, metrics.clone()));
        Self {
            local,
            mode,
            gpt: gpt.map(|gpt| match known {
                Some(known) => gpt.sharing(known),
                None => gpt,
            }),
            settings,
            cache,
            metrics,
            menu_version,
        }
    }

    /// The version of its menu.
    #[must_use]
    pub fn menu_version(&self) -> &str {
        &self.menu_version
    }

    /// The embedded parser.
    #[must_use]
    pub fn local(&self) -> &LocalParser {
        &self.local
    }

    /// What a customer's message asks for. It never fails: where the model does, the embedded parser reads the
    /// message. It takes no longer than the model's timeout and the time of the embedded parser.
    pub async fn parse(&self, customer: u64, text: &str) -> Understood {
        self.understand(customer, text, self.local.parse(text))
            .await
    }

    /// The same, where the embedded parser's reading of the message is at hand.
    pub async fn understand(&self, customer: u64, text: &str, reading: Reading) -> Understood {
        let started = Instant::now();
        let understood = match self.by_model(customer, text, &reading).await {
            Ok(understood) => understood,
            Err(_) => Understood {
                order: Arc::new(reading.order),
                source: Source::Local,
            },
        };
        let source = understood.source.as_str();
        metrics::count(&self.metrics.parses, source);
        metrics::observe(&self.metrics.parse_seconds, source, started.elapsed());
        understood
    }

    async fn by_model(
        &self,
        customer: u64,
        text: &str,
        reading: &Reading,
    ) -> Result<Understood, GptError> {
        let gpt = self.model()?;
        if self.mode == Mode::Auto && reading.certain {
            metrics::count(&self.metrics.gpt_calls, "spared");
            return Err(GptError::Skipped);
        }
        let until = gpt.deadline();
        let found = self
            .cache
            .get_or_ask(customer, text, || gpt.ask(text, reading, until));
        // Also who waits for another's call has a deadline of their own.
        let found = timeout_at(until, Box::pin(found)).await;
        let found = found.unwrap_or(Err(GptError::Timeout))?;
        Ok(Understood {
            order: found.order,
            source: if found.fresh {
                Source::Gpt
            } else {
                Source::Cache
            },
        })
    }

    /// Drops all answers that are kept, because one of them may be personal.
    pub fn forget_answers(&self) {
        self.cache.forget();
    }

    /// What the model makes of a message, without cache, breaker and embedded parser.
    ///
    /// # Errors
    /// Whatever keeps the model from answering with a parsed order.
    pub async fn parse_gpt_only(&self, text: &str) -> Result<ParsedOrder, GptError> {
        let gpt = self.model()?;
        let reading = self.local.parse(text);
        gpt.ask_anyway(text, &reading, gpt.deadline()).await
    }

    /// Whether the model answers: one short request like a customer's, which also proves that the model takes the
    /// schema made of this menu. It costs the tokens of one message.
    ///
    /// # Errors
    /// What is wrong with the key, the account, the model, the URL or the way there. An answer that is no parsed
    /// order is none of these.
    pub async fn probe(&self) -> Result<(), GptError> {
        match self.parse_gpt_only("hello").await {
            Err(GptError::Request) => Err(GptError::Request),
            Err(error) if error.is_outage() || error == GptError::Off => Err(error),
            _ => Ok(()),
        }
    }

    /// How the model fares now.
    #[must_use]
    pub fn health(&self) -> ParserHealth {
        match &self.gpt {
            Ok(gpt) => gpt.health(),
            Err(error) => {
                let broken = *error != GptError::Off;
                ParserHealth {
                    gpt: broken,
                    last: None,
                    last_error: broken.then(|| error.class()),
                    failures: 0,
                    breaker_open: false,
                    retry_in_seconds: None,
                    degraded: broken,
                }
            }
        }
    }

    fn model(&self) -> Result<&Gpt, GptError> {
        self.gpt.as_ref().map_err(|error| *error)
    }
}

/// All that an answer depends on beside the message.
fn context<'a>(menu: &'a Menu, gpt: Option<&'a GptSettings>) -> [&'a str; 3] {
    let model = gpt.map_or("", |settings| settings.model.as_str());
    [menu.version(), Gpt::PROMPT_VERSION, model]
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
