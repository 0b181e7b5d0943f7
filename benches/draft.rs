//! What a step of a conversation costs: pricing a cart, changing a draft, showing it.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a benchmark that cannot set up should stop"
)]

use order_bot::conversation::AiRule;
use std::sync::Arc;

use divan::Bencher;
use jiff::{SignedDuration, Timestamp};
use order_bot::{
    cart::Cart,
    conversation::{Context, Customer, Draft, Input, Requires, Rules, State, step},
    language::{Language, Texts},
    menu::{Menu, SpecialDays},
    money::Money,
    order::Source,
    parsed::{Intent, Op, Operation, ParsedOrder},
    shop::{Moment, Schedule, ShopRules},
    text,
    understand::LocalParser,
};

const LINES: [usize; 2] = [3, 20];

fn menu() -> Menu {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/menu.json");
    Menu::parse(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn rules() -> Rules {
    Rules {
        requires: Requires {
            name: false,
            phone: true,
            address: true,
        },
        max_quantity: 100,
        max_total: Money::from_minor(100_000),
        draft_ttl: SignedDuration::from_mins(30),
        operators: false,
        first_max_total: None,
        ai: AiRule::Off,
        pay: None,
        shop: ShopRules::default(),
    }
}

/// A customer who is known, and an order of so many items in a row of the menu.
fn state(menu: &Menu, lines: usize) -> State {
    let now = Timestamp::UNIX_EPOCH;
    let mut customer = Customer::new(now);
    customer.phone = Some("+15550100199".into());
    customer.address = Some("12 Long Street, second floor".into());
    let state = State {
        conversation: order_bot::conversation::Conversation::default(),
        customer,
    };
    let mut order = ParsedOrder::empty(Intent::Order);
    order.operations = menu
        .items()
        .iter()
        .cycle()
        .take(lines)
        .map(|item| Operation {
            op: Op::Add,
            item: Some(item.id.as_str().to_owned()),
            line: None,
            quantity: Some(2),
            options: Vec::new(),
            note: None,
        })
        .collect();
    take(menu, state, Arc::new(order))
}

fn take(menu: &Menu, state: State, order: Arc<ParsedOrder>) -> State {
    let rules = rules();
    let context = Context {
        menu,
        rules: &rules,
        now: Timestamp::UNIX_EPOCH,
        shop: &shop(),
        fresh_id: "1a2b3c4d",
        orders: &[],
        message: Some(1),
    };
    let words = Input::Words {
        order,
        source: Source::Local,
        nearest: Vec::new(),
    };
    step(state, words, &context).0
}

fn shop() -> Moment {
    let rules = ShopRules::default();
    Moment::of(Arc::new(Schedule::new(
        None,
        &SpecialDays::default(),
        &rules,
    )))
}

fn draft(state: &State) -> &Draft {
    state.conversation.draft.as_ref().unwrap()
}

/// The draft's message with its buttons.
#[divan::bench(args = LINES)]
fn show_a_draft(bencher: Bencher<'_, '_>, lines: usize) {
    let (menu, rules) = (menu(), rules());
    let state = state(&menu, lines);
    let t = Texts::of(Language::En);
    let clock = shop().clock(Timestamp::UNIX_EPOCH);
    bencher.bench_local(|| text::draft(t, draft(&state), &state.customer, &menu, &rules, &clock));
}

/// A change of one line, already understood.
#[divan::bench(args = LINES)]
fn one_step(bencher: Bencher<'_, '_>, lines: usize) {
    let menu = menu();
    let state = state(&menu, lines);
    let item = menu.items().first().unwrap();
    let words = format!("make it three {}s", item.name);
    let order = Arc::new(LocalParser::new(&menu).parse(&words).order);
    bencher
        .with_inputs(|| state.clone())
        .bench_local_values(|state| take(&menu, state, Arc::clone(&order)));
}

/// The cart with the menu's prices.
#[divan::bench(args = LINES)]
fn price_a_cart(bencher: Bencher<'_, '_>, lines: usize) {
    let menu = menu();
    let state = state(&menu, lines);
    let cart: &Cart = &draft(&state).cart;
    bencher.bench_local(|| cart.priced(&menu));
}

fn main() {
    divan::main();
}
