//! The process's environment, as far as it is ours: read once, without panics and without echoing values.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;

use super::catalog::{self, Raw, SETTINGS, Setting};

/// Something wrong with a setting. Never holds the value of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The variable.
    pub variable: String,
    /// What is wrong.
    pub what: String,
    /// How to put it right.
    pub fix: String,
}

impl Problem {
    pub(crate) fn new(variable: &str, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            variable: variable.to_owned(),
            what: what.into(),
            fix: fix.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.variable, self.what, self.fix)
    }
}

/// Where a setting's value comes from, and the value itself unless it is a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A value that may be shown.
    Value(String),
    /// The default holds.
    Default(&'static str),
    /// A secret, set in its own variable.
    SecretSet,
    /// A secret, set in the file that this variable names.
    SecretFrom(String),
    /// Set, but of a form that cannot be shown.
    Unreadable,
    /// Set, to something that looks like a secret in the wrong place.
    Secretive,
    /// Not set, and no default.
    Unset,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) if value.is_empty() => f.write_str("(empty)"),
            // `Debug` escapes control characters, so that a value cannot forge a line of the report.
            Self::Value(value) => write!(f, "{}", value.escape_debug()),
            Self::Default(value) => write!(f, "{value} (default)"),
            Self::SecretSet => f.write_str("set"),
            Self::SecretFrom(variable) => write!(f, "set from {variable}"),
            Self::Unreadable => f.write_str("unreadable"),
            Self::Secretive => f.write_str("not shown: this looks like a secret"),
            Self::Unset => f.write_str("not set"),
        }
    }
}

/// Our variables, and what was wrong with them before anyone looked at their meaning.
pub struct Environment {
    raw: Raw,
    /// Secrets that were read from files, by setting.
    files: BTreeMap<&'static str, String>,
    /// What is wrong already, by the setting that it concerns; under no name what concerns all.
    problems: Vec<(&'static str, Problem)>,
    warnings: Vec<Problem>,
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

impl Environment {
    /// The environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self::from_vars(std::env::vars_os())
    }

    /// The environment of this process with some settings replaced (`Some`) or unset (`None`): for a command that
    /// brings its own, such as the demonstration. A replaced secret's `X_FILE` is unset with it.
    #[must_use]
    pub fn with(replaced: &[(&str, Option<&str>)]) -> Self {
        let kept = std::env::vars_os().filter(|(name, _)| {
            name.to_str().is_none_or(|name| {
                let stem = name.strip_suffix("_FILE").unwrap_or(name);
                replaced.iter().all(|(r, _)| *r != name && *r != stem)
            })
        });
        let added = replaced
            .iter()
            .filter_map(|(name, value)| value.map(|value| (name.into(), value.into())));
        Self::from_vars(kept.chain(added))
    }

    /// From given variables; others than ours are ignored, and an empty one is taken as unset. Reads the files that
    /// `X_FILE` variables name.
    pub fn from_vars(vars: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut problems = Vec::new();
        let mut warnings = Vec::new();
        let mut own = Vec::new();
        for (name, value) in vars {
            let Ok(name) = name.into_string() else {
                continue;
            };
            let Some(setting) = setting_of(&name) else {
                warnings.extend(warning(&name));
                continue;
            };
            match value.into_string() {
                Ok(value) if value.trim().is_empty() && name != catalog::name::order_requires => {}
                Ok(value) => own.push((name, value)),
                Err(_) => {
                    let fix = "write it in UTF-8 or unset it";
                    problems.push((setting.name, Problem::new(&name, "is not UTF-8", fix)));
                }
            }
        }
        // Every field is an optional string and the names are distinct, so this cannot fail. Should it ever, envy's
        // message is not passed on: it may echo a value.
        let raw = envy::from_iter::<_, Raw>(own).unwrap_or_else(|_| {
            let fix = "set each variable once";
            problems.push(("", Problem::new("environment", "cannot be read", fix)));
            Raw::default()
        });
        let mut environment = Self {
            raw,
            files: BTreeMap::new(),
            problems,
            warnings,
        };
        environment.read_files();
        environment
    }

    fn read_files(&mut self) {
        for setting in SETTINGS {
            let (Some(path), Some(variable)) = ((setting.file)(&self.raw), setting.file_name())
            else {
                continue;
            };
            if (setting.value)(&self.raw).is_some() {
                let what = format!("is set, and so is {variable}");
                let problem = Problem::new(setting.name, what, "unset one of the two");
                self.problems.push((setting.name, problem));
                continue;
            }
            match secret_in(path.trim()) {
                Ok(secret) => {
                    self.files.insert(setting.name, secret);
                }
                Err(what) => {
                    let fix = "name a readable UTF-8 file that holds the secret and nothing else";
                    let problem = Problem::new(&variable, what, fix);
                    self.problems.push((setting.name, problem));
                }
            }
        }
    }

    /// What is wrong already with a setting: unreadable variables and files.
    pub(super) fn problems_of(&self, name: &str) -> impl Iterator<Item = &Problem> {
        let of = self.problems.iter().filter(move |(of, _)| *of == name);
        of.map(|(_, problem)| problem)
    }

    /// What looks like a mistake but harms nothing: names that are almost ours.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The value of a setting, trimmed; none where it is unset. A secret's own variable goes before its file.
    pub(super) fn get(&self, setting: &Setting) -> Option<&str> {
        (setting.value)(&self.raw)
            .or_else(|| self.files.get(setting.name).map(String::as_str))
            .map(str::trim)
    }

    /// Whether anything was given for a setting, readable or not.
    pub(super) fn given(&self, setting: &Setting) -> bool {
        self.get(setting).is_some() || self.problems_of(setting.name).next().is_some()
    }

    /// Whether a variable of this name, or one that names a file for it, is set, be it readable or not.
    #[must_use]
    pub fn is_given(&self, name: &str) -> bool {
        catalog::find(name).is_some_and(|setting| self.given(setting))
    }

    /// What may be shown of each setting, in the catalog's order.
    pub fn list(&self) -> impl Iterator<Item = (&'static Setting, Shown)> {
        SETTINGS.iter().map(|setting| (setting, self.show(setting)))
    }

    fn show(&self, setting: &'static Setting) -> Shown {
        match (self.get(setting), setting.default) {
            (Some(_), _) if self.files.contains_key(setting.name) => {
                Shown::SecretFrom(setting.file_name().unwrap_or_default())
            }
            (Some(_), _) if setting.secret => Shown::SecretSet,
            // A password in a URL is a mistake that `check` names; it must not print it on the way.
            (Some(value), _) if value.contains('@') => Shown::Unreadable,
            (Some(value), _) if self.is_like_a_secret(value) => Shown::Secretive,
            (Some(value), _) => Shown::Value(value.to_owned()),
            (None, _) if self.given(setting) => Shown::Unreadable,
            (None, Some(default)) => Shown::Default(default),
            (None, None) => Shown::Unset,
        }
    }

    /// Whether a value that is none by its name holds a secret all the same: one of those that are set, a bot's token,
    /// a model's key or a private key.
    fn is_like_a_secret(&self, value: &str) -> bool {
        let secrets = SETTINGS.iter().filter(|setting| setting.secret);
        let mut set = secrets.filter_map(|setting| self.get(setting));
        let is_token = |text: &str| {
            text.split_once(':').is_some_and(|(id, rest)| {
                id.len() > 5 && id.bytes().all(|b| b.is_ascii_digit()) && rest.len() > 20
            })
        };
        value.contains("PRIVATE KEY")
            || value
                .split([' ', ','])
                .any(|w| w.starts_with("sk-") || is_token(w))
            || set.any(|secret| secret.len() > 7 && value.contains(secret))
    }
}

/// The setting that a variable belongs to: its own, or the one that names its file.
fn setting_of(variable: &str) -> Option<&'static Setting> {
    let own = |s: &&Setting| s.name == variable || s.file_name().is_some_and(|f| f == variable);
    SETTINGS.iter().find(own)
}

/// The secret in a file, or what is wrong with it.
fn secret_in(path: &str) -> Result<String, String> {
    let bytes = std::fs::read(path)
        .map_err(|e| format!("names a file that cannot be read ({})", e.kind()))?;
    let text = String::from_utf8(bytes).map_err(|_| "names a file that is not UTF-8".to_owned())?;
    match text.trim() {
        "" => Err("names an empty file".to_owned()),
        secret => Ok(secret.to_owned()),
    }
}

/// A warning about a name that is almost ours.
fn warning(name: &str) -> Option<Problem> {
    if let Some(setting) = name.strip_suffix("_FILE").and_then(catalog::find) {
        return Some(Problem::new(
            name,
            "is not read: only secrets may be given as a file",
            format!("set {} itself", setting.name),
        ));
    }
    let upper = name.to_ascii_uppercase();
    let meant = SETTINGS.iter().find(|s| {
        // The shorter the name, the likelier it is that somebody else's variable comes close to it.
        let near = if s.name.len() < 9 { 1 } else { 2 };
        let near_to = |own: &str| strsim::damerau_levenshtein(&upper, own) <= near;
        near_to(s.name) || s.file_name().is_some_and(|file| near_to(&file))
    })?;
    Some(Problem::new(
        name,
        "is not a setting",
        format!("{} may be meant", meant.name),
    ))
}
