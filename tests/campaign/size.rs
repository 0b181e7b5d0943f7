//! How large an attack is, and which of the many it is.

use std::{
    fmt::Display,
    str::FromStr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

/// A figure from the environment, for the long form; `usual` for the short one.
pub fn figure<T: FromStr + Display>(name: &str, usual: T) -> T {
    let name = format!("CAMPAIGN_{name}");
    match std::env::var(&name) {
        Err(_) => usual,
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name}={text} is no figure")),
    }
}

/// One attack: its name in what is printed, its seed, and the right to run alone.
pub struct Attack {
    name: &'static str,
    pub seed: u64,
    _alone: MutexGuard<'static, ()>,
}

impl Attack {
    /// Waits for its turn. The seed is `CAMPAIGN_SEED`, else another one each time; it is printed either way.
    pub fn begin(name: &'static str) -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let seed = figure("SEED", u64::from(now.unwrap().subsec_micros()));
        let attack = Self {
            name,
            seed,
            _alone: alone,
        };
        attack.says(format!("CAMPAIGN_SEED={seed}"));
        attack
    }

    /// A line of what this attack has to tell.
    pub fn says(&self, what: impl Display) {
        eprintln!("campaign {}: {what}", self.name);
    }
}
