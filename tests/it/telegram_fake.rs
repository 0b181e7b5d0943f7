//! The stand-in for Telegram against teloxide.

use std::time::{Duration, Instant};

use order_bot::standin::wire::Verdict;
use serde_json::json;
use teloxide::{
    ApiError, Bot, RequestError,
    payloads::{
        AnswerCallbackQuerySetters as _, DeleteWebhookSetters as _, EditMessageTextSetters as _,
        GetUpdatesSetters as _, SendDocumentSetters as _, SendInvoiceSetters as _,
        SendMessageSetters as _,
    },
    prelude::Requester as _,
    types::{
        AllowedUpdate, BotCommand, CallbackQueryId, ChatAction, ChatId, InlineKeyboardButton,
        InlineKeyboardMarkup, InputFile, KeyboardButton, KeyboardMarkup, LabeledPrice, MessageId,
        ParseMode, Update, UpdateKind,
    },
};

use crate::fakes::{
    faults::{html_page, telegram_error, telegram_flood},
    telegram::Telegram,
};

const TOKEN: &str = "1:stand-in";
const ANN: i64 = 42;
const CHAT: ChatId = ChatId(ANN);

async fn scene() -> (Telegram, Bot) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let telegram = Telegram::start(TOKEN).await;
    telegram.user(ANN, "Ann");
    let bot = Bot::new(TOKEN).set_api_url(telegram.url().parse().unwrap());
    (telegram, bot)
}

fn text_of(update: &Update) -> Option<&str> {
    match &update.kind {
        UpdateKind::Message(message) | UpdateKind::EditedMessage(message) => message.text(),
        _ => None,
    }
}

fn next_offset(updates: &[Update]) -> i32 {
    i32::try_from(updates.last().unwrap().id.0).unwrap() + 1
}

#[tokio::test]
async fn a_wrong_token_and_an_unknown_method_are_refused() {
    let (telegram, bot) = scene().await;
    assert_eq!(bot.get_me().await.unwrap().username(), "stand_in_order_bot");

    let stranger = Bot::new("2:other").set_api_url(telegram.url().parse().unwrap());
    let refused = stranger.get_me().await.unwrap_err();
    assert!(matches!(refused, RequestError::Api(ApiError::InvalidToken)));

    bot.log_out().await.unwrap_err();
    assert_eq!(telegram.left_over(), ["unexpected method LogOut"]);
}

#[tokio::test]
async fn an_offset_acknowledges_what_is_below_it() {
    let (telegram, bot) = scene().await;
    telegram.say(ANN, "one");
    telegram.say(ANN, "/start now");

    let batch = bot.get_updates().await.unwrap();
    assert_eq!(
        batch.iter().filter_map(text_of).collect::<Vec<_>>(),
        ["one", "/start now"]
    );
    let again = bot.get_updates().limit(1).await.unwrap();
    assert_eq!(again[0].id, batch[0].id);
    assert_eq!(telegram.left_over(), ["2 updates were never acknowledged"]);

    let rest = bot.get_updates().offset(next_offset(&again)).await.unwrap();
    assert_eq!(rest.len(), 1);
    let none = bot.get_updates().offset(next_offset(&rest)).await.unwrap();
    assert!(none.is_empty());
    assert!(telegram.left_over().is_empty());
}

#[tokio::test]
async fn a_waiting_poll_wakes_at_once() {
    let (telegram, bot) = scene().await;
    let poll = tokio::spawn({
        let bot = bot.clone();
        async move { bot.get_updates().timeout(10).await }
    });
    telegram
        .expect("a poll", |state| {
            state.calls_of("getUpdates").next().map(|_| ())
        })
        .await;
    let began = Instant::now();
    telegram.say(ANN, "hello");
    assert_eq!(poll.await.unwrap().unwrap().len(), 1);
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );

    let began = Instant::now();
    let none = bot.get_updates().offset(i32::MAX).timeout(1).await.unwrap();
    assert_eq!(
        none.len(),
        1,
        "an offset from another numbering acknowledges nothing"
    );
    let none = bot
        .get_updates()
        .offset(next_offset(&none))
        .timeout(1)
        .await
        .unwrap();
    assert!(none.is_empty());
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_second_poller_ends_the_first() {
    let (telegram, bot) = scene().await;
    let first = tokio::spawn({
        let bot = bot.clone();
        async move { bot.get_updates().timeout(10).await }
    });
    telegram
        .expect("a poll", |state| {
            state.calls_of("getUpdates").next().map(|_| ())
        })
        .await;
    assert!(bot.get_updates().await.unwrap().is_empty());
    let ended = first.await.unwrap().unwrap_err();
    let expected = ApiError::TerminatedByOtherGetUpdates;
    assert!(matches!(ended, RequestError::Api(why) if why == expected));
}

#[tokio::test]
async fn updates_may_come_again_out_of_order_and_from_lower_ids() {
    let (telegram, bot) = scene().await;
    telegram.say(ANN, "one");
    telegram.say(ANN, "two");
    let first = bot.get_updates().await.unwrap();
    assert_eq!(telegram.redeliver(), 2);
    let offset = next_offset(&first);
    let second = bot.get_updates().offset(offset).await.unwrap();
    assert_eq!(second.len(), 2);
    assert_eq!(second[0].id, first[0].id);
    assert!(bot.get_updates().offset(offset).await.unwrap().is_empty());

    let poll = |id: u32| {
        json!({"update_id": id, "poll_answer": {"poll_id": "1", "option_ids": [],
        "user": {"id": ANN, "is_bot": false, "first_name": "Ann"}}})
    };
    telegram.deliver(&[poll(900), poll(7)]);
    let odd = bot.get_updates().offset(offset).await.unwrap();
    assert_eq!(
        odd.iter().map(|update| update.id.0).collect::<Vec<_>>(),
        [900, 7]
    );

    telegram.restart_update_ids(11);
    telegram.say(ANN, "after a quiet week");
    let anew = bot.get_updates().offset(offset).await.unwrap();
    assert_eq!(anew[0].id.0, 11);
}

#[tokio::test]
async fn only_the_kinds_that_were_asked_for_come() {
    let (telegram, bot) = scene().await;
    bot.get_updates()
        .allowed_updates([AllowedUpdate::Message])
        .await
        .unwrap();
    let id = telegram.say(ANN, "one").unwrap();
    telegram.edit(ANN, id, "two");
    let batch = bot.get_updates().await.unwrap();
    assert_eq!(batch.len(), 1);
    bot.delete_webhook()
        .drop_pending_updates(true)
        .await
        .unwrap();
    assert!(telegram.left_over().is_empty());
}

#[tokio::test]
async fn every_kind_of_update_is_decoded_whole() {
    let (telegram, bot) = scene().await;
    let group = -1_001_234;
    telegram.group(group, "Kitchen", &[ANN]);
    let id = telegram.say(ANN, "pizza").unwrap();
    telegram.edit(ANN, id, "two pizzas");
    telegram.share_contact(ANN, "+491701234567");
    telegram.share_location(ANN, 52.5, 13.4);
    telegram.say_in(group, ANN, "/orders");
    telegram.set_blocked(ANN, true);
    telegram.set_blocked(ANN, false);
    telegram.send_raw(&json!({"something_new": {"id": 1}}));
    let batch = bot.get_updates().await.unwrap();
    let kinds: Vec<&str> = batch
        .iter()
        .map(|update| match &update.kind {
            UpdateKind::Message(message) if message.contact().is_some() => "contact",
            UpdateKind::Message(message) if message.location().is_some() => "location",
            UpdateKind::Message(message) if message.chat.is_supergroup() => "group",
            UpdateKind::Message(message) if message.text().is_some() => "text",
            UpdateKind::EditedMessage(message) if message.text() == Some("two pizzas") => "edited",
            UpdateKind::MyChatMember(_) => "member",
            UpdateKind::Error(_) => "unknown",
            _ => "odd",
        })
        .collect();
    let expected = [
        "text", "edited", "contact", "location", "group", "member", "member", "unknown",
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn a_message_is_sent_tapped_edited_and_deleted() {
    let (telegram, bot) = scene().await;
    let mut events = telegram.events();
    let button = |text: &str, data: &str| InlineKeyboardButton::callback(text, data);
    let keyboard = InlineKeyboardMarkup::new([[button("Yes", "order:confirm:1")]]);
    let sent = bot
        .send_message(CHAT, "<b>2 × Pizza</b> &amp; cola\n")
        .parse_mode(ParseMode::Html)
        .reply_markup(keyboard.clone())
        .await
        .unwrap();
    assert_eq!(sent.text(), Some("2 × Pizza & cola"));
    assert_eq!(sent.chat.first_name(), Some("Ann"));
    assert_eq!(sent.reply_markup(), Some(&keyboard));
    assert_eq!(sent.entities().unwrap().len(), 1);
    assert!(matches!(
        events.try_recv(),
        Ok(order_bot::standin::Event::Sent(_))
    ));

    let shown = &telegram.history(ANN)[0];
    assert_eq!(shown.text, "2 × Pizza & cola");
    assert_eq!(shown.html, "<b>2 × Pizza</b> &amp; cola\n");
    assert_eq!(shown.button("order:confirm:").unwrap().text, "Yes");

    let tap = telegram
        .tap(ANN, shown.message_id, "order:confirm:1")
        .unwrap();
    assert_eq!(telegram.left_over().len(), 2, "an update and a tap");
    let batch = bot.get_updates().await.unwrap();
    let UpdateKind::CallbackQuery(query) = &batch[0].kind else {
        panic!("{batch:?}");
    };
    assert_eq!(query.data.as_deref(), Some("order:confirm:1"));
    assert_eq!(query.regular_message().unwrap().id, sent.id);
    bot.answer_callback_query(query.id.clone())
        .text("Placed")
        .await
        .unwrap();
    let answer = telegram.with(|state| state.tap(&tap).unwrap().answer.clone());
    assert_eq!(answer.as_deref(), Some("Placed"));
    let unknown = bot.answer_callback_query(CallbackQueryId("1".into())).await;
    unknown.unwrap_err();

    let edited = bot
        .edit_message_text(CHAT, sent.id, "Placed")
        .await
        .unwrap();
    assert!(edited.edit_date().is_some());
    let shown = &telegram.history(ANN)[0];
    assert!(
        shown.buttons.is_empty(),
        "an edit without a keyboard takes it away"
    );
    assert_eq!(shown.edits[0].text, "2 × Pizza & cola");
    let same = bot
        .edit_message_text(CHAT, sent.id, "<i></i>Placed")
        .parse_mode(ParseMode::Html);
    let same = same.await.unwrap_err();
    assert!(
        matches!(same, RequestError::Api(ApiError::MessageNotModified)),
        "{same:?}"
    );

    bot.pin_chat_message(CHAT, sent.id).await.unwrap();
    bot.delete_message(CHAT, sent.id).await.unwrap();
    let gone = bot.edit_message_text(CHAT, sent.id, "x").await.unwrap_err();
    assert!(matches!(
        gone,
        RequestError::Api(ApiError::MessageToEditNotFound)
    ));
    let gone = bot.delete_message(CHAT, sent.id).await.unwrap_err();
    assert!(matches!(
        gone,
        RequestError::Api(ApiError::MessageToDeleteNotFound)
    ));
    // A tap under a message that is gone comes with a message that cannot be read.
    telegram
        .tap(ANN, i64::from(sent.id.0), "order:confirm:1")
        .unwrap();
    let batch = bot.get_updates().offset(next_offset(&batch)).await.unwrap();
    assert!(
        matches!(&batch[0].kind, UpdateKind::CallbackQuery(query) if query.regular_message().is_none())
    );
}

#[tokio::test]
async fn what_telegram_refuses_is_refused() {
    let (telegram, bot) = scene().await;
    let refused = async |text: &str, chat: i64| match bot
        .send_message(ChatId(chat), text)
        .parse_mode(ParseMode::Html)
        .await
    {
        Err(RequestError::Api(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(" \n", ANN).await, ApiError::MessageTextIsEmpty);
    assert_eq!(
        refused(&"x".repeat(4097), ANN).await,
        ApiError::MessageIsTooLong
    );
    assert_eq!(refused("x", 4711).await, ApiError::ChatNotFound);
    let why = refused("1 < 2", ANN).await;
    assert!(matches!(&why, ApiError::CantParseEntities(_)), "{why}");
    bot.send_message(CHAT, "1 < 2").await.unwrap();
    bot.send_message(CHAT, format!("<b>{}</b>", "x".repeat(4096)))
        .parse_mode(ParseMode::Html)
        .await
        .unwrap();

    let long = InlineKeyboardButton::callback("x", "x".repeat(65));
    let sent = bot
        .send_message(CHAT, "x")
        .reply_markup(InlineKeyboardMarkup::new([[long]]));
    let why = sent.await.unwrap_err();
    assert!(
        matches!(why, RequestError::Api(ApiError::ButtonDataInvalid)),
        "{why:?}"
    );

    let said = telegram.say(ANN, "mine").unwrap();
    let said = MessageId(i32::try_from(said).unwrap());
    let why = bot
        .edit_message_text(CHAT, said, "yours")
        .await
        .unwrap_err();
    assert!(
        matches!(why, RequestError::Api(ApiError::MessageCantBeEdited)),
        "{why:?}"
    );

    telegram.set_blocked(ANN, true);
    assert_eq!(refused("x", ANN).await, ApiError::BotBlocked);
}

#[tokio::test]
async fn a_document_arrives_with_its_name_and_bytes() {
    let (telegram, bot) = scene().await;
    let content = b"order_id,total\r\n--1,2.00\r\n\r\n".to_vec();
    let file = InputFile::memory(content.clone()).file_name("orders.csv");
    let sent = bot
        .send_document(CHAT, file)
        .caption("<b>All</b> orders")
        .parse_mode(ParseMode::Html)
        .await
        .unwrap();
    assert_eq!(sent.caption(), Some("All orders"));
    assert_eq!(
        sent.document().unwrap().file_name.as_deref(),
        Some("orders.csv")
    );
    let shown = telegram.history(ANN).pop().unwrap();
    assert_eq!(shown.document.unwrap().bytes, content);
}

#[tokio::test]
async fn keyboards_commands_and_actions_are_kept() {
    let (telegram, bot) = scene().await;
    let keyboard = KeyboardMarkup::new([[KeyboardButton::new("Share my number")]]);
    bot.send_message(CHAT, "Your number?")
        .reply_markup(keyboard)
        .await
        .unwrap();
    let shown = telegram.history(ANN).pop().unwrap();
    assert_eq!(shown.reply_keyboard, [["Share my number"]]);

    bot.set_my_commands([BotCommand::new("menu", "What there is")])
        .await
        .unwrap();
    telegram.with(|state| assert_eq!(state.commands()[0].command, "menu"));
    bot.send_chat_action(CHAT, ChatAction::Typing)
        .await
        .unwrap();
    assert_eq!(
        telegram.with(|state| state.calls_of("SendMessage").count()),
        1
    );
}

#[tokio::test]
async fn money_moves_only_after_the_bot_agreed() {
    let (telegram, bot) = scene().await;
    let price = || [LabeledPrice::new("Order", 1700)];
    let invoice = bot.send_invoice(CHAT, "Order", "2 x Margherita", "o-1", "EUR", price());
    invoice.await.unwrap_err();
    let invoice = bot.send_invoice(CHAT, "Order", "2 x Margherita", "o-1", "EUR", price());
    let sent = invoice.provider_token("provider").await.unwrap();
    assert_eq!(sent.invoice().unwrap().total_amount, 1700);

    let id = telegram.pay(ANN, i64::from(sent.id.0)).unwrap();
    assert_eq!(telegram.left_over().len(), 2, "{:?}", telegram.left_over());
    assert_eq!(telegram.complete_payment(&id), None);
    let batch = bot.get_updates().await.unwrap();
    let UpdateKind::PreCheckoutQuery(query) = &batch[0].kind else {
        panic!("{batch:?}");
    };
    assert_eq!(query.invoice_payload, "o-1");
    bot.answer_pre_checkout_query(query.id.clone(), true)
        .await
        .unwrap();
    let charge = telegram.complete_payment(&id).unwrap();
    let batch = bot.get_updates().offset(next_offset(&batch)).await.unwrap();
    let UpdateKind::Message(message) = &batch[0].kind else {
        panic!("{batch:?}");
    };
    let payment = message.successful_payment().unwrap();
    assert_eq!(payment.telegram_payment_charge_id.0, charge);
}

#[tokio::test]
async fn faults_strike_as_planned() {
    let (telegram, bot) = scene().await;
    let faults = telegram.faults();
    faults.once("sendMessage", telegram_flood(3));
    let why = bot.send_message(CHAT, "x").await.unwrap_err();
    assert!(
        matches!(why, RequestError::RetryAfter(wait) if wait.seconds() == 3),
        "{why:?}"
    );

    faults.once(
        "sendMessage",
        telegram_error(403, "Forbidden: bot was blocked by the user"),
    );
    let why = bot.send_message(CHAT, "x").await.unwrap_err();
    assert!(matches!(why, RequestError::Api(ApiError::BotBlocked)));

    faults.once("sendMessage", html_page(403));
    let why = bot.send_message(CHAT, "x").await.unwrap_err();
    assert!(matches!(why, RequestError::InvalidJson { .. }));

    faults.once("sendMessage", Verdict::DropBefore);
    let why = bot.send_message(CHAT, "lost").await.unwrap_err();
    assert!(matches!(why, RequestError::Network(_)));
    assert!(telegram.history(ANN).is_empty());

    faults.once("sendMessage", Verdict::DropAfter);
    bot.send_message(CHAT, "applied").await.unwrap_err();
    assert_eq!(telegram.history(ANN).len(), 1);

    faults.once("sendMessage", Verdict::Truncate);
    bot.send_message(CHAT, "cut").await.unwrap_err();
    assert_eq!(telegram.history(ANN).len(), 2);

    faults.once("sendMessage", Verdict::ApplyLate(Duration::from_millis(50)));
    let sent = bot.send_message(CHAT, "late");
    tokio::time::timeout(Duration::from_millis(10), sent.into_future())
        .await
        .unwrap_err();
    telegram
        .expect("the late one", |state| {
            state.history(ANN).get(2).map(|_| ())
        })
        .await;

    faults.once("sendMessage", Verdict::Hang);
    let sent = bot.send_message(CHAT, "never").into_future();
    tokio::time::timeout(Duration::from_millis(100), sent)
        .await
        .unwrap_err();
    bot.send_message(CHAT, "well again").await.unwrap();
    assert!(faults.unused().is_empty());

    telegram.server().go_down();
    bot.send_message(CHAT, "out of reach").await.unwrap_err();
    telegram.server().come_up();
    bot.send_message(CHAT, "back").await.unwrap();
    assert_eq!(telegram.history(ANN).len(), 5);
}

#[tokio::test]
async fn thousands_of_messages_a_second_pass() {
    let (telegram, bot) = scene().await;
    let number = 2000;
    let began = Instant::now();
    let send = |worker: usize| {
        let bot = bot.clone();
        async move {
            for at in 0..number / 8 {
                bot.send_message(CHAT, format!("{worker} {at}"))
                    .await
                    .unwrap();
            }
        }
    };
    futures_util::future::join_all((0..8).map(send)).await;
    assert_eq!(telegram.history(ANN).len(), number);
    let busiest = telegram.busiest(Duration::from_secs(3600), Some(ANN));
    assert_eq!(busiest, number);
    eprintln!("{:.0} a second", 2000.0 / began.elapsed().as_secs_f64());
    // Debug build, client and server on one thread: far from a benchmark, but no stall either.
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
}
