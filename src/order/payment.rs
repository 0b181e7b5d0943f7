//! How an order is paid: in cash, or by a Telegram invoice of which Telegram asks the bot before money moves.
//!
//! Amounts are never taken from outside: what Telegram says was paid is compared with the stored order.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Order, Status};
use crate::money::{Currency, Money};
use crate::privacy::PersonalText;

/// How an order is paid, and what has been paid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// How the customer wants to pay.
    #[serde(default)]
    pub method: Method,
    /// Until when it is to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// The try to pay that Telegram was last told to go on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout: Option<Checkout>,
    /// What has been paid: one, unless something went wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<Charge>,
    /// When the shop said that what it owed was paid back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunded_at: Option<Timestamp>,
}

/// How the customer wants to pay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// When they get it.
    #[default]
    Cash,
    /// In Telegram, before the shop sees the order.
    Card,
}

/// A try to pay that the bot has agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// Telegram's name of the try.
    pub query: String,
    /// When the bot agreed.
    pub at: Timestamp,
}

/// Money that has moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Telegram's id of it.
    pub telegram: PersonalText,
    /// The payment provider's id of it: what the shop looks for to pay it back.
    pub provider: PersonalText,
    /// How much, a tip included, in minor units of the order's currency.
    pub amount: Money,
    /// When the bot heard of it.
    pub at: Timestamp,
}

/// What a payment, or the question before it, is about, in Telegram's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Who pays.
    pub user: u64,
    /// ISO 4217 code.
    pub currency: String,
    /// In Telegram's smallest units, which are the currency's minor units; a tip included.
    pub amount: Money,
}

/// Why a try to pay is declined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declined {
    /// There is no such order of this customer.
    Unknown,
    /// It was paid before.
    Paid,
    /// It waits for no payment any more.
    Closed,
    /// Another try is under way.
    UnderWay,
    /// The amount or the currency is not the order's.
    Amount,
    /// The shop no longer has these.
    Gone(Vec<String>),
    /// It took too long to get to this question: Telegram no longer waits for the answer.
    Late,
}

/// What became of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paid {
    /// The order is paid, and the shop gets it.
    Placed,
    /// This charge was noted before.
    Again,
    /// It was not awaited: it is to be paid back.
    Refund,
}

/// So long after the bot has agreed to a try no other one is agreed to: the money may be on its way.
pub(super) const CHECKOUT_HOLDS: SignedDuration = SignedDuration::from_secs(60);

/// A try of which nothing has been heard for so long has failed, or its news was lost.
pub(super) const CHECKOUT_LOST: SignedDuration = SignedDuration::from_mins(10);

/// Charges that are kept with one order; more than one is a defect of somebody already.
const MOST_CHARGES: usize = 8;

/// Currencies in which Telegram takes payments (`currencies.json` of the Bot API). Each has as many digits there as in
/// ISO 4217, so that its smallest unit is our minor unit.
const TELEGRAMS: &str = "AED AFN ALL AMD ARS AUD AZN BAM BDT BGN BND BOB BRL BYN CAD CHF CLP CNY COP CRC CZK DKK DOP \
    DZD EGP ETB EUR GBP GEL GTQ HKD HNL HRK HUF IDR ILS INR ISK JMD JPY KES KGS KRW KZT LBP LKR MAD MDL MNT MUR MVR \
    MXN MYR MZN NGN NIO NOK NPR NZD PAB PEN PHP PKR PLN PYG QAR RON RSD RUB SAR SEK SGD THB TJS TRY TTD TWD TZS UAH \
    UGX USD UYU UZS VND YER ZAR";

/// Whether Telegram takes payments in a currency.
#[must_use]
pub fn can_be_paid_in(currency: Currency) -> bool {
    TELEGRAMS
        .split_whitespace()
        .any(|code| code == currency.code())
}

impl Payment {
    /// Whether anything has been paid.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        !self.charges.is_empty()
    }

    /// The try that may still become a payment.
    #[must_use]
    pub fn under_way(&self, now: Timestamp) -> Option<&Checkout> {
        let fresh = |try_: &&Checkout| now.duration_since(try_.at) < CHECKOUT_HOLDS;
        self.checkout.as_ref().filter(fresh)
    }

    /// When to look at the order again: its time is up, and no try can still end well.
    #[must_use]
    pub fn look_at(&self) -> Option<Timestamp> {
        let lost = self
            .checkout
            .as_ref()
            .and_then(|checkout| checkout.at.checked_add(CHECKOUT_LOST).ok());
        self.due.map(|due| lost.map_or(due, |lost| due.max(lost)))
    }
}

impl Order {
    /// Whether the shop is to see it: not before it is paid, where it is to be paid first; but before that where the
    /// shop must approve it.
    #[must_use]
    pub fn is_for_shop(&self) -> bool {
        self.is_settled() || self.approval
    }

    /// Whether nothing has to be paid before it is made.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.payment.method == Method::Cash || self.payment.is_paid()
    }

    /// What was paid beyond the total.
    #[must_use]
    pub fn tip(&self) -> Money {
        let paid = self.payment.charges.first().map(|charge| charge.amount);
        let tip = paid.map_or(0, |paid| paid.minor() - self.total.minor());
        Money::from_minor(tip.max(0))
    }

    /// What the shop has to pay back: all of it where the order came to nothing, else what was paid twice.
    #[must_use]
    pub fn refund(&self) -> Money {
        let over = matches!(
            self.status,
            Status::Rejected | Status::Cancelled | Status::Expired
        );
        if self.payment.refunded_at.is_some() {
            return Money::ZERO;
        }
        let charges = self.payment.charges.iter();
        let owed = charges.skip(usize::from(!over));
        owed.fold(Money::ZERO, |sum, charge| sum.plus(charge.amount))
    }

    /// The charges that are to be paid back, as the provider names them.
    pub fn charges_to_refund(&self) -> impl Iterator<Item = &Charge> {
        let one_is_right = usize::from(self.refund() < self.paid());
        self.payment.charges.iter().skip(one_is_right)
    }

    fn paid(&self) -> Money {
        let charges = self.payment.charges.iter();
        charges.fold(Money::ZERO, |sum, charge| sum.plus(charge.amount))
    }

    /// The word that stands in the sheet's column `payment`.
    #[must_use]
    pub fn payment_word(&self) -> String {
        match (self.payment.method, self.payment.is_paid()) {
            (Method::Cash, false) => "cash".to_owned(),
            (Method::Card, false) => "card (unpaid)".to_owned(),
            (_, true) if self.payment.refunded_at.is_some() => "card (refunded)".to_owned(),
            (_, true) if self.refund() > Money::ZERO => "card (refund due)".to_owned(),
            (_, true) => {
                let currency = Currency::parse(&self.currency);
                match currency.filter(|_| self.tip() > Money::ZERO) {
                    Some(currency) => format!("card (tip {})", currency.plain(self.tip())),
                    None => "card".to_owned(),
                }
            }
        }
    }

    /// Whether a claim is about this order's customer, currency and total, with no more than the largest tip above it.
    fn agrees(&self, claim: &Claim, largest_tip: Money) -> bool {
        let most = self.total.plus(largest_tip);
        claim.currency == self.currency && (self.total..=most).contains(&claim.amount)
    }

    /// Agrees to a try to pay; the same try is agreed to as often as it is asked about.
    ///
    /// # Errors
    /// Why not.
    pub fn approve(
        &mut self,
        query: &str,
        claim: &Claim,
        largest_tip: Money,
        now: Timestamp,
    ) -> Result<(), Declined> {
        if claim.user != self.customer {
            return Err(Declined::Unknown);
        }
        if self.payment.is_paid() {
            return Err(Declined::Paid);
        }
        if self.status != Status::AwaitingPayment {
            return Err(Declined::Closed);
        }
        // Whoever asks in the last second is let pay: their time is then counted from the answer.
        if !self.agrees(claim, largest_tip) {
            return Err(Declined::Amount);
        }
        let other = self.payment.under_way(now);
        if other.is_some_and(|other| other.query != query) {
            return Err(Declined::UnderWay);
        }
        self.payment.checkout = Some(Checkout {
            query: query.to_owned(),
            at: now,
        });
        Ok(())
    }

    /// Telegram did not take the bot's answer to this try, so that no money moves by it.
    pub fn withdraw(&mut self, query: &str) -> bool {
        let own = |checkout: &Checkout| checkout.query == query;
        if self.status != Status::AwaitingPayment
            || !self.payment.checkout.as_ref().is_some_and(own)
        {
            return false;
        }
        self.payment.checkout = None;
        true
    }

    /// Notes money that has moved, once for each of Telegram's ids.
    pub fn pay(
        &mut self,
        charge: Charge,
        claim: &Claim,
        largest_tip: Money,
        now: Timestamp,
    ) -> Paid {
        let known = |other: &Charge| other.telegram == charge.telegram;
        if self.payment.charges.iter().any(known) || self.payment.charges.len() >= MOST_CHARGES {
            return Paid::Again;
        }
        let awaited = self.status == Status::AwaitingPayment
            && claim.user == self.customer
            && self.agrees(claim, largest_tip);
        self.payment.charges.push(charge);
        self.payment.checkout = None;
        self.payment.due = None;
        self.payment.refunded_at = None;
        self.before = None;
        if awaited {
            self.status = Status::Placed;
        } else if self.status == Status::AwaitingPayment {
            // Not what was asked for: nobody cooks for it.
            self.status = Status::Expired;
        }
        self.touch(now);
        if awaited { Paid::Placed } else { Paid::Refund }
    }

    /// Ends an order that was not paid in time; false where that is not so.
    pub fn give_up_waiting(&mut self, now: Timestamp) -> bool {
        if self.status != Status::AwaitingPayment {
            return false;
        }
        self.status = Status::Expired;
        self.before = None;
        self.touch(now);
        true
    }

    /// Notes that the shop has paid back what it owed; false where it owed nothing.
    pub fn refunded(&mut self, now: Timestamp) -> bool {
        if self.refund() == Money::ZERO {
            return false;
        }
        self.payment.refunded_at = Some(now);
        self.touch(now);
        true
    }
}
