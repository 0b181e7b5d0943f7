//! A day at the shop: how many orders need the model, and what that costs.
//!
//! Messages are those of `tests/golden/understanding.jsonl` that order something, written for the project in six
//! languages; they are harder than what most people write. Each order is one message, answered by a draft and a tap.
//! The stand-in for the model reads a misspelt message as if it were spelt right: it is the perfect model, so a
//! reading that spares a call and differs from it is a loss.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use clap::Args;
use order_bot::{menu::Menu, standin::Event, understand::LocalParser};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    MENU,
    fakes::openai::Thought,
    measure::Session,
    report::Report,
    services::{Rows, Services, Setup, text_of},
    subject::{Subject, programs},
};

const MESSAGES: &str = include_str!("../../tests/golden/understanding.jsonl");

/// What kind of day.
#[derive(Args, Clone, Debug)]
pub struct Day {
    /// Orders.
    #[arg(long, default_value_t = 1_000)]
    orders: usize,
    /// Customers; who comes again may say the same again.
    #[arg(long, default_value_t = 400)]
    customers: usize,
    /// Share of a customer's further orders that repeat their own words.
    #[arg(long, default_value_t = 0.4)]
    repeats: f64,
    /// Share of messages with a typing error.
    #[arg(long, default_value_t = 0.15)]
    typos: f64,
    /// For another day of the same kind.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// US dollars for a million tokens of the prompt; of the answer.
    #[arg(long, num_args = 2, default_values_t = [0.15, 0.60])]
    prices: Vec<f64>,
}

/// Who writes what, and what is meant by it.
struct Message {
    customer: i64,
    text: String,
    meant: String,
}

/// Counts the calls of a day with the model asked about everything that is not in the cache (`PARSER=gpt`), and only
/// where the embedded parser is not certain (`PARSER=auto`).
pub async fn day(options: &Day, built: bool) -> anyhow::Result<Value> {
    let bot = Subject::bot(programs(built)?.0);
    let menu = std::fs::read_to_string(MENU)?;
    let menu = Menu::parse(&menu).map_err(|_| anyhow::anyhow!("the menu is wrong"))?;
    let parser = Arc::new(LocalParser::new(&menu));
    let messages = messages(options);
    let mut all = json!({});
    for mode in ["gpt", "auto"] {
        let report = run(&bot, mode, &messages, &parser, options).await?;
        println!("PARSER={mode}\n{}", report.table());
        all[mode] = report.json();
    }
    Ok(all)
}

async fn run(
    bot: &Subject,
    mode: &'static str,
    messages: &[Message],
    parser: &Arc<LocalParser>,
    options: &Day,
) -> anyhow::Result<Report> {
    let setup = Setup {
        rows: Rows::Csv,
        model: Some(mode),
        sealed: false,
        details: false,
    };
    let mut session = Session::start(bot, setup, Path::new(MENU), |_| Ok(())).await?;
    let usage = perfect_model(&session.services, messages, parser);
    let mut placed = 0;
    for message in messages {
        placed += usize::from(order(&session.services, message).await?);
    }
    let calls = session.services.openai.answered();
    session.process.check()?;
    session.process.stop().await?;

    let mut report = Report::default();
    report.add("messages", messages.len());
    report.add("placed", placed);
    report.add("model_calls", calls);
    // Fewer than 2^52 of each.
    #[allow(clippy::cast_precision_loss)]
    {
        let per_thousand = 1_000.0 / placed.max(1) as f64;
        report.number("model_calls_per_1000_orders", calls as f64 * per_thousand);
        let (asked, answered) = *usage.lock().unwrap();
        let mean = |all: usize| (all as f64 / calls.max(1) as f64).round();
        report.number("characters_asked_mean", mean(asked));
        report.number("characters_answered_mean", mean(answered));
        let tokens = |characters: usize| characters as f64 / CHARACTERS_A_TOKEN;
        let price = |n: usize| options.prices.get(n).copied().unwrap_or_default() / 1e6;
        let cost = tokens(asked) * price(0) + tokens(answered) * price(1);
        report.number("cost_per_1000_orders_usd", cost * per_thousand);
    }
    if mode == "auto" {
        let spared = messages.iter().map(|m| (parser.parse(&m.text), m));
        let spared: Vec<_> = spared.filter(|(reading, _)| reading.certain).collect();
        let lost = spared.iter().filter(|(reading, m)| {
            let meant = parser.parse(&m.meant).order;
            reading.order.operations != meant.operations
        });
        let lost: Vec<&str> = lost.map(|(_, m)| m.text.as_str()).collect();
        report.add("certain_messages", spared.len());
        report.add("certain_and_not_what_was_meant", lost.len());
        for text in lost {
            eprintln!("certain, and not what was meant: {text:?}");
        }
    }
    Ok(report)
}

/// A customer waits no longer for what comes next.
const PATIENCE: Duration = Duration::from_secs(3);

/// What OpenAI says of English text. (platform documentation, "Tokens")
const CHARACTERS_A_TOKEN: f64 = 4.0;

/// Teaches the stand-in what each message means; the characters that it was asked and that it answered are counted.
fn perfect_model(
    services: &Services,
    messages: &[Message],
    parser: &Arc<LocalParser>,
) -> Arc<Mutex<(usize, usize)>> {
    let meant = messages.iter().map(|m| (m.text.clone(), m.meant.clone()));
    let meant: HashMap<String, String> = meant.collect();
    let parser = Arc::clone(parser);
    let usage = Arc::new(Mutex::new((0, 0)));
    let counted = Arc::clone(&usage);
    services.openai.brain(move |asked| {
        let text = text_of(&asked.user);
        let order = parser
            .parse(meant.get(text).map_or(text, String::as_str))
            .order;
        let order = serde_json::to_value(order).unwrap();
        let mut counted = counted.lock().unwrap();
        counted.0 += asked.body["messages"].to_string().len();
        counted.0 += asked.body["response_format"].to_string().len();
        counted.1 += order.to_string().len();
        Thought::Json(order)
    });
    usage
}

/// One order: the text, the draft, the tap; whether it was placed.
async fn order(services: &Services, message: &Message) -> anyhow::Result<bool> {
    let telegram = &services.telegram;
    telegram.user(message.customer, "Customer");
    let mut events = telegram.events();
    telegram.say(message.customer, &message.text);
    let mut tapped = false;
    loop {
        let event = match timeout(PATIENCE, events.recv()).await {
            Ok(event) => event?,
            // Told in the answer to the tap what is missing.
            Err(_) if tapped => return Ok(false),
            Err(_) => anyhow::bail!("no answer to {:?}", message.text),
        };
        let (Event::Sent(sent) | Event::Edited(sent)) = event else {
            continue;
        };
        if sent.chat != message.customer || !sent.is_from_bot() {
            continue;
        }
        if sent.text.contains('✅') && sent.button("order:").is_none() {
            return Ok(true);
        }
        // It asks something, or it understood no order.
        let Some(button) = sent.button("order:confirm:") else {
            return Ok(false);
        };
        telegram.tap(message.customer, sent.message_id, &button.data);
        tapped = true;
    }
}

/// The day's messages, the same for the same options.
fn messages(options: &Day) -> Vec<Message> {
    let mut random = fastrand::Rng::with_seed(options.seed);
    let lines = MESSAGES
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let orders = |line: &Value| {
        let ops = line["ops"].as_array();
        let adds = |op: &Value| op.as_str().is_some_and(|op| op.starts_with("add"));
        line["intent"] == "order" && ops.is_some_and(|ops| !ops.is_empty() && ops.iter().all(adds))
    };
    let texts: Vec<String> = lines
        .filter(|line| orders(line))
        .filter_map(|line| Some(line["text"].as_str()?.to_owned()))
        .collect();
    let mut own: HashMap<i64, String> = HashMap::new();
    let mut all = Vec::new();
    for _ in 0..options.orders {
        let customer = 500_001 + i64::try_from(random.usize(..options.customers)).unwrap();
        let again = own
            .get(&customer)
            .filter(|_| random.f64() < options.repeats);
        let meant = again
            .unwrap_or_else(|| &texts[random.usize(..texts.len())])
            .clone();
        own.insert(customer, meant.clone());
        let text = match random.f64() < options.typos {
            true => misspelt(&meant, &mut random),
            false => meant.clone(),
        };
        all.push(Message {
            customer,
            text,
            meant,
        });
    }
    all
}

/// With one typing error in a word of at least five letters: a letter left out, doubled, or two in the wrong order.
fn misspelt(text: &str, random: &mut fastrand::Rng) -> String {
    let mut words: Vec<Vec<char>> = text.split(' ').map(|w| w.chars().collect()).collect();
    let long = |word: &&mut Vec<char>| word.len() >= 5 && word.iter().all(|c| c.is_alphabetic());
    let long: Vec<&mut Vec<char>> = words.iter_mut().filter(long).collect();
    let chosen = random.usize(..long.len().max(1));
    if let Some(word) = long.into_iter().nth(chosen) {
        let at = random.usize(1..word.len() - 1);
        match random.u8(..3) {
            0 => drop(word.remove(at)),
            1 => word.insert(at, word[at]),
            _ => word.swap(at, at + 1),
        }
    }
    let words: Vec<String> = words.into_iter().map(String::from_iter).collect();
    words.join(" ")
}
