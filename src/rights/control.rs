//! The running bot's ear for its own commands: a socket in the data folder that only the folder's owner may use.
//!
//! One line is asked and one answered: `ping` or `forget <id>[ force]`; `ok <words>` or `error <words>`.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::Rights;

/// The socket's name in the data folder.
const SOCKET: &str = "control.sock";
/// Longest question or answer, in bytes.
const LONGEST: u64 = 4_096;
/// Questions answered at the same time; more wait.
const MOST: usize = 4;
/// For a question to come whole.
const PATIENCE: Duration = Duration::from_secs(5);
/// For an answer: the disk and the spreadsheet may have to be waited for.
const ANSWER: Duration = Duration::from_secs(60);

fn path(dir: &Path) -> PathBuf {
    dir.join(SOCKET)
}

/// Begins to listen. The folder's lock must be held. It takes the place of what a killed process left.
///
/// # Errors
/// The folder cannot be written, or its path is too long for a socket (about 100 bytes).
pub fn listen(dir: &Path) -> io::Result<UnixListener> {
    // Named only when nobody else can use it.
    let fresh = dir.join("control.new");
    match std::fs::remove_file(&fresh) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let listener = UnixListener::bind(&fresh)?;
    std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o600))?;
    std::fs::rename(&fresh, path(dir))?;
    Ok(listener)
}

/// Answers until it is stopped, then takes the socket away.
pub async fn serve(
    listener: UnixListener,
    dir: PathBuf,
    rights: Arc<Rights>,
    stop: CancellationToken,
) {
    let permits = Arc::new(Semaphore::new(MOST));
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = stream else {
            // Out of file descriptors, say.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
            break;
        };
        let rights = Arc::clone(&rights);
        tokio::spawn(async move {
            let _permit = permit;
            // Who goes away in the middle has had the command carried out all the same.
            let _ = answer(stream, &rights).await;
        });
    }
    let _ = std::fs::remove_file(path(&dir));
}

async fn answer(stream: UnixStream, rights: &Rights) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut reader = BufReader::new(read.take(LONGEST));
    timeout(PATIENCE, reader.read_line(&mut line)).await??;
    let answer = match Question::parse(&line) {
        Some(Question::Ping) => Ok("running".to_owned()),
        Some(Question::Forget { user, force }) => rights.forget(user, force).await,
        None => {
            Err("the running bot does not know this command: is it another version?".to_owned())
        }
    };
    let answer = match answer {
        Ok(words) => format!("ok {words}\n"),
        Err(words) => format!("error {words}\n"),
    };
    timeout(PATIENCE, write.write_all(answer.as_bytes())).await?
}

/// What the running bot can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Whether it is there.
    Ping,
    /// To forget a customer.
    Forget {
        /// The customer.
        user: u64,
        /// Also with orders under way.
        force: bool,
    },
}

impl Question {
    fn parse(line: &str) -> Option<Self> {
        let words: Vec<_> = line.split_whitespace().collect();
        match words.as_slice() {
            ["ping"] => Some(Self::Ping),
            ["forget", user] => Some(Self::Forget {
                user: user.parse().ok()?,
                force: false,
            }),
            ["forget", user, "force"] => Some(Self::Forget {
                user: user.parse().ok()?,
                force: true,
            }),
            _ => None,
        }
    }

    fn line(self) -> String {
        match self {
            Self::Ping => "ping\n".to_owned(),
            Self::Forget { user, force } => {
                format!("forget {user}{}\n", if force { " force" } else { "" })
            }
        }
    }
}

/// Asks the bot that works in a folder; none: there is none that listens.
///
/// # Errors
/// It is there and does not answer.
pub async fn ask(dir: &Path, question: Question) -> io::Result<Option<Result<String, String>>> {
    let Ok(stream) = UnixStream::connect(path(dir)).await else {
        return Ok(None);
    };
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    timeout(ANSWER, async {
        write.write_all(question.line().as_bytes()).await?;
        let mut reader = BufReader::new(read.take(LONGEST));
        reader.read_line(&mut line).await
    })
    .await??;
    let line = line.trim_end();
    Ok(Some(match line.split_once(' ') {
        Some(("ok", words)) => Ok(words.to_owned()),
        Some(("error", words)) => Err(words.to_owned()),
        _ => return Err(io::ErrorKind::UnexpectedEof.into()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_read_back_and_anything_else_is_none() {
        let forget = |force| Question::Forget { user: 7, force };
        for question in [Question::Ping, forget(false), forget(true)] {
            assert_eq!(Question::parse(&question.line()), Some(question));
        }
        for other in [
            "",
            "forget",
            "forget x",
            "forget 7 now",
            "forget -7",
            "stop",
        ] {
            assert_eq!(Question::parse(other), None, "{other}");
        }
    }
}
