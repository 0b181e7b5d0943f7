//! The catalogues, read once, and the way from a key and its values to a text.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use teloxide::utils::html::escape;

use super::{Language, words};

/// The rooms, each a file in the folder of every language.
macro_rules! rooms {
    ($use:ident!($($given:tt)*)) => {
        $use!($($given)*:
            "button" "card" "command" "common" "customer" "draft" "language" "menu" "notice"
            "order" "payment" "privacy" "reply" "say" "shop" "staff"
        )
    };
}

macro_rules! sources {
    ($language:literal: $($room:literal)*) => {
        &[$(include_str!(concat!("../text/locales/", $language, "/", $room, ".ftl"))),*]
    };
}

type Bundle = FluentBundle<FluentResource>;

#[cfg(test)]
macro_rules! names {
    (all: $($room:literal)*) => {
        &[$($room),*]
    };
}

/// The rooms' names, in the order of [`sources`].
#[cfg(test)]
pub(crate) const ROOMS: &[&str] = rooms!(names!(all));

/// The catalogue's files of a language.
pub(crate) fn sources(language: Language) -> &'static [&'static str] {
    match language {
        Language::En => rooms!(sources!("en")),
        Language::Es => rooms!(sources!("es")),
        Language::De => rooms!(sources!("de")),
        Language::Fr => rooms!(sources!("fr")),
        Language::Ru => rooms!(sources!("ru")),
        Language::Ar => rooms!(sources!("ar")),
    }
}

fn read(language: Language) -> Bundle {
    let tag = language.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Where text runs from the right, each value gets a direction of its own: prices, numbers and Latin names stay
    // whole, and nothing turns round what stands beside it.
    bundle.set_use_isolating(language.is_right_to_left());
    for source in sources(language) {
        // Tests hold that every file is read whole and no key stands twice.
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) => resource,
            Err((part, _)) => part,
        };
        let _ = bundle.add_resource(resource);
    }
    bundle
}

fn bundle(language: Language) -> &'static Bundle {
    static EN: LazyLock<Bundle> = LazyLock::new(|| read(Language::En));
    static ES: LazyLock<Bundle> = LazyLock::new(|| read(Language::Es));
    static DE: LazyLock<Bundle> = LazyLock::new(|| read(Language::De));
    static FR: LazyLock<Bundle> = LazyLock::new(|| read(Language::Fr));
    static RU: LazyLock<Bundle> = LazyLock::new(|| read(Language::Ru));
    static AR: LazyLock<Bundle> = LazyLock::new(|| read(Language::Ar));
    match language {
        Language::En => &EN,
        Language::Es => &ES,
        Language::De => &DE,
        Language::Fr => &FR,
        Language::Ru => &RU,
        Language::Ar => &AR,
    }
}

/// A value in a text.
#[derive(Debug, Clone)]
pub enum Arg<'a> {
    /// A text of ours or the menu's.
    Text(Cow<'a, str>),
    /// What a person wrote: put on one line and cut where it is long.
    Words(&'a str),
    /// HTML that was made by [`Texts::html`].
    Html(String),
    /// A number, by which plurals are chosen.
    Number(u64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.as_str().into())
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<u32> for Arg<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u64> for Arg<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Arg<'_> {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

/// The values of a text, by name: `args!["order" => &id, "minutes" => 20_u32]`.
#[macro_export]
macro_rules! args {
    ($($name:literal => $value:expr),* $(,)?) => {
        [$(($name, $crate::language::Arg::from($value))),*]
    };
}
pub use crate::args;

/// The catalogue of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts(Language);

impl Texts {
    /// The texts of a language.
    #[must_use]
    pub const fn of(language: Language) -> Self {
        Self(language)
    }

    /// Their language.
    #[must_use]
    pub const fn language(self) -> Language {
        self.0
    }

    /// A text without values.
    #[must_use]
    pub fn say(self, key: &str) -> String {
        self.format(key, &[], false)
    }

    /// A text as Telegram HTML: whatever comes from people or the menu is escaped here and nowhere else.
    #[must_use]
    pub fn html(self, key: &str, values: &[(&'static str, Arg<'_>)]) -> String {
        self.format(key, values, true)
    }

    /// A text that is not HTML: a button's, a short answer, a command's description.
    #[must_use]
    pub fn plain(self, key: &str, values: &[(&'static str, Arg<'_>)]) -> String {
        self.format(key, values, false)
    }

    /// Pieces one behind the other, escaped already where they are to stand in HTML.
    #[must_use]
    pub fn list(self, pieces: &[String]) -> String {
        let comma = self.say("common-comma");
        if !self.0.is_right_to_left() {
            return pieces.join(&comma);
        }
        // Each with its own direction, and all of them from the right.
        let piece = |piece: &String| format!("\u{2068}{piece}\u{2069}");
        let pieces: Vec<_> = pieces.iter().map(piece).collect();
        format!("\u{200f}{}", pieces.join(&comma))
    }

    fn format(self, key: &str, values: &[(&'static str, Arg<'_>)], html: bool) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, fluent(value, html));
        }
        // Tests hold that no catalogue misses a key; a person would rather read English than nothing.
        for language in [self.0, Language::En] {
            let bundle = bundle(language);
            if let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) {
                let text = bundle.format_pattern(pattern, Some(&args), &mut Vec::new());
                return text.into_owned();
            }
        }
        key.to_owned()
    }
}

fn fluent<'a>(value: &'a Arg<'_>, html: bool) -> FluentValue<'a> {
    let text = |text: Cow<'a, str>| match html {
        true if text.contains(['<', '>', '&']) => escape(&text).into(),
        _ => FluentValue::String(text),
    };
    match value {
        Arg::Text(value) => text(Cow::Borrowed(value)),
        Arg::Words(value) => text(Cow::Owned(words(value))),
        Arg::Html(value) => FluentValue::String(Cow::Borrowed(value)),
        Arg::Number(value) => (*value).into(),
    }
}
