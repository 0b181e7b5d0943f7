//! A placed order and the states it may go through.

mod payment;

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::cart::{Cart, Priced, PricedOption, describe};
use crate::money::Money;
use crate::parsed::{Change, Fulfilment};
use crate::privacy::PersonalText;

pub use payment::{Charge, Checkout, Claim, Declined, Method, Paid, Payment, can_be_paid_in};

/// An order's number, counted up from 1 in one data folder.
pub type OrderNumber = u64;

/// An order's name towards people and in the sheet: the data folder's tag and the number, such as `K7F-1042`. The tag
/// keeps the ids of a shop that lost its data folder from falling on old rows.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderId(String);

impl OrderId {
    /// The id of an order in the folder with this tag.
    #[must_use]
    pub fn new(tag: &str, number: OrderNumber) -> Self {
        Self(format!("{tag}-{number}"))
    }

    /// The number in an id of the folder with this tag; none for any other text.
    #[must_use]
    pub fn number(tag: &str, id: &str) -> Option<OrderNumber> {
        let digits = id.strip_prefix(tag)?.strip_prefix('-')?;
        let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        plain.then(|| digits.parse().ok()).flatten()
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An order that a customer has placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its number, the key in the store.
    pub number: OrderNumber,
    /// Its name towards people.
    pub id: OrderId,
    /// The customer's Telegram user id.
    pub customer: u64,
    /// The draft it was placed from: no draft makes two orders.
    pub draft: String,
    /// Where it stands.
    pub status: Status,
    /// When the customer placed it.
    pub placed_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When the shop has said it will be ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Where it stood before the shop's last step, which can be taken back for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
    /// Why the shop has rejected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The customer's message about the last step, once it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<i32>,
    /// Minutes that the shop has said it takes, counted from `updated_at` of that answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_minutes: Option<u32>,
    /// What is ordered, with the prices of the moment it was placed.
    pub lines: Vec<OrderLine>,
    /// The cart it was made of, for ordering the same again.
    pub cart: Cart,
    /// How it reaches the customer.
    pub fulfilment: Fulfilment,
    /// Who ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonalText>,
    /// How to reach them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PersonalText>,
    /// Where to deliver; none for pick-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<PersonalText>,
    /// When it is wanted, in the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<PersonalText>,
    /// The time it was placed for; none: as soon as it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_for: Option<Timestamp>,
    /// What the customer cannot eat.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allergies: Vec<PersonalText>,
    /// A wish for the whole order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<PersonalText>,
    /// Sum of the lines.
    pub subtotal: Money,
    /// Fee of the delivery.
    pub fee: Money,
    /// What is to be paid.
    pub total: Money,
    /// ISO 4217 code of all amounts.
    pub currency: String,
    /// How it is paid.
    #[serde(default, skip_serializing_if = "is_cash")]
    pub payment: Payment,
    /// Who or what understood it.
    pub source: Source,
    /// Beyond the limits that the shop has set, so that it should look twice.
    pub large: bool,
    /// The shop had to approve it before it was placed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approval: bool,
    /// Counts the changes; the sheet's row of an older version is behind.
    pub version: u64,
    /// The card in the operator chat, once it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<i32>,
}

/// Where an order stood before a step of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// When the step was made.
    pub at: Timestamp,
    /// Where it stood.
    pub status: Status,
    /// When it was to be ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// The minutes that had been named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_minutes: Option<u32>,
}

/// Why an order was rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Something of it is sold out.
    SoldOut,
    /// The kitchen has too much to do.
    Busy,
    /// The shop closes.
    Closing,
    /// The address is too far away.
    TooFar,
    /// In the shop's own words.
    Words(PersonalText),
}

impl Reason {
    /// The reasons that have a button, with the word in it.
    pub const BUTTONS: [(&'static str, Self); 4] = [
        ("soldout", Self::SoldOut),
        ("busy", Self::Busy),
        ("closing", Self::Closing),
        ("far", Self::TooFar),
    ];
}

fn is_cash(payment: &Payment) -> bool {
    *payment == Payment::default()
}

/// A line of a placed order, in words and figures that no later menu changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The item's name.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// Its options in English words, for the sheet.
    pub options: Vec<String>,
    /// The same options, to be said in any language; none in orders of earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// A wish for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<PersonalText>,
    /// Price of all its units.
    pub total: Money,
}

/// An option of an order's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The option's name.
    pub name: String,
    /// What happens to it.
    pub change: Change,
    /// How many times.
    pub count: u32,
}

impl OrderLine {
    /// The lines of a priced cart.
    #[must_use]
    pub fn of(priced: &Priced) -> Vec<Self> {
        let choice = |option: &PricedOption| Choice {
            name: option.name.clone(),
            change: option.change,
            count: option.count,
        };
        let line = |line: &crate::cart::PricedLine| Self {
            name: line.name.clone(),
            quantity: line.quantity,
            options: line.options.iter().map(describe).collect(),
            choices: line.options.iter().map(choice).collect(),
            note: line.note.clone(),
            total: line.total,
        };
        priced.lines.iter().map(line).collect()
    }

    /// The line as the sheet shows it: `2 x Margherita (large, extra cheese)`.
    #[must_use]
    pub fn plain(&self) -> String {
        let note = self.note.as_ref().map(|note| note.as_str().to_owned());
        let said: Vec<_> = self.options.iter().cloned().chain(note).collect();
        let Self { quantity, name, .. } = self;
        if said.is_empty() {
            format!("{quantity} x {name}")
        } else {
            format!("{quantity} x {name} ({})", said.join(", "))
        }
    }
}

/// Who or what understood the words that first put something into the cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The model.
    Gpt,
    /// The model, for an equal message before.
    Cache,
    /// The embedded parser.
    Local,
    /// The customer's taps.
    Buttons,
}

impl From<crate::understand::Source> for Source {
    fn from(source: crate::understand::Source) -> Self {
        match source {
            crate::understand::Source::Gpt => Self::Gpt,
            crate::understand::Source::Cache => Self::Cache,
            crate::understand::Source::Local => Self::Local,
        }
    }
}

impl Source {
    /// The word that stands in files and the sheet.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gpt => "gpt",
            Self::Cache => "cache",
            Self::Local => "local",
            Self::Buttons => "buttons",
        }
    }
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The customer has placed it and is to pay first; the shop does not see it yet.
    AwaitingPayment,
    /// The customer has placed it, and it is so large that the shop must approve it first.
    Pending,
    /// The customer has placed it; the shop has not answered.
    Placed,
    /// The shop makes it.
    Accepted,
    /// It can be fetched or is about to leave.
    Ready,
    /// It is on its way to the customer.
    OnTheWay,
    /// The customer has it.
    Done,
    /// The shop cannot make it.
    Rejected,
    /// The customer took it back.
    Cancelled,
    /// Nobody answered in time.
    Expired,
}

/// What somebody does to a placed order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The shop takes it.
    Accept,
    /// The shop cannot make it.
    Reject,
    /// The shop needs this many minutes (more).
    Delay(u32),
    /// It can be fetched or is about to leave.
    Ready,
    /// It is on its way to the customer.
    OnTheWay,
    /// The customer has it.
    Done,
}

impl Status {
    /// The word that stands in files and the sheet.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingPayment => "awaiting_payment",
            Self::Pending => "pending",
            Self::Placed => "placed",
            Self::Accepted => "accepted",
            Self::Ready => "ready",
            Self::OnTheWay => "on_the_way",
            Self::Done => "done",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Whether nothing can happen to the order any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Done | Self::Rejected | Self::Cancelled | Self::Expired
        )
    }

    /// Whether the shop has still to answer.
    #[must_use]
    pub const fn is_unanswered(self) -> bool {
        matches!(self, Self::Pending | Self::Placed)
    }

    /// Where a step leads from here; none: the step is impossible. A delay of an order that was not accepted
    /// accepts it: the shop has named a time for it.
    #[must_use]
    pub const fn after(self, step: Step) -> Option<Status> {
        match (self, step) {
            (Self::Pending | Self::Placed, Step::Accept)
            | (Self::Pending | Self::Placed | Self::Accepted, Step::Delay(_)) => {
                Some(Self::Accepted)
            }
            (Self::Pending | Self::Placed | Self::Accepted, Step::Reject) => Some(Self::Rejected),
            (Self::Accepted, Step::Ready) => Some(Self::Ready),
            (Self::Accepted | Self::Ready, Step::OnTheWay) => Some(Self::OnTheWay),
            (Self::Accepted | Self::Ready | Self::OnTheWay, Step::Done) => Some(Self::Done),
            _ => None,
        }
    }
}

/// An order that nobody has moved for so long is over, even if the shop never said so.
pub const UNDER_WAY_AT_MOST: SignedDuration = SignedDuration::from_hours(24);

/// For so long a step of the shop can be taken back.
pub const UNDO_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// For so long a reason can be given for a rejection.
pub const REASON_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// Longest delay that a button may announce: a day.
pub const LONGEST_DELAY: u32 = 24 * 60;

impl Order {
    /// Moves the order, or says that the step is impossible where it stands.
    ///
    /// # Errors
    /// The status it has, which the step does not lead on from.
    pub fn advance(&mut self, step: Step, now: Timestamp) -> Result<(), Status> {
        let mut next = self.status.after(step).ok_or(self.status)?;
        // The shop has approved an order that is to be paid first: it is made when it is paid.
        let to_be_paid = next == Status::Accepted && !self.is_settled();
        if to_be_paid {
            next = Status::AwaitingPayment;
        }
        self.before = Some(Before {
            at: now,
            status: self.status,
            due_at: self.due_at,
            delay_minutes: self.delay_minutes,
        });
        if let Step::Delay(minutes) = step
            && !to_be_paid
        {
            let minutes = SignedDuration::from_mins(minutes.min(LONGEST_DELAY).into());
            // Later than was promised, where something was.
            let due = self.due_at.map_or(now, |due| due.max(now));
            let due = due.checked_add(minutes).unwrap_or(due);
            self.due_at = Some(due);
            self.delay_minutes = Some(minutes_until(due, now));
        }
        self.status = next;
        self.touch(now);
        Ok(())
    }

    /// Whether the shop's last step can still be taken back.
    #[must_use]
    pub fn can_undo(&self, now: Timestamp) -> bool {
        let recent = |before: &Before| now.duration_since(before.at) < UNDO_WITHIN;
        // Somebody may be paying by now, or paying back.
        let paying_back = self.status == Status::Rejected && self.payment.is_paid();
        let money_moves = paying_back || self.payment.under_way(now).is_some();
        !money_moves && self.before.as_ref().is_some_and(recent)
    }

    /// Takes the shop's last step back. `version`: the order as it was when the button was shown.
    ///
    /// # Errors
    /// The status it keeps: the step is too long ago, or another has been made since.
    pub fn undo(&mut self, version: u64, now: Timestamp) -> Result<(), Status> {
        if version != self.version || !self.can_undo(now) {
            return Err(self.status);
        }
        if let Some(before) = self.before.take() {
            self.status = before.status;
            self.due_at = before.due_at;
            self.delay_minutes = before.delay_minutes;
            self.reason = None;
            if self.status == Status::Pending {
                self.payment.due = None;
            }
        }
        self.touch(now);
        Ok(())
    }

    /// Whether a reason can still be given for its rejection.
    #[must_use]
    pub fn wants_reason(&self, now: Timestamp) -> bool {
        self.status == Status::Rejected
            && self.reason.is_none()
            && now.duration_since(self.updated_at) < REASON_WITHIN
    }

    /// Notes why it was rejected; false where that is no longer asked.
    pub fn explain(&mut self, reason: Reason, now: Timestamp) -> bool {
        let wanted = self.wants_reason(now);
        if wanted {
            self.reason = Some(reason);
            // What the customer has been told cannot be made unsaid any more.
            self.before = None;
            self.touch(now);
        }
        wanted
    }

    /// Nobody has answered in time.
    ///
    /// # Errors
    /// The status it has, if somebody has.
    pub fn expire(&mut self, now: Timestamp) -> Result<(), Status> {
        if self.status != Status::Pending {
            return Err(self.status);
        }
        self.status = Status::Expired;
        self.before = None;
        self.touch(now);
        Ok(())
    }

    /// Whether the customer can take the order back: until the shop accepts it, and not while money for it may be on
    /// its way.
    #[must_use]
    pub fn can_be_cancelled(&self, now: Timestamp) -> bool {
        match self.status {
            Status::Pending | Status::Placed => true,
            Status::AwaitingPayment => self.payment.under_way(now).is_none(),
            _ => false,
        }
    }

    /// The customer takes the order back.
    ///
    /// # Errors
    /// The status it has, if it is too late.
    pub fn cancel(&mut self, now: Timestamp) -> Result<(), Status> {
        if !self.can_be_cancelled(now) {
            return Err(self.status);
        }
        self.before = None;
        self.status = Status::Cancelled;
        self.touch(now);
        Ok(())
    }

    /// Whether the shop still has to do with it.
    #[must_use]
    pub fn is_under_way(&self, now: Timestamp) -> bool {
        let last = self.wanted_for.unwrap_or(self.updated_at);
        !self.status.is_final() && now.duration_since(last.max(self.updated_at)) < UNDER_WAY_AT_MOST
    }

    /// The moment whose slot in the kitchen it takes.
    #[must_use]
    pub fn due(&self) -> Timestamp {
        self.wanted_for.unwrap_or(self.placed_at)
    }

    /// Whether the kitchen makes it, has made it or may have to.
    #[must_use]
    pub const fn takes_slot(&self) -> bool {
        !matches!(
            self.status,
            Status::Rejected | Status::Cancelled | Status::Expired
        )
    }

    /// Takes the person out and leaves the figures. It becomes a newer version, so that its row is written anew.
    pub fn forget_customer(&mut self) {
        self.customer = 0;
        self.name = None;
        self.phone = None;
        self.address = None;
        self.time = None;
        self.allergies.clear();
        self.note = None;
        // What was paid stays in the shop's books; which card it was is between customer and provider.
        for charge in &mut self.payment.charges {
            charge.telegram = String::new().into();
            charge.provider = String::new().into();
        }
        self.payment.checkout = None;
        self.notice = None;
        self.before = None;
        if let Some(Reason::Words(_)) = self.reason {
            self.reason = None;
        }
        for line in &mut self.lines {
            line.note = None;
        }
        self.cart.forget_notes();
        self.version += 1;
    }

    fn touch(&mut self, now: Timestamp) {
        // A clock that was set back must not make a change older than what it changes.
        self.updated_at = now.max(self.updated_at);
        self.version += 1;
    }

    /// All lines in one text, as the sheet shows them.
    #[must_use]
    pub fn items_text(&self) -> String {
        let lines: Vec<_> = self.lines.iter().map(OrderLine::plain).collect();
        lines.join("; ")
    }
}

/// Whole minutes until then, rounded up.
#[must_use]
pub fn minutes_until(due: Timestamp, now: Timestamp) -> u32 {
    let seconds = due.duration_since(now).as_secs().max(0);
    u32::try_from(seconds.saturating_add(59) / 60).unwrap_or(LONGEST_DELAY)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_state_machine_refuses_the_impossible() {
        use Status::{
            Accepted, AwaitingPayment, Cancelled, Done, Expired, OnTheWay, Pending, Placed, Ready,
            Rejected,
        };
        let steps = [
            Step::Accept,
            Step::Reject,
            Step::Delay(10),
            Step::Ready,
            Step::OnTheWay,
            Step::Done,
        ];
        let table = [
            (
                Pending,
                [
                    Some(Accepted),
                    Some(Rejected),
                    Some(Accepted),
                    None,
                    None,
                    None,
                ],
            ),
            (
                Placed,
                [
                    Some(Accepted),
                    Some(Rejected),
                    Some(Accepted),
                    None,
                    None,
                    None,
                ],
            ),
            (
                Accepted,
                [
                    None,
                    Some(Rejected),
                    Some(Accepted),
                    Some(Ready),
                    Some(OnTheWay),
                    Some(Done),
                ],
            ),
            (Ready, [None, None, None, None, Some(OnTheWay), Some(Done)]),
            (OnTheWay, [None, None, None, None, None, Some(Done)]),
            (Done, [None; 6]),
            (Rejected, [None; 6]),
            (Cancelled, [None; 6]),
            (Expired, [None; 6]),
        ];
        // The shop does not see an order that is to be paid first.
        assert_eq!(steps.map(|step| AwaitingPayment.after(step)), [None; 6]);
        assert!(!AwaitingPayment.is_final());
        for (status, expected) in table {
            assert_eq!(steps.map(|step| status.after(step)), expected, "{status:?}");
            assert_eq!(status.is_final(), expected == [None; 6]);
        }
    }

    #[test]
    fn an_id_is_read_back_only_by_its_own_folder() {
        let id = OrderId::new("K7F", 1042);
        assert_eq!(OrderId::number("K7F", id.as_str()), Some(1042));
        for forged in [
            "K7G-1042",
            "K7F-",
            "K7F-01042",
            "K7F--1",
            "K7F-1042 ",
            "1042",
            "",
            "K7F-99999999999999999999",
        ] {
            assert_eq!(OrderId::number("K7F", forged), None, "{forged}");
        }
    }
}
