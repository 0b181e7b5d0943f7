//! SIGKILL at random instants.

use std::time::Duration;

use crate::{
    harness::shop::Shop,
    regulars::{self, Regulars},
    size::{Attack, figure},
    watcher::Watcher,
};

/// Fifty customers and an operator at work, every service slow now and then, answers of Google lost, and the program
/// killed at random instants and started again. Long form: `CAMPAIGN_KILLS=500`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_instants_every_order_stands_once_everywhere() {
    let attack = Attack::begin("kills");
    let kills: u64 = figure("KILLS", 20);
    let people = figure("CUSTOMERS", 50);
    let seed = attack.seed;
    let mut random = fastrand::Rng::with_seed(seed);
    let mut shop = Shop::start_with(regulars::settings(seed)).await;
    let ms = Duration::from_millis;
    shop.telegram.faults().jitter(seed, ms(15));
    shop.google.faults().jitter(seed + 1, ms(60));
    shop.google.faults().lose(6, "values.append");
    shop.openai.faults().jitter(seed + 2, ms(60));
    let watcher = Watcher::begin(&shop);
    let regulars = Regulars::begin(&shop, people, seed);
    for kill in 1..=kills {
        tokio::time::sleep(ms(random.u64(2..350))).await;
        shop.bot.kill9().await;
        if random.bool() {
            // What was handed out last comes again, as after a lost acknowledgement.
            shop.telegram.redeliver();
        }
        shop.bot.restart().await;
        regulars.restarted();
        if kill % 50 == 0 {
            attack.says(format!("{kill} kills"));
        }
    }
    shop.google.faults().calm();
    let tally = regulars.end(&mut shop).await;
    let looks = watcher.end();
    attack.says(format!(
        "{kills} kills survived; {} orders placed, {} drafts cancelled, {} cards repeated; the longest wait for an answer {:.1?} over {} lives; customers.json whole in {looks} looks",
        tally.placed, tally.cancelled, tally.cards_repeated, tally.longest.0, tally.longest.1
    ));
    // On a busy machine a life is over before it has done much.
    assert!(
        tally.placed as u64 >= kills / 10,
        "too few orders for {kills} lives"
    );
}
