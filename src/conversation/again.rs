//! Ordering again what was ordered before, at today's prices.

use std::sync::LazyLock;

use super::history::Act;
use super::{Notice, Reply, Turn, View};
use crate::cart::Refusal;
use crate::language::Phrases;
use crate::order::{Order, Source, Status};

/// What is to be ordered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// The latest order.
    Last,
    /// What the customer has ordered most often of late.
    Usual,
    /// One order, by its id.
    Order(String),
}

/// What means an earlier order, wherever it is written.
const WORDS: [(&str, Known); 3] = [
    ("customer-say-last", Known::Last),
    ("customer-say-usual", Known::Usual),
    ("customer-say-again", Known::Again),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Last,
    Usual,
    Again,
}

/// What a text asks for again, if that is all it says; with an order open, "same again" may mean one of its lines.
#[must_use]
pub(super) fn of_words(text: &str, open: bool) -> Option<Again> {
    static PHRASES: LazyLock<Phrases<Known>> = LazyLock::new(|| Phrases::of(&WORDS));
    match PHRASES.find(text) {
        Some(Known::Last) => return Some(Again::Last),
        Some(Known::Usual) => return Some(Again::Usual),
        Some(Known::Again) => return (!open).then_some(Again::Last),
        None => {}
    }
    let mut words = text.split_whitespace();
    let (first, id) = (words.next()?.to_lowercase(), words.next()?);
    let asks =
        matches!(first.as_str(), "/reorder" | "reorder" | "repeat") && words.next().is_none();
    (asks && super::details::has_form_of_id(id)).then(|| Again::Order(id.to_owned()))
}

impl Turn<'_> {
    /// Puts an earlier order's lines into the cart, and names what is not to be had any more.
    pub(super) fn again(&mut self, which: &Again, by_tap: bool) {
        let orders = self.context.orders;
        let found = match which {
            Again::Last => orders.last(),
            Again::Usual => usual(orders),
            Again::Order(id) => orders
                .iter()
                .find(|order| order.id.as_str().eq_ignore_ascii_case(id)),
        };
        let Some(order) = found else {
            return if by_tap {
                self.notice(Notice::NoSuchOrder);
            } else {
                self.say(Reply::NothingToRepeat);
            };
        };
        let menu = self.context.menu;
        let message = self.context.message;
        let act = Act::Again {
            cart: order.cart.clone(),
            fulfilment: order.fulfilment,
            allergies: order.allergies.clone(),
        };
        let had = self.state.conversation.draft.clone();
        let draft = self.draft(Source::Buttons);
        let units = draft.cart.units();
        let gone = draft.act(message, act, menu).gone;
        let added = draft.cart.units() > units;
        // An item that the menu no longer knows has its name in the old order only.
        let names: Vec<_> = gone.iter().map(|name| named(order, name)).collect();
        if !added {
            self.state.conversation.draft = had;
            let refusals = names.into_iter().map(|name| Refusal::SoldOut {
                name,
                instead: None,
            });
            self.say(Reply::NothingAdded {
                phrases: Vec::new(),
                refusals: refusals.collect(),
                nearest: Vec::new(),
            });
            if by_tap {
                self.notice(Notice::Done);
            }
            return;
        }
        draft.forget_words();
        draft.gone = names;
        draft.view = View::Summary;
        self.show_changed();
        if by_tap {
            self.notice(Notice::Done);
        }
        self.ask_missing();
    }
}

fn named(order: &Order, gone: &str) -> String {
    let lines = order.cart.lines().iter().zip(&order.lines);
    let unknown = lines
        .into_iter()
        .find(|(line, _)| line.item.as_str() == gone);
    unknown.map_or_else(|| gone.to_owned(), |(_, line)| line.name.clone())
}

/// The latest of those orders whose content came most often. What came to nothing does not count, unless all did.
fn usual(orders: &[Order]) -> Option<&Order> {
    let counts = |order: &&Order| {
        !matches!(
            order.status,
            Status::Rejected | Status::Cancelled | Status::Expired
        )
    };
    let good: Vec<&Order> = orders.iter().filter(counts).collect();
    let times = |order: &Order| {
        let same = |other: &&&Order| content(other) == content(order);
        good.iter().filter(same).count()
    };
    // The last of the largest.
    let most = good.iter().max_by_key(|order| times(order)).copied();
    most.or_else(|| orders.last())
}

fn content(order: &Order) -> Vec<(&str, u32, &[crate::cart::Chosen])> {
    let mut lines: Vec<_> = order
        .cart
        .lines()
        .iter()
        .map(|line| (line.item.as_str(), line.quantity, line.options.as_slice()))
        .collect();
    lines.sort();
    lines
}
