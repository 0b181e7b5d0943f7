//! A long time of ordinary work, and what the program uses meanwhile: it must not grow.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use order_bot::standin::{SentMessage, State};

use crate::{
    fakes::telegram::Telegram,
    gauge,
    harness::{people::Customer, shop::Shop},
    regulars::{self, Regulars},
    size::{Attack, figure},
};

/// What an order that is kept for good may add to memory, in MB. (docs/BOUNDS.md says about 1 KB.)
const ORDER_IN_MEMORY: f64 = 0.003;

/// What the allocator may hold on to, in MB.
const SLACK: f64 = 8.0;

/// What the journal takes at most, in MB: four segments of 8 MiB and the two that may be begun before the covered ones
/// are gone.
const JOURNAL: f64 = 6.0 * 8.4;

/// What an order may take in the other files, in MB: in the snapshot and in the one that takes its place.
const ORDER_ON_DISK: f64 = 0.006;

/// No test may wait longer for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the program used at one moment.
#[derive(Clone, Copy)]
struct Sample {
    memory: f64,
    files: f64,
    threads: f64,
    folder: f64,
    /// The last answer to somebody who asks for the menu, in milliseconds.
    answer: f64,
    placed: usize,
}

/// The median of one figure of some samples.
fn median(samples: &[Sample], figure: impl Fn(&Sample) -> f64) -> f64 {
    let mut figures: Vec<f64> = samples.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Pastes long texts, so many a second, and waits for no answer. Most are beyond what one customer may write in a
/// minute, so that they are not read; but all are on their way through the journal, and that makes it long soon.
async fn paste(poet: i64, telegram: Telegram, a_second: f64, over: Arc<AtomicBool>) {
    let mut random = fastrand::Rng::with_seed(poet.unsigned_abs());
    let (began, mut pasted) = (Instant::now(), 0.0);
    while !over.load(Ordering::SeqCst) {
        while pasted < began.elapsed().as_secs_f64() * a_second {
            // Three bytes each, of which Telegram allows 4,096.
            let poem: String = (0..4_000)
                .map(|_| random.char('\u{4e00}'..'\u{9fff}'))
                .collect();
            telegram.say(poet, &poem);
            pasted += 1.0;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Asks for the menu again and again, and notes how many microseconds the last answer took.
async fn ask(customer: Customer, telegram: Telegram, took: Arc<AtomicU64>, over: Arc<AtomicBool>) {
    while !over.load(Ordering::SeqCst) {
        let (since, began) = (telegram.with(State::clock), Instant::now());
        telegram.say(customer.id, "/menu");
        let new = |message: &SentMessage| message.touched > since && message.is_from_bot();
        let answer = telegram.wait_for(PATIENCE, |state| state.newest(customer.id, new).map(drop));
        assert!(answer.await.is_some(), "the menu is shown");
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap();
        took.store(micros, Ordering::SeqCst);
        // No more than one may write in a minute.
        tokio::time::sleep(Duration::from_millis(750)).await;
    }
}

/// Long form: `CAMPAIGN_SOAK_MINUTES=60 CAMPAIGN_SOAK_PAUSE_MS=4000 CAMPAIGN_POEMS=20`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_long_time_of_work_nothing_grows_that_is_not_kept() {
    let attack = Attack::begin("soak");
    let minutes: f64 = figure("SOAK_MINUTES", 0.5);
    let pause = Duration::from_millis(figure("SOAK_PAUSE_MS", 1_000));
    let people = figure("CUSTOMERS", 20);
    let whole = Duration::from_secs_f64(minutes * 60.0);
    // Encrypted in the long form: unoptimised, that would be most of the work.
    let settings = regulars::settings(figure("SEALED", 0))
        .set("LOG_LEVEL", "info")
        .set("DRAFT_TTL_SECS", "60")
        .set("RATE_LIMIT_PER_MINUTE", "100")
        .set("PARSE_CACHE_ENTRIES", "200");
    let mut shop = Shop::start_with(settings).await;
    let regulars = Regulars::begin_slowly(&shop, people, attack.seed, pause);
    let over = Arc::new(AtomicBool::new(false));
    let took = Arc::new(AtomicU64::new(0));
    let mut others = Vec::new();
    let poet = shop.customer("Poet").id;
    let paste = paste(
        poet,
        shop.telegram.clone(),
        figure("POEMS", 150.0),
        Arc::clone(&over),
    );
    others.push(tokio::spawn(paste));
    let (guest, telegram) = (shop.customer("Guest"), shop.telegram.clone());
    let ask = ask(guest, telegram, Arc::clone(&took), Arc::clone(&over));
    others.push(tokio::spawn(ask));

    let (pid, dir) = (shop.bot.pid(), shop.data_dir());
    let (began, step) = (Instant::now(), whole / 240);
    let mut samples = Vec::new();
    let oldest = gauge::segments(&dir).map_or(1, |(first, _)| first);
    let (mut deleted, mut begun, mut most_segments) = (0, 0, 0);
    while began.elapsed() < whole {
        tokio::time::sleep(step).await;
        #[allow(clippy::cast_precision_loss)] // no answer takes that long
        let answer = took.load(Ordering::SeqCst) as f64 / 1e3;
        samples.push(Sample {
            memory: gauge::memory(pid),
            files: gauge::files(pid),
            threads: gauge::threads(pid),
            folder: gauge::folder(&dir),
            answer,
            placed: regulars.placed(),
        });
        if let Some((first, last)) = gauge::segments(&dir) {
            (deleted, begun) = (first - oldest, last + 1 - oldest);
            most_segments = most_segments.max(last - first + 1);
        }
        if samples.len() % 60 == 0 {
            let now = samples[samples.len() - 1];
            attack.says(format!(
                "{:.0?}: {} orders, memory {:.1} MB, folder {:.1} MB, {} files, {} threads, answer {:.0} ms",
                began.elapsed(),
                now.placed,
                now.memory,
                now.folder,
                now.files,
                now.threads,
                now.answer
            ));
        }
    }
    over.store(true, Ordering::SeqCst);
    for other in others {
        other.await.unwrap();
    }
    let panics = shop.bot.log().lines();
    let panics = panics.iter().filter(|line| line.contains("a defect in"));
    assert_eq!(panics.count(), 0);
    let tally = regulars.end(&mut shop).await;

    // The first quarter warms it up; what it uses then is compared with what it uses at the end.
    let warm = &samples[samples.len() / 4..];
    let third = warm.len() / 3;
    let (first, last) = (&warm[..third], &warm[warm.len() - third..]);
    let orders = |part: &[Sample]| f64::from(u32::try_from(part[part.len() / 2].placed).unwrap());
    let grown = orders(last) - orders(first);
    attack.says(format!(
        "{whole:.0?} survived; {} orders placed, {} cancelled; {begun} segments of the journal begun, {deleted} deleted after a snapshot, at most {most_segments} at a time",
        tally.placed, tally.cancelled
    ));
    let mut wrong = Vec::new();
    for (what, figure, allowed) in [
        (
            "memory in MB",
            (|s: &Sample| s.memory) as fn(&Sample) -> f64,
            SLACK + grown * ORDER_IN_MEMORY,
        ),
        ("open files", |s| s.files, 8.0),
        ("threads", |s| s.threads, 2.0),
        // A machine that is busy with other things is no growth.
        (
            "answer in ms",
            |s| s.answer,
            median(first, |s| s.answer) * 1.5 + 250.0,
        ),
    ] {
        let (before, after) = (median(first, figure), median(last, figure));
        attack.says(format!(
            "{what}: median {before:.1} in the first third, {after:.1} in the last, {grown:.0} orders apart"
        ));
        if after - before > allowed {
            wrong.push(format!("{what} grew from {before:.1} to {after:.1}"));
        }
    }
    let most = warm
        .iter()
        .map(|s| s.folder - orders_on_disk(s))
        .fold(0.0, f64::max);
    attack.says(format!(
        "data folder: at most {:.1} MB, {most:.1} of it not for orders",
        warm.iter().map(|s| s.folder).fold(0.0, f64::max)
    ));
    if most > JOURNAL {
        wrong.push(format!("the data folder took {most:.1} MB"));
    }
    // A snapshot is due when four segments are full.
    assert!(
        begun > 5,
        "{begun} segments are too few to see the journal made shorter"
    );
    if deleted == 0 {
        wrong.push("the journal was never made shorter".to_owned());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn orders_on_disk(sample: &Sample) -> f64 {
    f64::from(u32::try_from(sample.placed).unwrap()) * ORDER_ON_DISK
}
