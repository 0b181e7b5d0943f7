//! Whether a model may read what a customer writes.
//!
//! A message is read by the model from the first one on unless the shop wants to be asked first ([`AiRule::Ask`]): it
//! is read to take the order that its writer wants to place, without name, number or user id. The first draft says so,
//! with a button against it; ordering below that line is the consent that is noted. It can be refused and taken back
//! at any time; then the embedded parser reads alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Customer, Notice, Reply, Rules, Turn};

/// Whether a model reads what customers write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AiRule {
    /// There is no model.
    #[default]
    Off,
    /// It reads unless the customer is against it, and they are told.
    Notice,
    /// It reads only what customers have agreed to have read.
    Ask,
}

/// What a customer has said about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Whether it may.
    pub ai: bool,
    /// When they said so.
    pub at: Timestamp,
}

impl AiRule {
    /// Whether the model may read what this customer writes.
    #[must_use]
    pub fn lets_read(self, consent: Option<Consent>) -> bool {
        match self {
            Self::Off => false,
            Self::Notice => consent.is_none_or(|consent| consent.ai),
            Self::Ask => consent.is_some_and(|consent| consent.ai),
        }
    }
}

impl Customer {
    /// Whether the draft tells them who reads their words: until they have chosen, or ordered.
    #[must_use]
    pub fn is_to_be_told(&self, rules: &Rules) -> bool {
        rules.ai != AiRule::Off && self.ai.is_none() && self.orders.is_empty()
    }
}

impl Turn<'_> {
    /// Who orders below the line that says so has agreed.
    pub(super) fn agree_by_ordering(&mut self) {
        if self.context.rules.ai == AiRule::Notice
            && self.state.customer.is_to_be_told(self.context.rules)
        {
            self.state.customer.ai = Some(Consent {
                ai: true,
                at: self.context.now,
            });
        }
    }

    /// The customer's choice.
    pub(super) fn choose_ai(&mut self, ai: bool, by_tap: bool) {
        let now = self.context.now;
        self.state.customer.ai = Some(Consent { ai, at: now });
        if by_tap {
            self.notice(Notice::Ai { on: ai });
        } else {
            self.say(Reply::Ai { on: ai });
        }
        self.show_draft(false);
    }
}
