//! How the cost of an order changes with what grows: customers on disk, orders kept, items on the menu, chats at once.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    MENU,
    crowd::{Crowd, Pace},
    measure::{Cost, Session},
    plot::{self, Curve},
    process::memory,
    services::{OPERATORS, Rows, Setup},
    subject::{Subject, programs},
};

/// What grows how far.
#[derive(Args, Clone, Debug)]
pub struct Growth {
    /// Orders for each point.
    #[arg(long, default_value_t = 3_000)]
    orders: usize,
    /// Customers on disk before the first order.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "1000,10000,100000,1000000"
    )]
    customers: Vec<usize>,
    /// Items on the menu.
    #[arg(long, value_delimiter = ',', default_value = "10,50,200,700,2000")]
    items: Vec<usize>,
    /// Customers with an order under way at the same time.
    #[arg(long, value_delimiter = ',', default_value = "1,4,16,64,256,1024")]
    chats: Vec<usize>,
    /// Points of the curve over orders that are kept, each so many orders further.
    #[arg(long, default_value_t = 10)]
    kept: usize,
    /// Where the picture goes.
    #[arg(long, default_value = "docs/growth.png")]
    picture: PathBuf,
}

const SETUP: Setup = Setup {
    rows: Rows::Csv,
    model: None,
    sealed: false,
    details: false,
};

/// As many chats as there are updates in some polls.
const USUAL_CHATS: usize = 64;
const CROWD: usize = 1_024;

/// Measures all curves, draws them and prints them.
pub async fn growth(options: &Growth, built: bool) -> anyhow::Result<Value> {
    let bot = Subject::bot(programs(built)?.0);
    let curves = vec![
        customers(&bot, options).await?,
        kept(&bot, options).await?,
        items(&bot, options).await?,
        chats(&bot, options).await?,
    ];
    plot::draw(&options.picture, &curves)?;
    println!("{}", table(&curves));
    let curves = curves.iter().map(|curve| {
        let points = curve.points.iter();
        let points: Vec<Value> = points
            .map(|p| json!({"at": p.at, "cpu_per_order_ms": p.cost, "extra": p.extra}))
            .collect();
        (curve.over.to_owned(), points.into())
    });
    Ok(Value::Object(curves.collect()))
}

/// Warms up, then takes the orders that count.
async fn cost(
    session: &Session<'_>,
    crowd: &mut Crowd,
    orders: usize,
    at_once: usize,
) -> anyhow::Result<Cost> {
    let warm = (orders / 5).max(1);
    session.order(crowd, warm, Pace::AtOnce(at_once)).await?;
    session.order(crowd, orders, Pace::AtOnce(at_once)).await
}

fn crowd(session: &Session<'_>) -> Crowd {
    Crowd::new(&session.services.telegram, OPERATORS, CROWD, true)
}

async fn customers(bot: &Subject, options: &Growth) -> anyhow::Result<Curve> {
    let mut curve = Curve::new("customers on disk", "start to first poll, ms");
    for &number in &options.customers {
        eprintln!("{number} customers");
        let prepare = |data: &Path| write_customers(data, number);
        let mut session = Session::start(bot, SETUP, MENU.as_ref(), prepare).await?;
        // The first start takes the file over into the store; the next is the usual one.
        session.restart().await?;
        let mut crowd = crowd(&session);
        let cost = cost(&session, &mut crowd, options.orders, USUAL_CHATS).await?;
        let start = session.first_poll.as_secs_f64() * 1e3;
        curve.point(number, cost.per_order_ms(), start);
        session.process.stop().await?;
    }
    Ok(curve)
}

async fn kept(bot: &Subject, options: &Growth) -> anyhow::Result<Curve> {
    let mut curve = Curve::new("open orders", "resident memory, MB");
    let mut session = Session::start(bot, SETUP, MENU.as_ref(), |_| Ok(())).await?;
    let mut crowd = crowd(&session);
    let warm = options.orders / 5;
    session
        .order(&mut crowd, warm, Pace::AtOnce(USUAL_CHATS))
        .await?;
    for step in 1..=options.kept {
        let pace = Pace::AtOnce(USUAL_CHATS);
        let cost = session.order(&mut crowd, options.orders, pace).await?;
        let orders = warm + step * options.orders;
        eprintln!("{orders} open orders");
        let memory = memory(session.process.pid, "VmRSS");
        curve.point(orders, cost.per_order_ms(), memory);
    }
    session.process.stop().await?;
    Ok(curve)
}

async fn items(bot: &Subject, options: &Growth) -> anyhow::Result<Curve> {
    let mut curve = Curve::new("items on the menu", "update to draft, median, ms");
    let folder = tempfile::tempdir()?;
    for &number in &options.items {
        eprintln!("{number} items");
        let menu = folder.path().join(format!("{number}.json"));
        std::fs::write(&menu, menu_of(number)?)?;
        let mut session = Session::start(bot, SETUP, &menu, |_| Ok(())).await?;
        let mut crowd = crowd(&session);
        let mut cost = cost(&session, &mut crowd, options.orders, USUAL_CHATS).await?;
        let median = cost.tally.median_to_draft_ms();
        curve.point(number, cost.per_order_ms(), median);
        session.process.stop().await?;
    }
    Ok(curve)
}

async fn chats(bot: &Subject, options: &Growth) -> anyhow::Result<Curve> {
    let mut curve = Curve::new("chats at once", "update to draft, median, ms");
    for &number in &options.chats {
        eprintln!("{number} chats");
        let mut session = Session::start(bot, SETUP, MENU.as_ref(), |_| Ok(())).await?;
        let mut crowd = crowd(&session);
        // One chat after another takes long.
        let orders = options.orders.min(number * 400);
        let mut cost = cost(&session, &mut crowd, orders, number).await?;
        let median = cost.tally.median_to_draft_ms();
        curve.point(number, cost.per_order_ms(), median);
        session.process.stop().await?;
    }
    Ok(curve)
}

/// `customers.json` as the contract has it, with ids that nobody of the crowd has.
fn write_customers(data: &Path, number: usize) -> anyhow::Result<()> {
    let mut text = String::from("{\"version\":1,\"customers\":{");
    for n in 0..number {
        let customer = json!({
            "name": format!("Customer {n:09}"),
            "phone": format!("+1555{n:07}"),
            "address": format!("{n} Long Street, second floor, door on the left"),
        });
        let comma = if n == 0 { "" } else { "," };
        write!(text, "{comma}\n\"{}\":{customer}", 1_000_000_000 + n)?;
    }
    text.push_str("\n}}\n");
    std::fs::write(data.join("customers.json"), text)?;
    Ok(())
}

/// The sample menu, cut down to what the crowd orders or filled up with items whose names share words.
fn menu_of(number: usize) -> anyhow::Result<String> {
    const ORDERED: [&str; 3] = ["margherita", "cheeseburger", "cola"];
    let mut menu: Value = serde_json::from_str(&std::fs::read_to_string(MENU)?)?;
    let mut items = menu["items"].as_array().cloned().unwrap_or_default();
    items.sort_by_key(|item| !ORDERED.iter().any(|id| item["id"] == *id));
    items.truncate(number);
    let syllables = [
        "ka", "lo", "mi", "ter", "ran", "sol", "vi", "pe", "dun", "gar",
    ];
    let kinds = [
        "curry", "noodles", "soup", "bowl", "roll", "salad", "toast", "juice",
    ];
    for n in items.len()..number {
        let places = [n / 100 % 10, n / 10 % 10, n % 10, n * 7 % 10];
        let word: String = places
            .iter()
            .filter_map(|at| syllables.get(*at).copied())
            .collect();
        let kind = kinds.get(n % kinds.len()).copied().unwrap_or_default();
        let name = format!("{word} {kind} {}", n / 1000);
        items.push(json!({"id": format!("item-{n}"), "name": name, "price": "5.00"}));
    }
    menu["items"] = items.into();
    Ok(menu.to_string())
}

fn table(curves: &[Curve]) -> String {
    let mut out = String::new();
    for curve in curves {
        let _ = writeln!(
            out,
            "{:>20}  CPU per order, ms  {}",
            curve.over, curve.extra
        );
        for point in &curve.points {
            let _ = writeln!(
                out,
                "{:>20}  {:>17.3}  {:.2}",
                point.at, point.cost, point.extra
            );
        }
    }
    out
}
