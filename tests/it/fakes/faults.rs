//! Faults by name of the call: "the next two `sendMessage` answer 429".

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use order_bot::standin::wire::{Answer, Verdict};
use serde_json::json;

/// A plan of faults; clones share it. Rules of one call are used up in the order they were made.
#[derive(Clone, Debug, Default)]
pub struct Faults(
    Arc<Mutex<Vec<Rule>>>,
    Arc<Mutex<Option<Jitter>>>,
    Arc<AtomicU64>,
);

/// Calls that no rule is for take a random time, and some of them lose their answer.
#[derive(Debug)]
struct Jitter {
    random: fastrand::Rng,
    longest: Duration,
    /// These calls lose one answer in so many.
    lost: Option<(String, u32)>,
    /// One call in so many meets one of these.
    storm: Option<(u32, Vec<Verdict>)>,
}

#[derive(Debug)]
struct Rule {
    /// Name of the call, or `*`.
    call: String,
    /// Calls that pass before the rule begins.
    skip: u32,
    left: u32,
    verdict: Verdict,
}

impl Faults {
    /// The next call of this name.
    pub fn once(&self, call: &str, verdict: Verdict) {
        self.times(1, call, verdict);
    }

    /// The next `times` calls of this name; `*` is any name.
    pub fn times(&self, times: u32, call: &str, verdict: Verdict) {
        self.after(0, times, call, verdict);
    }

    /// `times` calls of this name, after `skip` of them have passed.
    pub fn after(&self, skip: u32, times: u32, call: &str, verdict: Verdict) {
        self.rules().push(Rule {
            call: call.to_owned(),
            skip,
            left: times,
            verdict,
        });
    }

    /// Every call of this name until [`Faults::clear`].
    pub fn always(&self, call: &str, verdict: Verdict) {
        self.times(u32::MAX, call, verdict);
    }

    /// No faults from now on.
    pub fn clear(&self) {
        self.rules().clear();
    }

    /// Rules that have not struck as often as they were meant to (those of `always` aside).
    pub fn unused(&self) -> Vec<String> {
        self.rules()
            .iter()
            .filter(|rule| rule.left > 0 && rule.left < u32::MAX / 2)
            .map(|rule| format!("{} x {}", rule.left, rule.call))
            .collect()
    }

    /// From now on each call takes a random time up to `longest`.
    pub fn jitter(&self, seed: u64, longest: Duration) {
        *self.trembling() = Some(Jitter {
            random: fastrand::Rng::with_seed(seed),
            longest,
            lost: None,
            storm: None,
        });
    }

    /// With it, one call in `times` meets one of these.
    pub fn storm(&self, times: u32, verdicts: &[Verdict]) {
        if let Some(jitter) = &mut *self.trembling() {
            jitter.storm = Some((times, verdicts.to_vec()));
        }
    }

    /// How many calls were spoilt so far, delays aside.
    pub fn struck(&self) -> u64 {
        self.2.load(Ordering::Relaxed)
    }

    /// With it, one in `times` calls of this name is applied and its answer lost, or applied late.
    pub fn lose(&self, times: u32, call: &str) {
        if let Some(jitter) = &mut *self.trembling() {
            jitter.lost = Some((call.to_owned(), times));
        }
    }

    /// Every call takes the usual time again.
    pub fn calm(&self) {
        *self.trembling() = None;
    }

    fn trembling(&self) -> std::sync::MutexGuard<'_, Option<Jitter>> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tremble(&self, call: &str) -> Verdict {
        let mut trembling = self.trembling();
        let Some(jitter) = &mut *trembling else {
            return Verdict::Pass;
        };
        let most = u64::try_from(jitter.longest.as_micros()).unwrap();
        let time = Duration::from_micros(jitter.random.u64(0..=most));
        if let Some((times, verdicts)) = &jitter.storm
            && jitter.random.u32(0..*times) == 0
        {
            let which = jitter.random.usize(0..verdicts.len());
            return verdicts[which].clone();
        }
        match &jitter.lost {
            Some((name, times)) if name == call && jitter.random.u32(0..*times) == 0 => {
                if jitter.random.bool() {
                    Verdict::DropAfter
                } else {
                    Verdict::ApplyLate(time * 5)
                }
            }
            _ => Verdict::Delay(time),
        }
    }

    /// What becomes of a call.
    pub fn next(&self, call: &str) -> Verdict {
        self.next_in(call, None)
    }

    /// The same for a call about a chat: rules may be for `sendMessage@42`.
    pub fn next_in(&self, call: &str, chat: Option<&str>) -> Verdict {
        let verdict = self.judge(call, chat);
        if !matches!(verdict, Verdict::Pass | Verdict::Delay(_)) {
            self.2.fetch_add(1, Ordering::Relaxed);
        }
        verdict
    }

    fn judge(&self, call: &str, chat: Option<&str>) -> Verdict {
        let mut rules = self.rules();
        let place = chat.map(|chat| format!("{call}@{chat}"));
        let found = rules.iter_mut().find(|rule| {
            rule.call == "*"
                || rule.call.eq_ignore_ascii_case(call)
                || place.as_deref() == Some(rule.call.as_str())
        });
        let Some(rule) = found else {
            drop(rules);
            return self.tremble(call);
        };
        if rule.skip > 0 {
            rule.skip -= 1;
            return Verdict::Pass;
        }
        rule.left -= 1;
        let verdict = rule.verdict.clone();
        rules.retain(|rule| rule.left > 0);
        verdict
    }

    fn rules(&self) -> std::sync::MutexGuard<'_, Vec<Rule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A proxy's error page.
pub fn html_page(status: u16) -> Verdict {
    Verdict::Answer(Answer::html(
        status,
        format!("<html><head><title>{status}</title></head><body>{status}</body></html>"),
    ))
}

/// Telegram's way to refuse.
pub fn telegram_error(status: u16, description: &str) -> Verdict {
    Verdict::Answer(Answer::json(
        status,
        &json!({"ok": false, "error_code": status, "description": description}),
    ))
}

/// Telegram's flood control.
pub fn telegram_flood(retry_after: u32) -> Verdict {
    Verdict::Answer(Answer::json(
        429,
        &json!({
            "ok": false, "error_code": 429,
            "description": format!("Too Many Requests: retry after {retry_after}"),
            "parameters": {"retry_after": retry_after},
        }),
    ))
}

/// OpenAI's way to refuse.
pub fn openai_error(status: u16, kind: &str, code: Option<&str>, message: &str) -> Answer {
    Answer::json(
        status,
        &json!({"error": {"message": message, "type": kind, "param": null, "code": code}}),
    )
}

/// OpenAI's rate limit, with or without `Retry-After` in seconds.
pub fn openai_flood(retry_after: Option<u32>) -> Verdict {
    let answer = openai_error(
        429,
        "requests",
        Some("rate_limit_exceeded"),
        "Rate limit reached for requests",
    );
    Verdict::Answer(match retry_after {
        Some(seconds) => answer.with_header("retry-after", seconds.to_string()),
        None => answer,
    })
}

/// OpenAI's "no money left".
pub fn openai_quota() -> Verdict {
    Verdict::Answer(openai_error(
        429,
        "insufficient_quota",
        Some("insufficient_quota"),
        "You exceeded your current quota, please check your plan and billing details.",
    ))
}

/// Google's way to refuse.
pub fn google_error(code: u16, status: &str, message: &str) -> Verdict {
    Verdict::Answer(google_answer(code, status, message))
}

pub fn google_answer(code: u16, status: &str, message: &str) -> Answer {
    Answer::json(
        code,
        &json!({"error": {"code": code, "message": message, "status": status}}),
    )
}

/// Google's token endpoint refuses the key.
pub fn invalid_grant() -> Verdict {
    Verdict::Answer(Answer::json(
        400,
        &json!({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}),
    ))
}
