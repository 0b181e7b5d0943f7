//! What an open draft was made of, act by act, so that a message that is edited can be taken back: everything after it
//! is done again as if it had said the new words from the beginning.

use serde::{Deserialize, Serialize};

use super::Draft;
use crate::cart::{Cart, Refusal};
use crate::menu::{Menu, OptionId};
use crate::parsed::{Fulfilment, Operation, ParsedOrder};
use crate::privacy::PersonalText;

/// Acts that can be taken back; older ones are folded together.
const MOST_ACTS: usize = 16;

/// Each act numbers its lines from a thousand of its own, so that they keep their ids when an act before it changes.
/// No act makes as many lines.
const LINES_OF_AN_ACT: u32 = 256;

/// The latest acts, and what there was before them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Before the oldest act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Box<Made>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    acts: Vec<Done>,
    /// Number of the next act.
    #[serde(default)]
    next: u32,
}

/// What acts change of a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    #[serde(default)]
    cart: Cart,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fulfilment: Option<Fulfilment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<PersonalText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    allergies: Vec<PersonalText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<PersonalText>,
}

/// An act, and the message that it was said in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Done {
    /// Its number.
    number: u32,
    /// The customer's message; none: a button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<i32>,
    act: Act,
}

/// One change to a draft, by a message or a button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum Act {
    /// What a message says.
    Words {
        /// Changes to the cart.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        operations: Vec<Operation>,
        /// How it reaches the customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fulfilment: Option<Fulfilment>,
        /// Whether it names an address.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        address: bool,
        /// When it is wanted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<PersonalText>,
        /// What the customer cannot eat.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        allergies: Vec<PersonalText>,
        /// A wish for the whole order.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<PersonalText>,
    },
    /// More or fewer units of a line.
    Units {
        /// The line.
        line: u32,
        /// How many more.
        by: i32,
    },
    /// An option of a line, or back.
    Option {
        /// The line.
        line: u32,
        /// The option.
        option: OptionId,
    },
    /// An earlier order once more.
    Again {
        /// Its cart.
        cart: Cart,
        /// How it reached the customer.
        fulfilment: Fulfilment,
        /// What they could not eat.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        allergies: Vec<PersonalText>,
    },
}

impl Act {
    /// What a message says.
    pub(super) fn of(order: &ParsedOrder) -> Self {
        Self::Words {
            operations: order.operations.clone(),
            fulfilment: order.details.fulfilment,
            address: order.details.address.is_some(),
            time: order.details.time.clone(),
            allergies: order.allergies.clone(),
            note: order.note.clone(),
        }
    }

    /// Operations alone.
    pub(super) fn operations(operations: Vec<Operation>) -> Self {
        Self::words(operations, None, false)
    }

    /// How the order reaches the customer.
    pub(super) fn way(way: Fulfilment) -> Self {
        Self::words(Vec::new(), Some(way), false)
    }

    /// Where it goes.
    pub(super) fn address() -> Self {
        Self::words(Vec::new(), None, true)
    }

    fn words(operations: Vec<Operation>, fulfilment: Option<Fulfilment>, address: bool) -> Self {
        Self::Words {
            operations,
            fulfilment,
            address,
            time: None,
            allergies: Vec::new(),
            note: None,
        }
    }
}

/// What an act could not do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Left {
    /// What was refused, and why.
    pub(super) refusals: Vec<Refusal>,
    /// What the shop no longer has.
    pub(super) gone: Vec<String>,
}

/// Most allergies of one order.
const MOST_ALLERGIES: usize = 20;

/// Characters of a note from which on another one takes its place instead of being put behind it.
const LONGEST_NOTE: usize = 600;

impl Made {
    fn perform(&mut self, done: &Done, menu: &Menu) -> Left {
        self.cart
            .number_from(done.number.wrapping_mul(LINES_OF_AN_ACT));
        let mut left = Left::default();
        match &done.act {
            Act::Words {
                operations,
                fulfilment,
                address,
                time,
                allergies,
                note,
            } => {
                left.refusals = self.cart.apply(operations, menu);
                self.fulfilment = fulfilment.or(self.fulfilment);
                if *address {
                    self.fulfilment.get_or_insert(Fulfilment::Delivery);
                }
                if time.is_some() {
                    self.time.clone_from(time);
                }
                self.warn(allergies);
                if let Some(note) = note {
                    self.wish(note);
                }
            }
            Act::Units { line, by } => {
                self.cart.change_units(*line, *by);
            }
            Act::Option { line, option } => {
                let refused = self.cart.toggle(*line, option.as_str(), menu);
                left.refusals.extend(refused.err());
            }
            Act::Again {
                cart,
                fulfilment,
                allergies,
            } => {
                left.gone = self.cart.add_again(cart, menu);
                self.fulfilment.get_or_insert(*fulfilment);
                self.warn(allergies);
            }
        }
        left
    }

    fn warn(&mut self, allergies: &[PersonalText]) {
        for allergy in allergies {
            if !self.allergies.contains(allergy) && self.allergies.len() < MOST_ALLERGIES {
                self.allergies.push(allergy.clone());
            }
        }
    }

    fn wish(&mut self, note: &PersonalText) {
        self.note = Some(match &self.note {
            Some(had) if had.as_str().split("; ").any(|part| part == note.as_str()) => had.clone(),
            Some(had) if had.as_str().chars().count() < LONGEST_NOTE => {
                format!("{}; {}", had.as_str(), note.as_str()).into()
            }
            _ => note.clone(),
        });
    }
}

impl History {
    /// Whether nothing has been done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The messages whose words are in it, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<i32> {
        self.acts.iter().filter_map(|done| done.message).collect()
    }

    /// Does everything once more; says what the act of `message` could not do.
    fn replay(&self, message: Option<i32>, menu: &Menu) -> (Made, Left) {
        let mut made = self.base.as_deref().cloned().unwrap_or_default();
        let mut of_message = Left::default();
        for done in &self.acts {
            let left = made.perform(done, menu);
            if message.is_some() && done.message == message {
                of_message = left;
            }
        }
        (made, of_message)
    }
}

impl Draft {
    fn made(&mut self) -> Made {
        Made {
            cart: std::mem::take(&mut self.cart),
            fulfilment: self.fulfilment.take(),
            time: self.time.take(),
            allergies: std::mem::take(&mut self.allergies),
            note: self.note.take(),
        }
    }

    fn become_made(&mut self, made: Made) {
        self.cart = made.cart;
        self.fulfilment = made.fulfilment;
        self.time = made.time;
        self.allergies = made.allergies;
        self.note = made.note;
    }

    /// Changes the draft, and remembers how.
    pub(super) fn act(&mut self, message: Option<i32>, act: Act, menu: &Menu) -> Left {
        let mut made = self.made();
        let history = &mut self.history;
        if history.acts.is_empty() {
            // Also of a draft that an older version of this program has begun.
            let highest = made.cart.lines().iter().map(|line| line.id).max();
            let after = highest.map_or(0, |id| id / LINES_OF_AN_ACT + 1);
            history.next = history.next.max(after);
            history.base = (made != Made::default()).then(|| Box::new(made.clone()));
        }
        let done = Done {
            number: history.next,
            message,
            act,
        };
        let left = made.perform(&done, menu);
        history.next = history.next.wrapping_add(1);
        history.acts.push(done);
        if history.acts.len() > MOST_ACTS {
            let oldest = history.acts.remove(0);
            let base = history.base.get_or_insert_default();
            base.perform(&oldest, menu);
        }
        self.become_made(made);
        left
    }

    /// Puts other words in the place of a message's. None, and nothing is changed: the message is not one of the
    /// latest, or something has changed the draft since that is not remembered.
    pub(super) fn revise(&mut self, message: i32, act: &Act, menu: &Menu) -> Option<Left> {
        let (as_remembered, _) = self.history.replay(None, menu);
        let same = as_remembered.cart.lines() == self.cart.lines()
            && as_remembered.fulfilment == self.fulfilment
            && as_remembered.time == self.time
            && as_remembered.allergies == self.allergies
            && as_remembered.note == self.note;
        let of_message = |done: &&mut Done| done.message == Some(message);
        let done = self.history.acts.iter_mut().find(of_message)?;
        if !same {
            return None;
        }
        done.act = act.clone();
        let (made, left) = self.history.replay(Some(message), menu);
        self.become_made(made);
        Some(left)
    }
}
