//! What a button's `callback_data` means. It comes from outside and may be forged or years old: it decodes to a
//! [`Tap`] or to nothing, and what it speaks of is looked up in the customer's own state.

use std::fmt;

use super::history::Act;
use super::{Again, Asked, Closing, Effect, Notice, Turn, View};
use crate::language::Language;
use crate::menu::{CategoryId, ItemId, OptionId};
use crate::order::{OrderId, Source};
use crate::parsed::{Fulfilment, Op, Operation};

use super::MenuView;

/// A draft at a revision, as a button shows it: placing means placing what was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRef {
    /// The draft.
    pub draft: String,
    /// Its revision.
    pub revision: u32,
}

impl fmt::Display for DraftRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.draft, self.revision)
    }
}

impl DraftRef {
    fn parse(text: &str) -> Option<Self> {
        let (draft, revision) = text.rsplit_once('-')?;
        Some(Self {
            draft: draft.to_owned(),
            revision: revision.parse().ok()?,
        })
    }
}

/// A button of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tap {
    /// Places the order as shown.
    Confirm(DraftRef),
    /// Places the order as shown, to be paid in Telegram now.
    Pay(DraftRef),
    /// Gives the draft up.
    Cancel(DraftRef),
    /// Shows the buttons that change the draft.
    Edit(DraftRef),
    /// Back to the summary.
    Back(String),
    /// How the order is to reach the customer.
    Fulfilment(String, Fulfilment),
    /// One unit more or less of a line.
    Units {
        /// The draft.
        draft: String,
        /// The line.
        line: u32,
        /// How many more.
        by: i32,
    },
    /// Shows a line's options.
    Line(String, u32),
    /// Chooses an option of a line, or takes it back.
    Option {
        /// The draft.
        draft: String,
        /// The line.
        line: u32,
        /// The option.
        option: OptionId,
    },
    /// The menu, in a message of its own.
    OpenMenu,
    /// A page of the menu, in place of the one below which it was tapped.
    Menu(MenuView),
    /// Adds one of an item.
    Add(ItemId),
    /// Takes a placed order back.
    CancelOrder(String),
    /// Goes on waiting for the shop's answer to an order.
    WaitFor(String),
    /// Orders the same again.
    Again(String),
    /// Asks for a detail anew.
    ChangeDetail(Asked),
    /// Forgets a detail.
    ForgetDetail(Asked),
    /// Whether a model may read what the customer writes.
    Ai(bool),
    /// "Yes" to whether the customer wants to be forgotten.
    Delete,
    /// "No" to that.
    Keep,
    /// The language the bot is to write in.
    Language(Language),
}

impl Tap {
    /// Reads `callback_data`; none: it is not ours.
    #[must_use]
    pub fn parse(data: &str) -> Option<Self> {
        let mut parts = data.splitn(4, ':');
        let mut next = || parts.next();
        let tap = match (next()?, next()?, next(), next()) {
            ("order", "confirm", Some(r), None) => Self::Confirm(DraftRef::parse(r)?),
            ("order", "pay", Some(r), None) => Self::Pay(DraftRef::parse(r)?),
            ("order", "cancel", Some(r), None) => Self::Cancel(DraftRef::parse(r)?),
            ("order", "edit", Some(r), None) => Self::Edit(DraftRef::parse(r)?),
            ("draft", draft, Some("back"), None) => Self::Back(draft.to_owned()),
            ("draft", draft, Some(way), None) => {
                Self::Fulfilment(draft.to_owned(), fulfilment(way)?)
            }
            ("line", draft, Some(line), Some("more")) => Self::units(draft, line, 1)?,
            ("line", draft, Some(line), Some("less")) => Self::units(draft, line, -1)?,
            ("line", draft, Some(line), Some("show")) => {
                Self::Line(draft.to_owned(), line.parse().ok()?)
            }
            ("opt", draft, Some(line), Some(option)) => Self::Option {
                draft: draft.to_owned(),
                line: line.parse().ok()?,
                option: option.into(),
            },
            ("menu", "open", None, None) => Self::OpenMenu,
            ("menu", "home", None, None) => Self::Menu(MenuView::Home),
            ("menu", "rest", None, None) => Self::Menu(MenuView::Category(None)),
            ("menu", "cat", Some(id), None) => {
                Self::Menu(MenuView::Category(Some(CategoryId::from(id))))
            }
            ("menu", "add", Some(id), None) => Self::Add(ItemId::from(id)),
            ("me", "delete", None, None) => Self::Delete,
            ("me", "keep", None, None) => Self::Keep,
            ("me", "change", Some(detail), None) => Self::ChangeDetail(Asked::parse(detail)?),
            ("me", "forget", Some(detail), None) => Self::ForgetDetail(Asked::parse(detail)?),
            ("me", "ai", Some("on"), None) => Self::Ai(true),
            ("me", "ai", Some("off"), None) => Self::Ai(false),
            ("mine", "again", Some(id), None) => Self::Again(id.to_owned()),
            ("me", "language", Some(tag), None) => Self::Language(Language::from_tag(tag)?),
            ("mine", "cancel", Some(id), None) => Self::CancelOrder(id.to_owned()),
            ("mine", "wait", Some(id), None) => Self::WaitFor(id.to_owned()),
            _ => return None,
        };
        Some(tap)
    }

    fn units(draft: &str, line: &str, by: i32) -> Option<Self> {
        Some(Self::Units {
            draft: draft.to_owned(),
            line: line.parse().ok()?,
            by,
        })
    }

    /// The `callback_data` of the button: at most 64 bytes, Telegram's limit, for every id that a menu may hold.
    #[must_use]
    pub fn data(&self) -> String {
        match self {
            Self::Confirm(r) => format!("order:confirm:{r}"),
            Self::Pay(r) => format!("order:pay:{r}"),
            Self::Cancel(r) => format!("order:cancel:{r}"),
            Self::Edit(r) => format!("order:edit:{r}"),
            Self::Back(draft) => format!("draft:{draft}:back"),
            Self::Fulfilment(draft, way) => format!("draft:{draft}:{}", way.as_str()),
            Self::Units { draft, line, by } => {
                format!(
                    "line:{draft}:{line}:{}",
                    if *by > 0 { "more" } else { "less" }
                )
            }
            Self::Line(draft, line) => format!("line:{draft}:{line}:show"),
            Self::Option {
                draft,
                line,
                option,
            } => format!("opt:{draft}:{line}:{option}"),
            Self::OpenMenu => "menu:open".to_owned(),
            Self::Menu(MenuView::Home) => "menu:home".to_owned(),
            Self::Menu(MenuView::Category(None)) => "menu:rest".to_owned(),
            Self::Menu(MenuView::Category(Some(id))) => format!("menu:cat:{}", id.as_str()),
            Self::Add(item) => format!("menu:add:{item}"),
            Self::CancelOrder(id) => format!("mine:cancel:{id}"),
            Self::WaitFor(id) => format!("mine:wait:{id}"),
            Self::Again(id) => format!("mine:again:{id}"),
            Self::ChangeDetail(detail) => format!("me:change:{}", detail.as_str()),
            Self::ForgetDetail(detail) => format!("me:forget:{}", detail.as_str()),
            Self::Ai(yes) => format!("me:ai:{}", if *yes { "on" } else { "off" }),
            Self::Delete => "me:delete".to_owned(),
            Self::Keep => "me:keep".to_owned(),
            Self::Language(language) => format!("me:language:{}", language.tag()),
        }
    }
}

fn fulfilment(word: &str) -> Option<Fulfilment> {
    [Fulfilment::Delivery, Fulfilment::Pickup, Fulfilment::DineIn]
        .into_iter()
        .find(|way| way.as_str() == word)
}

impl Turn<'_> {
    pub(super) fn tap(&mut self, tap: Tap) {
        match tap {
            Tap::OpenMenu => {
                self.effects.push(Effect::OpenMenu);
                self.notice(Notice::Done);
            }
            Tap::Menu(view) => {
                self.effects.push(Effect::ShowMenu(view));
                self.notice(Notice::Done);
            }
            Tap::Add(item) => self.add_by_button(&item),
            Tap::CancelOrder(id) => self.cancel_order(&id),
            Tap::WaitFor(id) => {
                let notice = self.wait_for(&id);
                self.notice(notice);
            }
            Tap::Again(id) => self.again(&Again::Order(id), true),
            Tap::ChangeDetail(detail) => {
                self.notice(Notice::Done);
                self.ask(detail);
            }
            Tap::ForgetDetail(detail) => {
                self.notice(Notice::Done);
                self.forget_detail(detail);
            }
            Tap::Ai(yes) => self.choose_ai(yes, true),
            // The button of an old question deletes nobody.
            Tap::Delete | Tap::Keep if !self.deleting => self.notice(Notice::Outdated),
            Tap::Delete => {
                self.notice(Notice::Done);
                self.command(super::Command::DeleteNow);
            }
            Tap::Keep => {
                self.notice(Notice::Done);
                self.command(super::Command::KeepMe);
            }
            Tap::Language(language) => {
                self.notice(Notice::Done);
                self.speak(language);
            }
            Tap::Confirm(shown) => {
                if self.has_draft(&shown.draft) {
                    self.confirm_shown(&shown, false);
                }
            }
            // The button of a time when paying in Telegram was possible.
            Tap::Pay(_) if self.context.rules.pay.is_none() => self.notice(Notice::Outdated),
            Tap::Pay(shown) => {
                if self.has_draft(&shown.draft) {
                    self.confirm_shown(&shown, true);
                }
            }
            Tap::Cancel(shown) => {
                if self.has_draft(&shown.draft) {
                    self.close(Closing::Cancelled);
                    self.notice(Notice::Cancelled);
                }
            }
            Tap::Edit(shown) => self.view(&shown.draft, View::Edit),
            Tap::Back(draft) => self.view(&draft, View::Summary),
            Tap::Line(draft, line) => self.view(&draft, View::Line(line)),
            Tap::Fulfilment(draft, way) => {
                if self.has_draft(&draft) {
                    self.change(Act::way(way));
                    if way != Fulfilment::Delivery
                        && self.state.conversation.asked == Some(Asked::Address)
                    {
                        self.state.conversation.asked = None;
                    }
                    self.ask_missing();
                }
            }
            Tap::Units { draft, line, by } => {
                if self.has_draft(&draft) {
                    self.change(Act::Units { line, by });
                }
            }
            Tap::Option {
                draft,
                line,
                option,
            } => {
                if self.has_draft(&draft) {
                    self.change(Act::Option { line, option });
                }
            }
        }
    }

    /// Whether the open draft is the one that a button speaks of; where it is not, the tap is answered.
    fn has_draft(&mut self, id: &str) -> bool {
        if self
            .state
            .conversation
            .draft
            .as_ref()
            .is_some_and(|d| d.id == id)
        {
            return true;
        }
        let placed = self.state.customer.orders.iter().any(|o| o.draft == id);
        self.notice(if placed {
            Notice::AlreadyPlaced
        } else {
            Notice::Outdated
        });
        false
    }

    fn confirm_shown(&mut self, shown: &DraftRef, pay_now: bool) {
        let revision = self.state.conversation.draft.as_ref().map(|d| d.revision);
        if revision == Some(shown.revision) {
            self.confirm(true, pay_now);
        } else {
            self.notice(Notice::Changed);
            self.show_draft(false);
        }
    }

    fn view(&mut self, id: &str, view: View) {
        if self.has_draft(id) {
            if let Some(draft) = &mut self.state.conversation.draft {
                draft.view = view;
                if let View::Line(line) = view {
                    draft.cart.speak_of(line);
                }
            }
            self.touch();
            self.show_draft(false);
            self.notice(Notice::Done);
        }
    }

    fn add_by_button(&mut self, item: &ItemId) {
        let menu = self.context.menu;
        let operation = Operation {
            op: Op::Add,
            item: Some(item.as_str().to_owned()),
            line: None,
            quantity: None,
            options: Vec::new(),
            note: None,
        };
        let draft = self.draft(Source::Buttons);
        let refused = draft
            .act(None, Act::operations(vec![operation]), menu)
            .refusals
            .pop();
        draft.forget_words();
        if let Some(refusal) = refused {
            self.drop_blank_draft();
            self.notice(Notice::Refused { refusal });
            return;
        }
        let optional = menu
            .item(item.as_str())
            .is_some_and(|item| !item.groups.is_empty());
        draft.view = match draft.cart.last() {
            Some(line) if optional => View::Line(line),
            _ => View::Summary,
        };
        let name = menu
            .item(item.as_str())
            .map_or(item.as_str(), |i| &i.name)
            .to_owned();
        self.show_changed();
        self.notice(Notice::Added { item: name });
        self.ask_missing();
    }

    fn cancel_order(&mut self, id: &str) {
        let notice = self.take_back(id);
        self.notice(notice);
    }

    /// The typed form of the button.
    pub(super) fn take_back_by_words(&mut self, id: &str) {
        match self.take_back(id) {
            Notice::Cancelled => {}
            why => self.say(super::Reply::CannotPlace { why }),
        }
    }

    /// Where an order stands whose customer goes on waiting.
    fn wait_for(&self, id: &str) -> Notice {
        let mut own = self.context.orders.iter();
        match own.find(|order| order.id.as_str() == id) {
            None => Notice::NoSuchOrder,
            Some(order) if order.status.is_unanswered() => Notice::Waiting,
            Some(order) => Notice::Over {
                status: order.status,
            },
        }
    }

    /// Takes an order back that the shop has not answered; says what became of it.
    fn take_back(&mut self, id: &str) -> Notice {
        let mut own = self.context.orders.iter();
        let Some(order) = own.find(|order| order.id.as_str().eq_ignore_ascii_case(id)) else {
            return Notice::NoSuchOrder;
        };
        if order.can_be_cancelled(self.context.now) {
            self.effects.push(Effect::Cancel(order.number));
            self.say(super::Reply::OrderCancelled {
                id: OrderId::clone(&order.id),
            });
            return Notice::Cancelled;
        }
        if order.status.is_final() {
            return Notice::Over {
                status: order.status,
            };
        }
        if order.status == crate::order::Status::AwaitingPayment {
            return Notice::PaymentUnderWay;
        }
        Notice::TooLate
    }
}

#[cfg(test)]
mod fuzz {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::fuzz::garbled_text;

    proptest! {
        #![proptest_config(crate::fuzz::cases(256))]

        #[test]
        fn any_callback_data_is_a_button_or_nothing(
            data in prop_oneof![
                4 => garbled_text(
                    [
                        "order:confirm:1234abcd-7", "order:cancel:1234abcd-7", "draft:1234abcd:back",
                        "draft:1234abcd:pickup", "line:1234abcd:3:more", "line:1234abcd:3:show",
                        "opt:1234abcd:3:extra-cheese", "menu:cat:pizza", "menu:add:cola", "mine:cancel:K7F-1", "me:delete",
                    ]
                    .map(str::to_owned)
                    .to_vec(),
                ),
                1 => "\\PC{0,64}",
            ],
        ) {
            if let Some(tap) = Tap::parse(&data) {
                // What it was read as is written and read the same.
                prop_assert_eq!(Tap::parse(&tap.data()), Some(tap));
            }
        }
    }
}
