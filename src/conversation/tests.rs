#![allow(clippy::unwrap_used)]

mod random;

use std::collections::{HashMap, HashSet};

use super::*;
use crate::language::Texts;
use crate::order::{OrderId, OrderLine, Status};
use crate::parsed::{Change, Fulfilment, Op, Operation, OptionChange};
use crate::text::{self, Keyboard, Message};

const EN: Texts = Texts::of(Language::En);

/// One customer, and everything that the engine would do with what the conversation decides.
struct Chat {
    menu: Menu,
    rules: Rules,
    state: State,
    orders: Vec<Order>,
    shop: crate::shop::Moment,
    now: Timestamp,
    drafts: u32,
    /// `callback_data` of every button ever shown.
    buttons: Vec<String>,
    /// The total that each revision of each draft has shown.
    totals: HashMap<(String, u32), Money>,
    placed: HashSet<String>,
    /// The customer's latest message, or the one that is corrected.
    message: Option<i32>,
}

/// A shop without hours.
fn always() -> crate::shop::Moment {
    let rules = crate::shop::ShopRules::default();
    let special = crate::menu::SpecialDays::default();
    let schedule = crate::shop::Schedule::new(None, &special, &rules);
    crate::shop::Moment::of(Arc::new(schedule))
}

impl Chat {
    fn new(menu: Menu, requires: Requires) -> Self {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        Self {
            menu,
            rules: Rules {
                requires,
                max_quantity: 20,
                max_total: Money::from_minor(50_000),
                draft_ttl: SignedDuration::from_mins(30),
                operators: false,
                first_max_total: None,
                ai: AiRule::Off,
                pay: None,
                shop: crate::shop::ShopRules::default(),
            },
            state: State {
                conversation: Conversation::default(),
                customer: Customer::new(now),
            },
            orders: Vec::new(),
            shop: always(),
            now,
            drafts: 0,
            buttons: Vec::new(),
            totals: HashMap::new(),
            placed: HashSet::new(),
            message: None,
        }
    }

    fn sample(requires: Requires) -> Self {
        let menu = Menu::parse(include_str!("../../menu.json")).unwrap();
        Self::new(menu, requires)
    }

    fn feed(&mut self, input: Input) -> Vec<Effect> {
        self.drafts += 1;
        let fresh_id = format!("{:08x}", self.drafts);
        let is_tap = matches!(input, Input::Tap(_) | Input::UnknownTap);
        let context = Context {
            menu: &self.menu,
            rules: &self.rules,
            now: self.now,
            shop: &self.shop,
            fresh_id: &fresh_id,
            orders: &self.orders,
            message: self.message,
        };
        let (state, effects) = step(self.state.clone(), input, &context);
        self.state = state;
        if is_tap {
            let answers = effects
                .iter()
                .filter(|e| matches!(e, Effect::Notice(_)))
                .count();
            assert!(answers >= 1, "a tap without an answer: {effects:?}");
        }
        for effect in &effects {
            self.carry_out(effect);
        }
        effects
    }

    fn carry_out(&mut self, effect: &Effect) {
        match effect {
            Effect::ShowDraft { draft, .. } => {
                let Some(open) = self.state.conversation.draft.clone() else {
                    return;
                };
                assert_eq!(open.id, *draft);
                assert!(!open.cart.is_empty(), "an order of nothing is not shown");
                let total = open.offer(&self.menu, &self.rules).total;
                let key = (open.id.clone(), open.revision);
                let shown = *self.totals.entry(key).or_insert(total);
                assert_eq!(shown, total, "one revision, two prices");
                let message = text::draft(
                    EN,
                    &open,
                    &self.state.customer,
                    &self.menu,
                    &self.rules,
                    &self.shop.clock(self.now),
                );
                let reference = open.shown();
                let currency = self.menu.currency();
                assert!(
                    message
                        .html
                        .contains(&format!("Total: {}", currency.show(total)))
                );
                for verb in ["confirm", "cancel", "edit"] {
                    let data = format!("order:{verb}:{reference}");
                    assert!(buttons(&message).any(|b| b.data == data), "no {data}");
                }
                self.keep(&message);
            }
            Effect::CloseDraft { closing, .. } => {
                self.keep(&text::closed(
                    EN,
                    closing,
                    self.orders.last(),
                    &self.shop.clock(self.now),
                ));
            }
            Effect::Say(reply) => self.keep(&text::reply(EN, reply, &self.menu)),
            Effect::OpenMenu => self.keep(&text::menu_page(EN, &MenuView::Home, &self.menu)),
            Effect::ShowMenu(view) => self.keep(&text::menu_page(EN, view, &self.menu)),
            Effect::Notice(notice) => {
                assert!(text::notice(EN, notice).chars().count() <= 200);
            }
            Effect::Place(new) => self.place(new),
            // As the engine does: not while the shop is at work on an order of theirs.
            Effect::AskShop | Effect::Forget => {
                if self.orders.iter().all(|order| order.status.is_final()) {
                    self.orders.clear();
                    self.state = State {
                        conversation: Conversation::default(),
                        customer: Customer::new(self.now),
                    };
                }
            }
            Effect::Invoice(number) => {
                let waits = |order: &&Order| order.status == Status::AwaitingPayment;
                let mut waiting = self.orders.iter().filter(waits);
                assert!(waiting.any(|order| order.number == *number));
            }
            Effect::Cancel(number) => {
                let order = self
                    .orders
                    .iter_mut()
                    .find(|o| o.number == *number)
                    .unwrap();
                order.cancel(self.now).unwrap();
            }
        }
    }

    /// An earlier message now says something else.
    fn corrects(&mut self, message: i32, order: ParsedOrder) -> Vec<Effect> {
        let latest = self.message.replace(message);
        let reading = Reading {
            order: Arc::new(order),
            source: Source::Gpt,
            nearest: Vec::new(),
        };
        let effects = self.feed(Input::Edited(Some(Box::new(reading))));
        self.message = latest;
        effects
    }

    /// What Telegram would say of the message.
    fn keep(&mut self, message: &Message) {
        let units = message.html.encode_utf16().count();
        assert!((1..=4096).contains(&units), "{units} units");
        let count = buttons(message).count();
        assert!(count <= 100, "{count} buttons");
        for button in buttons(message) {
            assert!((1..=64).contains(&button.data.len()), "{}", button.data);
            assert!(!button.label.is_empty());
            if !button.data.starts_with("op:") {
                let tap = Tap::parse(&button.data);
                assert_eq!(tap.map(|t| t.data()).as_ref(), Some(&button.data));
                self.buttons.push(button.data.clone());
            }
        }
    }

    fn place(&mut self, new: &NewOrder) {
        assert!(
            self.placed.insert(new.draft.clone()),
            "a draft made two orders"
        );
        assert!(!new.cart.is_empty() && !new.offer.priced.lines.is_empty());
        assert_eq!(new.cart.missing_choices(&self.menu).count(), 0);
        let (customer, requires) = (&self.state.customer, self.rules.requires);
        assert!(!requires.phone || customer.phone.is_some());
        let delivered = new.offer.fulfilment == Fulfilment::Delivery;
        assert!(!requires.address || !delivered || customer.address.is_some());
        let shown = self
            .totals
            .iter()
            .filter(|((draft, _), _)| *draft == new.draft);
        let last = shown.max_by_key(|((_, revision), _)| *revision).unwrap();
        assert_eq!(
            *last.1, new.offer.total,
            "placed for another price than shown"
        );
        let number = self.orders.len() as u64 + 1;
        let order = order_of(number, new, customer, &self.menu, self.now);
        self.keep(&text::card(EN, &order, &self.shop.clock(self.now)));
        self.state.customer.remember(Placed {
            number,
            draft: new.draft.clone(),
            messages: new.messages.clone(),
        });
        self.orders.push(order);
        if self.orders.len() > ORDERS_REMEMBERED {
            self.orders.remove(0);
        }
    }

    fn says(&mut self, order: ParsedOrder) -> Vec<Effect> {
        self.message = Some(self.message.map_or(1, |message| message + 1));
        self.feed(Input::Words {
            order: Arc::new(order),
            source: Source::Gpt,
            nearest: Vec::new(),
        })
    }

    fn taps(&mut self, data: &str) -> Vec<Effect> {
        self.feed(Tap::parse(data).map_or(Input::UnknownTap, Input::Tap))
    }

    fn confirm_button(&self) -> String {
        let draft = self.state.conversation.draft.as_ref().unwrap();
        Tap::Confirm(draft.shown()).data()
    }
}

fn order_of(
    number: u64,
    new: &NewOrder,
    customer: &Customer,
    menu: &Menu,
    now: Timestamp,
) -> Order {
    let delivered = new.offer.fulfilment == Fulfilment::Delivery;
    Order {
        number,
        id: OrderId::new("K7F", number),
        customer: 7,
        draft: new.draft.clone(),
        status: match (new.approval, new.pay_now) {
            (true, _) => Status::Pending,
            (false, true) => Status::AwaitingPayment,
            (false, false) => Status::Placed,
        },
        placed_at: now,
        updated_at: now,
        delay_minutes: None,
        due_at: None,
        before: None,
        reason: None,
        notice: None,
        lines: OrderLine::of(&new.offer.priced),
        cart: new.cart.clone(),
        fulfilment: new.offer.fulfilment,
        name: customer.name.clone(),
        phone: customer.phone.clone(),
        address: customer.address.clone().filter(|_| delivered),
        wanted_for: new.wanted_for,
        time: new.time.clone(),
        allergies: new.allergies.clone(),
        note: new.note.clone(),
        subtotal: new.offer.priced.subtotal,
        fee: new.offer.fee,
        total: new.offer.total,
        currency: menu.currency().code().to_owned(),
        payment: crate::order::Payment::default(),
        source: new.source,
        large: new.large,
        approval: new.approval,
        version: 1,
        card: None,
    }
}

fn buttons(message: &Message) -> impl Iterator<Item = &text::Button> {
    match &message.keyboard {
        Keyboard::Buttons(rows) => rows.as_slice(),
        _ => &[],
    }
    .iter()
    .flatten()
}

fn operation(op: Op, item: Option<&str>, quantity: Option<u32>) -> Operation {
    Operation {
        op,
        item: item.map(Into::into),
        line: None,
        quantity,
        options: Vec::new(),
        note: None,
    }
}

fn orders(operations: Vec<Operation>) -> ParsedOrder {
    ParsedOrder {
        operations,
        ..ParsedOrder::empty(Intent::Order)
    }
}

fn colas(n: u32) -> ParsedOrder {
    orders(vec![operation(Op::Add, Some("cola"), Some(n))])
}

fn notice_of(effect: &Effect) -> Option<&Notice> {
    match effect {
        Effect::Notice(notice) => Some(notice),
        _ => None,
    }
}

fn notices(effects: &[Effect]) -> Vec<&Notice> {
    effects.iter().filter_map(notice_of).collect()
}

fn places(effects: &[Effect]) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Place(_)))
}

/// A menu with the longest ids that a menu may hold, more items than buttons fit, and a choice that must be made.
fn vast_menu() -> Menu {
    let id = |prefix: &str, n: usize| format!("{prefix}{n:0>width$}", width = 32 - prefix.len());
    let name = |n: usize| {
        format!(
            "{n} <Très> \"long\" & 𝒻ancy 🍕 name {}",
            "of a dish ".repeat(5)
        )
    };
    let options = |prefix: &str, count: usize| -> Vec<_> {
        let option = |n| serde_json::json!({"id": id(prefix, n), "name": name(n), "price": "0.50"});
        (0..count).map(option).collect()
    };
    let items: Vec<_> = (0..130)
        .map(|n| {
            serde_json::json!({"id": id("item-", n), "name": name(n), "price": "12.34",
                "category": id("cat-", n % 110), "options": [id("must-", 0), id("may-", 0)]})
        })
        .collect();
    let categories: Vec<_> = (0..110)
        .map(|n| serde_json::json!({"id": id("cat-", n), "name": name(n)}))
        .collect();
    let menu = serde_json::json!({
        "currency": "EUR", "shop": name(1), "delivery": {"fee": "2.00", "minimum": "20.00"},
        "categories": categories, "items": items,
        "option_groups": [
            {"id": id("must-", 0), "name": name(2), "min": 1, "max": 1, "options": options("m-", 120)},
            {"id": id("may-", 0), "name": name(3), "options": options("o-", 120)},
        ],
    });
    Menu::parse(&menu.to_string()).unwrap()
}

#[test]
fn a_tap_places_once_what_it_showed() {
    let mut chat = Chat::sample(Requires::default());
    chat.says(colas(2));
    let old = chat.confirm_button();
    chat.says(colas(1));
    let new = chat.confirm_button();
    let effects = chat.taps(&old);
    assert_eq!(notices(&effects), [&Notice::Changed]);
    assert!(!places(&effects));
    assert!(places(&chat.taps(&new)));
    for data in [&new, &old] {
        assert_eq!(notices(&chat.taps(data)), [&Notice::AlreadyPlaced]);
    }
    assert_eq!(chat.orders[0].total, Money::from_minor(750));
}

#[test]
fn a_location_that_adds_a_fee_makes_older_buttons_old() {
    let mut chat = Chat::sample(Requires::default());
    chat.says(orders(vec![operation(
        Op::Add,
        Some("margherita"),
        Some(3),
    )]));
    let old = chat.confirm_button();
    chat.feed(Input::Detail(Detail::Address("here".into())));
    assert_eq!(notices(&chat.taps(&old)), [&Notice::Changed]);
    let new = chat.confirm_button();
    assert!(places(&chat.taps(&new)));
    assert_eq!(chat.orders[0].total, Money::from_minor(3300));
}

#[test]
fn another_price_is_shown_before_it_is_placed() {
    for by_words in [false, true] {
        let mut chat = Chat::sample(Requires::default());
        chat.says(colas(2));
        let old = chat.confirm_button();
        let dearer = include_str!("../../menu.json").replace("\"2.50\"", "\"2.60\"");
        chat.menu = Menu::parse(&dearer).unwrap();
        let effects = if by_words {
            chat.says(ParsedOrder::empty(Intent::Confirm))
        } else {
            chat.taps(&old)
        };
        assert!(!places(&effects), "{effects:?}");
        let new = chat.confirm_button();
        assert_ne!(new, old);
        assert!(places(&chat.taps(&new)));
        assert_eq!(chat.orders[0].total, Money::from_minor(520));
    }
}

#[test]
fn a_number_before_the_first_item_shows_and_places_no_order() {
    let mut chat = Chat::sample(Requires::default());
    let allergic = ParsedOrder {
        allergies: vec!["nuts".into()],
        ..ParsedOrder::empty(Intent::Order)
    };
    assert_eq!(chat.says(allergic), [Effect::Say(Reply::Saved)]);
    let number = Input::Detail(Detail::Phone("5550100".into()));
    assert_eq!(chat.feed(number), [Effect::Say(Reply::Saved)]);
    let effects = chat.says(ParsedOrder::empty(Intent::Confirm));
    assert_eq!(effects, [Effect::Say(Reply::NothingToConfirm)]);
    chat.says(colas(1));
    let confirm = chat.confirm_button();
    assert!(places(&chat.taps(&confirm)));
    assert_eq!(chat.orders[0].allergies.len(), 1);
}

#[test]
fn a_draft_whose_time_is_up_is_gone_before_its_timer_fires() {
    let mut chat = Chat::sample(Requires::default());
    chat.says(colas(2));
    let confirm = chat.confirm_button();
    chat.now = chat.now.checked_add(SignedDuration::from_mins(30)).unwrap();
    let effects = chat.taps(&confirm);
    assert!(effects.contains(&Effect::Say(Reply::DraftExpired)));
    assert_eq!(notices(&effects), [&Notice::Outdated]);
    assert!(chat.feed(Input::Expired).is_empty(), "it is told once");
}

#[test]
fn questions_come_in_order_and_each_once() {
    let all = Requires {
        name: true,
        phone: true,
        address: true,
    };
    let mut chat = Chat::sample(all);
    let effects = chat.says(orders(vec![operation(
        Op::Add,
        Some("margherita"),
        Some(2),
    )]));
    assert!(effects.contains(&Effect::Say(Reply::AskName)));
    assert_eq!(
        chat.says(colas(1)).len(),
        1,
        "asked already: the draft alone"
    );
    let effects = chat.feed(Input::Detail(Detail::Name("Ann".into())));
    assert!(effects.contains(&Effect::Say(Reply::AskPhone)));
    let confirm = chat.confirm_button();
    let effects = chat.taps(&confirm);
    assert!(matches!(
        notices(&effects)[..],
        [Notice::Missing {
            name: false,
            phone: true,
            address: true
        }]
    ));
    assert!(
        effects.contains(&Effect::Say(Reply::AskPhone)),
        "whoever confirms is asked again"
    );
    let effects = chat.feed(Input::Detail(Detail::Phone("5550100".into())));
    assert!(effects.contains(&Effect::Say(Reply::AskAddress)));
    let effects = chat.feed(Input::Detail(Detail::Address("5 Lane".into())));
    assert!(effects.contains(&Effect::Say(Reply::Complete)));
    let effects = chat.says(ParsedOrder::empty(Intent::Confirm));
    assert!(places(&effects));
    assert!(
        chat.says(colas(1))
            .iter()
            .all(|e| matches!(e, Effect::ShowDraft { .. }))
    );
}

#[test]
fn words_are_routed_by_what_the_bot_waits_for() {
    let menu = Menu::parse(include_str!("../../menu.json")).unwrap();
    let parser = crate::understand::LocalParser::new(&menu);
    let read = |asked: Option<Asked>, text: &str| {
        let conversation = Conversation {
            asked,
            ..Conversation::default()
        };
        route(&conversation, text, &parser.parse(text).order)
    };
    let (phone, address) = (Some(Asked::Phone), Some(Asked::Address));
    let place = |text: &str| Route::Detail(Detail::Address(text.into()));
    for (asked, text, expected) in [
        (None, "/menu", Route::Command(Command::Menu)),
        (None, "Cancel K7F-12", Route::TakeBack("K7F-12".to_owned())),
        (
            None,
            "take k7f-12 back!",
            Route::TakeBack("k7f-12".to_owned()),
        ),
        (
            None,
            "take k7f-12 back",
            Route::TakeBack("k7f-12".to_owned()),
        ),
        (None, "/cancel K7F-12", Route::TakeBack("K7F-12".to_owned())),
        (None, "cancel", Route::Command(Command::Cancel)),
        (None, "cancel the cola", Route::Parse),
        (None, "cancel 1-2-3", Route::Parse),
        (None, "yes", Route::Embedded),
        (None, "edit", Route::Command(Command::Edit)),
        (
            None,
            "+1 555 010 0199",
            Route::Detail(Detail::Phone("+15550100199".into())),
        ),
        (phone, "12 34", Route::Detail(Detail::BadPhone)),
        (phone, "two colas", Route::Parse),
        (address, "5 Canary Lane", place("5 Canary Lane")),
        (address, "two colas", Route::Parse),
        (address, "🙂", Route::Parse),
        (address, "...", Route::Parse),
        (
            Some(Asked::Name),
            "Zoë",
            Route::Detail(Detail::Name("Zoë".into())),
        ),
        (Some(Asked::Name), "-", Route::Parse),
    ] {
        assert_eq!(read(asked, text), expected, "{text:?} while {asked:?}");
    }
}

#[test]
fn fifty_lines_of_the_longest_menu_fit_in_one_message() {
    let mut chat = Chat::new(vast_menu(), Requires::default());
    let items: Vec<_> = chat.menu.items().iter().map(|i| i.id.clone()).collect();
    let choice = chat.menu.groups()[0].options[0].id.clone();
    let wishes: Vec<_> = (0..30)
        .map(|n| format!("{n}{}", "🙂\n".repeat(200)).into())
        .collect();
    for item in items.iter().take(50) {
        let mut add = operation(Op::Add, Some(item.as_str()), Some(999));
        add.note = Some("🍕&<\u{202e}".repeat(100).into());
        add.options = vec![OptionChange {
            option: choice.as_str().to_owned(),
            change: Change::With,
            count: None,
        }];
        let order = ParsedOrder {
            allergies: wishes.clone(),
            note: Some("🍷".repeat(500).into()),
            unmatched: wishes.clone(),
            ..orders(vec![add])
        };
        chat.says(order);
    }
    let draft = chat.state.conversation.draft.clone().unwrap();
    assert_eq!(draft.cart.lines().len(), 50);
    for view in [
        View::Summary,
        View::Edit,
        View::Line(49),
        View::Line(u32::MAX),
    ] {
        chat.state.conversation.draft.as_mut().unwrap().view = view;
        chat.feed(Input::Detail(Detail::Address("🏠".repeat(4096).into())));
    }
    let confirm = chat.confirm_button();
    assert!(places(&chat.taps(&confirm)));
    chat.feed(Input::Command(Command::Orders));
}

#[test]
fn every_button_parses_back_and_fits_for_the_longest_ids() {
    let id = "x".repeat(32);
    let draft = "ffffffff".to_owned();
    let shown = DraftRef {
        draft: draft.clone(),
        revision: u32::MAX,
    };
    let line = u32::MAX;
    for tap in [
        Tap::Confirm(shown.clone()),
        Tap::Cancel(shown.clone()),
        Tap::Edit(shown),
        Tap::Back(draft.clone()),
        Tap::Fulfilment(draft.clone(), Fulfilment::Delivery),
        Tap::Fulfilment(draft.clone(), Fulfilment::DineIn),
        Tap::Units {
            draft: draft.clone(),
            line,
            by: 1,
        },
        Tap::Units {
            draft: draft.clone(),
            line,
            by: -1,
        },
        Tap::Line(draft.clone(), line),
        Tap::Option {
            draft,
            line,
            option: (&*id).into(),
        },
        Tap::OpenMenu,
        Tap::Menu(MenuView::Home),
        Tap::Menu(MenuView::Category(None)),
        Tap::Menu(MenuView::Category(Some((&*id).into()))),
        Tap::Add((&*id).into()),
        Tap::CancelOrder("K7F-18446744073709551615".to_owned()),
    ] {
        let data = tap.data();
        assert!(data.len() <= 64, "{data}");
        assert_eq!(Tap::parse(&data), Some(tap));
    }
}
