//! A change of a placed order: the shop proposes it, and it counts when the customer agrees.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Order, OrderLine, Status};
use crate::cart::Cart;
use crate::money::Money;
use crate::parsed::Fulfilment;
use crate::privacy::PersonalText;

/// For so long a customer can agree to a change; then the order stays as it was.
pub const PROPOSAL_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// An order as the shop would have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Names it among the changes of its order.
    pub number: u64,
    /// When it was made.
    pub at: Timestamp,
    /// What is ordered.
    pub lines: Vec<OrderLine>,
    /// The cart that it is made of.
    pub cart: Cart,
    /// How it reaches the customer.
    pub fulfilment: Fulfilment,
    /// Where to deliver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<PersonalText>,
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
    /// What would be to be paid.
    pub total: Money,
}

impl Order {
    /// Whether the shop can propose a change: until it is made, and not where money has moved or is to move first.
    #[must_use]
    pub fn can_be_changed(&self) -> bool {
        let open = matches!(
            self.status,
            Status::Pending | Status::Placed | Status::Accepted
        );
        open && self.is_settled() && !self.payment.is_paid()
    }

    /// Notes a change that the customer is to agree to. Somebody on the phone has agreed already.
    ///
    /// # Errors
    /// The status it has, which cannot be changed any more.
    pub fn propose(&mut self, mut proposal: Proposal, now: Timestamp) -> Result<(), Status> {
        if !self.can_be_changed() {
            return Err(self.status);
        }
        self.touch(now);
        proposal.number = self.version;
        proposal.at = now;
        self.proposal = Some(Box::new(proposal));
        if self.customer == 0 {
            let number = self.version;
            self.answer(number, true, now);
        }
        Ok(())
    }

    /// The customer's answer to a change; false: it is no longer open.
    pub fn answer(&mut self, proposal: u64, agreed: bool, now: Timestamp) -> bool {
        let open = |open: &Proposal| open.number == proposal;
        if !self.proposal.as_deref().is_some_and(open) {
            return false;
        }
        let Some(proposal) = self.proposal.take().filter(|_| agreed) else {
            self.touch(now);
            return true;
        };
        self.lines = proposal.lines;
        self.cart = proposal.cart;
        self.fulfilment = proposal.fulfilment;
        self.address = proposal.address;
        self.allergies = proposal.allergies;
        self.note = proposal.note;
        self.subtotal = proposal.subtotal;
        self.fee = proposal.fee;
        self.total = proposal.total;
        // A step from before it can no longer be taken back as if nothing had been said since.
        self.before = None;
        self.touch(now);
        true
    }

    /// When a change that nobody has answered is over.
    #[must_use]
    pub fn proposal_until(&self) -> Option<Timestamp> {
        let proposal = self.proposal.as_ref()?;
        proposal.at.checked_add(PROPOSAL_WITHIN).ok()
    }
}
