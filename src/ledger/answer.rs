//! What became of one call to Google: watched from inside the generated client, which by itself loses the status of
//! some answers and cannot say whether a call that ran into its time limit had been sent at all.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use google_sheets4::common::{Delegate, Error, Response, Retry};
use google_sheets4::hyper_util::client::legacy;
use serde_json::Value;

use super::fault::{Class, Fault};
use super::token::TokenFault;

/// What was seen of one call.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    /// The request itself went out: there was a token, and the server was called.
    pub(super) sent: bool,
    /// No connection came about, so the server cannot have got the request.
    unconnected: bool,
    /// The status of an answer that was not a success.
    pub(super) status: Option<u16>,
    retry_after: Option<Duration>,
}

/// Watches one call; clones watch the same one.
#[derive(Debug, Clone, Default)]
pub(super) struct Trace(Arc<Mutex<Seen>>);

impl Trace {
    /// What was seen so far, also of a call that was dropped.
    pub(super) fn seen(&self) -> Seen {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Delegate for Trace {
    fn pre_request(&mut self) {
        self.note(|seen| seen.sent = true);
    }

    fn http_error(&mut self, error: &legacy::Error) -> Retry {
        self.note(|seen| seen.unconnected = error.is_connect());
        Retry::Abort
    }

    fn http_failure(&mut self, response: &Response, _error: Option<&Value>) -> Retry {
        let retry_after = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.trim().parse().ok())
            .map(Duration::from_secs);
        self.note(|seen| {
            seen.status = Some(response.status().as_u16());
            seen.retry_after = retry_after;
        });
        Retry::Abort
    }
}

impl Seen {
    /// The fault behind a call that ran into its time limit.
    pub(super) fn timed_out(self) -> Fault {
        let fault = Fault::new(
            Class::Unavailable,
            "Google does not answer in time; tried again by itself",
        );
        // Before the request goes out, the limit was used up by the token endpoint.
        if self.sent {
            fault.unknown_outcome()
        } else {
            fault
        }
    }

    /// The fault behind a failed call. `editor` is the address that the spreadsheet must be shared with.
    pub(super) fn fault(self, error: &Error, editor: &str) -> Fault {
        match error {
            Error::MissingToken(cause) => match cause.downcast_ref::<TokenFault>() {
                Some(fault) => (*fault).into(),
                None => TokenFault::Unavailable.into(),
            },
            Error::BadRequest(body) => self.by_status(Some(body), editor),
            Error::Failure(_) => self.by_status(None, editor),
            Error::HttpError(_) if self.unconnected => Fault::new(
                Class::Unavailable,
                "Google cannot be reached; tried again by itself",
            ),
            Error::HttpError(_) | Error::Io(_) => Fault::new(
                Class::Unavailable,
                "the connection to Google broke; tried again by itself",
            )
            .unknown_outcome(),
            Error::JsonDecodeError(..) => Fault::new(
                Class::Unavailable,
                "Google's answer cannot be read; tried again by itself",
            )
            .unknown_outcome(),
            _ => Fault::new(Class::Config, "the Sheets client refuses the request"),
        }
    }

    fn by_status(self, body: Option<&Value>, editor: &str) -> Fault {
        let mut fault = match self.status.unwrap_or(500) {
            404 => Fault::new(
                Class::NotFound,
                "no such spreadsheet: SHEETS_SPREADSHEET_ID is the part of its address between /d/ and /edit",
            ),
            401 => Fault::new(
                Class::Auth,
                "Google refuses the token of the service account: make a new key and put it into \
                 GOOGLE_SERVICE_ACCOUNT_JSON",
            ),
            403 if says(
                body,
                &[
                    "rateLimitExceeded",
                    "userRateLimitExceeded",
                    "RATE_LIMIT_EXCEEDED",
                ],
            ) =>
            {
                quota()
            }
            403 if says(body, &["SERVICE_DISABLED", "accessNotConfigured"]) => Fault::new(
                Class::Permission,
                "the Google Sheets API is switched off in the service account's project: enable it in the Google \
                 Cloud console",
            ),
            403 => Fault::new(
                Class::Permission,
                format!(
                    "the service account may not edit the spreadsheet: share it with {editor} as an editor"
                ),
            ),
            429 => quota(),
            status @ (408 | 500..) => Fault::new(
                Class::Unavailable,
                format!(
                    "Google answers with an error of its own ({status}); tried again by itself"
                ),
            )
            .unknown_outcome(),
            400 if says_in_message(body, "limit of 10000000 cells") => Fault::new(
                Class::Config,
                "the spreadsheet is full: move old rows to another one",
            ),
            400 if says_in_message(body, "protected") => Fault::new(
                Class::Permission,
                format!("the tab or some of its cells are protected: let {editor} edit them"),
            ),
            status => Fault::new(
                Class::Config,
                format!(
                    "Google refuses the request ({status}): check SHEETS_SPREADSHEET_ID, SHEETS_TAB and SHEETS_API_URL"
                ),
            ),
        };
        fault.retry_after = self.retry_after;
        fault
    }
}

fn quota() -> Fault {
    Fault::new(
        Class::Quota,
        "Google's limit of calls is reached; tried again by itself",
    )
}

/// Whether Google's error names one of these reasons, in its old or its new form.
fn says(body: Option<&Value>, reasons: &[&str]) -> bool {
    let Some(error) = body.and_then(|body| body.get("error")) else {
        return false;
    };
    ["errors", "details"]
        .iter()
        .filter_map(|list| error.get(list)?.as_array())
        .flatten()
        .filter_map(|entry| entry.get("reason")?.as_str())
        .any(|reason| reasons.contains(&reason))
}

fn says_in_message(body: Option<&Value>, words: &str) -> bool {
    body.and_then(|body| body.pointer("/error/message")?.as_str())
        .is_some_and(|message| message.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &Value, class: Class, may_have_landed: bool) {
        let seen = Seen {
            sent: true,
            status: Some(status),
            ..Seen::default()
        };
        let fault = seen.fault(&Error::BadRequest(body.clone()), "bot@example.test");
        assert_eq!(
            (fault.class, fault.may_have_landed),
            (class, may_have_landed)
        );
        assert!(!fault.to_string().contains("canary"));
    }

    #[test]
    fn statuses_become_classes_and_nothing_of_the_body_is_repeated() {
        let body = serde_json::json!({"error": {"message": "canary"}});
        check(400, &body, Class::Config, false);
        check(401, &body, Class::Auth, false);
        check(403, &body, Class::Permission, false);
        check(404, &body, Class::NotFound, false);
        check(429, &body, Class::Quota, false);
        check(500, &body, Class::Unavailable, true);
        check(
            503,
            &Value::String("canary".into()),
            Class::Unavailable,
            true,
        );
        let limit = serde_json::json!({"error": {"errors": [{"reason": "rateLimitExceeded"}]}});
        check(403, &limit, Class::Quota, false);
    }
}
