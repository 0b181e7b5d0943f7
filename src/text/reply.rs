//! Messages of their own and short answers to taps.

use super::staff::long_words;
use super::{Button, Keyboard, Message, customer, draft, join_lines, shop};
use crate::cart::Refusal;
use crate::conversation::{COMMANDS, Notice, OrderSummary, Reply, Tap};
use crate::language::{Arg, Language, Texts, args};
use crate::menu::{ItemId, Menu};
use crate::order::{OrderId, Reason, Status};
use crate::parsed::Fulfilment;
use crate::privacy::PersonalText;

/// A reply as it is shown.
#[must_use]
pub fn reply(t: Texts, reply: &Reply, menu: &Menu) -> Message {
    let html = match reply {
        Reply::Welcome => return welcome(t, menu),
        Reply::Orders { orders } => return orders_list(t, orders),
        Reply::AskPhone => return ask_phone(t),
        Reply::AskAddress => return ask_address(t),
        Reply::AskDeletion => return ask_deletion(t),
        Reply::AskLanguage => return ask_language(t),
        Reply::Help => help(t),
        Reply::CartEmpty => t.say("reply-cart-empty"),
        Reply::NotUnderstood { phrases, nearest } => nothing_added(t, phrases, &[], nearest, menu),
        Reply::NothingAdded {
            phrases,
            refusals,
            nearest,
        } => {
            let buttons = shop::instead_buttons(refusals);
            return Message {
                html: nothing_added(t, phrases, refusals, nearest, menu),
                keyboard: if buttons.is_empty() {
                    Keyboard::None
                } else {
                    Keyboard::Buttons(buttons)
                },
            };
        }
        Reply::AllGone { names, instead } => shop::all_gone(t, names, instead, menu),
        Reply::Question => t.html("reply-question", &args!["shop" => menu.shop()]),
        Reply::Chatter => t.html("reply-chatter", &args!["example" => example(t, menu)]),
        Reply::AskName => t.say("reply-ask-name"),
        Reply::BadPhone => t.say("reply-bad-phone"),
        Reply::ForeignContact => t.say("reply-foreign-contact"),
        Reply::Saved => return removing(t.say("reply-saved")),
        Reply::Complete => return removing(t.say("reply-complete")),
        Reply::NothingToConfirm => t.say("reply-nothing-to-confirm"),
        Reply::NothingToCancel => t.say("reply-nothing-to-cancel"),
        Reply::DraftCancelled => return removing(t.say("reply-given-up")),
        Reply::DraftExpired => return removing(t.say("reply-expired")),
        Reply::OrderPlaced { id, pending: true } => {
            t.html("staff-order-pending", &args!["order" => id.as_str()])
        }
        Reply::OrderPlaced { id, .. } => t.html("reply-placed", &args!["order" => id.as_str()]),
        Reply::CannotPlace { why } => t.html("reply-cannot-place", &args!["why" => notice(t, why)]),
        Reply::OrderMoved {
            id,
            status,
            minutes,
            more,
            clock,
            fulfilment,
        } => {
            let time = (*minutes, *more, clock.as_deref());
            moved(t, id, *status, time, *fulfilment)
        }
        Reply::StepUndone { id, status } => t.html(
            "staff-step-undone",
            &args!["order" => id.as_str(), "status" => status_word(t, *status)],
        ),
        Reply::Rejected { id, reason } => rejected(t, id, reason),
        Reply::StillWaiting { id, minutes } => return still_waiting(t, id, *minutes),
        Reply::QuestionPassedOn => t.say("staff-question-passed-on"),
        Reply::ShopSays { text } => {
            format!(
                "{}\n{}",
                t.say("staff-shop-says"),
                long_words(text.as_str())
            )
        }
        Reply::OrderCancelled { id } => t.html("reply-taken-back", &args!["order" => id.as_str()]),
        // Rendered from what is kept, by whoever has it.
        Reply::MyData => "/mydata".to_owned(),
        Reply::Details => "/details".to_owned(),
        Reply::Privacy => "/privacy".to_owned(),
        Reply::EditedPlaced { id, status } => {
            customer::edited_placed(t, id, *status, status_word(t, *status))
        }
        Reply::NothingToRepeat => t.say("reply-no-orders"),
        Reply::DetailForgotten { detail } => customer::forgotten(t, *detail),
        Reply::Ai { on } => customer::chosen(t, *on),
        Reply::Heard { text } => {
            let text = Arg::Words(text.as_str());
            t.html("customer-heard", &args!["text" => text])
        }
        Reply::Unheard { why } => customer::unheard(t, *why),
        Reply::Paid { id, amount } => t.html(
            "payment-received",
            &args!["order" => id.as_str(), "amount" => amount],
        ),
        Reply::PaymentExpired { id } => t.html("payment-expired", &args!["order" => id.as_str()]),
        Reply::PaymentImpossible { id } => {
            t.html("payment-impossible", &args!["order" => id.as_str()])
        }
        Reply::RefundDue { id, amount } => t.html(
            "payment-refund",
            &args!["order" => id.as_str(), "amount" => amount],
        ),
        Reply::NothingToPay => t.say("payment-nothing"),
        Reply::NoPayments => t.say("payment-none"),
        Reply::DataKept => t.say("privacy-kept"),
        Reply::Forgotten => return removing(t.say("privacy-forgotten")),
        Reply::OrdersUnderWay { ids } => {
            let orders: Vec<_> = ids.iter().map(|id| id.as_str().to_owned()).collect();
            let orders = Arg::Html(t.list(&orders));
            t.html(
                "privacy-under-way",
                &args!["count" => ids.len(), "orders" => orders],
            )
        }
        Reply::LanguageSet => t.say("language-set"),
        Reply::NoText => t.say("reply-no-text"),
        Reply::Edited => t.say("reply-edited"),
        Reply::SlowDown => t.say("reply-slow-down"),
        Reply::Failed => t.say("reply-failed"),
    };
    Message::plain(html)
}

fn removing(html: String) -> Message {
    Message {
        html,
        keyboard: Keyboard::Remove,
    }
}

fn welcome(t: Texts, menu: &Menu) -> Message {
    Message {
        html: t.html(
            "reply-welcome",
            &args!["shop" => menu.shop(), "example" => example(t, menu)],
        ),
        keyboard: Keyboard::Buttons(vec![vec![Button::new(
            t.say("button-menu"),
            Tap::OpenMenu.data(),
        )]]),
    }
}

/// An order that this menu can really take.
fn example(t: Texts, menu: &Menu) -> String {
    let mut names = menu
        .items()
        .iter()
        .filter(|item| item.available)
        .map(|item| &item.name);
    match (names.next(), names.next_back()) {
        (Some(first), Some(last)) => {
            t.plain("reply-example", &args!["first" => first, "last" => last])
        }
        (Some(first), None) => t.plain("reply-example-one", &args!["first" => first]),
        _ => t.say("reply-example-none"),
    }
}

fn help(t: Texts) -> String {
    let mut lines = vec![t.say("reply-help"), String::new()];
    lines.extend(COMMANDS.iter().map(|(name, _, what)| {
        t.html(
            "reply-help-command",
            &args!["name" => *name, "what" => t.say(what)],
        )
    }));
    join_lines(t, &lines)
}

fn ask_deletion(t: Texts) -> Message {
    Message {
        html: t.say("privacy-ask-deletion"),
        keyboard: Keyboard::Buttons(vec![vec![
            Button::new(t.say("button-delete"), Tap::Delete.data()),
            Button::new(t.say("button-keep"), Tap::Keep.data()),
        ]]),
    }
}

fn ask_language(t: Texts) -> Message {
    let button =
        |language: &Language| Button::new(language.name(), Tap::Language(*language).data());
    let rows = Language::ALL.chunks(3);
    Message {
        html: t.say("language-ask"),
        keyboard: Keyboard::Buttons(rows.map(|row| row.iter().map(button).collect()).collect()),
    }
}

fn ask_phone(t: Texts) -> Message {
    Message {
        html: t.say("reply-ask-phone"),
        keyboard: Keyboard::AskContact(t.say("button-share-phone")),
    }
}

fn ask_address(t: Texts) -> Message {
    Message {
        html: t.say("reply-ask-address"),
        keyboard: Keyboard::AskLocation(t.say("button-share-location")),
    }
}

fn orders_list(t: Texts, orders: &[OrderSummary]) -> Message {
    if orders.is_empty() {
        return Message::plain(t.say("reply-no-orders"));
    }
    let mut lines = vec![t.say("reply-orders")];
    let mut buttons = Vec::new();
    for order in orders {
        let OrderSummary {
            id,
            status,
            items,
            total,
        } = order;
        let id = id.as_str();
        lines.push(String::new());
        lines.push(t.html(
            "reply-orders-one",
            &args!["order" => id, "status" => status_word(t, *status)],
        ));
        lines.push(t.html(
            "order-priced",
            &args!["item" => Arg::Words(items), "price" => total],
        ));
        let again = Tap::Again(id.to_owned());
        let label = t.plain("customer-button-again", &args!["order" => id]);
        let mut row = vec![Button::new(label, again.data())];
        if status.is_unanswered() || *status == Status::AwaitingPayment {
            let tap = Tap::CancelOrder(id.to_owned());
            let label = t.plain("button-take-back", &args!["order" => id]);
            row.push(Button::new(label, tap.data()));
        }
        buttons.push(row);
    }
    Message {
        html: join_lines(t, &lines),
        keyboard: if buttons.is_empty() {
            Keyboard::None
        } else {
            Keyboard::Buttons(buttons)
        },
    }
}

fn status_word(t: Texts, status: Status) -> String {
    if status == Status::AwaitingPayment {
        return t.say("payment-waiting");
    }
    t.plain("order-status", &args!["status" => status.as_str()])
}

fn moved(
    t: Texts,
    id: &OrderId,
    status: Status,
    (minutes, more, clock): (Option<u32>, Option<u32>, Option<&str>),
    fulfilment: Fulfilment,
) -> String {
    let order = id.as_str();
    let say = |key| t.html(key, &args!["order" => order]);
    match (status, minutes) {
        (Status::Accepted, Some(minutes)) => {
            let said = match more {
                Some(more) => t.html(
                    "staff-needs-more",
                    &args!["order" => order, "more" => more, "minutes" => minutes],
                ),
                None => t.html(
                    "reply-accepted-in",
                    &args!["order" => order, "minutes" => minutes],
                ),
            };
            match clock {
                Some(clock) => {
                    format!("{said} {}", t.html("staff-until", &args!["time" => clock]))
                }
                None => said,
            }
        }
        (Status::OnTheWay, _) => say("staff-on-the-way"),
        (Status::Expired, _) => say("staff-not-approved"),
        (Status::Accepted, None) => say("reply-accepted"),
        (Status::Ready, _) => match fulfilment {
            Fulfilment::Delivery => say("staff-ready-to-leave"),
            Fulfilment::Pickup => say("reply-ready-pickup"),
            Fulfilment::DineIn => say("reply-ready-dine-in"),
        },
        (Status::Done, _) => say("reply-done"),
        (Status::Rejected, _) => say("reply-rejected"),
        (Status::AwaitingPayment, _) => say("staff-approved-pay"),
        (Status::Pending | Status::Placed | Status::Cancelled, _) => t.html(
            "reply-status",
            &args!["order" => order, "status" => status_word(t, status)],
        ),
    }
}

fn rejected(t: Texts, id: &OrderId, reason: &Reason) -> String {
    let order = id.as_str();
    let key = match reason {
        Reason::SoldOut => "staff-why-soldout",
        Reason::Busy => "staff-why-busy",
        Reason::Closing => "staff-why-closing",
        Reason::TooFar => "staff-why-far",
        Reason::Words(text) => {
            let title = t.html("staff-why-words", &args!["order" => order]);
            return format!("{title}\n{}", long_words(text.as_str()));
        }
    };
    t.html(key, &args!["order" => order])
}

fn still_waiting(t: Texts, id: &OrderId, minutes: u32) -> Message {
    let order = id.as_str();
    let button = |key, tap: Tap| Button::new(t.say(key), tap.data());
    Message {
        html: t.html(
            "staff-still-waiting",
            &args!["order" => order, "minutes" => minutes],
        ),
        keyboard: Keyboard::Buttons(vec![vec![
            button("staff-keep-waiting", Tap::WaitFor(order.to_owned())),
            button("staff-take-back", Tap::CancelOrder(order.to_owned())),
        ]]),
    }
}

fn nothing_added(
    t: Texts,
    phrases: &[PersonalText],
    refusals: &[Refusal],
    nearest: &[ItemId],
    menu: &Menu,
) -> String {
    let mut lines = not_understood(t, phrases, nearest, menu);
    lines.extend(refusals.iter().map(|why| refusal(t, why)));
    if lines.is_empty() {
        lines.push(t.say("reply-nothing-found"));
    }
    lines.push(t.say("reply-other-words"));
    join_lines(t, &lines)
}

/// Names back what was not understood, with the nearest items.
pub(super) fn not_understood(
    t: Texts,
    phrases: &[PersonalText],
    nearest: &[ItemId],
    menu: &Menu,
) -> Vec<String> {
    if phrases.is_empty() {
        return Vec::new();
    }
    let named: Vec<_> = phrases
        .iter()
        .take(10)
        .map(|p| t.html("common-quoted", &args!["text" => Arg::Words(p.as_str())]))
        .collect();
    let named = Arg::Html(t.list(&named));
    let mut lines = vec![t.html("reply-not-understood", &args!["phrases" => named])];
    let names = names(t, nearest, menu);
    if !names.is_empty() {
        let names = Arg::Html(t.list(&names));
        lines.push(t.html("reply-did-you-mean", &args!["items" => names]));
    }
    lines
}

/// The names of items, as HTML.
pub(super) fn names(t: Texts, items: &[ItemId], menu: &Menu) -> Vec<String> {
    let items = items.iter().filter_map(|id| menu.item(id.as_str()));
    let name = |item: &crate::menu::Item| t.html("common-value", &args!["value" => &item.name]);
    items.map(name).collect()
}

/// Why something was not done, as a line.
pub(super) fn refusal(t: Texts, refusal: &Refusal) -> String {
    t.html("notice-warning", &args!["text" => refused(t, refusal)])
}

fn refused(t: Texts, refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoItem => t.say("notice-no-item"),
        Refusal::SoldOut { name, instead } => shop::sold_out(t, name, instead.as_ref()),
        Refusal::NoLine => t.say("notice-no-line"),
        Refusal::NoOption { item } => t.plain("notice-no-option", &args!["item" => item]),
        Refusal::TooManyOptions { item, group, max } => t.plain(
            "notice-too-many-options",
            &args!["item" => item, "group" => group, "max" => *max],
        ),
        Refusal::Quantity { item } => t.plain("notice-quantity", &args!["item" => item]),
        Refusal::Full => t.say("notice-full"),
    }
}

/// The short text that a tap is answered with, plain and below Telegram's 200 characters; empty: none.
#[must_use]
pub fn notice(t: Texts, notice: &Notice) -> String {
    let text = match notice {
        Notice::Done => String::new(),
        Notice::Placed => t.say("notice-placed"),
        Notice::Ai { on } => customer::chosen(t, *on),
        Notice::PayFirst => t.say("payment-first"),
        Notice::PaymentUnderWay => t.say("payment-under-way"),
        Notice::PlacedForApproval => t.say("staff-notice-pending"),
        Notice::Waiting => t.say("staff-notice-waiting"),
        Notice::AlreadyPlaced => t.say("notice-already-placed"),
        Notice::Cancelled => t.say("notice-cancelled"),
        Notice::Outdated => t.say("notice-outdated"),
        Notice::Changed => t.say("notice-changed"),
        Notice::Missing {
            name,
            phone,
            address,
        } => {
            let details = draft::details(t, *name, *phone, *address);
            t.plain("notice-missing", &args!["details" => details])
        }
        Notice::Choose { group, item } => {
            t.plain("notice-choose", &args!["group" => group, "item" => item])
        }
        Notice::BelowMinimum { minimum } => t.plain("notice-minimum", &args!["price" => minimum]),
        Notice::Gone { names } => t.plain("notice-gone", &args!["items" => t.list(names)]),
        Notice::OtherTime => t.say("shop-other-time"),
        Notice::NoTime { why } => shop::no_time(t, *why),
        Notice::Added { item } => t.plain("notice-added", &args!["item" => item]),
        Notice::TooLate => t.say("notice-too-late"),
        Notice::NoSuchOrder => t.say("notice-no-such-order"),
        Notice::Over { status } => {
            t.plain("notice-over", &args!["status" => status_word(t, *status)])
        }
        Notice::Refused { refusal } => refused(t, refusal),
    };
    if text.chars().count() <= 190 {
        return text;
    }
    let cut: String = text.chars().take(190).collect();
    format!("{cut}…")
}

/// What customers are told while the data folder cannot be written.
#[must_use]
pub fn store_trouble(t: Texts) -> Message {
    Message::plain(t.say("reply-trouble"))
}
