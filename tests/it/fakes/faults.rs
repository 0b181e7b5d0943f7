//! Faults by name of the call: "the next two `sendMessage` answer 429".

use std::sync::{Arc, Mutex, PoisonError};

use order_bot::standin::wire::{Answer, Verdict};
use serde_json::json;

/// A plan of faults; clones share it. Rules of one call are used up in the order they were made.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Vec<Rule>>>);

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

    pub fn next(&self, call: &str) -> Verdict {
        let mut rules = self.rules();
        let found = rules
            .iter_mut()
            .find(|rule| rule.call == "*" || rule.call.eq_ignore_ascii_case(call));
        let Some(rule) = found else {
            return Verdict::Pass;
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
