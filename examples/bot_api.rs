//! Telegram's stand-in as a server of its own, with customers who order: for the tests of the deployment, where the bot
//! runs in a container. No release image holds it.
//!
//! `cargo run --example bot_api -- --token T` serves the Bot API, and on a second port what a test asks:
//! `POST /orders?per_second=N` lets customers order from now on, at 0 nobody begins any more; `POST /mark` begins the
//! measurement of the polls anew; `GET /report` tells what came of it all. Each customer orders once: writes an order,
//! taps Confirm on the draft, reads that it is placed.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a program for tests: it stops at what it did not expect"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::{Query, State},
    routing::{get, post},
};
use clap::Parser;
use order_bot::standin::{BotApi, Event, SentMessage};
use serde::{Deserialize, Serialize};
use tokio::{net::TcpListener, signal::unix::SignalKind, sync::watch};

/// Serves the Bot API to one bot.
#[derive(Parser)]
struct Options {
    /// The bot's token.
    #[arg(long)]
    token: String,
    /// Where the Bot API is served.
    #[arg(long, default_value = "0.0.0.0:8081")]
    addr: SocketAddr,
    /// Where tests ask.
    #[arg(long, default_value = "0.0.0.0:8082")]
    control: SocketAddr,
    /// The chat that gets order cards.
    #[arg(long, default_value_t = -1_001_000_000_001, allow_hyphen_values = true)]
    operators: i64,
}

/// The first customer's id.
const FIRST: i64 = 700_001;
const ORDER: &str = "two large margheritas and a cola";

#[derive(Default)]
struct Crowd {
    begun: BTreeSet<i64>,
    tapped: BTreeSet<i64>,
    /// By customer, the id of the order that they were told is placed.
    placed: BTreeMap<i64, String>,
    /// By order id, how many cards the operators have of it.
    cards: BTreeMap<String, usize>,
}

/// What came of it all.
#[derive(Serialize)]
struct Report {
    /// Customers who wrote an order.
    begun: usize,
    /// Customers who read that theirs is placed.
    placed: usize,
    /// Different orders among those.
    orders: usize,
    /// Orders of which the operators have a card.
    cards: usize,
    /// Cards that stand twice.
    doubled_cards: usize,
    /// Polls that ended because another one came: two pollers.
    conflicts: usize,
    /// Longest time between two polls since the mark, in milliseconds: how long nobody listened.
    longest_gap_ms: u128,
    /// Polls since the mark.
    polls: usize,
    /// Updates that the bot has not acknowledged.
    unacknowledged: usize,
    /// Methods that the stand-in does not know.
    unexpected: Vec<String>,
}

struct Scene {
    api: BotApi,
    operators: i64,
    // Held for a few statements, never across an await.
    crowd: Mutex<Crowd>,
    rate: watch::Sender<f64>,
    mark: Mutex<Instant>,
}

#[derive(Deserialize)]
struct Pace {
    per_second: f64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let api = BotApi::start_at(options.addr, options.token).await?;
    api.group(options.operators, "Kitchen", &[]);
    let scene = Arc::new(Scene {
        api,
        operators: options.operators,
        crowd: Mutex::default(),
        rate: watch::Sender::new(0.0),
        mark: Mutex::new(Instant::now()),
    });
    tokio::spawn(read(Arc::clone(&scene)));
    tokio::spawn(write(Arc::clone(&scene)));
    let router = Router::new()
        .route("/report", get(report))
        .route("/mark", post(mark))
        .route("/orders", post(orders))
        .with_state(scene);
    let listener = TcpListener::bind(options.control).await?;
    println!("serving the Bot API on {}", options.addr);
    let mut stop = tokio::signal::unix::signal(SignalKind::terminate())?;
    tokio::select! {
        served = async { axum::serve(listener, router).await } => served?,
        _ = stop.recv() => {}
    }
    Ok(())
}

async fn orders(State(scene): State<Arc<Scene>>, Query(pace): Query<Pace>) {
    scene.rate.send_replace(pace.per_second.clamp(0.0, 100.0));
}

async fn mark(State(scene): State<Arc<Scene>>) {
    *scene.mark.lock().unwrap() = Instant::now();
}

async fn report(State(scene): State<Arc<Scene>>) -> Json<Report> {
    let since = *scene.mark.lock().unwrap();
    let crowd = scene.crowd.lock().unwrap();
    let (conflicts, gap, polls, unacknowledged, unexpected) = scene.api.with(|state| {
        let polls: Vec<_> = state.calls_of("getUpdates").collect();
        let conflicts = polls.iter().filter(|call| call.status == 409).count();
        let times: Vec<_> = polls
            .iter()
            .map(|c| c.at)
            .filter(|at| *at >= since)
            .collect();
        let starts = std::iter::once(since).chain(times.iter().copied());
        let ends = times.iter().copied().chain(std::iter::once(Instant::now()));
        let gap = starts
            .zip(ends)
            .map(|(a, b)| b.saturating_duration_since(a));
        (
            conflicts,
            gap.max().unwrap_or_default(),
            times.len(),
            state.unacknowledged(),
            state.unexpected().to_vec(),
        )
    });
    Json(Report {
        begun: crowd.begun.len(),
        placed: crowd.placed.len(),
        orders: crowd.placed.values().collect::<BTreeSet<_>>().len(),
        cards: crowd.cards.len(),
        doubled_cards: crowd.cards.values().filter(|count| **count > 1).count(),
        conflicts,
        longest_gap_ms: gap.as_millis(),
        polls,
        unacknowledged,
        unexpected,
    })
}

/// Lets customers begin at the pace that was asked for.
async fn write(scene: Arc<Scene>) {
    let mut rate = scene.rate.subscribe();
    let mut next = FIRST;
    loop {
        let pace = *rate.borrow_and_update();
        if pace <= 0.0 {
            if rate.changed().await.is_err() {
                return;
            }
            continue;
        }
        let pause = Duration::from_secs_f64(1.0 / pace);
        if tokio::time::timeout(pause, rate.changed()).await.is_ok() {
            continue;
        }
        scene.api.user(next, "Customer");
        scene.crowd.lock().unwrap().begun.insert(next);
        scene.api.say(next, ORDER).unwrap();
        next += 1;
    }
}

/// Does what customers do when the bot writes to them, and counts the operators' cards.
async fn read(scene: Arc<Scene>) {
    let mut events = scene.api.events();
    loop {
        match events.recv().await.unwrap() {
            Event::Sent(message) if message.chat == scene.operators => {
                if let Some(button) = message.button("op:accept:") {
                    let order = button.data.trim_start_matches("op:accept:").to_owned();
                    *scene.crowd.lock().unwrap().cards.entry(order).or_default() += 1;
                }
            }
            Event::Sent(message) | Event::Edited(message) => react(&scene, &message),
            Event::Deleted { .. } | Event::Answered(_) => {}
        }
    }
}

fn react(scene: &Scene, message: &SentMessage) {
    let customer = message.chat;
    let tap = {
        let mut crowd = scene.crowd.lock().unwrap();
        match message.button("order:confirm:") {
            Some(button) if crowd.tapped.insert(customer) => Some(button.data.clone()),
            Some(_) => None,
            None => {
                if let Some(order) = order_id(&message.text)
                    && crowd.tapped.contains(&customer)
                {
                    crowd.placed.insert(customer, order.to_owned());
                }
                None
            }
        }
    };
    if let Some(data) = tap {
        scene.api.tap(customer, message.message_id, &data);
    }
}

/// The id of an order, such as `K7F-1042`, in a text.
fn order_id(text: &str) -> Option<&str> {
    text.split_whitespace().find(|word| {
        word.split_once('-').is_some_and(|(tag, number)| {
            tag.len() == 3
                && tag
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
        })
    })
}
