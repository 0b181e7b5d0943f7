//! teloxide's dispatcher: routes each update to a handler that only puts it into the engine's queue.

use std::convert::Infallible;
use std::sync::Arc;

use teloxide::Bot;
use teloxide::dispatching::{Dispatcher, UpdateFilterExt, UpdateHandler};
use teloxide::dptree;
use teloxide::error_handlers::IgnoringErrorHandlerSafe;
use teloxide::types::{CallbackQuery, Me, Message, PreCheckoutQuery, Update, User};
use tokio_util::sync::CancellationToken;

use super::link::Link;
use super::listener::Listener;
use super::{reduce, sender};
use crate::engine::{CheckoutQuery, Engine, Incoming, IncomingKind, PaidMessage, Spot, VoiceNote};
use crate::money::Money;

/// The routes. Handlers never wait and never fail: whatever may take long or go wrong happens in the engine's lanes,
/// where a panic costs one message (in a handler it would stop teloxide's dispatcher).
fn schema() -> UpdateHandler<Infallible> {
    dptree::entry()
        .branch(Update::filter_message().endpoint(on_message))
        .branch(Update::filter_edited_message().endpoint(on_edited))
        .branch(Update::filter_callback_query().endpoint(on_tap))
        .branch(Update::filter_pre_checkout_query().endpoint(on_checkout))
        .endpoint(on_other)
}

async fn on_message(
    engine: Arc<Engine>,
    me: Me,
    update: Update,
    message: Message,
) -> Result<(), Infallible> {
    engine.called(me.username());
    let kind = if let Some(text) = message.text() {
        IncomingKind::Text(text.into())
    } else if let Some(contact) = message.contact() {
        let own = contact.user_id.is_some()
            && contact.user_id == message.from.as_ref().map(|user| user.id);
        IncomingKind::Contact {
            phone: contact.phone_number.as_str().into(),
            own,
        }
    } else if let Some(place) = message.location() {
        IncomingKind::Location {
            latitude: place.latitude,
            longitude: place.longitude,
        }
    } else if let Some(payment) = message.successful_payment() {
        IncomingKind::Paid(Box::new(PaidMessage {
            payload: payment.invoice_payload.clone(),
            currency: payment.currency.clone(),
            amount: Money::from_minor(payment.total_amount.into()),
            telegram_charge: payment.telegram_payment_charge_id.0.as_str().into(),
            provider_charge: payment.provider_payment_charge_id.as_str().into(),
        }))
    } else if let Some(voice) = message.voice() {
        IncomingKind::Voice(VoiceNote {
            file: voice.file.id.0.clone(),
            seconds: voice.duration.seconds(),
            bytes: voice.file.size,
        })
    } else {
        IncomingKind::NoText
    };
    submit_message(&engine, &update, &message, kind);
    Ok(())
}

async fn on_edited(
    engine: Arc<Engine>,
    update: Update,
    message: Message,
) -> Result<(), Infallible> {
    // Live locations and the like are edits without words; nobody waits for an answer to them.
    let kind = match message.text() {
        Some(text) => IncomingKind::Edited(text.into()),
        None => IncomingKind::Ignored,
    };
    submit_message(&engine, &update, &message, kind);
    Ok(())
}

fn submit_message(engine: &Arc<Engine>, update: &Update, message: &Message, kind: IncomingKind) {
    let from = message.from.as_ref().filter(|user| !user.is_bot);
    // A bot's message, or one that nobody wrote, is nobody's order.
    let kind = if from.is_some() {
        kind
    } else {
        IncomingKind::Ignored
    };
    engine.submit(Incoming {
        update: Some(u64::from(update.id.0)),
        user: from.map(|user| user.id.0).unwrap_or_default(),
        chat: message.chat.id.0,
        private: message.chat.is_private(),
        name: from.and_then(name_of),
        language: from.and_then(|user| user.language_code.clone()),
        // A correction is written when it is made.
        date: Some(message.edit_date().unwrap_or(&message.date).timestamp()),
        spot: spot(message),
        kind,
    });
}

async fn on_tap(
    engine: Arc<Engine>,
    update: Update,
    query: CallbackQuery,
) -> Result<(), Infallible> {
    let below = query.message.as_ref();
    let chat = below.map(|message| message.chat());
    engine.submit(Incoming {
        update: Some(u64::from(update.id.0)),
        user: query.from.id.0,
        chat: chat.map(|chat| chat.id.0).unwrap_or_default(),
        private: chat.is_some_and(teloxide::types::Chat::is_private),
        name: name_of(&query.from),
        language: query.from.language_code.clone(),
        date: None,
        spot: Spot {
            message: below.map(|message| message.id().0),
            topic: query.regular_message().and_then(topic),
            ..Spot::default()
        },
        kind: IncomingKind::Tap {
            callback: query.id.0.clone(),
            data: query.data.clone().unwrap_or_default(),
            message: below.map(|message| message.id().0),
        },
    });
    Ok(())
}

async fn on_checkout(
    engine: Arc<Engine>,
    update: Update,
    query: PreCheckoutQuery,
) -> Result<(), Infallible> {
    // It stands in no chat; who pays does so in their own.
    let chat = i64::try_from(query.from.id.0).unwrap_or(i64::MAX);
    engine.submit(Incoming {
        update: Some(u64::from(update.id.0)),
        user: query.from.id.0,
        chat,
        private: true,
        name: None,
        language: query.from.language_code.clone(),
        date: None,
        spot: Spot::default(),
        kind: IncomingKind::Checkout(Box::new(CheckoutQuery {
            id: query.id.0.clone(),
            payload: query.invoice_payload.clone(),
            currency: query.currency.clone(),
            amount: Money::from_minor(query.total_amount.into()),
            received: std::time::Instant::now(),
        })),
    });
    Ok(())
}

fn topic(message: &Message) -> Option<i32> {
    let thread = message.thread_id.filter(|_| message.is_topic_message);
    thread.map(|thread| thread.0.0)
}

fn spot(message: &Message) -> Spot {
    let topic = topic(message);
    // What is written into a topic replies to the message that opened it. (Bot API, `Message.message_thread_id`)
    let replied = message
        .reply_to_message()
        .filter(|replied| Some(replied.id.0) != topic);
    Spot {
        message: Some(message.id.0),
        reply_to: replied.map(|replied| replied.id.0),
        reply_text: replied
            .and_then(Message::text)
            .filter(|text| *text != reduce::NO_TEXT)
            .map(Into::into),
        topic,
    }
}

async fn on_other(engine: Arc<Engine>, update: Update) -> Result<(), Infallible> {
    engine.skip(u64::from(update.id.0));
    Ok(())
}

fn name_of(user: &User) -> Option<crate::privacy::PersonalText> {
    let name = user.full_name();
    let name = name.trim();
    (!name.is_empty()).then(|| name.into())
}

fn dispatcher(bot: Bot, engine: Arc<Engine>) -> Dispatcher<Bot, Infallible, ()> {
    Dispatcher::builder(bot, schema())
        .dependencies(dptree::deps![engine])
        // One worker for all: handlers only enqueue, and teloxide's worker for each chat costs 20 KB that it keeps.
        // The order within a chat, and who waits for whom, is the business of the engine's lanes.
        .distribution_function(|_| Some(()))
        .default_handler(|_| async {})
        .error_handler(Arc::new(IgnoringErrorHandlerSafe))
        .build()
}

/// Takes updates until it is stopped. Telegram being out of reach at the start is waited out.
///
/// # Errors
/// The dispatcher ended although nobody had stopped it, which is a defect.
pub async fn run(
    bot: Bot,
    engine: Arc<Engine>,
    link: Arc<Link>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut wait = std::time::Duration::from_millis(250);
    loop {
        let listener = Listener::new(bot.clone(), Arc::clone(&engine), Arc::clone(&link));
        let token = listener.stop();
        let mut dispatcher = dispatcher(bot.clone(), Arc::clone(&engine));
        let errors = Arc::new(IgnoringErrorHandlerSafe);
        let dispatch = dispatcher.try_dispatch_with_listener(listener, errors);
        tokio::pin!(dispatch);
        let ended = tokio::select! {
            ended = &mut dispatch => ended,
            () = stop.cancelled() => {
                token.stop();
                // The handlers only enqueue, so that this ends at once; a first getMe is not waited for.
                let _ = tokio::time::timeout(std::time::Duration::from_secs(1), dispatch).await;
                return Ok(());
            }
        };
        match ended {
            Ok(()) => anyhow::bail!("the dispatcher of updates ended by itself"),
            Err(e) => {
                let class = sender::class(&e);
                link.failed(class);
                tracing::warn!(class, "Telegram did not say who the bot is; trying again");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => wait = (wait * 2).min(std::time::Duration::from_secs(15)),
            () = stop.cancelled() => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// dptree checks at run time whether each handler finds what it asks for, and panics where one does not.
    #[tokio::test]
    async fn the_dispatcher_can_be_built() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (engine, _releases, _folder) = crate::engine::tests::engine();
        let bot = Bot::new("1:token");
        let _ = dispatcher(bot, engine);
    }
}
