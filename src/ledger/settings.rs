//! What the operator sets for Google, checked before anybody is called.

use std::fmt;

use google_sheets4::hyper_rustls::{ConfigBuilderExt, HttpsConnectorBuilder};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use yup_oauth2::ServiceAccountKey;

use super::token::Connector;
use crate::privacy::{ExposeSecret, SecretString};

/// Where the rows go and with which key.
#[derive(Debug, Clone)]
pub struct GoogleSettings {
    /// The content of the service account's key file.
    pub key_json: SecretString,
    /// The spreadsheet's id, the part of its address between `/d/` and `/edit`.
    pub spreadsheet_id: String,
    /// The tab's name.
    pub tab: String,
    /// The base URL of the Sheets API; none: Google's.
    pub api_url: Option<String>,
}

/// A setting that cannot be right, and how to mend it. Never holds a secret's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingProblem {
    /// The variable's name.
    pub setting: &'static str,
    /// One sentence.
    pub advice: String,
}

impl fmt::Display for SettingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.advice)
    }
}

/// Settings that can be used.
pub(super) struct Checked {
    pub(super) key: ServiceAccountKey,
    pub(super) spreadsheet_id: String,
    pub(super) tab: String,
    /// Ends with a slash, as the generated client only strings texts together.
    pub(super) api_url: Option<String>,
    pub(super) connector: Connector,
}

const KEY: &str = "GOOGLE_SERVICE_ACCOUNT_JSON";

impl GoogleSettings {
    /// Checks everything and names all problems at once.
    pub(super) fn check(self) -> Result<Checked, Vec<SettingProblem>> {
        let mut problems = Vec::new();
        let mut problem = |setting, advice: &str| {
            problems.push(SettingProblem {
                setting,
                advice: advice.to_owned(),
            });
        };

        let spreadsheet_id = self.spreadsheet_id.trim().to_owned();
        if spreadsheet_id.is_empty() || !spreadsheet_id.chars().all(is_id) {
            problem(
                "SHEETS_SPREADSHEET_ID",
                "must be the part of the spreadsheet's address between /d/ and /edit",
            );
        }
        let tab = self.tab.trim().to_owned();
        // Others would have to be escaped in ranges, and `#` or `?` would cut the request's address.
        if tab.is_empty() || tab.len() > 100 || !tab.chars().all(|c| is_id(c) || c == ' ') {
            problem(
                "SHEETS_TAB",
                "must be letters without accents, digits, spaces, `_` and `-`, at most 100",
            );
        }
        let api_url = self
            .api_url
            .map(|url| format!("{}/", url.trim().trim_end_matches('/')));
        if let Some(wrong) = api_url.as_deref().and_then(|url| address_problem(url)) {
            problem("SHEETS_API_URL", wrong);
        }
        let key = match read_key(self.key_json.expose_secret()) {
            Ok(key) => {
                if let Some(wrong) = address_problem(&key.token_uri) {
                    problem(KEY, &format!("its token_uri {wrong}"));
                }
                Some(key)
            }
            Err(wrong) => {
                problem(KEY, &wrong);
                None
            }
        };
        let (Some(key), true) = (key, problems.is_empty()) else {
            return Err(problems);
        };
        let tls = api_url.as_deref().is_none_or(is_tls) || is_tls(&key.token_uri);
        let connector = connector(
            tls,
            api_url.as_deref().is_none_or(is_tls) && is_tls(&key.token_uri),
        )
        .map_err(|advice| {
            vec![SettingProblem {
                setting: KEY,
                advice,
            }]
        })?;
        Ok(Checked {
            key,
            spreadsheet_id,
            tab,
            api_url,
            connector,
        })
    }
}

fn is_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

fn is_tls(url: &str) -> bool {
    url.starts_with("https://")
}

/// Whether plain http is fine is for the bot's settings to say.
fn address_problem(url: &str) -> Option<&'static str> {
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host)
            if host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
                && !host.contains(|c: char| c.is_whitespace() || matches!(c, '#' | '?' | '@')) =>
        {
            None
        }
        _ => Some("must be an address that begins with https://"),
    }
}

fn read_key(json: &str) -> Result<ServiceAccountKey, String> {
    let file: Value = serde_json::from_str(json.trim())
        .map_err(|_| "is not JSON: it must be the whole content of the key file")?;
    let missing: Vec<&str> = ["client_email", "private_key", "token_uri"]
        .into_iter()
        .filter(|name| {
            file.get(name)
                .and_then(Value::as_str)
                .is_none_or(str::is_empty)
        })
        .collect();
    if !missing.is_empty() {
        return Err(format!(
            "lacks {}: it must be the key file of a service account",
            missing.join(", ")
        ));
    }
    serde_json::from_value(file).map_err(|_| "is not the key file of a service account".to_owned())
}

/// The system's certificates are read only where TLS is used; plain HTTP is spoken only where it was asked for.
fn connector(tls: bool, only_tls: bool) -> Result<Connector, String> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| "TLS cannot be set up")?;
    let config = if tls {
        config
            .with_native_roots()
            .map_err(
                |_| "no certificates found on this computer: install the package ca-certificates",
            )?
            .with_no_client_auth()
    } else {
        config
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth()
    };
    let builder = HttpsConnectorBuilder::new().with_tls_config(config);
    let builder = if only_tls {
        builder.https_only()
    } else {
        builder.https_or_http()
    };
    Ok(builder.enable_http1().build())
}

/// A tab's name as it stands in a range: in quotes where Google could take it for something else, such as a cell.
pub(super) fn quoted(tab: &str) -> String {
    let plain = tab.starts_with(|c: char| c.is_ascii_alphabetic())
        && tab.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
        && !matches!(
            tab,
            "R" | "r" | "C" | "c" | "RC" | "rc" | "TRUE" | "FALSE" | "true" | "false"
        );
    if plain {
        tab.to_owned()
    } else {
        format!("'{tab}'")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn settings(change: impl FnOnce(&mut GoogleSettings)) -> Vec<String> {
        let key = r#"{"client_email":"b@x.test","private_key":"canary","token_uri":"http://127.0.0.1:1/token"}"#;
        let mut settings = GoogleSettings {
            key_json: key.into(),
            spreadsheet_id: "1aB-_".into(),
            tab: "Orders".into(),
            api_url: Some("http://127.0.0.1:1".into()),
        };
        change(&mut settings);
        match settings.check() {
            Ok(_) => Vec::new(),
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn all_problems_are_named_at_once_and_no_secret_is_shown() {
        assert_eq!(settings(|_| ()), Vec::<String>::new());
        let problems = settings(|s| {
            s.key_json = r#"{"private_key":"canary"}"#.into();
            s.spreadsheet_id = "https://x/d/1/edit".into();
            s.tab = "Orders #1?".into();
            s.api_url = Some("sheets".into());
        });
        assert_eq!(problems.len(), 4, "{problems:?}");
        assert!(problems[3].contains("client_email, token_uri"));
        assert!(!format!("{problems:?}").contains("canary"));
        assert!(settings(|s| s.key_json = "canary".into())[0].contains("not JSON"));
    }

    #[test]
    fn tabs_are_quoted_where_a_range_needs_it() {
        for (tab, range) in [
            ("Orders", "Orders"),
            ("My orders", "'My orders'"),
            ("A1", "'A1'"),
            ("2026", "'2026'"),
            ("a-b", "'a-b'"),
        ] {
            assert_eq!(quoted(tab), range);
        }
    }
}
