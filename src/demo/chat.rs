//! The chats on the terminal: what is typed goes to the bot, and what the bot shows is printed when it has done all.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio_util::sync::CancellationToken;

use super::page::{Speaker, Style, buttons, clean};
use super::rows::Rows;
use super::screen::{self, Act, Choice, Holder, Line, Screen};
use super::{CUSTOMER, OWNER, SHOP, Stage};
use crate::engine::Engine;
use crate::standin::{KeyRequest, ReplyKeyboard, SentMessage};

/// Stands before what is typed, as wide as the names of the blocks.
const PROMPT: &str = "you>   ";

/// A number that belongs to nobody: 555-01xx is kept for stories.
const PHONE: &str = "+1 555 010 0199";

/// A place to share, in degrees: an observatory.
const PLACE: (f64, f64) = (51.4779, -0.0015);

/// Longest message, in UTF-16 code units; Telegram's programs send no longer one. (Telegram's limits)
const LONGEST: usize = 4096;

/// After this time the next line is read although the bot is still at work.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a person waits for the rows, once the messages are there.
const IMPATIENCE: Duration = Duration::from_millis(50);

/// The bot takes a job off its list after the call, and nobody outside hears of that: how often it is looked for.
const LOOK: Duration = Duration::from_millis(2);

pub(super) struct Chat<'a> {
    stage: &'a Stage,
    engine: Arc<Engine>,
    screen: Screen,
    rows: &'a mut Rows,
    style: Style,
    interactive: bool,
    output: &'a mut (dyn Write + Send),
    /// The stand-in's clock up to which messages were printed.
    printed_until: u64,
    /// The messages that were printed.
    printed: HashSet<(i64, i64)>,
    /// The newest message in the shop's chat.
    newest_of_shop: Option<i64>,
    /// How many taps were looked at for their answers.
    taps: usize,
    /// The chat in which something was done last: it is printed first.
    front: i64,
    /// Whether rows were still to be written when a person was asked for the next line.
    rows_due: bool,
}

impl<'a> Chat<'a> {
    pub(super) fn new(
        stage: &'a Stage,
        engine: Arc<Engine>,
        rows: &'a mut Rows,
        style: Style,
        interactive: bool,
        output: &'a mut (dyn Write + Send),
    ) -> Self {
        Self {
            stage,
            engine,
            screen: Screen::default(),
            rows,
            style,
            interactive,
            output,
            printed_until: 0,
            printed: HashSet::new(),
            newest_of_shop: None,
            taps: 0,
            front: CUSTOMER,
            rows_due: false,
        }
    }

    /// Talks until the input ends or `stop` is cancelled.
    pub(super) async fn talk(
        &mut self,
        input: impl AsyncRead + Unpin,
        stop: &CancellationToken,
    ) -> io::Result<()> {
        let mut lines = BufReader::new(input).split(b'\n');
        let mut changes = self.stage.api.changes();
        self.prompt()?;
        loop {
            changes.mark_unchanged();
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                line = lines.next_segment() => {
                    let Some(line) = line? else { break };
                    // Somebody's terminal may speak another encoding than UTF-8.
                    self.obey(&String::from_utf8_lossy(&line))?;
                    self.settle(stop).await?;
                    let news = self.news();
                    let text = if news.is_empty() { "\n" } else { &news };
                    self.output.write_all(text.as_bytes())?;
                    self.prompt()?;
                }
                _ = changes.changed() => {
                    self.settle(stop).await?;
                    self.show_late_news()?;
                }
                () = tokio::time::sleep(IMPATIENCE), if self.rows_due => {
                    self.rows_due = !self.engine.is_settled();
                    if !self.rows_due {
                        self.show_late_news()?;
                    }
                }
            }
        }
        self.leave_prompt()
    }

    /// Does what a line says.
    fn obey(&mut self, line: &str) -> io::Result<()> {
        let line = line.trim();
        if !self.interactive && !line.is_empty() {
            let prompt = self.style.paint("1", PROMPT);
            writeln!(self.output, "{prompt}{}", clean(line))?;
        }
        match screen::read(line, &self.screen) {
            Line::Empty => Ok(()),
            Line::NoButton(number) => self.remark(&format!("(there is no button {number})")),
            Line::Text(text) => {
                let length = text.encode_utf16().count();
                if length > LONGEST {
                    let remark = format!(
                        "(not sent: Telegram takes {LONGEST} characters, and this line has {length})"
                    );
                    return self.remark(&remark);
                }
                self.front = CUSTOMER;
                self.stage.api.say(CUSTOMER, text);
                Ok(())
            }
            Line::Shop(text) => {
                self.front = SHOP;
                // Words that are no command answer what was said last, as a reply does in Telegram.
                let replied = self.newest_of_shop.filter(|_| !text.starts_with('/'));
                self.stage.api.say_at(SHOP, OWNER, text, None, replied);
                Ok(())
            }
            Line::Press(number) => {
                let Some((holder, choice)) = self.screen.choice(number) else {
                    return Ok(());
                };
                let choice = choice.clone();
                self.press(holder, &choice)
            }
        }
    }

    fn press(&mut self, holder: Holder, choice: &Choice) -> io::Result<()> {
        let api = &self.stage.api;
        let remark = match (&choice.act, holder) {
            (Act::Tap(data), Holder::Message { chat, id }) => {
                let (user, who) = if chat == SHOP {
                    (OWNER, "the shop presses")
                } else {
                    (CUSTOMER, "you press")
                };
                self.front = chat;
                api.tap_in(chat, user, id, data);
                format!("({who} \"{}\")", choice.label)
            }
            (act, _) => {
                // These keyboards go when they have been used once.
                self.screen.clear(holder);
                self.front = CUSTOMER;
                match act {
                    Act::Share(KeyRequest::Contact) => {
                        api.share_contact(CUSTOMER, PHONE);
                        format!("(you share a made-up number, {PHONE})")
                    }
                    Act::Share(KeyRequest::Location) => {
                        api.share_location(CUSTOMER, PLACE.0, PLACE.1);
                        format!("(you share a place, {} {})", PLACE.0, PLACE.1)
                    }
                    Act::Say | Act::Tap(_) => {
                        api.say(CUSTOMER, &choice.label);
                        format!("(you press \"{}\")", choice.label)
                    }
                }
            }
        };
        self.remark(&remark)
    }

    /// Waits until all that was done is answered and its rows are written. A person does not wait for the rows of
    /// orders that changed, which the ledger gathers for a while: they are told when they come.
    async fn settle(&mut self, stop: &CancellationToken) -> io::Result<()> {
        let mut changes = self.stage.api.changes();
        let answered = async {
            while !self.is_answered() {
                let _ = tokio::time::timeout(LOOK, changes.changed()).await;
            }
        };
        let written = async {
            while !self.engine.is_settled() {
                tokio::time::sleep(LOOK).await;
            }
        };
        let for_rows = if self.interactive {
            IMPATIENCE
        } else {
            PATIENCE
        };
        let (answered, written) = tokio::select! {
            biased;
            () = stop.cancelled() => (true, true),
            in_time = async {
                let answered = tokio::time::timeout(PATIENCE, answered).await.is_ok();
                (answered, tokio::time::timeout(for_rows, written).await.is_ok())
            } => in_time,
        };
        self.rows_due = !written;
        if answered && (written || self.interactive) {
            Ok(())
        } else {
            self.remark("(the bot is still at work)")
        }
    }

    /// In the order of an update's way: what has left one place is seen in the next, or done with.
    fn is_answered(&self) -> bool {
        self.stage.api.with(|state| state.unacknowledged() == 0)
            && self.engine.is_answered()
            && self.stage.api.with(|state| {
                let mut taps = state.taps().iter().skip(self.taps);
                taps.all(|tap| tap.answers > 0)
            })
    }

    /// The bot may speak first, for example when a draft expires.
    fn show_late_news(&mut self) -> io::Result<()> {
        let news = self.news();
        if news.is_empty() {
            return Ok(());
        }
        self.leave_prompt()?;
        self.output.write_all(news.as_bytes())?;
        self.prompt()
    }

    /// What is new, as it is printed.
    fn news(&mut self) -> String {
        let mut out = self.pop_ups();
        let back = if self.front == SHOP { CUSTOMER } else { SHOP };
        let mut news = self.changed(self.front);
        news.extend(self.changed(back));
        self.printed_until = self.stage.api.with(|state| state.clock());
        // All numbers that are no longer needed are given back before new ones are given out.
        for message in &news {
            self.screen.clear(Holder::Message {
                chat: message.chat,
                id: message.message_id,
            });
        }
        for message in news.iter().filter(|message| !message.deleted) {
            out.push_str(&self.message(message));
        }
        for row in self.rows.changes() {
            out.push_str(&self.style.block(Speaker::Rows, &row));
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out
    }

    /// The bot's messages in a chat that are new or changed, in the order of the changes.
    fn changed(&self, chat: i64) -> Vec<SentMessage> {
        let mut changed = self.stage.api.with(|state| {
            let history = state.history(chat).iter();
            let new = |m: &&SentMessage| m.author.is_none() && m.touched > self.printed_until;
            history.filter(new).cloned().collect::<Vec<_>>()
        });
        changed.sort_by_key(|message| message.touched);
        changed
    }

    /// The short texts that taps were answered with.
    fn pop_ups(&mut self) -> String {
        let taps = self.stage.api.with(|state| {
            let new = state.taps().iter().skip(self.taps);
            new.cloned().collect::<Vec<_>>()
        });
        self.taps += taps.len();
        let mut out = String::new();
        for tap in taps {
            let speaker = if tap.user == OWNER {
                Speaker::Shop
            } else {
                Speaker::Bot
            };
            if let Some(answer) = tap.answer {
                out.push_str(&self.style.block(speaker, &format!("(pop-up) {answer}")));
            }
        }
        out
    }

    fn message(&mut self, message: &SentMessage) -> String {
        let SentMessage {
            chat, message_id, ..
        } = *message;
        let mut text = String::new();
        if chat == SHOP {
            self.newest_of_shop = Some(message_id);
        }
        if !self.printed.insert((chat, message_id)) {
            text.push_str("(edited) ");
        }
        if let Some(file) = &message.document {
            text.push_str(&format!("(file {}) ", file.name));
        }
        text.push_str(&message.text);
        if !message.buttons.is_empty() {
            let holder = Holder::Message {
                chat,
                id: message_id,
            };
            let choices = message.buttons.iter().flatten().map(|button| Choice {
                label: button.text.clone(),
                act: Act::Tap(button.data.clone()),
            });
            let first = self.screen.place(holder, choices.collect());
            let labels = |row: &Vec<_>| row.iter().map(label).collect();
            let rows: Vec<Vec<String>> = message.buttons.iter().map(labels).collect();
            text.push('\n');
            text.push_str(&buttons(&rows, first));
        }
        let keyboard = Holder::Keyboard { chat };
        match message.keys() {
            ReplyKeyboard::Unchanged => {}
            ReplyKeyboard::Removed => self.screen.clear(keyboard),
            ReplyKeyboard::Shown(keys) => {
                let choices = keys.iter().map(|key| Choice {
                    label: key.text.clone(),
                    act: key.request.map_or(Act::Say, Act::Share),
                });
                let first = self.screen.place(keyboard, choices.collect());
                let rows: Vec<_> = keys.into_iter().map(|key| vec![key.text]).collect();
                text.push('\n');
                text.push_str(&buttons(&rows, first));
            }
        }
        let speaker = if chat == SHOP {
            Speaker::Shop
        } else {
            Speaker::Bot
        };
        self.style.block(speaker, &text)
    }

    /// A remark of the demo itself.
    fn remark(&mut self, text: &str) -> io::Result<()> {
        let block = self.style.block(Speaker::Frame, text);
        self.output.write_all(block.as_bytes())
    }

    /// Asks a person to type. Where nobody types, the prompt comes with the line.
    fn prompt(&mut self) -> io::Result<()> {
        if self.interactive {
            let prompt = self.style.paint("1", PROMPT);
            self.output.write_all(prompt.as_bytes())?;
        }
        self.output.flush()
    }

    /// Goes on below the prompt, and what may have been begun behind it.
    fn leave_prompt(&mut self) -> io::Result<()> {
        if self.interactive {
            self.output.write_all(b"\n")?;
        }
        self.output.flush()
    }
}

fn label(button: &crate::standin::Button) -> String {
    button.text.clone()
}
