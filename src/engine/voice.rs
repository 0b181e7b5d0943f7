//! Voice notes: their words are had before the transaction, outside every lock, in the lane of their customer.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Engine;
use crate::conversation::{Customer, Input, Unheard, is_visible};
use crate::menu::Menu;
use crate::metrics::count;
use crate::privacy::PersonalText;
use crate::store::{Record, Table};

/// A voice note.
#[derive(Debug, Clone)]
pub struct VoiceNote {
    /// Telegram's name of its file.
    pub file: String,
    /// How long it is.
    pub seconds: u32,
    /// How large its file is, as Telegram says.
    pub bytes: u32,
}

/// Somebody who can listen.
pub trait Listen: Send + Sync {
    /// The words of a file; `hint`: words that may occur in it. It has an end of its own.
    ///
    /// # Errors
    /// The class of the failure.
    fn listen<'a>(
        &'a self,
        file: &'a str,
        hint: String,
    ) -> Pin<Box<dyn Future<Output = Result<PersonalText, &'static str>> + Send + 'a>>;
}

/// How voice notes are listened to.
#[derive(Clone)]
pub struct VoiceRules {
    /// Who listens.
    pub listener: Arc<dyn Listen>,
    /// Longest note.
    pub max_seconds: u32,
    /// Largest file.
    pub max_bytes: u32,
    /// So much of all customers together is listened to in a day: the shop pays for it.
    pub seconds_a_day: u32,
}

impl std::fmt::Debug for VoiceRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VoiceRules").finish_non_exhaustive()
    }
}

/// How much was listened to on one day (UTC), one record.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Listened {
    day: String,
    seconds: u32,
}

impl Listened {
    const KEY: u64 = 40;
}

impl Record for Listened {
    const TABLE: Table = Table::Meta;
}

/// Characters of the menu's names that help a listener.
const LONGEST_HINT: usize = 600;

impl Engine {
    /// What a voice note says.
    pub(super) async fn read_voice(&self, user: u64, note: &VoiceNote) -> Input {
        let Some(voice) = &self.voice else {
            return Input::NoText;
        };
        let customer = self.store.get::<Customer>(user).ok().flatten();
        if !self.rules.ai.lets_read(customer.and_then(|c| c.ai)) {
            return Input::Unheard(Unheard::NoAi);
        }
        if note.seconds > voice.max_seconds || note.bytes > voice.max_bytes {
            return Input::Unheard(Unheard::TooLong(voice.max_seconds));
        }
        if !self.may_listen(note.seconds, voice.seconds_a_day) {
            return Input::Unheard(Unheard::TooMany);
        }
        let (menu, _) = self.menu();
        match voice.listener.listen(&note.file, hint(&menu)).await {
            Ok(text) if text.as_str().chars().any(is_visible) => {
                let then = Box::new(Box::pin(self.read_text(user, &text)).await);
                Input::Heard { text, then }
            }
            Ok(_) => Input::Unheard(Unheard::Failed),
            Err(class) => {
                count(&self.metrics.errors, "voice");
                tracing::warn!(class, "a voice note could not be listened to");
                Input::Unheard(Unheard::Failed)
            }
        }
    }

    /// Takes the seconds from what may still be listened to today.
    fn may_listen(&self, seconds: u32, most: u32) -> bool {
        let day = Timestamp::now().strftime("%F").to_string();
        let taken = self.transact(|tx| {
            let mut listened = tx.get::<Listened>(Listened::KEY)?.unwrap_or_default();
            if listened.day != day {
                listened = Listened { day, seconds: 0 };
            }
            // A note of no length costs all the same.
            listened.seconds = listened.seconds.saturating_add(seconds.max(1));
            let fits = listened.seconds <= most;
            if fits {
                tx.put(Listened::KEY, &listened)?;
            }
            Ok(fits)
        });
        match taken {
            // Not waited for: after a crash a few seconds more are listened to.
            Ok((fits, _commit)) => fits,
            Err(e) => {
                tracing::error!(error = %e, "what was listened to could not be counted");
                false
            }
        }
    }
}

/// The menu's names, which a listener would not expect.
fn hint(menu: &Menu) -> String {
    let mut hint = String::new();
    for item in menu.items() {
        if hint.len() + item.name.len() > LONGEST_HINT {
            break;
        }
        if !hint.is_empty() {
            hint.push_str(", ");
        }
        hint.push_str(&item.name);
    }
    hint
}
