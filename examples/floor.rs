//! The floor: what Telegram alone costs. A bare teloxide program that makes the calls of an order and does nothing
//! else: it understands nothing, prices nothing, and forgets everything when it ends.
//!
//! `examples/load` drives it beside the bot, so that the bot's cost is told as a ratio of the least that is possible
//! with the same client. A customer's first message is answered by a draft, every further one edits it, a tap places
//! the order: the same messages, of about the same length, in the same order as the bot's. Who shares a number or is
//! asked for an address has no place here: the driver's customers are known (`--known`).
#![allow(
    clippy::print_stderr,
    reason = "a program for developers: it says why it ends"
)]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context as _;
use teloxide::{
    dispatching::UpdateFilterExt as _,
    payloads::{EditMessageTextSetters as _, SendMessageSetters as _},
    prelude::{Bot, CallbackQuery, Dispatcher, Message, Requester as _, ResponseResult, Update},
    types::{ChatId, InlineKeyboardButton, InlineKeyboardMarkup, MessageId, ParseMode},
};

const DRAFT: &str = "<b>Your order</b>\n1. 3 × Margherita, large\n   $42.00\n2. 1 × Cola, small\n   $2.50\n\n\
    Delivery to: 12 Long Street, second floor\nPhone: +1 555 0100\n<b>Total: $44.50</b>";
const PLACED: &str = "3 × Margherita, large\n1 × Cola, small\n<b>Total: $44.50</b>\nWe will tell you when the kitchen has it.";
const CARD: &str = "3 × Margherita, large: $42.00\n1 × Cola, small: $2.50\n<b>Total: $44.50</b>\n\
    Customer, +1 555 0100\nDelivery to: 12 Long Street, second floor\nPayment: cash";

/// A chat's draft: its message, and how often it changed.
type Drafts = Arc<Mutex<HashMap<ChatId, (MessageId, u32)>>>;

fn row(buttons: [(&str, String); 3]) -> InlineKeyboardMarkup {
    let buttons = buttons.map(|(text, data)| InlineKeyboardButton::callback(text, data));
    InlineKeyboardMarkup::new([buttons])
}

fn buttons(chat: ChatId, revision: u32) -> InlineKeyboardMarkup {
    row([
        ("✅ Confirm", format!("order:confirm:{chat}-{revision}")),
        ("❌ Cancel", format!("order:cancel:{chat}-{revision}")),
        ("✏️ Edit", format!("order:edit:{chat}-{revision}")),
    ])
}

async fn on_message(bot: Bot, message: Message, drafts: Drafts) -> ResponseResult<()> {
    let chat = message.chat.id;
    let known = {
        let mut drafts = drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.get_mut(&chat).map(|(draft, revision)| {
            *revision += 1;
            (*draft, *revision)
        })
    };
    if let Some((draft, revision)) = known {
        let edit = bot.edit_message_text(chat, draft, DRAFT);
        let keyboard = buttons(chat, revision);
        edit.parse_mode(ParseMode::Html)
            .reply_markup(keyboard)
            .await?;
    } else {
        let send = bot.send_message(chat, DRAFT).parse_mode(ParseMode::Html);
        let sent = send.reply_markup(buttons(chat, 0)).await?;
        let mut drafts = drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.insert(chat, (sent.id, 0));
    }
    Ok(())
}

async fn on_tap(
    bot: Bot,
    tap: CallbackQuery,
    drafts: Drafts,
    operators: ChatId,
) -> ResponseResult<()> {
    let chat = ChatId::from(tap.from.id);
    let draft = drafts
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&chat);
    let Some((draft, _)) = draft else {
        return Ok(());
    };
    // The driver wants an id that no other order has.
    let order = format!("FLOOR-{chat}-{draft}");
    bot.answer_callback_query(tap.id).await?;
    let placed = format!("✅ Order {order} is placed\n{PLACED}");
    let edit = bot.edit_message_text(chat, draft, placed);
    edit.parse_mode(ParseMode::Html).await?;
    let card = format!("<b>Order {order}</b>\n{CARD}");
    let steps = row([
        ("Accept", format!("op:accept:{order}")),
        ("Reject", format!("op:reject:{order}")),
        ("Delay", format!("op:delay:{order}")),
    ]);
    let send = bot.send_message(operators, card);
    send.parse_mode(ParseMode::Html).reply_markup(steps).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let set = |name| std::env::var(name).with_context(|| format!("{name} is not set"));
    let operators = ChatId(set("OPERATOR_CHAT_ID")?.parse()?);
    // As many connections stay open as the driver has customers at once.
    let http = teloxide::net::default_reqwest_settings()
        .no_proxy()
        .build()?;
    let bot = Bot::with_client(set("TELEGRAM_TOKEN")?, http);
    let bot = bot.set_api_url(set("TELEGRAM_API_URL")?.trim_end_matches('/').parse()?);
    let messages = Update::filter_message().endpoint(on_message);
    let taps = Update::filter_callback_query().endpoint(on_tap);
    let mut dispatcher =
        Dispatcher::builder(bot, teloxide::dptree::entry().branch(messages).branch(taps))
            .dependencies(teloxide::dptree::deps![Drafts::default(), operators])
            .default_handler(|_| async {})
            .build();
    let stop = dispatcher.shutdown_token();
    tokio::spawn(async move {
        let term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut term) = term {
            term.recv().await;
            if let Ok(stopped) = stop.shutdown() {
                stopped.await;
            }
        }
    });
    dispatcher.dispatch().await;
    Ok(())
}
