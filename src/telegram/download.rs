//! Files that customers send.

use std::time::Duration;

use teloxide::Bot;
use teloxide::prelude::Requester;
use teloxide::types::FileId;

use super::call::post;
use super::sender::class;

/// For one file, the question where it is included.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(15);

/// Loads a file of at most so many bytes.
///
/// # Errors
/// The class of the failure. Nothing of the error itself: it names the URL, and the URL holds the token.
pub async fn download(bot: &Bot, file: &str, most: usize) -> Result<Vec<u8>, &'static str> {
    let load = async {
        let request = bot.get_file(FileId(file.to_owned()));
        let found = post(bot, &request).await.map_err(|e| class(&e))?;
        let path = found.get("file_path").and_then(serde_json::Value::as_str);
        // A server of the Bot API on this machine may name a file of its own disk, which is not ours to read.
        let path = path.filter(|path| is_plain(path)).ok_or("no_path")?;
        let base = bot.api_url();
        let base = base.as_str().trim_end_matches('/');
        let url = format!("{base}/file/bot{}/{path}", bot.token());
        let answer = bot.client().get(url).send().await;
        let mut answer = answer.map_err(|_| "unreachable")?;
        if !answer.status().is_success() {
            return Err("refused");
        }
        let mut bytes = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|_| "cut")? {
            if bytes.len() + piece.len() > most {
                return Err("too_large");
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    };
    let loaded = tokio::time::timeout(DOWNLOAD_TIMEOUT, load).await;
    loaded.unwrap_or(Err("timeout"))
}

/// Whether a path has nothing that would lead elsewhere.
fn is_plain(path: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'.');
    !path.starts_with('/') && !path.contains("..") && path.len() <= 200 && path.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn a_path_leads_nowhere_else() {
        assert!(is_plain("voice/file_12.oga"));
        for other in [
            "/var/lib/bot/file",
            "../x",
            "a/../../b",
            "a?b",
            "a#b",
            "http:x",
            "a b",
        ] {
            assert!(!is_plain(other), "{other}");
        }
    }
}
