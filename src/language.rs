//! The languages the bot speaks. Every sentence that a person reads stands in a catalogue, a Fluent file for each room
//! and language in `src/text/locales`; `docs/LANGUAGES.md` says how one is added.

mod markup;
mod phrases;
mod texts;

use serde::{Deserialize, Serialize};

pub use markup::{one_line, words};
pub use phrases::{Phrases, normalize, tells};
pub use texts::{Arg, Texts, args};

#[cfg(test)]
pub(crate) use texts::{ROOMS, sources};

/// A language of ours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
    /// German.
    De,
    /// French.
    Fr,
    /// Russian.
    Ru,
    /// Arabic.
    Ar,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::En, Self::Es, Self::De, Self::Fr, Self::Ru, Self::Ar];

    /// The language of an IETF tag such as `de` or `de-AT`, in any case; none: it is not one of ours.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// Its ISO 639-1 code, which is its IETF tag too.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Ru => "ru",
            Self::Ar => "ar",
        }
    }

    /// What it calls itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Es => "Español",
            Self::De => "Deutsch",
            Self::Fr => "Français",
            Self::Ru => "Русский",
            Self::Ar => "العربية",
        }
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub const fn is_right_to_left(self) -> bool {
        matches!(self, Self::Ar)
    }

    /// Whether its nouns keep their capitals within a sentence.
    #[must_use]
    pub const fn has_capital_nouns(self) -> bool {
        matches!(self, Self::De)
    }
}

#[cfg(test)]
mod tests;
