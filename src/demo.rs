//! `order-bot demo`: the whole bot, as it is, with this terminal in place of Telegram.
//!
//! A stand-in for the Bot API runs in the process; a person at the terminal is the customer, and the shop as well. No
//! sentence of the bot stands here: what the bot says is read off the stand-in's chats.
//!
//! **Architecture invariant:** no account takes part. The bot gets settings of the demo's own, and of the process's
//! environment only those that name no service.

mod chat;
mod page;
mod rows;
mod screen;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::AsyncRead;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::menu::{Menu, Problem};
use crate::settings::{Environment, SETTINGS};
use crate::standin::BotApi;

use chat::Chat;
use page::Style;
use rows::Rows;

/// The menu where no other is at hand.
const SAMPLE_MENU: &str = include_str!("../menu.json");

/// Orders that the sample menu understands.
const SAMPLE_ORDERS: [&str; 3] = [
    "two large margheritas, one without basil, and a coke",
    "make it three and add garlic bread",
    "take the coke off",
];

/// The token that the stand-in knows the bot by; opens nothing anywhere else.
const TOKEN: &str = "1000000001:the-demo-needs-no-token-of-Telegram";

/// The person at the terminal.
const CUSTOMER: i64 = 1001;
/// The same person behind the counter.
const OWNER: i64 = 2002;
/// The shop's group. Supergroups have ids that begin with -100.
const SHOP: i64 = -1_001_000_000_001;

/// What the process's environment may decide: nothing that leads out of this machine, and no secret.
const KEPT: [&str; 10] = [
    "MENU_FILE",
    "DATA_DIR",
    "ORDER_REQUIRES",
    "ORDER_MAX_QUANTITY",
    "ORDER_MAX_TOTAL",
    "DRAFT_TTL_SECS",
    "SHUTDOWN_GRACE_SECS",
    "TIME_ZONE",
    "LOG_LEVEL",
    "LOG_FORMAT",
];

/// Says in a data folder that the demo has made it.
const MARK: &str = "demo";

/// Where the demo is shown.
pub struct Terminal<'a, R> {
    /// What is typed.
    pub input: R,
    /// What is seen.
    pub output: &'a mut (dyn Write + Send),
    /// Whether a person types: what is typed is then on the screen already.
    pub interactive: bool,
    /// Whether colours are welcome.
    pub colours: bool,
}

impl<R> std::fmt::Debug for Terminal<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal").finish_non_exhaustive()
    }
}

/// The stand-in for Telegram, with the customer's chat and the shop's.
#[derive(Debug)]
pub struct Stage {
    api: BotApi,
}

impl Stage {
    /// Builds the stage.
    ///
    /// # Errors
    /// No port of 127.0.0.1 is to be had.
    pub async fn open() -> io::Result<Self> {
        let api = BotApi::start(TOKEN).await?;
        api.user(CUSTOMER, "Alex");
        api.user(OWNER, "Sam");
        api.group(SHOP, "The shop", &[OWNER]);
        Ok(Self { api })
    }

    /// The environment for a bot on this stage: the process's, as far as it may decide, and the demo's own. Without a
    /// `DATA_DIR` of the process, `folder` is the data folder.
    #[must_use]
    pub fn environment(&self, process: &Environment, folder: Option<&Path>) -> Environment {
        let url = self.api.url();
        let shop = SHOP.to_string();
        let folder = folder.map(|folder| folder.to_string_lossy().into_owned());
        let mut replaced: Vec<(&str, Option<&str>)> = SETTINGS
            .iter()
            .filter(|setting| !KEPT.contains(&setting.name))
            .map(|setting| (setting.name, None))
            .collect();
        let own = [
            ("TELEGRAM_TOKEN", TOKEN),
            ("TELEGRAM_API_URL", &url),
            ("TELEGRAM_MESSAGES_PER_SECOND", "0"),
            ("OPERATOR_CHAT_ID", &shop),
            ("HTTP_ADDR", "127.0.0.1:0"),
            ("RATE_LIMIT_PER_MINUTE", "0"),
        ];
        replaced.extend(own.map(|(name, value)| (name, Some(value))));
        for (name, value) in [("LOG_LEVEL", "error"), ("LOG_FORMAT", "text")] {
            if !process.is_given(name) {
                replaced.push((name, Some(value)));
            }
        }
        replaced.extend(folder.as_deref().map(|folder| ("DATA_DIR", Some(folder))));
        Environment::with(&replaced)
    }
}

/// The menu that comes with the program.
///
/// # Errors
/// Never: a test reads it.
pub fn sample_menu() -> Result<Menu, Vec<Problem>> {
    Menu::parse(SAMPLE_MENU)
}

/// A folder for one demo, below the system's temporary one, that only this user can read.
///
/// # Errors
/// It cannot be made.
pub fn fresh_folder() -> io::Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt as _;
    let name: String = std::iter::repeat_with(fastrand::lowercase)
        .take(8)
        .collect();
    let folder = std::env::temp_dir().join(format!("order-bot-demo-{name}"));
    fs::DirBuilder::new().mode(0o700).create(&folder)?;
    Ok(folder)
}

/// Takes a folder for the demo. False: it holds the data of a real bot, whose unsent messages the demo would lose.
///
/// # Errors
/// The folder cannot be made or written.
pub fn claim(folder: &Path) -> io::Result<bool> {
    fs::create_dir_all(folder)?;
    let mark = folder.join(MARK);
    if !mark.exists() && folder.join("customers.json").exists() {
        return Ok(false);
    }
    fs::write(
        mark,
        "The data in this folder was made by `order-bot demo`.\n",
    )?;
    Ok(true)
}

/// Shows the bot until the input ends or `stop` is cancelled, then stops it in order and says what it kept where.
///
/// # Errors
/// The outer: the terminal cannot be written. The inner: the bot failed.
pub async fn play<R: AsyncRead + Unpin + Send>(
    stage: &Stage,
    app: App,
    folder: &Path,
    terminal: Terminal<'_, R>,
    stop: CancellationToken,
) -> io::Result<anyhow::Result<()>> {
    let Terminal {
        input,
        output,
        interactive,
        colours,
    } = terminal;
    let engine = Arc::clone(app.engine());
    let (menu, _) = engine.menu();
    let running = {
        let stop = stop.clone();
        tokio::spawn(async move {
            let ended = app.run(stop.cancelled()).await;
            // Also when it ends by itself: a chat without a bot is of no use.
            stop.cancel();
            ended
        })
    };
    let style = Style { colours };
    let mut rows = Rows::new(&folder.join("orders.csv"));
    let talked = async {
        output.write_all(greeting(&menu, folder, style).as_bytes())?;
        let mut chat = Chat::new(stage, engine, &mut rows, style, interactive, output);
        chat.talk(input, &stop).await
    };
    let talked = talked.await;
    stop.cancel();
    let ended = running
        .await
        .unwrap_or_else(|_| Err(anyhow::anyhow!("the bot panicked")));
    talked?;
    output.write_all(farewell(&rows, folder).as_bytes())?;
    output.flush()?;
    Ok(ended)
}

fn greeting(menu: &Menu, folder: &Path, style: Style) -> String {
    let examples = examples(menu).join("\n  ");
    let head = format!(
        "order-bot demo: the bot of {}, in this terminal",
        menu.shop()
    );
    format!(
        "{}
Everything runs here: no account, no key, and nothing leaves this machine.

You are the customer. Write as you would in Telegram, for example
  {examples}
or /menu, and say \"yes\" when the order is right.

[1] is a button: type 1 to press it. [shop] is what the shop sees; press its
buttons, too. \"shop: /help\" writes there; what is no command answers what was
said there last. Ctrl-D or Ctrl-C ends the demo. All that is kept is kept in
{}

",
        style.paint("1", &head),
        folder.display()
    )
}

/// Three lines that can be tried with a menu.
fn examples(menu: &Menu) -> Vec<String> {
    let is_sample = sample_menu().is_ok_and(|sample| sample.version() == menu.version());
    if is_sample {
        return SAMPLE_ORDERS.map(str::to_owned).to_vec();
    }
    let mut items = menu.items().iter().filter(|item| item.available);
    let Some(first) = items.next() else {
        return Vec::new();
    };
    let last = items.next_back().unwrap_or(first);
    vec![
        format!("two {} and one {}", first.name, last.name),
        format!("one more {}", last.name),
        format!("take the {} off", last.name),
    ]
}

fn farewell(rows: &Rows, folder: &Path) -> String {
    let orders = match rows.count() {
        0 => "no order was placed".to_owned(),
        1 => "1 row, for 1 order".to_owned(),
        n => format!("{n} rows, one an order"),
    };
    format!(
        "The bot has stopped in order.
Orders:    {} ({orders})
Customers: {}
",
        rows.path().display(),
        folder.join("customers.json").display()
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::understand::LocalParser;

    #[test]
    fn the_sample_menu_understands_its_examples() {
        let menu = sample_menu().unwrap();
        assert_eq!(examples(&menu), SAMPLE_ORDERS);
        let parser = LocalParser::new(&menu);
        for text in SAMPLE_ORDERS {
            let order = parser.parse(text).order;
            assert!(!order.operations.is_empty(), "{text}");
            assert!(order.unmatched.is_empty(), "{text}: {:?}", order.unmatched);
        }
    }

    #[test]
    fn another_menu_gets_examples_of_its_own() {
        let menu = SAMPLE_MENU.replace("Tasty Tones", "Another Shop");
        let menu = Menu::parse(&menu).unwrap();
        assert_eq!(examples(&menu)[1], "one more Chocolate brownie");
    }

    #[tokio::test]
    async fn no_account_of_the_environment_takes_part() {
        let stage = Stage::open().await.unwrap();
        let process = Environment::from_vars([]);
        let own = stage.environment(&process, Some(Path::new("/tmp/x")));
        let settings = crate::settings::Settings::read(&own).unwrap();
        assert!(settings.openai.is_none() && settings.sheets.is_none());
        assert_eq!(settings.telegram.api_url.as_str(), stage.api.url());
        assert_eq!(settings.operator.chat, Some(SHOP));
        for setting in SETTINGS {
            assert!(!(setting.secret && KEPT.contains(&setting.name)));
        }
    }

    #[test]
    fn a_real_bot_s_folder_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (fresh, real) = (dir.path().join("fresh"), dir.path().join("real"));
        assert!(claim(&fresh).unwrap());
        fs::write(fresh.join("customers.json"), "{}").unwrap();
        assert!(claim(&fresh).unwrap(), "a demo's folder is used again");
        fs::create_dir(&real).unwrap();
        fs::write(real.join("customers.json"), "{}").unwrap();
        assert!(!claim(&real).unwrap());
        assert!(!real.join(MARK).exists());
    }
}
