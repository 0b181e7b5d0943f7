//! Values that must not be printed. Their `Debug` and `Display` show nothing, so that no log line, error or panic
//! message can carry them by accident.

use std::fmt;

use serde::{Deserialize, Serialize};

pub use secrecy::{ExposeSecret, SecretString};

/// Personal data of a customer: what they wrote, their name, phone or address. Stored and sent, never printed.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Marks a value as personal.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself; whoever calls this answers for where it goes.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, by move.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl Personal<String> {
    /// The text itself; whoever calls this answers for where it goes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Personal<String> {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Personal<String> {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}

/// A text that came from or about a customer.
pub type PersonalText = Personal<String>;

/// Keeps the memory of this process, which holds keys and customers' data, out of core dumps: the kernel writes none,
/// to a file or to a program that collects them, and no other process of the same user may look into this one or read
/// its environment. (prctl(2), `PR_SET_DUMPABLE`)
///
/// # Errors
/// The system refused it.
pub fn keep_memory_private() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_and_secrets_do_not_print() {
        let phone = PersonalText::from("+15550100");
        let token = SecretString::from("123:canary");
        let printed = format!("{phone:?} {:?} {token:?}", Some(phone.clone()));
        assert!(!printed.contains("555") && !printed.contains("canary"));
    }
}
